//! A virtual card in this process.

use super::memory::{FileMemory, RamMemory, VirtualMemory};
use crate::card::{Card, TransportKeys};
use crate::crypto::curve::PublicPoint;
use crate::platform::{Platform, ResponseSink, SoftwareEngine, Timer};
use crate::wire::global_platform::SERIAL_LEN;
use getrandom::SysRng;
use std::io;
use std::path::Path;
use std::time::Duration;

/// Why a virtual card cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// Its file cannot be opened or written, or is none.
    #[error("{0}")]
    Memory(#[from] io::Error),
    /// The chip could not be manufactured.
    #[error("the chip could not be manufactured ({0})")]
    Manufacture(crate::wire::status::StatusWord),
    /// The chip does not answer: it is not powered, or it abandoned its response.
    #[error("the chip does not answer")]
    Mute,
}

/// A timer that sleeps for a chip in a file, and only counts for one in RAM.
#[derive(Debug)]
pub struct VirtualTimer {
    sleeps: bool,
    waited: Duration,
}

impl Timer for VirtualTimer {
    fn delay_milliseconds(&mut self, milliseconds: u32) {
        let delay = Duration::from_millis(milliseconds.into());
        self.waited = self.waited.saturating_add(delay);
        if self.sleeps {
            #[allow(clippy::disallowed_methods, reason = "this is the virtual chip's timer")]
            std::thread::sleep(delay);
        }
    }
}

/// The surroundings of a virtual card.
#[derive(Debug)]
pub struct VirtualPlatform;

impl Platform for VirtualPlatform {
    type Nvm = VirtualMemory;
    type Rng = SysRng;
    type Engine = SoftwareEngine;
    type Timer = VirtualTimer;
}

/// Collects a response.
#[derive(Default)]
struct Collector {
    bytes: Vec<u8>,
    abandoned: bool,
}

impl ResponseSink for Collector {
    fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn abandon(&mut self) {
        self.abandoned = true;
    }
}

/// ATR: T=1; historical bytes with the card capabilities (ISO/IEC 7816-4, 12.1.1.9): selection by name, path and
/// identifier, short identifiers; command chaining, extended length, whose limits are in EF.ATR/INFO. The same for
/// every card.
const ATR: [u8; 10] = [0x3B, 0x85, 0x80, 0x01, 0x80, 0x73, 0xB4, 0x21, 0xE0, 0x82];

/// A chip that was just made.
pub struct Manufactured {
    /// The chip.
    pub card: VirtualCard,
    /// Public half of its attestation key, for the stock manifest.
    pub attestation_public_key: PublicPoint,
}

/// A virtual card.
pub struct VirtualCard {
    card: Card<VirtualPlatform>,
    powered: bool,
}

impl VirtualCard {
    /// Manufactures a chip whose memory is a new file.
    ///
    /// # Errors
    /// When the file exists or cannot be written, or the keys are not of one AES length.
    pub fn manufacture(
        path: &Path,
        serial: &[u8; SERIAL_LEN],
        keys: TransportKeys<'_>,
    ) -> Result<Manufactured, SimError> {
        Self::make(VirtualMemory::File(FileMemory::create(path)?), serial, keys)
    }

    /// Manufactures a chip whose memory goes with this value.
    ///
    /// # Errors
    /// When the keys are not of one AES length.
    pub fn in_memory(serial: &[u8; SERIAL_LEN], keys: TransportKeys<'_>) -> Result<Manufactured, SimError> {
        Self::make(VirtualMemory::Ram(RamMemory::new()), serial, keys)
    }

    /// Opens the chip whose memory is this file.
    ///
    /// # Errors
    /// When the file cannot be opened, is open elsewhere, or is no chip's memory.
    pub fn open(path: &Path) -> Result<Self, SimError> {
        Ok(Self::assemble(VirtualMemory::File(FileMemory::open(path)?)))
    }

    fn make(
        mut memory: VirtualMemory,
        serial: &[u8; SERIAL_LEN],
        keys: TransportKeys<'_>,
    ) -> Result<Manufactured, SimError> {
        let attestation_public_key =
            Card::<VirtualPlatform>::manufacture(&mut memory, &mut SysRng, &mut SoftwareEngine, serial, keys)
                .map_err(SimError::Manufacture)?;
        Ok(Manufactured {
            card: Self::assemble(memory),
            attestation_public_key,
        })
    }

    fn assemble(memory: VirtualMemory) -> Self {
        let sleeps = matches!(memory, VirtualMemory::File(_));
        let timer = VirtualTimer {
            sleeps,
            waited: Duration::ZERO,
        };
        Self {
            card: Card::power_on(memory, SysRng, SoftwareEngine, timer),
            powered: false,
        }
    }

    /// Switches the power on and returns the ATR.
    pub fn power_on(&mut self) -> Vec<u8> {
        self.reset()
    }

    /// Switches the power off.
    pub fn power_off(&mut self) {
        self.powered = false;
        self.card.reset();
    }

    /// Resets the chip and returns the ATR.
    pub fn reset(&mut self) -> Vec<u8> {
        self.card.reset();
        self.powered = true;
        ATR.to_vec()
    }

    /// The ATR, powered or not.
    pub fn atr(&self) -> &'static [u8] {
        &ATR
    }

    /// Sends a command APDU and appends the response to `response`.
    ///
    /// # Errors
    /// [`SimError::Mute`] when the chip has no power or abandoned its response.
    pub fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), SimError> {
        if !self.powered {
            return Err(SimError::Mute);
        }
        let mut buffer = command.to_vec();
        let mut collector = Collector::default();
        self.card.process(&mut buffer, &mut collector);
        if collector.abandoned {
            return Err(SimError::Mute);
        }
        response.append(&mut collector.bytes);
        Ok(())
    }
}
