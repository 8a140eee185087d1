//! `eid record check|template`

mod enrolled;
mod portrait;

use std::path::{Path, PathBuf};

use personalization::citizen::{CitizenRecord, MAX_RECORD_BYTES};
use personalization::job;
use personalization::profile::CheckedProfile;
use serde::Serialize;

use self::enrolled::EnrolledJson;
use self::portrait::{PortraitArguments, PortraitJson};
use super::context::Context;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::issue::enrolment::{self, EnrolmentArguments};
use super::profile;

#[derive(Debug, clap::Subcommand)]
pub(super) enum RecordCommand {
    /// Check a citizen record, a portrait, an enrolment: all that is given
    Check(Box<CheckArguments>),
    /// Print a complete record of a fictional person
    Template,
}

#[derive(Debug, clap::Args)]
pub(super) struct CheckArguments {
    /// The record (JSON)
    #[arg(value_name = "FILE", required_unless_present_any = ["portrait", "enrolment", "finger"])]
    record: Option<PathBuf>,
    /// Also check against this profile: name or TOML file
    #[arg(short, long, value_name = "PROFILE")]
    profile: Option<String>,
    #[command(flatten)]
    portrait: PortraitArguments,
    #[command(flatten)]
    enrolment: EnrolmentArguments,
}

#[derive(Serialize)]
struct CheckJson {
    schema: &'static str,
    valid: bool,
    mrz: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    portrait: Option<PortraitJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enrolment: Option<EnrolledJson>,
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
    let profile = match &arguments.profile {
        Some(name) => Some(profile::load(context, name)?),
        None => None,
    };
    let mrz = match &arguments.record {
        Some(path) => check_record(context, path, profile.as_ref())?,
        None => None,
    };
    let portrait = portrait::check(&arguments.portrait, profile.as_ref(), context)?;
    let enrolment = if arguments.enrolment.is_given() {
        let enrolment = enrolment::load(context, &arguments.enrolment)?;
        if let Some(profile) = &profile {
            profile.check_enrolment(&enrolment)?;
        }
        Some(EnrolledJson::new(&enrolment))
    } else {
        None
    };
    let object = CheckJson {
        schema: "eid.record.check/1",
        valid: true,
        mrz,
        portrait,
        enrolment,
    };
    context.output.result(&object, |out| {
        if let Some(path) = &arguments.record {
            writeln!(out, "{}: the record is valid", path.display())?;
        }
        for line in object.mrz.iter().flatten() {
            writeln!(out, "{line}")?;
        }
        if let Some(portrait) = &object.portrait {
            let PortraitJson {
                format,
                width,
                height,
                bytes,
                file,
                ..
            } = portrait;
            let file = file.as_deref().unwrap_or("the portrait is good for a card");
            writeln!(out, "{file}: {format}, {width} x {height}, {bytes} bytes")?;
        }
        object
            .enrolment
            .as_ref()
            .map_or(Ok(()), |enrolment| enrolment.write(out))
    })?;
    Ok(ExitCode::Success)
}

/// Checks a record, and its zone where there is a profile.
fn check_record(
    context: &Context<'_>,
    path: &Path,
    profile: Option<&CheckedProfile>,
) -> Result<Option<Vec<String>>, Failure> {
    let record = load(context, path)?;
    let about = |failure: Failure| failure.about(path.display());
    let Some(profile) = profile else {
        return Ok(None);
    };
    profile.check_issue_date(record.issue_date())?;
    profile
        .check_record(&record)
        .map_err(|error| about(error.into()))?;
    let zone = job::mrz(&record, profile).map_err(|error| about(job::PrepareError::from(error).into()))?;
    Ok(Some(zone.lines().into_iter().map(str::to_owned).collect()))
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
