//! EF.COM: LDS version, Unicode version and the list of data groups (9303-10, section 4.6.1).
//!
//! It is not signed; a verifier takes the list from EF.SOD. Readers in the field still ask for it.

use card_applet::wire::lds::{DataGroup, tag};

use super::read::{Objects, outer, tag_list};
use super::{AsRead, LdsError, tlv};

/// LDS version 1.7, the last whose version is only stated here and not in EF.SOD.
pub const LDS_VERSION: &[u8; 4] = b"0107";

/// LDS version 1.8, whose version is signed in EF.SOD.
pub const LDS_VERSION_SIGNED: &[u8; 4] = b"0108";

/// Unicode version 4.0.0, as the standard's examples state it.
pub const UNICODE_VERSION: &[u8; 6] = b"040000";

/// The file's name in errors.
const FILE: &str = "EF.COM";

/// What EF.COM says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Com {
    /// LDS version, release and update number: 1.7 is `[1, 7]`, and the example of 9303-10 appendix A.1 says `[15, 99]`.
    pub lds_version: [u8; 2],
    /// Unicode version: major, minor, release.
    pub unicode_version: [u8; 3],
    /// The data groups, in the order of the list.
    pub data_groups: Vec<DataGroup>,
}

impl Com {
    /// Reads EF.COM.
    ///
    /// # Errors
    /// [`LdsError`] naming the field: another structure, versions that are no digits, a tag of no data group, one listed twice.
    pub fn decode(file: &[u8]) -> Result<AsRead<'_, Self>, LdsError> {
        let mut objects = Objects::new(FILE, outer(FILE, tag::COM, file)?);
        let lds_version = version(objects.expect(0x5F01, "LDS version")?, "LDS version")?;
        let unicode_version = version(objects.expect(0x5F36, "Unicode version")?, "Unicode version")?;
        let tags = tag_list(FILE, objects.expect(0x5C, "tag list")?)?;
        objects.finish("tag list")?;
        let mut data_groups = Vec::with_capacity(tags.len());
        for tag in tags {
            let group = DataGroup::from_tag(tag).ok_or_else(|| {
                LdsError::new(
                    FILE,
                    "tag list",
                    format!("has {tag:02X}, the tag of no data group"),
                )
            })?;
            if data_groups.contains(&group) {
                return Err(LdsError::new(FILE, "tag list", format!("has {group} twice")));
            }
            data_groups.push(group);
        }
        let content = Self {
            lds_version,
            unicode_version,
            data_groups,
        };
        Ok(AsRead::new(file, content))
    }
}

/// Two digits for each part.
fn version<const N: usize>(digits: &[u8], field: &'static str) -> Result<[u8; N], LdsError> {
    if digits.len() != 2 * N || !digits.iter().all(u8::is_ascii_digit) {
        return Err(LdsError::new(FILE, field, format!("must have {} digits", 2 * N)));
    }
    let mut parts = [0; N];
    for (part, pair) in parts.iter_mut().zip(digits.chunks_exact(2)) {
        *part = pair.iter().fold(0, |number, digit| number * 10 + (digit - b'0'));
    }
    Ok(parts)
}

/// Encodes EF.COM of LDS 1.7. Data groups are listed in ascending order, each once.
#[must_use]
pub fn encode(data_groups: &[DataGroup]) -> Vec<u8> {
    encode_version(LDS_VERSION, data_groups)
}

/// The same with another LDS version, four digits: of LDS 1.8, which EF.SOD signs too, `0108`.
#[must_use]
pub fn encode_version(lds_version: &[u8; 4], data_groups: &[DataGroup]) -> Vec<u8> {
    let mut data_groups = data_groups.to_vec();
    data_groups.sort();
    data_groups.dedup();
    // Tags of data groups are single bytes.
    let tags: Vec<u8> = data_groups
        .iter()
        .filter_map(|group| u8::try_from(group.tag()).ok())
        .collect();
    let content = [
        tlv(0x5F01, lds_version),
        tlv(0x5F36, UNICODE_VERSION),
        tlv(0x5C, &tags),
    ]
    .concat();
    tlv(tag::COM, &content)
}
