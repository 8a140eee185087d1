//! The ways into a card that was just loaded, and why what is behind them is not what was written.

use personalization::image::CardImage;
use rand_core::TryCryptoRng;

use crate::terminal::bac::BacError;
use crate::terminal::card_access::PaceOffer;
use crate::terminal::life_cycle::LifeCycle;
use crate::terminal::link::LinkError;
use crate::terminal::pace::PaceError;
use crate::terminal::password::{Password, PasswordError, PasswordKind};
use crate::terminal::reader::{AccessError, AccessReport, ChipReader, ReadError};
use crate::transport::{Transport, TransportError};

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
    /// The card that should be in use is not.
    #[error("the card is not operational: {}", .life_cycle.name())]
    NotOperational {
        /// What it is.
        life_cycle: LifeCycle,
    },
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

/// Every combination of password and protocol that the image promises; the one to read with comes last.
pub(super) fn doors(image: &CardImage) -> Result<Vec<Door>, ReadBackError> {
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

/// Opens the card by this door.
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
    reader.learn_lengths().map_err(|cause| fail(cause.into()))?;
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
