//! DG14: the security infos under the signature (9303-10, section 4.7.14; 9303-11, section 9.2).
//!
//! It repeats the PACE infos of EF.CardAccess: that file is read before any key exists and is not signed, so
//! only the comparison with DG14 shows that nobody weakened the offer on the way. The public keys of Chip
//! Authentication are signed here, and with which hash the key of DG15 signs.

use card_applet::wire::lds::DataGroup;
use card_applet::wire::security_info::SecurityInfo;

use super::read::outer;
use super::security_infos::{self, SecurityInfos};
use super::{AsRead, LdsError, tlv};

/// Encodes DG14: `6E { SecurityInfos }`.
#[must_use]
pub fn encode(infos: SecurityInfos) -> Vec<u8> {
    tlv(DataGroup::DG14.tag(), &infos.encode())
}

/// Reads DG14. What an info is say [`SecurityInfo::as_pace_info`], [`SecurityInfo::as_chip_authentication_info`] and their like.
///
/// # Errors
/// [`LdsError`] for another outer tag, or anything but a set of infos.
pub fn decode(file: &[u8]) -> Result<AsRead<'_, Vec<SecurityInfo<'_>>>, LdsError> {
    let set = outer("DG14", DataGroup::DG14.tag(), file)?;
    Ok(AsRead::new(file, security_infos::read::decode("DG14", set)?))
}
