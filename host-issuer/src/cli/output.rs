//! Where a command's words go: results to the standard output, everything else to the standard error.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

use super::failure::Failure;
use crate::environment::Console;

/// How much of its work a command tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum LogLevel {
    /// Errors only.
    Error,
    /// What is being done.
    Info,
    /// And with what.
    Debug,
    /// And every APDU: header, lengths and status word.
    Traffic,
}

/// The output of one command.
pub struct Output<'a> {
    console: &'a dyn Console,
    json: bool,
    level: LogLevel,
    /// Set once the one JSON object is out.
    printed: AtomicBool,
}

/// The error object of `--json`.
#[derive(Serialize)]
struct FailureJson<'a> {
    schema: &'static str,
    id: &'a str,
    error: &'a str,
    hint: &'a str,
    exit_code: u8,
}

impl<'a> Output<'a> {
    /// Output as the command line asks for.
    #[must_use]
    pub fn new(console: &'a dyn Console, json: bool, level: LogLevel) -> Self {
        Self {
            console,
            json,
            level,
            printed: AtomicBool::new(false),
        }
    }

    /// Whether one JSON object is wanted instead of text.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// The level.
    #[must_use]
    pub fn level(&self) -> LogLevel {
        self.level
    }

    /// Whether a progress bar can be shown: a person looks at the standard error, and wants to know.
    #[must_use]
    pub fn shows_progress(&self) -> bool {
        self.level >= LogLevel::Info && self.console.is_watched()
    }

    /// A line of progress.
    pub fn progress(&self, text: &str) {
        self.log(LogLevel::Info, text);
    }

    /// A line for who looks closer.
    pub fn debug(&self, text: &str) {
        self.log(LogLevel::Debug, text);
    }

    fn log(&self, level: LogLevel, text: &str) {
        if self.level >= level {
            // A closed standard error must not stop a command in the middle of a chip.
            let _ = writeln!(self.console.messages(), "{text}");
        }
    }

    /// The result: the object with `--json`, else the text.
    ///
    /// # Errors
    /// When the standard output cannot take it (a full disk behind a redirection); a closed pipe is none.
    pub fn result(
        &self,
        object: &impl Serialize,
        text: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let mut stdout = self.console.output();
        let written = if self.json {
            self.printed.store(true, Ordering::Relaxed);
            serde_json::to_writer_pretty(&mut stdout, object)
                .map_err(io::Error::from)
                .and_then(|()| writeln!(stdout))
        } else {
            text(&mut stdout)
        };
        Self::written(written.and_then(|()| stdout.flush()))
    }

    fn written(written: io::Result<()>) -> Result<(), Failure> {
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(
                super::exit_code::ExitCode::Storage,
                "storage.stdout",
                format!("the result cannot be written: {error}"),
                "check where the standard output goes",
            )),
            _ => Ok(()),
        }
    }

    /// A result that is a document of its own, as it is.
    ///
    /// # Errors
    /// As [`result`](Self::result).
    pub fn document(&self, content: &str) -> Result<(), Failure> {
        let mut stdout = self.console.output();
        self.printed.store(true, Ordering::Relaxed);
        let written = stdout.write_all(content.as_bytes());
        Self::written(written.and_then(|()| stdout.flush()))
    }

    /// One of many results: the object on a line of its own with `--json`, else the text.
    ///
    /// # Errors
    /// When the standard output cannot take it, or nobody listens any more.
    pub fn event(
        &self,
        object: &impl Serialize,
        text: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut stdout = self.console.output();
        if self.json {
            self.printed.store(true, Ordering::Relaxed);
            serde_json::to_writer(&mut stdout, object)?;
            writeln!(stdout)?;
        } else {
            text(&mut stdout)?;
        }
        stdout.flush()
    }

    /// A failure that does not end the command: two lines on the standard error.
    pub fn mishap(&self, failure: &Failure) {
        let _ = writeln!(
            self.console.messages(),
            "error: {}\nhint: {}",
            one_line(&failure.message),
            one_line(&failure.hint)
        );
    }

    /// The end of a command that failed: two lines on the standard error, and with `--json` the object
    /// `eid.error/1` on the standard output where no other object is there yet.
    pub fn failure(&self, failure: &Failure) {
        self.mishap(failure);
        if self.json && !self.printed.swap(true, Ordering::Relaxed) {
            let object = FailureJson {
                schema: "eid.error/1",
                id: failure.id,
                error: &failure.message,
                hint: &failure.hint,
                exit_code: failure.code as u8,
            };
            if let Ok(text) = serde_json::to_string_pretty(&object) {
                let _ = writeln!(self.console.output(), "{text}");
            }
        }
    }
}

/// Chips, certificates and files name themselves; what they say must stay one line and must not steer a
/// terminal, nor turn what stands beside it around.
pub(crate) fn one_line(text: &str) -> String {
    let breaks = |letter: char| matches!(letter, '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}');
    // Embeddings, overrides and isolates of UAX #9.
    let turns = |letter: char| matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    text.trim()
        .chars()
        .map(|letter| {
            if breaks(letter) {
                ' '
            } else if letter.is_control() || turns(letter) {
                '\u{FFFD}'
            } else {
                letter
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn what_a_card_says_cannot_steer_the_terminal() {
        assert_eq!(one_line("a\nb\u{1b}[2J\u{7}"), "a b\u{fffd}[2J\u{fffd}");
        assert_eq!(
            one_line("EVE\u{202e}MALLORY\u{2028}GENUINE"),
            "EVE\u{fffd}MALLORY GENUINE"
        );
    }
}
