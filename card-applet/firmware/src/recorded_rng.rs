//! Random numbers that the emulator wrote down ahead, so that two runs draw the same.

use core::convert::Infallible;
use core::ptr;
use rand_core::{TryCryptoRng, TryRng};

/// Numbers that were drawn before, one after the other.
pub struct RecordedRng {
    next: usize,
}

impl RecordedRng {
    /// Numbers that begin at this address.
    pub const fn at(address: usize) -> Self {
        Self { next: address }
    }
}

impl TryRng for RecordedRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for byte in bytes {
            // SAFETY: RAM that the emulator filled before the program began; it is as long as the draws.
            *byte = unsafe { ptr::read_volatile(self.next as *const u8) };
            self.next += 1;
        }
        Ok(())
    }
}

impl TryCryptoRng for RecordedRng {}
