//! Everything a command needs from outside this process: the time, randomness, files, readers, a person at a
//! terminal. Passed in, so that a test decides all of it; nothing else in this crate asks a clock or writes a file.

mod console;
mod disk;
mod machine;
mod readers;

use std::sync::LazyLock;
use std::time::Duration;

use getrandom::SysRng;
use rand_core::TryCryptoRng;
use time::OffsetDateTime;

pub use console::{Console, MAX_LINE, SystemConsole};
pub use disk::{Access, Disk, DiskError, FileLock, NewFile, SystemDisk};
pub use machine::{Machine, SystemMachine};
pub use readers::{ReaderChoice, Readers, SystemReaders};

/// The random numbers of a command. An error of the source is passed on, never papered over.
pub type Random = Box<dyn TryCryptoRng<Error = getrandom::Error> + Send>;

/// Tells the time. Shared by the threads of a station.
pub trait Clock: Send + Sync {
    /// Now, in UTC.
    fn now(&self) -> OffsetDateTime;

    /// Time that has passed since some fixed moment; never runs backwards.
    fn monotonic(&self) -> Duration;
}

/// What a command may use of the world.
pub struct Environment {
    /// The time.
    pub clock: Box<dyn Clock>,
    /// Files.
    pub disk: Box<dyn Disk>,
    /// Readers and cards.
    pub readers: Box<dyn Readers>,
    /// What the system says of itself.
    pub machine: Box<dyn Machine>,
    /// The standard streams, and a person at a terminal.
    pub console: Box<dyn Console>,
    /// Makes a source of random numbers.
    pub random: fn() -> Random,
    /// Reads an environment variable.
    pub variable: fn(&str) -> Option<String>,
}

impl Environment {
    /// The real world.
    #[must_use]
    pub fn system() -> Self {
        Self {
            clock: Box::new(SystemClock { started: started() }),
            disk: Box::new(SystemDisk),
            readers: Box::new(SystemReaders),
            machine: Box::new(SystemMachine),
            console: Box::new(SystemConsole),
            random: || Box::new(SysRng),
            variable: |name| std::env::var(name).ok().filter(|value| !value.is_empty()),
        }
    }
}

/// Time that has passed since this was asked first, by this machine's clock; never runs backwards.
#[must_use]
pub fn stopwatch() -> Duration {
    static STARTED: LazyLock<std::time::Instant> = LazyLock::new(started);
    STARTED.elapsed()
}

struct SystemClock {
    started: std::time::Instant,
}

#[allow(clippy::disallowed_methods)] // the one place where the clock is asked
fn started() -> std::time::Instant {
    std::time::Instant::now()
}

impl Clock for SystemClock {
    fn now(&self) -> OffsetDateTime {
        #[allow(clippy::disallowed_methods)] // the one place where the clock is asked
        let now = std::time::SystemTime::now();
        OffsetDateTime::from(now)
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }
}
