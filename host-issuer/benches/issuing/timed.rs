//! A chip on a reader, with a clock of its own: bytes take their time on the wire, the chip's memory takes its time to be written, and the
//! two overlap as far as the chip lets them.
//!
//! ```text
//! wire     ISO/IEC 7816-3, T = 1 (host_issuer::transport::wire_time)
//! memory   rows of 64 bytes, 4 ms for each row that a write touches, 4 ms for each page that is erased; one at a time
//!          a write is posted: it takes no time of the chip's until more than 2 KiB are waiting, and `sync` waits for all
//! ```
//!
//! Computation of chip and host is left out; it is measured elsewhere.

use std::cell::RefCell;
use std::rc::Rc;

use card_applet::platform::{Nvm, NvmError};
use card_applet::sim::memory::RamMemory;
use host_issuer::transport::wire_time::{Exchange, ReaderProfile};
use host_issuer::transport::{Limits, Transport, TransportError};

/// Bytes that are programmed at once.
const ROW: usize = 64;
/// Seconds that it takes.
const ROW_SECONDS: f64 = 0.004;
/// Bytes that may wait to be programmed: the chip's command buffer.
const POSTED: usize = 2048;

/// What the time went to, in seconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Times {
    /// All of it.
    pub total: f64,
    /// Bytes on the wire.
    pub wire: f64,
    /// The memory's work.
    pub memory: f64,
    /// Rows programmed, pages erased, waits for both.
    pub rows: usize,
    pub erased: usize,
    pub syncs: usize,
}

/// The clock; every clone is the same.
#[derive(Clone, Default)]
pub struct Chronometer(Rc<RefCell<State>>);

#[derive(Default)]
struct State {
    times: Times,
    /// When the memory has done all that was given to it.
    memory_free: f64,
}

impl Chronometer {
    /// What was measured so far.
    pub fn times(&self) -> Times {
        self.0.borrow().times
    }

    /// Begins at nought.
    pub fn restart(&self) {
        *self.0.borrow_mut() = State::default();
    }

    fn on_wire(&self, seconds: f64) {
        let mut state = self.0.borrow_mut();
        state.times.wire += seconds;
        state.times.total += seconds;
    }

    fn post(&self, units: usize) {
        let mut state = self.0.borrow_mut();
        let seconds = units as f64 * ROW_SECONDS;
        state.times.memory += seconds;
        state.memory_free = state.memory_free.max(state.times.total) + seconds;
        let patience = (POSTED / ROW) as f64 * ROW_SECONDS;
        state.times.total = state.times.total.max(state.memory_free - patience);
    }

    fn wait(&self) {
        let mut state = self.0.borrow_mut();
        state.times.syncs += 1;
        state.times.total = state.times.total.max(state.memory_free);
    }
}

/// The chip's memory.
pub struct TimedMemory {
    pub inner: RamMemory,
    pub clock: Chronometer,
}

impl Nvm for TimedMemory {
    const PAGE: usize = RamMemory::PAGE;
    const WORD: usize = RamMemory::WORD;

    fn size(&self) -> u32 {
        self.inner.size()
    }

    fn read(&self, address: u32, out: &mut [u8]) -> Result<(), NvmError> {
        self.inner.read(address, out)
    }

    fn program(&mut self, address: u32, words: &[u8]) -> Result<(), NvmError> {
        let start = address as usize;
        let rows = (start + words.len()).div_ceil(ROW) - start / ROW;
        self.clock.0.borrow_mut().times.rows += rows;
        self.clock.post(rows);
        self.inner.program(address, words)
    }

    fn erase(&mut self, address: u32) -> Result<(), NvmError> {
        self.clock.0.borrow_mut().times.erased += 1;
        self.clock.post(1);
        self.inner.erase(address)
    }

    fn sync(&mut self) -> Result<(), NvmError> {
        self.clock.wait();
        self.inner.sync()
    }
}

/// The reader.
pub struct TimedReader<T> {
    pub inner: T,
    pub profile: ReaderProfile,
    pub clock: Chronometer,
}

impl<T> TimedReader<T> {
    /// Bytes in one direction. The model of T = 1 is the same for both, and their sum is the exchange.
    fn one_way(&self, bytes: usize) -> f64 {
        let cost = |command| {
            let exchange = Exchange { command, response: 0 };
            self.profile.cost([&exchange]).seconds
        };
        cost(bytes) - cost(0) / 2.0
    }
}

impl<T: Transport> Transport for TimedReader<T> {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        self.clock.on_wire(self.one_way(command.len()));
        self.inner.transmit(command, response)?;
        self.clock.on_wire(self.one_way(response.len()));
        Ok(())
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.inner.reset()
    }

    fn limits(&self) -> Limits {
        self.inner.limits()
    }

    fn atr(&self) -> &[u8] {
        self.inner.atr()
    }
}
