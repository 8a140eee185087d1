//! Loading a chip: from blank to locked (GlobalPlatform Amendment D, SCP03; ISO/IEC 7816-9).
//!
//! ```text
//! Blank ─authenticate─► Keyed ─load─► Loading ─read_back─► ReadBack ─lock─► Locked
//!                       └ generate_keys: the chip draws its own, before its data are signed
//! ```
//!
//! A card is locked for good by [`Loader::lock`], and that exists only on a chip whose every readable byte was read back, by a
//! stranger's means, and was right. Up to there a chip can be loaded again from the start, whatever went wrong.

pub mod administration;
pub mod application;
mod door;
pub mod foretell;
mod generate_keys;
pub mod loader;
pub mod manufacture;
pub mod offline;
mod open;
mod prove_keys;
mod put_key;
pub mod read_back;
pub mod scp03;
mod security_level;
pub mod serial;
pub mod session;
mod update;

use card_applet::wire::global_platform::{KEY_VERSION_ISSUER, KEY_VERSION_TRANSPORT, SERIAL_LEN};
use card_applet::wire::status::StatusWord;
use personalization::attestation::{
    AttestationError, AttestedKey, ChipKeySpec, ManifestError, StockManifest,
};
use personalization::image::CardImage;
use personalization::keys::{ChipKeySets, ChipKeys};
use rand_core::TryCryptoRng;

pub use self::generate_keys::draw_keys_ahead;
use self::loader::{Keyed, Loader};
use self::read_back::{ReadBackError, ReadBackReport};
use self::scp03::{Scp03Error, StaticKeys};
use self::session::SessionError;
use crate::terminal::life_cycle::LifeCycle;
use crate::terminal::link::{LinkError, WireCount};
use crate::terminal::reader::{AccessError, ChipReader};
use crate::transport::{Transport, TransportError};

/// What the loader is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Files and passwords are written.
    Loading,
    /// The card is read as a stranger would and compared.
    ReadingBack,
    /// The card is made operational, for good.
    Locking,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress<'a> {
    /// What is being done.
    pub phase: Phase,
    /// The file it is done to.
    pub file: &'a str,
    /// Bytes done in this phase.
    pub done: usize,
    /// Bytes that the phase has.
    pub total: usize,
}

/// The first step of loading, as errors name it.
const SELECT_DOMAIN: &str = "SELECT of the issuer security domain";

/// Why a chip could not be loaded. Until [`Phase::Locking`] it can be tried again from the start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// A command or its answer did not get through.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// Its CAN or MRZ does not open the card.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The card is not in its holder's hands: not issued yet, or dead.
    #[error("the card is not operational: {}", .life_cycle.name())]
    NotOperational {
        /// What it is.
        life_cycle: LifeCycle,
    },
    /// No session with the chip under the issuer's keys.
    #[error(transparent)]
    Scp03(#[from] Scp03Error),
    /// The session broke.
    #[error("loading session: {0}")]
    Session(#[from] SessionError),
    /// The chip refuses a step of loading.
    #[error("the chip refuses {step}: {status}")]
    Refused {
        /// What was to be done.
        step: String,
        /// Its status word.
        status: StatusWord,
    },
    /// The chip stored other keys than were sent.
    #[error("the chip's check values are not those of the keys that were sent")]
    KeyCheck,
    /// The card has an application with keys of its own, and none were given.
    #[error("no keys for the application {0}")]
    NoApplicationKeys(String),
    /// The keys or passwords cannot be put into a command.
    #[error("the issuer's keys are no AES keys")]
    KeyLength,
    /// A key is not known to be this chip's own.
    #[error(transparent)]
    Attestation(#[from] AttestationError),
    /// The keys that a chip drew cannot be entered in its manifest.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// Another chip is on the reader than the one of the script.
    #[error("the chip has the serial number {found}, the script is for {expected}")]
    OtherChip {
        /// The chip's.
        found: String,
        /// The script's.
        expected: String,
    },
    /// A script has no session for this value of the chip's sequence counter.
    #[error("the chip's sequence counter is {sequence}, the script loads from {first} to {last}")]
    UsedUp {
        /// The chip's.
        sequence: u32,
        /// The script's first.
        first: u32,
        /// The script's last.
        last: u32,
    },
    /// The chip answers a step of a script with success and other bytes than were foretold.
    #[error("the chip's answer to {step} is not the one that was foretold")]
    Unforeseen {
        /// The step.
        step: String,
    },
    /// There cannot be so many sessions in a script, or the chip's counter does not go so far.
    #[error(
        "a script has sessions for 1 to {} attempts, within the chip's counter",
        personalization::script::offline::MAX_ATTEMPTS
    )]
    Attempts,
    /// What was read back is not what was written.
    #[error(transparent)]
    ReadBack(#[from] ReadBackError),
    /// The last command was sent and its answer is not known: the card may be operational or not.
    #[error("the card was activated or not, its answer was lost: {cause}")]
    ActivationUnknown {
        /// What happened to the answer.
        cause: TransportError,
    },
}

impl LoadError {
    /// The transport's error, if that is the cause.
    pub fn transport(&self) -> Option<&TransportError> {
        match self {
            LoadError::Link(link) => link.transport(),
            LoadError::ReadBack(error) => error.transport(),
            LoadError::Access(error) => error.transport(),
            LoadError::ActivationUnknown { cause } => Some(cause),
            _ => None,
        }
    }

    /// Whether there is no chip to be loaded: an issued card has no personalisation keys any more, a terminated one nothing at
    /// all, and others never had an issuer security domain.
    pub fn is_no_blank_chip(&self) -> bool {
        match self {
            LoadError::Refused { step, status } => {
                let gone = [StatusWord::FILE_NOT_FOUND, StatusWord::CONDITIONS_NOT_SATISFIED];
                step == SELECT_DOMAIN && gone.contains(status)
            }
            LoadError::Scp03(Scp03Error::NoSuchKeys { .. } | Scp03Error::NotInPlain) => true,
            _ => false,
        }
    }

    /// Whether the issuer's key is not this chip's (and not the chip or the reader at fault).
    pub fn is_wrong_issuer_key(&self) -> bool {
        matches!(
            self,
            LoadError::Scp03(Scp03Error::WrongKey | Scp03Error::Blocked | Scp03Error::ProofRefused { .. })
        )
    }
}

/// A card that was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedChip {
    /// The chip's serial number.
    pub serial: [u8; SERIAL_LEN],
    /// What was read back before it was locked.
    pub read_back: ReadBackReport,
    /// All that passed, from the first command to the last.
    pub wire: WireCount,
}

