//! A reader with the faulty chip in it.

use std::cell::{Ref, RefCell};
use std::io;
use std::rc::Rc;

use card_applet::sim::vpcd::Icc;
use test_vectors::faulty_chip::{Fault, FaultyChip, Setup};

use crate::transport::{Limits, Transport, TransportError};

/// The answer to reset of a contactless card without historical bytes (PC/SC part 3 §3.1.3.2.3).
pub const ATR: [u8; 5] = [0x3B, 0x80, 0x80, 0x01, 0x01];

/// A reader with the faulty chip in it, which stays in sight after the reader is given away.
#[derive(Clone)]
pub struct ChipReader {
    chip: Rc<RefCell<FaultyChip>>,
    atr: Vec<u8>,
}

impl ChipReader {
    /// A chip that was just powered.
    #[must_use]
    pub fn new(setup: Setup, faults: Vec<Fault>) -> Self {
        Self {
            chip: Rc::new(RefCell::new(FaultyChip::new(setup, faults))),
            atr: ATR.to_vec(),
        }
    }

    /// The same with another answer to reset.
    #[must_use]
    pub fn with_atr(self, atr: &[u8]) -> Self {
        Self {
            atr: atr.to_vec(),
            ..self
        }
    }

    /// What is seen of the chip.
    ///
    /// # Panics
    /// While a command is being answered, which nobody can ask for: a command is answered in one call.
    #[must_use]
    pub fn chip(&self) -> Ref<'_, FaultyChip> {
        self.chip.borrow()
    }
}

impl Transport for ChipReader {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        *response = self.chip.borrow_mut().process(command);
        match response.len() {
            0 => Err(TransportError::Mute),
            length @ 1 => {
                response.clear();
                Err(TransportError::Truncated { length })
            }
            _ => Ok(()),
        }
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.chip.borrow_mut().reset();
        Ok(())
    }

    fn limits(&self) -> Limits {
        Limits::EXTENDED
    }

    fn atr(&self) -> &[u8] {
        &self.atr
    }
}

/// The same behind PC/SC, for a reader of somebody else.
impl Icc for ChipReader {
    fn power_on(&mut self) {
        self.chip.borrow_mut().reset();
    }

    fn power_off(&mut self) {
        self.chip.borrow_mut().reset();
    }

    fn reset(&mut self) {
        self.chip.borrow_mut().reset();
    }

    fn atr(&self) -> &[u8] {
        &self.atr
    }

    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> io::Result<()> {
        *response = self.chip.borrow_mut().process(command);
        Ok(())
    }
}
