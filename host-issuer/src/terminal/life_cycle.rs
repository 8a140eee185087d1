//! In which state a card is, as it says itself (ISO/IEC 7816-4 §7.4.10, 7816-9). Nothing proves it.

use card_applet::wire::apdu::{CommandApdu, MAX_SHORT_NE};
use card_applet::wire::lds::fid;
use card_applet::wire::status::StatusWord;
use card_applet::wire::{instruction, tlv};

use super::link::{CardLink, LinkError};
use crate::transport::Transport;

/// FCP template and the life cycle status byte in it (ISO/IEC 7816-4 §7.4.3).
const FCP: u32 = 0x62;
const LIFE_CYCLE_STATUS: u32 = 0x8A;

/// Life cycle states of ISO/IEC 7816-4 table 14.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LifeCycle {
    /// The issuer's keys are not in it yet.
    Initialisation,
    /// Waits for its data.
    Personalisation,
    /// In use.
    Activated,
    /// Out of service.
    Deactivated,
    /// Its life is over.
    Terminated,
    /// The chip does not say; many in the field refuse to select the master file.
    Unknown,
}

impl LifeCycle {
    fn from_status_byte(byte: u8) -> Self {
        match byte {
            0x01 => Self::Initialisation,
            0x02 | 0x03 => Self::Personalisation,
            0x05 | 0x07 => Self::Activated,
            0x04 | 0x06 => Self::Deactivated,
            0x0C..=0x0F => Self::Terminated,
            _ => Self::Unknown,
        }
    }

    /// Its name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Initialisation => "initialisation",
            Self::Personalisation => "personalisation",
            Self::Activated => "operational, activated",
            Self::Deactivated => "operational, deactivated",
            Self::Terminated => "terminated",
            Self::Unknown => "unknown",
        }
    }
}

/// Selects the master file and reads the state in its FCP.
///
/// # Errors
/// [`LinkError`] when the card did not answer.
pub fn read<T: Transport>(link: &mut CardLink<T>) -> Result<LifeCycle, LinkError> {
    select(link).map(|(state, _)| state)
}

/// [`read`], with the chip's status word.
pub(super) fn select<T: Transport>(link: &mut CardLink<T>) -> Result<(LifeCycle, StatusWord), LinkError> {
    let mf = fid::MF.to_be_bytes();
    // P2 04: answer with the FCP.
    let select = CommandApdu::new(0x00, instruction::SELECT, 0x00, 0x04)
        .with_data(&mf)
        .with_expected(MAX_SHORT_NE);
    let response = link.exchange(&select)?;
    // A card that was deactivated or terminated says so with a warning, and tells its state all the same.
    let warnings = [StatusWord::DEACTIVATED, StatusWord::TERMINATED];
    if !response.status.is_success() && !warnings.contains(&response.status) {
        return Ok((LifeCycle::Unknown, response.status));
    }
    let status = tlv::find(&response.data, FCP)
        .ok()
        .flatten()
        .and_then(|fcp| tlv::find(fcp, LIFE_CYCLE_STATUS).ok().flatten());
    let state = status
        .and_then(|value| value.first())
        .map_or(LifeCycle::Unknown, |&byte| LifeCycle::from_status_byte(byte));
    Ok((state, response.status))
}
