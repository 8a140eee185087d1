//! `eid card create|simulate|info|application`, and of an issued card `deactivate|reactivate|terminate|unblock|replace-keys`
//! and `pin`; by the ledger of its station `state|replace|reprint`

mod administer;
mod application;
mod by_ledger;
mod info;
mod pin;
mod replace;
mod replace_keys;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use card_applet::sim::{VirtualCard, vpcd};
use personalization::attestation::StockManifest;
use personalization::keys::{CHIP_SERIAL_LEN, IssuerMasterKeys};
use serde::Serialize;

use self::administer::Act;
use super::ReaderArguments;
use super::context::Context;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::keys::PassphraseArguments;
use crate::environment::Access;
use crate::load::{self, manufacture::ManufactureError};

#[derive(Debug, clap::Subcommand)]
pub(super) enum CardCommand {
    /// Manufacture a blank virtual chip that takes this issuer's keys
    Create(CreateArguments),
    /// Put a virtual chip into the PC/SC service (vpcd)
    Simulate(SimulateArguments),
    /// Take an issued card out of service
    Deactivate(administer::AdministerArguments),
    /// Put a card that was taken out of service back into it
    Reactivate(administer::AdministerArguments),
    /// End a card's life for good: it erases everything that it holds
    Terminate(administer::AdministerArguments),
    /// Give the holder's PIN its tries back
    Unblock(administer::AdministerArguments),
    /// Have a card administered with other master keys from now on
    ReplaceKeys(replace_keys::ReplaceKeysArguments),
    /// The holder's PIN: change, unblock or resume it
    #[command(subcommand)]
    Pin(pin::PinCommand),
    /// The applications of a card: list them, read and write their files
    #[command(subcommand)]
    Application(application::ApplicationCommand),
    /// Say what a card tells before it is opened, and what can be done with it
    Info(ReaderArguments),
    /// Say what a card is by the ledger of its station, or suspend it, make it valid again, revoke it there
    State(by_ledger::StateArguments),
    /// Suspend a card that is lost or broken, and say how a new one comes in its place
    Replace(Box<replace::ReplaceArguments>),
    /// Write once more what is printed on a card, while that is kept
    Reprint(by_ledger::ReprintArguments),
}

