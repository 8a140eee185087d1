//! Which issued cards have a chip of this delivery, this version of the applet, or this time.

use std::collections::BTreeMap;

use super::StockError;
use crate::ledger::Event;
use crate::ledger::event::{CardId, CardState, Serial};
use crate::ledger::view::{CardFilter, ChipFilter, ChipView};
use crate::station::desk::Desk;

/// An issued card that is recalled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recalled {
    /// The card.
    pub card_id: CardId,
    /// Its chip.
    pub serial: Serial,
    /// The delivery that the chip came with.
    pub delivery: String,
    /// Version of its applet.
    pub applet_version: String,
    /// What the card is.
    pub state: CardState,
    /// When it was issued, RFC 3339, UTC.
    pub issued_at: String,
    /// The card that replaced it.
    pub replaced_by: Option<CardId>,
}

/// The issued cards that a filter names, by their identifiers; revoked ones among them.
///
/// # Errors
/// [`StockError::Ledger`].
pub fn find(desk: &Desk<'_>, filter: &CardFilter) -> Result<Vec<Recalled>, StockError> {
    let chips = desk.store.chips(&ChipFilter {
        delivery: filter.delivery.clone(),
        applet_version: filter.applet_version.clone(),
        ..ChipFilter::default()
    })?;
    let chips: BTreeMap<Serial, ChipView> = chips
        .into_iter()
        .map(|chip| (chip.serial.clone(), chip))
        .collect();
    let mut recalled = Vec::new();
    for card in desk.store.cards(filter)? {
        // A card in the making has no holder yet; its chip is found in stock.
        let (Some(issued_at), Some(chip)) = (card.issued_at, chips.get(&card.chip)) else {
            continue;
        };
        recalled.push(Recalled {
            card_id: card.card_id,
            serial: card.chip,
            delivery: chip.delivery.clone(),
            applet_version: chip.applet_version.clone(),
            state: card.state,
            issued_at,
            replaced_by: card.replaced_by,
        });
    }
    Ok(recalled)
}

/// Suspends those of these cards that are valid, all or none, and says which.
///
/// # Errors
/// [`StockError::Ledger`].
pub fn suspend(desk: &Desk<'_>, cards: &[Recalled], reason: &str) -> Result<Vec<CardId>, StockError> {
    let active: Vec<CardId> = cards
        .iter()
        .filter(|card| card.state == CardState::Active)
        .map(|card| card.card_id.clone())
        .collect();
    if !active.is_empty() {
        desk.append(active.iter().map(|card_id| Event::CardChanged {
            card_id: card_id.clone(),
            state: CardState::Suspended,
            reason: reason.to_owned(),
            approval: None,
        }))?;
    }
    Ok(active)
}
