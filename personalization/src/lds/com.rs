//! EF.COM: LDS version, Unicode version and the list of data groups (9303-10, section 4.6.1).
//!
//! It is not signed; a verifier takes the list from EF.SOD. Readers in the field still ask for it.

use card_applet::wire::lds::{DataGroup, tag};

use super::tlv;

/// LDS version 1.7, the last whose version is only stated here and not in EF.SOD.
pub const LDS_VERSION: &[u8; 4] = b"0107";

/// Unicode version 4.0.0, as the standard's examples state it.
pub const UNICODE_VERSION: &[u8; 6] = b"040000";

/// Encodes EF.COM. Data groups are listed in ascending order, each once.
#[must_use]
pub fn encode(data_groups: &[DataGroup]) -> Vec<u8> {
    let mut data_groups = data_groups.to_vec();
    data_groups.sort();
    data_groups.dedup();
    // Tags of data groups are single bytes.
    let tags: Vec<u8> = data_groups
        .iter()
        .filter_map(|group| u8::try_from(group.tag()).ok())
        .collect();
    let content = [
        tlv(0x5F01, LDS_VERSION),
        tlv(0x5F36, UNICODE_VERSION),
        tlv(0x5C, &tags),
    ]
    .concat();
    tlv(tag::COM, &content)
}
