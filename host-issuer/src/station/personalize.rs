//! One card, from the chip's insertion to the receipt, with what the ledger must know of it at every moment.
//!
//! Each line is durable before the next is begun; what is in brackets changes the chip:
//!
//! ```text
//! the chip proves who it is (SCP03)      nothing is changed
//! chip in stock, here and blank? job free? batch started? signatures left?
//! ProductionIntended                     the job is claimed: one job, one chip, one new card_id
//! draft sealed                           CAN, PIN, PUK
//! [keys drawn]   ChipKeysDrawn
//! SignatureIntended
//! signed         draft sealed again      with the signed card: from here anybody can tell this card from others
//!                SignatureMade
//! [files written], read back as a stranger would, compared
//! ActivationIntended
//! [ACTIVATE]
//! receipt on disk
//! CardIssued
//! ```
//!
//! The personal data of the job stay sealed until the card is [accepted](crate::station::acceptance).
//!
//! An attempt that fails before `ActivationIntended` ends with `ProductionFailed`, which says by the [table](ruling) what the chip and
//! the job are now. After it, the chip itself is asked what it is ([`settle`]), at once or whenever it is on a reader again: nobody
//! guesses. When the ledger cannot be written, nothing more is done at all; what it says last is what is [settled](settle) later.
//!
//! Everything from outside comes through seams: the chip's [`Transport`], the [`LedgerStore`], the [`Disk`](crate::environment::Disk)
//! in the [`JobStore`], the [`Signer`](personalization::signer::Signer) in the [`Office`], the [`Clock`], the random numbers. No lock
//! is held while one of them is called.

mod attempt;
mod claim;
mod finish;
mod floor;
mod guard;
mod outcome;
pub mod queue;
pub mod ruling;
pub mod settle;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use card_applet::wire::global_platform::SERIAL_LEN;

use self::attempt::Broken;
use self::floor::Floor;
use self::guard::{Guarded, Release};
pub use self::outcome::{
    AttemptError, Done, FailedAttempt, IssuedCard, Refusal, Stop, Undone, UnsettledAttempt,
};
pub use self::queue::Queue;
use self::settle::Settled;
use super::jobs::JobStore;
use super::office::Office;
use super::vault::Vault;
use crate::environment::{Clock, Random};
use crate::ledger::event::{ChipState, Serial};
use crate::ledger::{Entry, Event, LedgerError, LedgerStore};
use crate::load::loader::{Keyed, Loader};
use crate::load::{self, LoadError};
use crate::transport::Transport;

/// What is being done to a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The application is opened and encoded.
    Preparing,
    /// The chip draws its keys.
    Keys,
    /// The document signer signs.
    Signing,
    /// Files and passwords are written.
    Loading,
    /// The card is read as a stranger would and compared.
    ReadingBack,
    /// The card is made operational.
    Activating,
    /// The receipt is written, the ledger is told.
    Finishing,
}

impl Step {
    /// Its name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::Keys => "drawing keys",
            Self::Signing => "signing",
            Self::Loading => "loading",
            Self::ReadingBack => "reading back",
            Self::Activating => "activating",
            Self::Finishing => "finishing",
        }
    }
}

