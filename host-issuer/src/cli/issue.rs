//! `eid issue`: one card, from a record to a chip that is locked for good.
//!
//! Order is everything here. Whatever can be wrong with the operator's files, the signer or the
//! directory for the results is found before the chip is touched; receipt and print data get their
//! names only after the chip is operational; a failure in between leaves a chip that can be issued
//! again and no file.

mod card_id;
mod results;

use std::path::{Path, PathBuf};

use personalization::biometrics::face::{FaceImage, MAX_IMAGE_BYTES};
use personalization::citizen::CitizenRecord;
use personalization::image::{Can, CardImage, HolderSecrets};
use personalization::job::{self, PersonalizationJob};
use personalization::keys::IssuerMasterKeys;
use personalization::pki::directory::DocumentSignerDirectory;
use personalization::profile::CheckedProfile;
use personalization::signer::FileSigner;
use time::OffsetDateTime;

use super::context::Context;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::keys::PassphraseArguments;
use super::progress::Progress;
use super::{ReaderArguments, profile, record};
use crate::load::{self, IssuedChip, LoadError, Phase};
use crate::transport::Transport;

#[derive(Debug, clap::Args)]
pub(super) struct IssueArguments {
    #[command(flatten)]
    reader: ReaderArguments,
    /// Card profile: name or TOML file
    #[arg(short, long, value_name = "PROFILE")]
    profile: Option<String>,
    /// Citizen record (JSON)
    #[arg(long, value_name = "FILE")]
    record: PathBuf,
    /// Portrait (JPEG or JPEG 2000)
    #[arg(long, value_name = "FILE")]
    photo: PathBuf,
    /// Directory of the document signer
    #[arg(long, value_name = "DIR")]
    ds: Option<PathBuf>,
    /// The issuer's master keys
    #[arg(long, value_name = "FILE")]
    issuer_keys: Option<PathBuf>,
    /// Directory for receipt.json and print.json
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArguments,
    /// File with the passphrase of the document signer's key, if it is another
    #[arg(long, value_name = "FILE")]
    ds_passphrase_file: Option<PathBuf>,
}

/// Everything one issuance needs, opened and checked.
pub(super) struct Issuance<'a> {
    pub(super) record: &'a CitizenRecord,
    pub(super) face: &'a FaceImage,
    pub(super) profile: &'a CheckedProfile,
    pub(super) ds: &'a DocumentSignerDirectory,
    pub(super) signer: &'a FileSigner,
    pub(super) issuer_keys: &'a IssuerMasterKeys,
    pub(super) out: &'a Path,
}

/// A card that was issued.
pub(super) struct Issued {
    pub(super) can: Can,
    pub(super) receipt: results::Receipt,
    pub(super) receipt_path: PathBuf,
    pub(super) print_path: PathBuf,
}

pub(super) fn run(arguments: &IssueArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let profile = match &arguments.profile {
        Some(name) => profile::load(context, name)?,
        None => {
            let settings = context.settings()?;
            let name = settings.get("profile").ok_or_else(|| {
                Failure::usage(
                    "--profile is required",
                    "see `eid profile list`, or set `profile` in the configuration",
                )
            })?;
            profile::load(context, name)?
        }
    };
    let record = record::load(context, &arguments.record)?;
    let face = load_face(context, &arguments.photo)?;
    let ds = DocumentSignerDirectory::open(&context.path(arguments.ds.as_deref(), "ds")?)?;
    let keys_path = context.path(arguments.issuer_keys.as_deref(), "issuer-keys")?;
    let keys_passphrase = context.passphrase(arguments.passphrase.file(), "the issuer's master keys")?;
    let issuer_keys = IssuerMasterKeys::open(&keys_path, &keys_passphrase)?;
    let ds_file = arguments
        .ds_passphrase_file
        .as_deref()
        .or(arguments.passphrase.file());
    let signer = ds.signer(&context.passphrase(ds_file, "the document signer's key")?)?;
    let issuance = Issuance {
        record: &record,
        face: &face,
        profile: &profile,
        ds: &ds,
        signer: &signer,
        issuer_keys: &issuer_keys,
        out: &arguments.out,
    };
    let issued = issue_card(context, &issuance, &mut || context.open_reader(&arguments.reader))
        .map_err(|failure| in_record(failure, &arguments.record))?;
    context.output.result(&issued.receipt, |out| {
        writeln!(
            out,
            "issued card {} in chip {}",
            issued.receipt.card_id, issued.receipt.chip_serial
        )?;
        writeln!(out, "  receipt     {}", issued.receipt_path.display())?;
        writeln!(
            out,
            "  print data  {} (holds the CAN: destroy it after printing)",
            issued.print_path.display()
        )
    })?;
    Ok(ExitCode::Success)
}

/// Failures about the record name its file.
fn in_record(failure: Failure, path: &Path) -> Failure {
    if failure.id.starts_with("record.") {
        failure.about(path.display())
    } else {
        failure
    }
}

