//! `eid batch resume`: after a crash. What can be made up for without a chip is made up for; the rest needs its chip on a reader, or
//! is given up.

use serde::Serialize;

use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::WorkArguments;
use super::status::UnsettledJson;
use crate::station::batch::unsettled::{give_up, unsettled};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ResumeArguments {
    /// One batch alone
    #[arg(value_name = "BATCH")]
    batch: Option<String>,
    /// A job whose chip will not be seen again: the chip is quarantined unseen. Not while a run has it in hand
    #[arg(long, value_name = "JOB")]
    give_up: Vec<String>,
    #[command(flatten)]
    work: WorkArguments,
}

#[derive(Serialize)]
struct ResumeJson {
    schema: &'static str,
    /// Jobs whose personal data were destroyed now.
    purged: usize,
    given_up: Vec<String>,
    unsettled: Vec<UnsettledJson>,
}

pub(super) fn run(arguments: &ResumeArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let station = arguments.work.station.open(context)?;
    let desk = station.desk_of(&arguments.work.operator, context)?;
    let purged = station.jobs(context).purge_left(desk.now)?;
    let open = unsettled(&station.ledger, arguments.batch.as_ref())?;
    let find = |job: &String| {
        open.iter().find(|attempt| attempt.job == *job).ok_or_else(|| {
            Failure::input(
                "job.settled",
                format!("no attempt of the job {job} is unsettled"),
                "`eid batch status` lists those that are",
            )
        })
    };
    for attempt in arguments
        .give_up
        .iter()
        .map(find)
        .collect::<Result<Vec<_>, _>>()?
    {
        give_up(&desk, attempt)?;
    }
    let open = unsettled(&station.ledger, arguments.batch.as_ref())?;
    let object = ResumeJson {
        schema: "eid.batch.resume/1",
        purged,
        given_up: arguments.give_up.clone(),
        unsettled: open.into_iter().map(UnsettledJson::from).collect(),
    };
    context.output.result(&object, |out| {
        if object.purged > 0 {
            writeln!(out, "destroyed the personal data of {} jobs", object.purged)?;
        }
        for job in &object.given_up {
            writeln!(out, "gave up the attempt of job {job}; its chip is quarantined")?;
        }
        match object.unsettled.is_empty() {
            true => writeln!(out, "nothing is unsettled: `eid batch run` goes on"),
            false => object.unsettled.iter().try_for_each(|attempt| attempt.write(out)),
        }
    })?;
    Ok(ExitCode::Success)
}
