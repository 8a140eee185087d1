//! `eid batch retry`: a job that failed is pending again. One of which a card was issued needs two people, and its personal data,
//! which are gone as soon as the card was accepted: then a new application replaces it.

use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::super::two_people::MaybeTwoPeopleArguments;
use super::{DoneJson, WorkArguments};
use crate::ledger::LedgerStore as _;
use crate::station::batch;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct RetryArguments {
    /// The jobs
    #[arg(value_name = "JOB", required = true, num_args = 1..=1000)]
    jobs: Vec<String>,
    #[command(flatten)]
    work: WorkArguments,
    #[command(flatten)]
    two_people: MaybeTwoPeopleArguments,
}

pub(super) fn run(arguments: &RetryArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let station = arguments.work.station.open(context)?;
    let desk = station.desk_of(&arguments.work.operator, context)?;
    let jobs = &arguments.jobs;
    for job in jobs {
        if station.ledger.job(job)?.is_some_and(|view| view.purged) {
            return Err(Failure::input(
                "job.gone",
                format!("the personal data of the job {job} are gone"),
                "take the application in anew, as a replacement where there is a card",
            ));
        }
    }
    let head = match (arguments.two_people.read(context)?, jobs.as_slice()) {
        (None, _) => batch::retry(&desk, jobs)?,
        (Some(presented), [job]) => batch::reissue(&desk, job, &presented)?,
        (Some(_), _) => {
            return Err(Failure::usage(
                "a request is about one job",
                "give one job with --request, and its approvals",
            ));
        }
    };
    let object = DoneJson {
        schema: "eid.batch.retry/1",
        batch: None,
        jobs,
        sequence: head.sequence,
    };
    context.output.result(&object, |out| {
        jobs.iter()
            .try_for_each(|job| writeln!(out, "job {job} is pending"))
    })?;
    Ok(ExitCode::Success)
}
