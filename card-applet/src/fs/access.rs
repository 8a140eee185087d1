//! Whether a file may be read or updated: its rules held against the session's evidence.

use crate::fs::descriptor::Transparent;
use crate::security_status::SecurityStatus;
use crate::wire::access::{AccessRule, UpdateRule};

/// On whose behalf a file is touched.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Actor<'a> {
    /// A reader, in plain or in a session; the evidence tells.
    Reader(&'a SecurityStatus),
    /// A reader of a card that is out of service, whatever it proved.
    Nobody,
    /// The issuer, in an SCP03 session before activation.
    Issuer,
    /// An application beside the eMRTD, in an SCP03 session under its own keys, in the dedicated file with this index. No file
    /// of another comes near it: only this one is current, and only what is in it can be selected.
    Application(u8),
}

/// Whether the actor may read the file.
pub(crate) fn may_read(file: &Transparent, actor: Actor<'_>) -> bool {
    match (actor, file.read) {
        // The issuer reads back what it wrote, but for fingers and irises.
        (Actor::Issuer, AccessRule::TerminalFingers | AccessRule::TerminalIrises) => false,
        (Actor::Issuer, _) => true,
        // Who may write a file may know what is in it.
        (Actor::Application(_), AccessRule::Always) => true,
        (Actor::Application(_), _) => file.update == UpdateRule::ApplicationKeys,
        (Actor::Reader(_) | Actor::Nobody, AccessRule::Always) => true,
        (Actor::Nobody, _) => false,
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

/// Whether an operational card lets the actor update the file. Readers never, whatever they proved.
pub(crate) fn may_update(file: &Transparent, actor: Actor<'_>) -> bool {
    match (actor, file.update) {
        (Actor::Application(_), UpdateRule::ApplicationKeys) => true,
        (Actor::Application(_), UpdateRule::Never)
        | (Actor::Reader(_) | Actor::Nobody | Actor::Issuer, _) => false,
    }
}
