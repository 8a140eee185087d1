//! `eid pki master-list create`

use std::path::{Path, PathBuf};

use personalization::pki::directory::{CscaDirectory, ListSignerDirectory};
use personalization::pki::master_list;
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::keys::PassphraseArguments;
use crate::environment::Access;
use crate::inspect;

/// A certificate file of this size is something else.
const CERTIFICATE_FILE_LIMIT: u64 = 1024 * 1024;

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum MasterListCommand {
    /// Sign a master list over CSCA certificates
    Create(CreateArguments),
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct CreateArguments {
    /// Directory of the CSCA that certified the signer
    #[arg(long, value_name = "DIR")]
    csca: PathBuf,
    /// Directory of the master list signer
    #[arg(long, value_name = "DIR")]
    signer: PathBuf,
    /// The list to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArguments,
    /// CSCA certificates, self-signed and link ones, DER or PEM
    #[arg(required = true, value_name = "CERTIFICATE")]
    certificates: Vec<PathBuf>,
}

#[derive(Serialize)]
struct CreatedJson {
    schema: &'static str,
    file: String,
    certificates: usize,
}

pub(super) fn run(command: &MasterListCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match command {
        MasterListCommand::Create(arguments) => create(arguments, context),
    }
}

fn create(arguments: &CreateArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let mut certificates = Vec::new();
    for path in &arguments.certificates {
        certificates.extend(read_certificates(path, context)?);
    }
    certificates.sort();
    certificates.dedup();
    let csca = CscaDirectory::open(&arguments.csca)?;
    let directory = ListSignerDirectory::open(&arguments.signer)?;
    let place = directory.key_place()?;
    let file = arguments.passphrase.file_for(&place, None);
    let signer = directory.signer(&context.key_secret(&place, file, "the list signer's key")?)?;
    let list = master_list::issue(
        csca.csca(),
        &signer,
        directory.certificate_der(),
        &certificates,
        context.environment.clock.now(),
    )?;
    context
        .environment
        .disk
        .write(&arguments.out, &list, Access::Public)?;
    let object = CreatedJson {
        schema: "eid.pki.master-list-created/1",
        file: arguments.out.display().to_string(),
        certificates: certificates.len(),
    };
    context.output.result(&object, |out| {
        writeln!(out, "{}: {} certificates", object.file, object.certificates)
    })?;
    Ok(ExitCode::Success)
}

/// The certificates of a file, DER or PEM.
fn read_certificates(path: &Path, context: &Context<'_>) -> Result<Vec<Vec<u8>>, Failure> {
    let bytes = context.environment.disk.read(path, CERTIFICATE_FILE_LIMIT)?;
    let refuse = |why: String| {
        Failure::input(
            "certificate.unreadable",
            format!("{}: {why}", path.display()),
            "give certificates, DER or PEM",
        )
    };
    let certificates: Vec<Vec<u8>> = inspect::blocks(&bytes)
        .map_err(refuse)?
        .into_iter()
        .filter(|(label, _)| label.as_deref().is_none_or(|label| label == "CERTIFICATE"))
        .map(|(_, der)| der)
        .collect();
    if certificates.is_empty() {
        return Err(refuse("no certificate is in it".into()));
    }
    Ok(certificates)
}
