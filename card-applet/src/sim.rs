//! The chip as a program: memory in RAM or in a file, a card in this process, a card behind PC/SC by the vpcd protocol.

pub mod in_process;
pub mod memory;
pub mod vpcd;

pub use in_process::{Manufactured, SimError, VirtualCard};
