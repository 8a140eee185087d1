//! `eid issue --script`: a card that was prepared elsewhere, into the chip that it was prepared for. The station has none of the
//! issuer's keys.

use std::path::{Path, PathBuf};

use personalization::exchange_key::{ExchangeKey, ExchangePublicKey};
use personalization::script::offline::{OfflineScript, OfflineScriptError};
use personalization::sealed_file::{MAX_SEALED_BYTES, SealedFile, SealedFileError, SealedKind};

use super::super::context::Context;
use super::super::failure::Failure;
use super::results::Reserved;
use super::{loading, receipt_of};
use crate::load::offline;
use crate::station::receipt::{Origin, Receipt};
use crate::transport::Transport;

#[derive(Debug, clap::Args)]
pub(super) struct ScriptArguments {
    /// A card that `eid prepare` prepared for the chip in the reader; needs no record and none of the issuer's keys
    #[arg(
        long,
        value_name = "FILE",
        requires_all = ["station_key", "office"],
        conflicts_with_all = ["profile", "record", "photo", "ds", "issuer_keys", "cvca", "manifest", "stock"],
        help_heading = "Prepared elsewhere"
    )]
    pub(super) script: Option<PathBuf>,
    /// This station's private key, as `eid keys exchange` made it
    #[arg(
        long,
        value_name = "FILE",
        requires = "script",
        help_heading = "Prepared elsewhere"
    )]
    station_key: Option<PathBuf>,
    /// The preparation office's public key
    #[arg(
        long,
        value_name = "FILE",
        requires = "script",
        help_heading = "Prepared elsewhere"
    )]
    office: Option<PathBuf>,
}

/// Opens the script, issues its card, writes the results.
pub(super) fn run(
    path: &Path,
    arguments: &ScriptArguments,
    passphrase_file: Option<&Path>,
    out: &Path,
    context: &Context<'_>,
    open: &mut dyn FnMut() -> Result<Box<dyn Transport>, Failure>,
) -> Result<(Receipt, (PathBuf, PathBuf)), Failure> {
    let script = open_script(path, arguments, passphrase_file, context)?;
    let image = &script.card.image;
    let reserved = Reserved::new(context, out)?;
    let mut load = || -> Result<_, Failure> {
        let transport = open()?;
        context
            .output
            .progress(&format!("issuing card {}", image.card_id));
        let started = context.environment.clock.monotonic();
        let chip = loading::watched(context, image.content_len(), |progress| {
            offline::issue_offline(transport, &mut context.random(), &script, progress)
        })?;
        let took = context.environment.clock.monotonic().saturating_sub(started);
        Ok((chip, took.as_secs_f64()))
    };
    let (chip, seconds) = match load() {
        Ok(loaded) => loaded,
        Err(failure) => {
            reserved.abandon(context);
            return Err(failure);
        }
    };
    let origin = Origin {
        profile: script.card.profile.clone(),
        document_signer: script.card.document_signer.clone(),
    };
    let receipt = receipt_of(origin, image, &chip, context.environment.clock.now(), seconds)?;
    let paths = reserved.commit(&receipt, &script.card.print)?;
    Ok((receipt, paths))
}

fn open_script(
    path: &Path,
    arguments: &ScriptArguments,
    passphrase_file: Option<&Path>,
    context: &Context<'_>,
) -> Result<OfflineScript, Failure> {
    let (Some(station_key), Some(office)) = (&arguments.station_key, &arguments.office) else {
        return Err(Failure::usage(
            "--station-key and --office are required",
            "give the station's private key and the preparation office's public key",
        ));
    };
    let limit = u64::try_from(MAX_SEALED_BYTES).unwrap_or(u64::MAX);
    let bytes = context.environment.disk.read(path, limit)?;
    let about = |failure: Failure| failure.about(path.display());
    let sealed = SealedFile::parse(&bytes).map_err(|error| about(error.into()))?;
    let office = ExchangePublicKey::open(office)?;
    let passphrase = context.passphrase(passphrase_file, "the station's key")?;
    let station_key = ExchangeKey::open(station_key, &passphrase)?;
    let content = sealed
        .open(SealedKind::CardScript, &station_key, &office)
        .map_err(|error| about(error.into()))?;
    let script = OfflineScript::from_der(&content).map_err(|error| about(error.into()))?;
    // The name on the outside is what people sort by; the sender has signed both.
    if script.card.manifest.serial() != sealed.serial() {
        return Err(about(SealedFileError::Forged.into()));
    }
    Ok(script)
}

impl From<SealedFileError> for Failure {
    fn from(error: SealedFileError) -> Self {
        let message = error.to_string();
        let (id, hint) = match error {
            SealedFileError::Malformed(_) | SealedFileError::Kind { .. } => (
                "sealed.malformed",
                "give a file that `eid prepare` wrote: a .cardscript to a station, a .cardimg to the office",
            ),
            SealedFileError::Recipient(_) => (
                "sealed.recipient",
                "use the key that it was made for, or have it prepared for this one",
            ),
            SealedFileError::Sender(_) => (
                "sealed.sender",
                "give the public key of the office that made it, if that office may",
            ),
            SealedFileError::Forged => (
                "sealed.forged",
                "do not use it; fetch it again from the preparation office, and tell them if it stays so",
            ),
            SealedFileError::TooLong => (
                "sealed.too_long",
                "prepare for fewer attempts, or with smaller images",
            ),
            SealedFileError::Random | SealedFileError::Seal => return Self::internal(message),
        };
        Self::input(id, message, hint)
    }
}

impl From<OfflineScriptError> for Failure {
    fn from(error: OfflineScriptError) -> Self {
        Self::input(
            "script.malformed",
            error.to_string(),
            "this version of eid and the office's do not understand each other: update both",
        )
    }
}
