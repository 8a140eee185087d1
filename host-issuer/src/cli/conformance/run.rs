//! `eid conformance run`

pub(super) mod keep;
mod progress;
mod state;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rand_core::TryRng as _;
use sha2::{Digest as _, Sha256};
use test_vectors::conformance::report::{Report, StatementRecord};
use test_vectors::conformance::runner::{self, End, Header, Run};
use test_vectors::conformance::{CaseId, CaseRecord, Given, Kind};
use time::format_description::well_known::Rfc3339;

use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::super::interrupt;
use super::card::{self, CardArguments};
use super::suite::SelectionArguments;
use keep::Reports;
use progress::Progress;
use state::State;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct RunArguments {
    #[command(flatten)]
    card: CardArguments,
    #[command(flatten)]
    selection: SelectionArguments,
    /// Implementation conformance statement (TOML); what it leaves out is asked of the card
    #[arg(long, value_name = "FILE")]
    ics: Option<PathBuf>,
    /// Play the cases that change the card for good, too: date, trust point, PIN. They come last
    #[arg(long)]
    destructive: bool,
    /// The seed of the terminal's keys and nonces [default: drawn, and printed]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// What the run has so far stands in this file, case by case; where the file is there, the run goes on from it: PERSONAL DATA
    #[arg(long, value_name = "FILE", help_heading = "What is kept")]
    resume: Option<PathBuf>,
    /// Write a report; the extension says which: json, xml (JUnit), html, txt. With traces it holds PERSONAL DATA
    #[arg(long, value_name = "FILE", help_heading = "What is kept")]
    report: Vec<PathBuf>,
    /// Keep no traces of what went over the wire
    #[arg(long, help_heading = "What is kept")]
    no_trace: bool,
}

pub(super) fn run(arguments: &RunArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    // Everything that can be wrong on this side is found before the card is asked.
    let selection = arguments.selection.selection()?;
    let secrets = arguments.card.secrets(context)?;
    let given = match &arguments.ics {
        Some(path) => card::statement(context, path)?,
        None => Given::default(),
    };
    let mut state = State::open(context, arguments.resume.as_deref())?;
    let reports = Reports::prepare(context, &arguments.report, state.is_resumed())?;
    let seed = match arguments.seed.or_else(|| state.seed()) {
        Some(seed) => seed,
        None => u64::from(context.random().try_next_u32().map_err(no_random)?),
    };

    let (mut link, atr, probed) = arguments.card.probe(context, &secrets, seed)?;
    let (statement, differences) = given.over(&probed);
    let record = StatementRecord::new(&statement, differences, &probed);
    let ics_hash = Sha256::digest(&record.toml).into();
    let version = runner::version();
    let header = Header::new(version, probed.card, ics_hash, seed, arguments.destructive);
    let mut records = state.begin(context, &header)?;
    context.output.progress(&format!(
        "suite {}, seed {seed}{}",
        header.suite_version,
        if records.is_empty() {
            String::new()
        } else {
            format!(", {} cases are done", records.len())
        }
    ));

    let cases = selection.cases();
    let done: BTreeSet<CaseId> = records.iter().map(CaseRecord::case).collect();
    let stop = Arc::new(AtomicBool::new(false));
    let heard = Arc::clone(&stop);
    let hearing = interrupt::hear(move || {
        // Whoever asks twice does not wait for the case to end; what is done is in the state.
        if heard.swap(true, Ordering::Relaxed) {
            std::process::exit(ExitCode::Interrupted as i32);
        }
    })?;
    let mut progress = Progress::new(context.output, cases.len());
    let mut kept = Ok(());
    let settings = Run {
        statement: &statement,
        secrets: &secrets,
        seed,
        destructive: arguments.destructive,
    };
    let end = runner::run(&mut link, &cases, settings, &done, &mut |mut case| {
        if arguments.no_trace {
            case.trace.clear();
        }
        progress.played(&case);
        kept = state.add(context, &case);
        records.push(case);
        if kept.is_err() || stop.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    });
    drop(progress);
    drop(hearing);

    // A state may have cases that are not asked for now.
    records.retain(|record| cases.iter().any(|case| case.entry.id == record.case()));
    let date = context.environment.clock.now();
    let date = date
        .format(&Rfc3339)
        .map_err(|error| Failure::internal(error.to_string()))?;
    let report = Report::new(date, &atr, probed.card, record, seed, arguments.destructive)
        .with_cases(records, !arguments.no_trace)
        .ended_early(match &end {
            End::Finished => None,
            End::Stopped => Some("it was stopped".into()),
            End::LinkLost(case, error) => Some(format!("at {case} the card was lost: {error}")),
        });
    reports.write(context, &report)?;
    context
        .output
        .result(&report, |out| write!(out, "{}", report.to_text()))?;
    kept?;
    ended(context, arguments, &report, &end, &link)
}

/// The exit code, and what to do where the run did not come to its end.
fn ended(
    context: &Context<'_>,
    arguments: &RunArguments,
    report: &Report,
    end: &End,
    link: &crate::conformance::TransportLink,
) -> Result<ExitCode, Failure> {
    let go_on = match &arguments.resume {
        Some(path) => format!("the run goes on from there with --resume {}", path.display()),
        None => "with --resume FILE a run can go on from where it was".into(),
    };
    match end {
        End::Finished if report.cases.iter().any(|case| case.verdict == Kind::Failed) => {
            Ok(ExitCode::NotGenuine)
        }
        End::Finished => Ok(ExitCode::Success),
        End::Stopped => {
            context.output.progress(&format!("interrupted; {go_on}"));
            Ok(ExitCode::Interrupted)
        }
        End::LinkLost(case, error) => {
            let failure = card::lost(link, &error.to_string()).about(case);
            Err(Failure {
                hint: format!("put the card back; {go_on}"),
                ..failure
            })
        }
    }
}

fn no_random(error: impl std::fmt::Display) -> Failure {
    Failure::internal(format!("no random numbers: {error}"))
}
