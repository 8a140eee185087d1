//! `eid ledger init`: a station begins.

use std::path::PathBuf;

use personalization::approval::Officer;
use personalization::signer::{FileSigner, Signer as _};
use rand_core::TryRng as _;
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::keys::PassphraseArguments;
use crate::ledger::event::Role;
use crate::ledger::sqlite::SqliteLedger;
use crate::ledger::{Entry, Event};
use crate::station::jobs::STATION_ACTOR;
use crate::station::officers;
use crate::station::place::NewStation;
use crate::station::vault::Vault;

/// A public file of an officer has less than a kilobyte.
const SIZE_LIMIT: u64 = 64 * 1024;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct InitArguments {
    /// Directory of the station, which is made
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// Name of the station, such as hn-01
    #[arg(long, value_name = "NAME")]
    name: String,
    /// An officer: the public file that `eid approve init` wrote, and `operator`, `supervisor` or `auditor`. Two at
    /// least, one of them a supervisor
    #[arg(long = "officer", value_name = "FILE:ROLE", required = true, value_parser = officers::parse_with_role)]
    officers: Vec<(PathBuf, Role)>,
    /// Where to keep the key of the personal data [default: vault.key in the directory]
    #[arg(long, value_name = "FILE")]
    vault_key: Option<PathBuf>,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

#[derive(Serialize)]
struct InitJson<'a> {
    schema: &'static str,
    directory: String,
    name: &'a str,
    ledger: &'a str,
    checkpoint_key: &'a str,
}

pub(super) fn run(arguments: &InitArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let disk = &*context.environment.disk;
    let mut entries = Vec::new();
    for (file, role) in &arguments.officers {
        let officer = Officer::from_json(&disk.read(file, SIZE_LIMIT)?)
            .map_err(|error| Failure::from(error).about(file.display()))?;
        entries.push(officers::entry(&officer, *role));
    }
    let first_officers = officers::first_set(entries)?;
    let new = NewStation::begin(&arguments.directory, &arguments.name, disk)?;
    let passphrase = context.new_passphrase(arguments.passphrase.file(), "the station's keys")?;
    let mut random = context.random();
    let signer = FileSigner::generate(&mut random)?;
    signer.save(&new.layout().checkpoint_key(), &passphrase, &mut random)?;
    let vault_key = arguments
        .vault_key
        .clone()
        .unwrap_or_else(|| new.layout().vault_key());
    Vault::create(&vault_key, &passphrase, &mut random)?;
    let mut identifier = [0; 16];
    random
        .try_fill_bytes(&mut identifier)
        .map_err(|error| Failure::internal(format!("random numbers: {error}")))?;
    let (ledger, checkpoint_key) = (hex::encode(identifier), hex::encode(signer.public_point()));
    let now = context.environment.clock.now();
    let opened = Event::Opened {
        ledger: ledger.clone(),
        checkpoint_key: checkpoint_key.clone(),
    };
    let entries =
        [opened, first_officers].map(|event| Entry::new(now, &arguments.name, STATION_ACTOR, event));
    drop(SqliteLedger::create(&new.layout().ledger(), &entries)?);
    let station = new.finish(&ledger, disk)?;
    let object = InitJson {
        schema: "eid.ledger.init/1",
        directory: arguments.directory.display().to_string(),
        name: station.name(),
        ledger: &ledger,
        checkpoint_key: &checkpoint_key,
    };
    context.output.result(&object, |out| {
        writeln!(out, "station         {} in {}", object.name, object.directory)?;
        writeln!(out, "ledger          {ledger}")?;
        writeln!(out, "checkpoint key  {checkpoint_key}")
    })?;
    context.output.progress(&format!(
        "keep a copy of {} and its passphrase in another place; anchor the ledger outside this station with `eid ledger anchor`",
        vault_key.display()
    ));
    Ok(ExitCode::Success)
}
