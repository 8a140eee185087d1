//! `eid issue`: one card, from a record to a chip that is locked for good.
//!
//! Order is everything here. Whatever can be wrong with the operator's files, the signer or the
//! directory for the results is found before the chip is touched; then the chip draws its own keys, and
//! only after their attestation held is anything signed; receipt and print data get their names only
//! after the chip is operational; a failure in between leaves a chip that can be issued again and no
//! file.

mod application_keys;
pub(super) mod enrolment;
pub(super) mod inputs;
mod key_source;
mod loading;
pub(super) mod results;
mod script;
mod terminal_trust;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use personalization::attestation::StockManifest;
use personalization::biometrics::enrolment::Enrolment;
use personalization::biometrics::face::FaceImage;
use personalization::citizen::CitizenRecord;
use personalization::image::{Can, CardImage, HolderSecrets, TerminalTrust};
use personalization::job::{PersonalizationJob, PrepareError, UnsignedCard};
use personalization::keys::IssuerMasterKeys;
use personalization::pki::directory::DocumentSignerDirectory;
use personalization::profile::CheckedProfile;
use personalization::signer::Signer;
use personalization::sod::{SignerCertificate, SodError};
use personalization::stock::Stock;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use zeroize::Zeroizing;

use self::inputs::{InputArguments, Inputs, Office};
pub(super) use self::key_source::KeySource;
use self::script::ScriptArguments;
use super::ReaderArguments;
use super::card::manifest_path;
use super::context::Context;
use super::exit_code::ExitCode;
use super::failure::Failure;
use crate::environment::{Random, ReaderChoice};
use crate::load::IssuedChip;
use crate::station::card_id;
use crate::station::office::{ApplicationMasters, Office as CardOffice};
use crate::station::print_data::PrintData;
use crate::station::receipt::{Effort, Origin, Receipt};
use crate::transport::Transport;

/// A manifest has some 250 bytes.
const MAX_MANIFEST_BYTES: u64 = 64 * 1024;

#[derive(Debug, clap::Args)]
pub(super) struct IssueArguments {
    #[command(flatten)]
    reader: ReaderArguments,
    #[command(flatten)]
    inputs: InputArguments,
    /// Stock manifest that came with the chip [default for virtual:FILE: FILE.manifest.json]
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// Directory of the stock that the chip is in: it is taken for the card, with the keys that it drew ahead
    #[arg(long, value_name = "DIR", conflicts_with = "manifest")]
    stock: Option<PathBuf>,
    #[command(flatten)]
    script: ScriptArguments,
    /// Directory for receipt.json and print.json
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
}

/// Everything one issuance needs, opened and checked.
pub(super) struct Issuance<'a> {
    pub(super) record: &'a CitizenRecord,
    pub(super) face: &'a FaceImage,
    pub(super) enrolment: &'a Enrolment,
    pub(super) profile: &'a CheckedProfile,
    pub(super) ds: &'a DocumentSignerDirectory,
    pub(super) signer: &'a dyn Signer,
    pub(super) issuer_keys: &'a IssuerMasterKeys,
    /// By what the chip's keys are known; needed where the profile's cards have keys of their own.
    pub(super) keys: KeySource<'a>,
    /// What Terminal Authentication starts from.
    pub(super) terminal_trust: Option<&'a TerminalTrust>,
    /// Whence the keys of applications beside the eMRTD come.
    pub(super) application_masters: &'a ApplicationMasters,
    pub(super) out: &'a Path,
}

impl<'a> Issuance<'a> {
    /// What the receipt says of it.
    fn origin(&self) -> Result<Origin, Failure> {
        Ok(Origin {
            profile: self.profile.name().to_owned(),
            document_signer: self.ds.serial()?,
        })
    }

