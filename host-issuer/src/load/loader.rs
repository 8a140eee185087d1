//! The states of a chip that is being loaded; each step takes the state before and gives the next.

use card_applet::crypto::pad::padded_len;
use card_applet::limits::COMMAND_BUFFER;
use card_applet::wire::apdu::CommandApdu;
use card_applet::wire::global_platform::{KEY_VERSION_ADMINISTRATION, S8, SERIAL_LEN, Scp03Mode};
use card_applet::wire::instruction;
use card_applet::wire::lds::fid;
use card_applet::wire::tlv::TlvWriter;
use personalization::image::CardImage;
use personalization::script::{PersonalizationScript, Step};
use rand_core::TryCryptoRng;

use super::open::{CLASS, Chip, accept, exchange, open_session, put_keys};
use super::read_back::{self, ReadBackError, ReadBackReport};
use super::scp03::StaticKeys;
use super::session::Scp03Session;
use super::{IssuedChip, LoadError, Phase, Progress, put_key};
use crate::terminal::link::{CardLink, LinkError, WireCount};
use crate::terminal::reader::ChipReader;
use crate::transport::{Limits, Transport};

/// The last offset that P1-P2 of UPDATE BINARY can say; beyond it the offset goes into DO'54'.
const MAX_EVEN_OFFSET: usize = 0x7FFF;
/// Longest plain UPDATE data in a short protected command, in bytes: padded and MACed it stays within Lc, and whole chip memory
/// words are written.
const SHORT_PIECE: usize = 224;
/// Bytes of DO'54' and of DO'53's header in an odd UPDATE BINARY.
const ODD_OVERHEAD: usize = 5 + 4;

/// Nothing is known of the chip.
pub struct Blank(());

/// An SCP03 session is open.
pub struct Keyed {
    session: Scp03Session,
    chip: Chip,
    administration: Option<StaticKeys>,
    /// Whether this session wiped the chip already: keys that it drew since must stay.
    wiped: bool,
}

/// Everything is written, the session is closed; nothing is proved yet.
pub struct Loading<'i> {
    image: &'i CardImage,
    chip: Chip,
}

/// What was written was read back, compared and right.
pub struct ReadBack {
    chip: Chip,
    report: ReadBackReport,
}

/// The card is operational.
pub struct Locked {
    serial: [u8; SERIAL_LEN],
    report: ReadBackReport,
}

/// A chip in one of the states above.
pub struct Loader<T, S> {
    link: CardLink<T>,
    state: S,
}

impl<T, S> Loader<T, S> {
    fn then<N>(self, next: impl FnOnce(S) -> N) -> Loader<T, N> {
        Loader {
            link: self.link,
            state: next(self.state),
        }
    }
}

impl<T: Transport, S> Loader<T, S> {
    /// What has passed so far.
    pub fn wire(&self) -> WireCount {
        self.link.wire()
    }
}

impl<T: Transport> Loader<T, Blank> {
    /// Starts with a chip that was just reset.
    pub fn new(transport: T) -> Self {
        Loader {
            link: CardLink::new(transport),
            state: Blank(()),
        }
    }

    /// Selects the issuer security domain and opens a session under the keys of `key_version`, which `keys_of` gives for the
    /// chip's serial number.
    ///
    /// # Errors
    /// [`LoadError::Scp03`] when the keys are not the chip's, [`LoadError::Refused`] when it is not there to be loaded.
    pub fn authenticate<R: TryCryptoRng + ?Sized>(
        mut self,
        key_version: u8,
        keys_of: impl FnOnce(&[u8; SERIAL_LEN]) -> StaticKeys,
        rng: &mut R,
    ) -> Result<Loader<T, Keyed>, LoadError> {
        let (session, chip) = open_session(
            &mut self.link,
            key_version,
            Scp03Mode::S8,
            |serial| Ok(keys_of(serial)),
            rng,
        )?;
        Ok(self.then(|_| Keyed {
            session,
            chip,
            administration: None,
            wiped: false,
        }))
    }
}

impl<T: Transport> Loader<T, Keyed> {
    /// The chip's serial number.
    pub fn serial(&self) -> &[u8; SERIAL_LEN] {
        &self.state.chip.serial
    }

    /// How many sessions the keys will have opened when this one is over: the number of the next.
    pub fn next_sequence(&self) -> u32 {
        self.state.chip.sequence_counter.saturating_add(1)
    }

    /// PUT KEY of a whole set, and checks the chip's answer to it.
    ///
    /// # Errors
    /// [`LoadError`].
    pub fn put_keys(&mut self, key_version: u8, keys: &StaticKeys) -> Result<(), LoadError> {
        let Keyed { session, chip, .. } = &mut self.state;
        put_keys(&mut self.link, session, &chip.keys, 0x00, key_version, keys)
    }

