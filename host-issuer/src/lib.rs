//! Readers, terminal roles, loader, inspection and the command line.

pub mod inspect;
pub mod load;
pub mod terminal;
pub mod transport;
