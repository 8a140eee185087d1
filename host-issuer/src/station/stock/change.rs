//! What becomes of a chip that is not, or not yet, a card in somebody's hand.

use super::StockError;
use crate::ledger::Event;
use crate::ledger::event::{CardState, ChipState, Serial};
use crate::ledger::view::{CardFilter, CardView};
use crate::station::approvals::{Act, Presented, authorise};
use crate::station::desk::Desk;

/// Why a card of a chip that is spoiled is revoked, as the ledger has it.
pub const SPOILED: &str = "card.spoiled";

/// A chip, or the card that it is, is of no use any more. A valid card is revoked by it, which takes two people
/// ([`Act::Revoke`] with the reason [`SPOILED`]).
///
/// # Errors
/// [`StockError::ValidCard`] where `presented` is needed and missing; [`StockError::Approval`], [`StockError::Ledger`].
pub fn spoil(
    desk: &Desk<'_>,
    serial: &Serial,
    reason: &str,
    presented: Option<&Presented>,
) -> Result<(), StockError> {
    let chip = desk.chip(serial)?;
    let spoiled = Event::ChipSpoiled {
        serial: serial.clone(),
        reason: reason.to_owned(),
    };
    let card = match chip.state {
        ChipState::Issued => valid_card(desk, serial)?,
        _ => None,
    };
    let Some(card) = card else {
        desk.append([spoiled])?;
        return Ok(());
    };
    let presented = presented.ok_or_else(|| StockError::ValidCard {
        serial: serial.clone(),
        card_id: card.card_id.clone(),
    })?;
    let act = Act::Revoke {
        card_id: card.card_id.clone(),
        reason: SPOILED.to_owned(),
    };
    authorise(desk, &act, presented)?.commit(desk, |approval| {
        let revoked = Event::CardChanged {
            card_id: card.card_id,
            state: CardState::Revoked,
            reason: SPOILED.to_owned(),
            approval: Some(approval.to_owned()),
        };
        vec![revoked, spoiled]
    })?;
    Ok(())
}

/// The card that a chip is, while it is not revoked.
///
/// # Errors
/// [`StockError::Ledger`].
pub fn valid_card(desk: &Desk<'_>, serial: &Serial) -> Result<Option<CardView>, StockError> {
    let cards = desk.store.cards(&CardFilter {
        chip: Some(serial.clone()),
        ..CardFilter::default()
    })?;
    let valid = |card: &CardView| matches!(card.state, CardState::Active | CardState::Suspended);
    Ok(cards.into_iter().find(valid))
}

/// A blank chip is kept apart.
///
/// # Errors
/// [`StockError::Ledger`], also for one that is not blank or not here.
pub fn quarantine(desk: &Desk<'_>, serial: &Serial, reason: &str) -> Result<(), StockError> {
    desk.chip(serial)?;
    desk.append([Event::ChipQuarantined {
        serial: serial.clone(),
        reason: reason.to_owned(),
    }])?;
    Ok(())
}

/// Chips in quarantine are blank again: two people say so.
///
/// # Errors
/// [`StockError::Approval`], [`StockError::Ledger`]; then none of them is.
pub fn release(desk: &Desk<'_>, serials: &[Serial], presented: &Presented) -> Result<(), StockError> {
    let act = Act::ReleaseQuarantine {
        serials: serials.to_vec(),
    };
    authorise(desk, &act, presented)?.commit_each(desk, |serial, approval| Event::ChipReleased {
        serial: serial.to_owned(),
        approval: approval.to_owned(),
    })?;
    Ok(())
}

/// Chips in quarantine and spoiled ones were destroyed, before two pairs of eyes.
///
/// # Errors
/// [`StockError::Approval`], [`StockError::Ledger`]; then none of them counts as destroyed.
pub fn destroy(desk: &Desk<'_>, serials: &[Serial], presented: &Presented) -> Result<(), StockError> {
    let act = Act::Destroy {
        serials: serials.to_vec(),
    };
    authorise(desk, &act, presented)?.commit_each(desk, |serial, approval| Event::ChipDestroyed {
        serial: serial.to_owned(),
        approval: approval.to_owned(),
    })?;
    Ok(())
}
