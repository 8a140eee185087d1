//! `eid stock generate-keys`: the chip in the reader draws the keys of a profile, ahead of its issuance.

use std::path::PathBuf;

use personalization::keys::IssuerMasterKeys;
use serde::Serialize;

use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::super::keys::PassphraseArguments;
use super::super::{ReaderArguments, profile};
use super::arguments::StockArguments;
use super::show::KeyJson;
use crate::load;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct GenerateKeysArguments {
    #[command(flatten)]
    reader: ReaderArguments,
    #[command(flatten)]
    stock: StockArguments,
    /// Card profile whose keys are drawn: name or TOML file
    #[arg(short, long, value_name = "PROFILE")]
    profile: String,
    /// The issuer's master keys
    #[arg(long, value_name = "FILE")]
    issuer_keys: Option<PathBuf>,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

#[derive(Serialize)]
struct GenerateKeysJson {
    schema: &'static str,
    serial: String,
    next_sequence: Option<u32>,
    keys: Vec<KeyJson>,
}

pub(super) fn run(arguments: &GenerateKeysArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let stock = arguments.stock.open()?;
    let profile = profile::load(context, &arguments.profile)?;
    let specs = profile.chip_keys();
    if specs.is_empty() {
        return Err(Failure::usage(
            format!(
                "--profile {}: its cards have no keys of their own",
                arguments.profile
            ),
            "chips for such cards need no preparation; `eid profile show` prints a profile",
        ));
    }
    let keys_path = context.path(arguments.issuer_keys.as_deref(), "issuer-keys")?;
    let passphrase = context.passphrase(arguments.passphrase.file(), "the issuer's master keys")?;
    let issuer_keys = IssuerMasterKeys::open(&keys_path, &passphrase)?;
    let transport = context.open_reader(&arguments.reader)?;
    let manifest = load::draw_keys_ahead(
        transport,
        &mut context.random(),
        |serial| issuer_keys.chip_keys(serial),
        |serial| {
            let manifest = stock.chip(serial)?;
            // From now on the chip does not have the keys that stand there; if this breaks off, nothing vouches for any.
            stock.replace(&manifest.clone().without_keys())?;
            Ok::<_, Failure>(manifest)
        },
        specs,
    )?;
    stock.replace(&manifest)?;
    let object = GenerateKeysJson {
        schema: "eid.stock.generate-keys/1",
        serial: hex::encode_upper(manifest.serial()),
        next_sequence: manifest.next_sequence(),
        keys: manifest.keys().iter().map(KeyJson::of).collect(),
    };
    context.output.result(&object, |out| {
        writeln!(out, "chip {} drew its keys; the stock has them", object.serial)?;
        object.keys.iter().try_for_each(|key| key.print(out))
    })?;
    Ok(ExitCode::Success)
}
