//! Which answers are right: a status word is expected as a set, as the suites do.

use std::ops::RangeInclusive;

use super::verdict::{Finding, Played};
use crate::oracle::Response;

/// A set of status words, with the name that the suites give it.
#[derive(Clone, Copy, Debug)]
pub struct StatusSet {
    name: &'static str,
    ranges: &'static [RangeInclusive<u16>],
}

impl StatusSet {
    /// 9000.
    pub const SUCCESS: StatusSet = StatusSet::new("9000", &[0x9000..=0x9000]);
    /// 62xx or 63xx.
    pub const WARNING: StatusSet = StatusSet::new("an ISO warning (62xx, 63xx)", &[0x6200..=0x63FF]);
    /// 64xx or 65xx.
    pub const EXECUTION_ERROR: StatusSet =
        StatusSet::new("an ISO execution error (64xx, 65xx)", &[0x6400..=0x65FF]);
    /// 64xx to 6Fxx.
    pub const CHECKING_ERROR: StatusSet =
        StatusSet::new("an ISO checking error (64xx to 6Fxx)", &[0x6400..=0x6FFF]);
    /// A refusal of authentication: 6300, or an ISO checking error.
    pub const REFUSAL: StatusSet = StatusSet::new(
        "6300 or an ISO checking error (64xx to 6Fxx)",
        &[0x6300..=0x63FF, 0x6400..=0x6FFF],
    );
    /// 6982.
    pub const SECURITY_STATUS_NOT_SATISFIED: StatusSet = StatusSet::new("6982", &[0x6982..=0x6982]);
    /// 9000 or 6982: SELECT of a file that may not be read.
    pub const SUCCESS_OR_NO_ACCESS: StatusSet =
        StatusSet::new("9000 or 6982", &[0x9000..=0x9000, 0x6982..=0x6982]);
    /// SELECT where it is a matter of taste: 9000, or an ISO checking error.
    pub const SELECTED_OR_NOT: StatusSet = StatusSet::new(
        "9000 or an ISO checking error (64xx to 6Fxx)",
        &[0x9000..=0x9000, 0x6400..=0x6FFF],
    );
    /// 6982, 6987 or 6988: an error of secure messaging.
    pub const SECURE_MESSAGING_ERROR: StatusSet =
        StatusSet::new("6982, 6987 or 6988", &[0x6982..=0x6982, 0x6987..=0x6988]);
    /// 9000 or 62xx: data, perhaps fewer than were asked for.
    pub const SUCCESS_OR_WARNING: StatusSet = StatusSet::new(
        "9000 or an ISO warning (62xx, 63xx)",
        &[0x9000..=0x9000, 0x6200..=0x63FF],
    );

    /// 9000 or 64xx to 6Fxx: a key that is not at hand is refused when it is named, or when it is used.
    pub const SUCCESS_OR_CHECKING_ERROR: StatusSet = StatusSet::new(
        "9000 or an ISO checking error (64xx to 6Fxx)",
        &[0x9000..=0x9000, 0x6400..=0x6FFF],
    );

    /// A set of its own.
    pub const fn new(name: &'static str, ranges: &'static [RangeInclusive<u16>]) -> Self {
        StatusSet { name, ranges }
    }

    /// Whether the set has this status word.
    pub fn has(&self, status: u16) -> bool {
        self.ranges.iter().any(|range| range.contains(&status))
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }
}

/// Ends a case whose step `step` is not as it must be.
///
/// # Errors
/// [`Finding::Failed`] with the step and `what` was expected, unless `is_so`.
pub fn expected(is_so: bool, step: &str, what: &str) -> Played {
    if is_so {
        return Ok(());
    }
    Err(Finding::failed(format!("{step}: expected {what}")))
}

impl Response {
    /// Goes on with this answer if its status word is in the set.
    ///
    /// # Errors
    /// [`Finding::Failed`] with the step, the set and what came.
    pub fn expect(self, step: &str, set: StatusSet) -> Played<Response> {
        if set.has(self.status) {
            return Ok(self);
        }
        let data = if self.data.is_empty() { "" } else { " with data" };
        Err(Finding::failed(format!(
            "{step}: expected {}, the card answered {:04X}{data}",
            set.name(),
            self.status
        )))
    }

    /// The answer came under secure messaging.
    ///
    /// # Errors
    /// [`Finding::Failed`] otherwise.
    pub fn expect_protected(self, step: &str) -> Played<Response> {
        let (status, protected) = (self.status, self.protected);
        if protected {
            return Ok(self);
        }
        Err(Finding::failed(format!(
            "{step}: expected a protected answer, the card answered {status:04X} in plain"
        )))
    }

    /// Not one byte of data came.
    ///
    /// # Errors
    /// [`Finding::Failed`] otherwise.
    pub fn expect_no_data(self, step: &str) -> Played<Response> {
        if self.data.is_empty() {
            return Ok(self);
        }
        Err(Finding::failed(format!(
            "{step}: expected no data, the card gave {} bytes",
            self.data.len()
        )))
    }
}
