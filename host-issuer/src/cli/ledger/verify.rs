//! `eid ledger verify`: whether the ledger is what it was.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::desk;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::ledger::anchor::{self, AnchorLine};
use crate::ledger::export;
use crate::ledger::verify::{self, Finding, Findings, Report};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct VerifyArguments {
    #[command(flatten)]
    source: Source,
    /// The anchor that somebody else kept
    #[arg(long, value_name = "FILE")]
    anchor: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Source {
    /// Directory of the station
    #[arg(long, value_name = "DIR")]
    station: Option<PathBuf>,
    /// What `eid ledger export` printed, in place of a station
    #[arg(long, value_name = "FILE", conflicts_with = "station")]
    export: Option<PathBuf>,
}

#[derive(Serialize)]
struct FindingJson {
    id: &'static str,
    damage: bool,
    finding: String,
}

#[derive(Serialize)]
struct ReportJson<'a> {
    schema: &'static str,
    whole: bool,
    ledger: &'a str,
    checkpoint_key: &'a str,
    events: u64,
    digest: String,
    checkpoints: u64,
    /// The last event that the anchor covers.
    anchored: Option<u64>,
    /// Whether the tables were made again and compared.
    tables: bool,
    /// How many; the first hundred follow.
    count: u64,
    findings: Vec<FindingJson>,
}

pub(super) fn run(arguments: &VerifyArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let lines = match &arguments.anchor {
        Some(path) => anchor::read(&*context.environment.disk, path)?,
        None => Vec::new(),
    };
    let report = match (&arguments.source.station, &arguments.source.export) {
        (Some(station), None) => {
            let (directory, ledger) = desk::snapshot(station, context)?;
            let mut report = verify::ledger(&ledger, &lines)?;
            if report.ledger != directory.ledger_id() {
                report.findings.add(Finding::Database(
                    "the ledger is not the one that station.json names".to_owned(),
                ));
            }
            report
        }
        (None, Some(path)) => exported(path, &lines)?,
        _ => {
            return Err(Failure::usage(
                "--station or --export is required",
                "give the directory of a station, or a file that `eid ledger export` printed",
            ));
        }
    };
    show(&report, arguments.anchor.is_some(), context)?;
    match report.is_whole() {
        true => Ok(ExitCode::Success),
        false => Err(Failure::new(
            ExitCode::Storage,
            "ledger.damaged",
            format!(
                "the ledger is not what it was: {} findings",
                report.findings.count()
            ),
            "change nothing, keep a copy of the directory and of the anchor, and find out who could write to it",
        )),
    }
}

/// Judges an export in two passes: its checkpoints come after the events that they are compared with.
fn exported(path: &Path, lines: &[AnchorLine]) -> Result<Report, Failure> {
    let (mut marks, mut findings) = (Vec::new(), Findings::default());
    read(path, &mut marks, &mut findings, |export| export.for_each(drop))?;
    let (mut again, mut told) = (Vec::new(), Findings::default());
    let mut report = None;
    read(path, &mut again, &mut told, |export| {
        report = Some(verify::exported(export, marks, lines, findings));
    })?;
    report.ok_or_else(|| Failure::internal("no report"))
}

fn read(
    path: &Path,
    marks: &mut Vec<verify::Mark>,
    findings: &mut Findings,
    work: impl FnOnce(export::Export<'_, BufReader<File>>),
) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::input(
            "ledger.export",
            format!("{}: {error}", path.display()),
            "give a file that `eid ledger export` printed",
        )
    };
    let mut error = None;
    let input = BufReader::new(File::open(path).map_err(failed)?);
    work(export::Export::new(input, marks, findings, &mut error));
    error.map_or(Ok(()), |error| Err(failed(error)))
}

fn show(report: &Report, has_anchor: bool, context: &Context<'_>) -> Result<(), Failure> {
    let object = ReportJson {
        schema: "eid.ledger.verify/1",
        whole: report.is_whole(),
        ledger: &report.ledger,
        checkpoint_key: &report.checkpoint_key,
        events: report.head.sequence,
        digest: hex::encode(report.head.digest),
        checkpoints: report.checkpoints,
        anchored: report.anchored,
        tables: report.tables,
        count: report.findings.count(),
        findings: report
            .findings
            .told()
            .iter()
            .map(|finding| FindingJson {
                id: finding.id(),
                damage: finding.is_damage(),
                finding: finding.to_string(),
            })
            .collect(),
    };
    context.output.result(&object, |out| {
        let verdict = if object.whole { "WHOLE" } else { "DAMAGED" };
        writeln!(
            out,
            "{verdict}: {} events, {} checkpoints",
            object.events, object.checkpoints
        )?;
        writeln!(out, "ledger          {}", object.ledger)?;
        writeln!(out, "checkpoint key  {}", object.checkpoint_key)?;
        writeln!(out, "end             {}", object.digest)?;
        match report.anchored {
            Some(sequence) if sequence == object.events => writeln!(out, "anchored        all of it")?,
            Some(sequence) => writeln!(out, "anchored        up to event {sequence}")?,
            None => writeln!(out, "anchored        nothing of it")?,
        }
        for finding in &object.findings {
            let mark = if finding.damage { "DAMAGE" } else { "note" };
            writeln!(out, "{mark}  {}", crate::cli::output::one_line(&finding.finding))?;
        }
        Ok(())
    })?;
    if !has_anchor {
        context
            .output
            .progress("without --anchor nobody can tell whether all of it was rewritten, or its end cut off");
    }
    Ok(())
}
