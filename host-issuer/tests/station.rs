//! A station makes cards of chips in this process: what becomes of chip, job and ledger, whatever happens. Every card that is said to be
//! issued is verified as a stranger would.

#[path = "station/failing.rs"]
mod failing;
#[path = "station/floor.rs"]
mod floor;
#[path = "support/prepared_card.rs"]
mod prepared_card;
#[path = "support/world.rs"]
mod world;

#[path = "station/causes.rs"]
mod causes;
#[path = "station/command.rs"]
mod command;
#[path = "station/happy.rs"]
mod happy;
#[path = "station/interrupted.rs"]
mod interrupted;
#[path = "station/parallel.rs"]
mod parallel;
#[path = "station/preflight.rs"]
mod preflight;
#[path = "station/refusals.rs"]
mod refusals;
#[path = "station/settled.rs"]
mod settled;
#[path = "station/signals.rs"]
mod signals;
#[path = "station/two_readers.rs"]
mod two_readers;
