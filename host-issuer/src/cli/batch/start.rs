//! `eid batch start`

use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::super::two_people::TwoPeopleArguments;
use super::{DoneJson, WorkArguments};
use crate::station::batch;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct StartArguments {
    /// The batch
    #[arg(value_name = "BATCH")]
    batch: String,
    #[command(flatten)]
    work: WorkArguments,
    #[command(flatten)]
    two_people: TwoPeopleArguments,
}

pub(super) fn run(arguments: &StartArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let station = arguments.work.station.open(context)?;
    let desk = station.desk_of(&arguments.work.operator, context)?;
    let presented = arguments.two_people.read(context)?;
    let head = batch::start(&desk, &arguments.batch, &presented)?;
    let object = DoneJson {
        schema: "eid.batch.start/1",
        batch: Some(&arguments.batch),
        jobs: &[],
        sequence: head.sequence,
    };
    context.output.result(&object, |out| {
        writeln!(out, "batch {} is started: its cards may be made", arguments.batch)
    })?;
    Ok(ExitCode::Success)
}
