//! `eid batch close`: refused while anything of it is pending, failed, unsettled or not accepted.

use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::super::two_people::TwoPeopleArguments;
use super::{DoneJson, WorkArguments};
use crate::station::batch;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct CloseArguments {
    /// The batch
    #[arg(value_name = "BATCH")]
    batch: String,
    #[command(flatten)]
    work: WorkArguments,
    #[command(flatten)]
    two_people: TwoPeopleArguments,
}

pub(super) fn run(arguments: &CloseArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let station = arguments.work.station.open(context)?;
    let desk = station.desk_of(&arguments.work.operator, context)?;
    let presented = arguments.two_people.read(context)?;
    let head = batch::close(&desk, &arguments.batch, &presented)?;
    let object = DoneJson {
        schema: "eid.batch.close/1",
        batch: Some(&arguments.batch),
        jobs: &[],
        sequence: head.sequence,
    };
    context.output.result(&object, |out| {
        writeln!(out, "batch {} is closed", arguments.batch)
    })?;
    Ok(ExitCode::Success)
}
