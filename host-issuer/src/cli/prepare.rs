//! `eid prepare`: a card for a chip that is somewhere else. Needs neither chip nor reader: the chip drew its keys in the stock
//! room, the signer signs over them here, and what makes that chip this card goes to a station that has no keys of the issuer.
//!
//! What comes of it are two sealed files: SERIAL.cardscript for the station, and SERIAL.cardimg for this office, from which the
//! card can be prepared for its chip again when a script is used up, without a second signature.

mod again;
mod arguments;
mod batch;
mod fresh;
mod write;

use serde::Serialize;

pub(super) use self::arguments::PrepareArguments;
use self::write::Prepared;
use super::context::Context;
use super::exit_code::ExitCode;
use super::failure::Failure;

#[derive(Serialize)]
struct PrepareJson {
    schema: &'static str,
    card_id: String,
    chip_serial: String,
    profile: String,
    attempts: usize,
    first_sequence: u32,
    script: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
}

impl PrepareJson {
    fn of(prepared: Prepared) -> Self {
        Self {
            schema: "eid.prepare/1",
            card_id: prepared.card_id,
            chip_serial: hex::encode_upper(prepared.serial),
            profile: prepared.profile,
            attempts: prepared.attempts.count,
            first_sequence: prepared.attempts.first_sequence,
            script: prepared.script.display().to_string(),
            image: prepared.image.map(|path| path.display().to_string()),
        }
    }
}

pub(super) fn run(arguments: &PrepareArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    if let Some(list) = &arguments.batch {
        return batch::run(list, arguments, context);
    }
    let prepared = match &arguments.image {
        Some(path) => again::prepare(path, arguments, context)?,
        None => fresh::prepare(arguments, context)?,
    };
    let object = PrepareJson::of(prepared);
    context.output.result(&object, |out| {
        writeln!(
            out,
            "prepared card {} for chip {}",
            object.card_id, object.chip_serial
        )?;
        writeln!(
            out,
            "  script  {} (for the station; {} attempts)",
            object.script, object.attempts
        )?;
        match &object.image {
            Some(image) => writeln!(out, "  image   {image} (for this office)"),
            None => Ok(()),
        }
    })?;
    Ok(ExitCode::Success)
}
