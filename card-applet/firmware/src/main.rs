//! The chip as a program for a bare Cortex-M4: the whole applet between a serial port and memory, without an operating
//! system, an allocator or a standard library.
//!
//! It answers two questions that a library build cannot: how large the applet is when everything that it uses is linked
//! in, and whether it asks for any symbol that such a chip has not got. The four parts that a port to silicon replaces
//! are in `board.rs` and `serial.rs`; the applet itself is the library, unchanged.
#![no_std]
#![no_main]

#[cfg(not(feature = "measure"))]
mod blank;
mod board;
#[cfg(feature = "measure")]
mod measure;
#[cfg(feature = "measure")]
mod recorded_rng;
mod serial;
mod startup;

#[cfg(not(feature = "measure"))]
use blank::run;
use board::{Board, RamMemory};
use card_applet::card::Card;
use card_applet::limits::COMMAND_BUFFER;
#[cfg(feature = "measure")]
use measure::run;

/// Static state and buffers: what the chip keeps between two commands, and the buffer that a command comes in.
const STATE_AND_BUFFERS: usize = 4096;
const _: () = assert!(size_of::<Card<Board>>() + COMMAND_BUFFER <= STATE_AND_BUFFERS);

/// Called by the startup code once RAM is set up. Returns only when there is no chip to run.
#[unsafe(no_mangle)]
extern "C" fn firmware_main() {
    if let Some(memory) = RamMemory::take() {
        run(memory);
    }
}
