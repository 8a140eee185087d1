//! The states of a chip that is being loaded; each step takes the state before and gives the next.

use card_applet::wire::apdu::CommandApdu;
use card_applet::wire::global_platform::{KEY_VERSION_ADMINISTRATION, SERIAL_LEN, Scp03Mode};
use card_applet::wire::instruction;
use card_applet::wire::key_generation::P2_KEYS_STAY;
use card_applet::wire::lds::fid;
use personalization::image::CardImage;
use personalization::script::{PersonalizationScript, Step};
use rand_core::TryCryptoRng;

use super::open::{CLASS, Chip, Target, accept, exchange, open_session, put_keys};
use super::read_back::{self, ReadBackError, ReadBackReport};
use super::scp03::StaticKeys;
use super::session::Scp03Session;
use super::update::{piece_len, update};
use super::{IssuedChip, LoadError, Phase, Progress, put_key};
use crate::terminal::link::{CardLink, LinkError, WireCount};
use crate::terminal::reader::ChipReader;
use crate::transport::Transport;

/// Nothing is known of the chip.
pub struct Blank(());

/// An SCP03 session is open.
pub struct Keyed {
    session: Scp03Session,
    chip: Chip,
    administration: Option<StaticKeys>,
    /// Keys of applications, by the application's name.
    applications: Vec<(String, StaticKeys)>,
    /// Whether this session wiped the chip already: keys that it drew since must stay.
    wiped: bool,
    /// Whether keys that the chip drew before this session must stay, too.
    keeps_chip_keys: bool,
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

/// It is the same chip still, a session is open again, and the next command makes a card of it.
pub struct Ready {
    session: Scp03Session,
    read_back: ReadBack,
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
            Target::issuer_domain(key_version, Scp03Mode::S8),
            |serial| Ok(keys_of(serial)),
            rng,
        )?;
        Ok(self.then(|_| Keyed {
            session,
            chip,
            administration: None,
            applications: Vec::new(),
            wiped: false,
            keeps_chip_keys: false,
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

    /// Loads the card with these keys for the application of this name, by which its files can be updated later.
    #[must_use]
    pub fn with_application(mut self, application: String, keys: StaticKeys) -> Self {
        self.state.applications.push((application, keys));
        self
    }

    /// Leaves the chip the keys that it drew ahead, over which the card is signed already.
    #[must_use]
    pub fn keeping_chip_keys(mut self, keeps: bool) -> Self {
        self.state.keeps_chip_keys = keeps;
        self
    }

    /// Wipes what an interrupted attempt left, writes every file and password of `image`, and closes the session.
    ///
    /// # Errors
    /// [`LoadError`]; the chip can be loaded again from the start. [`LoadError::NoApplicationKeys`] comes before anything is
    /// written.
    pub fn load<'i>(
        mut self,
        image: &'i CardImage,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Loader<T, Loading<'i>>, LoadError> {
        let total = image.content_len();
        let piece = piece_len(self.link.limits());
        let mut with_keys = image
            .applications
            .iter()
            .filter(|application| application.key_version.is_some());
        if let Some(application) =
            with_keys.find(|application| self.application_keys(&application.name).is_none())
        {
            return Err(LoadError::NoApplicationKeys(application.name.clone()));
        }
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
                        update(&mut self.link, &mut self.state.session, name, offset, bytes)?;
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
                Step::PutApplicationKeys {
                    application,
                    key_version,
                } => {
                    let keys = self
                        .application_keys(application)
                        .ok_or_else(|| LoadError::NoApplicationKeys(application.clone()))?
                        .clone();
                    self.put_keys(*key_version, &keys)?;
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

    fn application_keys(&self, application: &str) -> Option<&StaticKeys> {
        let mut keys = self.state.applications.iter();
        keys.find(|(name, _)| name == application).map(|(_, keys)| keys)
    }

    /// Wipes files, passwords and keys that an interrupted attempt left, once in a session.
    pub(super) fn wipe(&mut self) -> Result<(), LoadError> {
        if !self.state.wiped {
            let p2 = if self.state.keeps_chip_keys {
                P2_KEYS_STAY
            } else {
                0x00
            };
            let delete = CommandApdu::new(CLASS, instruction::DELETE_FILE, 0x00, p2);
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

    /// Opens a session again, after making sure that the chip on the reader is the one that was read back.
    ///
    /// # Errors
    /// [`ReadBackError::OtherChip`], [`LoadError`]; the card is not operational.
    pub fn ready<R: TryCryptoRng + ?Sized>(mut self, rng: &mut R) -> Result<Loader<T, Ready>, LoadError> {
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
        let target = Target::issuer_domain(*key_version, Scp03Mode::S8);
        let (session, _) = open_session(&mut self.link, target, keys_of, rng)?;
        Ok(self.then(|read_back| Ready { session, read_back }))
    }

    /// [`ready`](Self::ready), then [`activate`](Loader::activate).
    ///
    /// # Errors
    /// [`LoadError::ActivationUnknown`] when the command went out and its answer was lost; any other means that the card is not
    /// operational.
    pub fn lock<R: TryCryptoRng + ?Sized>(
        self,
        rng: &mut R,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Loader<T, Locked>, LoadError> {
        let mut locking = |done| {
            progress(Progress {
                phase: Phase::Locking,
                file: "",
                done,
                total: 1,
            });
        };
        locking(0);
        let locked = self.ready(rng)?.activate()?;
        locking(1);
        Ok(locked)
    }
}

impl<T: Transport> Loader<T, Ready> {
    /// ACTIVATE FILE: the card becomes operational and the chip erases the personalisation keys. There is no way back.
    ///
    /// # Errors
    /// [`LoadError::ActivationUnknown`] when the command went out and its answer was lost. [`LoadError::Refused`] when the chip
    /// says no: the card is not operational then, if it was the chip that said so; an error has no MAC. After
    /// [`LoadError::Session`] nothing is known either: the answer was altered on the way.
    pub fn activate(mut self) -> Result<Loader<T, Locked>, LoadError> {
        let activate = CommandApdu::new(CLASS, instruction::ACTIVATE_FILE, 0x00, 0x00);
        let response =
            exchange(&mut self.link, &mut self.state.session, &activate).map_err(|error| match error {
                LoadError::Link(LinkError::Transport(cause)) => LoadError::ActivationUnknown { cause },
                other => other,
            })?;
        accept("ACTIVATE FILE", response)?;
        Ok(self.then(|ready| Locked {
            serial: ready.read_back.chip.serial,
            report: ready.read_back.report,
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
