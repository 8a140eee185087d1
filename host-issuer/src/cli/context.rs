//! What every command has at hand.

use std::path::{Path, PathBuf};

use personalization::key_file::Passphrase;
use personalization::pki::directory::KeyPlace;

use super::failure::Failure;
use super::output::{LogLevel, Output};
use super::{ReaderArguments, secrets};
use crate::environment::{Access, Environment, Random, ReaderChoice};
use crate::inspect::{Pin, TrustError, TrustStore, read_trust_and_pin};
use crate::settings::Settings;
use crate::transport::Transport;
use crate::transport::trace::{Detail, Trace};

/// The environment, the output and what the global options say.
pub(super) struct Context<'a> {
    pub(super) environment: &'a Environment,
    pub(super) output: &'a Output<'a>,
    pub(super) unsafe_trace: bool,
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

    /// The trust data that the flag or the settings name: a folder, or a bundle file whose signer is pinned. That a newer bundle was
    /// seen is remembered beside it.
    pub(super) fn trust(&self, flag: Option<&Path>) -> Result<TrustStore, Failure> {
        let path = self.path(flag, "trust")?;
        let (store, news) = read_trust_and_pin(&path)?;
        store
            .must_be_valid(self.environment.clock.now())
            .map_err(|cause| TrustError::Bundle {
                path: path.clone(),
                cause,
            })?;
        if let Some(pin) = news {
            let pin_path = Pin::path_for(&path);
            if let Err(error) = self
                .environment
                .disk
                .write(&pin_path, &pin.to_json()?, Access::Public)
            {
                // Whoever brings the files onto a medium that cannot be written pins the next bundle there, too.
                self.output
                    .progress(&format!("warning: {error}; an older bundle would be taken again"));
            }
        }
        Ok(store)
    }

    /// Connects to the card in the reader that the flag or the settings name.
    pub(super) fn open_reader(&self, arguments: &ReaderArguments) -> Result<Box<dyn Transport>, Failure> {
        self.connect(&self.reader_choice(arguments)?)
    }

    /// The reader that the flag or the settings name.
    pub(super) fn reader_choice(&self, arguments: &ReaderArguments) -> Result<ReaderChoice, Failure> {
        let text = match &arguments.reader {
            Some(text) => Some(text.clone()),
            None => self.settings()?.get("reader").map(str::to_owned),
        };
        Ok(ReaderChoice::parse(text.as_deref()))
    }

    /// Connects to the card in this reader, with a trace around it where one was asked for.
    pub(super) fn connect(&self, choice: &ReaderChoice) -> Result<Box<dyn Transport>, Failure> {
        self.output.debug(&match choice {
            ReaderChoice::Virtual(path) => format!("virtual chip {}", path.display()),
            ReaderChoice::Pcsc(selector) => format!("reader {selector:?}"),
        });
        let transport = self.environment.readers.open(choice)?;
        if self.output.level() < LogLevel::Traffic {
            return Ok(transport);
        }
        let detail = if self.unsafe_trace {
            Detail::UnsafeFull
        } else {
            Detail::Redacted
        };
        Ok(Box::new(Trace::new(
            transport,
            self.environment.console.messages(),
            detail,
        )))
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

    /// Writes a public file that must not exist yet.
    pub(super) fn write_new(&self, path: &Path, content: &[u8]) -> Result<(), Failure> {
        let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(|| {
            Failure::usage(
                format!("{}: no name of a file", path.display()),
                "give a file to write",
            )
        })?;
        let directory = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let file = self.environment.disk.reserve(directory, name, Access::Public)?;
        Ok(file.commit(content)?)
    }

    /// The passphrase that opens a key file: from `file`, else `EID_PASSPHRASE`, else a person.
    pub(super) fn passphrase(&self, file: Option<&Path>, what: &str) -> Result<Passphrase, Failure> {
        secrets::passphrase(self.environment, file, what, false)
    }

    /// What opens a key that is there: the passphrase of its file, or the PIN of its token.
    pub(super) fn key_secret(
        &self,
        place: &KeyPlace,
        file: Option<&Path>,
        what: &str,
    ) -> Result<Passphrase, Failure> {
        match place {
            KeyPlace::File(_) => self.passphrase(file, what),
            KeyPlace::Token(_) => self.hsm_pin(file),
        }
    }

    /// The PIN of a token: from `file`, else `EID_HSM_PIN`, else a person.
    pub(super) fn hsm_pin(&self, file: Option<&Path>) -> Result<Passphrase, Failure> {
        let pin = secrets::secret(self.environment, &secrets::HSM_PIN, file)?;
        Ok(Passphrase::new(pin.as_str()))
    }

    /// The passphrase for a new key file; a person is asked twice.
    pub(super) fn new_passphrase(&self, file: Option<&Path>, what: &str) -> Result<Passphrase, Failure> {
        secrets::passphrase(self.environment, file, what, true)
    }
}
