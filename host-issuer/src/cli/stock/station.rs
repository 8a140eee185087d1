//! `eid stock list` and `eid stock show` of a station: what the ledger knows of its chips, and of the one on the reader.

use serde::Serialize;

use super::super::ReaderArguments;
use super::super::context::Context;
use super::super::desk::OpenStation;
use super::super::exit_code::ExitCode;
use super::super::failure::{Failure, chip};
use crate::ledger::LedgerStore as _;
use crate::ledger::event::{CardState, ChipState};
use crate::ledger::view::{CardFilter, ChipFilter, ChipView};
use crate::load::serial::{self, SerialError};
use crate::terminal::life_cycle::{self, LifeCycle};
use crate::terminal::link::{CardLink, LinkError};

#[derive(Serialize)]
struct ListJson {
    schema: &'static str,
    station: String,
    chips: Vec<EntryJson>,
}

#[derive(Serialize)]
struct EntryJson {
    serial: String,
    state: &'static str,
    station: String,
    delivery: String,
    applet_version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize)]
struct ShowJson {
    schema: &'static str,
    serial: String,
    known: bool,
    /// As the chip on the reader says itself, where one was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    life_cycle: Option<&'static str>,
    #[serde(flatten)]
    chip: Option<EntryJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<String>,
    cards: Vec<CardJson>,
    next: &'static str,
}

#[derive(Serialize)]
struct CardJson {
    card_id: String,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_at: Option<String>,
}

impl EntryJson {
    fn of(chip: ChipView) -> Self {
        Self {
            serial: chip.serial,
            state: chip.state.name(),
            station: chip.station,
            delivery: chip.delivery,
            applet_version: chip.applet_version,
            reason: chip.reason,
        }
    }
}

/// Lists the chips that are at the station.
pub(super) fn list(
    station: &OpenStation,
    state: Option<ChipState>,
    context: &Context<'_>,
) -> Result<ExitCode, Failure> {
    let name = station.directory.name();
    let chips = station.ledger.chips(&ChipFilter {
        station: Some(name.to_owned()),
        state,
        ..ChipFilter::default()
    })?;
    let object = ListJson {
        schema: "eid.stock.station/1",
        station: name.to_owned(),
        chips: chips.into_iter().map(EntryJson::of).collect(),
    };
    context.output.result(&object, |out| {
        for chip in &object.chips {
            let reason = chip
                .reason
                .as_ref()
                .map_or(String::new(), |reason| format!("  {reason}"));
            writeln!(
                out,
                "{}  {:<13} applet {}  delivery {}{reason}",
                chip.serial, chip.state, chip.applet_version, chip.delivery
            )?;
        }
        writeln!(out, "{} at {}", super::chips(object.chips.len()), object.station)
    })?;
    Ok(ExitCode::Success)
}

/// A chip on a reader.
pub(super) struct Seen {
    /// Its serial number, while it tells: before it is a card.
    pub(super) serial: Option<String>,
    /// As it says itself.
    pub(super) life_cycle: LifeCycle,
}

/// Asks the chip on the reader which one it is. That proves nothing: a chip says what it likes.
pub(super) fn chip_on_reader(arguments: &ReaderArguments, context: &Context<'_>) -> Result<Seen, Failure> {
    let transport = context.open_reader(arguments)?;
    let mut link = CardLink::new(transport);
    let life_cycle = life_cycle::read(&mut link).map_err(link_failure)?;
    let serial = serial::read(&mut link, life_cycle, &mut context.random())?;
    // Ends the half-opened session, so that nothing of it is left in the chip.
    link.into_transport().reset()?;
    Ok(Seen {
        serial: serial.map(hex::encode_upper),
        life_cycle,
    })
}

fn link_failure(error: LinkError) -> Failure {
    match error.transport() {
        Some(transport) => transport.clone().into(),
        None => chip(error.to_string()),
    }
}

impl From<SerialError> for Failure {
    fn from(error: SerialError) -> Self {
        match error {
            SerialError::Link(error) => link_failure(error),
            SerialError::Scp03(error) => Self::internal(error.to_string()),
        }
    }
}

/// Says what the ledger knows of the chip on the reader.
pub(super) fn show_on_reader(
    station: &OpenStation,
    reader: &ReaderArguments,
    context: &Context<'_>,
) -> Result<ExitCode, Failure> {
    let seen = chip_on_reader(reader, context)?;
    match seen.serial {
        Some(serial) => show(station, serial, Some(seen.life_cycle), context),
        None => Err(Failure::input(
            "stock.silent_chip",
            format!(
                "the chip does not tell its serial number: {}",
                seen.life_cycle.name()
            ),
            "a card tells nothing before it is opened; `eid verify` reads it, and its receipt names the chip",
        )),
    }
}

/// Says what the ledger knows of a chip.
pub(super) fn show(
    station: &OpenStation,
    serial: String,
    life_cycle: Option<LifeCycle>,
    context: &Context<'_>,
) -> Result<ExitCode, Failure> {
    let chip = station.ledger.chip(&serial)?;
    let cards = station.ledger.cards(&CardFilter {
        chip: Some(serial.clone()),
        ..CardFilter::default()
    })?;
    let next = next(chip.as_ref(), station.directory.name());
    let known = chip.is_some();
    let object = ShowJson {
        schema: "eid.stock.station-chip/1",
        serial,
        known,
        life_cycle: life_cycle.map(LifeCycle::name),
        job: chip.as_ref().and_then(|chip| chip.job.clone()),
        chip: chip.map(EntryJson::of),
        cards: cards
            .into_iter()
            .map(|card| CardJson {
                card_id: card.card_id,
                state: CardState::name(card.state),
                issued_at: card.issued_at,
            })
            .collect(),
        next,
    };
    context.output.result(&object, |out| {
        writeln!(out, "serial      {}", object.serial)?;
        if let Some(life_cycle) = object.life_cycle {
            writeln!(out, "life cycle  {life_cycle}, as it says itself")?;
        }
        if let Some(chip) = &object.chip {
            let reason = chip
                .reason
                .as_ref()
                .map_or(String::new(), |reason| format!(": {reason}"));
            writeln!(out, "state       {}{reason}", chip.state)?;
            writeln!(out, "station     {}", chip.station)?;
            writeln!(
                out,
                "delivery    {}, applet {}",
                chip.delivery, chip.applet_version
            )?;
        }
        if let Some(job) = &object.job {
            writeln!(out, "job         {job}")?;
        }
        for card in &object.cards {
            writeln!(out, "card        {} {}", card.card_id, card.state)?;
        }
        writeln!(out, "next        {}", object.next)
    })?;
    Ok(if known { ExitCode::Success } else { ExitCode::Input })
}

/// What can be done with it.
fn next(chip: Option<&ChipView>, station: &str) -> &'static str {
    let Some(chip) = chip else {
        return "keep it apart: nobody delivered it; `eid stock register` takes a delivery in";
    };
    if chip.station != station {
        return "it belongs to another station: send it there, or take its hand-over in with `eid stock receive`";
    }
    match chip.state {
        ChipState::Blank => "a card can be made of it",
        ChipState::InProduction => {
            "a card is being made of it; `eid batch resume` settles what was broken off"
        }
        ChipState::Issued => "it is a card: hand it out; `eid stock spoil` where it is of no use",
        ChipState::Quarantined => "keep it apart; `eid stock release` or `eid stock destroy`, by two people",
        ChipState::Spoiled => "keep it until `eid stock destroy`, by two people",
        ChipState::Destroyed => "by the ledger it is no more: keep it apart, and find out why it is here",
    }
}
