//! A chip to which nothing more is sent once the operator has interrupted, unless it is about to become a card.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::transport::{Limits, Transport, TransportError};

/// The way to the chip.
pub(super) struct Guarded<'t> {
    inner: &'t mut dyn Transport,
    interrupted: &'t AtomicBool,
    armed: Rc<Cell<bool>>,
}

/// Takes the guard away.
pub(super) struct Release(Rc<Cell<bool>>);

impl Release {
    /// From now on every command goes through.
    pub(super) fn release(&self) {
        self.0.set(false);
    }
}

impl<'t> Guarded<'t> {
    pub(super) fn new(inner: &'t mut dyn Transport, interrupted: &'t AtomicBool) -> Self {
        Self {
            inner,
            interrupted,
            armed: Rc::new(Cell::new(true)),
        }
    }

    /// What takes this guard away.
    pub(super) fn release(&self) -> Release {
        Release(Rc::clone(&self.armed))
    }

    fn pass(&self) -> Result<(), TransportError> {
        if self.armed.get() && self.interrupted.load(Ordering::Relaxed) {
            return Err(TransportError::GivenUp {
                detail: "the operator interrupted".to_owned(),
            });
        }
        Ok(())
    }
}

impl Transport for Guarded<'_> {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        response.clear();
        self.pass()?;
        self.inner.transmit(command, response)
    }

    fn transmit_watched(
        &mut self,
        command: &[u8],
        response: &mut Vec<u8>,
        waiting: &mut dyn FnMut(Duration) -> bool,
    ) -> Result<(), TransportError> {
        response.clear();
        self.pass()?;
        self.inner.transmit_watched(command, response, waiting)
    }

    fn wait_for_card(&mut self, limit: Duration) -> Result<(), TransportError> {
        self.pass()?;
        self.inner.wait_for_card(limit)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.pass()?;
        self.inner.reset()
    }

    fn limits(&self) -> Limits {
        self.inner.limits()
    }

    fn atr(&self) -> &[u8] {
        self.inner.atr()
    }
}
