//! The issuing station: many cards a day on several readers, none lost, none twice.
//!
//! A station is a [directory](place) with a [ledger](crate::ledger) in it. What is personal of its jobs is [sealed](vault) at rest and
//! in the ledger not at all.

pub mod acceptance;
pub mod application;
pub mod approvals;
pub mod batch;
pub mod card_id;
pub mod cards;
pub mod desk;
pub mod draft;
pub mod intake;
pub mod jobs;
pub mod office;
pub mod officers;
pub mod personalize;
pub mod place;
pub mod preflight;
pub mod print_data;
pub mod quota;
pub mod receipt;
pub mod report;
pub mod run;
pub mod shift;
pub mod stock;
pub mod vault;
