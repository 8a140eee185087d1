//! A card that is pulled out after a number of APDUs.
//!
//! It exists to prove what happens then: whatever is interrupted, nothing half-done may look done. `eid` never builds one.

use std::time::Duration;

use super::{Limits, Transport, TransportError};

/// When the card leaves, relative to the APDU that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The command does not reach the chip.
    BeforeCommand,
    /// The chip acts, its answer is lost.
    BeforeAnswer,
}

/// A transport that carries a number of APDUs and then fails for ever, until its inner transport is taken out, or as often as it
/// is told until the card is waited for.
pub struct PulledCard<T> {
    inner: T,
    remaining: usize,
    moment: Moment,
    gone: bool,
    /// APDUs that pass after each return, the next one last.
    returns: Vec<usize>,
}

impl<T: Transport> PulledCard<T> {
    /// Lets `carried` APDUs pass; the next one fails at `moment`.
    pub fn new(inner: T, carried: usize, moment: Moment) -> Self {
        PulledCard {
            inner,
            remaining: carried,
            moment,
            gone: false,
            returns: Vec::new(),
        }
    }

    /// The card comes back when it is waited for, and `carried` more APDUs pass. May be said several times.
    #[must_use]
    pub fn returning(mut self, carried: usize) -> Self {
        self.returns.insert(0, carried);
        self
    }

    /// Whether the card has left.
    pub fn is_gone(&self) -> bool {
        self.gone
    }

    /// Puts the card back: the chip as it was left, to be reset before it is used again.
    pub fn into_inner(self) -> T {
        self.inner
    }
}

impl<T: Transport> Transport for PulledCard<T> {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        if self.gone {
            response.clear();
            return Err(TransportError::CardRemoved);
        }
        if self.remaining == 0 {
            self.gone = true;
            if self.moment == Moment::BeforeAnswer {
                // The chip's answer, or its error, is what nobody gets to know.
                let _ = self.inner.transmit(command, response);
            }
            response.clear();
            return Err(TransportError::CardRemoved);
        }
        self.remaining -= 1;
        self.inner.transmit(command, response)
    }

    fn wait_for_card(&mut self, _limit: Duration) -> Result<(), TransportError> {
        self.remaining = self.returns.pop().ok_or(TransportError::CardRemoved)?;
        self.gone = false;
        Ok(())
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        if self.gone {
            return Err(TransportError::CardRemoved);
        }
        self.inner.reset()
    }

    fn limits(&self) -> Limits {
        self.inner.limits()
    }

    fn atr(&self) -> &[u8] {
        self.inner.atr()
    }
}
