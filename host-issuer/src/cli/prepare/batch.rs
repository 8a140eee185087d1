//! `eid prepare --batch`: the cards of many persons, each on a line of the output. One that cannot be prepared does not stop the
//! others, and its chip is free again.
//!
//! How persons are listed is the same as for a batch ([`intake`]).

use std::path::Path;

use serde::Serialize;

use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::super::issue::enrolment::EnrolmentArguments;
use super::super::issue::inputs::in_record;
use super::PrepareJson;
use super::arguments::PrepareArguments;
use super::fresh::Room;
use super::write::Prepared;
use crate::station::intake::{self, Entry, Line};

/// One that could not be prepared.
#[derive(Serialize)]
struct FailedJson<'a> {
    schema: &'static str,
    record: &'a str,
    id: &'static str,
    error: &'a str,
    hint: &'a str,
    exit_code: u8,
}

/// One that was.
#[derive(Serialize)]
struct LineJson<'a> {
    record: &'a str,
    #[serde(flatten)]
    prepared: PrepareJson,
}

/// Prepares all of them. The exit code is the first failure's.
pub(super) fn run(
    list: &Path,
    arguments: &PrepareArguments,
    context: &Context<'_>,
) -> Result<ExitCode, Failure> {
    let entries = intake::entries(list, &*context.environment.disk)?;
    let profile = arguments.inputs.load_profile(context)?;
    let office = arguments.inputs.office().load_office(context, profile)?;
    let room = Room::open(office, arguments, context)?;
    let (mut prepared, mut failed) = (0usize, None);
    for Entry { name, line } in &entries {
        let outcome = match line {
            Ok(line) => prepare(&room, line, arguments, context),
            Err(error) => Err(Failure::from(*error)),
        };
        match outcome {
            Ok(card) => {
                prepared += 1;
                tell(name, card, context)?;
            }
            Err(failure) => {
                let code = failure.code;
                tell_failure(name, &failure, context)?;
                failed.get_or_insert(code);
                // Without its signer the office prepares no other card either.
                if code == ExitCode::Signer {
                    break;
                }
            }
        }
    }
    let all = entries.len();
    context
        .output
        .progress(&format!("prepared {prepared} of {all} cards"));
    Ok(failed.unwrap_or(ExitCode::Success))
}

fn prepare(
    room: &Room<'_, '_>,
    line: &Line,
    arguments: &PrepareArguments,
    context: &Context<'_>,
) -> Result<Prepared, Failure> {
    let enrolment = EnrolmentArguments::of_record(line.enrolment.clone());
    let person = arguments.inputs.load_person(
        context,
        &room.office.profile,
        &line.record,
        &line.photo,
        &enrolment,
    )?;
    room.prepare(&person, line.chip.as_deref())
        .map_err(|failure| in_record(&line.record, failure))
}

fn tell(name: &str, card: Prepared, context: &Context<'_>) -> Result<(), Failure> {
    let object = LineJson {
        record: name,
        prepared: PrepareJson::of(card),
    };
    let told = context.output.event(&object, |out| {
        writeln!(
            out,
            "{name}: card {} for chip {}, {}",
            object.prepared.card_id, object.prepared.chip_serial, object.prepared.script
        )
    });
    told.map_err(not_told)
}

fn tell_failure(name: &str, failure: &Failure, context: &Context<'_>) -> Result<(), Failure> {
    let object = FailedJson {
        schema: "eid.prepare.failed/1",
        record: name,
        id: failure.id,
        error: &failure.message,
        hint: &failure.hint,
        exit_code: failure.code as u8,
    };
    context.output.mishap(&failure.clone().about(name));
    context.output.event(&object, |_| Ok(())).map_err(not_told)
}

fn not_told(error: std::io::Error) -> Failure {
    Failure::new(
        ExitCode::Storage,
        "storage.stdout",
        format!("the result cannot be written: {error}"),
        "check where the standard output goes; `eid stock list` shows for which cards chips were taken",
    )
}
