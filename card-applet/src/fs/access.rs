//! Whether a file may be read: its rule held against the session's evidence.

use crate::fs::descriptor::Transparent;
use crate::security_status::SecurityStatus;
use crate::wire::access::AccessRule;

/// On whose behalf a file is touched.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Actor<'a> {
    /// A reader, in plain or in a session; the evidence tells.
    Reader(&'a SecurityStatus),
    /// The issuer, in an SCP03 session before activation.
    Issuer,
}

/// Whether the actor may read the file.
pub(crate) fn may_read(file: &Transparent, actor: Actor<'_>) -> bool {
    match (actor, file.read) {
        // The issuer reads back what it wrote, but for fingers and irises.
        (Actor::Issuer, AccessRule::TerminalFingers | AccessRule::TerminalIrises) => false,
        (Actor::Issuer, _) => true,
        (Actor::Reader(_), AccessRule::Always) => true,
        (Actor::Reader(status), AccessRule::PaceOrBac) => status.is_opened(),
        (Actor::Reader(status), AccessRule::Pace) => status.is_opened_by_pace(),
        (Actor::Reader(status), AccessRule::TerminalFingers) => {
            status.is_opened() && matches!(status.terminal_rights(), Some(rights) if rights.fingers)
        }
        (Actor::Reader(status), AccessRule::TerminalIrises) => {
            status.is_opened() && matches!(status.terminal_rights(), Some(rights) if rights.irises)
        }
        (Actor::Reader(status), AccessRule::ChipAuthentication) => {
            status.is_opened() && status.is_chip_authenticated()
        }
        (Actor::Reader(_), AccessRule::Never) => false,
    }
}
