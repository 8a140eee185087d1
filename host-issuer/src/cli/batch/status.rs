//! `eid batch status`: where everything is, and what to do with what nobody knows the end of.

use std::io::{self, Write};

use serde::Serialize;

use super::super::context::Context;
use super::super::desk::StationArguments;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::super::output::one_line;
use crate::ledger::LedgerStore as _;
use crate::ledger::view::{BatchState, BatchView, JobFilter, JobView};
use crate::station::batch::unsettled::{Unsettled, step_name, unsettled};
use crate::station::report::ReportError;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct StatusArguments {
    /// One batch with its jobs [default: all batches]
    #[arg(value_name = "BATCH")]
    batch: Option<String>,
    #[command(flatten)]
    station: StationArguments,
}

#[derive(Serialize)]
struct StatusJson {
    schema: &'static str,
    station: String,
    batches: Vec<BatchJson>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    jobs: Vec<JobJson>,
    unsettled: Vec<UnsettledJson>,
    /// Jobs whose personal data should be gone and are not.
    to_purge: usize,
}

#[derive(Serialize)]
pub(super) struct BatchJson {
    batch: String,
    profile: String,
    state: &'static str,
    created_at: String,
    pending: u32,
    issued: u32,
    /// Of these, those whose cards were accepted.
    accepted: u32,
    cancelled: u32,
    failed: u32,
}

#[derive(Serialize)]
struct JobJson {
    job: String,
    province: String,
    kind: &'static str,
    state: &'static str,
    attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    changed_at: String,
    /// The card that was begun last.
    #[serde(skip_serializing_if = "Option::is_none")]
    card_id: Option<String>,
    accepted: bool,
    purged: bool,
}

#[derive(Serialize)]
pub(super) struct UnsettledJson {
    job: String,
    batch: String,
    attempt: u32,
    chip: String,
    card_id: String,
    reader: String,
    step: &'static str,
    began_at: String,
    advice: &'static str,
}

impl From<BatchView> for BatchJson {
    fn from(view: BatchView) -> Self {
        Self {
            batch: view.batch,
            profile: view.profile,
            state: match view.state {
                BatchState::Created => "CREATED",
                BatchState::Started => "STARTED",
                BatchState::Closed => "CLOSED",
            },
            created_at: view.created_at,
            pending: view.counts.pending,
            issued: view.counts.issued,
            accepted: view.counts.accepted,
            cancelled: view.counts.cancelled,
            failed: view.counts.failed,
        }
    }
}

impl From<JobView> for JobJson {
    fn from(view: JobView) -> Self {
        Self {
            job: view.job,
            province: view.province,
            kind: view.kind.name(),
            state: view.state.name(),
            attempts: view.attempts,
            reason: view.reason,
            changed_at: view.changed_at,
            card_id: view.attempt.map(|attempt| attempt.card_id),
            accepted: view.accepted,
            purged: view.purged,
        }
    }
}

impl From<Unsettled> for UnsettledJson {
    fn from(unsettled: Unsettled) -> Self {
        let advice = unsettled.advice();
        let Unsettled { job, batch, attempt } = unsettled;
        Self {
            job,
            batch,
            attempt: attempt.attempt,
            chip: attempt.chip,
            card_id: attempt.card_id,
            reader: attempt.reader,
            step: step_name(attempt.step),
            began_at: attempt.began_at,
            advice,
        }
    }
}

impl UnsettledJson {
    /// For a person.
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "unsettled: job {}, attempt {}, {} since {} on {}",
            self.job,
            self.attempt,
            self.step,
            self.began_at,
            one_line(&self.reader)
        )?;
        writeln!(out, "  chip {}: {}", self.chip, self.advice)
    }
}

pub(super) fn run(arguments: &StatusArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let station = arguments.station.open(context)?;
    let ledger = &station.ledger;
    let (batches, jobs) = match &arguments.batch {
        None => (ledger.batches()?, Vec::new()),
        Some(batch) => {
            let view = ledger
                .batch(batch)?
                .ok_or_else(|| ReportError::Unknown(batch.clone()))?;
            let jobs = ledger.jobs(&JobFilter {
                batch: Some(batch.clone()),
                ..JobFilter::default()
            })?;
            (vec![view], jobs)
        }
    };
    let to_purge = ledger.jobs(&JobFilter {
        to_purge: true,
        ..JobFilter::default()
    })?;
    let open = unsettled(ledger, arguments.batch.as_ref())?;
    let object = StatusJson {
        schema: "eid.batch.status/1",
        station: station.directory.name().to_owned(),
        batches: batches.into_iter().map(BatchJson::from).collect(),
        jobs: jobs.into_iter().map(JobJson::from).collect(),
        unsettled: open.into_iter().map(UnsettledJson::from).collect(),
        to_purge: to_purge.len(),
    };
    context.output.result(&object, |out| write(&object, out))?;
    Ok(ExitCode::Success)
}

fn write(status: &StatusJson, out: &mut dyn Write) -> io::Result<()> {
    if status.batches.is_empty() {
        writeln!(out, "no batch at {}", status.station)?;
    }
    for batch in &status.batches {
        writeln!(
            out,
            "{}  {:<8} {}: {} issued ({} accepted), {} pending, {} failed, {} cancelled",
            batch.batch,
            batch.state,
            one_line(&batch.profile),
            batch.issued,
            batch.accepted,
            batch.pending,
            batch.failed,
            batch.cancelled
        )?;
    }
    for job in &status.jobs {
        let reason = job.reason.as_deref().unwrap_or_default();
        writeln!(
            out,
            "  {}  {} {:<11} {:<9} {} attempts  {}",
            job.job,
            job.province,
            job.kind,
            job.state,
            job.attempts,
            one_line(reason)
        )?;
    }
    for unsettled in &status.unsettled {
        unsettled.write(out)?;
    }
    if status.to_purge > 0 {
        writeln!(
            out,
            "personal data of {} jobs are still to be destroyed: `eid batch resume` does it",
            status.to_purge
        )?;
    }
    Ok(())
}
