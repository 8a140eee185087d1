//! What becomes of an issued card, by the ledger. What its chip is told (`eid card deactivate`, `terminate`) is another matter: the
//! chip may be in nobody's hand.
//!
//! | from | to | takes |
//! |---|---|---|
//! | ACTIVE | SUSPENDED | one officer: it protects |
//! | SUSPENDED | ACTIVE | two ([`Act::Reinstate`]) |
//! | ACTIVE, SUSPENDED | REVOKED, for good | two ([`Act::Revoke`]) |
//!
//! Which states may follow each other is said by
//! [`CardState::may_be_changed_to`](crate::ledger::event::CardState::may_be_changed_to).

use super::approvals::{Act, ApprovalFailure, Presented, authorise};
use super::desk::Desk;
use crate::ledger::error::Conflict;
use crate::ledger::event::{CardId, CardState};
use crate::ledger::{Event, LedgerError};

/// Why a card is as it was.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// Two people are needed, and nothing was presented.
    #[error("to make a card {} takes two people", .0.name())]
    TwoPeople(CardState),
    /// Their yes does not count.
    #[error(transparent)]
    Approval(#[from] ApprovalFailure),
    /// The ledger does not allow it, or does not work.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// The act by which two people bring a card into this state; `None` where one person may.
#[must_use]
pub fn act(card_id: &CardId, state: CardState, reason: &str) -> Option<Act> {
    let (card_id, reason) = (card_id.clone(), reason.to_owned());
    match state {
        CardState::Active => Some(Act::Reinstate { card_id, reason }),
        CardState::Revoked => Some(Act::Revoke { card_id, reason }),
        CardState::New | CardState::Suspended => None,
    }
}

/// Brings an issued card into another state.
///
/// # Errors
/// [`CardError::TwoPeople`], [`CardError::Approval`]; [`CardError::Ledger`] for a card that is not there, or not in a state from
/// which this one follows.
pub fn change(
    desk: &Desk<'_>,
    card_id: &CardId,
    state: CardState,
    reason: &str,
    presented: Option<&Presented>,
) -> Result<(), CardError> {
    let changed = |approval: Option<String>| Event::CardChanged {
        card_id: card_id.clone(),
        state,
        reason: reason.to_owned(),
        approval,
    };
    match (act(card_id, state, reason), presented) {
        (Some(act), Some(presented)) => {
            // First the signatures: what was used before is to be recorded, though the card is as they wanted it.
            let yes = authorise(desk, &act, presented)?;
            must_follow(desk, card_id, state)?;
            yes.commit(desk, |approval| vec![changed(Some(approval.to_owned()))])?;
        }
        (Some(_), None) => return Err(CardError::TwoPeople(state)),
        (None, _) => {
            must_follow(desk, card_id, state)?;
            desk.append([changed(None)])?;
        }
    }
    Ok(())
}

/// Refuses a state that does not follow the card's.
fn must_follow(desk: &Desk<'_>, card_id: &CardId, state: CardState) -> Result<(), LedgerError> {
    let conflict = |conflict| Err(LedgerError::Conflict(conflict));
    match desk.store.card(card_id)? {
        None => conflict(Conflict::Unknown {
            what: "card",
            id: card_id.clone(),
        }),
        Some(card) if !card.state.may_be_changed_to(state) => conflict(Conflict::State {
            what: "card",
            id: card_id.clone(),
            state: card.state.name().to_owned(),
        }),
        Some(_) => Ok(()),
    }
}
