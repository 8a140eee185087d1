//! A blank chip that answers over the serial port.

use crate::board::{Board, BusyTimer, CountingRng, RamMemory};
use crate::serial::Serial;
use card_applet::card::{Card, TransportKeys};
use card_applet::limits::COMMAND_BUFFER;
use card_applet::platform::{ResponseSink, SoftwareEngine};
use rand_core::TryRng;

/// Serial number of the only chip of this kind (ten bytes, GlobalPlatform's key diversification data).
const SERIAL_NUMBER: [u8; 10] = *b"firmware 1";
/// Answer to a command that is longer than the chip's buffer (ISO/IEC 7816-4: wrong length).
const WRONG_LENGTH: [u8; 2] = [0x67, 0x00];

/// Bytes of one block.
const BLOCK: usize = 256;

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
#[inline(never)]
fn manufacture(memory: &mut RamMemory, rng: &mut CountingRng) -> bool {
    let mut keys = [0u8; 96];
    let _ = rng.try_fill_bytes(&mut keys);
    let (enc, rest) = keys.split_at(32);
    let (mac, dek) = rest.split_at(32);
    let keys = TransportKeys { enc, mac, dek };
    Card::<Board>::manufacture(memory, rng, &mut SoftwareEngine, &SERIAL_NUMBER, keys).is_ok()
}

/// Manufactures the chip and runs it. Returns only when it cannot be made.
pub fn run(mut memory: RamMemory) {
    memory.clear();
    let mut rng = CountingRng::new();
    if manufacture(&mut memory, &mut rng) {
        serve(memory, rng);
    }
}

/// Answers commands. Not a part of its caller's frame: the card need not stand on the stack while it is manufactured.
#[inline(never)]
fn serve(memory: RamMemory, rng: CountingRng) {
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
