//! `eid pki ds issue|rotate|status|extend`

use std::path::PathBuf;

use personalization::pki::directory::DocumentSignerDirectory;
use personalization::pki::document_signer::{DocumentSignerOptions, MAX_SIGNATURES};
use personalization::signer::pkcs11::KeyKind;
use serde::Serialize;
use time::format_description::well_known::Rfc3339;

use super::issued::{Issued, report};
use super::new_key::{DEFAULT_KEY, NewKeyArguments};
use super::{authority, ds_extend};
use crate::cli::context::Context;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::keys::PassphraseArguments;

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum DsCommand {
    /// Make a document signer: key and certificate, signed by the CSCA
    Issue(DsArguments),
    /// Make the document signer that takes over from another: a new key, everything else the same
    Rotate(RotateArguments),
    /// How much a document signer has signed, and what it may still sign
    Status(StatusArguments),
    /// Let a document signer of a station sign beyond its quota; two people
    Extend(ds_extend::ExtendArguments),
}

pub(super) fn run(command: &DsCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match command {
        DsCommand::Issue(arguments) => issue(arguments, context),
        DsCommand::Rotate(arguments) => rotate(arguments, context),
        DsCommand::Status(arguments) => status(arguments, context),
        DsCommand::Extend(arguments) => ds_extend::run(arguments, context),
    }
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct DsArguments {
    /// Directory of the CSCA
    #[arg(long, value_name = "DIR")]
    csca: PathBuf,
    /// Directory to make
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Common name
    #[arg(long, default_value = "Document Signer", value_name = "TEXT")]
    name: String,
    /// Organization
    #[arg(long, value_name = "TEXT")]
    organization: Option<String>,
    /// Document types that it may sign, as in the machine readable zone; may be repeated
    #[arg(long = "document-type", default_value = "ID", value_name = "CODE")]
    document_types: Vec<String>,
    /// Days for which the key signs
    #[arg(long, default_value_t = 90, value_name = "DAYS")]
    usage_days: u16,
    /// Years for which the longest-lived document is valid
    #[arg(long, default_value_t = 10, value_name = "YEARS")]
    document_years: u8,
    /// Signatures that the key may make; a card takes one or two
    #[arg(long, default_value_t = MAX_SIGNATURES, value_name = "NUMBER")]
    max_signatures: u64,
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

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct RotateArguments {
    /// Directory of the document signer that ends; it signs nothing afterwards
    #[arg(long, value_name = "DIR")]
    ds: PathBuf,
    /// Directory of the CSCA
    #[arg(long, value_name = "DIR")]
    csca: PathBuf,
    /// Directory to make
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Delete the old private key
    #[arg(long)]
    erase_key: bool,
    #[command(flatten)]
    key: NewKeyArguments,
    #[command(flatten)]
    passphrase: PassphraseArguments,
    /// File with the passphrase of the CSCA's key, if it is another
    #[arg(long, value_name = "FILE")]
    csca_passphrase_file: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct StatusArguments {
    /// Directory of the document signer
    #[arg(long, value_name = "DIR")]
    ds: PathBuf,
}

#[derive(Serialize)]
struct StatusJson {
    schema: &'static str,
    serial: String,
    state: &'static str,
    signatures: u64,
    max_signatures: u64,
    usage_end: String,
    days_left: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    successor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_erased: Option<String>,
}

fn issue(arguments: &DsArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let options = DocumentSignerOptions {
        organization: arguments.organization.clone(),
        document_types: arguments.document_types.clone(),
        usage_days: arguments.usage_days,
        document_years: arguments.document_years,
        max_signatures: arguments.max_signatures,
        ..DocumentSignerOptions::new(&arguments.name)
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
        "the document signer's key",
        DEFAULT_KEY,
    )?;
    let now = context.environment.clock.now();
    let destination = wanted.destination(&arguments.out, arguments.named_curve);
    let made = csca.issue_document_signer(&csca_signer, destination, &options, now, &mut context.random())?;
    report(
        context,
        &Issued {
            schema: "eid.pki.ds/1",
            directory: &arguments.out,
            der: made.certificate_der(),
            named_curve_twin: made.named_curve_twin().is_some(),
            link: None,
        },
    )
}

fn rotate(arguments: &RotateArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let old = DocumentSignerDirectory::open(&arguments.ds)?;
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
        "the document signer's key",
        KeyKind::of(&old.public_key()?),
    )?;
    let now = context.environment.clock.now();
    let destination = wanted.destination(&arguments.out, old.named_curve_twin().is_some());
    let made = csca.rotate_document_signer(&csca_signer, &old, destination, now, &mut context.random())?;
    if arguments.erase_key {
        old.erase_key(now)?;
    }
    report(
        context,
        &Issued {
            schema: "eid.pki.ds/1",
            directory: &arguments.out,
            der: made.certificate_der(),
            named_curve_twin: made.named_curve_twin().is_some(),
            link: None,
        },
    )
}

fn status(arguments: &StatusArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let ds = DocumentSignerDirectory::open(&arguments.ds)?;
    let now = context.environment.clock.now();
    let status = ds.status(now)?;
    let object = StatusJson {
        schema: "eid.pki.ds-status/1",
        serial: ds.serial()?,
        state: status.state.word(),
        signatures: status.signatures,
        max_signatures: status.max_signatures,
        usage_end: status
            .usage_end
            .format(&Rfc3339)
            .map_err(|error| Failure::internal(error.to_string()))?,
        days_left: (status.usage_end - now).whole_days().max(0),
        successor: status.successor,
        key_erased: status.key_erased,
    };
    context.output.result(&object, |out| {
        writeln!(out, "{}  {}", object.serial, object.state)?;
        writeln!(
            out,
            "  signatures  {} of {}",
            object.signatures, object.max_signatures
        )?;
        writeln!(
            out,
            "  signs until {} ({} days)",
            object.usage_end, object.days_left
        )?;
        if let Some(successor) = &object.successor {
            writeln!(out, "  successor   {successor}")?;
        }
        match &object.key_erased {
            Some(at) => writeln!(out, "  key deleted {at}"),
            None => Ok(()),
        }
    })?;
    Ok(ExitCode::Success)
}
