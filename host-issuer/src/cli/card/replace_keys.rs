//! `eid card replace-keys`: an issued card is administered with other keys from now on.

use std::path::PathBuf;

use personalization::keys::IssuerMasterKeys;
use serde::Serialize;

use super::super::ReaderArguments;
use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::super::keys::PassphraseArguments;
use super::super::verify::PasswordArguments;
use super::administer::{confirm, failure};
use crate::load::administration::Administration;
use crate::load::scp03::StaticKeys;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ReplaceKeysArguments {
    #[command(flatten)]
    reader: ReaderArguments,
    #[command(flatten)]
    password: PasswordArguments,
    /// The issuer's master keys that the card is administered with so far
    #[arg(long, value_name = "FILE")]
    issuer_keys: Option<PathBuf>,
    #[command(flatten)]
    passphrase: PassphraseArguments,
    /// The master keys that it is to be administered with
    #[arg(long, value_name = "FILE")]
    new_issuer_keys: PathBuf,
    /// File with their passphrase [default: EID_PASSPHRASE, else a prompt]
    #[arg(long, value_name = "FILE")]
    new_passphrase_file: Option<PathBuf>,
    /// Do not ask before the keys are replaced
    #[arg(long)]
    force: bool,
}

#[derive(Serialize)]
struct ReplaceKeysJson {
    schema: &'static str,
    serial: String,
    done: &'static str,
    /// Tells which master keys the card has now, and tells nothing of them.
    check_value: String,
}

pub(super) fn run(arguments: &ReplaceKeysArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let password = arguments.password.password()?;
    let keys_path = context.path(arguments.issuer_keys.as_deref(), "issuer-keys")?;
    let passphrase = context.passphrase(arguments.passphrase.file(), "the issuer's master keys")?;
    let issuer_keys = IssuerMasterKeys::open(&keys_path, &passphrase)?;
    let passphrase = context.passphrase(
        arguments.new_passphrase_file.as_deref(),
        "the issuer's new master keys",
    )?;
    let new_keys = IssuerMasterKeys::open(&arguments.new_issuer_keys, &passphrase)?;
    if !arguments.force {
        let question = "Administer the card in the reader with the new keys alone from now on? Type yes";
        confirm(context, question, "yes")?;
    }
    let transport = context.open_reader(&arguments.reader)?;
    let failed = |error| failure(None, &error);
    let keys_of = |serial: &_| StaticKeys::from(&issuer_keys.administration_keys(serial));
    let mut card =
        Administration::open(transport, &password, keys_of, &mut context.random()).map_err(failed)?;
    let serial = *card.serial();
    card.replace_keys(&StaticKeys::from(&new_keys.administration_keys(&serial)))
        .map_err(failed)?;
    let object = ReplaceKeysJson {
        schema: "eid.card.replace_keys/1",
        serial: hex::encode_upper(serial),
        done: "administration_keys_replaced",
        check_value: new_keys.check_value(),
    };
    context.output.result(&object, |out| {
        writeln!(
            out,
            "chip {}: administered with the master keys of check value {} from now on",
            object.serial, object.check_value
        )
    })?;
    Ok(ExitCode::Success)
}
