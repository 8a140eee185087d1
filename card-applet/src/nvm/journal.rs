//! Small records with atomic transactions of several records, on flash.
//!
//! Two banks; one is current. A transaction is one [`frame`] appended to it, which counts when it is sealed. When the
//! bank is full, what is alive moves to the other [`bank`], and the old one is erased, so no superseded key outlives a
//! move.
//!
//! A write that the power cuts may read in one way in one power cycle and in another in the next. So whatever stands
//! behind the last frame that is settled – a frame with one seal, a frame with none – is decided once: the move that
//! follows at power-on makes the decision stable, before any command is answered.
//!
//! Why not a ready-made store: `sequential-storage` has no transaction over several keys and leaves deleted data in
//! flash; `ekv` is atomic but asynchronous and erases at least one page for each transaction, where a counter that
//! falls before every comparison needs an append. Neither erases a superseded key on demand.
//!
//! Lifetime with words of 8 bytes, reckoned: a PACE session writes two frames of 16 bytes with 16 bytes of seals each (the
//! failure counter up, and gone again). A bank of 4 KiB with some 1.3 KiB alive takes 42 sessions between moves, each of
//! which erases every page of one bank once; with pages of 100,000 cycles that is some eight million sessions. An
//! issuance writes one frame for each file, password and key, and moves at the issuer's keys, at DELETE FILE and at
//! activation: a few cycles in all.

mod bank;
mod frame;

pub(crate) use frame::Transaction;

use super::is_erased;
use super::record::{MAX_VALUE, RecordKey};
use crate::platform::{Nvm, NvmError};
use bank::{BANK, FIRST_FRAME, Header};
use frame::{Item, Items};
use zeroize::Zeroize;

/// The journal's share of the memory; file bodies begin behind it.
pub(crate) const JOURNAL_LEN: u32 = 2 * BANK;

/// The journal's state: which bank, and where it ends.
#[derive(Debug)]
pub(crate) struct Journal {
    bank: u32,
    sequence: u32,
    end: u32,
    /// Something stands behind the last good frame: move before the next write.
    torn: bool,
}

impl Journal {
    /// Makes an empty journal in a memory of any content.
    pub(crate) fn format<N: Nvm>(nvm: &mut N) -> Result<Self, NvmError> {
        bank::erase(nvm, 0)?;
        bank::erase(nvm, BANK)?;
        Header {
            sequence: 1,
            moved_end: FIRST_FRAME,
        }
        .write(nvm, 0)?;
        bank::mark(nvm, 0)?;
        Ok(Self {
            bank: 0,
            sequence: 1,
            end: FIRST_FRAME,
            torn: false,
        })
    }

    /// Finds the current bank and the end of its content, and decides what a power cut left in doubt.
    ///
    /// # Errors
    /// When the memory cannot be read or holds no journal.
    pub(crate) fn mount<N: Nvm>(nvm: &mut N) -> Result<Self, NvmError> {
        let (bank, header) = bank::settle(nvm)?;
        let mut journal = Self {
            bank,
            sequence: header.sequence,
            end: bank.saturating_add(FIRST_FRAME),
            torn: false,
        };
        let mut settled = true;
        while let Some(found) = frame::find(nvm, journal.end, journal.bank_end())? {
            journal.end = found.end;
            settled = found.settled;
        }
        journal.torn = !settled || !is_erased(nvm, journal.end, journal.bank_end())?;
        if journal.torn {
            // An erasure that was begun is still due, of file bodies too.
            journal.keep_only(nvm, |_| true)?;
        }
        Ok(journal)
    }

    const fn bank_end(&self) -> u32 {
        self.bank.saturating_add(BANK)
    }

    const fn other_bank(&self) -> u32 {
        if self.bank == 0 { BANK } else { 0 }
    }

    fn items<N: Nvm>(&self) -> Items {
        Items::new::<N>(self.bank.saturating_add(FIRST_FRAME), self.end)
    }

    fn find<N: Nvm>(&self, nvm: &N, key: RecordKey) -> Result<Option<Item>, NvmError> {
        let (mut items, mut found) = (self.items::<N>(), None);
        while let Some(item) = items.next(nvm)? {
            if item.key == key {
                found = Some(item);
            }
        }
        Ok(found.filter(|item| !item.is_deletion()))
    }

