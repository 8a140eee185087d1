//! The card as a stranger finds it, compared with what was written.
//!
//! In Personalisation the operational access rules already hold where no SCP03 session is open, so this is what a verifier will
//! find: every password must open, every file must be there to the byte, and what belongs to Terminal Authentication must not.

use card_applet::wire::access::AccessRule;
use personalization::image::{Application, CardFile, CardImage};
use rand_core::TryCryptoRng;

use super::prove_keys::prove_keys;
use super::{Phase, Progress};
use crate::terminal::bac::BacError;
use crate::terminal::card_access::PaceOffer;
use crate::terminal::card_file::{Directory, Extent, FileLocation};
use crate::terminal::link::LinkError;
use crate::terminal::pace::PaceError;
use crate::terminal::password::{Password, PasswordError, PasswordKind};
use crate::terminal::reader::{AccessError, AccessReport, ChipReader, ReadError};
use crate::transport::{Transport, TransportError};

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

/// Why the card is not what was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadBackError {
    /// A password of the image does not open the card.
    #[error("the card just loaded cannot be opened with its {password} by {protocol}: {cause}")]
    Access {
        /// The kind of password.
        password: PasswordKind,
        /// PACE or BAC.
        protocol: &'static str,
        /// Why not.
        cause: Box<AccessError>,
    },
    /// A password of the image is none.
    #[error("a password of the card image cannot be used: {0}")]
    Password(#[from] PasswordError),
    /// The image has no password that opens anything.
    #[error("the card image has no password that opens it")]
    NoPassword,
    /// A file cannot be read.
    #[error("{file} cannot be read back: {cause}")]
    Read {
        /// The file's name.
        file: String,
        /// Why not.
        cause: ReadError,
    },
    /// A file holds other bytes than were written.
    #[error("{file} differs from what was written, first at byte {offset}")]
    Differs {
        /// The file's name.
        file: String,
        /// The first byte that differs.
        offset: usize,
    },
    /// A file can be read that nobody without Terminal Authentication may read.
    #[error("{file} can be read by a stranger and must not")]
    Exposed {
        /// The file's name.
        file: String,
    },
    /// The chip cannot prove a key that its data name.
    #[error("the card just loaded cannot prove its key by {protocol}: {cause}")]
    Key {
        /// PACE-CAM, Chip or Active Authentication.
        protocol: &'static str,
        /// Why not.
        cause: String,
    },
    /// The chip on the reader is not the one that was loaded.
    #[error("another chip is on the reader than the one that was loaded")]
    OtherChip,
    /// The chip could not be reset.
    #[error(transparent)]
    Transport(#[from] TransportError),
}

impl ReadBackError {
    /// The transport's error, if that is the cause.
    pub fn transport(&self) -> Option<&TransportError> {
        match self {
            ReadBackError::Access { cause, .. } => cause.transport(),
            ReadBackError::Read { cause, .. } => cause.transport(),
            ReadBackError::Transport(error) => Some(error),
            _ => None,
        }
    }
}

/// One way into the card.
pub(super) struct Door {
    password: Password,
    pace: bool,
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

/// Every combination of password and protocol that the image promises; the one to read with comes last.
fn doors(image: &CardImage) -> Result<Vec<Door>, ReadBackError> {
    let passwords = &image.passwords;
    let mrz = || Password::from_mrz_digest(*passwords.mrz_information_sha1());
    let mut doors = Vec::new();
    if passwords.bac {
        doors.push(Door {
            password: mrz(),
            pace: false,
        });
    }
    if passwords.pace {
        doors.push(Door {
            password: mrz(),
            pace: true,
        });
        if let Some(can) = &passwords.can {
            doors.push(Door {
                password: Password::can(can.digits())?,
                pace: true,
            });
        }
    }
    Ok(doors)
}

pub(super) fn enter<T: Transport, R: TryCryptoRng>(
    reader: &mut ChipReader<T, R>,
    door: &Door,
) -> Result<AccessReport, ReadBackError> {
    let fail = |cause: AccessError| ReadBackError::Access {
        password: door.password.kind(),
        protocol: if door.pace { "PACE" } else { "BAC" },
        cause: Box::new(cause),
    };
    // Without the announcement the comparison would go by short APDUs, eight times as many. Once is enough for all doors.
    if reader.extended_length().is_none() {
        reader.read_atr_info().map_err(|cause| fail(cause.into()))?;
    }
    if !door.pace {
        return reader
            .bac(&door.password)
            .map_err(|error: BacError| fail(error.into()));
    }
    let card_access = reader.read_card_access().map_err(|cause| fail(cause.into()))?;
    let offer = PaceOffer::parse(&card_access.unwrap_or_default())
        .map_err(|error| fail(AccessError::CardAccess(error)))?;
    let info = offer.best().ok_or_else(|| fail(AccessError::NoCommonPace))?;
    reader
        .pace(&info, &door.password)
        .map_err(|error: PaceError| fail(error.into()))
}

impl From<LinkError> for ReadBackError {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Transport(error) => ReadBackError::Transport(error),
            other => ReadBackError::Read {
                file: "the card".to_owned(),
                cause: ReadError::Link(other),
            },
        }
    }
}
