//! A chip from its first answer to its last file: opens a session and reads files.
//!
//! The number of commands is what a person at a counter waits for. Files are therefore read by short file identifier (the
//! first READ BINARY selects), in pieces as long as both sides can take, and a file's length is taken from its own first bytes.

mod access;
mod learned;
mod lengths;
mod read;
mod rights;
#[cfg(test)]
mod tests;

use std::time::Duration;

use card_applet::wire::apdu::CommandApdu;
use card_applet::wire::instruction;
use card_applet::wire::lds::{AID_EMRTD, fid};
use card_applet::wire::status::StatusWord;
use rand_core::TryCryptoRng;

use super::active_auth::{self, ActiveAuthError, SignedChallenge};
use super::card_access::PaceOffer;
use super::card_file::{Directory, Extent, FileId, FileLocation};
use super::channel::{Response, SecureMessagingError};
use super::chip_auth::{self, ChipAuthError, ChipAuthEvidence, ChipAuthenticationKey};
use super::life_cycle::{self, LifeCycle};
use super::link::{CardLink, LinkError, WireCount};
use super::pace::ChipAuthenticationMapping;
use crate::quirk::{ObservedQuirk, Quirk, Tolerance};
use crate::transport::{Limits, Transport, TransportError};

pub use super::card_file::MAX_FILE_LEN;
pub use super::read_error::ReadError;
pub use access::{AccessError, AccessProtocol, AccessReport};
pub use lengths::ExtendedLength;

use learned::{Learned, is_too_much};
use read::FileReading;
use rights::Bonds;

/// So few bytes are in no chip's way.
const SMALLEST_REFUSED: u32 = 32;

/// A chip in a reader.
pub struct ChipReader<T, R> {
    link: CardLink<T>,
    rng: R,
    /// The DF that is current on the chip. The MF is, after a reset (ISO/IEC 7816-4 §7.2.1).
    directory: Directory,
    extended_length: Option<ExtendedLength>,
    offer: Option<PaceOffer>,
    /// What the chip sent in PACE with chip authentication mapping, if that opened this session.
    chip_authentication_mapping: Option<ChipAuthenticationMapping>,
    /// A CHAT (7F4C) to be sent in PACE, or nothing.
    authorization: Vec<u8>,
    bonds: Bonds,
    learned: Learned,
    /// EF.COM as it came in proof of the chip's key, which is one command less.
    com: Option<Vec<u8>>,
    tolerance: Tolerance,
    pace_failed: Option<String>,
}

impl<T: Transport, R: TryCryptoRng> ChipReader<T, R> {
    /// Starts with a chip that was just reset. `rng` is where challenges and ephemeral keys come from.
    pub fn new(transport: T, rng: R) -> Self {
        Self::from_link(CardLink::new(transport), rng)
    }

    /// The same over a link whose count goes on.
    pub(crate) fn from_link(link: CardLink<T>, rng: R) -> Self {
        ChipReader {
            link,
            rng,
            directory: Directory::MasterFile,
            extended_length: None,
            offer: None,
            chip_authentication_mapping: None,
            authorization: Vec::new(),
            bonds: Bonds::default(),
            learned: Learned::default(),
            com: None,
            tolerance: Tolerance::STRICT,
            pace_failed: None,
        }
    }

    /// Puts up with departures from the standards that are not put up with unasked.
    pub fn tolerate(&mut self, tolerance: Tolerance) {
        self.tolerance = tolerance;
    }

    /// What has passed so far.
    pub fn wire(&self) -> WireCount {
        self.link.wire()
    }

    /// The answer to reset.
    pub fn atr(&self) -> &[u8] {
        self.link.atr()
    }

    /// Whether a session is open and unbroken.
    pub fn session_is_open(&self) -> bool {
        self.link.session().is_some_and(|session| session.is_open())
    }

    /// The sizes that the chip announced, once they were asked for.
    pub fn extended_length(&self) -> Option<ExtendedLength> {
        self.extended_length
    }

    /// What the chip sent to prove that it is no copy, where this session was opened by PACE with chip authentication mapping.
    pub fn chip_authentication_mapping(&self) -> Option<&ChipAuthenticationMapping> {
        self.chip_authentication_mapping.as_ref()
    }

