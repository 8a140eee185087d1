//! ICAO TR "RF protocol and application test standard for eMRTD", part 3: one file a unit.

mod application;

use super::case::Case;

/// What is played.
pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(application::cases());
    cases
}