    /// Loads the card with these administration keys, by which it can be taken out of service later; without them it cannot.
    #[must_use]
    pub fn with_administration(mut self, keys: StaticKeys) -> Self {
        self.state.administration = Some(keys);
        self
    }

    /// Wipes what an interrupted attempt left, writes every file and password of `image`, and closes the session.
    ///
    /// # Errors
    /// [`LoadError`]; the chip can be loaded again from the start.
    pub fn load<'i>(
        mut self,
        image: &'i CardImage,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Loader<T, Loading<'i>>, LoadError> {
        let total = image.content_len();
        let piece = piece_len(self.link.limits());
        self.wipe()?;

        if let Some(keys) = self.state.administration.take() {
            self.put_keys(KEY_VERSION_ADMINISTRATION, &keys)?;
        }

        let script = PersonalizationScript::from_image(image);
        let mut done = 0;
        for step in script.steps() {
            match step {
                Step::SelectMasterFile => {
                    let mf = fid::MF.to_be_bytes();
                    let select = CommandApdu::new(CLASS, instruction::SELECT, 0x00, 0x0C).with_data(&mf);
                    self.command("SELECT of the master file", &select)?;
                }
                Step::CreateFile { name, fcp } => {
                    let create = CommandApdu::new(CLASS, instruction::CREATE_FILE, 0x00, 0x00).with_data(fcp);
                    self.command(&format!("CREATE FILE of {name}"), &create)?;
                }
                Step::Update { name, content } => {
                    let mut offset = 0;
                    for bytes in content.chunks(piece) {
                        self.update(name, offset, bytes)?;
                        offset += bytes.len();
                        done += bytes.len();
                        progress(Progress {
                            phase: Phase::Loading,
                            file: name,
                            done,
                            total,
                        });
                    }
                }
                Step::PutData { name, object, value } => {
                    let [p1, p2] = object.to_be_bytes();
                    let put = CommandApdu::new(CLASS, instruction::PUT_DATA, p1, p2).with_data(value);
                    self.command(&format!("PUT DATA of {name}"), &put)?;
                }
                Step::PutPassword { id, usage, value } => {
                    let data = put_key::password(*usage, value, &self.state.chip.keys.dek)
                        .ok_or(LoadError::KeyLength)?;
                    let put =
                        CommandApdu::new(CLASS, instruction::PUT_KEY, 0x00, id.reference()).with_data(&data);
                    self.command("PUT KEY of a password", &put)?;
                }
                // Not here: `lock` does it, and exists only after the comparison.
                Step::Activate => {}
            }
        }
        self.link.reset().map_err(LinkError::Transport)?;
        Ok(self.then(|keyed| Loading {
            image,
            chip: keyed.chip,
        }))
    }

    fn update(&mut self, name: &str, offset: usize, bytes: &[u8]) -> Result<(), LoadError> {
        let step = format!("UPDATE BINARY of {name} at {offset}");
        if offset <= MAX_EVEN_OFFSET {
            let [p1, p2] = (offset as u16).to_be_bytes();
            let update = CommandApdu::new(CLASS, instruction::UPDATE_BINARY, p1, p2).with_data(bytes);
            return self.command(&step, &update).map(drop);
        }
        let mut data = vec![0; ODD_OVERHEAD + bytes.len()];
        let mut writer = TlvWriter::new(&mut data);
        let [_, offset @ ..] = (offset as u32).to_be_bytes();
        let written = writer.tlv(0x54, &offset).and_then(|()| writer.tlv(0x53, bytes));
        let len = writer.len();
        // The buffer has room for both headers, so this cannot fail; if it did, nothing was sent.
        written.map_err(|_| LoadError::KeyLength)?;
        data.truncate(len);
        let update = CommandApdu::new(CLASS, instruction::UPDATE_BINARY_ODD, 0x00, 0x00).with_data(&data);
        self.command(&step, &update).map(drop)
    }

    /// Wipes files, passwords and keys that an interrupted attempt left, once in a session.
    pub(super) fn wipe(&mut self) -> Result<(), LoadError> {
        if !self.state.wiped {
            let delete = CommandApdu::new(CLASS, instruction::DELETE_FILE, 0x00, 0x00);
            self.command("DELETE FILE", &delete)?;
            self.state.wiped = true;
        }
        Ok(())
    }

