//! The chip's side of the protocols. A step of a protocol consumes the one before, so that every error, and every
//! other command in between, leaves [`Protocol::Idle`].

pub(crate) mod active;
pub(crate) mod attestation;
pub(crate) mod bac;
pub(crate) mod chip;
pub(crate) mod chip_key;
pub(crate) mod issuer;
pub(crate) mod pace;
pub(crate) mod password;
pub(crate) mod terminal;

use crate::platform::Engine;

/// The protocol under way.
#[derive(Default)]
pub(crate) enum Protocol<E: Engine> {
    /// None.
    #[default]
    Idle,
    /// BAC: a challenge was given.
    Bac(bac::Challenge),
    /// Chip Authentication: protocol and key are chosen.
    Chip(chip::Chosen),
    /// PACE.
    Pace(pace::Step<E>),
    /// Terminal Authentication.
    Terminal(terminal::Step),
    /// SCP03: INITIALIZE UPDATE was answered.
    Issuer(issuer::Initialized<E>),
}
