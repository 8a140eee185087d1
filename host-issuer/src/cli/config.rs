//! `eid config show`

use serde::Serialize;

use super::context::Context;
use super::exit_code::ExitCode;
use super::failure::Failure;
use crate::settings::Setting;

#[derive(Debug, clap::Subcommand)]
pub(super) enum ConfigCommand {
    /// Print every setting with its value and origin
    Show,
}

#[derive(Serialize)]
struct ConfigJson<'a> {
    schema: &'static str,
    settings: &'a [Setting],
}

pub(super) fn run(command: &ConfigCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let ConfigCommand::Show = command;
    let settings = context.settings()?;
    let object = ConfigJson {
        schema: "eid.config/1",
        settings: settings.all(),
    };
    context.output.result(&object, |out| {
        for setting in settings.all() {
            let value = setting.value.as_deref().unwrap_or("-");
            let source = setting
                .source
                .as_deref()
                .map(|source| format!("  ({source})"))
                .unwrap_or_default();
            writeln!(out, "{:<12} {value}{source}", setting.name)?;
        }
        Ok(())
    })?;
    Ok(ExitCode::Success)
}