    pub(super) fn command(&mut self, step: &str, command: &CommandApdu<'_>) -> Result<Vec<u8>, LoadError> {
        let response = exchange(&mut self.link, &mut self.state.session, command)?;
        accept(step, response)
    }
}

impl<T: Transport> Loader<T, Loading<'_>> {
    /// Reads the card as a stranger would, without the issuer's session, and compares every byte.
    ///
    /// # Errors
    /// [`LoadError::ReadBack`] when anything is not as it was written, [`LoadError::Link`].
    pub fn read_back<R: TryCryptoRng>(
        self,
        rng: &mut R,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Loader<T, ReadBack>, LoadError> {
        let Loading { image, chip } = self.state;
        let mut reader = ChipReader::from_link(self.link, rng);
        let report = read_back::compare(&mut reader, image, progress)?;
        reader.reset().map_err(LinkError::Transport)?;
        Ok(Loader {
            link: reader.into_link(),
            state: ReadBack { chip, report },
        })
    }
}

impl<T: Transport> Loader<T, ReadBack> {
    /// What was read back.
    pub fn report(&self) -> &ReadBackReport {
        &self.state.report
    }

    /// ACTIVATE FILE: the card becomes operational and the chip erases the personalisation keys. There is no way back.
    ///
    /// # Errors
    /// [`LoadError::ActivationUnknown`] when the command went out and its answer was lost; any other means that the card is not
    /// operational.
    pub fn lock<R: TryCryptoRng + ?Sized>(
        mut self,
        rng: &mut R,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Loader<T, Locked>, LoadError> {
        progress(Progress {
            phase: Phase::Locking,
            file: "",
            done: 0,
            total: 1,
        });
        let Chip {
            serial,
            key_version,
            keys,
            ..
        } = &self.state.chip;
        let keys_of = |found: &[u8; SERIAL_LEN]| {
            // Another chip may have been put on the reader in the meantime, and that one was not read back.
            if found == serial {
                Ok(keys.clone())
            } else {
                Err(ReadBackError::OtherChip.into())
            }
        };
        let (mut session, _) = open_session(&mut self.link, *key_version, Scp03Mode::S8, keys_of, rng)?;
        let activate = CommandApdu::new(CLASS, instruction::ACTIVATE_FILE, 0x00, 0x00);
        let response = exchange(&mut self.link, &mut session, &activate).map_err(|error| match error {
            LoadError::Link(LinkError::Transport(cause)) => LoadError::ActivationUnknown { cause },
            other => other,
        })?;
        accept("ACTIVATE FILE", response)?;
        progress(Progress {
            phase: Phase::Locking,
            file: "",
            done: 1,
            total: 1,
        });
        Ok(self.then(|read_back| Locked {
            serial: read_back.chip.serial,
            report: read_back.report,
        }))
    }
}

impl<T: Transport> Loader<T, Locked> {
    /// What is to be kept of it.
    pub fn into_issued_chip(self) -> IssuedChip {
        IssuedChip {
            serial: self.state.serial,
            read_back: self.state.report,
            wire: self.link.wire(),
        }
    }
}

/// How many bytes of a file go into one UPDATE BINARY: with extended length a multiple of 256, so that pieces start where the
/// chip's memory pages do, and so that padding, MAC, headers and the odd form's data objects fit the chip's command buffer.
fn piece_len(transport: Limits) -> usize {
    let command = COMMAND_BUFFER.min(transport.command);
    // Header, three bytes of Lc, two of Le.
    let room = command.saturating_sub(4 + 3 + 2 + S8);
    let piece = room.saturating_sub(ODD_OVERHEAD) / 256 * 256;
    if piece == 0 {
        SHORT_PIECE - ODD_OVERHEAD.next_multiple_of(16)
    } else {
        fit(piece, room)
    }
}

/// The largest multiple of 256 up to `piece` that fits `room` bytes with its data objects and padding.
fn fit(mut piece: usize, room: usize) -> usize {
    while piece > 256 && padded_len(piece + ODD_OVERHEAD, 16) > room {
        piece -= 256;
    }
    piece
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_fit_the_chip_and_the_transport() {
        let protected = |piece: usize| 4 + 3 + padded_len(piece + ODD_OVERHEAD, 16) + S8 + 2;
        let extended = piece_len(Limits::EXTENDED);
        assert_eq!(extended % 256, 0);
        assert!(protected(extended) <= COMMAND_BUFFER && protected(extended + 256) > COMMAND_BUFFER);
        let short = piece_len(Limits::SHORT);
        assert!(padded_len(short + ODD_OVERHEAD, 16) + S8 <= 255, "{short}");
        assert_eq!(short % 16, 0);
    }
}
