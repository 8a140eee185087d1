//! `eid card state|replace|reprint`: a card by the ledger of the station that issued it. The card itself is not needed.

use std::path::PathBuf;

use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::desk::{OperatorArguments, StationArguments};
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::two_people::{MaybeTwoPeopleArguments, detail};
use crate::environment::Access;
use crate::ledger::error::Conflict;
use crate::ledger::event::CardState;
use crate::ledger::view::CardView;
use crate::ledger::{LedgerError, LedgerStore};
use crate::station::cards;

/// What the printer gets has a few thousand bytes.
const MAX_PRINT_BYTES: u64 = 4 * 1024 * 1024;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct StateArguments {
    #[command(flatten)]
    station: StationArguments,
    /// Bring it into this state: one officer suspends, two make it valid again or revoke it [default: only say its state]
    #[arg(long, value_enum, value_name = "STATE")]
    set: Option<NewState>,
    /// Why, in one line; with --request, what that says
    #[arg(long, value_name = "TEXT", requires = "set")]
    reason: Option<String>,
    #[command(flatten)]
    operator: OperatorArguments,
    #[command(flatten)]
    two: MaybeTwoPeopleArguments,
    /// The card's identifier, 16 capital letters and digits
    #[arg(value_name = "CARD")]
    card: String,
}

/// A state that a card can be brought into.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum NewState {
    /// Not valid for now
    Suspended,
    /// Valid again
    Active,
    /// Not valid any more, for good
    Revoked,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ReplaceArguments {
    #[command(flatten)]
    station: StationArguments,
    #[command(flatten)]
    operator: OperatorArguments,
    /// Why, in one line, such as card.lost
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The card's identifier, 16 capital letters and digits
    #[arg(value_name = "CARD")]
    card: String,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ReprintArguments {
    #[command(flatten)]
    station: StationArguments,
    #[command(flatten)]
    operator: OperatorArguments,
    /// Where to write what the printer gets: for the owner of the file alone
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The card's identifier, 16 capital letters and digits
    #[arg(value_name = "CARD")]
    card: String,
}

#[derive(Serialize)]
struct StateJson {
    schema: &'static str,
    card_id: String,
    state: &'static str,
    chip: String,
    job: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced_by: Option<String>,
}

#[derive(Serialize)]
struct ReplaceJson<'a> {
    schema: &'static str,
    card_id: &'a str,
    state: &'static str,
    /// What the application for the new card says beside the holder's data.
    application: ApplicationJson<'a>,
}

#[derive(Serialize)]
struct ApplicationJson<'a> {
    reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<&'a str>,
}

#[derive(Serialize)]
struct ReprintJson<'a> {
    schema: &'static str,
    card_id: &'a str,
    file: String,
}

pub(super) fn state(arguments: &StateArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let station = arguments.station.open(context)?;
    if let Some(set) = arguments.set {
        let desk = station.desk_of(&arguments.operator, context)?;
        let presented = arguments.two.read(context)?;
        let reason = match (&arguments.reason, &presented) {
            (Some(reason), _) => reason.clone(),
            (None, Some(presented)) => detail(presented, "reason"),
            (None, None) => {
                return Err(Failure::usage(
                    "--reason is required: the ledger says why",
                    "say it in one line; no name and no number of a citizen belongs into it",
                ));
            }
        };
        let state = match set {
            NewState::Suspended => CardState::Suspended,
            NewState::Active => CardState::Active,
            NewState::Revoked => CardState::Revoked,
        };
        cards::change(&desk, &arguments.card, state, &reason, presented.as_ref())?;
    }
    let card = find(&station.ledger, &arguments.card)?;
    let object = StateJson {
        schema: "eid.card.state/1",
        card_id: card.card_id,
        state: card.state.name(),
        chip: card.chip,
        job: card.job,
        issued_at: card.issued_at,
        replaced_by: card.replaced_by,
    };
    context.output.result(&object, |out| {
        writeln!(out, "card        {} {}", object.card_id, object.state)?;
        writeln!(out, "chip        {}", object.chip)?;
        writeln!(out, "job         {}", object.job)?;
        if let Some(at) = &object.issued_at {
            writeln!(out, "issued      {at}")?;
        }
        match &object.replaced_by {
            Some(card) => writeln!(out, "replaced by {card}"),
            None => Ok(()),
        }
    })?;
    Ok(ExitCode::Success)
}

pub(super) fn replace(arguments: &ReplaceArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let station = arguments.station.open(context)?;
    let desk = station.desk_of(&arguments.operator, context)?;
    let mut card = find(&station.ledger, &arguments.card)?;
    if card.state == CardState::Active {
        cards::change(
            &desk,
            &card.card_id,
            CardState::Suspended,
            &arguments.reason,
            None,
        )?;
        card.state = CardState::Suspended;
    }
    if card.state == CardState::New {
        return Err(state_conflict(&card));
    }
    let object = ReplaceJson {
        schema: "eid.card.replace/1",
        card_id: &card.card_id,
        state: card.state.name(),
        application: ApplicationJson {
            reason: "replacement",
            // A revoked one stands in nobody's way.
            replaces: (card.state != CardState::Revoked).then_some(card.card_id.as_str()),
        },
    };
    context.output.result(&object, |out| {
        writeln!(out, "card {} is {}", object.card_id, object.state)?;
        match object.application.replaces {
            Some(card) => writeln!(
                out,
                "the application for the new one says reason replacement, replaces {card}; the old one is revoked when the new one is issued"
            ),
            None => writeln!(out, "the application for the new one says reason replacement"),
        }
    })?;
    context
        .output
        .progress("the station keeps no personal data of cards that it issued: `eid batch create` takes the application again");
    Ok(ExitCode::Success)
}

pub(super) fn reprint(arguments: &ReprintArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let station = arguments.station.open(context)?;
    station.desk_of(&arguments.operator, context)?;
    let card = find(&station.ledger, &arguments.card)?;
    if !matches!(card.state, CardState::Active | CardState::Suspended) {
        return Err(state_conflict(&card));
    }
    let disk = &context.environment.disk;
    // The identifier is one that the ledger knows: no path in it leads elsewhere.
    let kept = station.directory.layout().print(&card.card_id);
    let content = disk.read(&kept, MAX_PRINT_BYTES).map_err(|error| {
        if error.source.kind() != std::io::ErrorKind::NotFound {
            return error.into();
        }
        Failure::input(
            "card.print_data_gone",
            format!(
                "what was printed on the card {} is not kept here any more",
                card.card_id
            ),
            "a reprint needs the application again: `eid card replace` says how, and a new card is made",
        )
    })?;
    disk.write(&arguments.out, &content, Access::OwnerOnly)?;
    let object = ReprintJson {
        schema: "eid.card.reprint/1",
        card_id: &card.card_id,
        file: arguments.out.display().to_string(),
    };
    context.output.result(&object, |out| {
        writeln!(
            out,
            "{}: what is printed on the card {}",
            object.file, object.card_id
        )
    })?;
    context.output.progress("remove the file after printing");
    Ok(ExitCode::Success)
}

fn find(ledger: &dyn LedgerStore, card: &str) -> Result<CardView, Failure> {
    let found = ledger.card(&card.to_owned())?;
    found.ok_or_else(|| {
        LedgerError::Conflict(Conflict::Unknown {
            what: "card",
            id: card.to_owned(),
        })
        .into()
    })
}

fn state_conflict(card: &CardView) -> Failure {
    LedgerError::Conflict(Conflict::State {
        what: "card",
        id: card.card_id.clone(),
        state: card.state.name().to_owned(),
    })
    .into()
}
