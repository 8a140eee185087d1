//! `eid approve init|sign`: officers and their approvals.

use std::path::PathBuf;

use personalization::approval::{Approval, Officer};
use personalization::key_file::durable::{Mode, NewDirectory};
use personalization::signer::{FileSigner, Signer as _};
use serde::Serialize;

use super::context::Context;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::keys::PassphraseArguments;

/// An officer's key, encrypted.
const KEY: &str = "officer.key";
/// What the officer gives to the authorities where they approve.
const PUBLIC: &str = "officer.json";
/// A proposal has less than a kilobyte.
const SIZE_LIMIT: u64 = 1024 * 1024;

#[derive(Debug, clap::Subcommand)]
pub(super) enum ApproveCommand {
    /// Make an officer: a key, and the public file by which an authority knows them
    Init(InitArguments),
    /// Approve a file: sign its digest, one's name and the time
    Sign(SignArguments),
}

#[derive(Debug, clap::Args)]
pub(super) struct InitArguments {
    /// The officer's name
    #[arg(long, value_name = "NAME")]
    name: String,
    /// Directory to make
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

#[derive(Debug, clap::Args)]
pub(super) struct SignArguments {
    /// The file to approve
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The officer's directory
    #[arg(long, value_name = "DIR")]
    officer: PathBuf,
    /// Where to write the approval
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

#[derive(Serialize)]
struct OfficerJson<'a> {
    schema: &'static str,
    directory: String,
    name: &'a str,
}

#[derive(Serialize)]
struct ApprovalJson<'a> {
    schema: &'static str,
    file: String,
    officer: &'a str,
}

pub(super) fn run(command: &ApproveCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match command {
        ApproveCommand::Init(arguments) => init(arguments, context),
        ApproveCommand::Sign(arguments) => sign(arguments, context),
    }
}

fn init(arguments: &InitArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let passphrase = context.new_passphrase(arguments.passphrase.file(), "the officer's key")?;
    let mut random = context.random();
    let signer = FileSigner::generate(&mut random)?;
    let officer = Officer::new(&arguments.name, &signer.public_point())?;
    let json = serde_json::to_vec_pretty(&officer).map_err(|error| Failure::internal(error.to_string()))?;
    let new = NewDirectory::create(&arguments.out)?;
    signer.save(&new.path(KEY), &passphrase, &mut random)?;
    new.add(PUBLIC, &json, Mode::Public)?;
    new.commit()?;
    let object = OfficerJson {
        schema: "eid.approve.officer/1",
        directory: arguments.out.display().to_string(),
        name: officer.name(),
    };
    context.output.result(&object, |stream| {
        writeln!(
            stream,
            "{}: key and public file ({PUBLIC}) in {}",
            object.name, object.directory
        )
    })?;
    Ok(ExitCode::Success)
}

fn sign(arguments: &SignArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let disk = &context.environment.disk;
    let subject = disk.read(&arguments.file, SIZE_LIMIT)?;
    let officer = Officer::from_json(&disk.read(&arguments.officer.join(PUBLIC), SIZE_LIMIT)?)?;
    let passphrase = context.passphrase(arguments.passphrase.file(), "the officer's key")?;
    let signer = FileSigner::open(&arguments.officer.join(KEY), &passphrase)?;
    let approval = Approval::sign(officer.name(), &subject, context.environment.clock.now(), &signer)?;
    let mut json =
        serde_json::to_vec_pretty(&approval).map_err(|error| Failure::internal(error.to_string()))?;
    json.push(b'\n');
    context.write_new(&arguments.out, &json)?;
    let object = ApprovalJson {
        schema: "eid.approve/1",
        file: arguments.out.display().to_string(),
        officer: officer.name(),
    };
    context.output.result(&object, |stream| {
        writeln!(
            stream,
            "{} approved {}: {}",
            object.officer,
            arguments.file.display(),
            object.file
        )
    })?;
    Ok(ExitCode::Success)
}
