//! `eid batch accept`: cards were printed and looked at, and are right. What is personal of their jobs is destroyed.

use std::path::PathBuf;

use serde::Serialize;

use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::WorkArguments;
use crate::station::acceptance;
use crate::station::batch::create::MAX_JOBS;

/// An identifier and the end of its line, for each card of a batch.
const MAX_LIST_BYTES: u64 = 32 * MAX_JOBS as u64;

#[derive(Debug, clap::Args)]
#[group(id = "which", required = true, multiple = false, args = ["card", "list", "batch"])]
pub(in crate::cli) struct AcceptArguments {
    /// A card's identifier; may be given several times
    #[arg(long, value_name = "CARD")]
    card: Vec<String>,
    /// File with an identifier on each line
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,
    /// All cards of this batch that are issued and were not accepted yet
    #[arg(long, value_name = "BATCH")]
    batch: Option<String>,
    #[command(flatten)]
    work: WorkArguments,
}

#[derive(Serialize)]
struct AcceptJson {
    schema: &'static str,
    accepted: Vec<String>,
    /// Whether anything personal of their jobs is still here; the next `eid batch run` or `resume` destroys it.
    purged: bool,
}

pub(super) fn run(arguments: &AcceptArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let station = arguments.work.station.open(context)?;
    let desk = station.desk_of(&arguments.work.operator, context)?;
    let cards = match (&arguments.list, &arguments.batch) {
        (Some(list), _) => listed(list, context)?,
        (None, Some(batch)) => acceptance::waiting(&station.ledger, Some(batch))?,
        (None, None) => arguments.card.clone(),
    };
    if cards.is_empty() {
        return Err(Failure::input(
            "batch.nothing_to_accept",
            "no card waits to be accepted",
            "`eid batch status BATCH` says what became of each job",
        ));
    }
    let accepted = acceptance::accept(&desk, &station.jobs(context), &cards)?;
    let object = AcceptJson {
        schema: "eid.batch.accept/1",
        accepted: accepted.cards,
        purged: accepted.not_purged.is_none(),
    };
    context.output.result(&object, |out| {
        object
            .accepted
            .iter()
            .try_for_each(|card| writeln!(out, "card {card} is accepted"))
    })?;
    match accepted.not_purged {
        None => Ok(ExitCode::Success),
        Some(error) => {
            let mut failure = Failure::from(error).about("accepted, but its personal data are still here");
            failure.hint = "`eid batch resume` destroys them when the cause is gone".to_owned();
            Err(failure)
        }
    }
}

fn listed(list: &std::path::Path, context: &Context<'_>) -> Result<Vec<String>, Failure> {
    let bytes = context.environment.disk.read(list, MAX_LIST_BYTES)?;
    let text = String::from_utf8(bytes).map_err(|_| {
        Failure::input(
            "batch.list",
            format!("{}: not UTF-8 text", list.display()),
            "give a file with a card's identifier on each line",
        )
    })?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    Ok(lines.map(str::to_owned).collect())
}
