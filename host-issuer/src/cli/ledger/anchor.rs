//! `eid ledger anchor`: what somebody else keeps.

use std::path::PathBuf;

use personalization::signer::FileSigner;
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::desk::StationArguments;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::keys::PassphraseArguments;
use crate::ledger::anchor::{self, AnchorError};
use crate::ledger::checkpoint::{self, TakeError};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct AnchorArguments {
    /// The anchor: a file on another disk, with another keeper; a line is appended
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    station: StationArguments,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

#[derive(Serialize)]
struct AnchorJson<'a> {
    schema: &'static str,
    file: String,
    ledger: &'a str,
    sequence: u64,
    digest: &'a str,
    at: &'a str,
}

pub(super) fn run(arguments: &AnchorArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let station = arguments.station.open(context)?;
    let disk = &*context.environment.disk;
    // A ledger that is not what it was must not get a fresh signature.
    anchor::must_be_of(disk, &arguments.file, &station.ledger).map_err(|error| anchor_failure(&error))?;
    let passphrase = context.passphrase(arguments.passphrase.file(), "the checkpoint key")?;
    let signer = FileSigner::open(&station.directory.layout().checkpoint_key(), &passphrase)?;
    let now = context.environment.clock.now();
    let checkpoint = checkpoint::take(&station.ledger, now, &signer).map_err(|error| match error {
        TakeError::Ledger(error) => error.into(),
        TakeError::Checkpoint(error) => Failure::new(
            ExitCode::Signer,
            "ledger.checkpoint",
            error.to_string(),
            "checkpoint.key must be the one that `eid ledger init` made for this ledger",
        ),
    })?;
    anchor::append(disk, &arguments.file, &checkpoint).map_err(|error| anchor_failure(&error))?;
    let object = AnchorJson {
        schema: "eid.ledger.anchor/1",
        file: arguments.file.display().to_string(),
        ledger: &checkpoint.ledger,
        sequence: checkpoint.sequence,
        digest: &checkpoint.digest,
        at: &checkpoint.at,
    };
    context.output.result(&object, |out| {
        writeln!(
            out,
            "{}: {} events, {}",
            object.file, object.sequence, object.digest
        )
    })?;
    Ok(ExitCode::Success)
}

/// Why an anchor cannot be used.
fn anchor_failure(error: &AnchorError) -> Failure {
    let (id, hint) = match error {
        AnchorError::Disk(_) => (
            "storage.write",
            "check the path, its permissions and the free space",
        ),
        AnchorError::Other { .. } => ("ledger.other_anchor", "each ledger has an anchor of its own"),
        AnchorError::Ledger(_) => ("ledger.store", "`eid ledger verify` says more"),
        AnchorError::Behind { .. } | AnchorError::Rewritten { .. } => (
            "ledger.damaged",
            "the ledger is not what it was: `eid ledger verify --anchor` says more; change nothing",
        ),
    };
    Failure::new(ExitCode::Storage, id, error.to_string(), hint)
}
