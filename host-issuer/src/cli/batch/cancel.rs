//! `eid batch cancel`

use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::{DoneJson, WorkArguments};
use crate::station::batch::{self, MAX_REASON};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct CancelArguments {
    /// The jobs
    #[arg(value_name = "JOB", required = true, num_args = 1..=1000)]
    jobs: Vec<String>,
    /// Why, in a line: it stays in the ledger for ever, so name nobody
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    work: WorkArguments,
}

pub(super) fn run(arguments: &CancelArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let reason = arguments.reason.trim();
    if reason.is_empty() || reason.len() > MAX_REASON || reason.chars().any(char::is_control) {
        return Err(Failure::usage(
            format!("--reason needs one line of 1 to {MAX_REASON} bytes"),
            "say why, without naming anybody",
        ));
    }
    let station = arguments.work.station.open(context)?;
    let desk = station.desk_of(&arguments.work.operator, context)?;
    let jobs = &arguments.jobs;
    let head = batch::cancel(&desk, jobs, reason)?;
    station.jobs(context).purge_done(desk.now)?;
    let object = DoneJson {
        schema: "eid.batch.cancel/1",
        batch: None,
        jobs,
        sequence: head.sequence,
    };
    context.output.result(&object, |out| {
        jobs.iter()
            .try_for_each(|job| writeln!(out, "job {job} is cancelled, its personal data are gone"))
    })?;
    Ok(ExitCode::Success)
}
