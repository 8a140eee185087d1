//! A personalization script that was computed ahead: a station loads a chip with it and has none of the issuer's keys.
//!
//! A chip's card challenge in SCP03 is pseudo-random ("i" parameter bit 10: derived from its key and its sequence counter), so
//! that whoever knows its keys and its counter knows every byte that it will answer, and every byte of a session that ends up
//! in a certain state (GlobalPlatform Amendment D §6.2.2.1 has it for this purpose). The office writes that session down: the
//! protected commands as they are to be sent, each with the answer that is to come. The station compares and sends; it cannot
//! read, change, leave out or add anything, and on any other chip the first command fails.
//!
//! The counter goes on with every session, so there is a session for each of the next values of it: one for a first attempt, the
//! others for attempts after a card was pulled. Loading and activation are two sessions, since in between the card is read as a
//! stranger reads it. All first commands are the same (one host challenge for the loading, one for the activation), so the
//! chip's answer tells which session is due.
//!
//! Why not session keys with plain commands, which would be shorter: whoever had those could write *any* card into the chip.

use der::asn1::OctetStringRef;
use der::{Decode as _, Encode as _, Sequence};
use zeroize::Zeroizing;

use crate::prepared::{PreparedCard, PreparedCardError};

const VERSION: u8 = 1;
/// Most attempts for which a script has sessions.
pub const MAX_ATTEMPTS: usize = 32;
/// Most commands of one session.
const MAX_EXCHANGES: usize = 16_384;

/// Why bytes are no offline script.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OfflineScriptError {
    /// They have not the form of one.
    #[error("not an offline script: {0}")]
    Form(&'static str),
    /// The card in it is none.
    #[error(transparent)]
    Card(#[from] PreparedCardError),
}

/// A command and the answer that is to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The command APDU, protected.
    pub command: Vec<u8>,
    /// The whole response APDU.
    pub answer: Vec<u8>,
}

/// What is sent when the chip's sequence counter has one certain value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfflineSession {
    /// That value.
    pub sequence: u32,
    /// From INITIALIZE UPDATE to the last password. Empty in the last session: nothing would be left to activate with.
    pub load: Vec<Exchange>,
    /// From INITIALIZE UPDATE to ACTIVATE FILE.
    pub activate: Vec<Exchange>,
}

/// A card and the sessions that make its chip that card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfflineScript {
    /// The card. Its image is what is compared with the chip, and needs no PIN and no PUK.
    pub card: PreparedCard,
    /// The sessions, in the order of their counters, without a gap.
    sessions: Vec<OfflineSession>,
}

#[derive(Sequence)]
struct StoredScript<'a> {
    version: u8,
    card: &'a OctetStringRef,
    sessions: Vec<StoredSession<'a>>,
}

#[derive(Sequence)]
struct StoredSession<'a> {
    sequence: u32,
    load: Vec<StoredExchange<'a>>,
    activate: Vec<StoredExchange<'a>>,
}

#[derive(Sequence)]
struct StoredExchange<'a> {
    command: &'a OctetStringRef,
    answer: &'a OctetStringRef,
}

impl OfflineScript {
    /// A script of a card and its sessions.
    ///
    /// # Errors
    /// [`OfflineScriptError::Form`] unless the counters follow each other, every session can activate, all but the last can
    /// load, each with one first command, and there are no more than [`MAX_ATTEMPTS`] of them.
    pub fn new(mut card: PreparedCard, sessions: Vec<OfflineSession>) -> Result<Self, OfflineScriptError> {
        let form = OfflineScriptError::Form;
        if !(2..=MAX_ATTEMPTS + 1).contains(&sessions.len()) {
            return Err(form("its number of sessions"));
        }
        for (one, next) in sessions.iter().zip(sessions.iter().skip(1)) {
            if one.sequence.checked_add(1) != Some(next.sequence) || one.load.len() < 2 {
                return Err(form("the order of its sessions"));
            }
        }
        let first = |exchanges: &[Exchange]| exchanges.first().map(|exchange| exchange.command.clone());
        let (load, activate) = (
            sessions.first().and_then(|session| first(&session.load)),
            sessions.first().and_then(|session| first(&session.activate)),
        );
        let fits = |session: &OfflineSession| {
            first(&session.activate) == activate
                && session.activate.len() > 2
                && (session.load.is_empty() || first(&session.load) == load)
                && session.load.len().max(session.activate.len()) <= MAX_EXCHANGES
        };
        if !sessions.iter().all(fits) {
            return Err(form("the commands of its sessions"));
        }
        card.image.passwords.holder = None;
        Ok(Self { card, sessions })
    }

    /// The sessions, in the order of their counters.
    #[must_use]
    pub fn sessions(&self) -> &[OfflineSession] {
        &self.sessions
    }

    /// The counters with which a loading can begin: the first and the last.
    #[must_use]
    pub fn attempts(&self) -> (u32, u32) {
        let first = self.sessions.first().map_or(0, |session| session.sequence);
        let last = self.sessions.iter().rev().nth(1);
        (first, last.map_or(first, |session| session.sequence))
    }

    /// The script as bytes.
    ///
    /// # Errors
    /// [`OfflineScriptError`] when a part is too long.
    pub fn to_der(&self) -> Result<Zeroizing<Vec<u8>>, OfflineScriptError> {
        let too_long = |_| OfflineScriptError::Form("a part is too long");
        let card = self.card.to_der()?;
        let sessions = self.sessions.iter().map(|session| {
            Ok(StoredSession {
                sequence: session.sequence,
                load: stored_exchanges(&session.load).map_err(too_long)?,
                activate: stored_exchanges(&session.activate).map_err(too_long)?,
            })
        });
        let stored = StoredScript {
            version: VERSION,
            card: OctetStringRef::new(&card).map_err(too_long)?,
            sessions: sessions.collect::<Result<_, OfflineScriptError>>()?,
        };
        stored.to_der().map(Zeroizing::new).map_err(too_long)
    }

    /// Reads a script. Never panics.
    ///
    /// # Errors
    /// [`OfflineScriptError`].
    pub fn from_der(bytes: &[u8]) -> Result<Self, OfflineScriptError> {
        let form = OfflineScriptError::Form;
        let stored = StoredScript::from_der(bytes).map_err(|_| form("it has not the form of one"))?;
        if stored.version != VERSION {
            return Err(form("its version is not known"));
        }
        let exchanges = |stored: &[StoredExchange<'_>]| {
            let exchange = |exchange: &StoredExchange<'_>| Exchange {
                command: exchange.command.as_bytes().to_vec(),
                answer: exchange.answer.as_bytes().to_vec(),
            };
            stored.iter().map(exchange).collect()
        };
        let session = |session: &StoredSession<'_>| OfflineSession {
            sequence: session.sequence,
            load: exchanges(&session.load),
            activate: exchanges(&session.activate),
        };
        let card = PreparedCard::from_der(stored.card.as_bytes())?;
        Self::new(card, stored.sessions.iter().map(session).collect())
    }
}

fn stored_exchanges(exchanges: &[Exchange]) -> Result<Vec<StoredExchange<'_>>, der::Error> {
    let stored = exchanges.iter().map(|exchange| {
        Ok(StoredExchange {
            command: OctetStringRef::new(&exchange.command)?,
            answer: OctetStringRef::new(&exchange.answer)?,
        })
    });
    stored.collect()
}
