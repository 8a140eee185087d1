//! Through what a command came and its answer goes: plain, in a secure messaging session, or in the issuer's SCP03
//! session.
//!
//! A session that a command opens starts after that command's answer, which still goes the old way; so the handler
//! returns the new channel and [`Card`](crate::card::Card) puts it in place when the answer has left.

pub(crate) mod issuer;
pub(crate) mod protect;
pub(crate) mod session;
pub(crate) mod unprotect;

use crate::limits::RESPONSE_LIMIT;
use crate::platform::Engine;
use core::ops::Range;
use issuer::IssuerSession;
use session::Session;

/// The channel at hand.
pub(crate) enum Channel<E: Engine> {
    /// No session.
    Plain,
    /// A session that PACE or BAC opened.
    Secure(Session<E>),
    /// A session that the issuer's keys opened.
    Issuer(IssuerSession<E>),
}

impl<E: Engine> Channel<E> {
    /// Most bytes of plain data that fit the response to a command with (or without) extended length fields.
    ///
    /// The outer Le rules even where DO'97' asks for more: some terminals ask for 256 bytes inside a short protected
    /// command and cannot take more than 256 in all.
    pub(crate) const fn capacity(&self, extended: bool) -> usize {
        let limit = if extended {
            RESPONSE_LIMIT.saturating_sub(2)
        } else {
            256
        };
        match self {
            Self::Plain => limit,
            Self::Secure(session) => session.capacity(limit),
            Self::Issuer(session) => session.capacity(limit),
        }
    }
}

/// A command as it was before it was protected; its data stands in the command buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unprotected {
    /// Where the data field stands in the buffer.
    pub(crate) data: Range<usize>,
    /// Ne.
    pub(crate) expected: Option<u32>,
}

#[cfg(test)]
mod tests;
