//! The terminal's rights, proved to the card before fingers and irises are asked for.

use super::attended::Reader;
use super::error::ReadCardError;
use crate::inspect::{self, TerminalRights};
use crate::terminal::terminal_auth::{TerminalAuthError, TerminalCredentials};

/// Proves the terminal's rights, and gives what came of it. A card that does not grant them is read on without.
///
/// # Errors
/// When the card goes away or the session breaks.
pub(super) fn prove(
    reader: &mut Reader<'_>,
    credentials: &TerminalCredentials,
) -> Result<TerminalRights, ReadCardError> {
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
