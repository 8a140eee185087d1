//! `eid conformance probe`

use serde::Serialize;

use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::card::CardArguments;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ProbeArguments {
    #[command(flatten)]
    card: CardArguments,
}

#[derive(Serialize)]
struct ProbeJson {
    schema: &'static str,
    atr: String,
    card: String,
    statement: serde_json::Value,
    undecided: Vec<&'static str>,
    notes: Vec<String>,
}

pub(super) fn run(arguments: &ProbeArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let secrets = arguments.card.secrets(context)?;
    let (_, atr, probed) = arguments.card.probe(context, &secrets, 1)?;
    if !context.output.is_json() {
        context.output.document(&probed.to_toml())?;
        return Ok(ExitCode::Success);
    }
    let statement = toml::from_str(&probed.to_toml())
        .map_err(|error| Failure::internal(format!("the statement is no TOML: {error}")))?;
    let object = ProbeJson {
        schema: "eid.conformance.probe/1",
        atr: hex::encode_upper(atr),
        card: hex::encode(probed.card),
        statement,
        undecided: probed.undecided.iter().map(|need| need.name()).collect(),
        notes: probed.notes,
    };
    context.output.result(&object, |_| Ok(()))?;
    Ok(ExitCode::Success)
}
