//! Which check a case is: the units LDS_* of both suites, in their order.

mod bsi;
mod icao;

use super::LdsCase;
use crate::conformance::catalogue::Suite;

/// The cases of a suite.
pub(super) fn of(suite: Suite) -> impl Iterator<Item = &'static LdsCase> {
    let units: &[&[LdsCase]] = match suite {
        Suite::Icao3 => icao::UNITS,
        Suite::Bsi32 => bsi::UNITS,
        Suite::Bsi33 => &[],
    };
    units.iter().copied().flatten()
}
