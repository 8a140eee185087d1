//! The readers of the PC/SC service, as the thread that watches them tells those that use them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::feed::CardFeed;
use crate::environment::{ReaderChoice, Readers};
use crate::transport::pcsc::ReaderSelector;
use crate::transport::reader_watch::WatchedReader;
use crate::transport::{Transport, TransportError};

/// How often a reader that waits looks whether it is still to wait.
const PATIENCE: Duration = Duration::from_millis(250);

/// Who is there.
#[derive(Default)]
pub(super) struct Table {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Readers that are connected: PC/SC's count of their events, where a card is in.
    readers: BTreeMap<String, Option<u32>>,
    /// Readers that have a thread.
    known: BTreeSet<String>,
    /// How many of these have ended.
    left: usize,
    closed: bool,
}

impl Table {
    /// What is there now. Gives the readers that were never there before.
    pub(super) fn update(&self, readers: &[&WatchedReader]) -> Vec<String> {
        let mut state = self.lock();
        state.readers = readers
            .iter()
            .map(|reader| {
                let count = reader.info.card_present.then_some(reader.event_count);
                (reader.info.name.clone(), count)
            })
            .collect();
        let names: Vec<String> = state.readers.keys().cloned().collect();
        let new = names
            .into_iter()
            .filter(|name| state.known.insert(name.clone()))
            .collect();
        self.changed.notify_all();
        new
    }

    /// Nobody watches any more.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    /// A reader's thread has ended.
    pub(super) fn leave(&self) {
        self.lock().left += 1;
    }

    /// Whether there were readers and all their threads have ended.
    pub(super) fn is_left(&self) -> bool {
        let state = self.lock();
        !state.known.is_empty() && state.left >= state.known.len()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The cards of a PC/SC reader.
pub(super) struct ReaderFeed<'t> {
    name: String,
    table: &'t Table,
    readers: &'t dyn Readers,
    /// The count of the card that was handed out.
    seen: Option<u32>,
}

impl<'t> ReaderFeed<'t> {
    pub(super) fn new(name: String, table: &'t Table, readers: &'t dyn Readers) -> Self {
        Self {
            name,
            table,
            readers,
            seen: None,
        }
    }

    /// Waits until a card is there that was not there before.
    fn wait(&mut self, goes_on: &dyn Fn() -> bool) -> bool {
        let mut state = self.table.lock();
        loop {
            match state.readers.get(&self.name) {
                Some(Some(count)) if self.seen != Some(*count) => {
                    self.seen = Some(*count);
                    return true;
                }
                Some(Some(_)) => {}
                // Whatever comes next is new.
                Some(None) | None => self.seen = None,
            }
            if state.closed {
                return false;
            }
            // Not asked under the lock: it may look at things that others hold.
            drop(state);
            if !goes_on() {
                return false;
            }
            let waited = self.table.changed.wait_timeout(self.table.lock(), PATIENCE);
            state = waited.map_or_else(|error| error.into_inner().0, |(state, _)| state);
        }
    }
}

impl CardFeed for ReaderFeed<'_> {
    fn reader(&self) -> &str {
        &self.name
    }

    fn next_card(
        &mut self,
        goes_on: &dyn Fn() -> bool,
    ) -> Result<Option<Box<dyn Transport>>, TransportError> {
        if !self.wait(goes_on) {
            return Ok(None);
        }
        // A full name means that reader and no other.
        let choice = ReaderChoice::Pcsc(ReaderSelector::NamePart(self.name.clone()));
        self.readers.open(&choice).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::pcsc::ReaderInfo;

    fn reader(name: &str, count: Option<u32>) -> WatchedReader {
        WatchedReader {
            info: ReaderInfo {
                name: name.into(),
                card_present: count.is_some(),
                atr: Vec::new(),
            },
            event_count: count.unwrap_or_default(),
        }
    }

    struct NoReaders;

    impl Readers for NoReaders {
        fn list(&self) -> Result<Vec<ReaderInfo>, TransportError> {
            Ok(Vec::new())
        }

        fn open(&self, _: &ReaderChoice) -> Result<Box<dyn Transport>, TransportError> {
            Err(TransportError::NoReader)
        }

        fn watch(&self, _: &mut dyn FnMut(&[WatchedReader]) -> bool) -> Result<(), TransportError> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_has_one_thread_and_each_card_is_handed_out_once() {
        let table = Table::default();
        assert_eq!(
            table.update(&[&reader("a", Some(1)), &reader("b", None)]),
            ["a", "b"]
        );
        let mut feed = ReaderFeed::new("a".into(), &table, &NoReaders);
        let never = || false;
        assert!(feed.wait(&never));
        assert!(!feed.wait(&never), "the same card");
        // Taken away and put back while nobody looked; the reader keeps its thread.
        assert!(table.update(&[&reader("a", Some(3))]).is_empty());
        assert!(feed.wait(&never));
        // Unplugged, and counting anew.
        assert!(table.update(&[]).is_empty());
        assert!(!feed.wait(&never));
        assert!(table.update(&[&reader("a", Some(3))]).is_empty());
        assert!(feed.wait(&never));
        table.close();
        assert!(!feed.wait(&|| true), "nobody would wake it");
        assert!(!table.is_left());
        table.leave();
        table.leave();
        assert!(table.is_left());
    }
}
