//! Reading a batch out of the chain.

use std::collections::HashMap;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::tally::{Total, by, reasons};
use super::{AttemptLine, BatchReport, JobLine, Outcome, RefusedChip, SCHEMA, Signed};
use crate::ledger::event::{BatchId, JobState};
use crate::ledger::{Entry, Event, LedgerError, LedgerStore};

/// Events that are read at once.
const PAGE: u32 = 1000;
/// Most refused chips that are listed.
const MAX_REFUSED: usize = 10_000;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// There is no such batch.
    #[error("there is no batch {0}")]
    Unknown(BatchId),
    /// The ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// What became of a batch, as the chain says it.
///
/// # Errors
/// [`ReportError`].
pub fn gather(ledger: &dyn LedgerStore, batch: &BatchId) -> Result<BatchReport, ReportError> {
    let mut gathered = Gathered::default();
    let mut after = 0;
    loop {
        let events = ledger.events(after, PAGE)?;
        let Some(last) = events.last() else { break };
        after = last.sequence;
        for chained in &events {
            let entry: Entry = serde_json::from_slice(&chained.content).map_err(|_| {
                LedgerError::Damaged(format!("the event {} cannot be read", chained.sequence))
            })?;
            gathered.take(batch, entry);
        }
    }
    let Some((created, profile, station)) = gathered.created else {
        return Err(ReportError::Unknown(batch.clone()));
    };
    let Gathered { jobs, attempts, .. } = gathered;
    Ok(BatchReport {
        schema: SCHEMA,
        batch: batch.clone(),
        profile,
        station,
        state: match (&gathered.started, &gathered.closed) {
            (_, Some(_)) => "CLOSED",
            (Some(_), None) => "STARTED",
            (None, None) => "CREATED",
        },
        created,
        started: gathered.started,
        closed: gathered.closed,
        as_of_sequence: after,
        total: Total::of(&jobs, &attempts),
        provinces: by(&attempts, |attempt| Some(attempt.province.clone())),
        days: by(&attempts, |attempt| {
            let day = attempt.ended_at.as_ref()?.get(..10)?;
            Some(day.to_owned())
        }),
        readers: by(&attempts, |attempt| Some(attempt.reader.clone())),
        reasons: reasons(&attempts),
        refused: gathered.refused,
        jobs,
        attempts,
    })
}

/// What was read so far.
#[derive(Default)]
struct Gathered {
    created: Option<(Signed, String, String)>,
    started: Option<Signed>,
    closed: Option<Signed>,
    jobs: Vec<JobLine>,
    job_index: HashMap<String, usize>,
    attempts: Vec<AttemptLine>,
    attempt_index: HashMap<(String, u32), usize>,
    /// The last attempt that had this chip.
    chip_index: HashMap<String, usize>,
    refused: Vec<RefusedChip>,
    /// Who said yes, by the approval's digest.
    people: HashMap<String, (String, String)>,
}

impl Gathered {
    fn take(&mut self, batch: &BatchId, entry: Entry) {
        let Entry {
            at,
            station,
            actor,
            event,
        } = entry;
        match event {
            Event::BatchCreated {
                batch: one, profile, ..
            } if one == *batch => {
                let created = Signed {
                    at,
                    by: actor,
                    approved_by: None,
                };
                self.created = Some((created, profile, station));
            }
            Event::ApprovalUsed {
                approval,
                subject,
                requested_by,
                approved_by,
                ..
            } if subject == *batch => {
                self.people.insert(approval, (requested_by, approved_by));
            }
            Event::BatchStarted { batch: one, approval } if one == *batch => {
                self.started = Some(self.signed(at, actor, &approval));
            }
            Event::BatchClosed { batch: one, approval } if one == *batch => {
                self.closed = Some(self.signed(at, actor, &approval));
            }
            Event::JobAccepted {
                job,
                batch: one,
                province,
                reason,
                ..
            } if one == *batch => {
                self.job_index.insert(job.clone(), self.jobs.len());
                self.jobs.push(JobLine {
                    job,
                    province,
                    kind: reason,
                    state: JobState::Pending,
                    attempts: 0,
                    reason: None,
                    purged: false,
                });
            }
            Event::ChipRefused {
                serial,
                reader,
                reason,
            } => self.refuse(Some(serial), reader, reason, at),
            Event::CardRefused { reader, reason } => self.refuse(None, reader, reason, at),
            other => self.take_job(&at, other),
        }
    }

