//! `eid card replace`: a card is lost, damaged or wrong. It is suspended at once; the application for the new one becomes a batch of its
//! own, in the same transaction, which two people start like any other. The old card is revoked in the transaction in which the new one
//! is issued.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::by_ledger::{find, state_conflict};
use crate::cli::context::Context;
use crate::cli::desk::{OpenStation, OperatorArguments, StationArguments};
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::keys::PassphraseArguments;
use crate::cli::profile;
use crate::cli::vault::VaultArguments;
use crate::ledger::Event;
use crate::ledger::event::{BatchId, CardState, JobId, JobKind};
use crate::ledger::view::CardView;
use crate::station::batch::create::{Checking, keep};
use crate::station::cards;
use crate::station::desk::Desk;
use crate::station::intake::{self, Line};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ReplaceArguments {
    #[command(flatten)]
    station: StationArguments,
    #[command(flatten)]
    operator: OperatorArguments,
    /// Why, in one line, such as card.lost
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The holder's new application: a list with one line, as `eid batch create` takes it, or a directory with one record and its photo
    /// [default: it comes later, with `eid batch create`]
    #[arg(long, value_name = "FILE|DIR", requires = "profile")]
    application: Option<PathBuf>,
    /// Card profile of the new card: name or TOML file
    #[arg(short, long, value_name = "PROFILE", requires = "application")]
    profile: Option<String>,
    #[command(flatten)]
    vault: VaultArguments,
    #[command(flatten)]
    passphrase: PassphraseArguments,
    /// The card's identifier, 16 capital letters and digits
    #[arg(value_name = "CARD")]
    card: String,
}

#[derive(Serialize)]
struct ReplaceJson<'a> {
    schema: &'static str,
    card_id: &'a str,
    state: &'static str,
    /// What the application for the new card says beside the holder's data.
    application: ApplicationJson<'a>,
    /// The batch that it became, where it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    batch: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<&'a str>,
}

#[derive(Serialize)]
struct ApplicationJson<'a> {
    reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<&'a str>,
}

pub(super) fn run(arguments: &ReplaceArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let station = arguments.station.open(context)?;
    let desk = station.desk_of(&arguments.operator, context)?;
    let card = find(&station.ledger, &arguments.card)?;
    let taken = match (&arguments.application, &arguments.profile) {
        _ if card.state == CardState::New => return Err(state_conflict(&card)),
        (Some(list), Some(name)) => Some(take_in(arguments, (list, name), &card, &station, &desk, context)?),
        _ => {
            if card.state == CardState::Active {
                cards::change(
                    &desk,
                    &card.card_id,
                    CardState::Suspended,
                    &arguments.reason,
                    None,
                )?;
            }
            None
        }
    };
    let state = match card.state {
        CardState::Active => CardState::Suspended,
        other => other,
    };
    let (batch, job) = taken.as_ref().map(|(batch, job)| (&**batch, &**job)).unzip();
    let object = ReplaceJson {
        schema: "eid.card.replace/1",
        card_id: &card.card_id,
        state: state.name(),
        application: ApplicationJson {
            reason: JobKind::Replacement.name(),
            replaces: replaces(&card),
        },
        batch,
        job,
    };
    context.output.result(&object, |out| {
        writeln!(out, "card {} is {}", object.card_id, object.state)?;
        match (object.batch, object.job, object.application.replaces) {
            (Some(batch), Some(job), _) => writeln!(out, "batch {batch}: job {job} replaces it"),
            (_, _, Some(card)) => writeln!(
                out,
                "the application for the new one says kind replacement, replaces {card}; the old one is revoked when the new one is issued"
            ),
            _ => writeln!(out, "the application for the new one says kind replacement"),
        }
    })?;
    context.output.progress(&match batch {
        Some(batch) => {
            format!("two people start it: `eid approve request --purpose start-batch --subject {batch}`")
        }
        None => "`eid batch create` takes the application in, or this command with --application".to_owned(),
    });
    Ok(ExitCode::Success)
}

/// What the new job says that it replaces: a revoked card stands in nobody's way.
fn replaces(card: &CardView) -> Option<&str> {
    (card.state != CardState::Revoked).then_some(card.card_id.as_str())
}

/// Checks the one application and takes it in as a batch; an active card is suspended in the same transaction.
fn take_in(
    arguments: &ReplaceArguments,
    (list, profile): (&Path, &str),
    card: &CardView,
    station: &OpenStation,
    desk: &Desk<'_>,
    context: &Context<'_>,
) -> Result<(BatchId, JobId), Failure> {
    let disk = &*context.environment.disk;
    let profile = Arc::new(profile::load_with_text(context, profile)?);
    let mut entries = intake::entries(list, disk)?;
    let (Some(entry), true) = (entries.pop(), entries.is_empty()) else {
        return Err(Failure::input(
            "card.one_application",
            format!("{}: more than one application", list.display()),
            "a card is replaced for one person; `eid batch create` takes many in",
        ));
    };
    let line = line_for(entry.line.map_err(Failure::from)?, card)?;
    let kind = JobKind::Replacement;
    let vault = arguments.vault.open(station, &arguments.passphrase, context)?;
    let application = intake::read(&line, kind, &profile, desk.now, disk)?;
    if vault.citizen_key(application.record().citizen_number()) != card.citizen {
        return Err(Failure::input(
            "card.other_holder",
            format!(
                "the application is not of the holder of the card {}",
                card.card_id
            ),
            "give the application of the citizen whose card is to be replaced",
        ));
    }
    let mut checking = Checking::new(&station.ledger, &vault);
    let job = checking.add(0, &entry.name, &application)?.job.clone();
    let suspended = Event::CardChanged {
        card_id: card.card_id.clone(),
        state: CardState::Suspended,
        reason: arguments.reason.clone(),
        approval: None,
    };
    let with = match card.state {
        CardState::Active => vec![suspended],
        _ => Vec::new(),
    };
    let mut read = |_| intake::read(&line, kind, &profile, desk.now, disk);
    let (jobs, mut random) = (station.jobs(context), context.random());
    let batch = keep(
        &jobs,
        &vault,
        desk,
        (checking.good(), with),
        &mut read,
        &mut random,
    )?;
    Ok((batch, job))
}

/// The line with what this command knows; one that says otherwise is refused.
fn line_for(mut line: Line, card: &CardView) -> Result<Line, Failure> {
    let replaced = replaces(card).map(str::to_owned);
    let other_kind = line.kind.is_some_and(|kind| kind != JobKind::Replacement);
    let other_card = line.replaces.is_some() && line.replaces != replaced;
    if other_kind || other_card {
        return Err(Failure::input(
            "card.other_application",
            format!("the application is none to replace the card {}", card.card_id),
            "leave kind and replaces out of it; `eid batch create` takes other applications in",
        ));
    }
    line.kind = Some(JobKind::Replacement);
    line.replaces = replaced;
    Ok(line)
}
