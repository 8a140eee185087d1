//! `eid pki csca init`, `eid pki ds issue`, `eid pki crl issue|show`

use std::path::PathBuf;

use personalization::pki::certificate::serial_from_text;
use personalization::pki::csca::CscaOptions;
use personalization::pki::directory::{self, CscaDirectory, Destination, RevocationReason};
use personalization::pki::document_signer::DocumentSignerOptions;
use personalization::pki::name::{Contact, IssuingState};
use serde::Serialize;

use super::context::Context;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::keys::PassphraseArguments;
use crate::inspect::Certificate;

#[derive(Debug, clap::Subcommand)]
pub(super) enum PkiCommand {
    /// The country signing certificate authority
    #[command(subcommand)]
    Csca(CscaCommand),
    /// Document signers
    #[command(subcommand)]
    Ds(DsCommand),
    /// Certificate revocation lists
    #[command(subcommand)]
    Crl(CrlCommand),
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum CscaCommand {
    /// Make a CSCA: key, self-signed certificate, first empty CRL
    Init(CscaArguments),
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum DsCommand {
    /// Make a document signer: key and certificate, signed by the CSCA
    Issue(DsArguments),
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum CrlCommand {
    /// Issue the next CRL, with new revocations if any
    Issue(CrlArguments),
}

#[derive(Debug, clap::Args)]
pub(super) struct CscaArguments {
    /// Directory to make
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Country: two letters
    #[arg(long, default_value = "VN", value_name = "CC")]
    country: String,
    /// Country as in the machine readable zone
    #[arg(long, default_value = "VNM", value_name = "CCC")]
    mrz_country: String,
    /// Common name
    #[arg(long, default_value = "CSCA", value_name = "TEXT")]
    name: String,
    /// Organization
    #[arg(long, value_name = "TEXT")]
    organization: Option<String>,
    /// Where the CSCA can be reached
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Where the CRL is published [default: the ICAO PKD]
    #[arg(long, value_name = "URL")]
    crl_url: Vec<String>,
    /// Years for which the key signs
    #[arg(long, default_value_t = 3, value_name = "YEARS")]
    usage_years: u8,
    /// Years for which the longest-lived document is valid
    #[arg(long, default_value_t = 10, value_name = "YEARS")]
    document_years: u8,
    /// Also make a twin that names its curve, for software that refuses explicit parameters
    #[arg(long)]
    named_curve: bool,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

#[derive(Debug, clap::Args)]
pub(super) struct DsArguments {
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
    /// Also make a twin that names its curve, for software that refuses explicit parameters
    #[arg(long)]
    named_curve: bool,
    #[command(flatten)]
    passphrase: PassphraseArguments,
    /// File with the passphrase of the CSCA's key, if it is another
    #[arg(long, value_name = "FILE")]
    csca_passphrase_file: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct CrlArguments {
    /// Directory of the CSCA
    #[arg(long, value_name = "DIR")]
    csca: PathBuf,
    /// Serial number of a certificate to revoke, hexadecimal; may be repeated
    #[arg(long, value_name = "SERIAL")]
    revoke: Vec<String>,
    /// Why, for the register: unspecified, key-compromise, ca-compromise, superseded,
    /// cessation-of-operation, privilege-withdrawn
    #[arg(long, default_value = "unspecified", value_name = "REASON")]
    reason: String,
    /// Days until the next CRL
    #[arg(long, default_value_t = 90, value_name = "DAYS")]
    days: u16,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

#[derive(Serialize)]
struct CertificateJson {
    schema: &'static str,
    directory: String,
    subject: String,
    serial: String,
    not_before: String,
    not_after: String,
    named_curve_twin: bool,
}

#[derive(Serialize)]
struct CrlJson {
    schema: &'static str,
    file: String,
    revoked: Vec<String>,
}

pub(super) fn run(command: &PkiCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match command {
        PkiCommand::Csca(CscaCommand::Init(arguments)) => csca_init(arguments, context),
        PkiCommand::Ds(DsCommand::Issue(arguments)) => ds_issue(arguments, context),
        PkiCommand::Crl(CrlCommand::Issue(arguments)) => crl_issue(arguments, context),
    }
}

fn csca_init(arguments: &CscaArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let state = IssuingState::new(&arguments.country, &arguments.mrz_country)?;
    let options = CscaOptions {
        organization: arguments.organization.clone(),
        contact: arguments.email.clone().map(Contact::Email),
        crl_urls: arguments.crl_url.clone(),
        usage_years: arguments.usage_years,
        document_years: arguments.document_years,
        ..CscaOptions::new(state, &arguments.name)
    };
    let passphrase = context.new_passphrase(arguments.passphrase.file(), "the CSCA's key")?;
    let now = context.environment.clock.now();
    let destination = Destination {
        directory: &arguments.out,
        passphrase: &passphrase,
        named_curve_twin: arguments.named_curve,
    };
    let made = directory::init_csca(destination, &options, now, &mut context.random())?;
    report(
        context,
        "eid.pki.csca/1",
        &arguments.out,
        made.csca().der(),
        made.named_curve_twin().is_some(),
    )
}

fn ds_issue(arguments: &DsArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let options = DocumentSignerOptions {
        organization: arguments.organization.clone(),
        document_types: arguments.document_types.clone(),
        usage_days: arguments.usage_days,
        document_years: arguments.document_years,
        ..DocumentSignerOptions::new(&arguments.name)
    };
    let csca = CscaDirectory::open(&arguments.csca)?;
    let csca_file = arguments
        .csca_passphrase_file
        .as_deref()
        .or(arguments.passphrase.file());
    let csca_signer = csca.signer(&context.passphrase(csca_file, "the CSCA's key")?)?;
    let passphrase = context.new_passphrase(arguments.passphrase.file(), "the document signer's key")?;
    let now = context.environment.clock.now();
    let destination = Destination {
        directory: &arguments.out,
        passphrase: &passphrase,
        named_curve_twin: arguments.named_curve,
    };
    let made = csca.issue_document_signer(&csca_signer, destination, &options, now, &mut context.random())?;
    report(
        context,
        "eid.pki.ds/1",
        &arguments.out,
        made.certificate_der(),
        made.named_curve_twin().is_some(),
    )
}

fn report(
    context: &Context<'_>,
    schema: &'static str,
    directory: &std::path::Path,
    der: &[u8],
    named_curve_twin: bool,
) -> Result<ExitCode, Failure> {
    // What was issued is read again by the code that will have to believe it.
    let certificate = Certificate::from_der(der).map_err(|error| Failure::internal(error.to_string()))?;
    let object = CertificateJson {
        schema,
        directory: directory.display().to_string(),
        subject: certificate.subject(),
        serial: certificate.serial(),
        not_before: certificate.not_before().date().to_string(),
        not_after: certificate.not_after().date().to_string(),
        named_curve_twin,
    };
    context.output.result(&object, |out| {
        writeln!(out, "{}", object.subject)?;
        writeln!(out, "  directory  {}", object.directory)?;
        writeln!(out, "  serial     {}", object.serial)?;
        writeln!(out, "  valid      {} to {}", object.not_before, object.not_after)
    })?;
    Ok(ExitCode::Success)
}

fn crl_issue(arguments: &CrlArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let reason = RevocationReason::from_word(&arguments.reason).ok_or_else(|| {
        let words = RevocationReason::ALL.map(RevocationReason::word).join(", ");
        Failure::usage(
            format!("--reason: {:?} is no reason", arguments.reason),
            format!("one of {words}"),
        )
    })?;
    let serials = arguments
        .revoke
        .iter()
        .map(|text| serial_from_text(text))
        .collect::<Result<Vec<_>, _>>()?;
    let csca = CscaDirectory::open(&arguments.csca)?;
    let signer = csca.signer(&context.passphrase(arguments.passphrase.file(), "the CSCA's key")?)?;
    let now = context.environment.clock.now();
    csca.revoke(&signer, &serials, reason, arguments.days, now)?;
    let revoked = csca
        .revocations()?
        .into_iter()
        .map(|revocation| revocation.serial)
        .collect();
    let object = CrlJson {
        schema: "eid.pki.crl/1",
        file: arguments.csca.join("crl.der").display().to_string(),
        revoked,
    };
    context.output.result(&object, |out| {
        writeln!(out, "{}: {} revoked", object.file, object.revoked.len())
    })?;
    Ok(ExitCode::Success)
}
