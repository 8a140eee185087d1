//! Whether the chip granted this terminal its rights (Doc 9303-11 §7.1).
//!
//! That says something of the terminal and nothing of the document: whatever comes of it, no verdict moves. What it opens, fingers
//! and irises, has digests in EF.SOD like everything else.

use super::check::{Check, CheckId};
use super::security_object::SecurityObject;

/// How Terminal Authentication ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum TerminalRights {
    /// This terminal has no key to prove its rights with.
    #[default]
    NoKey,
    /// It was not run, for this reason.
    NotAttempted(String),
    /// The chip refused, at this step.
    Refused(String),
    /// The chip knows the terminal.
    Granted {
        /// The trust point (CAR) that the chain began with.
        authority: String,
        /// The terminal (CHR).
        holder: String,
        /// The rights that all certificates of the chain have: fingers.
        fingers: bool,
        /// And irises.
        irises: bool,
    },
}

/// `terminal_authentication`, where EF.SOD lists fingers or irises or it was run; else `None`.
pub(crate) fn check(terminal_rights: &TerminalRights, object: &SecurityObject) -> Option<Check> {
    let id = CheckId::TerminalAuthentication;
    let guarded = object.hashes.contains_key(&3) || object.hashes.contains_key(&4);
    match terminal_rights {
        TerminalRights::NoKey if !guarded => None,
        TerminalRights::NoKey => Some(Check::not_applicable(
            id,
            "this terminal has no key: fingers and irises stay closed",
        )),
        TerminalRights::NotAttempted(why) => Some(Check::not_applicable(id, why.clone())),
        TerminalRights::Refused(why) => Some(Check::failed(id, why.clone())),
        TerminalRights::Granted {
            authority,
            holder,
            fingers,
            irises,
        } => Some(Check::passed(
            id,
            format!(
                "CAR {authority}, CHR {holder}, effective rights: {}",
                rights(*fingers, *irises)
            ),
        )),
    }
}

/// Rights for a person.
#[must_use]
pub fn rights(fingers: bool, irises: bool) -> &'static str {
    match (fingers, irises) {
        (true, true) => "fingers and irises",
        (true, false) => "fingers",
        (false, true) => "irises",
        (false, false) => "neither fingers nor irises",
    }
}
