//! `eid trust`: whom a verifier believes, and why.

mod bundle;
mod import;
mod list;
mod place;
mod remove;
mod words;

use super::context::Context;
use super::exit_code::ExitCode;
use super::failure::Failure;

#[derive(Debug, clap::Subcommand)]
pub(super) enum TrustCommand {
    /// Take CSCA certificates, link certificates, master lists, deviation lists and CRLs into a trust folder: all or none
    Import(import::ImportArguments),
    /// What a trust folder believes, and why
    List(list::ListArguments),
    /// Take CSCA certificates out of a trust folder, with the reason
    Remove(remove::RemoveArguments),
    /// Make the key that signs trust bundles
    Signer(bundle::SignerArguments),
    /// Sign one file with everything in a trust folder, for counters that are offline
    Export(bundle::ExportArguments),
    /// Believe the signer of a bundle file, so that `eid verify --trust FILE` works
    Pin(bundle::PinArguments),
}

pub(super) fn run(command: &TrustCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match command {
        TrustCommand::Import(arguments) => import::run(arguments, context),
        TrustCommand::List(arguments) => list::run(arguments, context),
        TrustCommand::Remove(arguments) => remove::run(arguments, context),
        TrustCommand::Signer(arguments) => bundle::signer(arguments, context),
        TrustCommand::Export(arguments) => bundle::export(arguments, context),
        TrustCommand::Pin(arguments) => bundle::pin(arguments, context),
    }
}
