//! Lists of names inside DG11 and DG12: `A0 { 02 number, name … }` (9303-10, sections 4.7.11 and 4.7.12).

use super::read::{Objects, small_integer};
use super::text::PersonName;
use super::{LdsError, asn1, tlv};

/// The standard's limit: two digits.
pub const MAX_NAMES: usize = 99;

/// Encodes the whole data object; `tag` is that of one name.
pub(super) fn encode(
    file: &'static str,
    field: &'static str,
    tag: u32,
    names: &[PersonName],
) -> Result<Vec<u8>, LdsError> {
    let count = u8::try_from(names.len())
        .ok()
        .filter(|count| usize::from(*count) <= MAX_NAMES)
        .ok_or_else(|| LdsError::new(file, field, "are more than 99"))?;
    let mut content = tlv(asn1::INTEGER, &[count]);
    for name in names {
        content.extend(tlv(tag, name.encode(file, field)?.as_bytes()));
    }
    Ok(tlv(0xA0, &content))
}

/// The names of one list.
pub(super) struct OtherNames(pub(super) Vec<PersonName>);

impl OtherNames {
    /// Reads the content of `A0`.
    pub(super) fn decode(
        file: &'static str,
        (tag, field): (u32, &'static str),
        content: &[u8],
    ) -> Result<Self, LdsError> {
        let mut objects = Objects::new(file, content);
        let count = usize::from(small_integer(file, field, objects.expect(asn1::INTEGER, field)?)?);
        if count > MAX_NAMES {
            return Err(LdsError::new(file, field, "are more than 99"));
        }
        let mut names = Vec::with_capacity(count);
        for _ in 0..count {
            names.push(PersonName::decode(file, field, objects.expect(tag, field)?)?);
        }
        objects.finish(field)?;
        Ok(Self(names))
    }
}
