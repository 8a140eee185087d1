//! `eid completions` and `eid man`: from the same structs that parse the command line.

use std::io::Write;

use clap_complete::Shell;
use serde::Serialize;

use super::context::Context;
use super::exit_code::ExitCode;
use super::failure::Failure;

#[derive(Debug, clap::Args)]
pub(super) struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Serialize)]
struct TextJson {
    schema: &'static str,
    text: String,
}

pub(super) fn completions(
    arguments: &CompletionsArguments,
    context: &Context<'_>,
) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut super::command(), "eid", &mut script);
    print(context, "eid.completions/1", script)
}

/// One page with every command on it, and the exit codes.
pub(super) fn man(context: &Context<'_>) -> Result<ExitCode, Failure> {
    let render = || -> std::io::Result<Vec<u8>> {
        let mut page = Vec::new();
        let mut command = super::command();
        // Fills in what clap otherwise finds out when it parses.
        command.build();
        let manual = clap_mangen::Man::new(command.clone());
        manual.render_title(&mut page)?;
        manual.render_name_section(&mut page)?;
        manual.render_synopsis_section(&mut page)?;
        manual.render_description_section(&mut page)?;
        manual.render_options_section(&mut page)?;
        writeln!(page, ".SH COMMANDS")?;
        describe(&mut page, "eid", &command)?;
        writeln!(page, ".SH \"EXIT STATUS\"")?;
        for (code, meaning) in ExitCode::TABLE {
            writeln!(page, ".TP\n\\fB{}\\fR\n{meaning}", code as u8)?;
        }
        Ok(page)
    };
    let page = render().map_err(|error| Failure::internal(error.to_string()))?;
    print(context, "eid.man/1", page)
}

/// `.TP` for each command that does something, its options below it.
fn describe(page: &mut Vec<u8>, prefix: &str, command: &clap::Command) -> std::io::Result<()> {
    for child in command
        .get_subcommands()
        .filter(|child| child.get_name() != "help")
    {
        let name = format!("{prefix} {}", child.get_name());
        if child.has_subcommands() {
            describe(page, &name, child)?;
            continue;
        }
        let about = child.get_about().map(ToString::to_string).unwrap_or_default();
        writeln!(page, ".SS \"{name}\"\n{about}")?;
        for argument in child.get_arguments().filter(|argument| {
            !argument.is_hide_set() && !argument.is_global_set() && argument.get_id() != "help"
        }) {
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            writeln!(
                page,
                ".TP\n\\fB{}\\fR\n{}",
                argument.to_string().replace('-', "\\-"),
                help.replace('\n', " ")
            )?;
        }
    }
    Ok(())
}

fn print(context: &Context<'_>, schema: &'static str, text: Vec<u8>) -> Result<ExitCode, Failure> {
    let text = String::from_utf8(text).map_err(|error| Failure::internal(error.to_string()))?;
    let object = TextJson { schema, text };
    context
        .output
        .result(&object, |out| out.write_all(object.text.as_bytes()))?;
    Ok(ExitCode::Success)
}
