//! `eid pki crl issue|show`

use std::path::PathBuf;

use personalization::pki::certificate::serial_from_text;
use personalization::pki::directory::{CscaDirectory, RevocationReason};
use serde::Serialize;

use super::listed;
use crate::cli::context::Context;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::keys::PassphraseArguments;
use crate::cli::output::one_line;
use crate::inspect::RevocationList;

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum CrlCommand {
    /// Issue the next CRL, with new revocations if any
    Issue(CrlArguments),
    /// What is in a CRL
    Show(ShowArguments),
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ShowArguments {
    /// The CRL, DER
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Serialize)]
struct ShowJson {
    schema: &'static str,
    issuer: String,
    number: Option<String>,
    this_update: String,
    next_update: Option<String>,
    revoked: Vec<String>,
}

pub(super) fn run(command: &CrlCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match command {
        CrlCommand::Issue(arguments) => issue(arguments, context),
        CrlCommand::Show(arguments) => show(arguments, context),
    }
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct CrlArguments {
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
struct CrlJson {
    schema: &'static str,
    file: String,
    revoked: Vec<String>,
}

fn issue(arguments: &CrlArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
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
    let place = csca.key_place()?;
    let file = arguments.passphrase.file_for(&place, None);
    let signer = csca.signer(&context.key_secret(&place, file, "the CSCA's key")?)?;
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

fn show(arguments: &ShowArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let bytes = listed::read(&arguments.file, context)?;
    let list = RevocationList::from_der(&bytes).map_err(|error| {
        Failure::input(
            "crl.unreadable",
            format!("{}: {error}", arguments.file.display()),
            "give a CRL in DER",
        )
    })?;
    let object = ShowJson {
        schema: "eid.pki.crl-show/1",
        issuer: list.issuer(),
        number: list.number(),
        this_update: listed::rfc3339(list.this_update())?,
        next_update: list.next_update().map(listed::rfc3339).transpose()?,
        revoked: list.revoked().collect(),
    };
    context.output.result(&object, |out| {
        writeln!(out, "CRL of {}", one_line(&object.issuer))?;
        writeln!(out, "  number   {}", object.number.as_deref().unwrap_or("none"))?;
        writeln!(out, "  issued   {}", object.this_update)?;
        writeln!(
            out,
            "  next     {}",
            object.next_update.as_deref().unwrap_or("not said")
        )?;
        for serial in &object.revoked {
            writeln!(out, "  revoked  {serial}")?;
        }
        writeln!(
            out,
            "  {} revoked; the signature was not verified",
            object.revoked.len()
        )
    })?;
    Ok(ExitCode::Success)
}
