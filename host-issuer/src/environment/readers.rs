//! Readers and the cards in them, real and virtual.

use std::path::PathBuf;

use crate::transport::in_process::InProcess;
use crate::transport::pcsc::{self, PcscTransport, ReaderInfo, ReaderSelector};
use crate::transport::reader_watch::{self, WatchedReader};
use crate::transport::{Transport, TransportError};

/// The prefix of a virtual chip in `--reader`.
const VIRTUAL: &str = "virtual:";

/// A reader as `--reader` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReaderChoice {
    /// The memory of a virtual chip, run in this process.
    Virtual(PathBuf),
    /// A PC/SC reader.
    Pcsc(ReaderSelector),
}

impl ReaderChoice {
    /// Reads `virtual:FILE`, an index or a part of a name; nothing means the only reader with a card.
    #[must_use]
    pub fn parse(text: Option<&str>) -> Self {
        match text {
            None => Self::Pcsc(ReaderSelector::default()),
            Some(text) => match text.strip_prefix(VIRTUAL) {
                Some(path) => Self::Virtual(PathBuf::from(path)),
                None => Self::Pcsc(ReaderSelector::parse(text)),
            },
        }
    }
}

/// The readers of this machine. Shared by the threads of a station.
pub trait Readers: Send + Sync {
    /// Every reader of the PC/SC service.
    ///
    /// # Errors
    /// [`TransportError::NoPcscd`] when the service does not run.
    fn list(&self) -> Result<Vec<ReaderInfo>, TransportError>;

    /// Connects to the card in a reader.
    ///
    /// # Errors
    /// [`TransportError`]
    fn open(&self, choice: &ReaderChoice) -> Result<Box<dyn Transport>, TransportError>;

    /// Tells `observer` what is there, now, after every change and now and then, until it answers `false`.
    ///
    /// # Errors
    /// [`TransportError`] when the service is not there, or goes away.
    fn watch(&self, observer: &mut dyn FnMut(&[WatchedReader]) -> bool) -> Result<(), TransportError>;
}

/// PC/SC, and virtual chips in this process.
pub struct SystemReaders;

impl Readers for SystemReaders {
    fn list(&self) -> Result<Vec<ReaderInfo>, TransportError> {
        pcsc::list()
    }

    fn open(&self, choice: &ReaderChoice) -> Result<Box<dyn Transport>, TransportError> {
        Ok(match choice {
            ReaderChoice::Virtual(path) => Box::new(InProcess::open(path)?),
            ReaderChoice::Pcsc(selector) => Box::new(PcscTransport::open(selector)?),
        })
    }

    fn watch(&self, observer: &mut dyn FnMut(&[WatchedReader]) -> bool) -> Result<(), TransportError> {
        reader_watch::watch(observer)
    }
}
