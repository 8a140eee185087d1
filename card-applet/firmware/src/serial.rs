//! The contact to the reader: blocks over the serial port of the board (Arm CMSDK UART).
//!
//! A message is one or more blocks, each two length bytes (big-endian; the top bit says that another block follows)
//! and that many bytes. This stands in for T=1 or ISO/IEC 14443-4, which chain in the same way, so an answer leaves
//! while it is being made.

use core::ptr;

const UART: usize = 0x4000_4000;
const DATA: usize = UART;
const STATE: usize = UART + 4;
const CONTROL: usize = UART + 8;
const BAUD_DIVIDER: usize = UART + 16;

const TRANSMITTER_FULL: u32 = 1;
const RECEIVER_FULL: u32 = 2;
const MORE_FOLLOWS: u16 = 0x8000;

/// The serial port; there is one.
pub struct Serial {
    _one: (),
}

impl Serial {
    /// Switches the port on.
    pub fn open() -> Self {
        write(BAUD_DIVIDER, 16);
        write(CONTROL, 3);
        Self { _one: () }
    }

    /// Receives one message. The length returned is larger than the buffer when the message was: its bytes are then
    /// lost, and the caller answers "wrong length".
    pub fn receive(&mut self, buffer: &mut [u8]) -> usize {
        let mut length = 0usize;
        loop {
            let header = u16::from_be_bytes([self.read_byte(), self.read_byte()]);
            for _ in 0..header & !MORE_FOLLOWS {
                let byte = self.read_byte();
                if let Some(place) = buffer.get_mut(length) {
                    *place = byte;
                }
                length = length.saturating_add(1);
            }
            if header & MORE_FOLLOWS == 0 {
                return length;
            }
        }
    }

    /// Sends one block, shorter than 32 KiB.
    pub fn send_block(&mut self, block: &[u8], more_follows: bool) {
        let mut header = block.len() as u16;
        if more_follows {
            header |= MORE_FOLLOWS;
        }
        for byte in header.to_be_bytes().iter().chain(block) {
            while read(STATE) & TRANSMITTER_FULL != 0 {}
            write(DATA, u32::from(*byte));
        }
    }

    fn read_byte(&mut self) -> u8 {
        while read(STATE) & RECEIVER_FULL == 0 {}
        read(DATA) as u8
    }
}

fn read(register: usize) -> u32 {
    // SAFETY: the addresses above are the board's UART registers, aligned and always readable.
    unsafe { ptr::read_volatile(register as *const u32) }
}

fn write(register: usize, value: u32) {
    // SAFETY: as in `read`; writing them touches nothing but the UART.
    unsafe { ptr::write_volatile(register as *mut u32, value) }
}
