//! The terminal's side of the protocols that open and read a chip (ICAO Doc 9303-10 and -11).
//!
//! Written apart from the chip's side in `card-applet`: the two share formats and primitives, each pinned by published examples,
//! and no protocol step, so that a misreading of the standard on one side is not agreed to by the other.

pub mod active_auth;
pub mod application_directory;
pub mod bac;
pub mod card_access;
pub mod card_file;
pub mod channel;
pub mod chip_auth;
pub mod historical_bytes;
pub mod key_agreement;
pub mod life_cycle;
pub mod link;
pub mod pace;
pub mod password;
pub mod pin;
pub mod read_error;
pub mod reader;
pub mod terminal_auth;

#[cfg(test)]
pub(crate) mod scripted;
