//! Many approved applications at once: in a list, an object on each line, with files relative to it,
//!
//! ```text
//! {"record":"an.json","photo":"an.jp2"}
//! {"record":"binh.json","photo":"binh.jpg","enrolment":"binh.enrolment.json","kind":"renewal","replaces":"16 letters and digits"}
//! ```
//!
//! or in a directory: NAME.json beside NAME.jp2, .jpg or .jpeg, and NAME.enrolment.json where there is one.
//!
//! | member | is |
//! |---|---|
//! | `record`, `photo`, `enrolment` | files beside the list or below |
//! | `kind` | `first`, `renewal`, `replacement`: why the card is made |
//! | `replaces` | the card that it replaces |
//! | `province` | three digits; that of the citizen number where it is not given |
//! | `chip` | for `eid prepare` alone: the chip that the card is for |
//!
//! The list comes from another office, and is not believed: sizes, counts and depth are bounded, nothing outside its directory is
//! read, and errors quote nothing of it.

mod read;

use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use serde::Deserialize;

pub use self::read::read;
use crate::environment::{Disk, DiskError};
use crate::ledger::event::JobKind;

/// Longest list, in bytes.
pub const MAX_LIST_BYTES: u64 = 64 * 1024 * 1024;
/// Longest line of one, in bytes.
pub const MAX_LINE_BYTES: usize = 4096;
/// Most persons.
pub const MAX_PERSONS: usize = 100_000;
const PHOTO_EXTENSIONS: [&str; 3] = ["jp2", "jpg", "jpeg"];
const ENROLMENT_SUFFIX: &str = ".enrolment";
/// Most names in a directory: a record, a photo, an enrolment and what it names.
const MAX_NAMES: usize = 16 * MAX_PERSONS;

/// An application of the list: where its files are, and what else is said of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The citizen record.
    pub record: PathBuf,
    /// The portrait.
    pub photo: PathBuf,
    /// The enrolment record.
    #[serde(default)]
    pub enrolment: Option<PathBuf>,
    /// The chip that the card is for.
    #[serde(default)]
    pub chip: Option<String>,
    /// Why the card is made.
    #[serde(default)]
    pub kind: Option<JobKind>,
    /// The card that it replaces.
    #[serde(default)]
    pub replaces: Option<String>,
    /// The province that sent it.
    #[serde(default)]
    pub province: Option<String>,
}

/// An application by what the output names it, and what there is of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The record's name as the list has it, or the line's number.
    pub name: String,
    /// The files, relative to where the program is.
    pub line: Result<Line, LineError>,
}

/// Why an entry of a list names no application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// It is no object of a list.
    #[error("no object of a list (column {column})")]
    Malformed {
        /// Where reading it ended.
        column: usize,
    },
    /// The line is too long.
    #[error("longer than {MAX_LINE_BYTES} bytes")]
    TooLong,
    /// A file lies elsewhere.
    #[error("{0}: files lie beside the list or below")]
    Outside(&'static str),
    /// There is no photo beside the record.
    #[error("there is no photo beside the record")]
    NoPhoto,
}

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// A file or directory cannot be read.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The list is not UTF-8.
    #[error("{}: not UTF-8 text", path.display())]
    NotUtf8 {
        /// The list.
        path: PathBuf,
    },
    /// It has nobody in it, or too many.
    #[error("{}: {count} persons", path.display())]
    Size {
        /// The list.
        path: PathBuf,
        /// How many.
        count: usize,
    },
}

/// The applications of a list or a directory, in their order or by name. Never panics.
///
/// # Errors
/// [`IntakeError`]; what is wrong with one entry is said there.
pub fn entries(list: &Path, disk: &dyn Disk) -> Result<Vec<Entry>, IntakeError> {
    let entries = match disk.list(list, MAX_NAMES) {
        Ok(names) => of_directory(list, &names),
        Err(error) if error.source.kind() == ErrorKind::NotADirectory => {
            let bytes = disk.read(list, MAX_LIST_BYTES)?;
            let text = String::from_utf8(bytes).map_err(|_| IntakeError::NotUtf8 {
                path: list.to_owned(),
            })?;
            of_list(&text, list.parent().unwrap_or(Path::new("")))
        }
        Err(error) => return Err(error.into()),
    };
    match entries.len() {
        1..=MAX_PERSONS => Ok(entries),
        count => Err(IntakeError::Size {
            path: list.to_owned(),
            count,
        }),
    }
}

/// The entries of a list whose files are in this directory; one more than [`MAX_PERSONS`] where there are too many.
#[must_use]
pub fn of_list(text: &str, directory: &Path) -> Vec<Entry> {
    let lines = text.lines().enumerate();
    let filled = lines.filter(|(_, line)| !line.trim().is_empty());
    let entry = |(index, text): (usize, &str)| match parse(text) {
        Ok(line) => Entry {
            name: line.record.display().to_string(),
            line: Ok(Line {
                record: directory.join(line.record),
                photo: directory.join(line.photo),
                enrolment: line.enrolment.map(|path| directory.join(path)),
                ..line
            }),
        },
        Err(error) => Entry {
            name: format!("line {}", index + 1),
            line: Err(error),
        },
    };
    filled.take(MAX_PERSONS + 1).map(entry).collect()
}

fn parse(text: &str) -> Result<Line, LineError> {
    if text.len() > MAX_LINE_BYTES {
        return Err(LineError::TooLong);
    }
    // serde's own messages quote values.
    let line: Line = serde_json::from_str(text).map_err(|error| LineError::Malformed {
        column: error.column(),
    })?;
    for (member, path) in [
        ("record", Some(&line.record)),
        ("photo", Some(&line.photo)),
        ("enrolment", line.enrolment.as_ref()),
    ] {
        if path.is_some_and(|path| !is_below(path)) {
            return Err(LineError::Outside(member));
        }
    }
    Ok(line)
}

/// Whether a path that somebody else wrote stays within the directory that it is relative to.
#[must_use]
pub fn is_below(path: &Path) -> bool {
    let mut names = 0usize;
    let stays = path.components().all(|component| match component {
        Component::Normal(name) => {
            names += 1;
            !name.as_encoded_bytes().contains(&0)
        }
        Component::CurDir => true,
        Component::Prefix(_) | Component::RootDir | Component::ParentDir => false,
    });
    stays && names > 0
}

fn of_directory(directory: &Path, names: &[String]) -> Vec<Entry> {
    let records = names.iter().filter_map(|name| {
        let stem = name.strip_suffix(".json")?;
        (!stem.is_empty() && !stem.ends_with(ENROLMENT_SUFFIX)).then_some((name, stem))
    });
    let there = |name: &str| names.binary_search_by(|other| other.as_str().cmp(name)).is_ok();
    let entry = |(name, stem): (&String, &str)| {
        let photo = PHOTO_EXTENSIONS
            .iter()
            .map(|extension| format!("{stem}.{extension}"))
            .find(|photo| there(photo));
        let enrolment = format!("{stem}{ENROLMENT_SUFFIX}.json");
        let line = photo.ok_or(LineError::NoPhoto).map(|photo| Line {
            record: directory.join(name),
            photo: directory.join(photo),
            enrolment: there(&enrolment).then(|| directory.join(enrolment)),
            chip: None,
            kind: None,
            replaces: None,
            province: None,
        });
        Entry {
            name: name.clone(),
            line,
        }
    };
    records.take(MAX_PERSONS + 1).map(entry).collect()
}
