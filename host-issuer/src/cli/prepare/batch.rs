//! `eid prepare --batch`: the cards of many persons, each on a line of the output. One that cannot be prepared does not stop the
//! others, and its chip is free again.
//!
//! The persons are listed in a file, an object on each line, with files relative to it:
//!
//! ```text
//! {"record":"an.json","photo":"an.jp2"}
//! {"record":"binh.json","photo":"binh.jpg","enrolment":"binh.enrolment.json","chip":"20 hexadecimal digits"}
//! ```
//!
//! or stand in a directory: NAME.json beside NAME.jp2, .jpg or .jpeg, and NAME.enrolment.json where there is one.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::super::issue::enrolment::EnrolmentArguments;
use super::super::issue::inputs::in_record;
use super::PrepareJson;
use super::arguments::PrepareArguments;
use super::fresh::Room;
use super::write::Prepared;

/// Longest list, in bytes, and most persons of one.
const MAX_LIST_BYTES: u64 = 64 * 1024 * 1024;
const MAX_PERSONS: usize = 100_000;
const PHOTO_EXTENSIONS: [&str; 3] = ["jp2", "jpg", "jpeg"];
const ENROLMENT_SUFFIX: &str = ".enrolment";

/// A line of the list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    record: PathBuf,
    photo: PathBuf,
    #[serde(default)]
    enrolment: Option<PathBuf>,
    #[serde(default)]
    chip: Option<String>,
}

/// A person of the batch: by what the output names it, and what there is of it.
struct Entry {
    name: String,
    line: Result<Line, Failure>,
}

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
    let entries = entries(list, context)?;
    let profile = arguments.inputs.load_profile(context)?;
    let office = arguments.inputs.load_office(context, profile)?;
    let room = Room::open(office, arguments, context)?;
    let (mut prepared, mut failed) = (0usize, None);
    for Entry { name, line } in &entries {
        let outcome = match line {
            Ok(line) => prepare(&room, line, arguments, context),
            Err(failure) => Err(failure.clone()),
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

/// The persons of a list or a directory, in their order or by name.
fn entries(list: &Path, context: &Context<'_>) -> Result<Vec<Entry>, Failure> {
    let entries = match list.is_dir() {
        true => of_directory(list)?,
        false => of_list(list, &context.read_text(list, MAX_LIST_BYTES)?),
    };
    match entries.len() {
        1..=MAX_PERSONS => Ok(entries),
        count => Err(Failure::input(
            "batch.size",
            format!("{}: {count} persons", list.display()),
            format!("give 1 to {MAX_PERSONS}: a line each, or a record and a photo each in a directory"),
        )),
    }
}

fn of_list(list: &Path, text: &str) -> Vec<Entry> {
    let directory = list.parent().unwrap_or(Path::new(""));
    let lines = text.lines().enumerate();
    let filled = lines.filter(|(_, line)| !line.trim().is_empty());
    let entry = |(index, line): (usize, &str)| match serde_json::from_str::<Line>(line) {
        Ok(line) => Entry {
            name: line.record.display().to_string(),
            line: Ok(Line {
                record: directory.join(line.record),
                photo: directory.join(line.photo),
                enrolment: line.enrolment.map(|path| directory.join(path)),
                chip: line.chip,
            }),
        },
        Err(error) => Entry {
            name: format!("line {}", index + 1),
            line: Err(Failure::input(
                "batch.line",
                error.to_string(),
                "give {\"record\":\"FILE\",\"photo\":\"FILE\"}, and \"enrolment\" or \"chip\" where there is one",
            )),
        },
    };
    filled.take(MAX_PERSONS + 1).map(entry).collect()
}

fn of_directory(directory: &Path) -> Result<Vec<Entry>, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::new(
            ExitCode::Storage,
            "storage.io",
            format!("{}: {error}", directory.display()),
            "check that the directory can be read",
        )
    };
    let mut records = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let is_record = path.extension().is_some_and(|extension| extension == "json");
        let is_enrolment = path
            .file_stem()
            .is_some_and(|stem| stem.to_string_lossy().ends_with(ENROLMENT_SUFFIX));
        if is_record && !is_enrolment {
            records.push(path);
        }
        if records.len() > MAX_PERSONS {
            break;
        }
    }
    records.sort();
    Ok(records.into_iter().map(beside).collect())
}

/// What stands beside a record.
fn beside(record: PathBuf) -> Entry {
    let name = record
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let photo = PHOTO_EXTENSIONS
        .iter()
        .map(|extension| record.with_extension(extension))
        .find(|photo| photo.is_file());
    let enrolment = record.with_extension(format!("{}.json", ENROLMENT_SUFFIX.trim_start_matches('.')));
    let line = photo
        .map(|photo| Line {
            photo,
            enrolment: enrolment.is_file().then_some(enrolment),
            record,
            chip: None,
        })
        .ok_or_else(|| {
            Failure::input(
                "batch.no_photo",
                "there is no photo beside the record",
                "put it there with the record's name, as .jp2, .jpg or .jpeg",
            )
        });
    Entry { name, line }
}
