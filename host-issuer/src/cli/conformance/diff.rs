//! `eid conformance diff A B`

use std::path::{Path, PathBuf};

use test_vectors::conformance::report::{Diff, Report};

use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;

/// Longest report, in bytes: the traces of a whole run have some ten million.
const MAX_REPORT_LEN: u64 = 256 * 1024 * 1024;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct DiffArguments {
    /// The report (JSON) of the run before
    #[arg(value_name = "BEFORE")]
    before: PathBuf,
    /// The report (JSON) of the run after it
    #[arg(value_name = "AFTER")]
    after: PathBuf,
}

pub(super) fn run(arguments: &DiffArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let (before, after) = (
        read(context, &arguments.before)?,
        read(context, &arguments.after)?,
    );
    let diff = Diff::new(&before, &after);
    context
        .output
        .result(&diff, |out| write!(out, "{}", diff.to_text()))?;
    Ok(if diff.has_new_failures() {
        ExitCode::NotGenuine
    } else {
        ExitCode::Success
    })
}

fn read(context: &Context<'_>, path: &Path) -> Result<Report, Failure> {
    let bytes = context.environment.disk.read(path, MAX_REPORT_LEN)?;
    Report::from_json(&bytes).map_err(|error| {
        Failure::input(
            "conformance.report",
            format!("{}: {error}", path.display()),
            "give reports that `eid conformance run --report FILE.json` wrote",
        )
    })
}
