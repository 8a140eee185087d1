//! `eid conformance list|run|probe|diff`: the standards' own tests, on any card; `verifier|serve`: on any verifier.

mod card;
mod corpus;
mod diff;
mod list;
mod probe;
mod run;
mod serve;
mod suite;
mod verifier;

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
    /// Play faulty documents and chips to this program's own verifier, and say whether it judges each as it must
    Verifier(verifier::VerifierArguments),
    /// Put a chip of the verifier's cases into the PC/SC service (vpcd), for a reader of somebody else
    Serve(serve::ServeArguments),
}

pub(super) fn run(command: &ConformanceCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match command {
        ConformanceCommand::List(arguments) => list::run(arguments, context),
        ConformanceCommand::Run(arguments) => run::run(arguments, context),
        ConformanceCommand::Probe(arguments) => probe::run(arguments, context),
        ConformanceCommand::Diff(arguments) => diff::run(arguments, context),
        ConformanceCommand::Verifier(arguments) => verifier::run(arguments, context),
        ConformanceCommand::Serve(arguments) => serve::run(arguments, context),
    }
}
