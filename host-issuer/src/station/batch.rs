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

/// Closes a batch in which every job is issued or cancelled. Two people.
///
/// # Errors
/// [`ApprovalFailure`]; a conflict while anything of it is pending, failed or unsettled.
pub fn close(desk: &Desk<'_>, batch: &BatchId, presented: &Presented) -> Result<Head, ApprovalFailure> {
    let act = Act::CloseBatch { batch: batch.clone() };
    authorise(desk, &act, presented)?.commit(desk, |approval| {
        vec![Event::BatchClosed {
            batch: batch.clone(),
            approval: approval.to_owned(),
        }]
    })
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
/// [`ApprovalFailure`]; a conflict once the job's personal data are purged: that takes a new application.
pub fn reissue(desk: &Desk<'_>, job: &JobId, presented: &Presented) -> Result<Head, ApprovalFailure> {
    let act = Act::Reissue { job: job.clone() };
    authorise(desk, &act, presented)?.commit(desk, |approval| {
        vec![Event::JobRetried {
            job: job.clone(),
            approval: Some(approval.to_owned()),
        }]
    })
}

/// Cancels jobs of which no card is being made, all or none. Their personal data are to be purged then.
///
/// # Errors
/// [`LedgerError::Conflict`] for a job that is neither pending nor failed, or of which an attempt is not settled.
pub fn cancel(desk: &Desk<'_>, jobs: &[JobId], reason: &str) -> Result<Head, LedgerError> {
    desk.append(jobs.iter().map(|job| Event::JobCancelled {
        job: job.clone(),
        reason: reason.to_owned(),
    }))
}