    /// Chip Authentication with the key that the chip's data name, in the eMRTD application. The session goes on under the new
    /// keys; where the chip refuses, under the old ones.
    ///
    /// # Errors
    /// [`ChipAuthError`]; when it [ends the session](ChipAuthError::ends_the_session) nothing more can be read before a new one
    /// is opened.
    pub fn chip_authentication(
        &mut self,
        key: &ChipAuthenticationKey,
    ) -> Result<ChipAuthEvidence, ChipAuthError> {
        self.select_application()?;
        self.learned.asks(0);
        let block_len = key.protocol.cipher.block_len();
        let expected = self
            .learned
            .within_limit(read::piece_len(Limits::SHORT, None, Some(block_len)));
        let (evidence, answer) = chip_auth::run(&mut self.link, key, expected, &mut self.rng)?;
        self.bonds.chip_authenticated(evidence.terminal_key());
        self.com = read::whole_object(answer, expected);
        Ok(evidence)
    }

    /// Active Authentication: has the chip sign a challenge that is drawn here. `expected` is how long its answer will be, in
    /// bytes.
    ///
    /// # Errors
    /// [`ActiveAuthError`].
    pub fn active_authentication(&mut self, expected: usize) -> Result<SignedChallenge, ActiveAuthError> {
        self.select_application()?;
        self.learned.asks(0);
        active_auth::run(&mut self.link, expected, &mut self.rng)
    }

    /// How PACE failed, where that was [tolerated](Self::tolerate) and the chip opened otherwise.
    pub fn pace_failed(&self) -> Option<&str> {
        self.pace_failed.as_deref()
    }

    /// Where the chip departed from the standards so far and was read all the same.
    pub fn quirks(&self) -> &[ObservedQuirk] {
        self.learned.quirks()
    }

    /// Resets the chip and forgets what was known of it, except its buffer sizes and its ways.
    ///
    /// # Errors
    /// [`TransportError`].
    pub fn reset(&mut self) -> Result<(), TransportError> {
        self.directory = Directory::MasterFile;
        self.offer = None;
        self.chip_authentication_mapping = None;
        self.bonds = Bonds::default();
        self.com = None;
        self.link.reset()
    }

    /// After a session that the chip ended when it was asked for many bytes: asks for fewer from now on. False where that was not
    /// the cause, or cannot be less. The chip is to be [reset](Self::reset) and opened again then.
    pub fn ask_for_less(&mut self, error: &LinkError) -> bool {
        let LinkError::SecureMessaging(SecureMessagingError::EndedByChip { status }) = error else {
            return false;
        };
        let asked = self.learned.asked_last();
        if !is_too_much(*status) && *status != StatusWord::END_OF_FILE || asked <= SMALLEST_REFUSED {
            return false;
        }
        let lower = self.learned.lower_limit(*status, asked);
        if lower {
            let detail = format!("{asked} bytes were answered {:04X} in plain", status.0);
            self.learned.note(Quirk::LeEndsSession, detail);
        }
        lower
    }

    /// Waits until a card is in the reader again, after it was taken away. What is in the reader may be another card.
    ///
    /// # Errors
    /// [`TransportError::CardRemoved`] when none came in this time.
    pub fn wait_for_card(&mut self, limit: Duration) -> Result<(), TransportError> {
        self.link.wait_for_card(limit)
    }

    /// Sends a command through the session, if there is one.
    pub(super) fn exchange(&mut self, command: &CommandApdu<'_>) -> Result<Response, LinkError> {
        self.link.exchange(command)
    }

    /// Gives the transport back.
    pub fn into_transport(self) -> T {
        self.link.into_transport()
    }

    /// Gives the link back, with its count.
    pub(crate) fn into_link(self) -> CardLink<T> {
        self.link
    }

