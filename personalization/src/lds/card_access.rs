//! EF.CardAccess: the PACE protocols and parameters that the chip offers (9303-10, section 3.11.3).

use card_applet::wire::security_info::{PaceInfo, SecurityInfo};

use super::read::check_size;
use super::security_infos::{self, SecurityInfos};
use super::{AsRead, LdsError};

/// The file's name in errors.
const FILE: &str = "EF.CardAccess";

/// Encodes EF.CardAccess: `SecurityInfos`, a DER set without an outer tag of its own.
///
/// `terminal_authentication` adds that the chip judges terminals. 9303-11, section 9.2.11 has PACE infos here and allows more; a
/// terminal learns so before PACE that it may name its rights there, and is told the chip's trust points.
#[must_use]
pub fn encode(pace_infos: &[PaceInfo], terminal_authentication: bool) -> Vec<u8> {
    let infos = SecurityInfos::pace(pace_infos);
    if terminal_authentication {
        infos.terminal_authentication().encode()
    } else {
        infos.encode()
    }
}

/// Reads EF.CardAccess. Infos of unknown protocols are among the result; [`SecurityInfo::as_pace_info`] tells.
///
/// # Errors
/// [`LdsError`] for anything but a set of infos.
pub fn decode(file: &[u8]) -> Result<AsRead<'_, Vec<SecurityInfo<'_>>>, LdsError> {
    check_size(FILE, file)?;
    Ok(AsRead::new(file, security_infos::read::decode(FILE, file)?))
}
