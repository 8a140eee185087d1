//! `eid stock recall`: which issued cards have such a chip.

use std::io::{self, Write};

use serde::Serialize;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime, Time};

use super::super::context::Context;
use super::super::desk::{OperatorArguments, StationArguments};
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use crate::ledger::event::{CardState, timestamp};
use crate::ledger::view::CardFilter;
use crate::station::stock::recall::{self, Recalled};

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("which").required(true).multiple(true))]
pub(in crate::cli) struct RecallArguments {
    #[command(flatten)]
    station: StationArguments,
    /// Cards with a chip of this delivery
    #[arg(long, group = "which", value_name = "ID")]
    delivery: Option<String>,
    /// Cards with a chip that has this version of the applet
    #[arg(long, group = "which", value_name = "VERSION")]
    applet_version: Option<String>,
    /// Cards that were issued at or after this time: a day, or RFC 3339
    #[arg(long, group = "which", value_name = "TIME", value_parser = moment)]
    from: Option<OffsetDateTime>,
    /// Cards that were issued before this time: a day, or RFC 3339
    #[arg(long, group = "which", value_name = "TIME", value_parser = moment)]
    until: Option<OffsetDateTime>,
    /// Print a table of comma-separated values (RFC 4180)
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Suspend those of them that are valid
    #[arg(long, requires = "reason")]
    suspend: bool,
    /// Why they are suspended, in one line
    #[arg(long, value_name = "TEXT", requires = "suspend")]
    reason: Option<String>,
    #[command(flatten)]
    operator: OperatorArguments,
}

/// A day at its beginning in UTC, or a time.
fn moment(text: &str) -> Result<OffsetDateTime, String> {
    let day = Date::parse(text, format_description!("[year]-[month]-[day]"));
    match day {
        Ok(day) => Ok(day.with_time(Time::MIDNIGHT).assume_utc()),
        Err(_) => OffsetDateTime::parse(text, &Rfc3339)
            .map_err(|_| "a day such as 2026-11-24, or a time such as 2026-11-24T09:00:00Z".to_owned()),
    }
}

#[derive(Serialize)]
struct RecallJson<'a> {
    schema: &'static str,
    cards: Vec<CardJson<'a>>,
    /// Those of them that were suspended by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    suspended: Option<Vec<String>>,
}

#[derive(Serialize)]
struct CardJson<'a> {
    card_id: &'a str,
    chip: &'a str,
    delivery: &'a str,
    applet_version: &'a str,
    state: &'static str,
    issued_at: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced_by: Option<&'a str>,
}

pub(super) fn run(arguments: &RecallArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let station = arguments.station.open(context)?;
    let filter = CardFilter {
        delivery: arguments.delivery.clone(),
        applet_version: arguments.applet_version.clone(),
        from: arguments.from.map(timestamp),
        until: arguments.until.map(timestamp),
        ..CardFilter::default()
    };
    let (cards, suspended) = match &arguments.reason {
        Some(reason) if arguments.suspend => {
            let desk = station.desk_of(&arguments.operator, context)?;
            let suspended = recall::suspend(&desk, &recall::find(&desk, &filter)?, reason)?;
            (recall::find(&desk, &filter)?, Some(suspended))
        }
        _ => (recall::find(&station.desk("station", context), &filter)?, None),
    };
    let object = RecallJson {
        schema: "eid.stock.recall/1",
        cards: cards.iter().map(CardJson::of).collect(),
        suspended,
    };
    context.output.result(&object, |out| {
        if arguments.csv {
            print_csv(&object, out)
        } else {
            print(&object, out)
        }
    })?;
    if let Some(suspended) = &object.suspended {
        context.output.progress(&format!(
            "{} cards were suspended; two people make one valid again, or revoke it, with `eid card state`",
            suspended.len()
        ));
    }
    Ok(ExitCode::Success)
}

impl<'a> CardJson<'a> {
    fn of(card: &'a Recalled) -> Self {
        Self {
            card_id: &card.card_id,
            chip: &card.serial,
            delivery: &card.delivery,
            applet_version: &card.applet_version,
            state: card.state.name(),
            issued_at: &card.issued_at,
            replaced_by: card.replaced_by.as_deref(),
        }
    }
}

fn print(object: &RecallJson<'_>, out: &mut dyn Write) -> io::Result<()> {
    for card in &object.cards {
        writeln!(
            out,
            "{}  {:<9}  issued {}  chip {}  applet {}  delivery {}",
            card.card_id, card.state, card.issued_at, card.chip, card.applet_version, card.delivery
        )?;
    }
    let revoked = |card: &&CardJson<'_>| card.state == CardState::Revoked.name();
    let gone = object.cards.iter().filter(revoked).count();
    writeln!(out, "{} cards, {gone} of them revoked", object.cards.len())
}

fn print_csv(object: &RecallJson<'_>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"card_id,chip,delivery,applet_version,state,issued_at,replaced_by\r\n")?;
    for card in &object.cards {
        let fields = [
            card.card_id,
            card.chip,
            card.delivery,
            card.applet_version,
            card.state,
            card.issued_at,
            card.replaced_by.unwrap_or_default(),
        ];
        write!(out, "{}\r\n", fields.map(csv_field).join(","))?;
    }
    Ok(())
}

/// RFC 4180 §2: quoted where it must be.
fn csv_field(text: &str) -> String {
    if text.contains(['"', ',', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
