//! Attempts of which nobody knows how they ended, and how far each is known to have gone.

use super::super::desk::Desk;
use super::super::personalize::ruling;
use crate::ledger::event::{BatchId, JobId};
use crate::ledger::view::{AttemptStep, AttemptView, JobFilter};
use crate::ledger::{Event, Head, LedgerError, LedgerStore};

/// An attempt whose process died.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsettled {
    /// The job.
    pub job: JobId,
    /// Its batch.
    pub batch: BatchId,
    /// The attempt.
    pub attempt: AttemptView,
}

impl Unsettled {
    /// What a person does about it.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match self.attempt.step {
            AttemptStep::Activating => {
                "lay this chip on a reader while the batch runs: it may be a finished card, and is one if it is right"
            }
            _ => "lay this chip on a reader while the batch runs: it is no card yet, and may be used again",
        }
    }
}

/// The name of a step in files and messages.
#[must_use]
pub const fn step_name(step: AttemptStep) -> &'static str {
    match step {
        AttemptStep::Intended => "intended",
        AttemptStep::Signing => "signing",
        AttemptStep::Signed => "signed",
        AttemptStep::Activating => "activating",
        AttemptStep::Issued => "issued",
        AttemptStep::Failed => "failed",
    }
}

/// All of them, of one batch or of all.
///
/// # Errors
/// [`LedgerError`].
pub fn unsettled(ledger: &dyn LedgerStore, batch: Option<&BatchId>) -> Result<Vec<Unsettled>, LedgerError> {
    let jobs = ledger.jobs(&JobFilter {
        batch: batch.cloned(),
        unsettled: true,
        ..JobFilter::default()
    })?;
    let attempts = jobs.into_iter().filter_map(|job| {
        Some(Unsettled {
            job: job.job,
            batch: job.batch,
            attempt: job.attempt?,
        })
    });
    Ok(attempts.collect())
}

/// Declares that the chip of an attempt will not be seen again: it is quarantined, unseen. The job is failed where its card may be
/// operational, so that a person decides, and pending otherwise. Only while no run has this attempt in hand.
///
/// # Errors
/// [`LedgerError::Conflict`] for one that was settled meanwhile.
pub fn give_up(desk: &Desk<'_>, unsettled: &Unsettled) -> Result<Head, LedgerError> {
    let ruling = ruling::given_up(&unsettled.attempt);
    desk.append([Event::ProductionFailed {
        job: unsettled.job.clone(),
        attempt: unsettled.attempt.attempt,
        reason: ruling.reason.to_owned(),
        chip: ruling.chip,
        state: ruling.job,
    }])
}
