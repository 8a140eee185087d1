//! DG14: the security infos under the signature (9303-10, section 4.7.14; 9303-11, section 9.2).
//!
//! It repeats the PACE infos of EF.CardAccess: that file is read before any key exists and is not signed, so
//! only the comparison with DG14 shows that nobody weakened the offer on the way. The public keys of Chip
//! Authentication are signed here, and with which hash the key of DG15 signs.

use card_applet::wire::lds::DataGroup;

use super::security_infos::SecurityInfos;
use super::tlv;

/// Encodes DG14: `6E { SecurityInfos }`.
#[must_use]
pub fn encode(infos: SecurityInfos) -> Vec<u8> {
    tlv(DataGroup::DG14.tag(), &infos.encode())
}
