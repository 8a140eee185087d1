//! `eid card pin change|unblock|resume`: what a holder does with PIN and PUK.

use std::path::PathBuf;

use serde::Serialize;

use super::super::ReaderArguments;
use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::{Failure, chip};
use super::super::secrets::{self, Secret};
use crate::terminal::password::Password;
use crate::terminal::pin::{self, PinError};
use crate::terminal::reader::{AccessError, ChipReader};

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum PinCommand {
    /// Set another PIN, knowing the one that the card has
    Change(ChangeArguments),
    /// Unblock the PIN with the PUK, and set a new one with --new-pin-file or --new-pin
    Unblock(UnblockArguments),
    /// Use the last try of a suspended PIN, after the CAN
    Resume(ResumeArguments),
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ChangeArguments {
    #[command(flatten)]
    reader: ReaderArguments,
    /// File with the PIN [default: EID_PIN, else a prompt]
    #[arg(long, value_name = "FILE")]
    pin_file: Option<PathBuf>,
    /// File with the new PIN [default: EID_NEW_PIN, else a prompt]
    #[arg(long, value_name = "FILE")]
    new_pin_file: Option<PathBuf>,
    /// Card access number: with it a suspended PIN is resumed
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    can: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct UnblockArguments {
    #[command(flatten)]
    reader: ReaderArguments,
    /// File with the PUK [default: EID_PUK, else a prompt]
    #[arg(long, value_name = "FILE")]
    puk_file: Option<PathBuf>,
    /// File with a new PIN
    #[arg(long, value_name = "FILE", conflicts_with = "new_pin")]
    new_pin_file: Option<PathBuf>,
    /// Ask for a new PIN (EID_NEW_PIN, else a prompt); otherwise the PIN stays
    #[arg(long)]
    new_pin: bool,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ResumeArguments {
    #[command(flatten)]
    reader: ReaderArguments,
    /// Card access number
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    can: String,
    /// File with the PIN [default: EID_PIN, else a prompt]
    #[arg(long, value_name = "FILE")]
    pin_file: Option<PathBuf>,
}

const PIN: Secret = Secret {
    name: "PIN",
    variable: "EID_PIN",
    option: "--pin-file",
};
const NEW_PIN: Secret = Secret {
    name: "new PIN",
    variable: "EID_NEW_PIN",
    option: "--new-pin-file",
};
const PUK: Secret = Secret {
    name: "PUK",
    variable: "EID_PUK",
    option: "--puk-file",
};

#[derive(Serialize)]
struct PinJson {
    schema: &'static str,
    done: &'static str,
}

pub(super) fn run(command: &PinCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let secret = |secret: &Secret, file: &Option<PathBuf>| {
        secrets::secret(context.environment, secret, file.as_deref())
    };
    let pin = |file| -> Result<Password, Failure> { Ok(Password::pin(&secret(&PIN, file)?)?) };
    let new_pin = |file| -> Result<Password, Failure> { Ok(Password::pin(&secret(&NEW_PIN, file)?)?) };
    // Everything is asked for before the card is touched.
    let (done, sentence, result) = match command {
        PinCommand::Change(arguments) => {
            let can = arguments.can.as_deref().map(Password::can).transpose()?;
            let (old, new) = (pin(&arguments.pin_file)?, new_pin(&arguments.new_pin_file)?);
            let mut reader = ChipReader::new(context.open_reader(&arguments.reader)?, context.random());
            let result = pin::change(&mut reader, &old, can.as_ref(), &new);
            ("changed", "the PIN is changed", result)
        }
        PinCommand::Unblock(arguments) => {
            let puk = Password::puk(&secret(&PUK, &arguments.puk_file)?)?;
            let new = match arguments.new_pin || arguments.new_pin_file.is_some() {
                true => Some(new_pin(&arguments.new_pin_file)?),
                false => None,
            };
            let mut reader = ChipReader::new(context.open_reader(&arguments.reader)?, context.random());
            let result = pin::unblock(&mut reader, &puk, new.as_ref());
            ("unblocked", "the PIN has all its tries again", result)
        }
        PinCommand::Resume(arguments) => {
            let can = Password::can(&arguments.can)?;
            let old = pin(&arguments.pin_file)?;
            let mut reader = ChipReader::new(context.open_reader(&arguments.reader)?, context.random());
            let result = pin::resume(&mut reader, &can, &old);
            ("resumed", "the PIN is right and has all its tries again", result)
        }
    };
    result?;
    let object = PinJson {
        schema: "eid.card.pin/1",
        done,
    };
    context
        .output
        .result(&object, |out| writeln!(out, "{sentence}"))?;
    Ok(ExitCode::Success)
}

impl From<PinError> for Failure {
    fn from(error: PinError) -> Self {
        if let Some(transport) = error.transport() {
            return transport.clone().into();
        }
        let message = error.to_string();
        let wrong = |id, hint: &str| Self::new(ExitCode::WrongPassword, id, message.clone(), hint);
        match &error {
            PinError::Wrong { remaining: 0 } => wrong(
                "pin.wrong",
                "it is blocked now: `eid card pin unblock` with the PUK, or the issuer, unblocks it",
            ),
            PinError::Wrong { remaining: 1 } => wrong(
                "pin.wrong",
                "it is suspended now: look the PIN up, then use `eid card pin resume` with the CAN",
            ),
            PinError::Wrong { .. } => wrong("pin.wrong", "look the PIN up before the next try"),
            PinError::Suspended => wrong("pin.suspended", "give --can, or use `eid card pin resume`"),
            PinError::Blocked => wrong(
                "pin.blocked",
                "`eid card pin unblock` with the PUK, or the issuer with `eid card unblock`, unblocks it",
            ),
            PinError::PukUsedUp => wrong(
                "pin.puk_used_up",
                "the issuer unblocks the PIN with `eid card unblock`",
            ),
            PinError::None(_) => Self::input("card.no_pin", message, "its profile gave it none"),
            PinError::Access(access) if access.is_wrong_password() => wrong(
                "pin.wrong_can_or_puk",
                "compare it with the card, or with the letter that came with it",
            ),
            PinError::Access(AccessError::CanWithoutPace) => Self::input(
                "card.no_pin",
                "the card has no PACE and so no PIN",
                "it cannot have one",
            ),
            _ => chip(message),
        }
    }
}
