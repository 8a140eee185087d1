//! The card: a command comes in, a response goes out. The only file that sees every part.
//!
//! A command's way: [`CommandApdu::parse`] → the channel (`unprotect` or SCP03's `unwrap`, in the command's own
//! buffer) → `Chain` → `parse` to a `Command` → life cycle → its handler → the answer leaves through the channel
//! (`protect` or SCP03's `wrap`), a file's bytes straight from memory → a new channel takes its place.
//!
//! Stations on that way, handlers and protocol steps are not inlined: in one function the temporaries of all of them would
//! stand on the stack together, and the deepest path is what a chip must have RAM for.

mod class;
mod dispatch;
mod load;
#[cfg(test)]
mod size;

use crate::auth::{Protocol, attestation};
use crate::channel::protect::protect;
use crate::channel::unprotect::unprotect;
use crate::channel::{Channel, Unprotected};
use crate::command::chain::{Chain, Link};
use crate::command::parse::Parts;
use crate::command::select::Current;
use crate::crypto::curve::PublicPoint;
use crate::error::Error;
use crate::fs::body::Body;
use crate::fs::tree::FileTree;
use crate::life_cycle::LifeCycle;
use crate::limits::COMMAND_BUFFER;
use crate::nvm::journal::{Journal, Transaction};
use crate::nvm::record::RecordKey;
use crate::platform::{Engine, Platform, ResponseSink};
use crate::security_status::SecurityStatus;
use crate::wire::apdu::{ApduError, CommandApdu};
use crate::wire::global_platform::{KEY_VERSION_TRANSPORT, SERIAL_LEN};
use crate::wire::instruction;
use crate::wire::status::StatusWord;
use class::Class;
use dispatch::Outcome;
use load::load;

/// Keys of an SCP03 set, all AES of one length: 16, 24 or 32 bytes each.
#[derive(Clone, Copy)]
pub struct TransportKeys<'a> {
    /// Key-ENC.
    pub enc: &'a [u8],
    /// Key-MAC.
    pub mac: &'a [u8],
    /// Key-DEK.
    pub dek: &'a [u8],
}

/// What stays when the power goes.
struct Persistent {
    journal: Journal,
    files: FileTree,
    life_cycle: LifeCycle,
}

/// What goes with the power.
struct Volatile<E: Engine> {
    channel: Channel<E>,
    protocol: Protocol<E>,
    status: SecurityStatus,
    current: Current,
}

impl<E: Engine> Volatile<E> {
    fn new() -> Self {
        Self {
            channel: Channel::Plain,
            protocol: Protocol::Idle,
            status: SecurityStatus::default(),
            current: Current::master_file(),
        }
    }

    /// Ends the session: keys, protocol and evidence are gone.
    fn end_session(&mut self) {
        self.leave_session();
        self.protocol = Protocol::Idle;
        self.current.issuer_domain = false;
    }

    /// Ends the session for a protocol that goes on outside it.
    fn leave_session(&mut self) {
        self.channel = Channel::Plain;
        self.status.clear();
    }
}

/// The chip.
pub struct Card<P: Platform> {
    chip: Chip<P>,
    /// Data of chained commands. It stands beside the chip, so that a handler works on it where it lies.
    chain: Chain,
}

/// The chip's parts that commands work with.
struct Chip<P: Platform> {
    nvm: P::Nvm,
    rng: P::Rng,
    engine: P::Engine,
    timer: P::Timer,
    /// `None` when the memory could not be read: then everything is refused.
    persistent: Option<Persistent>,
    volatile: Volatile<P::Engine>,
}

