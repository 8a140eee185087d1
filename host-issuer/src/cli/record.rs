//! `eid record check|template`

use std::path::{Path, PathBuf};

use personalization::citizen::{CitizenRecord, MAX_RECORD_BYTES};
use personalization::job;
use serde::Serialize;

use super::context::Context;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::profile;

#[derive(Debug, clap::Subcommand)]
pub(super) enum RecordCommand {
    /// Check a citizen record
    Check(CheckArguments),
    /// Print a complete record of a fictional person
    Template,
}

#[derive(Debug, clap::Args)]
pub(super) struct CheckArguments {
    /// The record (JSON)
    #[arg(value_name = "FILE")]
    record: PathBuf,
    /// Also check it against this profile: name or TOML file
    #[arg(short, long, value_name = "PROFILE")]
    profile: Option<String>,
}

#[derive(Serialize)]
struct CheckJson {
    schema: &'static str,
    valid: bool,
    mrz: Option<Vec<String>>,
}

#[derive(Serialize)]
struct TemplateJson {
    schema: &'static str,
    record: serde_json::Value,
}

pub(super) fn run(command: &RecordCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match command {
        RecordCommand::Check(arguments) => check(arguments, context),
        RecordCommand::Template => template(context),
    }
}

/// Reads and validates a record; the errors name the file and the field, never a value.
pub(super) fn load(context: &Context<'_>, path: &Path) -> Result<CitizenRecord, Failure> {
    let limit = u64::try_from(MAX_RECORD_BYTES).unwrap_or(u64::MAX);
    let text = zeroize::Zeroizing::new(context.read_text(path, limit)?);
    let today = context.environment.clock.now().date();
    CitizenRecord::from_json(&text, today).map_err(|error| Failure::from(error).about(path.display()))
}

fn check(arguments: &CheckArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let record = load(context, &arguments.record)?;
    let about = |failure: Failure| failure.about(arguments.record.display());
    let mrz = match &arguments.profile {
        None => None,
        Some(name) => {
            let profile = profile::load(context, name)?;
            profile.check_issue_date(record.issue_date())?;
            profile
                .check_record(&record)
                .map_err(|error| about(error.into()))?;
            let zone =
                job::mrz(&record, &profile).map_err(|error| about(job::PrepareError::from(error).into()))?;
            Some(zone.lines().into_iter().map(str::to_owned).collect())
        }
    };
    let object = CheckJson {
        schema: "eid.record.check/1",
        valid: true,
        mrz,
    };
    context.output.result(&object, |out| {
        writeln!(out, "{}: the record is valid", arguments.record.display())?;
        for line in object.mrz.iter().flatten() {
            writeln!(out, "{line}")?;
        }
        Ok(())
    })?;
    Ok(ExitCode::Success)
}

fn template(context: &Context<'_>) -> Result<ExitCode, Failure> {
    let text = CitizenRecord::template();
    let record = serde_json::from_str(text).map_err(|error| Failure::internal(error.to_string()))?;
    let object = TemplateJson {
        schema: "eid.record.template/1",
        record,
    };
    context
        .output
        .result(&object, |out| writeln!(out, "{}", text.trim_end()))?;
    Ok(ExitCode::Success)
}
