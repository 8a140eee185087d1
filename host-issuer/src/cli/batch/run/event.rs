//! What the threads of the readers tell the thread that speaks.

use std::sync::mpsc::Sender;

use super::words;
use crate::ledger::event::ChipState;
use crate::load::Phase;
use crate::station::personalize::settle::Settled;
use crate::station::personalize::{Done, FailedAttempt, IssuedCard, Step, Told, Undone};
use crate::station::run::{Observer, Seen};

/// Something that happened at a reader.
pub(super) struct Event {
    pub(super) reader: String,
    pub(super) what: What,
}

/// What happened.
pub(super) enum What {
    Waiting,
    Card,
    Begun {
        job: String,
        attempt: u32,
        card_id: String,
        chip: String,
    },
    Step(Step),
    /// Bytes of all that the step has.
    Progress {
        phase: Phase,
        done: u64,
        total: u64,
    },
    Issued {
        job: String,
        attempt: u32,
        card_id: String,
        chip: String,
        seconds: Option<f64>,
        /// Whether it was found to be issued, after nobody knew.
        settled: bool,
    },
    Failed {
        /// The job, where an attempt was begun.
        job: Option<String>,
        chip: Option<String>,
        chip_state: Option<ChipState>,
        reason: &'static str,
        message: String,
        /// Whether an attempt came to nothing; else the card was refused, or is unsettled.
        counts: bool,
    },
    Aside {
        job: String,
        message: String,
        /// Whether the job failed by that.
        failed: bool,
    },
    NothingToDo,
    Left,
}

/// Sends it.
pub(super) struct Reporter(Sender<Event>);

impl Reporter {
    pub(super) const fn new(sender: Sender<Event>) -> Self {
        Self(sender)
    }
}

impl Observer for Reporter {
    fn see(&self, reader: &str, seen: &Seen<'_>) {
        let event = Event {
            reader: reader.to_owned(),
            what: what(seen),
        };
        // Whoever listened is gone: nobody has to be told.
        let _ = self.0.send(event);
    }
}

fn what(seen: &Seen<'_>) -> What {
    match seen {
        Seen::Waiting => What::Waiting,
        Seen::Card => What::Card,
        Seen::Told(told) => what_told(told),
        Seen::Done(Done::Issued(card)) => issued(card, false),
        Seen::Done(Done::Settled(Settled::Issued(card))) => issued(card, true),
        Seen::Done(Done::Settled(Settled::Failed(failed))) => failure(failed),
        Seen::Done(Done::NothingToDo) => What::NothingToDo,
        Seen::Undone(Undone::Failed(failed)) => failure(failed),
        Seen::Undone(undone) => What::Failed {
            job: match undone {
                Undone::Unsettled(unsettled) => Some(unsettled.job.job.clone()),
                _ => None,
            },
            chip: match undone {
                Undone::Refused(refusal) => refusal.serial().map(str::to_owned),
                Undone::Unsettled(unsettled) => Some(unsettled.chip.clone()),
                _ => None,
            },
            chip_state: None,
            reason: undone.id(),
            message: undone.to_string(),
            counts: false,
        },
        Seen::Trouble(error) => What::Failed {
            job: None,
            chip: None,
            chip_state: None,
            reason: "reader.failed",
            message: error.to_string(),
            counts: false,
        },
        Seen::Left => What::Left,
    }
}

fn what_told(told: &Told<'_>) -> What {
    let bytes = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    match told {
        Told::Settled(failed) => failure(failed),
        Told::Aside { job, why, failed } => What::Aside {
            job: (*job).to_owned(),
            message: why.to_string(),
            failed: *failed,
        },
        Told::Begun {
            job,
            attempt,
            card_id,
            chip,
        } => What::Begun {
            job: (*job).to_owned(),
            attempt: *attempt,
            card_id: (*card_id).to_owned(),
            chip: (*chip).to_owned(),
        },
        Told::Step(step) => What::Step(*step),
        Told::Progress(progress) => What::Progress {
            phase: progress.phase,
            done: bytes(progress.done),
            total: bytes(progress.total),
        },
    }
}

fn issued(card: &IssuedCard, settled: bool) -> What {
    What::Issued {
        job: card.job.clone(),
        attempt: card.attempt,
        card_id: card.card_id.clone(),
        chip: card.chip.clone(),
        seconds: card.seconds,
        settled,
    }
}

fn failure(failed: &FailedAttempt) -> What {
    What::Failed {
        job: Some(failed.job.clone()),
        chip: Some(failed.chip.clone()),
        chip_state: Some(failed.chip_state),
        reason: failed.reason,
        message: failed.cause.to_string(),
        counts: true,
    }
}

impl What {
    /// What to do about a failure.
    pub(super) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Failed { reason, .. } => Some(words::hint(reason)),
            _ => None,
        }
    }
}
