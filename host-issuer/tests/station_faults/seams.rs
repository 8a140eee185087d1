//! The world as a station sees it: every touch is counted, and some go wrong.

use std::cell::Cell;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use card_applet::sim::memory::RamMemory;
use host_issuer::environment::{Access, Clock, Disk, DiskError, FileLock, NewFile};
use host_issuer::transport::{Limits, Transport, TransportError};
use personalization::signer::{PublicKey, SignatureAlgorithm, Signer, SignerError};
use time::OffsetDateTime;

use super::baton::Baton;
use super::faults::{Fate, Kind, Order, Seam};
use super::memory_disk::{MemoryDisk, failed};
use crate::seeded_chip::{ATR, SeededChip};

/// A chip that several lives and readers may hold in turn.
pub type Chip = Mutex<SeededChip<RamMemory>>;

/// The chip, whoever held it before and however that ended.
pub fn hold(chip: &Chip) -> MutexGuard<'_, SeededChip<RamMemory>> {
    chip.lock().unwrap_or_else(PoisonError::into_inner)
}

thread_local! {
    /// Which of the station's threads this one is.
    static ME: Cell<Option<usize>> = const { Cell::new(None) };
}

/// What decides about every call: whose turn it is, and how it goes.
pub struct Gate<'w> {
    pub fate: &'w Fate,
    pub baton: Baton,
}

impl Gate<'_> {
    /// This thread is the station's thread `me` from now on.
    pub fn come(&self, me: usize) {
        ME.set(Some(me));
        self.baton.come(me);
    }

    /// A call of this seam.
    fn decide(&self, seam: Seam, what: &'static str) -> Order {
        if let Some(me) = ME.get() {
            self.baton.pass(me);
        }
        self.fate.decide(seam, what)
    }

    /// Runs a call that can be done or not, and be told or not. `error` is what is told instead of its result.
    pub fn call<T, E>(
        &self,
        seam: Seam,
        what: &'static str,
        work: impl FnOnce() -> Result<T, E>,
        error: impl FnOnce(Option<Kind>) -> E,
    ) -> Result<T, E> {
        match self.decide(seam, what) {
            Order::Go => work(),
            Order::Dead => Err(error(None)),
            Order::Fail(kind) => {
                if matches!(kind, Kind::After | Kind::PulledAfter | Kind::KilledAfter) {
                    // What came of it is what nobody gets to know.
                    let _ = work();
                }
                Err(error(Some(kind)))
            }
        }
    }
}

/// A card on a reader.
pub struct OnReader<'w> {
    gate: &'w Gate<'w>,
    chip: &'w Chip,
    pulled: bool,
}

impl<'w> OnReader<'w> {
    /// Puts a chip on a reader: its power comes on.
    pub fn lay(gate: &'w Gate<'w>, chip: &'w Chip) -> Self {
        hold(chip).power_cycle();
        Self {
            gate,
            chip,
            pulled: false,
        }
    }

    fn exchange(
        &mut self,
        what: &'static str,
        work: impl FnOnce(&mut SeededChip<RamMemory>) -> Result<(), TransportError>,
    ) -> Result<(), TransportError> {
        let Self { gate, chip, pulled } = self;
        if *pulled {
            return Err(TransportError::CardRemoved);
        }
        gate.call(
            Seam::Transport,
            what,
            || work(&mut hold(chip)),
            |kind| {
                match kind {
                    Some(Kind::Before | Kind::After) => TransportError::Timeout,
                    _ => {
                        // Pulled, or the process is gone, which lets the card go: its power is off.
                        *pulled = true;
                        hold(chip).power_cycle();
                        TransportError::CardRemoved
                    }
                }
            },
        )
    }
}

impl Transport for OnReader<'_> {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        response.clear();
        let mut answer = Vec::new();
        self.exchange("APDU", |chip| chip.transmit(command, &mut answer))?;
        *response = answer;
        Ok(())
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.exchange("reset", |chip| chip.reset())
    }

    fn limits(&self) -> Limits {
        Limits::EXTENDED
    }

    fn atr(&self) -> &[u8] {
        &ATR
    }
}

