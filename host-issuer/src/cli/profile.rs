//! `eid profile list|show|check`

use std::path::Path;

use personalization::profile::{self, BUILTIN, CardProfile, CheckedProfile, ProfileError};
use serde::Serialize;

use super::context::Context;
use super::exit_code::ExitCode;
use super::failure::Failure;
use crate::station::application::BatchProfile;

/// A profile of this size is something else.
const SIZE_LIMIT: u64 = 64 * 1024;

#[derive(Debug, clap::Subcommand)]
pub(super) enum ProfileCommand {
    /// List the profiles that come with eid
    List,
    /// Print one, to start from
    Show(NameArguments),
    /// Check one: name or TOML file
    Check(NameArguments),
}

#[derive(Debug, clap::Args)]
pub(super) struct NameArguments {
    /// Name of a built-in profile, or a TOML file
    #[arg(value_name = "PROFILE")]
    profile: String,
}

#[derive(Serialize)]
struct ListJson {
    schema: &'static str,
    profiles: Vec<EntryJson>,
}

#[derive(Serialize)]
struct EntryJson {
    name: String,
    description: String,
}

#[derive(Serialize)]
struct ProfileJson {
    schema: &'static str,
    valid: bool,
    profile: CardProfile,
}

pub(super) fn run(command: &ProfileCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match command {
        ProfileCommand::List => list(context),
        ProfileCommand::Show(arguments) => show(arguments, context),
        ProfileCommand::Check(arguments) => check(arguments, context),
    }
}

/// The profile of this name, or in this file; checked.
pub(super) fn load(context: &Context<'_>, name: &str) -> Result<CheckedProfile, Failure> {
    let (text, origin) = source(context, name)?;
    let checked = CardProfile::from_toml(&text).and_then(CardProfile::check);
    checked.map_err(|error| Failure::from(error).about(origin))
}

/// The same with its text, which a batch keeps.
pub(super) fn load_with_text(context: &Context<'_>, name: &str) -> Result<BatchProfile, Failure> {
    let (text, origin) = source(context, name)?;
    BatchProfile::from_toml(&text).map_err(|error| Failure::from(error).about(origin))
}

/// The TOML text, and what to call it.
fn source(context: &Context<'_>, name: &str) -> Result<(String, String), Failure> {
    if let Some((known, text)) = BUILTIN.iter().find(|(known, _)| *known == name) {
        return Ok(((*text).to_owned(), (*known).to_owned()));
    }
    // A name without a dot or a separator is meant as a name, and the error then lists those there are.
    if !name.contains(['.', '/', std::path::MAIN_SEPARATOR]) {
        return Err(ProfileError::UnknownName(name.to_owned()).into());
    }
    let text = context.read_text(Path::new(name), SIZE_LIMIT)?;
    Ok((text, name.to_owned()))
}

fn list(context: &Context<'_>) -> Result<ExitCode, Failure> {
    let mut profiles = Vec::new();
    for (name, _) in BUILTIN {
        let profile = profile::builtin(name).map_err(|error| Failure::internal(error.to_string()))?;
        profiles.push(EntryJson {
            name: name.to_owned(),
            description: profile.profile().description.clone(),
        });
    }
    let object = ListJson {
        schema: "eid.profiles/1",
        profiles,
    };
    context.output.result(&object, |out| {
        for profile in &object.profiles {
            writeln!(out, "{:<20} {}", profile.name, profile.description)?;
        }
        Ok(())
    })?;
    Ok(ExitCode::Success)
}

fn show(arguments: &NameArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let (text, origin) = source(context, &arguments.profile)?;
    let profile = CardProfile::from_toml(&text).map_err(|error| Failure::from(error).about(origin))?;
    let object = ProfileJson {
        schema: "eid.profile/1",
        valid: profile.clone().check().is_ok(),
        profile,
    };
    context
        .output
        .result(&object, |out| writeln!(out, "{}", text.trim_end()))?;
    Ok(ExitCode::Success)
}

fn check(arguments: &NameArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let checked = load(context, &arguments.profile)?;
    let today = context.environment.clock.now().date();
    checked.check_issue_date(today)?;
    let object = ProfileJson {
        schema: "eid.profile/1",
        valid: true,
        profile: checked.profile().clone(),
    };
    context.output.result(&object, |out| {
        writeln!(out, "{}: cards may be issued with it today", arguments.profile)
    })?;
    Ok(ExitCode::Success)
}