/// What an onlooker hears while a chip is on the reader.
#[derive(Debug)]
pub enum Told<'e> {
    /// An attempt of which nobody knew how it ended was settled by looking at its chip.
    Settled(&'e FailedAttempt),
    /// A job that cannot be done now was set aside for this run.
    Aside {
        /// The job.
        job: &'e str,
        /// Why.
        why: &'e LedgerError,
        /// Whether it failed by that: somebody has to decide what becomes of it. Else it waits for another run.
        failed: bool,
    },
    /// A job was claimed for the chip.
    Begun {
        /// The job.
        job: &'e str,
        /// The attempt, from 1.
        attempt: u32,
        /// The card that it is to be.
        card_id: &'e str,
        /// The chip.
        chip: &'e str,
    },
    /// The next step.
    Step(Step),
    /// Bytes of it.
    Progress(load::Progress<'e>),
}

/// Hears it.
pub type Tell<'t> = &'t mut dyn FnMut(Told<'_>);

/// A station that makes cards; shared by the threads of its readers.
pub struct Production<'a> {
    jobs: JobStore<'a>,
    vault: &'a Vault,
    office: Office<'a>,
    clock: &'a dyn Clock,
    actor: &'a str,
    floor: Floor,
    interrupted: Arc<AtomicBool>,
}

/// Gives the cards up that are in the making; for whoever cannot hold the [`Production`], a signal's handler.
#[derive(Clone)]
pub struct Interrupter(Arc<AtomicBool>);

impl Interrupter {
    /// No further command goes to the chips that are in the making, and they are quarantined. A card that is about to be activated
    /// is finished.
    pub fn interrupt(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl<'a> Production<'a> {
    /// A production where nothing is in the making. `actor` is the officer in whose name the events are written.
    ///
    /// One process at a time may make cards at a station: what is in the making in another one would be taken for what a dead one
    /// left.
    #[must_use]
    pub fn new(
        jobs: JobStore<'a>,
        vault: &'a Vault,
        office: Office<'a>,
        clock: &'a dyn Clock,
        actor: &'a str,
    ) -> Self {
        Self {
            jobs,
            vault,
            office,
            clock,
            actor,
            floor: Floor::default(),
            interrupted: Arc::default(),
        }
    }

    /// The ledger.
    #[must_use]
    pub const fn ledger(&self) -> &'a dyn LedgerStore {
        self.jobs.ledger
    }

    /// The clock.
    #[must_use]
    pub const fn clock(&self) -> &'a dyn Clock {
        self.clock
    }

    /// What gives the cards up that are in the making.
    #[must_use]
    pub fn interrupter(&self) -> Interrupter {
        Interrupter(Arc::clone(&self.interrupted))
    }

    /// Whether they were given up.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Makes a card of the chip that was just put on `reader`: the next one of `queue`. A chip of which nobody knew what became of it
    /// is settled instead.
    ///
    /// # Errors
    /// [`Undone`] says what the chip is now and whether the station can go on.
    pub fn attend(
        &self,
        transport: &mut dyn Transport,
        reader: &str,
        queue: &Queue,
        random: &mut Random,
        tell: Tell<'_>,
    ) -> Result<Done, Undone> {
        let began = self.clock.monotonic();
        let mut named = None;
        let keys_of = |serial: &[u8; SERIAL_LEN]| {
            named = Some(hex::encode_upper(serial));
            self.office.key_sets(serial)
        };
        let guarded = Guarded::new(&mut *transport, &self.interrupted);
        let visit = Visit {
            reader,
            began,
            release: &guarded.release(),
        };
        let opened = match load::authenticate(guarded, random, keys_of) {
            Ok(keyed) => Ok(self.with_blank(keyed, visit, queue, random, tell)),
            Err(error) => Err(error),
        };
        match opened {
            Ok(Err(Undone::Unsettled(attempt))) => {
                let done = self.look_again(attempt, transport, random, tell)?;
                if let Done::Settled(Settled::Issued(_)) = done {
                    queue.issued();
                }
                Ok(done)
            }
            Ok(made) => made,
            Err(error) if error.is_no_blank_chip() => self.with_locked(transport, reader, random, tell),
            Err(error) => Err(self.unproved(named, reader, error)),
        }
    }

    /// Goes on with a chip that proved to be this issuer's.
    fn with_blank(
        &self,
        keyed: Loader<Guarded<'_>, Keyed>,
        visit: Visit<'_>,
        queue: &Queue,
        random: &mut Random,
        tell: Tell<'_>,
    ) -> Result<Done, Undone> {
        let serial = hex::encode_upper(keyed.serial());
        let Some(_hold) = self.floor.hold_chip(&serial) else {
            return Err(self.refuse(Refusal::DuplicateSerial(serial), visit.reader));
        };
        let mut chip = match self.ledger().chip(&serial)? {
            None => return Err(self.refuse(Refusal::Unknown(serial), visit.reader)),
            Some(chip) => chip,
        };
        if chip.station != self.jobs.place.name() {
            let station = chip.station;
            return Err(self.refuse(Refusal::Elsewhere { serial, station }, visit.reader));
        }
        match chip.state {
            ChipState::Blank => {}
            // Not in the making here, or it would be held.
            ChipState::InProduction => {
                tell(Told::Settled(&*self.settle_blank(&chip)?));
                chip.state = ChipState::Blank;
            }
            // Its card is somewhere else: this is another chip that says the same of itself.
            ChipState::Issued => return Err(self.refuse(Refusal::DuplicateSerial(serial), visit.reader)),
            state => return Err(self.refuse(Refusal::State { serial, state }, visit.reader)),
        }
        let Some(attempt) = self.claim(&chip, visit.reader, queue, random, tell)? else {
            return Ok(Done::NothingToDo);
        };
        match self.produce(keyed, &chip, &attempt, visit, random, tell) {
            Ok(card) => {
                queue.issued();
                Ok(Done::Issued(card))
            }
            Err(Broken::Before(error)) => Err(self.give_up_attempt(&attempt, error)),
            Err(Broken::After(cause)) => Err(Undone::Unsettled(attempt.unsettled(cause))),
        }
    }

    /// A chip that proved nothing.
    fn unproved(&self, serial: Option<Serial>, reader: &str, error: LoadError) -> Undone {
        match serial {
            Some(serial) if error.is_wrong_issuer_key() => {
                self.refuse(Refusal::IssuerKey { serial, error }, reader)
            }
            _ => Undone::Refused(Refusal::Chip(error)),
        }
    }

    /// Writes down that no card is made of this chip.
    fn refuse(&self, refusal: Refusal, reader: &str) -> Undone {
        let (reader, reason) = (reader.to_owned(), refusal.id().to_owned());
        let event = match (&refusal, refusal.serial()) {
            (_, Some(serial)) => Event::ChipRefused {
                serial: serial.to_owned(),
                reader,
                reason,
            },
            // An operational card tells nobody which one it is.
            (Refusal::NotBlank, None) => Event::CardRefused { reader, reason },
            (_, None) => return Undone::Refused(refusal),
        };
        if let Err(error) = self.record(event) {
            return error.into();
        }
        Undone::Refused(refusal)
    }

    /// Appends one event.
    fn record(&self, event: Event) -> Result<(), LedgerError> {
        let entry = Entry::new(self.clock.now(), self.jobs.place.name(), self.actor, event);
        self.ledger().append(&[entry]).map(drop)
    }
}

/// A chip's stay on a reader.
#[derive(Clone, Copy)]
struct Visit<'v> {
    reader: &'v str,
    /// When it came, on the monotonic clock.
    began: Duration,
    /// Lets every command through from the activation on.
    release: &'v Release,
}
