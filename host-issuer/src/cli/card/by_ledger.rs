//! `eid card state|reprint`: a card by the ledger of the station that issued it. The card itself is not needed.

use std::path::PathBuf;

use serde::Serialize;

use crate::cli::batch::print_data::Request;
use crate::cli::context::Context;
use crate::cli::desk::{OperatorArguments, StationArguments};
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::keys::PassphraseArguments;
use crate::cli::two_people::{MaybeTwoPeopleArguments, detail};
use crate::cli::vault::VaultArguments;
use crate::ledger::error::Conflict;
use crate::ledger::event::CardState;
use crate::ledger::view::CardView;
use crate::ledger::{LedgerError, LedgerStore};
use crate::station::cards;

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
pub(in crate::cli) struct ReprintArguments {
    #[command(flatten)]
    station: StationArguments,
    #[command(flatten)]
    operator: OperatorArguments,
    /// Where to write what the printer gets: for the owner of the file alone
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    vault: VaultArguments,
    #[command(flatten)]
    passphrase: PassphraseArguments,
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

/// The same as `eid batch print-data`: a print that went wrong is printed again, until the card is accepted.
pub(super) fn reprint(arguments: &ReprintArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let station = arguments.station.open(context)?;
    let request = Request {
        station: &station,
        operator: &arguments.operator,
        vault: &arguments.vault,
        passphrase: &arguments.passphrase,
        card: &arguments.card,
    };
    request.hand_out(Some(&arguments.out), "eid.card.reprint/1", context)
}

/// The card with this identifier.
pub(super) fn find(ledger: &dyn LedgerStore, card: &str) -> Result<CardView, Failure> {
    let found = ledger.card(&card.to_owned())?;
    found.ok_or_else(|| {
        LedgerError::Conflict(Conflict::Unknown {
            what: "card",
            id: card.to_owned(),
        })
        .into()
    })
}

/// A card in a state from which nothing of the kind follows.
pub(super) fn state_conflict(card: &CardView) -> Failure {
    LedgerError::Conflict(Conflict::State {
        what: "card",
        id: card.card_id.clone(),
        state: card.state.name().to_owned(),
    })
    .into()
}
