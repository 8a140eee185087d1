//! `eid batch report`: what became of a batch, for a person, a spreadsheet, a program or on paper.

mod csv;
mod html;
mod text;

use std::path::PathBuf;

use super::super::context::Context;
use super::super::desk::StationArguments;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use crate::environment::Access;
use crate::ledger::event::timestamp;
use crate::station::report::gather;

/// What stands where a chip's serial number would, of a card that tells none.
const OPERATIONAL: &str = "an operational card";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ReportArguments {
    /// The batch
    #[arg(value_name = "BATCH")]
    batch: String,
    #[command(flatten)]
    station: StationArguments,
    /// Form of the report
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// File for the report [default: the standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Forms of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Lines for a person; with --json the JSON object
    Text,
    /// Sums by province, day, reader and reason: a table for a spreadsheet
    Csv,
    /// Every attempt, in a table for a spreadsheet
    CsvAttempts,
    /// Everything (eid.batch.report/1)
    Json,
    /// A page for a browser or for paper; loads nothing
    Html,
}

pub(super) fn run(arguments: &ReportArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let station = arguments.station.open(context)?;
    let report = gather(&station.ledger, &arguments.batch)?;
    let format = match (arguments.format, context.output.is_json()) {
        (Format::Text, true) => Format::Json,
        (format, _) => format,
    };
    let content = match format {
        Format::Text => text::page(&report),
        Format::Csv => csv::sums(&report),
        Format::CsvAttempts => csv::attempts(&report),
        Format::Json => {
            let json = serde_json::to_string_pretty(&report);
            json.map_err(|error| Failure::internal(error.to_string()))? + "\n"
        }
        Format::Html => html::page(&report, &timestamp(context.environment.clock.now())),
    };
    match &arguments.out {
        Some(path) => {
            let disk = &context.environment.disk;
            disk.write(path, content.as_bytes(), Access::Public)?;
            context
                .output
                .progress(&format!("report of {}: {}", report.batch, path.display()));
        }
        // What is asked for is a document, JSON or not: it goes out as it is.
        None => context.output.document(&content)?,
    }
    Ok(ExitCode::Success)
}
