//! Departures from the standards that the caller puts up with, and where they showed.

use super::check::{Check, Status};
use crate::quirk::{ObservedQuirk, Quirk, Tolerance};

/// What is put up with in one inspection, and what was.
#[derive(Debug)]
pub(super) struct Tolerated {
    tolerance: Tolerance,
    /// Those that showed, each once.
    pub(super) observed: Vec<ObservedQuirk>,
}

impl Tolerated {
    /// Begins with those that showed while the card was read.
    pub(super) fn new(tolerance: Tolerance, observed: Vec<ObservedQuirk>) -> Self {
        Self { tolerance, observed }
    }

    /// Whether this is put up with.
    pub(super) fn allows(&self, quirk: Quirk) -> bool {
        self.tolerance.allows(quirk)
    }

    /// Notes a departure.
    pub(super) fn note(&mut self, quirk: Quirk, detail: impl Into<String>) {
        ObservedQuirk::new(quirk, detail).note(&mut self.observed);
    }

    /// The check as it is or, where it failed because of this departure and that is put up with, passed and named.
    pub(super) fn excuse(&mut self, check: Check, quirk: Quirk) -> Check {
        match &check.status {
            Status::Failed(why) if self.allows(quirk) => {
                self.note(quirk, why.clone());
                Check::passed(check.id, format!("tolerated ({quirk}): {why}"))
            }
            _ => check,
        }
    }
}
