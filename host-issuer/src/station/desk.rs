//! Somebody does something at a station: who, where and when, as entries of the ledger say it.

use time::OffsetDateTime;

use crate::ledger::error::Conflict;
use crate::ledger::event::{Entry, Event, Role, Serial};
use crate::ledger::view::ChipView;
use crate::ledger::{Head, LedgerError, LedgerStore};

/// A person at work at a station.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// The station's ledger.
    pub store: &'a dyn LedgerStore,
    /// The station's name.
    pub station: &'a str,
    /// The officer's name; `station` where nobody is there.
    pub actor: &'a str,
    /// Now.
    pub now: OffsetDateTime,
}

impl Desk<'_> {
    /// An entry of what happened.
    #[must_use]
    pub fn entry(&self, event: Event) -> Entry {
        Entry::new(self.now, self.station, self.actor, event)
    }

    /// Appends what happened, all or none.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn append(&self, events: impl IntoIterator<Item = Event>) -> Result<Head, LedgerError> {
        let entries: Vec<Entry> = events.into_iter().map(|event| self.entry(event)).collect();
        self.store.append(&entries)
    }

    /// A chip that is at this station.
    ///
    /// # Errors
    /// [`Conflict::ChipUnknown`], [`Conflict::ChipElsewhere`]; [`LedgerError`].
    pub fn chip(&self, serial: &Serial) -> Result<ChipView, LedgerError> {
        let chip = self
            .store
            .chip(serial)?
            .ok_or_else(|| LedgerError::Conflict(Conflict::ChipUnknown(serial.clone())))?;
        if chip.station != self.station {
            return Err(LedgerError::Conflict(Conflict::ChipElsewhere {
                serial: serial.clone(),
                station: chip.station,
            }));
        }
        Ok(chip)
    }

    /// The role of who is at work; `None` for somebody who is no officer of this ledger.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn role(&self) -> Result<Option<Role>, LedgerError> {
        let officers = self.store.officers()?;
        Ok(officers
            .iter()
            .find(|officer| officer.name == self.actor)
            .map(|officer| officer.role))
    }
}
