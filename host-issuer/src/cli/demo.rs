//! `eid demo`: the whole life of a card in one command, with a specimen person and keys made on the spot.

use std::path::{Path, PathBuf};

use personalization::biometrics::face::FaceImage;
use personalization::citizen::CitizenRecord;
use personalization::key_file::Passphrase;
use personalization::keys::IssuerMasterKeys;
use personalization::pki::csca::CscaOptions;
use personalization::pki::directory::{self, Destination, DocumentSignerDirectory, NewKey};
use personalization::pki::document_signer::DocumentSignerOptions;
use personalization::pki::name::IssuingState;
use personalization::profile;

use super::card;
use super::context::Context;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::issue::enrolment::{self, EnrolmentArguments};
use super::issue::{self, Issuance, KeySource};
use super::verify;
use crate::environment::{Access, Random, ReaderChoice};
use crate::inspect::TrustStore;
use crate::station::office::ApplicationMasters;
use crate::terminal::password::Password;

/// The published specimen's face (`test-vectors/README.md` says where it is from). Embedded so that the
/// demonstration runs in any folder.
const FACE: &[u8] = include_bytes!("../../../test-vectors/data/specimens/face-erika-mustermann.jp2");

/// The profile of the demonstration card.
const PROFILE: &str = "vn-cc-2024";

#[derive(Debug, clap::Args)]
pub(super) struct DemoArguments {
    /// Empty or new directory for keys, certificates, the chip and the results [default: a temporary one,
    /// which is kept]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(super) fn run(arguments: &DemoArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let directory = prepare_directory(arguments, context)?;
    let mut random = context.random();
    let passphrase = make_passphrase(context, &directory, &mut random)?;
    let now = context.environment.clock.now();

    context.output.progress("1 of 5  issuer master keys");
    let issuer_keys = IssuerMasterKeys::generate(&mut random)?;
    issuer_keys.save(&directory.join("issuer.keys"), &passphrase, &mut random)?;

    context.output.progress("2 of 5  CSCA and document signer");
    let ds = make_pki(&directory, &passphrase, now, &mut random)?;

    context.output.progress("3 of 5  blank chip");
    let chip = directory.join("card.chip");
    let manifest = card::manufacture(context, &chip, &card::random_serial(context)?, &issuer_keys)?;

    context.output.progress("4 of 5  issue");
    let record = CitizenRecord::from_json(CitizenRecord::template(), now.date())?;
    let face = FaceImage::from_bytes(FACE.to_vec())?;
    let reader = ReaderChoice::Virtual(chip.clone());
    let issuance = Issuance {
        record: &record,
        face: &face,
        enrolment: &enrolment::load(context, &EnrolmentArguments::default())?,
        profile: &profile::builtin(PROFILE)?,
        ds: &ds,
        signer: &ds.signer(&passphrase)?,
        issuer_keys: &issuer_keys,
        keys: KeySource::Manifest(&manifest),
        terminal_trust: None,
        application_masters: &ApplicationMasters::default(),
        out: &directory,
    };
    let issued = issue::issue_card(context, &issuance, &mut || context.connect(&reader))?;

    context
        .output
        .progress("5 of 5  verify, trusting nothing but the CSCA");
    let store = TrustStore::from_directory(&directory.join("csca"))?;
    let password = Password::can(issued.can.digits())?;
    let saved = directory.join("verified");
    let open = || context.connect(&reader);
    let verifier = verify::counter(context, store);
    let verdict = verify::verify_card(context, open, &password, &verifier, Some(&saved))?;
    context.output.progress(&format!(
        "\nEverything is in {0}. Try it yourself; the CAN is in {0}/print.json:\n  \
         eid verify --reader virtual:{0}/card.chip --trust {0}/csca --can NUMBER",
        directory.display()
    ));
    Ok(verify::exit_code(verdict))
}

/// An empty directory for the owner alone.
fn prepare_directory(arguments: &DemoArguments, context: &Context<'_>) -> Result<PathBuf, Failure> {
    let storage = |path: &Path, error: std::io::Error| {
        Failure::new(
            ExitCode::Storage,
            "storage.io",
            format!("{}: {error}", path.display()),
            "check the path and its permissions",
        )
    };
    let Some(directory) = &arguments.dir else {
        let temporary = tempfile::Builder::new().prefix("eid-demo-").tempdir();
        return temporary
            .map(tempfile::TempDir::keep)
            .map_err(|error| storage(&std::env::temp_dir(), error));
    };
    context
        .environment
        .disk
        .create_directory(directory, Access::OwnerOnly)?;
    let mut entries = std::fs::read_dir(directory).map_err(|error| storage(directory, error))?;
    if entries.next().is_some() {
        return Err(Failure::new(
            ExitCode::Storage,
            "storage.exists",
            format!("{}: the directory is not empty", directory.display()),
            "give --dir an empty or new directory, or leave it out",
        ));
    }
    Ok(directory.clone())
}

/// A random passphrase, kept beside the keys: this office issues specimens only.
fn make_passphrase(
    context: &Context<'_>,
    directory: &Path,
    random: &mut Random,
) -> Result<Passphrase, Failure> {
    let mut bytes = [0; 16];
    rand_core::TryRng::try_fill_bytes(random, &mut bytes)
        .map_err(|_| Failure::internal("this machine gives no random numbers"))?;
    let text = hex::encode(bytes);
    context.environment.disk.write(
        &directory.join("passphrase.txt"),
        format!("{text}\n").as_bytes(),
        Access::OwnerOnly,
    )?;
    Ok(Passphrase::new(text))
}

fn make_pki(
    directory: &Path,
    passphrase: &Passphrase,
    now: time::OffsetDateTime,
    random: &mut Random,
) -> Result<DocumentSignerDirectory, Failure> {
    let options = CscaOptions::new(IssuingState::new("VN", "VNM")?, "Specimen CSCA");
    let (csca_path, ds_path) = (directory.join("csca"), directory.join("ds"));
    let to = |directory| Destination {
        directory,
        key: NewKey::default(),
        secret: passphrase,
        named_curve_twin: false,
    };
    let csca = directory::init_csca(to(&csca_path), &options, now, random)?;
    let signer = csca.signer(passphrase)?;
    let options = DocumentSignerOptions::new("Specimen Document Signer");
    Ok(csca.issue_document_signer(&signer, to(&ds_path), &options, now, random)?)
}
