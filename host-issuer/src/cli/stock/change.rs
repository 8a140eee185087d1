//! `eid stock spoil|quarantine|release|destroy`: what becomes of a chip of a station.

use serde::Serialize;

use super::super::ReaderArguments;
use super::super::context::Context;
use super::super::desk::{OperatorArguments, StationArguments};
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::super::two_people::{MaybeTwoPeopleArguments, TwoPeopleArguments};
use super::arguments::serials;
use super::station::chip_on_reader;
use crate::ledger::event::ChipState;
use crate::station::desk::Desk;
use crate::station::stock::change;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct SpoilArguments {
    #[command(flatten)]
    station: StationArguments,
    #[command(flatten)]
    operator: OperatorArguments,
    /// Why, in one line, such as print.misaligned; the report counts them
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    two: MaybeTwoPeopleArguments,
    /// Serial number
    #[arg(value_name = "SERIAL")]
    serial: String,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct QuarantineArguments {
    #[command(flatten)]
    station: StationArguments,
    #[command(flatten)]
    operator: OperatorArguments,
    /// Why, in one line
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Serial number
    #[arg(value_name = "SERIAL")]
    serial: String,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ReleaseArguments {
    #[command(flatten)]
    station: StationArguments,
    #[command(flatten)]
    operator: OperatorArguments,
    #[command(flatten)]
    two: TwoPeopleArguments,
    /// Look at the chip on this reader: it must be the one that is named, and no card yet
    #[arg(long, value_name = "READER")]
    look: Option<String>,
    /// Serial numbers, those of the request
    #[arg(value_name = "SERIAL", required = true)]
    serials: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct DestroyArguments {
    #[command(flatten)]
    station: StationArguments,
    #[command(flatten)]
    operator: OperatorArguments,
    #[command(flatten)]
    two: TwoPeopleArguments,
    /// Serial numbers, those of the request
    #[arg(value_name = "SERIAL", required = true)]
    serials: Vec<String>,
}

#[derive(Serialize)]
struct ChangedJson {
    schema: &'static str,
    chips: Vec<ChangedChipJson>,
}

#[derive(Serialize)]
struct ChangedChipJson {
    serial: String,
    state: &'static str,
}

pub(super) fn spoil(arguments: &SpoilArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let station = arguments.station.open(context)?;
    let desk = station.desk_of(&arguments.operator, context)?;
    let serials = serials("SERIAL", std::slice::from_ref(&arguments.serial))?;
    let presented = arguments.two.read(context)?;
    for serial in &serials {
        change::spoil(&desk, serial, &arguments.reason, presented.as_ref())?;
    }
    report(&desk, &serials, context)
}

pub(super) fn quarantine(
    arguments: &QuarantineArguments,
    context: &Context<'_>,
) -> Result<ExitCode, Failure> {
    let station = arguments.station.open(context)?;
    let desk = station.desk_of(&arguments.operator, context)?;
    let serials = serials("SERIAL", std::slice::from_ref(&arguments.serial))?;
    for serial in &serials {
        change::quarantine(&desk, serial, &arguments.reason)?;
    }
    report(&desk, &serials, context)
}

pub(super) fn release(arguments: &ReleaseArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let station = arguments.station.open(context)?;
    let desk = station.desk_of(&arguments.operator, context)?;
    let serials = serials("SERIAL", &arguments.serials)?;
    let presented = arguments.two.read(context)?;
    if let Some(reader) = &arguments.look {
        must_be_blank(reader, &serials, context)?;
    }
    change::release(&desk, &serials, &presented)?;
    report(&desk, &serials, context)
}

/// The chip on the reader is the one that is to be released, and can still be loaded.
fn must_be_blank(reader: &str, serials: &[String], context: &Context<'_>) -> Result<(), Failure> {
    let refused = |message: String| {
        Failure::input(
            "stock.not_blank",
            message,
            "leave it in quarantine, or destroy it with `eid stock destroy`",
        )
    };
    let arguments = ReaderArguments {
        reader: Some(reader.to_owned()),
    };
    let seen = chip_on_reader(&arguments, context)?;
    match (&seen.serial, serials) {
        (None, _) => Err(refused(format!(
            "the chip on the reader is no blank one: {}",
            seen.life_cycle.name()
        ))),
        (Some(serial), [wanted]) if serial == wanted => Ok(()),
        (Some(serial), _) => Err(refused(format!("the chip on the reader is {serial}"))),
    }
}

pub(super) fn destroy(arguments: &DestroyArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let station = arguments.station.open(context)?;
    let desk = station.desk_of(&arguments.operator, context)?;
    let serials = serials("SERIAL", &arguments.serials)?;
    let presented = arguments.two.read(context)?;
    change::destroy(&desk, &serials, &presented)?;
    report(&desk, &serials, context)
}

/// Says what they are now, as the ledger has it.
fn report(desk: &Desk<'_>, serials: &[String], context: &Context<'_>) -> Result<ExitCode, Failure> {
    let state = |serial: &String| {
        let chip = desk.store.chip(serial)?;
        Ok(ChangedChipJson {
            serial: serial.clone(),
            state: chip.map_or("unknown", |chip| ChipState::name(chip.state)),
        })
    };
    let object = ChangedJson {
        schema: "eid.stock.changed/1",
        chips: serials.iter().map(state).collect::<Result<_, Failure>>()?,
    };
    context.output.result(&object, |out| {
        object
            .chips
            .iter()
            .try_for_each(|chip| writeln!(out, "{}  {}", chip.serial, chip.state))
    })?;
    Ok(ExitCode::Success)
}
