//! Administering a card that is in its holder's hands: out of service and back, the end of its life, the PIN unblocked
//! (ISO/IEC 7816-9; BSI TR-03110-3, B.14.11; all inside SCP03 in S16 mode under the card's administration keys).
//!
//! The keys come from the issuer's master, as [`personalization::keys`] says. They read nothing and write nothing.

use card_applet::wire::apdu::CommandApdu;
use card_applet::wire::global_platform::{KEY_VERSION_ADMINISTRATION, SERIAL_LEN, Scp03Mode};
use card_applet::wire::instruction;
use rand_core::TryCryptoRng;

use super::LoadError;
use super::open::{CLASS, Chip, Target, accept, enter_operational, exchange, open_session, put_keys};
use super::scp03::StaticKeys;
use super::session::Scp03Session;
use crate::terminal::link::CardLink;
use crate::terminal::password::Password;
use crate::transport::Transport;

/// P1 of RESET RETRY COUNTER: the PIN stays, its tries come back.
const UNBLOCK: u8 = 0x03;
/// P2 of RESET RETRY COUNTER: the PIN.
const PIN: u8 = 0x03;

/// An open session of a card's administration.
pub struct Administration<T> {
    link: CardLink<T>,
    session: Scp03Session,
    chip: Chip,
}

impl<T: Transport> Administration<T> {
    /// Opens a session with a card that was just reset: by its CAN or MRZ first, inside which it tells its serial number, then
    /// with its administration keys, which `keys_of` gives for that.
    ///
    /// # Errors
    /// [`LoadError::Access`] when the password is not the card's; [`LoadError::Scp03`] when the keys are not, or it has none;
    /// [`LoadError::NotOperational`], or [`LoadError::Refused`] with [`is_no_blank_chip`](LoadError::is_no_blank_chip), when
    /// there is nothing to administer.
    pub fn open<R: TryCryptoRng + ?Sized>(
        transport: T,
        password: &Password,
        keys_of: impl FnOnce(&[u8; SERIAL_LEN]) -> StaticKeys,
        rng: &mut R,
    ) -> Result<Self, LoadError> {
        let mut link = enter_operational(transport, password, rng)?;
        let (session, chip) = open_session(
            &mut link,
            Target::issuer_domain(KEY_VERSION_ADMINISTRATION, Scp03Mode::S16),
            |serial| Ok(keys_of(serial)),
            rng,
        )?;
        Ok(Administration { link, session, chip })
    }

    /// The chip's serial number.
    pub fn serial(&self) -> &[u8; SERIAL_LEN] {
        &self.chip.serial
    }

    /// Takes the card out of service.
    ///
    /// # Errors
    /// [`LoadError::Refused`] when it is so already.
    pub fn deactivate(&mut self) -> Result<(), LoadError> {
        self.command("DEACTIVATE FILE", instruction::DEACTIVATE_FILE, 0, 0)
    }

    /// Puts it back into service.
    ///
    /// # Errors
    /// [`LoadError::Refused`] when it is in service.
    pub fn reactivate(&mut self) -> Result<(), LoadError> {
        self.command("ACTIVATE FILE", instruction::ACTIVATE_FILE, 0, 0)
    }

    /// Ends the card's life, for good: the chip erases everything that it holds. The session is over by that.
    ///
    /// # Errors
    /// [`LoadError`]; when the answer is lost, the card's own answer to SELECT tells whether it is dead.
    pub fn terminate(mut self) -> Result<T, LoadError> {
        self.command("TERMINATE CARD USAGE", instruction::TERMINATE_CARD_USAGE, 0, 0)?;
        Ok(self.link.into_transport())
    }

    /// Gives the PIN its tries back; the PIN stays what it is.
    ///
    /// # Errors
    /// [`LoadError::Refused`] with 6A88 when the card has no PIN.
    pub fn unblock_pin(&mut self) -> Result<(), LoadError> {
        self.command(
            "RESET RETRY COUNTER",
            instruction::RESET_RETRY_COUNTER,
            UNBLOCK,
            PIN,
        )
    }

    /// Puts other administration keys in place of those that the card has.
    ///
    /// # Errors
    /// [`LoadError`].
    pub fn replace_keys(&mut self, keys: &StaticKeys) -> Result<(), LoadError> {
        let version = KEY_VERSION_ADMINISTRATION;
        let Self { link, session, chip } = self;
        put_keys(link, session, &chip.keys, version, version, keys)
    }

    fn command(&mut self, step: &str, instruction: u8, p1: u8, p2: u8) -> Result<(), LoadError> {
        let command = CommandApdu::new(CLASS, instruction, p1, p2);
        let response = exchange(&mut self.link, &mut self.session, &command)?;
        accept(step, response).map(drop)
    }
}
