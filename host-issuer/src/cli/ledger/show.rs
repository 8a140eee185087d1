//! `eid ledger show`: what happened.

use std::collections::VecDeque;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use crate::cli::context::Context;
use crate::cli::desk::StationArguments;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::one_line;
use crate::ledger::{Chained, LedgerError, LedgerStore as _};

/// How many events are read at a time.
const PAGE: u32 = 500;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ShowArguments {
    #[command(flatten)]
    station: StationArguments,
    /// How many events, the newest; 0 is all of them
    #[arg(long, value_name = "N", default_value_t = 20)]
    last: usize,
    /// Of this job
    #[arg(long, value_name = "JOB")]
    job: Option<String>,
    /// Of this chip
    #[arg(long, value_name = "SERIAL")]
    chip: Option<String>,
    /// Of this card and the job that it came from
    #[arg(long, value_name = "CARD")]
    card: Option<String>,
}

#[derive(Serialize)]
struct EventJson<'a> {
    schema: &'static str,
    sequence: u64,
    digest: &'a str,
    entry: &'a Value,
}

/// An event as it is shown.
struct Shown {
    sequence: u64,
    digest: String,
    entry: Value,
}

pub(super) fn run(arguments: &ShowArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let (_, ledger) = arguments.station.snapshot(context)?;
    let mut wanted: Vec<String> = [&arguments.job, &arguments.card]
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    wanted.extend(arguments.chip.as_ref().map(|serial| serial.to_uppercase()));
    if let Some(card) = &arguments.card {
        wanted.extend(ledger.card(card)?.map(|card| card.job));
    }
    let mut newest = VecDeque::new();
    let mut after = 0;
    loop {
        let page = ledger.events(after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = last.sequence;
        for event in &page {
            let shown = read(event)?;
            if !wanted.is_empty() && !mentions(&shown.entry, &wanted) {
                continue;
            }
            if arguments.last == 0 {
                // All of them: none is kept.
                if print(&shown, context).is_err() {
                    return Ok(ExitCode::Success);
                }
                continue;
            }
            if newest.len() == arguments.last {
                newest.pop_front();
            }
            newest.push_back(shown);
        }
    }
    for shown in newest {
        // Nobody listens any more, as in `eid ledger show | head`.
        if print(&shown, context).is_err() {
            break;
        }
    }
    Ok(ExitCode::Success)
}

fn read(event: &Chained) -> Result<Shown, Failure> {
    let entry = serde_json::from_slice(&event.content)
        .map_err(|error| LedgerError::Damaged(format!("event {}: {error}", event.sequence)))?;
    Ok(Shown {
        sequence: event.sequence,
        digest: hex::encode(event.digest),
        entry,
    })
}

/// Whether an event names one of these.
fn mentions(value: &Value, wanted: &[String]) -> bool {
    match value {
        Value::String(text) => wanted.contains(text),
        Value::Array(values) => values.iter().any(|value| mentions(value, wanted)),
        Value::Object(fields) => fields.values().any(|value| mentions(value, wanted)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn print(shown: &Shown, context: &Context<'_>) -> io::Result<()> {
    let object = EventJson {
        schema: "eid.ledger.show/1",
        sequence: shown.sequence,
        digest: &shown.digest,
        entry: &shown.entry,
    };
    context.output.event(&object, |out| line(shown, out))
}

/// Number, time, actor, kind, and the fields of the event.
fn line(shown: &Shown, out: &mut dyn Write) -> io::Result<()> {
    let text = |name: &str| one_line(shown.entry[name].as_str().unwrap_or_default());
    let event = &shown.entry["event"];
    let kind = one_line(event["kind"].as_str().unwrap_or_default());
    write!(
        out,
        "{:>6}  {}  {}  {kind}",
        shown.sequence,
        text("at"),
        text("actor")
    )?;
    for (name, value) in event
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| *name != "kind")
    {
        let value = match value {
            Value::String(text) => one_line(text),
            other => other.to_string(),
        };
        // A manifest is a page of its own.
        match value.char_indices().nth(64) {
            Some((end, _)) if name == "manifest" => {
                write!(out, " {name}={}…", value.get(..end).unwrap_or_default())?
            }
            _ => write!(out, " {name}={value}")?,
        }
    }
    writeln!(out)
}
