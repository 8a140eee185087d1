//! `eid batch run`: the cards of a batch, on all readers at once.
//!
//! The readers have a thread each, and so has the command: it alone speaks to the person, of what the others send it.

mod begin;
mod event;
mod show;
mod signals;
mod words;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use personalization::profile::CheckedProfile;
use personalization::sod::SignerCertificate;
use serde::Serialize;

use self::begin::{officer, open_shift, preflight};
use self::event::{Event, Reporter};
use self::show::Show;
use super::super::context::Context;
use super::super::desk::{OpenStation, StationArguments};
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::super::issue::inputs::{Office as OpenOffice, OfficeArguments};
use super::super::vault::VaultArguments;
use crate::environment::ReaderChoice;
use crate::ledger::LedgerStore as _;
use crate::ledger::event::JobState;
use crate::ledger::view::JobFilter;
use crate::station::acceptance;
use crate::station::office::Office;
use crate::station::officers::must_work_here;
use crate::station::personalize::{Production, Queue, Stop, Undone};
use crate::station::place::PlaceError;
use crate::station::quota;
use crate::station::run::{Ended, Halt, Run, Tally};
use crate::station::vault::Vault;

/// How often the screen is drawn while nothing happens.
const REFRESH: Duration = Duration::from_millis(250);

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct RunArguments {
    /// The batch
    #[arg(value_name = "BATCH")]
    batch: String,
    /// A reader to use: virtual:FILE, an index, or a part of the names of some; may be given several times [default: all readers]
    #[arg(short, long, value_name = "READER")]
    reader: Vec<String>,
    /// Issue so many cards and no more
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
    /// Begin no card any more after this time, such as 90s, 45m or 8h
    #[arg(long, value_name = "DURATION", value_parser = words::duration)]
    stop_after: Option<Duration>,
    #[command(flatten)]
    office: OfficeArguments,
    #[command(flatten)]
    vault: VaultArguments,
    /// Directory of the officer who makes the cards, with the key that proves it: `eid approve init` made it
    #[arg(long, env = "EID_OFFICER", value_name = "DIR")]
    officer: Option<PathBuf>,
    /// File with the passphrase of the officer's key, if it is another
    #[arg(long, value_name = "FILE")]
    officer_passphrase_file: Option<PathBuf>,
    #[command(flatten)]
    station: StationArguments,
    /// The officer's name, where it is to be compared
    #[arg(long, env = "EID_OPERATOR", value_name = "NAME")]
    operator: Option<String>,
}

#[derive(Serialize)]
struct RunJson<'a> {
    schema: &'static str,
    batch: &'a str,
    /// Why it ended: `done`, `limit`, `time`, `operator`.
    ended: &'static str,
    issued: u32,
    failed: u32,
    /// Jobs that are waiting still.
    pending: u32,
    seconds: f64,
}

pub(super) fn run(arguments: &RunArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let station = arguments.station.open(context)?;
    let officer = officer(arguments)?;
    let desk = station.desk(officer.officer().name(), context);
    must_work_here(&desk)?;
    let disk = &*context.environment.disk;
    let _alone = station.directory.lock_run(disk).map_err(busy)?;
    let vault = arguments
        .vault
        .open(&station, arguments.office.passphrase(), context)?;
    catch_up(&station, context)?;

    let pending = pending(&station, &arguments.batch)?;
    let Some(profile) = profile(&station, &vault, &arguments.batch, context)? else {
        return summary(context, arguments, "done", Tally::new(0, Duration::ZERO), 0);
    };
    let total = arguments.limit.map_or(pending, |limit| limit.min(pending));
    preflight(arguments, &station, &profile, total, context)?;
    let opened = arguments.office.load_office(context, profile)?;
    open_shift(arguments, &officer, &desk, context)?;
    let production = Production::new(
        station.jobs(context),
        &vault,
        office(&opened, &station, context)?,
        &*context.environment.clock,
        desk.actor,
    );
    let began = context.environment.clock.monotonic();
    let queue = Queue::new(arguments.batch.clone(), arguments.limit);
    let halt = Arc::new(Halt::at(
        arguments.stop_after.map(|time| began.saturating_add(time)),
    ));
    let signals = signals::watch(Arc::clone(&halt), production.interrupter())?;

    let mut show = Show::new(context, Tally::new(total, began));
    let (sender, events) = mpsc::channel();
    let reporter = Reporter::new(sender);
    let ended = thread::scope(|scope| {
        let work = Run {
            production: &production,
            queue: &queue,
            halt: &halt,
            observer: &reporter,
            readers: &*context.environment.readers,
            random: context.environment.random,
        };
        let choices = choices(&arguments.reader);
        let worker = scope.spawn(move || work.over(&choices));
        listen(&events, &mut show, &signals, &|| worker.is_finished());
        worker.join()
    });
    drop(signals);
    let tally = show.finish();
    let ended = ended.map_err(|_| Failure::internal("a reader's thread failed"))??;
    conclude(context, arguments, &station, ended, tally)
}

/// Shows what happens until nothing more will.
fn listen(
    events: &mpsc::Receiver<Event>,
    show: &mut Show<'_, '_>,
    signals: &signals::Signals,
    is_over: &dyn Fn() -> bool,
) {
    loop {
        match events.recv_timeout(REFRESH) {
            Ok(event) => show.event(&event),
            Err(RecvTimeoutError::Timeout) if !is_over() => {}
            Err(_) => return,
        }
        if let Some(word) = signals.news() {
            show.note(word);
        }
        show.refresh();
    }
}

