//! ICAO TR "RF protocol and application test standard for eMRTD", part 3: one file a unit.

mod access_conditions;
mod active_authentication;
mod application;
mod basic_access_control;
mod card_security;
mod chip_authentication;
mod master_file;
mod pace;
mod read_binary;
mod select;

use super::case::Case;
use super::catalogue::Suite;
use super::lds;

/// What is played.
pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(application::cases());
    cases.extend(access_conditions::cases());
    cases.extend(basic_access_control::cases());
    cases.extend(pace::cases());
    cases.extend(lds::cases(Suite::Icao3));
    cases.extend(select::cases());
    cases.extend(read_binary::cases());
    cases.extend(master_file::cases());
    cases.extend(active_authentication::cases());
    cases.extend(card_security::cases());
    cases.extend(chip_authentication::cases());
    cases.push(super::bsi::migration("ISO7816_I_30"));
    cases
}
