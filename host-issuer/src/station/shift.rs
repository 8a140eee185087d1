//! The beginning and the end of a shift.
//!
//! Whoever makes cards proves who that is before the first one, by a signature with the key under which the ledger knows the officer.
//! What is signed says which ledger, which station, which batch and where the ledger ended, so that it is good for this one time:
//!
//! ```text
//! eid.shift/1 ‖ 00 ‖ ledger ‖ 00 ‖ station ‖ 00 ‖ operator ‖ 00 ‖ batch ‖ 00 ‖ events so far, decimal ‖ 00 ‖ digest of the last one
//! ```
//!
//! as an [`Approval`] of these bytes; time and signature are in the event [`ShiftOpened`](Event::ShiftOpened), the rest is known.
//!
//! At the end what lies on the shelf was counted by two people, and compared with the ledger.

use personalization::approval::{Approval, ApprovalError, Officer};
use personalization::signer::Signer;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::approvals::{Act, Presented, authorise};
use super::desk::Desk;
use super::officers::{OfficersError, known, must_work_here};
use super::stock::StockError;
use super::stock::reconcile::{Counted, Reconciliation, reconcile};
use crate::ledger::event::BatchId;
use crate::ledger::{Event, Head};

/// Opens a shift: proves with the officer's key that it is the officer who is at work, and writes that down.
///
/// # Errors
/// [`OfficersError::NotAllowed`] for somebody who makes no cards here; [`OfficersError::NotProved`] for a key that is not the one that
/// the ledger knows; [`OfficersError::Approval`] when the key does not sign; [`OfficersError::Ledger`].
pub fn open(desk: &Desk<'_>, batch: &BatchId, signer: &dyn Signer) -> Result<Head, OfficersError> {
    must_work_here(desk)?;
    let head = desk.store.head()?;
    let ledger = desk.store.identifier()?;
    let statement = statement(&ledger, desk.station, desk.actor, batch, &head);
    let approval = Approval::sign(desk.actor, &statement, desk.now, signer)?;
    let officers = known(&desk.store.officers()?)?;
    let officer = officers.iter().find(|(officer, _)| officer.name() == desk.actor);
    let proved = officer.is_some_and(|(officer, _)| approval.must_be_by(officer, &statement).is_ok());
    if !proved {
        return Err(OfficersError::NotProved {
            name: desk.actor.to_owned(),
        });
    }
    let signed: Signed = serde_json::from_slice(&approval.to_json()?).map_err(|_| unreadable())?;
    Ok(desk.append([Event::ShiftOpened {
        operator: desk.actor.to_owned(),
        batch: batch.clone(),
        after: head.sequence,
        digest: hex::encode(head.digest),
        signed_at: signed.at,
        signature: signed.signature,
    }])?)
}

/// Whether this officer signed what a [`ShiftOpened`](Event::ShiftOpened) of this ledger and station says: for an auditor.
///
/// # Errors
/// [`ApprovalError`] where not, and for another event.
pub fn check_opened(
    event: &Event,
    ledger: &str,
    station: &str,
    officer: &Officer,
) -> Result<(), ApprovalError> {
    let Event::ShiftOpened {
        operator,
        batch,
        after,
        digest,
        signed_at,
        signature,
    } = event
    else {
        return Err(ApprovalError::Invalid(officer.name().to_owned()));
    };
    let mut head = Head {
        sequence: *after,
        ..Head::START
    };
    hex::decode_to_slice(digest, &mut head.digest).map_err(|_| ApprovalError::Invalid(operator.clone()))?;
    let statement = statement(ledger, station, operator, batch, &head);
    let approval = serde_json::json!({
        "schema": "eid.approval/1",
        "officer": operator,
        "subject_sha256": hex::encode_upper(Sha256::digest(&statement)),
        "at": signed_at,
        "signature": signature,
    });
    Approval::from_json(approval.to_string().as_bytes())?.must_be_by(officer, &statement)
}

/// What of an approval nobody else knows.
#[derive(Deserialize)]
struct Signed {
    at: String,
    signature: String,
}

fn unreadable() -> ApprovalError {
    ApprovalError::Malformed {
        what: "approval",
        why: "it has no time and signature".to_owned(),
    }
}

/// What is signed. None of its parts contains a zero byte.
fn statement(ledger: &str, station: &str, operator: &str, batch: &str, head: &Head) -> Vec<u8> {
    let (sequence, digest) = (head.sequence.to_string(), hex::encode(head.digest));
    [
        "eid.shift/1",
        ledger,
        station,
        operator,
        batch,
        &sequence,
        &digest,
    ]
    .join("\0")
    .into_bytes()
}

/// What two people sign at the end: what should be there, and what was counted.
///
/// # Errors
/// [`StockError::Ledger`].
pub fn act(desk: &Desk<'_>, counted: &Counted) -> Result<Act, StockError> {
    Ok(closing(desk, &reconcile(desk, counted)?))
}

fn closing(desk: &Desk<'_>, reconciliation: &Reconciliation) -> Act {
    Act::CloseShift {
        station: desk.station.to_owned(),
        counted: reconciliation.lines.clone(),
    }
}

/// Closes the shift: the stock is reconciled, and whoever asked and whoever said yes stand in the ledger with what they counted.
/// Nothing may have changed since they signed.
///
/// # Errors
/// [`StockError::Approval`], [`StockError::Ledger`].
pub fn close(
    desk: &Desk<'_>,
    counted: &Counted,
    presented: &Presented,
) -> Result<Reconciliation, StockError> {
    let reconciliation = reconcile(desk, counted)?;
    let yes = authorise(desk, &closing(desk, &reconciliation), presented)?;
    let (operator, supervisor) = yes.people();
    let (operator, supervisor) = (operator.to_owned(), supervisor.to_owned());
    yes.commit(desk, |approval| {
        vec![Event::ShiftClosed {
            operator,
            supervisor,
            counted: reconciliation.lines.clone(),
            approval: approval.to_owned(),
        }]
    })?;
    Ok(reconciliation)
}
