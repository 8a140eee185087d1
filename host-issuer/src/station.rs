//! The issuing station: many cards a day on several readers, none lost, none twice.
//!
//! A station is a [directory](place) with a [ledger](crate::ledger) in it. What is personal of its jobs is [sealed](vault) at rest and
//! in the ledger not at all.

pub mod application;
pub mod approvals;
pub mod desk;
pub mod draft;
pub mod jobs;
pub mod officers;
pub mod place;
pub mod preflight;
pub mod vault;
