//! The card as a stranger finds it, compared with what was written.
//!
//! In Personalisation the operational access rules already hold where no SCP03 session is open, so this is what a verifier will
//! find: every password must open, every file must be there to the byte, and what belongs to Terminal Authentication must not.

use card_applet::wire::access::AccessRule;
use personalization::image::{Application, CardFile, CardImage};
use rand_core::TryCryptoRng;

pub use super::door::ReadBackError;
use super::door::{doors, enter};
use super::prove_keys::prove_keys;
use super::{Phase, Progress};
use crate::terminal::card_file::{Directory, Extent, FileLocation};
use crate::terminal::reader::{AccessReport, ChipReader, ReadError};
use crate::transport::Transport;

/// What was read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadBackReport {
    /// How each password opened the chip.
    pub access: Vec<AccessReport>,
    /// The files that were compared, with their lengths in bytes.
    pub compared: Vec<(String, usize)>,
    /// The files that a stranger must not read, and could not.
    pub withheld: Vec<String>,
    /// How the chip proved that it has the keys that its data name.
    pub proved: Vec<String>,
}

/// Opens the card with each of its passwords, the last time to read and compare every file.
pub(super) fn compare<T: Transport, R: TryCryptoRng>(
    reader: &mut ChipReader<T, R>,
    image: &CardImage,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<ReadBackReport, ReadBackError> {
    let doors = doors(image)?;
    let mut report = ReadBackReport {
        access: Vec::new(),
        compared: Vec::new(),
        withheld: Vec::new(),
        proved: Vec::new(),
    };
    let last = doors.len().checked_sub(1).ok_or(ReadBackError::NoPassword)?;
    for (index, door) in doors.iter().enumerate() {
        report.access.push(enter(reader, door)?);
        if index != last {
            reader.reset()?;
        }
    }

    let total = image.content_len();
    let mut before = 0;
    // Files of the MF first: the application is selected once.
    let in_order = [Application::MasterFile, Application::Emrtd]
        .into_iter()
        .flat_map(|application| {
            image
                .files
                .iter()
                .filter(move |file| file.application == application)
        });
    for file in in_order {
        let name = file.name();
        let mut told = |done: usize, _| {
            progress(Progress {
                phase: Phase::ReadingBack,
                file: &name,
                done: before + done,
                total,
            });
        };
        if compare_file(reader, file, &name, &mut told)? {
            report.compared.push((name.clone(), file.content.len()));
        } else {
            report.withheld.push(name.clone());
        }
        before += file.content.len();
    }
    if let Some(door) = doors.last() {
        report.proved = prove_keys(reader, image, door)?;
    }
    progress(Progress {
        phase: Phase::ReadingBack,
        file: "",
        done: total,
        total,
    });
    Ok(report)
}

/// Reads and compares one file; `false` when it is rightly withheld.
fn compare_file<T: Transport, R: TryCryptoRng>(
    reader: &mut ChipReader<T, R>,
    file: &CardFile,
    name: &str,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<bool, ReadBackError> {
    let withheld = !matches!(
        file.access,
        AccessRule::Always | AccessRule::PaceOrBac | AccessRule::Pace
    );
    let location = FileLocation {
        directory: match file.application {
            Application::MasterFile => Directory::MasterFile,
            Application::Emrtd => Directory::Emrtd,
        },
        fid: file.fid,
        sfi: file.sfi,
    };
    let extent = Extent::Exactly(file.content.len());
    match (reader.read_location(location, extent, progress), withheld) {
        (Ok(_), true) => Err(ReadBackError::Exposed {
            file: name.to_owned(),
        }),
        (Err(ReadError::NotAllowed { .. }), true) => Ok(false),
        (Err(cause), _) => Err(ReadBackError::Read {
            file: name.to_owned(),
            cause,
        }),
        (Ok(content), false) => match first_difference(&content, &file.content) {
            None => Ok(true),
            Some(offset) => Err(ReadBackError::Differs {
                file: name.to_owned(),
                offset,
            }),
        },
    }
}

fn first_difference(read: &[u8], written: &[u8]) -> Option<usize> {
    if read.len() != written.len() {
        return Some(read.len().min(written.len()));
    }
    read.iter()
        .zip(written)
        .position(|(read, written)| read != written)
}
