//! BSI TR-03105: part 3.2 (EAC), and of part 3.3 the unit of PIN and PUK.

mod access_conditions;
mod atr_info;
mod certificates;
mod effective_rights;
mod pin;
mod terminal_authentication;
mod update;

use super::case::Case;
use super::catalogue::Suite;
use super::lds;

pub(super) use update::migration;

/// What is played of part 3.2.
pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(access_conditions::cases());
    cases.extend(certificates::cases());
    cases.extend(terminal_authentication::cases());
    cases.extend(effective_rights::cases());
    cases.extend(update::cases());
    cases.extend(lds::cases(Suite::Bsi32));
    cases.extend(atr_info::cases());
    cases
}

/// What is played of part 3.3.
pub(super) fn pin_cases() -> Vec<Case> {
    pin::cases()
}

/// Makes the last byte another: of a signature, or of a name (whose last character stays a digit or letter).
fn change_last(bytes: &mut [u8]) {
    if let Some(last) = bytes.last_mut() {
        *last ^= 0x01;
    }
}
