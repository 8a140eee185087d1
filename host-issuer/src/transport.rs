//! Moving command and response APDUs between this host and a chip.
//!
//! A [`Transport`] knows nothing of what it carries: no secure messaging, no status words, no retries of commands. Everything
//! above it (terminal roles, loader, inspection) is written against this trait, so the same code talks to a reader
//! ([`pcsc`]), to a chip in this process ([`in_process`]) and to a frozen session ([`replay`]).

pub mod in_process;
pub mod pcsc;
pub mod pulled;
pub mod reader_watch;
pub mod replay;
pub mod trace;
mod watched;
pub mod wire_time;

use std::fmt;
use std::time::Duration;

/// The longest APDU that PC/SC lite carries each way, in bytes: `65535`, one more and the card is lost.
pub const PCSC_APDU_MAX: usize = 65_535;

/// What a transport can carry, in bytes of a whole APDU.
///
/// This is the host's side of the matter only. Whether the *chip* takes extended length is announced in its EF.ATR/INFO
/// (ISO/IEC 7816-4:2020 §12.2.2, DO'7F66'), and must be looked up there before extended length is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest command APDU, header and length fields included.
    pub command: usize,
    /// Longest response APDU, status word included.
    pub response: usize,
}

impl Limits {
    /// Limits of a transport that carries short APDUs only: 4 + 1 + 255 + 1 and 256 + 2 bytes.
    pub const SHORT: Limits = Limits {
        command: 261,
        response: 258,
    };

    /// Limits of PC/SC lite and of everything that has no tighter limit of its own.
    pub const EXTENDED: Limits = Limits {
        command: PCSC_APDU_MAX,
        response: PCSC_APDU_MAX,
    };
}

/// A blocking connection to one chip.
///
/// One transport is one chip that is powered; dropping it lets the chip go. Implementations do not retry commands: whether a
/// lost answer may be asked for again is for the layer that knows what the command did.
pub trait Transport {
    /// Sends `command` and replaces the contents of `response` by the whole answer, the two bytes of the status word last.
    ///
    /// # Errors
    /// [`TransportError`]; `response` is then empty and nothing is known about whether the chip acted.
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError>;

    /// [`transmit`](Self::transmit), and while the answer is not there yet, `waiting` is told now and then how long it has been.
    /// It says whether to wait on.
    ///
    /// A transport that cannot do anything while it waits, or that never waits, leaves this as it is.
    ///
    /// # Errors
    /// As [`transmit`](Self::transmit); [`TransportError::Timeout`] when `waiting` gave up. The chip may be at work then, and the
    /// transport is of no more use.
    fn transmit_watched(
        &mut self,
        command: &[u8],
        response: &mut Vec<u8>,
        waiting: &mut dyn FnMut(Duration) -> bool,
    ) -> Result<(), TransportError> {
        let _ = waiting;
        self.transmit(command, response)
    }

    /// After the card was taken away: waits until one is in the same reader. It may be another, and has to be
    /// [reset](Self::reset) before it is used.
    ///
    /// A transport whose card does not come and go leaves this as it is.
    ///
    /// # Errors
    /// [`TransportError::CardRemoved`] when none came in this time.
    fn wait_for_card(&mut self, limit: Duration) -> Result<(), TransportError> {
        let _ = limit;
        Err(TransportError::CardRemoved)
    }

    /// Resets the chip: every session and every piece of evidence that it holds is gone.
    ///
    /// # Errors
    /// [`TransportError`] when the chip does not come back.
    fn reset(&mut self) -> Result<(), TransportError>;

    /// How long an APDU this transport carries.
    fn limits(&self) -> Limits;

    /// The answer to reset (ISO/IEC 7816-3), or what the reader makes of a contactless chip's answer to select.
    fn atr(&self) -> &[u8];
}

impl<T: Transport + ?Sized> Transport for Box<T> {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        (**self).transmit(command, response)
    }

    fn transmit_watched(
        &mut self,
        command: &[u8],
        response: &mut Vec<u8>,
        waiting: &mut dyn FnMut(Duration) -> bool,
    ) -> Result<(), TransportError> {
        (**self).transmit_watched(command, response, waiting)
    }

    fn wait_for_card(&mut self, limit: Duration) -> Result<(), TransportError> {
        (**self).wait_for_card(limit)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        (**self).reset()
    }

    fn limits(&self) -> Limits {
        (**self).limits()
    }

    fn atr(&self) -> &[u8] {
        (**self).atr()
    }
}

