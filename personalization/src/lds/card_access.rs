//! EF.CardAccess: the PACE protocols and parameters that the chip offers (9303-10, section 3.11.3).

use card_applet::wire::security_info::PaceInfo;

use super::security_infos::SecurityInfos;

/// Encodes EF.CardAccess: `SecurityInfos`, a DER set without an outer tag of its own.
#[must_use]
pub fn encode(pace_infos: &[PaceInfo]) -> Vec<u8> {
    SecurityInfos::pace(pace_infos).encode()
}