    /// Asks in which state the card is, without a session. Nothing proves the answer.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn life_cycle(&mut self) -> Result<LifeCycle, LinkError> {
        self.directory = Directory::MasterFile;
        let (state, status) = life_cycle::select(&mut self.link)?;
        if state == LifeCycle::Unknown && !status.is_success() {
            self.master_file_refused(status);
        }
        Ok(state)
    }

    /// Reads EF.CardAccess in plain. `None` when the chip has none that is readable, which is how a chip says that it has no PACE.
    ///
    /// # Errors
    /// [`ReadError`] when the chip went away, or started to give the file and did not finish.
    pub fn read_card_access(&mut self) -> Result<Option<Vec<u8>>, ReadError> {
        let card_access = self.read_if_there(FileId::CardAccess)?;
        if let Some(offer) = card_access
            .as_deref()
            .and_then(|bytes| PaceOffer::parse(bytes).ok())
        {
            self.offer = Some(offer);
        }
        Ok(card_access)
    }

    /// Selects the eMRTD application A0000002471001; nothing is sent when it is selected already.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] when the chip has no such application.
    pub fn select_application(&mut self) -> Result<(), ReadError> {
        self.enter(Directory::Emrtd)
    }

    /// Selects an application beside the eMRTD, or one of the other directories; nothing is sent when it is selected already.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] when the chip has no such application.
    pub fn enter_directory(&mut self, directory: Directory) -> Result<(), ReadError> {
        self.enter(directory)
    }

    /// Reads a whole file. `progress` is told how many bytes are there and how many there will be.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn read(
        &mut self,
        file: FileId,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<u8>, ReadError> {
        if let Some(com) = self.com.take_if(|_| file == FileId::Com) {
            progress(com.len(), com.len());
            return Ok(com);
        }
        self.read_bounded(file.location(), file.extent(), file.max_len(), progress)
    }

    /// Reads a file by where it is, for a file that 9303-10 does not name or of which the length is known beforehand.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn read_location(
        &mut self,
        location: FileLocation,
        extent: Extent,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<u8>, ReadError> {
        self.read_bounded(location, extent, MAX_FILE_LEN, progress)
    }

    fn read_bounded(
        &mut self,
        location: FileLocation,
        extent: Extent,
        max_len: usize,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<u8>, ReadError> {
        self.enter(location.directory)?;
        let reading = FileReading {
            link: &mut self.link,
            extended: self.extended_length,
            learned: &mut self.learned,
            location,
            max_len,
        };
        reading.read(extent, progress)
    }

    fn read_if_there(&mut self, file: FileId) -> Result<Option<Vec<u8>>, ReadError> {
        match self.read(file, &mut |_, _| {}) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(ReadError::NotFound { .. } | ReadError::NotAllowed { .. }) => Ok(None),
            // How chips say that they do not know what is meant. Anything else (a memory failure, say) must not look like a
            // chip without the file: that would be a chip without PACE.
            Err(ReadError::Refused {
                status:
                    StatusWord::INSTRUCTION_NOT_SUPPORTED
                    | StatusWord::CLASS_NOT_SUPPORTED
                    | StatusWord::FUNCTION_NOT_SUPPORTED
                    | StatusWord::INCORRECT_P1_P2
                    | StatusWord::NO_CURRENT_EF
                    | StatusWord::CONDITIONS_NOT_SATISFIED,
            }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn master_file_refused(&mut self, status: StatusWord) {
        let detail = format!("{:04X}", status.0);
        self.learned.note(Quirk::SelectMasterFileRefused, detail);
    }

    fn enter(&mut self, directory: Directory) -> Result<(), ReadError> {
        if self.directory == directory {
            return Ok(());
        }
        self.learned.asks(0);
        match &directory {
            Directory::Emrtd | Directory::Application(_) => {
                let aid = match &directory {
                    Directory::Application(aid) => aid.as_bytes(),
                    _ => &AID_EMRTD,
                };
                let select = CommandApdu::new(0x00, instruction::SELECT, 0x04, 0x0C).with_data(aid);
                let response = self.link.exchange(&select)?;
                if !response.status.is_success() {
                    return Err(ReadError::from_status(response.status));
                }
            }
            Directory::MasterFile => {
                // Some chips in the field refuse this (6D00) and still select files of the MF: what counts is whether the
                // file is found.
                let mf = fid::MF.to_be_bytes();
                let select = CommandApdu::new(0x00, instruction::SELECT, 0x00, 0x0C).with_data(&mf);
                let status = self.link.exchange(&select)?.status;
                if !status.is_success() {
                    self.master_file_refused(status);
                }
            }
        }
        self.directory = directory;
        Ok(())
    }
}
