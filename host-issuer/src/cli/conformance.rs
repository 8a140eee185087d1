//! `eid conformance list|run|probe|diff`: the standards' own tests, on any card.

mod card;
mod diff;
mod list;
mod probe;
mod run;
mod suite;

use super::context::Context;
use super::exit_code::ExitCode;
use super::failure::Failure;

#[derive(Debug, clap::Subcommand)]
pub(super) enum ConformanceCommand {
    /// The cases of the suites: what each is about, and whether it is played
    List(list::ListArguments),
    /// Play the cases on a card, and say what came of each
    Run(run::RunArguments),
    /// Ask a card what it has, and print its implementation conformance statement (TOML)
    Probe(probe::ProbeArguments),
    /// Compare two reports (JSON)
    Diff(diff::DiffArguments),
}

pub(super) fn run(command: &ConformanceCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match command {
        ConformanceCommand::List(arguments) => list::run(arguments, context),
        ConformanceCommand::Run(arguments) => run::run(arguments, context),
        ConformanceCommand::Probe(arguments) => probe::run(arguments, context),
        ConformanceCommand::Diff(arguments) => diff::run(arguments, context),
    }
}