impl<P: Platform> Card<P> {
    /// Manufactures a chip: a new journal with the serial number, the transport keys and an attestation key that the
    /// chip draws, in life cycle Initialisation. Whatever the memory held is lost. To be followed by
    /// [`power_on`](Self::power_on). Gives the public half of the attestation key, for the stock manifest.
    ///
    /// # Errors
    /// When memory, generator or engine fail, or the keys are not of one AES length.
    pub fn manufacture(
        nvm: &mut P::Nvm,
        rng: &mut P::Rng,
        engine: &mut P::Engine,
        serial: &[u8; SERIAL_LEN],
        keys: TransportKeys<'_>,
    ) -> Result<PublicPoint, StatusWord> {
        let lengths = [keys.enc.len(), keys.mac.len(), keys.dek.len()];
        if lengths
            .iter()
            .any(|len| !matches!(len, 16 | 24 | 32) || *len != keys.enc.len())
        {
            return Err(Error::Data.status());
        }
        let mut make = || -> Result<PublicPoint, Error> {
            let mut journal = Journal::format(nvm)?;
            FileTree::default().wipe_bodies(nvm)?;
            let mut transaction = Transaction::new();
            let attestation_key = attestation::install(engine, rng, &mut transaction)?;
            transaction
                .put(RecordKey::LIFE_CYCLE, &LifeCycle::Initialisation.stored())
                .put(RecordKey::SERIAL, serial)
                .put(RecordKey::SCP03_KEY_VERSION, &[KEY_VERSION_TRANSPORT])
                .put(RecordKey::SCP03_KEY_ENC, keys.enc)
                .put(RecordKey::SCP03_KEY_MAC, keys.mac)
                .put(RecordKey::SCP03_KEY_DEK, keys.dek);
            journal.commit(nvm, &mut transaction)?;
            Ok(attestation_key)
        };
        make().map_err(Error::status)
    }

    /// The chip after its power came on. A memory that cannot be read makes a chip that refuses every command.
    pub fn power_on(mut nvm: P::Nvm, rng: P::Rng, engine: P::Engine, timer: P::Timer) -> Self {
        let persistent = load(&mut nvm).ok();
        Self {
            chip: Chip {
                nvm,
                rng,
                engine,
                timer,
                persistent,
                volatile: Volatile::new(),
            },
            chain: Chain::default(),
        }
    }

    /// The chip after a reset: no session, the MF selected, state read anew.
    pub fn reset(&mut self) {
        self.chain.clear();
        self.chip.volatile = Volatile::new();
        self.chip.persistent = load(&mut self.chip.nvm).ok();
    }

    /// The chip's memory, for a simulation that cuts its power.
    #[cfg(any(test, feature = "sim"))]
    pub fn nvm_mut(&mut self) -> &mut P::Nvm {
        &mut self.chip.nvm
    }

    /// Takes the chip apart and gives its memory back.
    pub fn into_nvm(self) -> P::Nvm {
        self.chip.nvm
    }

    /// Executes one command APDU and sends the response. `command` is decrypted in place. Never panics.
    ///
    /// Everything is checked before the first byte of the response; when memory or engine fail later, the chip
    /// abandons the response and the session.
    pub fn process(&mut self, command: &mut [u8], sink: &mut impl ResponseSink) {
        let Self { chip, chain } = self;
        if chip.persistent.is_none() {
            return sink.put(&StatusWord::NO_PRECISE_DIAGNOSIS.to_bytes());
        }
        let envelope = match chip.receive(command, chain) {
            Ok(envelope) => envelope,
            // Whatever was wrong with the envelope, the answer is plain and no session is left.
            Err(error) => {
                chain.clear();
                chip.volatile.end_session();
                return sink.put(&error.status().to_bytes());
            }
        };
        let data = command.get(envelope.message.data.clone()).unwrap_or_default();
        let outcome = chip
            .execute(&envelope, chain, command, data)
            .unwrap_or_else(Outcome::error);
        let Outcome { body, status, next } = outcome;
        if chip.send(envelope.instruction, body, status, sink).is_err() {
            chip.volatile.end_session();
            return sink.abandon();
        }
        if let Some(next) = next {
            next.install(&mut chip.volatile);
        }
    }
}

