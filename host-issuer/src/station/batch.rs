//! Batches: many applications that are taken in together, started by two people, and closed when nothing is left of them.

pub mod create;
pub mod unsettled;

use super::approvals::{Act, ApprovalFailure, Presented, authorise};
use super::desk::Desk;
use crate::ledger::event::{BatchId, JobId};
use crate::ledger::{Event, Head, LedgerError};

/// Longest reason of a cancellation, in bytes.
pub const MAX_REASON: usize = 200;

/// Lets cards of a batch be made. Two people.
///
/// # Errors
/// [`ApprovalFailure`].
pub fn start(desk: &Desk<'_>, batch: &BatchId, presented: &Presented) -> Result<Head, ApprovalFailure> {
    let act = Act::StartBatch { batch: batch.clone() };
    authorise(desk, &act, presented)?.commit(desk, |approval| {
        vec![Event::BatchStarted {
            batch: batch.clone(),
            approval: approval.to_owned(),
        }]
    })
}

/// Why a batch stays open.
#[derive(Debug, thiserror::Error)]
pub enum CloseError {
    /// Nobody knows how so many attempts ended.
    #[error("{0} attempts of the batch are not settled")]
    Unsettled(usize),
    /// So many cards are issued, and nobody has looked at them yet.
    #[error("{0} cards of the batch are issued and not accepted")]
    NotAccepted(u32),
    /// Two people's yes does not count, or the ledger does not allow it: something is pending or failed.
    #[error(transparent)]
    Approval(#[from] ApprovalFailure),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Closes a batch in which every job is issued and its card accepted, or cancelled. Two people.
///
/// # Errors
/// [`CloseError`]: while anything of it is unsettled, pending, failed or not accepted.
pub fn close(desk: &Desk<'_>, batch: &BatchId, presented: &Presented) -> Result<Head, CloseError> {
    // What keeps it open is told before the signatures are looked at: they are good for one time.
    match unsettled::unsettled(desk.store, Some(batch))?.len() {
        0 => {}
        count => return Err(CloseError::Unsettled(count)),
    }
    // What is pending or failed the ledger itself tells.
    let counts = desk
        .store
        .batch(batch)?
        .map(|view| view.counts)
        .unwrap_or_default();
    let waiting = counts.issued.saturating_sub(counts.accepted);
    if waiting > 0 && counts.pending == 0 && counts.failed == 0 {
        return Err(CloseError::NotAccepted(waiting));
    }
    let act = Act::CloseBatch { batch: batch.clone() };
    let closed = authorise(desk, &act, presented)?.commit(desk, |approval| {
        vec![Event::BatchClosed {
            batch: batch.clone(),
            approval: approval.to_owned(),
        }]
    });
    Ok(closed?)
}

/// Makes jobs that failed pending again, all or none.
///
/// # Errors
/// [`LedgerError::Conflict`] for a job that did not fail, or of which a card was issued: that needs [`reissue`].
pub fn retry(desk: &Desk<'_>, jobs: &[JobId]) -> Result<Head, LedgerError> {
    desk.append(jobs.iter().map(|job| Event::JobRetried {
        job: job.clone(),
        approval: None,
    }))
}

/// Makes a job pending again although a card of it was issued, which is valid no more. Two people.
///
/// # Errors
/// [`ApprovalFailure`]; a conflict once the card was accepted: the personal data are gone, and that takes a new application.
pub fn reissue(desk: &Desk<'_>, job: &JobId, presented: &Presented) -> Result<Head, ApprovalFailure> {
    let act = Act::Reissue { job: job.clone() };
    authorise(desk, &act, presented)?.commit(desk, |approval| {
        vec![Event::JobRetried {
            job: job.clone(),
            approval: Some(approval.to_owned()),
        }]
    })
}

/// Cancels jobs of which no card is being made, and none was made that is valid, all or none. Their personal data are to be purged then.
///
/// # Errors
/// [`LedgerError::Conflict`] for a job with a valid or an accepted card, or of which an attempt is not settled.
pub fn cancel(desk: &Desk<'_>, jobs: &[JobId], reason: &str) -> Result<Head, LedgerError> {
    desk.append(jobs.iter().map(|job| Event::JobCancelled {
        job: job.clone(),
        reason: reason.to_owned(),
    }))
}