/// Issues one card: authenticates, loads, reads back, compares, locks.
///
/// `keys_of` gives the chip's keys for its serial number; it is asked once, before anything is proved to the chip. Where it
/// gives administration keys too, the card is loaded with them, and it must give keys for every application that has its own.
///
/// # Errors
/// [`LoadError`]; unless it is [`LoadError::ActivationUnknown`] the chip is not operational and can be issued again.
pub fn issue<T: Transport, R: TryCryptoRng, K: Into<ChipKeySets>>(
    transport: T,
    rng: &mut R,
    keys_of: impl FnOnce(&[u8; SERIAL_LEN]) -> K,
    image: &CardImage,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<IssuedChip, LoadError> {
    let keyed = authenticate(transport, rng, keys_of)?;
    finish(keyed, image, rng, progress)
}

/// The keys that a chip is to draw, and by what they are known to be its own.
#[derive(Clone, Copy, Debug)]
pub struct KeyGeneration<'a> {
    /// What its maker says of the chip.
    pub manifest: &'a StockManifest,
    /// The keys.
    pub specs: &'a [ChipKeySpec],
}

/// Issues one card whose chip has keys of its own: authenticates, has the chip draw them and checks their attestation, or takes
/// those that it drew ahead, as [`issue_known_chip`] does. Then asks `prepare` for the image that is signed over them, and goes on
/// like [`issue`]. Gives the image back, too.
///
/// # Errors
/// Those of [`issue`], [`LoadError::Attestation`], and those of `prepare`, with which the chip is not operational either.
pub fn issue_with_keys<T: Transport, R: TryCryptoRng, K: Into<ChipKeySets>, E: From<LoadError>>(
    transport: T,
    rng: &mut R,
    keys_of: impl FnOnce(&[u8; SERIAL_LEN]) -> K,
    generation: KeyGeneration<'_>,
    prepare: impl FnOnce(&[AttestedKey]) -> Result<CardImage, E>,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(IssuedChip, CardImage), E> {
    let KeyGeneration { manifest, specs } = generation;
    issue_known_chip(
        transport,
        rng,
        keys_of,
        |_| Ok(manifest.clone()),
        specs,
        prepare,
        progress,
    )
}

/// The same for a chip of which it is looked up who it is, once it has told its serial number: `manifest_of` gives what is known of
/// it. Keys that it drew ahead and attested, which stand in its manifest, are the card's; only where one is missing are all drawn
/// anew. Either way the read-back has the chip prove them before it is activated.
///
/// # Errors
/// Those of [`issue_with_keys`] and of `manifest_of`.
pub fn issue_known_chip<T: Transport, R: TryCryptoRng, K: Into<ChipKeySets>, E: From<LoadError>>(
    transport: T,
    rng: &mut R,
    keys_of: impl FnOnce(&[u8; SERIAL_LEN]) -> K,
    manifest_of: impl FnOnce(&[u8; SERIAL_LEN]) -> Result<StockManifest, E>,
    specs: &[ChipKeySpec],
    prepare: impl FnOnce(&[AttestedKey]) -> Result<CardImage, E>,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(IssuedChip, CardImage), E> {
    let mut keyed = authenticate(transport, rng, keys_of)?;
    let manifest = manifest_of(keyed.serial())?;
    manifest.must_be_of(keyed.serial()).map_err(LoadError::from)?;
    let drawn_ahead = manifest.keys_for(specs).filter(|keys| !keys.is_empty());
    let keys = match drawn_ahead {
        Some(keys) => {
            keyed = keyed.keeping_chip_keys(true);
            keys
        }
        None => keyed.generate_keys(&manifest, specs, rng)?,
    };
    let image = prepare(&keys)?;
    let issued = finish(keyed, &image, rng, progress)?;
    Ok((issued, image))
}

/// Opens a session with a blank chip: it has told its serial number and proved to have the keys, and nothing of it was changed.
/// `keys_of` gives the chip's keys for that number, before anything is proved to the chip.
///
/// # Errors
/// [`LoadError::is_no_blank_chip`], [`LoadError::is_wrong_issuer_key`], [`LoadError`].
pub fn authenticate<T: Transport, R: TryCryptoRng, K: Into<ChipKeySets>>(
    transport: T,
    rng: &mut R,
    keys_of: impl FnOnce(&[u8; SERIAL_LEN]) -> K,
) -> Result<Loader<T, Keyed>, LoadError> {
    let (mut administration, mut applications) = (None, Vec::new());
    let mut keyed = Loader::new(transport).authenticate(
        KEY_VERSION_ISSUER,
        |serial| {
            let sets = keys_of(serial).into();
            administration = sets.administration.as_ref().map(StaticKeys::from);
            let of_application = |(name, keys): &(String, ChipKeys)| (name.clone(), keys.into());
            applications = sets.applications.iter().map(of_application).collect();
            StaticKeys::from(&sets.personalisation)
        },
        rng,
    )?;
    if let Some(keys) = administration {
        keyed = keyed.with_administration(keys);
    }
    for (application, keys) in applications {
        keyed = keyed.with_application(application, keys);
    }
    Ok(keyed)
}

/// Reads a card that was locked as a stranger would, and compares every byte with its image; has it prove its keys. The
/// transport is to be reset before and after.
///
/// # Errors
/// [`ReadBackError`]; [`ReadBackError::Access`] when it is another card.
pub fn compare_locked<T: Transport, R: TryCryptoRng>(
    transport: T,
    rng: &mut R,
    image: &CardImage,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(ReadBackReport, WireCount), ReadBackError> {
    let mut reader = ChipReader::new(transport, rng);
    let life_cycle = reader.life_cycle()?;
    if life_cycle != LifeCycle::Activated {
        return Err(ReadBackError::NotOperational { life_cycle });
    }
    let report = read_back::compare(&mut reader, image, progress)?;
    Ok((report, reader.into_link().wire()))
}

fn finish<T: Transport, R: TryCryptoRng>(
    keyed: Loader<T, Keyed>,
    image: &CardImage,
    rng: &mut R,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<IssuedChip, LoadError> {
    let loaded = keyed.load(image, progress)?;
    let read_back = loaded.read_back(rng, progress)?;
    let locked = read_back.lock(rng, progress)?;
    Ok(locked.into_issued_chip())
}

/// Puts the issuer's keys into a chip that still has its manufacturer's transport keys, which are erased by that, and gives
/// the chip's serial number.
///
/// # Errors
/// [`LoadError`].
pub fn put_issuer_keys<T: Transport, R: TryCryptoRng>(
    transport: T,
    rng: &mut R,
    transport_keys: &ChipKeys,
    keys_of: impl FnOnce(&[u8; SERIAL_LEN]) -> ChipKeys,
) -> Result<[u8; SERIAL_LEN], LoadError> {
    let transport_keys = StaticKeys::from(transport_keys);
    let mut keyed = Loader::new(transport).authenticate(KEY_VERSION_TRANSPORT, |_| transport_keys, rng)?;
    let serial = *keyed.serial();
    keyed.put_keys(KEY_VERSION_ISSUER, &StaticKeys::from(&keys_of(&serial)))?;
    Ok(serial)
}