    /// Reads a record into `out` and returns its value; `None` when there is none.
    ///
    /// # Errors
    /// When the memory fails or the value is longer than `out`.
    pub(crate) fn get<'a, N: Nvm>(
        &self,
        nvm: &N,
        key: RecordKey,
        out: &'a mut [u8],
    ) -> Result<Option<&'a [u8]>, NvmError> {
        let Some(item) = self.find(nvm, key)? else {
            return Ok(None);
        };
        let out = out.get_mut(..usize::from(item.len)).ok_or(NvmError)?;
        nvm.read(item.value, out)?;
        Ok(Some(out))
    }

    /// All records by name, for models to compare with.
    #[cfg(test)]
    pub(crate) fn records<N: Nvm>(
        &self,
        nvm: &N,
    ) -> Result<std::collections::BTreeMap<u16, Vec<u8>>, NvmError> {
        let (mut items, mut records) = (self.items::<N>(), std::collections::BTreeMap::new());
        while let Some(item) = items.next(nvm)? {
            if item.is_deletion() {
                records.remove(&item.key.0);
                continue;
            }
            let mut value = vec![0; item.len.into()];
            nvm.read(item.value, &mut value)?;
            records.insert(item.key.0, value);
        }
        Ok(records)
    }

    /// Makes a transaction true, all of it or nothing.
    ///
    /// # Errors
    /// When the memory fails or is full; then the state after the next [`mount`](Self::mount) decides.
    pub(crate) fn commit<N: Nvm>(
        &mut self,
        nvm: &mut N,
        transaction: &mut Transaction,
    ) -> Result<(), NvmError> {
        let frame = transaction.seal(N::WORD)?;
        let len = sealed_len::<N>(frame)?;
        if self.torn || self.end.saturating_add(len) > self.bank_end() {
            self.keep_only(nvm, |_| true)?;
        }
        let next = self
            .end
            .checked_add(len)
            .filter(|end| *end <= self.bank_end())
            .ok_or(NvmError)?;
        // Until the frame is known to stand, the words behind the end must not be programmed again.
        self.torn = true;
        let mut at = self.end;
        nvm.program(at, frame)?;
        nvm.sync()?;
        at = at.saturating_add(frame.len() as u32);
        for seal in frame::seals() {
            nvm.program(at, seal.get(..N::WORD).ok_or(NvmError)?)?;
            nvm.sync()?;
            at = at.saturating_add(N::WORD as u32);
        }
        self.end = next;
        self.torn = false;
        Ok(())
    }

    /// Decides what a commit that failed left in doubt: it has not happened.
    ///
    /// # Errors
    /// When the memory fails.
    pub(crate) fn settle<N: Nvm>(&mut self, nvm: &mut N) -> Result<(), NvmError> {
        match self.torn {
            true => self.keep_only(nvm, |_| true),
            false => Ok(()),
        }
    }

    /// Moves what is alive to the other bank and erases this one, so that no superseded or deleted value is left; with that
    /// the erasure that [`RecordKey::SCRUB`] asks for is done.
    pub(crate) fn scrub<N: Nvm>(&mut self, nvm: &mut N) -> Result<(), NvmError> {
        self.keep_only(nvm, |key| key != RecordKey::SCRUB)
    }

    /// The same, and of what is alive only some goes along: the rest is gone with the old bank. Interrupted, all of it or
    /// nothing has happened.
    pub(crate) fn keep_only<N: Nvm>(
        &mut self,
        nvm: &mut N,
        keep: impl Fn(RecordKey) -> bool,
    ) -> Result<(), NvmError> {
        let (old, new) = (self.bank, self.other_bank());
        bank::erase(nvm, new)?;
        let mut at = new.saturating_add(FIRST_FRAME);
        let mut transaction = Transaction::new();
        let mut items = self.items::<N>();
        let mut value = [0; MAX_VALUE];
        while let Some(item) = items.next(nvm)? {
            let is_last = self
                .find(nvm, item.key)?
                .is_some_and(|last| last.value == item.value);
            if !is_last || !keep(item.key) {
                continue;
            }
            let value = value.get_mut(..usize::from(item.len)).ok_or(NvmError)?;
            nvm.read(item.value, value)?;
            if !transaction.has_room_for(value.len()) {
                at = append(nvm, at, &mut transaction, new)?;
                transaction = Transaction::new();
            }
            transaction.put(item.key, value);
        }
        if !transaction.is_empty() {
            at = append(nvm, at, &mut transaction, new)?;
        }
        value.zeroize();
        nvm.sync()?;
        let sequence = self.sequence.checked_add(1).ok_or(NvmError)?;
        Header {
            sequence,
            moved_end: at,
        }
        .write(nvm, new)?;
        bank::mark(nvm, new)?;
        *self = Self {
            bank: new,
            sequence,
            end: at,
            torn: false,
        };
        bank::erase(nvm, old)
    }
}

/// Length of a frame with its seals.
fn sealed_len<N: Nvm>(frame: &[u8]) -> Result<u32, NvmError> {
    let words = N::WORD.saturating_mul(frame::seals().len());
    u32::try_from(frame.len().saturating_add(words)).map_err(|_| NvmError)
}

/// Appends a frame with its seals to a bank that does not count yet.
fn append<N: Nvm>(nvm: &mut N, at: u32, transaction: &mut Transaction, bank: u32) -> Result<u32, NvmError> {
    let frame = transaction.seal(N::WORD)?;
    let len = sealed_len::<N>(frame)?;
    let next = at
        .checked_add(len)
        .filter(|end| *end <= bank.saturating_add(BANK))
        .ok_or(NvmError)?;
    nvm.program(at, frame)?;
    let mut at = at.saturating_add(frame.len() as u32);
    for seal in frame::seals() {
        nvm.program(at, seal.get(..N::WORD).ok_or(NvmError)?)?;
        at = at.saturating_add(N::WORD as u32);
    }
    Ok(next)
}

#[cfg(test)]
mod tests;
