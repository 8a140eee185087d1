//! What the other side has proved in this session. Evidence can be made only by the protocol that earned it, and is
//! cleared by one function.

use crate::auth::bac::BacEvidence;
use crate::auth::pace::PaceEvidence;

/// How the session was opened.
#[derive(Debug)]
pub(crate) enum AccessEvidence {
    /// By BAC: the other side knows the MRZ.
    Bac(BacEvidence),
    /// By PACE, with the password in the evidence.
    Pace(PaceEvidence),
}

/// The evidence of one session.
#[derive(Debug, Default)]
pub(crate) struct SecurityStatus {
    access: Option<AccessEvidence>,
}

impl SecurityStatus {
    /// A session was opened.
    pub(crate) fn opened_by(&mut self, evidence: AccessEvidence) {
        self.access = Some(evidence);
    }

    /// The session is over; nothing is proved any more.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Whether PACE or BAC opened the session.
    pub(crate) const fn is_opened(&self) -> bool {
        self.access.is_some()
    }

    /// Whether PACE did.
    pub(crate) const fn is_opened_by_pace(&self) -> bool {
        matches!(self.access, Some(AccessEvidence::Pace(_)))
    }
}
