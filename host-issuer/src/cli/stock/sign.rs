//! `eid stock sign`: what a maker of chips does before they are delivered.

use std::path::PathBuf;

use personalization::signer::FileSigner;
use personalization::stock::delivery::{Delivery, MAX_DELIVERY_BYTES};
use personalization::stock::maker::{self, MakerPublicKey};
use serde::Serialize;

use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::super::keys::PassphraseArguments;
use crate::environment::Access;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct SignArguments {
    /// The maker's private key, as `eid keys maker` made it
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArguments,
    /// The delivery to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Stock manifests, of single chips or in lists
    #[arg(value_name = "MANIFEST", required = true)]
    files: Vec<PathBuf>,
}

#[derive(Serialize)]
struct SignJson {
    schema: &'static str,
    file: String,
    chips: usize,
    maker_key: String,
}

pub(super) fn run(arguments: &SignArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let mut chips = Vec::new();
    for path in &arguments.files {
        let text = context.read_text(path, MAX_DELIVERY_BYTES)?;
        let delivery =
            Delivery::from_json(&text).map_err(|error| Failure::from(error).about(path.display()))?;
        chips.extend(delivery.chips);
    }
    let passphrase = context.passphrase(arguments.passphrase.file(), "the maker's key")?;
    let signer = FileSigner::open(&arguments.key, &passphrase)?;
    let maker = MakerPublicKey::of(&signer).ok_or_else(|| {
        Failure::input(
            "stock.maker_key",
            format!("{}: not a key of P-256", arguments.key.display()),
            "`eid keys maker` makes one",
        )
    })?;
    let text = maker::sign(&chips, &signer).map_err(|error| Failure::from(&error))?;
    context
        .environment
        .disk
        .write(&arguments.out, text.as_bytes(), Access::Public)?;
    let object = SignJson {
        schema: "eid.stock.sign/1",
        file: arguments.out.display().to_string(),
        chips: chips.len(),
        maker_key: hex::encode_upper(maker.fingerprint()),
    };
    context.output.result(&object, |out| {
        writeln!(out, "{}: {}, signed", object.file, super::chips(object.chips))?;
        writeln!(out, "  maker's key  SHA-256 {}", object.maker_key)
    })?;
    Ok(ExitCode::Success)
}