impl<T: Transport + ?Sized> Transport for &mut T {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        (**self).transmit(command, response)
    }

    fn transmit_watched(
        &mut self,
        command: &[u8],
        response: &mut Vec<u8>,
        waiting: &mut dyn FnMut(Duration) -> bool,
    ) -> Result<(), TransportError> {
        (**self).transmit_watched(command, response, waiting)
    }

    fn wait_for_card(&mut self, limit: Duration) -> Result<(), TransportError> {
        (**self).wait_for_card(limit)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        (**self).reset()
    }

    fn limits(&self) -> Limits {
        (**self).limits()
    }

    fn atr(&self) -> &[u8] {
        (**self).atr()
    }
}

/// Why an APDU did not get through, told apart by what the person at the reader has to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The PC/SC daemon does not run.
    #[error("the PC/SC service does not answer ({detail})")]
    NoPcscd {
        /// What PC/SC said.
        detail: String,
    },
    /// The PC/SC daemon runs and does not serve this user.
    #[error("the PC/SC service does not serve this user ({detail})")]
    NotAllowed {
        /// What PC/SC said.
        detail: String,
    },
    /// The PC/SC daemon runs and knows no reader.
    #[error("no smart card reader is connected")]
    NoReader,
    /// No reader has the name or index that was asked for.
    #[error("no reader matches `{wanted}`; present: {}", Listed(present))]
    ReaderNotFound {
        /// The selector as given.
        wanted: String,
        /// The names of the readers that are there, in PC/SC's order.
        present: Vec<String>,
    },
    /// The selector (or its absence) leaves more than one reader to choose from.
    #[error("more than one reader to choose from: {}", Listed(candidates))]
    SeveralReaders {
        /// The readers that would do.
        candidates: Vec<String>,
    },
    /// The chosen reader, or every reader, is empty.
    #[error("no card in {reader}")]
    NoCard {
        /// The reader's name, or a phrase for all of them.
        reader: String,
    },
    /// The reader was unplugged.
    #[error("the reader was disconnected")]
    ReaderGone,
    /// The card left the reader.
    #[error("the card was removed")]
    CardRemoved,
    /// Another program reset the chip between two commands: every session in it is gone.
    #[error("the card was reset by another program")]
    CardReset,
    /// Another program holds the reader for itself.
    #[error("the reader is in use by another program")]
    Busy,
    /// The reader gave up waiting.
    #[error("the card did not answer in time")]
    Timeout,
    /// The card took more commands or more time than a card may, and was given up.
    #[error("the card was given up: {detail}")]
    GivenUp {
        /// What was used up.
        detail: String,
    },
    /// The chip is there and does not answer: no ATR, or silence after a command.
    #[error("the card is mute")]
    Mute,
    /// An APDU is longer than the transport carries. Nothing was sent.
    #[error("an APDU of {length} bytes does not fit, the limit is {limit}")]
    TooLong {
        /// Bytes that were to be sent.
        length: usize,
        /// Bytes that this transport carries.
        limit: usize,
    },
    /// The answer is shorter than a status word.
    #[error("the card answered {length} byte(s), less than a status word")]
    Truncated {
        /// Bytes received.
        length: usize,
    },
    /// The memory file of a virtual chip cannot be used.
    #[error("virtual card: {detail}")]
    VirtualCard {
        /// What the chip's memory said, with the file's name.
        detail: String,
    },
    /// A frozen session was asked something else than was recorded.
    #[error("the recorded session does not go on like this: {detail}")]
    ReplayDiverged {
        /// Where, without the data of either command.
        detail: String,
    },
    /// Anything else that PC/SC reports.
    #[error("PC/SC: {detail}")]
    Other {
        /// What PC/SC said.
        detail: String,
    },
}

impl TransportError {
    /// Whether the card went away, rather than the reader, the service or the chip's wits.
    pub fn is_card_gone(&self) -> bool {
        matches!(self, TransportError::CardRemoved | TransportError::NoCard { .. })
    }
}

/// Names joined by commas, for the errors that list readers.
struct Listed<'a>(&'a [String]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        for (index, name) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{index}: {name}")?;
        }
        Ok(())
    }
}
