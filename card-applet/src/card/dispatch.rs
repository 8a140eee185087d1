//! Which command may run in which life cycle and channel, and with which of the card's parts its handler works:
//! [`reader`] for readers, in plain or in a session, [`chip`] where the chip proves itself, [`terminal`] for readers
//! that prove their rights; inside SCP03 [`issuer`] while a card is loaded, afterwards [`administration`], and [`application`]
//! for the applications beside the eMRTD.

mod administration;
mod application;
mod chip;
mod issuer;
mod reader;
mod terminal;

use super::{Chip, Class, Envelope, Volatile};
use crate::auth::Protocol;
use crate::auth::chip::ChipAuthEvidence;
use crate::channel::Channel;
use crate::channel::issuer::IssuerSession;
use crate::channel::session::Session;
use crate::command::parse::{Parts, parse};
use crate::command::{Command, Selection};
use crate::error::Error;
use crate::fs::body::Body;
use crate::life_cycle::LifeCycle;
use crate::platform::{Engine, Platform};
use crate::security_status::AccessEvidence;
use crate::wire::apdu::CommandApdu;
use crate::wire::global_platform::{KEY_VERSION_ADMINISTRATION, KEY_VERSIONS_APPLICATION};
use crate::wire::status::StatusWord;

/// A session that begins when the answer has left.
pub(super) struct Next<E: Engine> {
    channel: Channel<E>,
    evidence: NewEvidence,
}

/// What a new session says of the other side and of the chip.
enum NewEvidence {
    /// Nothing: the issuer's keys opened it, or there is none.
    Nothing,
    /// PACE or BAC opened it; with one of PACE's mappings the chip authenticated itself.
    Access(AccessEvidence, Option<ChipAuthEvidence>),
    /// Chip Authentication restarted it; what was proved before stays proved.
    Chip(ChipAuthEvidence),
}

impl<E: Engine> Next<E> {
    /// Puts the session in place of what was before.
    pub(super) fn install(self, volatile: &mut Volatile<E>) {
        volatile.channel = self.channel;
        match self.evidence {
            NewEvidence::Nothing => volatile.status.clear(),
            NewEvidence::Access(evidence, chip) => {
                volatile.status.clear();
                volatile.status.opened_by(evidence, chip);
            }
            NewEvidence::Chip(evidence) => volatile.status.chip_authenticated(evidence),
        }
    }
}

/// What a command led to.
pub(super) struct Outcome<E: Engine> {
    pub(super) body: Body,
    pub(super) status: StatusWord,
    pub(super) next: Option<Next<E>>,
}

impl<E: Engine> Outcome<E> {
    /// Data and 9000.
    pub(super) fn success(body: Body) -> Self {
        Self {
            body,
            status: StatusWord::SUCCESS,
            next: None,
        }
    }

    /// An error's status word.
    pub(super) fn error(error: Error) -> Self {
        Self {
            body: Body::empty(),
            status: error.status(),
            next: None,
        }
    }

    /// Data and a status word that is not 9000.
    fn with_status(body: Body, status: StatusWord) -> Self {
        Self {
            body,
            status,
            next: None,
        }
    }

    fn followed_by(body: Body, channel: Channel<E>, evidence: NewEvidence) -> Self {
        Self {
            body,
            status: StatusWord::SUCCESS,
            next: Some(Next { channel, evidence }),
        }
    }

    /// The issuer's keys open a session.
    fn opens_issuer(session: IssuerSession<E>) -> Self {
        Self::followed_by(Body::empty(), Channel::Issuer(session), NewEvidence::Nothing)
    }

    /// The session is over.
    fn ends_session() -> Self {
        Self::followed_by(Body::empty(), Channel::Plain, NewEvidence::Nothing)
    }

    /// PACE or BAC opens a session.
    fn opens(
        body: Body,
        session: Session<E>,
        evidence: AccessEvidence,
        chip: Option<ChipAuthEvidence>,
    ) -> Self {
        Self::followed_by(
            body,
            Channel::Secure(session),
            NewEvidence::Access(evidence, chip),
        )
    }

    /// Chip Authentication puts a new session in place of the one at hand.
    fn restarts(body: Body, session: Session<E>, evidence: ChipAuthEvidence) -> Self {
        Self::followed_by(body, Channel::Secure(session), NewEvidence::Chip(evidence))
    }
}

impl<P: Platform> Chip<P> {
    /// Runs a command that is whole and in plain. `raw` is the APDU as it came, for SCP03's first C-MAC.
    #[inline(never)]
    pub(super) fn dispatch(
        &mut self,
        envelope: &Envelope,
        parts: &Parts<'_>,
        raw: &[u8],
        capacity: usize,
    ) -> Result<Outcome<P::Engine>, Error> {
        // Whatever the command is, a protocol goes on only if it is the protocol's next.
        let protocol = core::mem::take(&mut self.volatile.protocol);
        let persistent = self.persistent.as_mut().ok_or(Error::Memory)?;
        let in_issuer_session = match &self.volatile.channel {
            Channel::Issuer(session) => Some(session.key_version()),
            _ => None,
        };
        if envelope.class == Class::Issuer && in_issuer_session.is_none() {
            let Protocol::Issuer(initialized) = protocol else {
                return Err(Error::ConditionsOfUse);
            };
            let command = CommandApdu::parse(raw).map_err(|_| Error::Length)?;
            let session = initialized.external_authenticate(
                &command,
                &mut persistent.journal,
                &mut self.nvm,
                &mut self.engine,
            )?;
            return Ok(Outcome::opens_issuer(session));
        }
        let command = parse(parts)?;
        // A dead card says that it is dead, and nothing else.
        let asks_for_state = matches!(
            command,
            Command::Select {
                selection: Selection::MasterFile,
                ..
            }
        );
        if persistent.life_cycle == LifeCycle::Termination && !asks_for_state {
            return Err(Error::ConditionsOfUse);
        }
        match in_issuer_session {
            Some(KEY_VERSION_ADMINISTRATION) => return self.dispatch_administration(command),
            Some(key_version) if KEY_VERSIONS_APPLICATION.contains(&key_version) => {
                return self.dispatch_application(command, key_version, capacity);
            }
            Some(key_version) => return self.dispatch_issuer(command, key_version, capacity),
            None => {}
        }
        self.dispatch_reader(command, protocol, envelope.more_follow, capacity)
    }
}
