//! The surroundings of the chip on this board: memory that stands in for EEPROM, random numbers that are none, a timer.

use core::cell::UnsafeCell;
#[cfg(not(feature = "measure"))]
use core::convert::Infallible;
use core::sync::atomic::{AtomicBool, Ordering};

use card_applet::platform::{Nvm, NvmError, Platform, SoftwareEngine, Timer};
#[cfg(not(feature = "measure"))]
use rand_core::{TryCryptoRng, TryRng};

/// Bytes of memory for files and journal.
const SIZE: usize = 128 * 1024;
const PAGE_SIZE: usize = 512;
const WORD_SIZE: usize = 8;

/// The board's parts, put together.
pub struct Board;

impl Platform for Board {
    type Nvm = RamMemory;
    #[cfg(not(feature = "measure"))]
    type Rng = CountingRng;
    #[cfg(feature = "measure")]
    type Rng = crate::recorded_rng::RecordedRng;
    type Engine = SoftwareEngine;
    type Timer = BusyTimer;
}

struct Cells(UnsafeCell<[u8; SIZE]>);

// SAFETY: `RamMemory::take` hands the cells out once, and the program has one thread and no interrupts.
unsafe impl Sync for Cells {}

#[unsafe(link_section = ".nvm")]
static CELLS: Cells = Cells(UnsafeCell::new([0; SIZE]));
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Memory with the manners of flash, in the board's RAM: content is lost with the power.
pub struct RamMemory {
    cells: &'static mut [u8; SIZE],
}

impl RamMemory {
    /// The memory as it stands; `None` the second time.
    pub fn take() -> Option<Self> {
        if TAKEN.swap(true, Ordering::Relaxed) {
            return None;
        }
        // SAFETY: the flag lets this line run once, so the reference is the only one.
        let cells = unsafe { &mut *CELLS.0.get() };
        Some(Self { cells })
    }

    /// Gives each byte the value for its offset.
    #[cfg(feature = "measure")]
    pub fn fill_with(&mut self, byte: impl Fn(usize) -> u8) {
        for (offset, cell) in self.cells.iter_mut().enumerate() {
            *cell = byte(offset);
        }
    }

    /// Erases all of it.
    #[cfg(not(feature = "measure"))]
    pub fn clear(&mut self) {
        self.cells.fill(0xFF);
    }

    fn range(address: u32, length: usize) -> Result<core::ops::Range<usize>, NvmError> {
        let start = address as usize;
        let end = start.checked_add(length).ok_or(NvmError)?;
        if end > SIZE { Err(NvmError) } else { Ok(start..end) }
    }
}

impl Nvm for RamMemory {
    const PAGE: usize = PAGE_SIZE;
    const WORD: usize = WORD_SIZE;

    fn size(&self) -> u32 {
        SIZE as u32
    }

    fn read(&self, address: u32, out: &mut [u8]) -> Result<(), NvmError> {
        let cells = self.cells.get(Self::range(address, out.len())?).ok_or(NvmError)?;
        out.copy_from_slice(cells);
        Ok(())
    }

    fn program(&mut self, address: u32, words: &[u8]) -> Result<(), NvmError> {
        if !(address as usize).is_multiple_of(WORD_SIZE) || !words.len().is_multiple_of(WORD_SIZE) {
            return Err(NvmError);
        }
        let cells = self
            .cells
            .get_mut(Self::range(address, words.len())?)
            .ok_or(NvmError)?;
        // Flash can only clear bits: programming twice shows here instead of on silicon.
        if cells.iter().any(|cell| *cell != 0xFF) {
            return Err(NvmError);
        }
        cells.copy_from_slice(words);
        Ok(())
    }

    fn erase(&mut self, address: u32) -> Result<(), NvmError> {
        let start = address as usize / PAGE_SIZE * PAGE_SIZE;
        let cells = self.cells.get_mut(start..start + PAGE_SIZE).ok_or(NvmError)?;
        cells.fill(0xFF);
        Ok(())
    }

    fn sync(&mut self) -> Result<(), NvmError> {
        Ok(())
    }
}

/// **Not random**: a counter through a mixing function. The emulated board has no noise source; a real chip puts its
/// certified generator here. It is enough to measure code size and instructions, and for nothing else.
#[cfg(not(feature = "measure"))]
pub struct CountingRng {
    state: u64,
}

#[cfg(not(feature = "measure"))]
impl CountingRng {
    /// Always the same sequence.
    pub fn new() -> Self {
        Self { state: 0 }
    }
}

#[cfg(not(feature = "measure"))]
impl TryRng for CountingRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.try_next_u64()? as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        // SplitMix64.
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Ok(mixed ^ (mixed >> 31))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for byte in bytes {
            *byte = self.try_next_u64()? as u8;
        }
        Ok(())
    }
}

#[cfg(not(feature = "measure"))]
impl TryCryptoRng for CountingRng {}

/// Waits by counting; the board's clock is 25 MHz.
pub struct BusyTimer;

impl Timer for BusyTimer {
    fn delay_milliseconds(&mut self, milliseconds: u32) {
        for _ in 0..milliseconds {
            for _ in 0..5_000u32 {
                core::hint::spin_loop();
            }
        }
    }
}
