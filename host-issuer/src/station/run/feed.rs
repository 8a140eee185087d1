//! Where the cards of a reader come from: the only place where a reader's thread waits.

use std::path::PathBuf;

use crate::environment::{ReaderChoice, Readers};
use crate::transport::{Transport, TransportError};

/// The cards of one reader, one after the other.
pub trait CardFeed {
    /// The reader's name.
    fn reader(&self) -> &str;

    /// Waits for the next card; `None` when none will come, or `goes_on` says that none is wanted any more (asked now and then).
    ///
    /// # Errors
    /// [`TransportError`] when a card came and cannot be spoken to; the next one may be better.
    fn next_card(&mut self, goes_on: &dyn Fn() -> bool)
    -> Result<Option<Box<dyn Transport>>, TransportError>;
}

/// A virtual chip: a reader with one card, which is laid on once.
pub struct VirtualFeed<'r> {
    name: String,
    memory: Option<PathBuf>,
    readers: &'r dyn Readers,
}

impl<'r> VirtualFeed<'r> {
    /// The chip with this memory.
    #[must_use]
    pub fn new(memory: PathBuf, readers: &'r dyn Readers) -> Self {
        Self {
            name: format!("virtual:{}", memory.display()),
            memory: Some(memory),
            readers,
        }
    }
}

impl CardFeed for VirtualFeed<'_> {
    fn reader(&self) -> &str {
        &self.name
    }

    fn next_card(&mut self, _: &dyn Fn() -> bool) -> Result<Option<Box<dyn Transport>>, TransportError> {
        let memory = self.memory.take();
        memory
            .map(|memory| self.readers.open(&ReaderChoice::Virtual(memory)))
            .transpose()
    }
}
