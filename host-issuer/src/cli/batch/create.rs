//! `eid batch create`: every application is checked as a whole, with a line of the output for each; then all of them are taken in, or
//! none.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;
use time::OffsetDateTime;

use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::super::keys::PassphraseArguments;
use super::super::profile;
use super::super::vault::VaultArguments;
use super::WorkArguments;
use crate::ledger::event::JobKind;
use crate::station::application::BatchProfile;
use crate::station::batch::create::{Checking, keep};
use crate::station::intake::{self, Entry};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct CreateArguments {
    /// Approved applications: a list with {"record":FILE,"photo":FILE} on each line, and "enrolment", "kind", "replaces", "province"
    /// where there is one; or a directory of records and photos
    #[arg(value_name = "FILE|DIR")]
    list: PathBuf,
    /// Card profile: name or TOML file
    #[arg(short, long, value_name = "PROFILE")]
    profile: String,
    /// Why the cards are made, where the list does not say it
    #[arg(long, value_enum, value_name = "KIND", default_value = "first")]
    kind: Kind,
    /// Take in what is good, and leave the rest
    #[arg(long)]
    skip_bad: bool,
    #[command(flatten)]
    work: WorkArguments,
    #[command(flatten)]
    vault: VaultArguments,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

/// [`JobKind`] on the command line.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Kind {
    /// The citizen has no card yet
    First,
    /// The card before has expired, or soon will
    Renewal,
    /// The card before is lost, damaged or wrong
    Replacement,
}

impl Kind {
    const fn job_kind(self) -> JobKind {
        match self {
            Self::First => JobKind::First,
            Self::Renewal => JobKind::Renewal,
            Self::Replacement => JobKind::Replacement,
        }
    }
}

/// An application that is good.
#[derive(Serialize)]
struct GoodJson<'a> {
    schema: &'static str,
    record: &'a str,
    job: &'a str,
    kind: &'static str,
    province: String,
}

/// One that is not.
#[derive(Serialize)]
struct BadJson<'a> {
    schema: &'static str,
    record: &'a str,
    id: &'static str,
    error: &'a str,
    hint: &'a str,
}

#[derive(Serialize)]
struct CreatedJson<'a> {
    schema: &'static str,
    batch: &'a str,
    profile: &'a str,
    jobs: usize,
    skipped: usize,
}

pub(super) fn run(arguments: &CreateArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let station = arguments.work.station.open(context)?;
    let desk = station.desk_of(&arguments.work.operator, context)?;
    let profile = Arc::new(profile::load_with_text(context, &arguments.profile)?);
    let disk = &*context.environment.disk;
    let entries = intake::entries(&arguments.list, disk)?;
    let vault = arguments.vault.open(&station, &arguments.passphrase, context)?;
    let kind = arguments.kind.job_kind();
    let mut checking = Checking::new(&station.ledger, &vault);
    let mut bad = 0;
    for (index, entry) in entries.iter().enumerate() {
        if let Err(failure) = check(index, entry, kind, &profile, desk.now, &mut checking, context)? {
            bad += 1;
            tell_bad(&entry.name, &failure, context)?;
        }
    }
    if bad > 0 && !arguments.skip_bad {
        return Err(Failure::input(
            "batch.bad",
            format!(
                "{bad} of {} applications are not good; nothing is taken in",
                entries.len()
            ),
            "correct them and repeat the command, or leave them out with --skip-bad",
        ));
    }
    let candidates = checking.good();
    let mut read = |index: usize| match entries.get(index).map(|entry| &entry.line) {
        Some(Ok(line)) => intake::read(line, kind, &profile, desk.now, disk),
        // What was good is an entry of the list, and has a line.
        _ => Err(crate::station::application::ApplicationError::Malformed),
    };
    let mut random = context.random();
    let batch = keep(
        &station.jobs(context),
        &vault,
        &desk,
        (candidates, Vec::new()),
        &mut read,
        &mut random,
    )?;
    let object = CreatedJson {
        schema: "eid.batch.create/1",
        batch: &batch,
        profile: profile.name(),
        jobs: candidates.len(),
        skipped: bad,
    };
    let told = context.output.event(&object, |out| {
        writeln!(out, "batch {batch}: {} jobs", object.jobs)
    });
    told.map_err(|error| not_told(&error))?;
    context.output.progress(&format!(
        "two people start it: `eid approve request --purpose start-batch --subject {batch}`"
    ));
    Ok(ExitCode::Success)
}

/// Checks an entry and tells of it if it is good; the inner error is what is wrong with it.
fn check(
    index: usize,
    entry: &Entry,
    kind: JobKind,
    profile: &Arc<BatchProfile>,
    now: OffsetDateTime,
    checking: &mut Checking<'_>,
    context: &Context<'_>,
) -> Result<Result<(), Failure>, Failure> {
    let line = match &entry.line {
        Ok(line) => line,
        Err(error) => return Ok(Err(Failure::from(*error))),
    };
    let application = match intake::read(line, kind, profile, now, &*context.environment.disk) {
        Ok(application) => application,
        Err(error) => return Ok(Err(error.into())),
    };
    let candidate = match checking.add(index, &entry.name, &application) {
        Ok(candidate) => candidate,
        Err(error) => return Ok(Err(error.into())),
    };
    let object = GoodJson {
        schema: "eid.batch.application/1",
        record: &entry.name,
        job: &candidate.job,
        kind: application.occasion().kind.name(),
        province: application.province(),
    };
    let told = context.output.event(&object, |out| {
        writeln!(out, "{}: job {}", object.record, object.job)
    });
    told.map(Ok).map_err(|error| not_told(&error))
}

fn tell_bad(name: &str, failure: &Failure, context: &Context<'_>) -> Result<(), Failure> {
    let object = BadJson {
        schema: "eid.batch.application.failed/1",
        record: name,
        id: failure.id,
        error: &failure.message,
        hint: &failure.hint,
    };
    context.output.mishap(&failure.clone().about(name));
    context
        .output
        .event(&object, |_| Ok(()))
        .map_err(|error| not_told(&error))
}

fn not_told(error: &io::Error) -> Failure {
    Failure::new(
        ExitCode::Storage,
        "storage.stdout",
        format!("the result cannot be written: {error}"),
        "check where the standard output goes; `eid batch status` says what was taken in",
    )
}
