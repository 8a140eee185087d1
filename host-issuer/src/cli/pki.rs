//! `eid pki …`: certificates, revocation lists, master lists, deviation lists.

mod crl;
mod csca;
mod ds;
mod issued;
mod list_signer;
mod master_list;
mod new_key;

use super::context::Context;
use super::exit_code::ExitCode;
use super::failure::Failure;

#[derive(Debug, clap::Subcommand)]
pub(super) enum PkiCommand {
    /// The country signing certificate authority
    #[command(subcommand)]
    Csca(csca::CscaCommand),
    /// Document signers
    #[command(subcommand)]
    Ds(ds::DsCommand),
    /// Certificate revocation lists
    #[command(subcommand)]
    Crl(crl::CrlCommand),
    /// Who signs master lists and deviation lists
    #[command(subcommand)]
    ListSigner(list_signer::ListSignerCommand),
    /// Master lists: the CSCA certificates that a State trusts
    #[command(subcommand)]
    MasterList(master_list::MasterListCommand),
}

pub(super) fn run(command: &PkiCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match command {
        PkiCommand::Csca(command) => csca::run(command, context),
        PkiCommand::Ds(command) => ds::run(command, context),
        PkiCommand::Crl(command) => crl::run(command, context),
        PkiCommand::ListSigner(command) => list_signer::run(command, context),
        PkiCommand::MasterList(command) => master_list::run(command, context),
    }
}
