//! `eid pki list-signer issue`

use std::path::PathBuf;

use personalization::pki::list_signer::{ListKind, ListSignerOptions};

use super::authority;
use super::issued::{Issued, report};
use super::new_key::{DEFAULT_KEY, NewKeyArguments};
use crate::cli::context::Context;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::keys::PassphraseArguments;

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum ListSignerCommand {
    /// Make a signer of master lists or deviation lists, certified by the CSCA
    Issue(ListSignerArguments),
}

/// What a list signer signs.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(in crate::cli) enum Kind {
    /// Master lists
    MasterList,
    /// Deviation lists
    DeviationList,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ListSignerArguments {
    /// Directory of the CSCA
    #[arg(long, value_name = "DIR")]
    csca: PathBuf,
    /// Directory to make
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// What it signs
    #[arg(long, value_enum, default_value_t = Kind::MasterList, value_name = "KIND")]
    kind: Kind,
    /// Common name
    #[arg(long, default_value = "Master List Signer", value_name = "TEXT")]
    name: String,
    /// Organization
    #[arg(long, value_name = "TEXT")]
    organization: Option<String>,
    /// Years for which the certificate is valid
    #[arg(long, default_value_t = 2, value_name = "YEARS")]
    years: u8,
    /// Also make a twin that names its curve, for software that refuses explicit parameters
    #[arg(long)]
    named_curve: bool,
    #[command(flatten)]
    key: NewKeyArguments,
    #[command(flatten)]
    passphrase: PassphraseArguments,
    /// File with the passphrase of the CSCA's key, if it is another
    #[arg(long, value_name = "FILE")]
    csca_passphrase_file: Option<PathBuf>,
}

pub(super) fn run(command: &ListSignerCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let ListSignerCommand::Issue(arguments) = command;
    let kind = match arguments.kind {
        Kind::MasterList => ListKind::MasterList,
        Kind::DeviationList => ListKind::DeviationList,
    };
    let options = ListSignerOptions {
        organization: arguments.organization.clone(),
        years: arguments.years,
        ..ListSignerOptions::new(kind, &arguments.name)
    };
    let (csca, csca_signer) = authority::open(
        context,
        &arguments.csca,
        &arguments.passphrase,
        arguments.csca_passphrase_file.as_ref(),
        "the CSCA's key",
    )?;
    let wanted = arguments.key.wanted(
        context,
        &arguments.passphrase,
        "the list signer's key",
        DEFAULT_KEY,
    )?;
    let destination = wanted.destination(&arguments.out, arguments.named_curve);
    let now = context.environment.clock.now();
    let made = csca.issue_list_signer(&csca_signer, destination, &options, now, &mut context.random())?;
    report(
        context,
        &Issued {
            schema: "eid.pki.list-signer/1",
            directory: &arguments.out,
            der: made.certificate_der(),
            named_curve_twin: made.named_curve_twin().is_some(),
            link: None,
        },
    )
}
