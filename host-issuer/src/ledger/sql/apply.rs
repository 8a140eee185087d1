//! What an event changes in the tables, and what it must find there.
//!
//! Each precondition is asked of the database in the statement that changes it: a row that is not in the state from which the event
//! starts is not changed, a value that must not be twice is not inserted, and only then it is looked at why. What comes out depends
//! on the events alone, so the tables can be made again from the chain.

mod approvals;
mod cards;
mod chips;
mod jobs;
mod production;

use sqlx::AnyConnection;

use super::statement::execute;
use crate::ledger::error::{Conflict, LedgerError};
use crate::ledger::event::{Entry, Event};

/// When and where an event happens.
#[derive(Clone, Copy)]
struct Moment<'a> {
    sequence: i64,
    at: &'a str,
    station: &'a str,
}

/// Changes the tables as this event says, which has this number in the chain.
///
/// # Errors
/// [`LedgerError::Conflict`]; the transaction must then be rolled back.
pub(in crate::ledger) async fn apply(
    connection: &mut AnyConnection,
    sequence: i64,
    entry: &Entry,
) -> Result<(), LedgerError> {
    let moment = Moment {
        sequence,
        at: &entry.at,
        station: &entry.station,
    };
    let event = &entry.event;
    let opens = matches!(event, Event::Opened { .. });
    if opens != (sequence == 1) {
        return refused(Conflict::State {
            what: "ledger",
            id: String::new(),
            state: if opens { "open already" } else { "not open yet" }.to_owned(),
        });
    }
    match event {
        Event::Opened {
            ledger,
            checkpoint_key,
        } => opened(connection, ledger, checkpoint_key).await,
        Event::OfficersSet { officers } => approvals::officers_set(connection, officers).await,
        Event::ChipRegistered { .. }
        | Event::ChipMoved { .. }
        | Event::ChipKeysDrawn { .. }
        | Event::ChipQuarantined { .. }
        | Event::ChipRefused { .. }
        | Event::ChipReleased { .. }
        | Event::ChipSpoiled { .. }
        | Event::ChipDestroyed { .. } => chips::apply(connection, moment, event).await,
        // A card that tells nobody which one it is changes no table.
        Event::CardRefused { .. } => Ok(()),
        Event::BatchCreated { .. }
        | Event::JobAccepted { .. }
        | Event::BatchStarted { .. }
        | Event::BatchClosed { .. }
        | Event::JobRefused { .. }
        | Event::JobCancelled { .. }
        | Event::JobRetried { .. }
        | Event::PrintDataGiven { .. }
        | Event::CardAccepted { .. }
        | Event::JobPurged { .. } => jobs::apply(connection, moment, event).await,
        Event::ProductionIntended { .. }
        | Event::SignatureIntended { .. }
        | Event::SignatureMade { .. }
        | Event::ActivationIntended { .. }
        | Event::CardIssued { .. }
        | Event::ProductionFailed { .. } => production::apply(connection, moment, event).await,
        Event::CardChanged {
            card_id,
            state,
            reason: _,
            approval,
        } => cards::changed(connection, moment, card_id, *state, approval.as_deref()).await,
        Event::ApprovalUsed { .. }
        | Event::ApprovalRefused { .. }
        | Event::QuotaExtended { .. }
        | Event::ShiftOpened { .. }
        | Event::ShiftClosed { .. } => approvals::apply(connection, moment, event).await,
    }
}

async fn opened(
    connection: &mut AnyConnection,
    ledger: &str,
    checkpoint_key: &str,
) -> Result<(), LedgerError> {
    let sql = "INSERT INTO ledger (only_one, ledger, checkpoint_key) VALUES (1, $1, $2)";
    let values = [ledger.into(), checkpoint_key.into()];
    execute(connection, sql, &values).await.map(|_| ())
}

fn refused<T>(conflict: Conflict) -> Result<T, LedgerError> {
    Err(LedgerError::Conflict(conflict))
}

fn unknown<T>(what: &'static str, id: &str) -> Result<T, LedgerError> {
    refused(Conflict::Unknown {
        what,
        id: id.to_owned(),
    })
}

fn in_state<T>(what: &'static str, id: &str, state: impl Into<String>) -> Result<T, LedgerError> {
    refused(Conflict::State {
        what,
        id: id.to_owned(),
        state: state.into(),
    })
}

/// An event that another function of this module takes: the matches here are exhaustive over what each is given.
fn not_here() -> Result<(), LedgerError> {
    Err(LedgerError::Damaged("an event of another kind".to_owned()))
}