    fn refuse(&mut self, serial: Option<String>, reader: String, reason: String, at: String) {
        let open = self.started.is_some() && self.closed.is_none();
        if open && self.refused.len() < MAX_REFUSED {
            self.refused.push(RefusedChip {
                serial,
                reader,
                reason,
                at,
            });
        }
    }

    fn signed(&self, at: String, actor: String, approval: &str) -> Signed {
        let people = self.people.get(approval).cloned();
        let (by, approved_by) = people.map_or((actor, None), |(by, yes)| (by, Some(yes)));
        Signed { at, by, approved_by }
    }

    /// Events of jobs, attempts and chips of the batch.
    fn take_job(&mut self, at: &str, event: Event) {
        match event {
            Event::ProductionIntended {
                job,
                attempt,
                chip,
                card_id,
                reader,
            } => {
                let Some(line) = self
                    .job_index
                    .get(&job)
                    .and_then(|index| self.jobs.get_mut(*index))
                else {
                    return;
                };
                line.attempts = line.attempts.max(attempt);
                let index = self.attempts.len();
                self.attempt_index.insert((job.clone(), attempt), index);
                self.chip_index.insert(chip.clone(), index);
                self.attempts.push(AttemptLine {
                    job,
                    province: line.province.clone(),
                    attempt,
                    reader,
                    chip,
                    card_id,
                    began_at: at.to_owned(),
                    ended_at: None,
                    seconds: None,
                    outcome: Outcome::Unsettled,
                    reason: None,
                    later: None,
                });
            }
            Event::CardIssued { job, attempt, .. } => {
                self.end(&job, attempt, at, Outcome::Issued, None);
                self.set_state(&job, JobState::Issued, None);
            }
            Event::ProductionFailed {
                job,
                attempt,
                reason,
                chip,
                state,
            } => {
                self.end(&job, attempt, at, Outcome::of(chip), Some(reason));
                self.set_state(&job, state, None);
            }
            Event::JobRefused { job, reason } => self.set_state(&job, JobState::Failed, Some(reason)),
            Event::JobCancelled { job, reason } => self.set_state(&job, JobState::Cancelled, Some(reason)),
            Event::JobRetried { job, .. } => self.set_state(&job, JobState::Pending, None),
            Event::JobPurged { job } => {
                if let Some(line) = self
                    .job_index
                    .get(&job)
                    .and_then(|index| self.jobs.get_mut(*index))
                {
                    line.purged = true;
                }
            }
            Event::ChipSpoiled { serial, reason } => {
                let index = self.chip_index.get(&serial);
                if let Some(line) = index.and_then(|index| self.attempts.get_mut(*index)) {
                    line.later = Some(reason);
                }
            }
            Event::ChipReleased { serial, .. } => {
                // It is blank again, and was not lost.
                let index = self.chip_index.remove(&serial);
                if let Some(line) = index.and_then(|index| self.attempts.get_mut(index)) {
                    line.outcome = Outcome::Blank;
                }
            }
            _ => {}
        }
    }

    fn set_state(&mut self, job: &str, state: JobState, reason: Option<String>) {
        if let Some(line) = self
            .job_index
            .get(job)
            .and_then(|index| self.jobs.get_mut(*index))
        {
            line.state = state;
            line.reason = reason;
        }
    }

    fn end(&mut self, job: &str, attempt: u32, at: &str, outcome: Outcome, reason: Option<String>) {
        let index = self.attempt_index.get(&(job.to_owned(), attempt));
        let Some(line) = index.and_then(|index| self.attempts.get_mut(*index)) else {
            return;
        };
        line.ended_at = Some(at.to_owned());
        line.seconds = seconds_between(&line.began_at, at);
        line.outcome = outcome;
        line.reason = reason;
    }
}

fn seconds_between(began: &str, ended: &str) -> Option<u64> {
    let time = |text| OffsetDateTime::parse(text, &Rfc3339).ok();
    u64::try_from((time(ended)? - time(began)?).whole_seconds()).ok()
}
