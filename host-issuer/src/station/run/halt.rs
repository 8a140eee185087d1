//! What ends a run.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::super::personalize::{Queue, Undone};
use crate::environment::Clock;
use crate::ledger::event::{ChipState, JobState};

/// Why a run is over.
#[derive(Debug)]
pub enum Ended {
    /// No job is waiting, or no card came any more.
    Done,
    /// As many cards are issued as were wanted.
    Limit,
    /// The time that was given is over.
    Time,
    /// The operator wanted it.
    Operator,
    /// The station cannot go on.
    Stopped(Box<Undone>),
    /// One card after the other failed for this reason.
    SameFailure(&'static str),
}

/// The end of a run: nothing new is begun once it is wanted.
#[derive(Debug, Default)]
pub struct Halt {
    operator: AtomicBool,
    /// On the monotonic clock.
    deadline: Option<Duration>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    stopped: Option<Box<Undone>>,
    last: Option<&'static str>,
    in_a_row: u32,
    same_failure: bool,
}

impl Halt {
    /// So many failures one after the other with the same reason end a run: it is not the card.
    pub const SAME_FAILURES: u32 = 3;

    /// A run that ends at this time of the monotonic clock, if at any.
    #[must_use]
    pub fn at(deadline: Option<Duration>) -> Self {
        Self {
            deadline,
            ..Self::default()
        }
    }

    /// The operator wants no new card.
    pub fn want(&self) {
        self.operator.store(true, Ordering::Relaxed);
    }

    /// Whether nothing new is to be begun.
    #[must_use]
    pub fn is_wanted(&self, clock: &dyn Clock) -> bool {
        self.operator.load(Ordering::Relaxed)
            || self.with(|state| state.stopped.is_some() || state.same_failure)
            || self.is_late(clock)
    }

    fn is_late(&self, clock: &dyn Clock) -> bool {
        self.deadline
            .is_some_and(|deadline| clock.monotonic() >= deadline)
    }

    pub(super) fn succeeded(&self) {
        self.with(|state| state.in_a_row = 0);
    }

    /// Counts it, and ends the run where the station is at fault.
    pub(super) fn failed(&self, undone: Undone) {
        self.with(|state| {
            // A pulled card or a stranger's chip is the operator's matter, and says nothing of the next card.
            let counts = match &undone {
                Undone::Failed(failed) => {
                    failed.chip_state != ChipState::Blank || failed.job_state == JobState::Failed
                }
                Undone::Refused(_) | Undone::Unsettled(_) | Undone::Stopped(_) => false,
            };
            if counts {
                let reason = undone.id();
                state.in_a_row = match state.last == Some(reason) {
                    true => state.in_a_row.saturating_add(1),
                    false => 1,
                };
                state.last = Some(reason);
                state.same_failure |= state.in_a_row >= Self::SAME_FAILURES;
            }
            if undone.stops() {
                state.stopped.get_or_insert(Box::new(undone));
            }
        });
    }

    /// Why a run is over that is over.
    pub(super) fn ended(&self, queue: &Queue, clock: &dyn Clock) -> Ended {
        self.with(|state| match (state.stopped.take(), state.last) {
            (Some(undone), _) => Ended::Stopped(undone),
            (None, Some(reason)) if state.same_failure => Ended::SameFailure(reason),
            _ if self.operator.load(Ordering::Relaxed) => Ended::Operator,
            _ if queue.is_full() => Ended::Limit,
            _ if self.is_late(clock) => Ended::Time,
            _ => Ended::Done,
        })
    }

    /// The lock is held for as long as this takes, and no longer.
    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