impl<P: Platform> Chip<P> {
    /// Takes a command out of its envelope.
    #[inline(never)]
    fn receive(&mut self, buffer: &mut [u8], chain: &mut Chain) -> Result<Envelope, Error> {
        if buffer.len() > COMMAND_BUFFER {
            return Err(Error::Length);
        }
        let command = CommandApdu::parse(buffer).map_err(|error| match error {
            ApduError::InvalidClass => Error::Class,
            _ => Error::Length,
        })?;
        let class = Class::parse(command.class)?;
        let mut envelope = Envelope {
            class,
            more_follow: command.is_chained(),
            instruction: command.instruction,
            p1: command.p1,
            p2: command.p2,
            extended: command.extended,
            message: Unprotected {
                data: data_range(&command),
                expected: command.expected,
            },
        };
        match (&mut self.volatile.channel, class) {
            (Channel::Secure(session), Class::Secure | Class::SecureProprietary) => {
                envelope.message = unprotect(session, &mut self.engine, buffer)?;
            }
            (Channel::Issuer(session), Class::Issuer) => {
                envelope.message = session.unwrap(&mut self.engine, buffer)?;
            }
            (Channel::Plain, Class::Plain | Class::Proprietary) => {}
            // EXTERNAL AUTHENTICATE carries the first C-MAC, but its session begins with it.
            (Channel::Plain, Class::Issuer) if envelope.instruction == instruction::EXTERNAL_AUTHENTICATE => {
            }
            // Where INITIALIZE UPDATE was answered inside a reader's session, SCP03 takes that session's place: the proof comes
            // outside it, and whether it is right or wrong, neither the session nor what was proved in it goes on.
            (Channel::Secure(_), Class::Issuer)
                if envelope.instruction == instruction::EXTERNAL_AUTHENTICATE
                    && matches!(self.volatile.protocol, Protocol::Issuer(_)) =>
            {
                self.volatile.leave_session();
            }
            (Channel::Plain, Class::Secure | Class::SecureProprietary | Class::Issuer) => {
                return Err(Error::SecureMessaging);
            }
            // A command outside the session ends it, and must not find a file open that the session had opened.
            (Channel::Secure(_) | Channel::Issuer(_), _) => {
                if class.is_secure() || class == Class::Issuer || reads(envelope.instruction) {
                    return Err(Error::SecurityStatus);
                }
                chain.clear();
                self.volatile.end_session();
            }
        }
        Ok(envelope)
    }

    /// Puts chained commands together, and executes what is whole.
    #[inline(never)]
    fn execute(
        &mut self,
        envelope: &Envelope,
        chain: &mut Chain,
        raw: &[u8],
        data: &[u8],
    ) -> Result<Outcome<P::Engine>, Error> {
        let capacity = self.volatile.channel.capacity(envelope.extended);
        // In GENERAL AUTHENTICATE the chaining bit orders the steps of a protocol; each command acts by itself.
        let chains_by_itself = envelope.instruction == instruction::GENERAL_AUTHENTICATE;
        if envelope.more_follow && envelope.class != Class::Plain && envelope.class != Class::Secure {
            return Err(Error::Chaining);
        }
        let header = [envelope.instruction, envelope.p1, envelope.p2];
        let link = if chains_by_itself && !chain.is_open() {
            Link::Single
        } else {
            chain.accept(header, envelope.more_follow, data)?
        };
        let data = match link {
            Link::Kept => return Ok(Outcome::success(Body::empty())),
            Link::Single => data,
            Link::Last => chain.data(),
        };
        let parts = Parts {
            instruction: envelope.instruction,
            p1: envelope.p1,
            p2: envelope.p2,
            data,
            expected: envelope.message.expected,
            proprietary: envelope.class.is_proprietary(),
        };
        let outcome = self.dispatch(envelope, &parts, raw, capacity);
        if link == Link::Last {
            chain.clear();
        }
        outcome
    }

    /// Sends a response through the channel that the command came by.
    #[inline(never)]
    fn send(
        &mut self,
        instruction: u8,
        mut body: Body,
        status: StatusWord,
        sink: &mut impl ResponseSink,
    ) -> Result<(), Error> {
        match &mut self.volatile.channel {
            Channel::Secure(session) => protect(
                session,
                &mut self.engine,
                &self.nvm,
                instruction,
                body,
                status,
                sink,
            ),
            Channel::Issuer(session) => session.wrap(&mut self.engine, &self.nvm, body, status, sink),
            Channel::Plain => {
                let mut chunk = [0; 128];
                while body.remaining() > 0 {
                    let len = body.remaining().min(chunk.len());
                    let piece = chunk.get_mut(..len).ok_or(Error::Fault)?;
                    body.read(&self.nvm, piece)?;
                    sink.put(piece);
                }
                sink.put(&status.to_bytes());
                Ok(())
            }
        }
    }
}

/// A command out of its envelope.
struct Envelope {
    class: Class,
    more_follow: bool,
    instruction: u8,
    p1: u8,
    p2: u8,
    extended: bool,
    message: Unprotected,
}

/// Where the data field stands in a plain command.
fn data_range(command: &CommandApdu<'_>) -> core::ops::Range<usize> {
    let start: usize = match (command.data.is_empty(), command.extended) {
        (true, _) => return 0..0,
        (false, true) => 7,
        (false, false) => 5,
    };
    start..start.saturating_add(command.data.len())
}

const fn reads(instruction: u8) -> bool {
    matches!(
        instruction,
        instruction::READ_BINARY | instruction::READ_BINARY_ODD
    )
}

#[cfg(test)]
mod tear;