    /// All of it that is the issuer's.
    fn office(&self) -> Result<CardOffice<'a>, Failure> {
        let certificate = SignerCertificate::from_der(self.ds.certificate_der())
            .map_err(|error| PrepareError::from(SodError::from(error)))?;
        Ok(CardOffice {
            certificate: Arc::new(certificate),
            document_signer: self.ds.serial()?,
            quota: None,
            signer: self.signer,
            issuer_keys: self.issuer_keys,
            terminal_trust: self.terminal_trust,
            application_masters: self.application_masters,
        })
    }

    /// What is printed on its card.
    pub(super) fn print_data(
        &self,
        draft: &Draft,
        holder: Option<&HolderSecrets>,
    ) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let print = PrintData::new(self.record, self.profile, &draft.card_id, &draft.can, holder)
            .map_err(PrepareError::from)?;
        print
            .to_json()
            .map_err(|error| Failure::internal(error.to_string()))
    }
}

/// A card that was issued.
pub(super) struct Issued {
    pub(super) can: Can,
    pub(super) receipt: Receipt,
    pub(super) receipt_path: PathBuf,
    pub(super) print_path: PathBuf,
}

pub(super) fn run(arguments: &IssueArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    if let Some(path) = &arguments.script.script {
        let passphrase_file = arguments.inputs.office().passphrase_file();
        let (receipt, paths) = script::run(
            path,
            &arguments.script,
            passphrase_file,
            &arguments.out,
            context,
            &mut || context.open_reader(&arguments.reader),
        )?;
        return show(context, &receipt, &paths);
    }
    let Inputs { person, office } = arguments.inputs.load(context)?;
    let known = known_chips(arguments, &office, context)?;
    let keys = match &known {
        None => KeySource::None,
        Some(KnownChips::One(manifest)) => KeySource::Manifest(manifest),
        Some(KnownChips::All(stock)) => KeySource::Stock(stock),
    };
    let issuance = office.issuance(&person, keys, &arguments.out);
    let issued = issue_card(context, &issuance, &mut || context.open_reader(&arguments.reader))
        .map_err(|failure| arguments.inputs.in_record(failure))?;
    show(
        context,
        &issued.receipt,
        &(issued.receipt_path, issued.print_path),
    )
}

fn show(
    context: &Context<'_>,
    receipt: &Receipt,
    (receipt_path, print_path): &(PathBuf, PathBuf),
) -> Result<ExitCode, Failure> {
    context.output.result(receipt, |out| {
        writeln!(
            out,
            "issued card {} in chip {}",
            receipt.card_id, receipt.chip_serial
        )?;
        writeln!(out, "  receipt     {}", receipt_path.display())?;
        writeln!(
            out,
            "  print data  {} (holds the CAN: destroy it after printing)",
            print_path.display()
        )
    })?;
    Ok(ExitCode::Success)
}

/// The chips that are known.
#[allow(clippy::large_enum_variant, reason = "there is one")]
enum KnownChips {
    /// The one that has this manifest.
    One(StockManifest),
    /// All in stock.
    All(Stock),
}

/// Opens the stock or the manifest, where the profile's cards have keys of their own.
fn known_chips(
    arguments: &IssueArguments,
    office: &Office,
    context: &Context<'_>,
) -> Result<Option<KnownChips>, Failure> {
    match (office.profile.chip_keys().is_empty(), &arguments.stock) {
        (true, None) => Ok(None),
        (true, Some(_)) => Err(Failure::usage(
            "--stock: cards of this profile have no keys by which their chips would have to be known",
            "leave it out",
        )),
        (false, Some(directory)) => Ok(Some(KnownChips::All(Stock::open(directory)?))),
        (false, None) => Ok(Some(KnownChips::One(load_manifest(arguments, context)?))),
    }
}

/// Reads the stock manifest: the one that is named, or the one beside a virtual chip.
fn load_manifest(arguments: &IssueArguments, context: &Context<'_>) -> Result<StockManifest, Failure> {
    let path = match (&arguments.manifest, context.reader_choice(&arguments.reader)?) {
        (Some(path), _) => path.clone(),
        (None, ReaderChoice::Virtual(memory)) => manifest_path(&memory),
        (None, ReaderChoice::Pcsc(_)) => {
            return Err(Failure::usage(
                "--manifest is required: cards of this profile have keys that their chip draws and attests",
                "give the stock manifest that came with the chip",
            ));
        }
    };
    let text = context.read_text(&path, MAX_MANIFEST_BYTES)?;
    StockManifest::from_json(&text).map_err(|error| Failure::from(error).about(path.display()))
}

