//! What an inspection is asked to insist on, and under which circumstances it judges.

use ::time::OffsetDateTime;

use super::trust::TrustStore;
use crate::quirk::Tolerance;

/// What the inspector is asked to insist on.
#[derive(Debug, Clone, Copy, Default)]
pub struct Policy {
    /// Without a proof that the chip is no copy the verdict is INCONCLUSIVE, even where the signed
    /// data advertise none.
    pub require_clone_proof: bool,
    /// Departures from the standards that are put up with, beside those that always are.
    pub tolerance: Tolerance,
    /// Decodes the holder's data although they are not proved, into a part of the report of its own.
    pub show_unverified: bool,
}

/// Whom the inspection trusts, what it insists on, and the time.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    pub(super) store: &'a TrustStore,
    pub(super) policy: Policy,
    pub(super) now: OffsetDateTime,
}
