//! `eid pki …`: certificates, revocation lists, master lists, deviation lists.

mod authority;
mod crl;
mod csca;
mod cv;
mod cv_request;
mod cv_suspension;
mod cvca;
mod deviation_list;
mod ds;
mod ds_extend;
mod dv;
mod is;
mod issued;
mod list_signer;
mod listed;
mod master_list;
pub(super) mod new_key;

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
    /// Country verifying certification authorities: who may let terminals read fingers and irises
    #[command(subcommand)]
    Cvca(cvca::CvcaCommand),
    /// Document verifiers: who certify inspection systems
    #[command(subcommand)]
    Dv(dv::DvCommand),
    /// Inspection systems: terminals that prove their rights to the card
    #[command(subcommand)]
    Is(is::IsCommand),
    /// Deviation lists: what is wrong with documents that a State has issued
    #[command(subcommand)]
    DeviationList(deviation_list::DeviationListCommand),
}

pub(super) fn run(command: &PkiCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match command {
        PkiCommand::Cvca(command) => cvca::run(command, context),
        PkiCommand::Dv(command) => dv::run(command, context),
        PkiCommand::Is(command) => is::run(command, context),
        PkiCommand::Csca(command) => csca::run(command, context),
        PkiCommand::Ds(command) => ds::run(command, context),
        PkiCommand::Crl(command) => crl::run(command, context),
        PkiCommand::ListSigner(command) => list_signer::run(command, context),
        PkiCommand::MasterList(command) => master_list::run(command, context),
        PkiCommand::DeviationList(command) => deviation_list::run(command, context),
    }
}
