//! What the chain and the tables say.

pub(in crate::ledger) mod batches;
pub(in crate::ledger) mod cards;
pub(in crate::ledger) mod checkpoints;
pub(in crate::ledger) mod chips;
mod conditions;
pub(in crate::ledger) mod events;
pub(in crate::ledger) mod job_keys;
pub(in crate::ledger) mod jobs;
pub(in crate::ledger) mod people;