/// Prepares, loads, signs, reads back, locks, and writes the results. `open` connects to the chip and is
/// called only when everything else is ready.
pub(super) fn issue_card(
    context: &Context<'_>,
    issuance: &Issuance<'_>,
    open: &mut dyn FnMut() -> Result<Box<dyn Transport>, Failure>,
) -> Result<Issued, Failure> {
    let mut random = context.random();
    let draft = Draft::draw(&mut random)?;
    let Draft { can, card_id } = &draft;
    let now = context.environment.clock.now();
    let at = now
        .format(&Rfc3339)
        .map_err(|error| Failure::internal(error.to_string()))?;
    let job = draft.job(issuance);
    let unsigned = begin(&job, issuance, &mut random, now)?;
    let reserved = results::Reserved::new(context, issuance.out)?;

    let load = || -> Result<(IssuedChip, CardImage, f64), Failure> {
        let transport = open()?;
        context.output.progress(&format!("issuing card {card_id}"));
        let started = context.environment.clock.monotonic();
        let (chip, image) = loading::load_chip(context, transport, issuance, unsigned, card_id, &at)?;
        let took = context.environment.clock.monotonic().saturating_sub(started);
        Ok((chip, image, took.as_secs_f64()))
    };
    let (chip, image, seconds) = match load() {
        Ok(loaded) => loaded,
        Err(failure) => {
            reserved.abandon(context);
            return Err(failure);
        }
    };
    let receipt = receipt_of(issuance.origin()?, &image, &chip, now, seconds)?;
    let print = issuance.print_data(&draft, image.passwords.holder.as_ref())?;
    let (receipt_path, print_path) = reserved.commit(&receipt, &print)?;
    Ok(Issued {
        can: can.clone(),
        receipt,
        receipt_path,
        print_path,
    })
}

/// What is drawn at random for a card.
pub(super) struct Draft {
    pub(super) can: Can,
    pub(super) card_id: String,
}

impl Draft {
    pub(super) fn draw(random: &mut Random) -> Result<Self, Failure> {
        Ok(Self {
            can: Can::generate(random).map_err(no_random)?,
            card_id: card_id::generate(random).map_err(no_random)?,
        })
    }

    pub(super) fn job<'a>(&'a self, issuance: &Issuance<'a>) -> PersonalizationJob<'a> {
        PersonalizationJob {
            record: issuance.record,
            face: issuance.face,
            enrolment: issuance.enrolment,
            profile: issuance.profile,
            can: &self.can,
            card_id: &self.card_id,
        }
    }
}

/// Checks everything and encodes what does not depend on the chip; draws PIN and PUK where the profile has them.
pub(super) fn begin<'j>(
    job: &'j PersonalizationJob<'_>,
    issuance: &Issuance<'_>,
    random: &mut Random,
    now: OffsetDateTime,
) -> Result<UnsignedCard<'j>, Failure> {
    let holder = issuance.profile.pin().then(|| HolderSecrets::generate(random));
    let holder = holder.transpose().map_err(no_random)?;
    Ok(issuance.office()?.begin(job, holder, now)?)
}

/// The receipt of a card that was issued in one go.
fn receipt_of(
    origin: Origin,
    image: &CardImage,
    chip: &IssuedChip,
    issued_at: OffsetDateTime,
    seconds: f64,
) -> Result<Receipt, Failure> {
    let effort = Effort {
        seconds,
        wire: chip.wire,
    };
    Receipt::new(origin, image, &chip.serial, issued_at, Some(effort))
        .map_err(|error| Failure::internal(error.to_string()))
}

fn no_random(_: getrandom::Error) -> Failure {
    Failure::internal("this machine gives no random numbers")
}
