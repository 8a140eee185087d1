//! Many readers at once: a thread for each, the jobs of a batch given out one by one.
//!
//! ```text
//! readers come and go ──► a thread a reader: wait for a card ──► Production::attend ──► wait for the next
//!                                            └── the feed, the only place where a thread waits
//! ```
//!
//! A job is claimed by the ledger when its chip has proved who it is, so no two readers make the same card, whoever is faster. A
//! reader goes on until there is no job, the [`Halt`] is wanted, or no card will come. What is wrong with one card is told and
//! stops nobody; what is wrong with the station ends the run, and so do [`Halt::SAME_FAILURES`] failures in a row with one reason.
//!
//! [`serve`] is the loop of one reader: a simulator gives it a [`CardFeed`] of its own and decides who runs when. [`Run`] brings the
//! threads and the readers of this machine.

mod feed;
mod halt;
mod observer;
mod table;
mod tally;

use std::thread::{self, Scope};

pub use self::feed::{CardFeed, VirtualFeed};
pub use self::halt::{Ended, Halt};
pub use self::observer::{Observer, Seen};
use self::table::{ReaderFeed, Table};
pub use self::tally::Tally;
use super::personalize::{Done, Production, Queue, Undone};
use crate::environment::{Random, ReaderChoice, Readers};
use crate::transport::TransportError;
use crate::transport::pcsc::ReaderSelector;
use crate::transport::reader_watch::WatchedReader;

/// Makes cards on one reader until there is nothing to do, no card comes any more or the [`Halt`] is wanted.
pub fn serve(
    production: &Production<'_>,
    queue: &Queue,
    feed: &mut dyn CardFeed,
    random: &mut Random,
    halt: &Halt,
    observer: &dyn Observer,
) {
    let reader = feed.reader().to_owned();
    // Another reader's last card ends this one's waiting, too.
    let goes_on =
        || !halt.is_wanted(production.clock()) && !queue.is_full() && !production.is_all_done(queue);
    while goes_on() {
        observer.see(&reader, &Seen::Waiting);
        let mut card = match feed.next_card(&goes_on) {
            Ok(Some(card)) => card,
            Ok(None) => break,
            Err(error) => {
                observer.see(&reader, &Seen::Trouble(&error));
                continue;
            }
        };
        observer.see(&reader, &Seen::Card);
        let mut tell = |told: super::personalize::Told<'_>| observer.see(&reader, &Seen::Told(told));
        match production.attend(&mut *card, &reader, queue, random, &mut tell) {
            Ok(done) => {
                halt.succeeded();
                observer.see(&reader, &Seen::Done(&done));
                if matches!(done, Done::NothingToDo) {
                    break;
                }
            }
            Err(undone) => {
                observer.see(&reader, &Seen::Undone(&undone));
                halt.failed(undone);
            }
        }
    }
    observer.see(&reader, &Seen::Left);
}

/// A run over a batch with the readers of this machine.
#[derive(Clone, Copy)]
pub struct Run<'r> {
    /// The station.
    pub production: &'r Production<'r>,
    /// What is to be done.
    pub queue: &'r Queue,
    /// What ends it.
    pub halt: &'r Halt,
    /// Who looks on.
    pub observer: &'r dyn Observer,
    /// Readers and cards.
    pub readers: &'r dyn Readers,
    /// A source of random numbers for each reader.
    pub random: fn() -> Random,
}

impl<'r> Run<'r> {
    /// Makes cards on these readers until it is over. A virtual chip is one card that is laid on once; a selector means every
    /// reader that it fits, those too that are connected later.
    ///
    /// # Errors
    /// [`TransportError`] when the PC/SC service is not there or goes away; the cards in the making are finished first.
    pub fn over(&self, choices: &[ReaderChoice]) -> Result<Ended, TransportError> {
        let selectors: Vec<&ReaderSelector> = choices
            .iter()
            .filter_map(|choice| match choice {
                ReaderChoice::Pcsc(selector) => Some(selector),
                ReaderChoice::Virtual(_) => None,
            })
            .collect();
        let table = Table::default();
        let watched = thread::scope(|scope| {
            for choice in choices {
                if let ReaderChoice::Virtual(path) = choice {
                    let feed = VirtualFeed::new(path.clone(), self.readers);
                    self.spawn(scope, feed, None);
                }
            }
            if selectors.is_empty() {
                return Ok(());
            }
            let watched = self.readers.watch(&mut |readers: &[WatchedReader]| {
                let meant = readers.iter().enumerate().filter(|(index, reader)| {
                    selectors
                        .iter()
                        .any(|selector| selector.means(*index, &reader.info.name))
                });
                let meant: Vec<&WatchedReader> = meant.map(|(_, reader)| reader).collect();
                for name in table.update(&meant) {
                    let feed = ReaderFeed::new(name, &table, self.readers);
                    self.spawn(scope, feed, Some(&table));
                }
                !self.halt.is_wanted(self.production.clock()) && !self.queue.is_full() && !table.is_left()
            });
            table.close();
            watched
        });
        watched?;
        Ok(self.halt.ended(self.queue, self.production.clock()))
    }

    fn spawn<'s, F: CardFeed + Send + 's>(
        &self,
        scope: &'s Scope<'s, '_>,
        mut feed: F,
        table: Option<&'s Table>,
    ) where
        'r: 's,
    {
        let run = *self;
        scope.spawn(move || {
            let mut random = (run.random)();
            serve(
                run.production,
                run.queue,
                &mut feed,
                &mut random,
                run.halt,
                run.observer,
            );
            if let Some(table) = table {
                table.leave();
            }
        });
    }
}

impl Undone {
    /// Whether the next card would fail for the same reason.
    #[must_use]
    pub fn stops(&self) -> bool {
        match self {
            Self::Refused(_) => false,
            Self::Failed(failed) => failed.stops,
            Self::Unsettled(unsettled) => unsettled.stops,
            Self::Stopped(_) => true,
        }
    }

    /// Why, as a stable id.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.id(),
            Self::Failed(failed) => failed.reason,
            Self::Unsettled(_) => "card.unsettled",
            Self::Stopped(stop) => stop.id(),
        }
    }
}
