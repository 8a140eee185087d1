//! OpenSSL as judge: a program that shares no code with this project reads, verifies and derives what it makes.
//!
//! The `openssl` command (Debian package `openssl`, version 3) must be installed; these tests do not skip.

#[path = "../support/attesting_chip.rs"]
mod attesting_chip;
mod certificates;
mod chip_keys;
mod keys;
mod sod;
mod support;
