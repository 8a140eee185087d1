//! `eid ledger init|show|verify|anchor|export`: a station, and what happened there.

mod anchor;
mod export;
mod init;
mod show;
mod verify;

use super::context::Context;
use super::exit_code::ExitCode;
use super::failure::Failure;

#[derive(Debug, clap::Subcommand)]
pub(super) enum LedgerCommand {
    /// Make a station: its directory, its ledger, and who may do what there
    Init(init::InitArguments),
    /// Show what happened, the newest last
    Show(show::ShowArguments),
    /// Find out whether anything in the ledger was changed, cut off or rewritten
    Verify(verify::VerifyArguments),
    /// Sign the end of the chain and append that to a file which somebody else keeps
    Anchor(anchor::AnchorArguments),
    /// Print the whole chain, a line for each event, for an auditor
    Export(export::ExportArguments),
}

pub(super) fn run(command: &LedgerCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match command {
        LedgerCommand::Init(arguments) => init::run(arguments, context),
        LedgerCommand::Show(arguments) => show::run(arguments, context),
        LedgerCommand::Verify(arguments) => verify::run(arguments, context),
        LedgerCommand::Anchor(arguments) => anchor::run(arguments, context),
        LedgerCommand::Export(arguments) => export::run(arguments, context),
    }
}
