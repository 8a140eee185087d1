//! Chips go from one station to another. Each has a ledger of its own, and no chip is in two stocks at a time.
//!
//! The station that gives writes into its ledger that the chips are at the other one, and only then a file that says so, signed by
//! the officer who gives. The station that gets takes the file in. A chip's hand-overs are numbered: a file that was taken in
//! before moves nothing, nor does an older one after it; a file that was lost is written again by giving the same chips once more,
//! which changes nothing.
//!
//! ```text
//! {"hand_over":{"schema":"eid.hand-over/1","from":"hn-01","to":"hn-02","at":"…","by":"An",
//!   "chips":[{"serial":"…","moves":1,"state":"BLANK","delivery":"…","applet_version":"…","manifest":{"schema":"eid.chip/1",…}},…]},
//!  "approval":{"schema":"eid.approval/1",…}}
//! ```
//!
//! The approval is over the bytes of `hand_over` as they are written here: compact JSON, the fields in this order.

mod file;
mod take_in;

pub use self::file::{HandOver, HandOverChip, MAX_CHIPS, MAX_FILE_BYTES};
pub use self::take_in::{TakenIn, take_in};

use super::StockError;
use crate::ledger::Event;
use crate::ledger::LedgerError;
use crate::ledger::error::Conflict;
use crate::ledger::event::Serial;
use crate::ledger::view::ChipView;
use crate::station::desk::Desk;

/// Gives chips away: from then on they are at the other station. Chips that are there already, given before, only come into the
/// file again. The file is not signed yet.
///
/// # Errors
/// [`StockError::Ledger`] for a chip that is not here, or cannot be given away; [`StockError::SameStation`],
/// [`StockError::Count`]. Then none was given.
pub fn give(desk: &Desk<'_>, to: &str, serials: &[Serial]) -> Result<HandOver, StockError> {
    if to == desk.station {
        return Err(StockError::SameStation);
    }
    let mut serials = serials.to_vec();
    serials.sort_unstable();
    serials.dedup();
    if serials.is_empty() || serials.len() > MAX_CHIPS {
        return Err(StockError::Count(MAX_CHIPS));
    }
    let mut events = Vec::new();
    let mut chips = Vec::new();
    for serial in &serials {
        let mut chip = given_or_here(desk, to, serial)?;
        if chip.station != to {
            chip.moves = chip.moves.saturating_add(1);
            events.push(Event::ChipMoved {
                serial: serial.clone(),
                from: desk.station.to_owned(),
                to: to.to_owned(),
                moves: chip.moves,
            });
        }
        chips.push(HandOverChip::of(&chip)?);
    }
    if !events.is_empty() {
        desk.append(events)?;
    }
    Ok(HandOver::new(desk, to, chips))
}

/// The chip, here or given to that station before.
fn given_or_here(desk: &Desk<'_>, to: &str, serial: &Serial) -> Result<ChipView, LedgerError> {
    match desk.store.chip(serial)? {
        Some(chip) if chip.station == to && chip.moves > 0 => Ok(chip),
        Some(chip) if chip.station == desk.station => Ok(chip),
        Some(chip) => Err(LedgerError::Conflict(Conflict::ChipElsewhere {
            serial: serial.clone(),
            station: chip.station,
        })),
        None => Err(LedgerError::Conflict(Conflict::ChipUnknown(serial.clone()))),
    }
}
