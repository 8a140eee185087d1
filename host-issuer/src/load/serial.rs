//! Which chip is on the reader, while it still tells: before it is a card.

use card_applet::wire::apdu::{CommandApdu, MAX_SHORT_NE};
use card_applet::wire::global_platform::{KEY_VERSION_ISSUER, KEY_VERSION_TRANSPORT, SERIAL_LEN, Scp03Mode};
use card_applet::wire::instruction;
use card_applet::wire::lds::AID_ISSUER_SECURITY_DOMAIN;
use rand_core::TryCryptoRng;

use super::scp03::{AwaitingChip, Scp03Error};
use crate::terminal::life_cycle::LifeCycle;
use crate::terminal::link::{CardLink, LinkError};
use crate::transport::Transport;

/// Why a chip's serial number is not known.
#[derive(Debug, thiserror::Error)]
pub enum SerialError {
    /// A command or its answer did not get through.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// No session can be begun.
    #[error(transparent)]
    Scp03(#[from] Scp03Error),
}

/// Reads the key diversification data in the answer to INITIALIZE UPDATE (GlobalPlatform Amendment D §7.1.1). Nothing is proved to
/// the chip and nothing by it, so this costs none of the issuer's attempts. `None` for a chip in another state than those before
/// it is a card, or one that does not tell.
///
/// The session that was half opened ends with the next reset.
///
/// # Errors
/// [`SerialError`].
pub fn read<T: Transport>(
    link: &mut CardLink<T>,
    life_cycle: LifeCycle,
    random: &mut (impl TryCryptoRng + ?Sized),
) -> Result<Option<[u8; SERIAL_LEN]>, SerialError> {
    let key_version = match life_cycle {
        LifeCycle::Initialisation => KEY_VERSION_TRANSPORT,
        LifeCycle::Personalisation => KEY_VERSION_ISSUER,
        _ => return Ok(None),
    };
    let select = CommandApdu::new(0x00, instruction::SELECT, 0x04, 0x00)
        .with_data(&AID_ISSUER_SECURITY_DOMAIN)
        .with_expected(MAX_SHORT_NE);
    link.exchange(&select)?;
    let awaiting = AwaitingChip::begin(key_version, Scp03Mode::S8, random)?;
    let response = link.exchange(&awaiting.command())?;
    Ok(awaiting.answer(&response).ok().map(|chip| *chip.serial()))
}
