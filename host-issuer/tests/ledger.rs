//! The ledger of an issuing station: its tables refuse what must not be, its chain tells whether it was changed.
//!
//! What every store must do is in [`suite`], against a factory of stores; what SQLite does alone is in `sqlite`.

#[path = "ledger/command.rs"]
mod command;
#[path = "ledger/crash.rs"]
mod crash;
#[path = "ledger/random.rs"]
mod random;
#[path = "ledger/sqlite.rs"]
mod sqlite;
#[path = "ledger/station.rs"]
mod station;
#[path = "ledger/suite.rs"]
mod suite;
#[path = "ledger/tampering.rs"]
mod tampering;
