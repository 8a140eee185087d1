//! The oracle terminal: a third reading of the standards, naive, and able to misbehave at every step.
//!
//! It shares no line with the terminal roles of the project nor with the chip. What it would send stands as a value: a [`Command`]
//! with public parts, a [`Session`] whose protection can be [bent](Bend). A conformance case takes the right value and changes what
//! the case is about; nothing of it is sent behind the case's back.
//!
//! Each protocol is held against its published example (`test-vectors/tests/oracle.rs`, Active Authentication beside its code).

pub mod active_authentication;
mod bac;
mod chip_authentication;
pub mod chip_authentication_mapping;
mod command;
pub mod cv_certificate;
pub mod keys;
mod pace;
mod session;
pub mod terminal_authentication;

pub use bac::Bac;
pub use chip_authentication::ChipAuthentication;
pub use command::{Command, Le, Response};
pub use pace::Pace;
pub use session::{Bend, Broken, Session};
