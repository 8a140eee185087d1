//! What every command has at hand.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::output::{LogLevel, Output};
use super::{ReaderArguments, secrets};
use crate::environment::{Environment, Random};
use crate::settings::Settings;
use crate::transport::Transport;
use crate::transport::in_process::InProcess;
use crate::transport::pcsc::{PcscTransport, ReaderSelector};
use crate::transport::trace::{Detail, Trace};

/// The prefix of a virtual chip in `--reader`.
const VIRTUAL: &str = "virtual:";

/// The environment, the output and what the global options say.
pub(super) struct Context<'a> {
    pub(super) environment: &'a Environment,
    pub(super) output: &'a Output,
    pub(super) unsafe_trace: bool,
}

/// A reader as `--reader` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ReaderChoice {
    /// The memory of a virtual chip, run in this process.
    Virtual(PathBuf),
    /// A PC/SC reader.
    Pcsc(ReaderSelector),
}

impl ReaderChoice {
    pub(super) fn parse(text: Option<&str>) -> Self {
        match text {
            None => Self::Pcsc(ReaderSelector::default()),
            Some(text) => match text.strip_prefix(VIRTUAL) {
                Some(path) => Self::Virtual(PathBuf::from(path)),
                None => Self::Pcsc(ReaderSelector::parse(text)),
            },
        }
    }
}

impl Context<'_> {
    /// A fresh source of random numbers.
    pub(super) fn random(&self) -> Random {
        (self.environment.random)()
    }

    /// The settings below the flags.
    pub(super) fn settings(&self) -> Result<Settings, Failure> {
        Settings::load(self.environment).map_err(|error| {
            Failure::input(
                "config.invalid",
                error.to_string(),
                "correct the file; `eid config show` lists the settings",
            )
        })
    }

    /// A path from a flag or else from the settings.
    pub(super) fn path(&self, flag: Option<&Path>, setting: &'static str) -> Result<PathBuf, Failure> {
        if let Some(path) = flag {
            return Ok(path.to_owned());
        }
        let settings = self.settings()?;
        settings.get(setting).map(PathBuf::from).ok_or_else(|| {
            Failure::usage(
                format!("--{setting} is required"),
                format!("give --{setting}, or set `{setting}` in the configuration"),
            )
        })
    }

    /// Connects to the card in the reader that the flag or the settings name.
    pub(super) fn open_reader(&self, arguments: &ReaderArguments) -> Result<Box<dyn Transport>, Failure> {
        let text = match &arguments.reader {
            Some(text) => Some(text.clone()),
            None => self.settings()?.get("reader").map(str::to_owned),
        };
        self.connect(&ReaderChoice::parse(text.as_deref()))
    }

    /// Connects to the card in this reader, with a trace around it where one was asked for.
    pub(super) fn connect(&self, choice: &ReaderChoice) -> Result<Box<dyn Transport>, Failure> {
        let transport: Box<dyn Transport> = match choice {
            ReaderChoice::Virtual(path) => {
                self.output.debug(&format!("virtual chip {}", path.display()));
                Box::new(InProcess::open(path)?)
            }
            ReaderChoice::Pcsc(selector) => {
                let transport = PcscTransport::open(selector)?;
                self.output.debug(&format!("reader {}", transport.reader()));
                Box::new(transport)
            }
        };
        if self.output.level() < LogLevel::Traffic {
            return Ok(transport);
        }
        let detail = if self.unsafe_trace {
            Detail::UnsafeFull
        } else {
            Detail::Redacted
        };
        let writer: Box<dyn Write> = Box::new(io::stderr());
        Ok(Box::new(Trace::new(transport, writer, detail)))
    }

    /// Reads a text file of at most `limit` bytes.
    pub(super) fn read_text(&self, path: &Path, limit: u64) -> Result<String, Failure> {
        let bytes = self.environment.disk.read(path, limit)?;
        String::from_utf8(bytes).map_err(|_| {
            Failure::input(
                "file.not_utf8",
                format!("{}: not UTF-8 text", path.display()),
                "save the file as UTF-8",
            )
        })
    }

    /// The passphrase that opens a key file: from `file`, else `EID_PASSPHRASE`, else a person.
    pub(super) fn passphrase(
        &self,
        file: Option<&Path>,
        what: &str,
    ) -> Result<personalization::key_file::Passphrase, Failure> {
        secrets::passphrase(self.environment, file, what, false)
    }

    /// The passphrase for a new key file; a person is asked twice.
    pub(super) fn new_passphrase(
        &self,
        file: Option<&Path>,
        what: &str,
    ) -> Result<personalization::key_file::Passphrase, Failure> {
        secrets::passphrase(self.environment, file, what, true)
    }
}
