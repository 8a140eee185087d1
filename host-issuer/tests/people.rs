//! Two people at a station: what they sign and what is refused, the chips in stock, the end of a shift.

#[path = "people/acts.rs"]
mod acts;
#[path = "people/cli.rs"]
mod cli;
#[path = "people/hand_over.rs"]
mod hand_over;
#[allow(
    dead_code,
    reason = "shared with the tests of the ledger, which use more of it"
)]
#[path = "ledger/station.rs"]
mod ledger_events;
#[path = "people/refused.rs"]
mod refused;
#[path = "people/shop.rs"]
mod shop;
#[path = "people/stock.rs"]
mod stock;
#[path = "support/world.rs"]
mod world;
