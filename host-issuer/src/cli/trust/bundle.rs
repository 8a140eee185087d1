//! `eid trust signer|export|pin`: one signed file that carries everything to counters that are offline.

use std::path::PathBuf;

use personalization::pki::PkiError;
use personalization::pki::curves::NamedCurve;
use personalization::pki::directory::{BundleSignerDirectory, Destination, NewKey};
use personalization::signer::pkcs11::KeyKind;
use personalization::signer::{Pkcs11Uri, Signer as _};
use serde::Serialize;
use time::Duration;

use super::place::save;
use super::words::{ask_person, fingerprints};
use crate::cli::context::Context;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::keys::PassphraseArguments;
use crate::environment::Access;
use crate::inspect::{Bundle, BundleError, BundleRecord, Pin, Question, TrustError, TrustFolder, assemble};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct SignerArguments {
    /// Directory to make
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Key on P-256 in a token, by its PKCS#11 URI; made there if it is missing [default: an encrypted file]
    #[arg(long, value_name = "URI")]
    key: Option<String>,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ExportArguments {
    /// The trust folder
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
    /// Directory of the bundle signer
    #[arg(long, value_name = "DIR")]
    signer: PathBuf,
    /// Days for which counters may use the bundle
    #[arg(long, default_value_t = 30, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=366))]
    days: u16,
    /// The bundle to write; one that is there is replaced
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct PinArguments {
    /// SHA-256 of the signer's key, that you compared with what the signer told you over another channel
    #[arg(long, value_name = "SHA256")]
    accept_fingerprint: Option<String>,
    /// The bundle; the pin is written beside it
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Serialize)]
struct SignerJson {
    schema: &'static str,
    directory: String,
    fingerprint: String,
}

#[derive(Serialize)]
struct ExportJson {
    schema: &'static str,
    file: String,
    #[serde(flatten)]
    bundle: BundleRecord,
    certificates: usize,
    bytes: usize,
}

#[derive(Serialize)]
struct PinJson {
    schema: &'static str,
    file: String,
    signer: String,
    sequence: u64,
}

pub(super) fn signer(arguments: &SignerArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let uri = arguments.key.as_deref().map(token_key).transpose()?;
    let (key, secret) = match &uri {
        Some(uri) => (
            NewKey::Token {
                uri,
                kind: KeyKind::Curve(NamedCurve::P256),
            },
            context.hsm_pin(arguments.passphrase.pin_file())?,
        ),
        None => (
            NewKey::File(NamedCurve::P256),
            context.new_passphrase(arguments.passphrase.file(), "the bundle signer's key")?,
        ),
    };
    let destination = Destination {
        directory: &arguments.out,
        key,
        secret: &secret,
        named_curve_twin: false,
    };
    let made = BundleSignerDirectory::init(destination, &mut context.random())?;
    let object = SignerJson {
        schema: "eid.trust-signer/1",
        directory: arguments.out.display().to_string(),
        fingerprint: made.fingerprint(),
    };
    context.output.result(&object, |out| {
        writeln!(out, "bundle signer in {}", object.directory)?;
        writeln!(out, "SHA-256 of its key  {}", object.fingerprint)
    })?;
    context
        .output
        .progress("tell every counter this SHA-256 by another way than the bundles go");
    Ok(ExitCode::Success)
}

pub(super) fn export(arguments: &ExportArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let directory = context.path(arguments.trust.as_deref(), "trust")?;
    let signers = BundleSignerDirectory::open(&arguments.signer)?;
    let place = signers.key_place()?;
    let file = arguments.passphrase.file_for(&place, None);
    let signer = signers.signer(&context.key_secret(&place, file, "the bundle signer's key")?)?;
    let lock = TrustFolder::lock(&directory)?;
    let before = TrustFolder::open(&directory)?;
    let now = context.environment.clock.now();
    let (folder, signed) = before.to_bundle(now, now + Duration::days(i64::from(arguments.days)))?;
    let signature = signer.sign(&signed).map_err(PkiError::from)?;
    let bytes = assemble(&signed, signers.public_key_info(), &signature)
        .ok_or_else(|| Failure::internal("the bundle's signature has an impossible length"))?;
    // What was signed is read again by the code that will have to believe it.
    let bundle = Bundle::from_bytes(bytes.clone()).map_err(|error| Failure::internal(error.to_string()))?;
    // The number first: a bundle that was never written costs a number, two bundles of one number would be two truths.
    save(&folder, &before, &directory, context)?;
    context
        .environment
        .disk
        .write(&arguments.out, &bytes, Access::Public)?;
    drop(lock);
    let object = ExportJson {
        schema: "eid.trust-export/1",
        file: arguments.out.display().to_string(),
        bundle: bundle.record(),
        certificates: folder.anchors().len(),
        bytes: bytes.len(),
    };
    context.output.result(&object, |out| {
        writeln!(
            out,
            "{}: bundle {}, {} certificates, {} bytes, valid until {}",
            object.file, object.bundle.sequence, object.certificates, object.bytes, object.bundle.valid_until
        )?;
        writeln!(out, "signer's key  {}", object.bundle.signer)
    })?;
    Ok(ExitCode::Success)
}

pub(super) fn pin(arguments: &PinArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let bundle = Bundle::open(&arguments.file)?;
    let refused = |cause| TrustError::Bundle {
        path: arguments.file.clone(),
        cause,
    };
    bundle
        .must_be_valid(context.environment.clock.now())
        .map_err(refused)?;
    let pin = match Pin::read(&arguments.file)? {
        Some(known) => known.advanced_by(&bundle).map_err(refused)?,
        None => {
            let given = fingerprints("--accept-fingerprint", arguments.accept_fingerprint.as_slice())?;
            let record = bundle.record();
            let question = Question::BundleSigner(&record);
            if !given.contains(&question.fingerprint()) && !ask_person(context, &question)? {
                return Err(refused(BundleError::NotPinned(record.signer)).into());
            }
            Pin::on(&bundle)
        }
    };
    context
        .environment
        .disk
        .write(&Pin::path_for(&arguments.file), &pin.to_json()?, Access::Public)?;
    let object = PinJson {
        schema: "eid.trust-pin/1",
        file: arguments.file.display().to_string(),
        signer: pin.signer.clone(),
        sequence: pin.sequence,
    };
    context.output.result(&object, |out| {
        writeln!(
            out,
            "{}: bundles of {} are believed, from number {} on",
            object.file, object.signer, object.sequence
        )
    })?;
    Ok(ExitCode::Success)
}

fn token_key(text: &str) -> Result<Pkcs11Uri, Failure> {
    // The text is not repeated: who puts a PIN into it must not find it in a log as well.
    let uri: Pkcs11Uri = text.parse().map_err(|error| {
        Failure::usage(
            format!("--key: {error}"),
            "such as pkcs11:token=LABEL;object=NAME?module-path=/usr/lib/softhsm/libsofthsm2.so",
        )
    })?;
    uri.must_name_a_key()
        .map_err(|error| Failure::usage(format!("--key: {error}"), "add object=NAME"))?;
    Ok(uri)
}