/// A document signer that counts what it really signs.
pub struct CountingSigner<'w> {
    pub gate: &'w Gate<'w>,
    pub inner: &'w dyn Signer,
    pub made: &'w AtomicU64,
}

impl Signer for CountingSigner<'_> {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.inner.algorithm()
    }

    fn public_key(&self) -> &PublicKey {
        self.inner.public_key()
    }

    fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, SignerError> {
        let sign = || {
            self.made.fetch_add(1, Ordering::Relaxed);
            self.inner.sign_digest(digest)
        };
        let error = |_| SignerError::Failed("the token does not answer".into());
        self.gate.call(Seam::Signer, "sign", sign, error)
    }
}

/// A disk some of whose calls fail.
pub struct FailingDisk<'w> {
    pub gate: &'w Gate<'w>,
    pub inner: MemoryDisk,
}

impl FailingDisk<'_> {
    fn write_call<T>(
        &self,
        path: &Path,
        what: &'static str,
        work: impl FnOnce() -> Result<T, DiskError>,
    ) -> Result<T, DiskError> {
        let error = |_| failed(path, "write", io::ErrorKind::StorageFull);
        self.gate.call(Seam::DiskWrite, what, work, error)
    }

    fn read_call<T>(
        &self,
        path: &Path,
        what: &'static str,
        work: impl FnOnce() -> Result<T, DiskError>,
    ) -> Result<T, DiskError> {
        let error = |_| failed(path, "read", io::ErrorKind::Other);
        self.gate.call(Seam::DiskRead, what, work, error)
    }
}

impl Disk for FailingDisk<'_> {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, DiskError> {
        self.read_call(path, "read", || self.inner.read(path, limit))
    }

    fn reserve(&self, directory: &Path, name: &str, access: Access) -> Result<Box<dyn NewFile>, DiskError> {
        // Whoever reserves writes later, through a name that this disk does not see: the station writes whole files only.
        self.inner.reserve(directory, name, access)
    }

    fn write(&self, path: &Path, content: &[u8], access: Access) -> Result<(), DiskError> {
        self.write_call(path, "write", || self.inner.write(path, content, access))
    }

    fn append_line(&self, path: &Path, line: &[u8], access: Access) -> Result<(), DiskError> {
        self.write_call(path, "append", || self.inner.append_line(path, line, access))
    }

    fn remove_empty_directory(&self, path: &Path) {
        self.inner.remove_empty_directory(path);
    }

    fn remove(&self, path: &Path) -> Result<(), DiskError> {
        self.write_call(path, "remove", || self.inner.remove(path))
    }

    fn create_directory(&self, path: &Path, access: Access) -> Result<(), DiskError> {
        self.write_call(path, "directory", || self.inner.create_directory(path, access))
    }

    fn list(&self, directory: &Path, limit: usize) -> Result<Vec<String>, DiskError> {
        self.read_call(directory, "list", || self.inner.list(directory, limit))
    }

    fn lock(&self, path: &Path) -> Result<Box<dyn FileLock>, DiskError> {
        self.write_call(path, "lock", || self.inner.lock(path))
    }
}

/// A clock that moves a little whenever somebody looks.
pub struct Ticking(AtomicU64);

/// When a simulation begins.
const BEGIN: OffsetDateTime = time::macros::datetime!(2026-11-24 09:00 UTC);

impl Ticking {
    pub const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    fn tick(&self) -> Duration {
        Duration::from_millis(self.0.fetch_add(7, Ordering::Relaxed))
    }
}

impl Clock for Ticking {
    fn now(&self) -> OffsetDateTime {
        BEGIN + self.tick()
    }

    fn monotonic(&self) -> Duration {
        self.tick()
    }
}