#[derive(Debug, clap::Args)]
pub(super) struct CreateArguments {
    /// File of the chip's memory, to be made
    #[arg(long, value_name = "FILE")]
    memory: PathBuf,
    /// The issuer's master keys
    #[arg(long, value_name = "FILE")]
    issuer_keys: Option<PathBuf>,
    /// Serial number, 20 hexadecimal digits [default: random]
    #[arg(long, value_name = "HEX")]
    serial: Option<String>,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

#[derive(Debug, clap::Args)]
pub(super) struct SimulateArguments {
    /// File of the chip's memory
    #[arg(long, value_name = "FILE")]
    memory: PathBuf,
    /// Where the virtual reader listens
    #[arg(long, value_name = "HOST:PORT", default_value = vpcd::DEFAULT_ADDRESS)]
    vpcd: String,
}

#[derive(Serialize)]
struct CreateJson {
    schema: &'static str,
    memory: String,
    serial: String,
    manifest: String,
}

pub(super) fn run(command: &CardCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match command {
        CardCommand::Create(arguments) => create(arguments, context),
        CardCommand::Simulate(arguments) => simulate(arguments, context),
        CardCommand::Deactivate(arguments) => administer::run(Act::Deactivate, arguments, context),
        CardCommand::Reactivate(arguments) => administer::run(Act::Reactivate, arguments, context),
        CardCommand::Terminate(arguments) => administer::run(Act::Terminate, arguments, context),
        CardCommand::Unblock(arguments) => administer::run(Act::Unblock, arguments, context),
        CardCommand::ReplaceKeys(arguments) => replace_keys::run(arguments, context),
        CardCommand::Pin(command) => pin::run(command, context),
        CardCommand::Application(command) => application::run(command, context),
        CardCommand::Info(arguments) => info::run(arguments, context),
        CardCommand::State(arguments) => by_ledger::state(arguments, context),
        CardCommand::Replace(arguments) => replace::run(arguments, context),
        CardCommand::Reprint(arguments) => by_ledger::reprint(arguments, context),
    }
}

fn create(arguments: &CreateArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let serial = match &arguments.serial {
        Some(text) => parse_serial(text)?,
        None => random_serial(context)?,
    };
    if arguments.memory.exists() {
        return Err(Failure::new(
            ExitCode::Storage,
            "storage.exists",
            format!("{}: exists already", arguments.memory.display()),
            "choose another file: a chip is never overwritten",
        ));
    }
    let keys_path = context.path(arguments.issuer_keys.as_deref(), "issuer-keys")?;
    let passphrase = context.passphrase(arguments.passphrase.file(), "the issuer's master keys")?;
    let issuer_keys = IssuerMasterKeys::open(&keys_path, &passphrase)?;
    let manifest = manifest_path(&arguments.memory);
    manufacture(context, &arguments.memory, &serial, &issuer_keys)?;
    let object = CreateJson {
        schema: "eid.card.create/1",
        memory: arguments.memory.display().to_string(),
        serial: hex::encode_upper(serial),
        manifest: manifest.display().to_string(),
    };
    context.output.result(&object, |out| {
        writeln!(out, "blank chip {} in {}", object.serial, object.memory)?;
        writeln!(out, "  stock manifest  {}", object.manifest)
    })?;
    Ok(ExitCode::Success)
}

/// Where the stock manifest of a virtual chip is, unless it is said: beside its memory.
pub(super) fn manifest_path(memory: &Path) -> PathBuf {
    let mut name = memory.as_os_str().to_owned();
    name.push(".manifest.json");
    PathBuf::from(name)
}

/// Manufactures a chip with transport keys that nobody keeps, puts the issuer's keys in their place, and writes the stock
/// manifest beside it. Leaves no file behind when that fails: such a chip would be useless.
pub(super) fn manufacture(
    context: &Context<'_>,
    memory: &Path,
    serial: &[u8; CHIP_SERIAL_LEN],
    issuer_keys: &IssuerMasterKeys,
) -> Result<StockManifest, Failure> {
    let manifest = load::manufacture::manufacture(memory, serial, &mut context.random(), |serial| {
        issuer_keys.chip_keys(serial)
    })
    .map_err(|error| match error {
        ManufactureError::Random => Failure::internal("this machine gives no random numbers"),
        ManufactureError::Memory(error) => Failure::from(error),
        ManufactureError::Load(error) => Failure::from(error),
        ManufactureError::Manifest(error) => Failure::internal(error.to_string()),
    })?;
    // The manifest is public.
    let written = context.environment.disk.write(
        &manifest_path(memory),
        manifest.to_json().as_bytes(),
        Access::Public,
    );
    if let Err(error) = written {
        // The first failure is the one to tell.
        let _ = std::fs::remove_file(memory);
        return Err(error.into());
    }
    Ok(manifest)
}

/// Ten random bytes.
pub(super) fn random_serial(context: &Context<'_>) -> Result<[u8; CHIP_SERIAL_LEN], Failure> {
    let mut serial = [0; CHIP_SERIAL_LEN];
    rand_core::TryRng::try_fill_bytes(&mut context.random(), &mut serial)
        .map_err(|_| Failure::internal("this machine gives no random numbers"))?;
    Ok(serial)
}

fn parse_serial(text: &str) -> Result<[u8; CHIP_SERIAL_LEN], Failure> {
    hex::decode(text)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| {
            Failure::usage(
                "--serial: not 20 hexadecimal digits",
                "leave it out and a random serial number is drawn",
            )
        })
}

fn simulate(arguments: &SimulateArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let mut card = VirtualCard::open(&arguments.memory).map_err(|error| {
        let detail = format!("{}: {error}", arguments.memory.display());
        Failure::from(crate::transport::TransportError::VirtualCard { detail })
    })?;
    context.output.progress(&format!(
        "{} in the reader at {}; end with Ctrl-C, which takes the card out",
        arguments.memory.display(),
        arguments.vpcd
    ));
    let stop = AtomicBool::new(false);
    vpcd::serve(&mut card, arguments.vpcd.as_str(), &stop).map_err(|error| {
        Failure::new(
            ExitCode::Reader,
            "reader.vpcd",
            format!("{}: {error}", arguments.vpcd),
            "start pcscd with the package vsmartcard-vpcd installed; its readers listen on ports 35963 and 35964",
        )
    })?;
    context.output.progress("the reader hung up");
    Ok(ExitCode::Success)
}
