//! OpenSSL as judge: a program that shares no code with this project reads, verifies and derives what it makes.
//!
//! The `openssl` command (Debian package `openssl`, version 3) must be installed; these tests do not skip.

mod certificates;
mod keys;
mod sod;
mod support;
