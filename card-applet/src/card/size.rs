//! How much RAM the chip keeps while it waits for a command.

use super::*;
use crate::platform::{Nvm, NvmError, SoftwareEngine, Timer};
use rand_core::{TryCryptoRng, TryRng};

/// A platform whose parts take no room.
struct Bare;

struct Nothing;

impl Platform for Bare {
    type Nvm = Nothing;
    type Rng = Nothing;
    type Engine = SoftwareEngine;
    type Timer = Nothing;
}

impl Nvm for Nothing {
    const PAGE: usize = 256;
    const WORD: usize = 4;

    fn size(&self) -> u32 {
        0
    }

    fn read(&self, _: u32, _: &mut [u8]) -> Result<(), NvmError> {
        Err(NvmError)
    }

    fn program(&mut self, _: u32, _: &[u8]) -> Result<(), NvmError> {
        Err(NvmError)
    }

    fn erase(&mut self, _: u32) -> Result<(), NvmError> {
        Err(NvmError)
    }

    fn sync(&mut self) -> Result<(), NvmError> {
        Err(NvmError)
    }
}

impl TryRng for Nothing {
    type Error = NvmError;

    fn try_next_u32(&mut self) -> Result<u32, NvmError> {
        Err(NvmError)
    }

    fn try_next_u64(&mut self) -> Result<u64, NvmError> {
        Err(NvmError)
    }

    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), NvmError> {
        Err(NvmError)
    }
}

impl TryCryptoRng for Nothing {}

impl Timer for Nothing {
    fn delay_milliseconds(&mut self, _: u32) {}
}

/// Static state and buffers of a port, in bytes (a firmware asserts the same for its own card).
const STATE_AND_BUFFERS: usize = 4096;

/// What the chip keeps between two commands, the data of chained commands included, and the buffer that a command comes
/// in.
#[test]
fn state_and_command_buffer() {
    let card = size_of::<Card<Bare>>();
    let (files, chain) = (size_of::<FileTree>(), size_of::<Chain>());
    let volatile = size_of::<Volatile<SoftwareEngine>>();
    println!("Card {card}: file table {files}, chained data {chain}, session and protocol {volatile}");
    assert!(card + COMMAND_BUFFER <= STATE_AND_BUFFERS, "{card} bytes");
}
