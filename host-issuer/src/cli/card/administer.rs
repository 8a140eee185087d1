//! `eid card deactivate|reactivate|terminate|unblock`: an issued card, administered by its issuer.

use std::path::PathBuf;

use card_applet::wire::status::StatusWord;
use personalization::keys::IssuerMasterKeys;
use serde::Serialize;

use super::super::ReaderArguments;
use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::{Failure, chip};
use super::super::keys::PassphraseArguments;
use super::super::verify::PasswordArguments;
use crate::load::LoadError;
use crate::load::administration::Administration;
use crate::load::scp03::{Scp03Error, StaticKeys};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct AdministerArguments {
    #[command(flatten)]
    reader: ReaderArguments,
    #[command(flatten)]
    password: PasswordArguments,
    /// The issuer's master keys
    #[arg(long, value_name = "FILE")]
    issuer_keys: Option<PathBuf>,
    #[command(flatten)]
    passphrase: PassphraseArguments,
    /// Do not ask before the card is taken out of service or its life is ended
    #[arg(long)]
    force: bool,
}

/// What is done to the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Deactivate,
    Reactivate,
    Terminate,
    Unblock,
}

impl Act {
    /// What a person confirms; `None` for what harms nobody.
    fn question(self) -> Option<&'static str> {
        match self {
            Self::Deactivate => Some("Take the card in the reader out of service? Type yes"),
            Self::Terminate => Some(
                "End the life of the card in the reader, for good, and erase all it holds? Type terminate",
            ),
            Self::Reactivate | Self::Unblock => None,
        }
    }

    fn answer(self) -> &'static str {
        match self {
            Self::Terminate => "terminate",
            _ => "yes",
        }
    }

    fn done(self) -> &'static str {
        match self {
            Self::Deactivate => "deactivated",
            Self::Reactivate => "reactivated",
            Self::Terminate => "terminated",
            Self::Unblock => "pin_unblocked",
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Self::Deactivate => "out of service",
            Self::Reactivate => "in service again",
            Self::Terminate => "terminated; it holds nothing any more",
            Self::Unblock => "its PIN has all tries again",
        }
    }
}

#[derive(Serialize)]
struct AdministerJson {
    schema: &'static str,
    serial: String,
    done: &'static str,
}

pub(super) fn run(
    act: Act,
    arguments: &AdministerArguments,
    context: &Context<'_>,
) -> Result<ExitCode, Failure> {
    let password = arguments.password.password()?;
    let keys_path = context.path(arguments.issuer_keys.as_deref(), "issuer-keys")?;
    let passphrase = context.passphrase(arguments.passphrase.file(), "the issuer's master keys")?;
    let issuer_keys = IssuerMasterKeys::open(&keys_path, &passphrase)?;
    if let (false, Some(question)) = (arguments.force, act.question()) {
        confirm(context, question, act.answer())?;
    }
    let transport = context.open_reader(&arguments.reader)?;
    let failed = |error| failure(Some(act), &error);
    let keys_of = |serial: &_| StaticKeys::from(&issuer_keys.administration_keys(serial));
    let mut card =
        Administration::open(transport, &password, keys_of, &mut context.random()).map_err(failed)?;
    let serial = hex::encode_upper(card.serial());
    match act {
        Act::Deactivate => card.deactivate(),
        Act::Reactivate => card.reactivate(),
        Act::Unblock => card.unblock_pin(),
        Act::Terminate => card.terminate().map(drop),
    }
    .map_err(failed)?;
    let object = AdministerJson {
        schema: "eid.card.administer/1",
        serial,
        done: act.done(),
    };
    context.output.result(&object, |out| {
        writeln!(out, "chip {}: {}", object.serial, act.sentence())
    })?;
    Ok(ExitCode::Success)
}

/// Asks for a word before something that cannot be taken back.
pub(super) fn confirm(context: &Context<'_>, question: &str, expected: &str) -> Result<(), Failure> {
    let answer = context
        .environment
        .console
        .ask_secret(question)
        .ok()
        .flatten()
        .ok_or_else(|| {
            Failure::usage(
                "there is no terminal to ask at",
                "give --force to do it without asking",
            )
        })?;
    if answer.trim() == expected {
        return Ok(());
    }
    Err(Failure::new(
        ExitCode::Interrupted,
        "card.not_confirmed",
        "not confirmed, nothing was done",
        format!("type {expected}, or give --force"),
    ))
}

/// What went wrong with an act, or with the replacement of keys.
pub(super) fn failure(act: Option<Act>, error: &LoadError) -> Failure {
    if let Some(transport) = error.transport() {
        let failure = Failure::from(transport.clone());
        return Failure {
            hint: format!(
                "{}; `eid card info` says in which state the card is",
                failure.hint
            ),
            ..failure
        };
    }
    if let LoadError::Access(access) = error {
        return access.clone().into();
    }
    let not_administered = matches!(
        error,
        LoadError::NotOperational { .. } | LoadError::Scp03(Scp03Error::NoSuchKeys { .. })
    );
    if not_administered || error.is_no_blank_chip() {
        return Failure::input(
            "card.not_administered",
            "the card in the reader cannot be administered: it is not issued, terminated, or was issued without these keys",
            "`eid card info` says what a card is",
        );
    }
    if error.is_wrong_issuer_key() {
        return Failure::new(
            ExitCode::IssuerKey,
            "chip.issuer_key",
            error.to_string(),
            "use the master keys that this card was issued with; after ten failures it refuses for good",
        );
    }
    match (act, error) {
        (Some(Act::Unblock), LoadError::Refused { status, .. })
            if *status == StatusWord::REFERENCED_DATA_NOT_FOUND =>
        {
            Failure::input("card.no_pin", "the card has no PIN", "its profile gave it none")
        }
        (Some(act @ (Act::Deactivate | Act::Reactivate)), LoadError::Refused { status, .. })
            if *status == StatusWord::CONDITIONS_NOT_SATISFIED =>
        {
            Failure::input(
                "card.state",
                format!("the card is {} already", act.sentence()),
                "`eid card info` says in which state a card is",
            )
        }
        _ => chip(error.to_string()),
    }
}