/// Reads and decodes a portrait.
fn load_face(context: &Context<'_>, path: &Path) -> Result<FaceImage, Failure> {
    let limit = u64::try_from(MAX_IMAGE_BYTES).unwrap_or(u64::MAX);
    let bytes = context.environment.disk.read(path, limit)?;
    FaceImage::from_bytes(bytes).map_err(|error| Failure::from(error).about(path.display()))
}

/// Prepares, signs, loads, reads back, locks, and writes the results. `open` connects to the chip and is
/// called only when everything else is ready.
pub(super) fn issue_card(
    context: &Context<'_>,
    issuance: &Issuance<'_>,
    open: &mut dyn FnMut() -> Result<Box<dyn Transport>, Failure>,
) -> Result<Issued, Failure> {
    let mut random = context.random();
    let no_random = |_| Failure::internal("this machine gives no random numbers");
    let can = Can::generate(&mut random).map_err(no_random)?;
    let card_id = card_id::generate(&mut random).map_err(no_random)?;
    let now = context.environment.clock.now();
    let mut image = prepare(issuance, &can, &card_id, now)?;
    if issuance.profile.pin() {
        image.passwords.holder = Some(HolderSecrets::generate(&mut random).map_err(no_random)?);
    }
    let reserved = results::Reserved::new(context, issuance.out)?;

    let mut load = || -> Result<(IssuedChip, f64), Failure> {
        let transport = open()?;
        context
            .output
            .progress(&format!("issuing card {card_id}, {} bytes", image.content_len()));
        let started = context.environment.clock.monotonic();
        let chip = load_chip(context, transport, issuance, &image)?;
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
    let receipt = results::Receipt::new(issuance, &image, &chip, now, seconds)?;
    let print = results::PrintData::new(issuance, &card_id, &can, image.passwords.holder.as_ref())?;
    let (receipt_path, print_path) = reserved.commit(&receipt, &print)?;
    Ok(Issued {
        can,
        receipt,
        receipt_path,
        print_path,
    })
}

fn prepare(
    issuance: &Issuance<'_>,
    can: &Can,
    card_id: &str,
    now: OffsetDateTime,
) -> Result<CardImage, Failure> {
    let job = PersonalizationJob {
        record: issuance.record,
        face: issuance.face,
        profile: issuance.profile,
        can,
        card_id,
    };
    Ok(job.prepare(issuance.signer, issuance.ds.certificate_der(), now)?)
}

fn load_chip(
    context: &Context<'_>,
    transport: Box<dyn Transport>,
    issuance: &Issuance<'_>,
    image: &CardImage,
) -> Result<IssuedChip, Failure> {
    let bytes = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let bar = Progress::new(context.output, bytes(image.content_len()));
    let mut phase = None;
    let outcome = load::issue(
        transport,
        &mut context.random(),
        |serial| issuance.issuer_keys.key_sets(serial),
        image,
        &mut |progress| {
            let what = match progress.phase {
                Phase::Loading => "loading",
                Phase::ReadingBack => "reading back",
                Phase::Locking => "locking",
            };
            if phase != Some(progress.phase) {
                phase = Some(progress.phase);
                context.output.debug(what);
            }
            bar.set(bytes(progress.done), bytes(progress.total), what);
        },
    );
    drop(bar);
    outcome.map_err(Failure::from)
}

/// The zone that is printed on the card.
pub(super) fn printed_zone(issuance: &Issuance<'_>) -> Result<[String; 3], Failure> {
    let zone = job::mrz(issuance.record, issuance.profile)
        .map_err(|error| Failure::from(job::PrepareError::from(error)))?;
    Ok(zone.lines().map(str::to_owned))
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        let again = "the chip is not operational: put it back and issue it again";
        if error.is_wrong_issuer_key() {
            return Self::new(
                ExitCode::IssuerKey,
                "chip.issuer_key",
                error.to_string(),
                "use the master keys that this chip was made for; after ten failures the chip refuses for good",
            );
        }
        if error.is_no_blank_chip() {
            return Self::input(
                "chip.not_blank",
                "the card in the reader is not a blank chip: it is issued already, or of another kind",
                "put a blank chip on the reader; `eid card info` says what a card is",
            );
        }
        if let LoadError::ActivationUnknown { .. } = error {
            return Self::new(
                ExitCode::CardRemoved,
                "chip.activation_unknown",
                error.to_string(),
                "keep this card apart; `eid card info` says whether it is operational, and without its print data it must be destroyed",
            );
        }
        match error.transport() {
            Some(transport) => {
                let failure = Self::from(transport.clone());
                Self {
                    hint: format!("{}; {again}", failure.hint),
                    ..failure
                }
            }
            None => Self::new(ExitCode::Chip, "chip.load", error.to_string(), again),
        }
    }
}
