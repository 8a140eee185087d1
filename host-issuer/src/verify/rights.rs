//! The terminal's rights, proved to the card before fingers and irises are asked for.

use card_applet::wire::lds::DataGroup;
use card_applet::wire::security_info::{CvcaFile, security_infos};
use card_applet::wire::tlv;

use super::attended::Reader;
use super::error::ReadCardError;
use crate::inspect::{self, TerminalRights};
use crate::terminal::terminal_auth::{TerminalAuthError, TerminalCredentials};

/// Proves the terminal's rights, and gives what came of it. A card that does not grant them is read on without. `dg14` may say where
/// EF.CVCA is.
///
/// # Errors
/// When the card goes away or the session breaks.
pub(super) fn prove(
    reader: &mut Reader<'_>,
    credentials: &TerminalCredentials,
    dg14: Option<&[u8]>,
) -> Result<TerminalRights, ReadCardError> {
    if let Some(file) = dg14.and_then(cvca_file) {
        reader.find_cvca_at(file);
    }
    match reader.terminal_authentication(credentials) {
        Ok(report) => Ok(TerminalRights::Granted {
            authority: report.authority,
            holder: report.terminal,
            fingers: report.rights.fingers,
            irises: report.rights.irises,
        }),
        Err(TerminalAuthError::Link(error)) => Err(error.into()),
        Err(error @ (TerminalAuthError::NoChipAuthentication | TerminalAuthError::NoDocumentNumber)) => {
            Ok(TerminalRights::NotAttempted(error.to_string()))
        }
        Err(error) => Ok(TerminalRights::Refused(error.to_string())),
    }
}

/// Where the TerminalAuthenticationInfo of DG14 says that EF.CVCA is.
fn cvca_file(dg14: &[u8]) -> Option<CvcaFile> {
    let set = tlv::read_exact(dg14, DataGroup::DG14.tag()).ok()?;
    let mut infos = security_infos(set).ok()?.filter_map(Result::ok);
    infos.find_map(|info| info.cvca_file())
}

/// What a person is told at once.
pub(super) fn note(rights: &TerminalRights) -> Option<String> {
    match rights {
        TerminalRights::Granted {
            authority,
            holder,
            fingers,
            irises,
        } => Some(format!(
            "the card knows this terminal as {holder} under {authority}: it may read {}",
            inspect::rights(*fingers, *irises)
        )),
        TerminalRights::Refused(why) => Some(format!("the card grants this terminal no rights: {why}")),
        TerminalRights::NoKey | TerminalRights::NotAttempted(_) => None,
    }
}
