//! Everything a command needs from outside this process: the time, randomness, files, secrets typed by a
//! person. Passed in, so that a test decides all of it; nothing else in this crate asks a clock or
//! writes a file.

mod disk;

use std::io::{self, BufRead, IsTerminal, Write};
use std::time::Duration;

use getrandom::SysRng;
use rand_core::TryCryptoRng;
use time::OffsetDateTime;
use zeroize::Zeroizing;

pub use disk::{Access, Disk, DiskError, NewFile, SystemDisk};

/// The random numbers of a command. An error of the source is passed on, never papered over.
pub type Random = Box<dyn TryCryptoRng<Error = getrandom::Error> + Send>;

/// Tells the time.
pub trait Clock {
    /// Now, in UTC.
    fn now(&self) -> OffsetDateTime;

    /// Time that has passed since some fixed moment; never runs backwards.
    fn monotonic(&self) -> Duration;
}

/// Where secrets come from that are in no file.
pub trait Prompt {
    /// Asks a person, without echo. `None`: there is nobody to ask (no terminal).
    ///
    /// # Errors
    /// When the terminal fails.
    fn secret(&self, question: &str) -> io::Result<Option<Zeroizing<String>>>;

    /// Asks for `yes`. `None`: there is nobody to ask.
    ///
    /// # Errors
    /// When the terminal fails.
    fn confirm(&self, question: &str) -> io::Result<Option<bool>>;
}

/// What a command may use of the world.
pub struct Environment {
    /// The time.
    pub clock: Box<dyn Clock>,
    /// Files.
    pub disk: Box<dyn Disk>,
    /// A person at a terminal.
    pub prompt: Box<dyn Prompt>,
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
            prompt: Box::new(Terminal),
            random: || Box::new(SysRng),
            variable: |name| std::env::var(name).ok().filter(|value| !value.is_empty()),
        }
    }
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

/// The terminal of this process. Questions go to the standard error, so that the standard output stays
/// the command's result.
struct Terminal;

impl Prompt for Terminal {
    fn secret(&self, question: &str) -> io::Result<Option<Zeroizing<String>>> {
        if !io::stdin().is_terminal() {
            return Ok(None);
        }
        let mut stderr = io::stderr();
        write!(stderr, "{question}: ")?;
        stderr.flush()?;
        rpassword::read_password().map(|secret| Some(Zeroizing::new(secret)))
    }

    fn confirm(&self, question: &str) -> io::Result<Option<bool>> {
        if !io::stdin().is_terminal() {
            return Ok(None);
        }
        let mut stderr = io::stderr();
        write!(stderr, "{question} Type yes: ")?;
        stderr.flush()?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        Ok(Some(answer.trim() == "yes"))
    }
}
