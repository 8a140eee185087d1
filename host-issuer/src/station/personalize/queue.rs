//! The jobs of a batch, each given to one reader.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use super::Production;
use super::floor::Hold;
use crate::ledger::LedgerError;
use crate::ledger::event::{BatchId, JobId, JobState};
use crate::ledger::view::{AttemptStep, JobFilter, JobView};

/// Jobs that are read at once.
const PAGE: u32 = 32;

/// What is to be done in one run: the pending jobs of a batch, in the order in which they were accepted.
#[derive(Debug)]
pub struct Queue {
    batch: BatchId,
    /// Most cards of this run.
    limit: Option<u32>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Jobs that cannot be done in this run.
    aside: BTreeSet<JobId>,
    issued: u32,
    in_the_making: u32,
}

impl Queue {
    /// The jobs of this batch; at most `limit` cards are issued.
    #[must_use]
    pub fn new(batch: BatchId, limit: Option<u32>) -> Self {
        Self {
            batch,
            limit,
            state: Mutex::default(),
        }
    }

    /// The batch.
    #[must_use]
    pub const fn batch(&self) -> &BatchId {
        &self.batch
    }

    /// Cards that were issued in this run.
    #[must_use]
    pub fn issued_count(&self) -> u32 {
        self.with(|state| state.issued)
    }

    /// Whether as many cards are issued as were wanted.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.limit
            .is_some_and(|limit| self.with(|state| state.issued >= limit))
    }

    /// One card more is issued.
    pub(super) fn issued(&self) {
        self.with(|state| state.issued = state.issued.saturating_add(1));
    }

    /// Leaves a job out of this run.
    pub(super) fn set_aside(&self, job: &str) {
        self.with(|state| state.aside.insert(job.to_owned()));
    }

    /// A place among the cards that may be made.
    fn place(&self) -> Option<Place<'_>> {
        self.with(|state| {
            let taken = state.issued.saturating_add(state.in_the_making);
            if self.limit.is_some_and(|limit| taken >= limit) {
                return None;
            }
            state.in_the_making += 1;
            Some(Place(self))
        })
    }

    fn is_aside(&self, job: &str) -> bool {
        self.with(|state| state.aside.contains(job))
    }

    /// The lock is held for as long as this takes, and no longer.
    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

struct Place<'q>(&'q Queue);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0
            .with(|state| state.in_the_making = state.in_the_making.saturating_sub(1));
    }
}

/// A job that is one reader's until this is dropped.
pub(super) struct Taken<'d> {
    pub(super) job: JobView,
    _hold: Hold<'d>,
    _place: Place<'d>,
}

impl Production<'_> {
    /// Whether no job of the batch waits any more, but for those that this run leaves out. Jobs in the making wait until they are
    /// issued. A ledger that cannot be read says nothing: the next card will meet it.
    #[must_use]
    pub fn is_all_done(&self, queue: &Queue) -> bool {
        let Ok(Some(batch)) = self.ledger().batch(queue.batch()) else {
            return false;
        };
        let aside = queue.with(|state| state.aside.len());
        usize::try_from(batch.counts.pending).is_ok_and(|pending| pending <= aside)
    }

    /// The next job that nobody has.
    pub(super) fn next_job<'d>(&'d self, queue: &'d Queue) -> Result<Option<Taken<'d>>, LedgerError> {
        let Some(place) = queue.place() else {
            return Ok(None);
        };
        let mut filter = JobFilter {
            batch: Some(queue.batch.clone()),
            state: Some(JobState::Pending),
            limit: PAGE,
            ..JobFilter::default()
        };
        loop {
            let page = self.ledger().jobs(&filter)?;
            for job in &page {
                if queue.is_aside(&job.job) {
                    continue;
                }
                let Some(hold) = self.floor.hold_job(&job.job) else {
                    continue;
                };
                // Whoever had it may have done it since the page was read.
                match self.ledger().job(&job.job)? {
                    Some(job) if job.state == JobState::Pending && !is_unsettled(&job) => {
                        return Ok(Some(Taken {
                            job,
                            _hold: hold,
                            _place: place,
                        }));
                    }
                    _ => {}
                }
            }
            match page.last() {
                Some(last) if page.len() == PAGE as usize => filter.after = Some(last.job.clone()),
                _ => return Ok(None),
            }
        }
    }
}

/// Whether nobody knows how the job's last attempt ended.
#[must_use]
pub fn is_unsettled(job: &JobView) -> bool {
    job.attempt.as_ref().is_some_and(|attempt| match attempt.step {
        AttemptStep::Intended | AttemptStep::Signing | AttemptStep::Signed | AttemptStep::Activating => true,
        AttemptStep::Issued | AttemptStep::Failed => false,
    })
}
