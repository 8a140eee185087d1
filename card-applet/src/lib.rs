//! The chip of an electronic identity card: file system, access control, PACE, BAC, secure messaging, Chip, Terminal and
//! Active Authentication, SCP03.
//!
//! `no_std`, no allocation, no unsafe code, no panic on any input. [`wire`] (formats) and [`crypto`] (primitives) are
//! shared with host crates; the chip's roles are not for them.
#![cfg_attr(not(any(test, feature = "sim")), no_std)]
#![forbid(unsafe_code)]
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]
#![allow(
    clippy::large_enum_variant,
    reason = "there is no heap: a protocol's steps share the largest one's room"
)]
// Tests may fail loudly.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]

// Some unit tests share the bench of the integration tests, which names this crate.
#[cfg(test)]
extern crate self as card_applet;
#[cfg(test)]
#[allow(dead_code)]
#[path = "../tests/chip/pki.rs"]
mod pki;
#[cfg(test)]
#[allow(dead_code)]
#[path = "../tests/chip/reader.rs"]
mod reader;
#[cfg(test)]
#[allow(dead_code)]
#[path = "../tests/chip/remembering.rs"]
mod remembering;
#[cfg(test)]
#[allow(dead_code)]
#[path = "../tests/chip/secure_messaging.rs"]
mod secure_messaging;
#[cfg(test)]
#[allow(dead_code)]
#[path = "../tests/chip/support.rs"]
mod support;
/// The bench's engine.
#[cfg(test)]
type BenchEngine = remembering::RememberingEngine;

mod auth;
pub mod card;
mod channel;
mod command;
pub mod crypto;
mod error;
mod fs;
mod life_cycle;
pub mod limits;
mod nvm;
pub mod platform;
mod security_status;
// A program for hosts, not a part of the chip.
#[cfg(any(test, feature = "sim"))]
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
pub mod sim;
pub mod wire;
