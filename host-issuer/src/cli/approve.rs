//! `eid approve init|request|sign|show|officers`: officers, what they ask for, and what they approve.

mod init;
mod officers;
mod request;
mod show;
mod sign;

use std::path::Path;

use personalization::approval::Approval;
use personalization::pki::directory::{OfficerDirectory, StoredSigner};

use super::context::Context;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::keys::PassphraseArguments;

/// What is approved has less than this, a request of two hundred chips included.
const SIZE_LIMIT: u64 = 1024 * 1024;

#[derive(Debug, clap::Subcommand)]
pub(super) enum ApproveCommand {
    /// Make an officer: a key, in a file or a token, and the public file by which they are known
    Init(init::InitArguments),
    /// Ask for something at a station that needs a second person: write the request, and sign it
    Request(Box<request::RequestArguments>),
    /// Replace the officers of a station; two people
    Officers(officers::OfficersArguments),
    /// Approve a file: say what it asks for, then sign its digest, one's name and the time
    Sign(sign::SignArguments),
    /// Say what a request asks for, or whose approval of what a file is
    Show(show::ShowArguments),
}

pub(super) fn run(command: &ApproveCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match command {
        ApproveCommand::Init(arguments) => init::run(arguments, context),
        ApproveCommand::Request(arguments) => request::run(arguments, context),
        ApproveCommand::Officers(arguments) => officers::run(arguments, context),
        ApproveCommand::Sign(arguments) => sign::run(arguments, context),
        ApproveCommand::Show(arguments) => show::run(arguments, context),
    }
}

/// Opens an officer's key: with the passphrase of its file, or the PIN of its token.
pub(super) fn signer(
    officer: &OfficerDirectory,
    passphrase: &PassphraseArguments,
    context: &Context<'_>,
) -> Result<StoredSigner, Failure> {
    let place = officer.key_place()?;
    let what = format!("the key of {}", officer.officer().name());
    let secret = context.key_secret(&place, passphrase.file_for(&place, None), &what)?;
    Ok(officer.signer(&secret)?)
}

/// Signs these bytes in the name of an officer, and writes the approval.
fn approve(
    subject: &[u8],
    officer: &OfficerDirectory,
    passphrase: &PassphraseArguments,
    out: &Path,
    context: &Context<'_>,
) -> Result<(), Failure> {
    let signer = signer(officer, passphrase, context)?;
    let now = context.environment.clock.now();
    let approval = Approval::sign(officer.officer().name(), subject, now, &signer)?;
    context.write_new(out, &approval.to_json()?)
}
