//! Readers, terminal roles, loader, inspection and the command line.
//!
//! A program that wants to verify cards needs [`verify`] alone.

pub mod cli;
pub mod conformance;
pub mod dump;
pub mod environment;
pub mod inspect;
pub mod ledger;
pub mod legacy_curves;
pub mod load;
pub mod mod_p_group;
pub mod quirk;
pub mod settings;
pub mod station;
pub mod terminal;
pub mod transport;
pub mod verify;
