//! The card as a stranger finds it, compared with what was written.
//!
//! In Personalisation the operational access rules already hold where no SCP03 session is open, so this is what a verifier will
//! find: every password must open, every file must be there to the byte, and what belongs to Terminal Authentication must not.

use card_applet::wire::access::AccessRule;
use personalization::image::{Application, CardImage};
use rand_core::TryCryptoRng;

pub use super::door::ReadBackError;
use super::door::{doors, enter};
use super::prove_keys::prove_keys;
use super::{Phase, Progress};
use crate::terminal::card_file::{ApplicationId, Directory, Extent, FileLocation};
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
    for file in written_files(image) {
        let Written { name, content, .. } = &file;
        let mut told = |done: usize, _| {
            progress(Progress {
                phase: Phase::ReadingBack,
                file: name,
                done: before + done,
                total,
            });
        };
        if compare_file(reader, &file, &mut told)? {
            report.compared.push((name.clone(), content.len()));
        } else {
            report.withheld.push(name.clone());
        }
        before += content.len();
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

/// A file as it was written.
struct Written<'i> {
    name: String,
    location: FileLocation,
    access: AccessRule,
    content: &'i [u8],
}

/// Every file of the image: those of the MF first, then one application after the other, so that each is selected once.
fn written_files(image: &CardImage) -> Vec<Written<'_>> {
    let of_document = |application, directory| {
        let files = image.files.iter();
        let of_application = files.filter(move |file| file.application == application);
        of_application.map(move |file| Written {
            name: file.name(),
            location: FileLocation {
                directory,
                fid: file.fid,
                sfi: file.sfi,
            },
            access: file.access,
            content: &file.content,
        })
    };
    let mut written: Vec<_> = of_document(Application::MasterFile, Directory::MasterFile).collect();
    written.extend(of_document(Application::Emrtd, Directory::Emrtd));
    for application in &image.applications {
        // A profile's identifiers are 5 to 16 bytes long.
        let Some(aid) = ApplicationId::new(&application.aid) else {
            continue;
        };
        written.extend(application.files.iter().map(|file| Written {
            name: application.file_name(file),
            location: FileLocation {
                directory: Directory::Application(aid),
                fid: file.fid,
                sfi: file.sfi,
            },
            access: file.attribute.read,
            content: &file.content,
        }));
    }
    written
}

/// Reads and compares one file; `false` when it is rightly withheld.
fn compare_file<T: Transport, R: TryCryptoRng>(
    reader: &mut ChipReader<T, R>,
    file: &Written<'_>,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<bool, ReadBackError> {
    let Written {
        name,
        location,
        access,
        content: written,
    } = file;
    let (open, withheld) = match access {
        AccessRule::Always | AccessRule::PaceOrBac | AccessRule::Pace => (true, false),
        // Open already where PACE proved the chip.
        AccessRule::ChipAuthentication => (reader.chip_authentication_mapping().is_some(), false),
        AccessRule::TerminalFingers | AccessRule::TerminalIrises | AccessRule::Never => (false, true),
    };
    let extent = Extent::Exactly(written.len());
    match (reader.read_location(*location, extent, progress), withheld) {
        (Ok(_), true) => Err(ReadBackError::Exposed { file: name.clone() }),
        (Err(ReadError::NotAllowed { .. }), _) if !open => Ok(false),
        (Err(cause), _) => Err(ReadBackError::Read {
            file: name.clone(),
            cause,
        }),
        (Ok(content), false) => match first_difference(&content, written) {
            None => Ok(true),
            Some(offset) => Err(ReadBackError::Differs {
                file: name.clone(),
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
