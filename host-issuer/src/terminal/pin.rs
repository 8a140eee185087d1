//! The holder's PIN: changed, unblocked, resumed (BSI TR-03110-2 §2.4.1; TR-03110-3 §B.14.1, §B.14.2, §B.14.11).
//!
//! With one try left a chip suspends its PIN, so that nobody who merely comes near it can block it: it then wants PACE with the
//! CAN first, and PACE with the PIN inside that session. Whoever gives the CAN here too gets that done without asking.

use card_applet::wire::apdu::CommandApdu;
use card_applet::wire::instruction;
use card_applet::wire::status::StatusWord;
use rand_core::TryCryptoRng;

use super::card_access::PaceOffer;
use super::link::LinkError;
use super::pace::{PaceError, PaceStep};
use super::password::{Password, PasswordKind};
use super::reader::{AccessError, ChipReader};
use crate::transport::{Transport, TransportError};

/// P1 of RESET RETRY COUNTER: the data field has a new PIN.
const NEW_PIN: u8 = 0x02;
/// P1 of RESET RETRY COUNTER: the PIN stays, its tries come back.
const UNBLOCK: u8 = 0x03;

/// Why the PIN is not as it was wished.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    /// The PIN is wrong.
    #[error("the PIN is wrong; {remaining} tries remain")]
    Wrong {
        /// Tries that remain; with one the PIN is suspended.
        remaining: u8,
    },
    /// One try is left, and the chip wants the CAN before it.
    #[error("the PIN is suspended after wrong tries: one is left, and it wants the CAN first")]
    Suspended,
    /// No try is left.
    #[error("the PIN is blocked")]
    Blocked,
    /// The PUK has unblocked the PIN as often as it may.
    #[error("the PUK has been used as often as it may")]
    PukUsedUp,
    /// The card has no such password.
    #[error("the card has no {0}")]
    None(PasswordKind),
    /// The chip refuses the change itself.
    #[error("the chip refuses RESET RETRY COUNTER: {0}")]
    Refused(StatusWord),
    /// No session was opened.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// A command or its answer did not get through.
    #[error(transparent)]
    Link(#[from] LinkError),
}

impl PinError {
    /// The transport's error, if that is the cause.
    pub fn transport(&self) -> Option<&TransportError> {
        match self {
            PinError::Access(error) => error.transport(),
            PinError::Link(error) => error.transport(),
            _ => None,
        }
    }

    fn from_access(error: AccessError, kind: PasswordKind) -> Self {
        match &error {
            AccessError::Pace(PaceError::WrongPassword { status }) => match status.remaining_tries() {
                Some(remaining) if kind == PasswordKind::Pin => PinError::Wrong { remaining },
                _ => error.into(),
            },
            AccessError::Pace(PaceError::Refused { step, status }) => match (step, *status) {
                (PaceStep::SetAt, StatusWord::REFERENCED_DATA_NOT_FOUND) => PinError::None(kind),
                (PaceStep::Nonce, StatusWord::CONDITIONS_NOT_SATISFIED) => PinError::Suspended,
                (_, StatusWord::AUTHENTICATION_BLOCKED) => PinError::Blocked,
                _ => error.into(),
            },
            _ => error.into(),
        }
    }
}

/// Opens a session with the PIN. A suspended one is resumed where `can` is given: it has one try for that.
///
/// # Errors
/// [`PinError`].
pub fn open<T: Transport, R: TryCryptoRng>(
    reader: &mut ChipReader<T, R>,
    pin: &Password,
    can: Option<&Password>,
) -> Result<(), PinError> {
    match (session(reader, pin), can) {
        (Err(PinError::Suspended), Some(can)) => {
            reader.reset().map_err(LinkError::Transport)?;
            resume(reader, can, pin)
        }
        (result, _) => result,
    }
}

/// Resumes a suspended PIN: PACE with the CAN, and PACE with the PIN inside that session. All tries come back, or the last one
/// is lost.
///
/// # Errors
/// [`PinError`]; [`PinError::Access`] where the CAN is wrong, and the PIN is as it was.
pub fn resume<T: Transport, R: TryCryptoRng>(
    reader: &mut ChipReader<T, R>,
    can: &Password,
    pin: &Password,
) -> Result<(), PinError> {
    let card_access = reader.read_card_access().map_err(AccessError::Read)?;
    reader.open_with(card_access.as_deref(), can)?;
    let offer = PaceOffer::parse(card_access.as_deref().unwrap_or_default());
    let info = offer
        .map_err(AccessError::CardAccess)?
        .best()
        .ok_or(AccessError::NoCommonPace)?;
    reader
        .pace(&info, pin)
        .map(drop)
        .map_err(|error| PinError::from_access(error.into(), PasswordKind::Pin))
}

/// Changes the PIN for who knows it.
///
/// # Errors
/// [`PinError`].
pub fn change<T: Transport, R: TryCryptoRng>(
    reader: &mut ChipReader<T, R>,
    pin: &Password,
    can: Option<&Password>,
    new_pin: &Password,
) -> Result<(), PinError> {
    open(reader, pin, can)?;
    reset_retry_counter(reader, Some(new_pin))
}

/// Unblocks the PIN with the PUK, and sets a new one where one is given. Each time is one of the PUK's uses.
///
/// # Errors
/// [`PinError`].
pub fn unblock<T: Transport, R: TryCryptoRng>(
    reader: &mut ChipReader<T, R>,
    puk: &Password,
    new_pin: Option<&Password>,
) -> Result<(), PinError> {
    session(reader, puk)?;
    reset_retry_counter(reader, new_pin)
}

fn session<T: Transport, R: TryCryptoRng>(
    reader: &mut ChipReader<T, R>,
    password: &Password,
) -> Result<(), PinError> {
    reader
        .open(password)
        .map(drop)
        .map_err(|error| PinError::from_access(error, password.kind()))
}

fn reset_retry_counter<T: Transport, R: TryCryptoRng>(
    reader: &mut ChipReader<T, R>,
    new_pin: Option<&Password>,
) -> Result<(), PinError> {
    let p1 = if new_pin.is_some() { NEW_PIN } else { UNBLOCK };
    let p2 = PasswordKind::Pin.pace_reference();
    let command = CommandApdu::new(0x00, instruction::RESET_RETRY_COUNTER, p1, p2)
        .with_data(new_pin.map(Password::pace_secret).unwrap_or_default());
    match reader.exchange(&command)?.status {
        StatusWord::SUCCESS => Ok(()),
        StatusWord::AUTHENTICATION_BLOCKED => Err(PinError::PukUsedUp),
        StatusWord::REFERENCED_DATA_NOT_FOUND => Err(PinError::None(PasswordKind::Pin)),
        status => Err(PinError::Refused(status)),
    }
}
