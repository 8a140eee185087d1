//! What a case works with: a card that was reset, the oracle terminal, and what is known of both.

mod after_refusal;
mod files;
mod lds;
mod open;
mod paths;
mod read;
mod session_end;
mod terminal;
mod zone;

use super::authority::TerminalAuthority;
use super::link::{Link, LinkError};
use super::statement::Statement;
use super::verdict::{Finding, Played};
use crate::naive::Random;
use crate::oracle::{Bend, Command, Response, Session};

pub use files::*;
pub use open::PaceStep;
pub use paths::ReadPath;
pub use session_end::{begins, refused};
pub(super) use terminal::{CVCA_LENGTH, Chain, CvcaFile, DG3, DG4, Opened, Opening, in_session, references};
pub use zone::ZoneError;

/// Most commands and resets of one case: the longest needs some hundreds. A card that always has more to say is given up there.
const MAX_EXCHANGES: usize = 5_000;

/// eMRTD application (9303-10 §3.11.2).
pub const EMRTD_AID: [u8; 7] = [0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01];

/// A password of PACE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Password {
    /// Of the machine readable zone: reference 1.
    Mrz,
    /// Card access number: reference 2.
    Can,
    /// PIN: reference 3.
    Pin,
    /// PUK: reference 4.
    Puk,
}

/// What is printed on the card or known to its holder, and the trust point that its issuer gave to the lab.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secrets {
    /// Document number, dates of birth and expiry, each with its check digit.
    pub mrz_information: Option<String>,
    /// The printed machine readable zone, lines one behind the other.
    pub mrz: Option<String>,
    /// Card access number.
    pub can: Option<String>,
    /// PIN.
    pub pin: Option<String>,
    /// PUK.
    pub puk: Option<String>,
    /// The card's trust point with its private key.
    pub terminal_authority: Option<TerminalAuthority>,
}

/// One command and its answer, as they went over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// What was sent; empty for a reset.
    pub command: Vec<u8>,
    /// What came back; empty after a reset.
    pub response: Vec<u8>,
}

/// The bench.
pub struct Bench<'a> {
    link: &'a mut dyn Link,
    /// What the card says of itself.
    pub statement: &'a Statement,
    /// What is printed on it.
    pub secrets: &'a Secrets,
    /// Where the oracle's keys and nonces come from.
    pub random: Random,
    /// The session, as the terminal sees it. The bench opens it and never closes it: whether the card still knows it, is what cases ask.
    pub session: Option<Session>,
    trace: Vec<Exchange>,
}

impl<'a> Bench<'a> {
    /// A bench with this card on it.
    pub fn new(link: &'a mut dyn Link, statement: &'a Statement, secrets: &'a Secrets, seed: u64) -> Self {
        Bench {
            link,
            statement,
            secrets,
            random: Random::new(&[], seed),
            session: None,
            trace: Vec::new(),
        }
    }

    /// Everything that went over the wire.
    pub fn into_trace(self) -> Vec<Exchange> {
        self.trace
    }

    /// Takes the power away and gives it back; the terminal forgets its session.
    ///
    /// # Errors
    /// When the card does not come back.
    pub fn reset_link(&mut self) -> Result<(), LinkError> {
        self.session = None;
        self.trace.push(Exchange {
            command: Vec::new(),
            response: Vec::new(),
        });
        self.link.reset()
    }

    /// [`reset_link`](Self::reset_link), inside a case.
    ///
    /// # Errors
    /// [`Finding::Link`].
    pub fn reset(&mut self) -> Played {
        Ok(self.reset_link()?)
    }

    /// Sends a command just as it is, and gives the answer just as it is.
    ///
    /// # Errors
    /// [`Finding::Link`].
    pub fn send_plain(&mut self, command: &Command) -> Played<Response> {
        self.send_bytes(&command.to_bytes())
    }

    /// Sends bytes that need not be a command.
    ///
    /// # Errors
    /// [`Finding::Link`].
    pub fn send_bytes(&mut self, command: &[u8]) -> Played<Response> {
        if self.trace.len() >= MAX_EXCHANGES {
            return Err(Finding::failed(format!(
                "given up: the case is not at its end after {MAX_EXCHANGES} commands"
            )));
        }
        let response = self.link.transmit(command)?;
        self.trace.push(Exchange {
            command: command.to_vec(),
            response: response.clone(),
        });
        Response::parse(&response)
            .ok_or_else(|| Finding::Link(LinkError("the card answered less than a status word".into())))
    }

    /// Sends a command, in the session if there is one. An answer in plain is given as it is ([`Response::protected`] says so); the
    /// session stays where it is.
    ///
    /// # Errors
    /// [`Finding::Failed`] when an answer came protected and its protection is wrong.
    pub fn send(&mut self, command: &Command) -> Played<Response> {
        self.send_bent(command, None)
    }

    /// Sends a command in the session, its protection wrong in this way.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_bent(&mut self, command: &Command, bend: Option<Bend>) -> Played<Response> {
        let Some(mut session) = self.session.take() else {
            return self.send_plain(command);
        };
        let protected = session.protect_bent(command, bend);
        let answer = self.send_plain(&protected);
        let taken = answer.and_then(|answer| {
            if answer.data.is_empty() {
                return Ok(answer);
            }
            session.unprotect(command, &answer).map_err(|broken| {
                Finding::failed(format!(
                    "the protection of the answer to {:02X} is wrong: {broken:?}",
                    command.instruction
                ))
            })
        });
        self.session = Some(session);
        taken
    }
}
