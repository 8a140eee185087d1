//! DG14: the security infos under the signature (9303-10, section 4.7.14; 9303-11, section 9.2).
//!
//! It repeats the PACE infos of EF.CardAccess: that file is read before any key exists and is not signed, so
//! only the comparison with DG14 shows that nobody weakened the offer on the way.

use card_applet::wire::lds::DataGroup;
use card_applet::wire::security_info::PaceInfo;

use super::{security_infos, tlv};

/// Encodes DG14: `6E { SecurityInfos }`.
#[must_use]
pub fn encode(pace_infos: &[PaceInfo]) -> Vec<u8> {
    tlv(DataGroup::DG14.tag(), &security_infos(pace_infos))
}
