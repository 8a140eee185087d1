//! `eid card application write`: through SCP03 under the application's own keys, as its issuer.

use std::path::PathBuf;

use card_applet::wire::status::StatusWord;
use personalization::keys::IssuerMasterKeys;
use serde::Serialize;

use super::super::super::ReaderArguments;
use super::super::super::context::Context;
use super::super::super::exit_code::ExitCode;
use super::super::super::failure::{Failure, chip};
use super::super::super::keys::PassphraseArguments;
use super::super::super::progress::Progress;
use super::super::super::verify::PasswordArguments;
use super::{FileArguments, not_there};
use crate::load::LoadError;
use crate::load::application::{ApplicationSession, FileName, SELECT_APPLICATION};
use crate::load::scp03::{Scp03Error, StaticKeys};
use crate::terminal::life_cycle::LifeCycle;
use crate::terminal::reader::ChipReader;

/// No file of an application is longer, whatever made the card.
const MAX_CONTENT: u64 = 32 * 1024;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct WriteArguments {
    #[command(flatten)]
    reader: ReaderArguments,
    #[command(flatten)]
    password: PasswordArguments,
    #[command(flatten)]
    file: FileArguments,
    /// File with the bytes to write, from the beginning of the card's file on; what is behind them stays
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The application's master keys
    #[arg(long, value_name = "FILE")]
    application_keys: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArguments,
    /// Read the bytes back and compare them
    #[arg(long)]
    read_back: bool,
}

#[derive(Serialize)]
struct WriteJson {
    schema: &'static str,
    serial: String,
    aid: String,
    file: String,
    length: usize,
    /// UPDATE BINARY commands that it took: the chip makes each true as a whole or not at all.
    commands: usize,
    read_back: bool,
}

pub(super) fn run(arguments: &WriteArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let password = arguments.password.password()?;
    let file = arguments.file.file()?;
    let content = context.environment.disk.read(&arguments.from, MAX_CONTENT)?;
    if content.is_empty() {
        return Err(Failure::input(
            "application.empty",
            format!("{}: empty", arguments.from.display()),
            "a file of a card keeps its length: write the bytes that stand for nothing",
        ));
    }
    let name = &arguments.file.application;
    let what = format!("the master keys of {name}");
    let passphrase = context.passphrase(arguments.passphrase.file(), &what)?;
    let master = IssuerMasterKeys::open(&arguments.application_keys, &passphrase)?;

    let mut reader = ChipReader::new(context.open_reader(&arguments.reader)?, context.random());
    let aid = arguments.file.aid(&mut reader)?;
    let failed = |error: LoadError| failure(name, file, &error);
    let keys_of = |serial: &_| StaticKeys::from(&master.application_keys(serial, &aid));
    let mut random = context.random();
    let mut session =
        ApplicationSession::open(reader.into_transport(), &password, &aid, keys_of, &mut random)
            .map_err(failed)?;

    let bytes = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let bar = Progress::new(context.output, bytes(content.len()));
    let mut progress = |done| bar.set(bytes(done), bytes(content.len()), "writing");
    let commands = session.write(file, &content, &mut progress).map_err(failed)?;
    drop(bar);
    if arguments.read_back && session.read(file, content.len()).map_err(failed)? != content {
        return Err(chip(format!("{file} of {name} differs from what was written")));
    }
    let object = WriteJson {
        schema: "eid.card.application.write/1",
        serial: hex::encode_upper(session.serial()),
        aid: hex::encode_upper(&aid),
        file: file.to_string(),
        length: content.len(),
        commands,
        read_back: arguments.read_back,
    };
    context.output.result(&object, |out| {
        let read_back = if object.read_back {
            ", read back and right"
        } else {
            ""
        };
        writeln!(
            out,
            "chip {}: {} bytes in {} of {name}{read_back}",
            object.serial, object.length, object.file
        )
    })?;
    Ok(ExitCode::Success)
}

fn failure(name: &str, file: FileName, error: &LoadError) -> Failure {
    if let Some(transport) = error.transport() {
        let failure = Failure::from(transport.clone());
        return Failure {
            hint: format!(
                "{}; what was written before stands, so write the file again",
                failure.hint
            ),
            ..failure
        };
    }
    if error.is_wrong_issuer_key() {
        return Failure::new(
            ExitCode::IssuerKey,
            "application.keys",
            format!("{name}: {error}"),
            "use the master keys that the card was issued with for this application; after ten failures it refuses for good",
        );
    }
    let input = |id, message: String, hint: &str| Failure::input(id, message, hint);
    match error {
        LoadError::Access(access) => access.clone().into(),
        LoadError::NotOperational {
            life_cycle: LifeCycle::Terminated,
        } => input(
            "card.terminated",
            "this card is dead: its issuer ended its life".to_owned(),
            "`eid card info` says what a card is",
        ),
        LoadError::NotOperational { .. } => input(
            "card.not_issued",
            format!("{error}"),
            "an application is written after the card was issued",
        ),
        LoadError::Refused { step, status } if step == SELECT_APPLICATION => match *status {
            StatusWord::FILE_NOT_FOUND => not_there(name),
            StatusWord::DEACTIVATED => input(
                "card.deactivated",
                "this card is out of service: its issuer deactivated it".to_owned(),
                "`eid card info` says what a card is",
            ),
            _ => chip(error.to_string()),
        },
        LoadError::Scp03(Scp03Error::Refused { status, .. })
            if *status == StatusWord::CONDITIONS_NOT_SATISFIED =>
        {
            input(
                "application.no_keys",
                format!("{name} has no keys of its own on this card, or the card is not activated"),
                "only applications that the card's profile lets write have keys; `eid card info` says in which state a card is",
            )
        }
        LoadError::Refused { status, .. } => match *status {
            StatusWord::FILE_NOT_FOUND => input(
                "application.no_file",
                format!("{name} has no {file}"),
                "the profile of the card, or its application's issuer, says which files there are",
            ),
            StatusWord::SECURITY_STATUS_NOT_SATISFIED => input(
                "application.not_writable",
                format!("{file} of {name} is not to be written"),
                "its rule lets nobody change it",
            ),
            StatusWord::WRONG_OFFSET => input(
                "application.too_long",
                format!("{file} of {name} is shorter than what is to be written"),
                "files of a card keep their length; nothing was written",
            ),
            _ => chip(error.to_string()),
        },
        _ => chip(error.to_string()),
    }
}
