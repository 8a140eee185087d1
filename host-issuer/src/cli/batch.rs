//! `eid batch`: many applications, from what another office approved to the report of what became of them.
//!
//! The work itself is in [`crate::station`]; here are its arguments and its words.

mod accept;
mod cancel;
mod close;
mod create;
pub(super) mod print_data;
mod report;
mod resume;
mod retry;
mod run;
mod start;
mod status;

use super::context::Context;
use super::desk::{OperatorArguments, StationArguments};
use super::exit_code::ExitCode;
use super::failure::Failure;

#[derive(Debug, clap::Subcommand)]
pub(super) enum BatchCommand {
    /// Take approved applications in: all are checked before anything is kept
    Create(Box<create::CreateArguments>),
    /// Let the cards of a batch be made; two people
    Start(start::StartArguments),
    /// Make the cards of a batch, on all readers at once
    Run(Box<run::RunArguments>),
    /// Say how far the batches are, and what to do with what nobody knows the end of
    Status(status::StatusArguments),
    /// After a crash: which chips to lay on a reader, and what to give up
    Resume(resume::ResumeArguments),
    /// Hand out what is printed on a card, as often as it takes until the card is accepted
    PrintData(print_data::PrintDataArguments),
    /// Accept cards that were printed and looked at: their jobs' personal data are destroyed
    Accept(accept::AcceptArguments),
    /// Try jobs again that failed
    Retry(retry::RetryArguments),
    /// Give jobs up; their personal data are destroyed
    Cancel(cancel::CancelArguments),
    /// Say what became of a batch: per province, day and reader, what was lost and why
    Report(report::ReportArguments),
    /// Close a batch in which nothing is left to do; two people
    Close(close::CloseArguments),
}

/// Which station, and who is at work there.
#[derive(Debug, clap::Args)]
struct WorkArguments {
    #[command(flatten)]
    station: StationArguments,
    #[command(flatten)]
    operator: OperatorArguments,
}

pub(super) fn run(command: &BatchCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match command {
        BatchCommand::Create(arguments) => create::run(arguments, context),
        BatchCommand::Start(arguments) => start::run(arguments, context),
        BatchCommand::Run(arguments) => run::run(arguments, context),
        BatchCommand::Status(arguments) => status::run(arguments, context),
        BatchCommand::Resume(arguments) => resume::run(arguments, context),
        BatchCommand::PrintData(arguments) => print_data::run(arguments, context),
        BatchCommand::Accept(arguments) => accept::run(arguments, context),
        BatchCommand::Retry(arguments) => retry::run(arguments, context),
        BatchCommand::Cancel(arguments) => cancel::run(arguments, context),
        BatchCommand::Report(arguments) => report::run(arguments, context),
        BatchCommand::Close(arguments) => close::run(arguments, context),
    }
}

/// What was done to a batch or to jobs, in JSON.
#[derive(serde::Serialize)]
struct DoneJson<'a> {
    schema: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    batch: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    jobs: &'a [String],
    /// The number of the event that says so.
    sequence: u64,
}
