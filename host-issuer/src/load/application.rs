//! Updating the files of an application beside the eMRTD in a card that is in its holder's hands: its own files alone, inside
//! SCP03 in S16 mode under the application's own key set.

use card_applet::wire::apdu::CommandApdu;
use card_applet::wire::global_platform::{SERIAL_LEN, Scp03Mode};
use card_applet::wire::instruction;
use card_applet::wire::status::StatusWord;
use rand_core::TryCryptoRng;

use super::LoadError;
use super::open::{CLASS, Chip, Target, accept, enter_operational, exchange, open_session, put_keys};
use super::scp03::StaticKeys;
use super::session::Scp03Session;
use super::update::{piece_len, update};
use crate::terminal::link::CardLink;
use crate::terminal::password::Password;
use crate::transport::Transport;

/// The first step, as errors name it.
pub const SELECT_APPLICATION: &str = "SELECT of the application";
/// Key version number that asks for the keys that there are.
const ANY_KEY_VERSION: u8 = 0x00;

/// How a file of the application is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileName {
    /// By its file identifier.
    Identifier(u16),
    /// By its short file identifier, 1 to 30.
    Short(u8),
}

impl std::fmt::Display for FileName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Identifier(fid) => write!(f, "EF {fid:04X}"),
            Self::Short(sfi) => write!(f, "EF with short identifier {sfi}"),
        }
    }
}

/// An open session of an application's issuer.
pub struct ApplicationSession<T> {
    link: CardLink<T>,
    session: Scp03Session,
    chip: Chip,
}

impl<T: Transport> ApplicationSession<T> {
    /// Opens a card that was just reset by its CAN or MRZ, selects the application and opens a session with it. `keys_of` gives its
    /// keys for the chip's serial number, which the card tells inside the first session.
    ///
    /// # Errors
    /// [`LoadError::NotOperational`], [`LoadError::Access`] when the password is not the card's; [`LoadError::Refused`] when the
    /// card has no such application, or is out of service; [`LoadError::Scp03`] when the application has no keys or others.
    pub fn open<R: TryCryptoRng + ?Sized>(
        transport: T,
        password: &Password,
        aid: &[u8],
        keys_of: impl FnOnce(&[u8; SERIAL_LEN]) -> StaticKeys,
        rng: &mut R,
    ) -> Result<Self, LoadError> {
        let mut link = enter_operational(transport, password, rng)?;
        let target = Target {
            aid,
            step: SELECT_APPLICATION,
            key_version: ANY_KEY_VERSION,
            mode: Scp03Mode::S16,
        };
        let (session, chip) = open_session(&mut link, target, |serial| Ok(keys_of(serial)), rng)?;
        Ok(Self { link, session, chip })
    }

    /// The chip's serial number.
    pub fn serial(&self) -> &[u8; SERIAL_LEN] {
        &self.chip.serial
    }

    /// Writes `content` to the beginning of a file and gives the number of commands that it took. The chip makes each command
    /// true as a whole or not at all, wherever the power is cut; so a content that went in one command is whole.
    ///
    /// # Errors
    /// [`LoadError::Refused`]: 6982 when the file's rule does not name the application's keys, 6A82 when it is not there, 6B00
    /// when it is shorter, and nothing is written then.
    pub fn write(
        &mut self,
        file: FileName,
        content: &[u8],
        progress: &mut dyn FnMut(usize),
    ) -> Result<usize, LoadError> {
        let (name, piece) = (file.to_string(), piece_len(self.link.limits()));
        self.make_current(file)?;
        self.must_reach(file, content.len())?;
        let (mut done, mut commands) = (0, 0);
        for bytes in content.chunks(piece) {
            update(&mut self.link, &mut self.session, &name, done, bytes)?;
            done += bytes.len();
            commands += 1;
            progress(done);
        }
        Ok(commands)
    }

    /// Reads the first `len` bytes of a file that the session may write; fewer where the file ends before.
    ///
    /// # Errors
    /// [`LoadError::Refused`], as [`write`](Self::write).
    pub fn read(&mut self, file: FileName, len: usize) -> Result<Vec<u8>, LoadError> {
        self.make_current(file)?;
        let mut content = Vec::new();
        while content.len() < len {
            let [p1, p2] = u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes();
            let command = CommandApdu::new(CLASS, instruction::READ_BINARY, p1, p2);
            let response = exchange(&mut self.link, &mut self.session, &command)?;
            if response.status == StatusWord::WRONG_OFFSET || response.data.is_empty() {
                break;
            }
            content.extend(accept(&format!("READ BINARY of {file}"), response)?);
        }
        content.truncate(len);
        Ok(content)
    }

    /// Puts other keys in place of those that the application has.
    ///
    /// # Errors
    /// [`LoadError`].
    pub fn replace_keys(&mut self, keys: &StaticKeys) -> Result<(), LoadError> {
        let Self { link, session, chip } = self;
        put_keys(
            link,
            session,
            &chip.keys,
            chip.key_version,
            chip.key_version,
            keys,
        )
    }

    /// Reads at the last byte that will be written: a file that ends before it refuses.
    fn must_reach(&mut self, file: FileName, len: usize) -> Result<(), LoadError> {
        let last = len.saturating_sub(1).try_into().unwrap_or(u16::MAX);
        let [p1, p2] = last.to_be_bytes();
        let command = CommandApdu::new(CLASS, instruction::READ_BINARY, p1, p2);
        let response = exchange(&mut self.link, &mut self.session, &command)?;
        accept(&format!("READ BINARY of {file}"), response).map(drop)
    }

    /// Selects a file by its identifier; by a short identifier its first byte is read, which makes it current, too.
    fn make_current(&mut self, file: FileName) -> Result<(), LoadError> {
        let fid;
        let command = match file {
            FileName::Identifier(identifier) => {
                fid = identifier.to_be_bytes();
                CommandApdu::new(CLASS, instruction::SELECT, 0x02, 0x0C).with_data(&fid)
            }
            FileName::Short(sfi) => {
                CommandApdu::new(CLASS, instruction::READ_BINARY, 0x80 | (sfi & 0x1F), 0x00)
            }
        };
        let response = exchange(&mut self.link, &mut self.session, &command)?;
        accept(&format!("SELECT of {file}"), response).map(drop)
    }
}
