//! The chip as a program for a bare Cortex-M4: the whole applet between a serial port and memory, without an operating
//! system, an allocator or a standard library.
//!
//! It answers two questions that a library build cannot: how large the applet is when everything that it uses is linked
//! in, and whether it asks for any symbol that such a chip has not got. The four parts that a port to silicon replaces
//! are in `board.rs` and `serial.rs`; the applet itself is the library, unchanged.
#![no_std]
#![no_main]

mod board;
mod serial;
mod startup;

use board::{Board, BusyTimer, CountingRng, RamMemory};
use card_applet::card::{Card, TransportKeys};
use card_applet::limits::COMMAND_BUFFER;
use card_applet::platform::{ResponseSink, SoftwareEngine};
use rand_core::TryRng;
use serial::{BLOCK, Serial};

/// Serial number of the only chip of this kind (ten bytes, GlobalPlatform's key diversification data).
const SERIAL_NUMBER: [u8; 10] = *b"firmware 1";
/// Answer to a command that is longer than the chip's buffer (ISO/IEC 7816-4: wrong length).
const WRONG_LENGTH: [u8; 2] = [0x67, 0x00];

/// A response on its way out: whole blocks leave while the chip makes the next one.
struct BlockSink<'a> {
    serial: &'a mut Serial,
    block: [u8; BLOCK],
    length: usize,
    abandoned: bool,
}

impl<'a> BlockSink<'a> {
    fn new(serial: &'a mut Serial) -> Self {
        Self {
            serial,
            block: [0; BLOCK],
            length: 0,
            abandoned: false,
        }
    }

    /// Sends the last block. An abandoned response has none, so the reader waits and times out.
    fn finish(self) {
        if !self.abandoned {
            self.serial
                .send_block(self.block.get(..self.length).unwrap_or_default(), false);
        }
    }
}

impl ResponseSink for BlockSink<'_> {
    fn put(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if self.length == BLOCK {
                self.serial.send_block(&self.block, true);
                self.length = 0;
            }
            if let Some(place) = self.block.get_mut(self.length) {
                *place = *byte;
                self.length += 1;
            }
        }
    }

    fn abandon(&mut self) {
        self.abandoned = true;
    }
}

/// Makes the blank chip. Its memory is RAM, so this happens at every power-on; on silicon it is the work of the
/// factory, with keys from a generator that deserves the name.
fn manufacture(memory: &mut RamMemory, rng: &mut CountingRng) -> bool {
    let mut keys = [0u8; 96];
    let _ = rng.try_fill_bytes(&mut keys);
    let (enc, rest) = keys.split_at(32);
    let (mac, dek) = rest.split_at(32);
    let keys = TransportKeys { enc, mac, dek };
    Card::<Board>::manufacture(memory, rng, &mut SoftwareEngine, &SERIAL_NUMBER, keys).is_ok()
}

/// Called by the startup code once RAM is set up. Returns only when there is no chip to run.
#[unsafe(no_mangle)]
extern "C" fn firmware_main() {
    let Some(mut memory) = RamMemory::take() else {
        return;
    };
    let mut rng = CountingRng::new();
    if !manufacture(&mut memory, &mut rng) {
        return;
    }
    let mut serial = Serial::open();
    let mut card = Card::<Board>::power_on(memory, rng, SoftwareEngine, BusyTimer);
    let mut command = [0u8; COMMAND_BUFFER];
    loop {
        let length = serial.receive(&mut command);
        match command.get_mut(..length) {
            Some(command) => {
                let mut sink = BlockSink::new(&mut serial);
                card.process(command, &mut sink);
                sink.finish();
            }
            None => serial.send_block(&WRONG_LENGTH, false),
        }
    }
}
