//! DG16: persons to notify (9303-10, section 4.7.16).
//!
//! ```text
//! 70 { 02 number of persons, A1 { 5F50 date recorded, 5F51 name, 5F52 telephone, 5F53 address }, A2 { … } … }
//! ```

use core::fmt;

use card_applet::wire::lds::DataGroup;
use time::Date;

use super::read::{Objects, outer, small_integer, utf8};
use super::text::{self, MAX_TEXT_BYTES, PersonName};
use super::{AsRead, LdsError, asn1, tlv};

/// The file's name in errors.
const FILE: &str = "DG16";

/// Most persons: each has a tag of one byte, A1 to AF.
pub const MAX_PERSONS: usize = 15;

/// One person to notify. `Debug` shows nothing of it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PersonToNotify {
    /// The day on which this was recorded.
    pub recorded: Option<Date>,
    /// The person's name.
    pub name: Option<PersonName>,
    /// Telephone.
    pub telephone: Option<String>,
    /// Lines of the address.
    pub address: Vec<String>,
}

impl fmt::Debug for PersonToNotify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonToNotify(..)")
    }
}

/// Encodes DG16.
///
/// # Errors
/// [`LdsError`] naming the field: no person or more than [`MAX_PERSONS`], one without a name, a control character, a `<`, too long.
pub fn encode(persons: &[PersonToNotify]) -> Result<Vec<u8>, LdsError> {
    let count = u8::try_from(persons.len())
        .ok()
        .filter(|count| (1..=MAX_PERSONS).contains(&usize::from(*count)))
        .ok_or_else(|| LdsError::new(FILE, "number of persons", "must be 1 to 15"))?;
    let mut content = tlv(asn1::INTEGER, &[count]);
    for (person, tag) in persons.iter().zip(0xA1..) {
        let mut fields = Vec::new();
        if let Some(recorded) = person.recorded {
            fields.extend(tlv(0x5F50, text::encode_date(recorded).as_bytes()));
        }
        let name = person
            .name
            .as_ref()
            .ok_or_else(|| LdsError::new(FILE, "name", "is missing"))?;
        fields.extend(tlv(0x5F51, name.encode(FILE, "name")?.as_bytes()));
        if let Some(telephone) = &person.telephone {
            text::check(FILE, "telephone", telephone)?;
            fields.extend(tlv(0x5F52, telephone.as_bytes()));
        }
        if !person.address.is_empty() {
            fields.extend(tlv(
                0x5F53,
                text::join(FILE, "address", &person.address)?.as_bytes(),
            ));
        }
        content.extend(tlv(tag, &fields));
    }
    Ok(tlv(DataGroup::DG16.tag(), &content))
}

/// Reads DG16.
///
/// # Errors
/// [`LdsError`] naming the field: another structure, another number of persons than stated, text that is not UTF-8.
pub fn decode(file: &[u8]) -> Result<AsRead<'_, Vec<PersonToNotify>>, LdsError> {
    let mut objects = Objects::new(FILE, outer(FILE, DataGroup::DG16.tag(), file)?);
    let count = small_integer(
        FILE,
        "number of persons",
        objects.expect(asn1::INTEGER, "number of persons")?,
    )?;
    if usize::from(count) > MAX_PERSONS {
        return Err(LdsError::new(FILE, "number of persons", "is more than 15"));
    }
    let mut persons = Vec::with_capacity(usize::from(count));
    for tag in (0xA1..).take(usize::from(count)) {
        persons.push(person(objects.expect(tag, "person")?)?);
    }
    objects.finish("number of persons")?;
    Ok(AsRead::new(file, persons))
}

fn person(content: &[u8]) -> Result<PersonToNotify, LdsError> {
    let mut objects = Objects::new(FILE, content);
    let mut person = PersonToNotify::default();
    let mut seen = Vec::new();
    while let Some(object) = objects.next("person")? {
        if seen.contains(&object.tag) || seen.len() == 16 {
            let field = format!("field {:X}", object.tag);
            return Err(LdsError::new(FILE, field, "is there twice, or among too many"));
        }
        seen.push(object.tag);
        match object.tag {
            0x5F50 => person.recorded = Some(text::decode_date(FILE, "date recorded", object.value)?),
            0x5F51 => person.name = Some(PersonName::decode(FILE, "name", object.value)?),
            0x5F52 => person.telephone = Some(utf8(FILE, "telephone", object.value, MAX_TEXT_BYTES)?),
            0x5F53 => person.address = text::split(FILE, "address", object.value)?,
            _ => {}
        }
    }
    Ok(person)
}
