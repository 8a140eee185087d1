//! BSI TR-03105: part 3.2 (EAC), and of part 3.3 the unit of PIN and PUK.

use super::case::Case;

/// What is played of part 3.2.
pub(super) fn cases() -> Vec<Case> {
    Vec::new()
}

/// What is played of part 3.3.
pub(super) fn pin_cases() -> Vec<Case> {
    Vec::new()
}
