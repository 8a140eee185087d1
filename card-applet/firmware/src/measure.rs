//! What commands cost: the emulator hands over a chip's memory and the numbers that it will draw, commands come over the
//! serial port as ever, and instead of each answer its costs go back: the status word, the answer's length, the
//! instructions, and how deep the stack went (2, 4, 4 and 4 bytes, big-endian, in one block). A message without bytes
//! resets the chip.

use crate::board::{Board, BusyTimer, RamMemory};
use crate::recorded_rng::RecordedRng;
use crate::serial::Serial;
use card_applet::card::Card;
use card_applet::limits::COMMAND_BUFFER;
use card_applet::platform::{ResponseSink, SoftwareEngine};
use core::ptr;

/// Where the emulator puts the memory's content, in RAM that no part of the program has.
const MEMORY: usize = 0x2020_0000;
/// Where it puts the random numbers: behind that.
const RANDOM: usize = 0x2022_0000;
/// Lowest address of the RAM that the stack grows down in, above the program's few static bytes.
const STACK_LIMIT: usize = 0x2000_0100;
/// Where the stack begins.
const STACK_TOP: usize = 0x2000_8000;
const PAINT: u32 = 0xA5A5_A5A5;
/// Below the caller's frame, what painting itself may use.
const MARGIN: usize = 256;

/// The system timer of a Cortex-M (Armv7-M, B3.3): counts down with the processor's clock, 24 bits.
const SYST_CSR: usize = 0xE000_E010;
const SYST_RVR: usize = 0xE000_E014;
const SYST_CVR: usize = 0xE000_E018;
const SYST_MASK: u32 = 0x00FF_FFFF;
/// With `-icount shift=0` an instruction takes a nanosecond, and a tick of the board's 25 MHz forty.
const INSTRUCTIONS_PER_TICK: u32 = 40;

fn read(address: usize) -> u32 {
    // SAFETY: system registers, and RAM of this program's stack that no live frame uses or that is only looked at.
    unsafe { ptr::read_volatile(address as *const u32) }
}

fn write(address: usize, value: u32) {
    // SAFETY: as in `read`; in RAM only below the stack pointer less a margin.
    unsafe { ptr::write_volatile(address as *mut u32, value) }
}

/// Keeps of an answer how long it was and how it ended.
struct Measure {
    length: u32,
    end: [u8; 2],
}

impl ResponseSink for Measure {
    fn put(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u32;
        for byte in bytes {
            self.end = [self.end[1], *byte];
        }
    }

    fn abandon(&mut self) {
        self.end = [0; 2];
    }
}

/// Paints the stack below the caller.
#[inline(never)]
fn paint() {
    let here = 0u32;
    let end = ptr::addr_of!(here) as usize - MARGIN;
    for address in (STACK_LIMIT..end).step_by(4) {
        write(address, PAINT);
    }
}

/// The lowest address that lost its paint.
#[inline(never)]
fn lowest() -> usize {
    let mut address = STACK_LIMIT;
    while read(address) == PAINT {
        address += 4;
    }
    address
}

/// The chip's work alone.
#[inline(never)]
fn process(card: &mut Card<Board>, command: &mut [u8], sink: &mut Measure) {
    card.process(command, sink);
}

/// Runs the chip.
pub fn run(mut memory: RamMemory) {
    memory.fill_with(|offset| (read(MEMORY + offset / 4 * 4) >> (offset % 4 * 8)) as u8);
    write(SYST_RVR, SYST_MASK);
    write(SYST_CSR, 5);
    let mut serial = Serial::open();
    let rng = RecordedRng::at(RANDOM);
    let mut card = Card::<Board>::power_on(memory, rng, SoftwareEngine, BusyTimer);
    let mut command = [0u8; COMMAND_BUFFER];
    loop {
        let length = serial.receive(&mut command);
        let Some(command) = command.get_mut(..length) else {
            return;
        };
        let mut measure = Measure {
            length: 0,
            end: [0; 2],
        };
        paint();
        write(SYST_CVR, 0);
        let before = read(SYST_CVR);
        if command.is_empty() {
            card.reset();
        } else {
            process(&mut card, command, &mut measure);
        }
        let ticks = before.wrapping_sub(read(SYST_CVR)) & SYST_MASK;
        let depth = (STACK_TOP - lowest()) as u32;
        let instructions = ticks.saturating_mul(INSTRUCTIONS_PER_TICK);
        let mut report = [0; 14];
        let fields = measure.end.into_iter();
        let numbers = [measure.length, instructions, depth];
        let bytes = fields.chain(numbers.into_iter().flat_map(u32::to_be_bytes));
        for (to, from) in report.iter_mut().zip(bytes) {
            *to = from;
        }
        serial.send_block(&report, false);
    }
}