/// The readers that are meant: all where none is named.
fn choices(readers: &[String]) -> Vec<ReaderChoice> {
    match readers {
        [] => vec![ReaderChoice::parse(None)],
        named => named.iter().map(|text| ReaderChoice::parse(Some(text))).collect(),
    }
}

/// Purges what a process left that died, unless another one takes a batch in.
fn catch_up(station: &OpenStation, context: &Context<'_>) -> Result<(), Failure> {
    let disk = &*context.environment.disk;
    let Ok(_lock) = station.directory.lock_creation(disk) else {
        return Ok(());
    };
    let purged = station
        .jobs(context)
        .purge_left(context.environment.clock.now())?;
    if purged > 0 {
        context.output.progress(&format!(
            "destroyed the personal data of {purged} jobs, which an earlier run left"
        ));
    }
    Ok(())
}

fn pending(station: &OpenStation, batch: &str) -> Result<u32, Failure> {
    let view = station.ledger.batch(&batch.to_owned())?.ok_or_else(|| {
        Failure::input(
            "batch.unknown",
            format!("there is no batch {batch}"),
            "`eid batch status` lists the batches",
        )
    })?;
    Ok(view.counts.pending)
}

/// The profile of the batch's cards, as its first waiting application has it; `None` when none is waiting.
fn profile(
    station: &OpenStation,
    vault: &Vault,
    batch: &str,
    context: &Context<'_>,
) -> Result<Option<CheckedProfile>, Failure> {
    let filter = JobFilter {
        batch: Some(batch.to_owned()),
        state: Some(JobState::Pending),
        limit: 1,
        ..JobFilter::default()
    };
    let now = context.environment.clock.now();
    let first = station.ledger.jobs(&filter)?.into_iter().next();
    Ok(match first {
        Some(job) => Some(
            station
                .jobs(context)
                .application(&job, vault, now)?
                .profile()
                .clone(),
        ),
        None => None,
    })
}

/// The office, and how many signatures its document signer may make for this ledger.
fn office<'a>(
    opened: &'a OpenOffice,
    station: &OpenStation,
    context: &Context<'_>,
) -> Result<Office<'a>, Failure> {
    let certificate = SignerCertificate::from_der(opened.ds.certificate_der())?;
    let document_signer = opened.ds.serial()?;
    // What two people allowed where this directory was not at hand.
    quota::apply(&station.ledger, &opened.ds)?;
    let status = opened.ds.status(context.environment.clock.now())?;
    let counted = station.ledger.document_signer(&document_signer)?;
    let left = status.max_signatures.saturating_sub(status.signatures);
    let quota = counted
        .asked
        .saturating_add(left)
        .saturating_sub(counted.extended);
    Ok(Office {
        certificate: Arc::new(certificate),
        document_signer,
        quota: Some(quota),
        signer: &opened.signer,
        issuer_keys: &opened.issuer_keys,
        terminal_trust: opened.terminal_trust.as_ref(),
        application_masters: &opened.application_masters,
    })
}

fn conclude(
    context: &Context<'_>,
    arguments: &RunArguments,
    station: &OpenStation,
    ended: Ended,
    tally: Tally,
) -> Result<ExitCode, Failure> {
    let (word, code) = match ended {
        Ended::Done => ("done", ExitCode::Success),
        Ended::Limit => ("limit", ExitCode::Success),
        Ended::Time => ("time", ExitCode::Success),
        Ended::Operator => ("operator", ExitCode::Interrupted),
        Ended::Stopped(undone) => return Err(words::stopped(*undone)),
        Ended::SameFailure(reason) => {
            return Err(Failure::new(
                ExitCode::Chip,
                "batch.same_failure",
                format!(
                    "{} cards failed one after the other: {reason}",
                    Halt::SAME_FAILURES
                ),
                "it is not the card: look at the reader, the delivery of chips and the profile; `eid doctor` helps",
            ));
        }
    };
    let pending = pending(station, &arguments.batch)?;
    summary(context, arguments, word, tally, pending)?;
    let waiting = acceptance::waiting(&station.ledger, Some(&arguments.batch))?.len();
    if waiting > 0 {
        context.output.progress(&format!(
            "{waiting} cards of the batch wait to be printed, looked at and accepted: `eid batch print-data`, `eid batch accept`"
        ));
    }
    Ok(match code {
        ExitCode::Success if tally.failed > 0 => ExitCode::Chip,
        code => code,
    })
}

fn summary(
    context: &Context<'_>,
    arguments: &RunArguments,
    ended: &'static str,
    tally: Tally,
    pending: u32,
) -> Result<ExitCode, Failure> {
    let now = context.environment.clock.monotonic();
    let object = RunJson {
        schema: "eid.batch.run/1",
        batch: &arguments.batch,
        ended,
        issued: tally.done,
        failed: tally.failed,
        pending,
        seconds: tally.elapsed(now).as_secs_f64(),
    };
    let told = context.output.event(&object, |out| {
        writeln!(
            out,
            "batch {}: {} issued, {} failed, {} waiting",
            object.batch, object.issued, object.failed, object.pending
        )
    });
    told.map_err(|error| {
        Failure::new(
            ExitCode::Storage,
            "storage.stdout",
            format!("the result cannot be written: {error}"),
            "`eid batch status` says what was done",
        )
    })?;
    Ok(ExitCode::Success)
}

fn busy(error: PlaceError) -> Failure {
    match error {
        PlaceError::Disk(error) if error.source.kind() == std::io::ErrorKind::WouldBlock => Failure::new(
            ExitCode::Storage,
            "station.busy",
            "another run makes cards at this station",
            "one run uses all readers: end the other one, or wait for it",
        ),
        error => error.into(),
    }
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Self {
        words::stopped(Undone::Stopped(stop))
    }
}
