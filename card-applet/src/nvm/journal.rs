//! Small records with atomic transactions of several records, on flash.
//!
//! Two banks; one is current. A transaction is one frame appended to it – `5A 00 ‖ length (2) ‖ items ‖ CRC-32`,
//! padded to a word – and counts when its CRC does. When the bank is full, what is alive moves to the other bank,
//! whose header (a sequence number with a CRC) is written last; then the old bank is erased, so no superseded key
//! outlives a move. After a cut, the first frame that does not check ends the bank's content, and the next
//! transaction moves first, so that no word is programmed twice.
//!
//! Why not a ready-made store: `sequential-storage` has no transaction over several keys and leaves deleted data in
//! flash; `ekv` is atomic but asynchronous and erases at least one page for each transaction, where a counter that
//! falls before every comparison needs an append. Neither erases a superseded key on demand.
//!
//! Lifetime: a PACE session writes two frames of 16 bytes (the failure counter up and down again); a bank takes over
//! 150 sessions, a page of 100,000 erase cycles some 30 million.

use super::record::{MAX_VALUE, RecordKey};
use super::{ERASED, is_erased};
use crate::platform::{Nvm, NvmError};
use crc::{CRC_32_ISO_HDLC, Crc};
use zeroize::Zeroize;

/// Bytes of a bank.
const BANK: u32 = 4096;
/// The journal's share of the memory; file bodies begin behind it.
pub(crate) const JOURNAL_LEN: u32 = 2 * BANK;
/// Magic ‖ sequence number ‖ CRC, padded to the largest word.
const BANK_HEADER: u32 = 16;
const BANK_MAGIC: [u8; 4] = *b"eID1";
const FRAME_MARKER: [u8; 2] = [0x5A, 0x00];
const FRAME_HEADER: usize = 4;
const FRAME_CRC: usize = 4;
/// Key (2) ‖ length (1).
const ITEM_HEADER: usize = 3;
/// In place of a length: the record is deleted.
const DELETED: u8 = 0xFF;
/// Largest frame: its items with marker, length, CRC and padding.
const MAX_FRAME: usize = 512;

const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// Writes that become true together.
pub(crate) struct Transaction {
    frame: [u8; MAX_FRAME],
    len: usize,
    overflow: bool,
}

impl Transaction {
    /// An empty transaction.
    pub(crate) const fn new() -> Self {
        Self {
            frame: [0; MAX_FRAME],
            len: FRAME_HEADER,
            overflow: false,
        }
    }

    /// Sets a record.
    pub(crate) fn put(&mut self, key: RecordKey, value: &[u8]) -> &mut Self {
        match u8::try_from(value.len()) {
            Ok(len) if value.len() <= MAX_VALUE => self.item(key, len, value),
            _ => self.overflow = true,
        }
        self
    }

    /// Deletes a record.
    pub(crate) fn delete(&mut self, key: RecordKey) -> &mut Self {
        self.item(key, DELETED, &[]);
        self
    }

    fn item(&mut self, key: RecordKey, len: u8, value: &[u8]) {
        let [high, low] = key.0.to_be_bytes();
        let end = self.len.saturating_add(ITEM_HEADER).saturating_add(value.len());
        // What `seal` appends, and padding, must fit too.
        if end.saturating_add(FRAME_CRC).saturating_add(16) > MAX_FRAME {
            self.overflow = true;
            return;
        }
        let bytes = [high, low, len].into_iter().chain(value.iter().copied());
        for (to, from) in self.frame.iter_mut().skip(self.len).zip(bytes) {
            *to = from;
        }
        self.len = end;
    }

    fn has_room_for(&self, value_len: usize) -> bool {
        let needed = self.len.saturating_add(ITEM_HEADER).saturating_add(value_len);
        needed.saturating_add(FRAME_CRC).saturating_add(16) <= MAX_FRAME
    }

    const fn is_empty(&self) -> bool {
        self.len == FRAME_HEADER
    }

    /// The frame, padded to a word.
    fn seal(&mut self, word: usize) -> Result<&[u8], NvmError> {
        if self.overflow {
            return Err(NvmError);
        }
        let items = u16::try_from(self.len.saturating_sub(FRAME_HEADER)).map_err(|_| NvmError)?;
        let [high, low] = items.to_be_bytes();
        for (to, from) in self
            .frame
            .iter_mut()
            .zip(FRAME_MARKER.into_iter().chain([high, low]))
        {
            *to = from;
        }
        let crc = CRC.checksum(self.frame.get(..self.len).ok_or(NvmError)?);
        let end = self.len.saturating_add(FRAME_CRC);
        self.frame
            .get_mut(self.len..end)
            .ok_or(NvmError)?
            .copy_from_slice(&crc.to_be_bytes());
        let padded = end.checked_next_multiple_of(word).ok_or(NvmError)?;
        self.frame.get_mut(end..padded).ok_or(NvmError)?.fill(ERASED);
        self.frame.get(..padded).ok_or(NvmError)
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        self.frame.zeroize();
    }
}

/// A record's place.
#[derive(Clone, Copy)]
struct Item {
    key: RecordKey,
    len: u8,
    value: u32,
}

/// Goes through the items of the frames between two addresses.
struct Items {
    at: u32,
    /// End of the items of the frame at hand; `None` between frames.
    frame_end: Option<u32>,
    end: u32,
    word: u32,
}

impl Items {
    fn next<N: Nvm>(&mut self, nvm: &N) -> Result<Option<Item>, NvmError> {
        let frame_end = loop {
            match self.frame_end {
                Some(frame_end) if self.at < frame_end => break frame_end,
                Some(frame_end) => {
                    // Skip CRC and padding.
                    let frame = frame_end.checked_add(FRAME_CRC as u32).ok_or(NvmError)?;
                    self.at = frame.checked_next_multiple_of(self.word).ok_or(NvmError)?;
                    self.frame_end = None;
                }
                None if self.at >= self.end => return Ok(None),
                None => {
                    let mut header = [0; FRAME_HEADER];
                    nvm.read(self.at, &mut header)?;
                    let [_, _, high, low] = header;
                    self.at = self.at.checked_add(FRAME_HEADER as u32).ok_or(NvmError)?;
                    let items = u32::from(u16::from_be_bytes([high, low]));
                    self.frame_end = Some(self.at.checked_add(items).ok_or(NvmError)?);
                }
            }
        };
        let mut header = [0; ITEM_HEADER];
        nvm.read(self.at, &mut header)?;
        let [high, low, len] = header;
        let value = self.at.checked_add(ITEM_HEADER as u32).ok_or(NvmError)?;
        let value_len = if len == DELETED { 0 } else { u32::from(len) };
        self.at = value.checked_add(value_len).ok_or(NvmError)?;
        if self.at > frame_end {
            return Err(NvmError);
        }
        Ok(Some(Item {
            key: RecordKey(u16::from_be_bytes([high, low])),
            len,
            value,
        }))
    }
}

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
        erase_bank(nvm, 0)?;
        erase_bank(nvm, BANK)?;
        write_header(nvm, 0, 1)?;
        Ok(Self {
            bank: 0,
            sequence: 1,
            end: BANK_HEADER,
            torn: false,
        })
    }

    /// Finds the current bank and the end of its content, and finishes an interrupted move.
    ///
    /// # Errors
    /// When the memory cannot be read or holds no journal.
    pub(crate) fn mount<N: Nvm>(nvm: &mut N) -> Result<Self, NvmError> {
        let (bank, sequence, other) = match (read_header(nvm, 0)?, read_header(nvm, BANK)?) {
            (Some(first), Some(second)) if second > first => (BANK, second, 0),
            (Some(first), _) => (0, first, BANK),
            (None, Some(second)) => (BANK, second, 0),
            (None, None) => return Err(NvmError),
        };
        // A move was interrupted: while it filled the other bank, or while it erased the old one.
        if !is_erased(nvm, other, other.saturating_add(BANK))? {
            erase_bank(nvm, other)?;
        }
        let mut journal = Self {
            bank,
            sequence,
            end: bank.saturating_add(BANK_HEADER),
            torn: false,
        };
        while let Some(next) = journal.frame_at(nvm, journal.end)? {
            journal.end = next;
        }
        journal.torn = !is_erased(nvm, journal.end, journal.bank_end())?;
        Ok(journal)
    }

    const fn bank_end(&self) -> u32 {
        self.bank.saturating_add(BANK)
    }

    const fn other_bank(&self) -> u32 {
        if self.bank == 0 { BANK } else { 0 }
    }

    /// Where the frame at this address ends; `None` when there is no good one.
    fn frame_at<N: Nvm>(&self, nvm: &N, at: u32) -> Result<Option<u32>, NvmError> {
        let Some(room) = self.bank_end().checked_sub(at) else {
            return Ok(None);
        };
        if room < (FRAME_HEADER + FRAME_CRC) as u32 {
            return Ok(None);
        }
        let mut header = [0; FRAME_HEADER];
        nvm.read(at, &mut header)?;
        let [first, second, high, low] = header;
        if [first, second] != FRAME_MARKER {
            return Ok(None);
        }
        let checked = u32::from(u16::from_be_bytes([high, low])).saturating_add(FRAME_HEADER as u32);
        let end = checked.saturating_add(FRAME_CRC as u32);
        if end > room || end > MAX_FRAME as u32 {
            return Ok(None);
        }
        let mut digest = CRC.digest();
        let mut chunk = [0; 32];
        let mut done = 0u32;
        while done < checked {
            let len = checked.saturating_sub(done).min(chunk.len() as u32);
            let piece = chunk.get_mut(..len as usize).ok_or(NvmError)?;
            nvm.read(at.saturating_add(done), piece)?;
            digest.update(piece);
            done = done.saturating_add(len);
        }
        chunk.zeroize();
        let mut crc = [0; FRAME_CRC];
        nvm.read(at.saturating_add(checked), &mut crc)?;
        if digest.finalize() != u32::from_be_bytes(crc) {
            return Ok(None);
        }
        Ok(at.saturating_add(end).checked_next_multiple_of(N::WORD as u32))
    }

    fn items<N: Nvm>(&self) -> Items {
        Items {
            at: self.bank.saturating_add(BANK_HEADER),
            frame_end: None,
            end: self.end,
            word: N::WORD as u32,
        }
    }

    fn find<N: Nvm>(&self, nvm: &N, key: RecordKey) -> Result<Option<Item>, NvmError> {
        let (mut items, mut found) = (self.items::<N>(), None);
        while let Some(item) = items.next(nvm)? {
            if item.key == key {
                found = Some(item);
            }
        }
        Ok(found.filter(|item| item.len != DELETED))
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
        let len = u32::try_from(frame.len()).map_err(|_| NvmError)?;
        if self.torn || self.end.saturating_add(len) > self.bank_end() {
            self.scrub(nvm)?;
        }
        let next = self
            .end
            .checked_add(len)
            .filter(|end| *end <= self.bank_end())
            .ok_or(NvmError)?;
        // Until the frame is known to stand, the words behind the end must not be programmed again.
        self.torn = true;
        nvm.program(self.end, frame)?;
        nvm.sync()?;
        self.end = next;
        self.torn = false;
        Ok(())
    }

    /// Moves what is alive to the other bank and erases this one, so that no superseded or deleted value is left.
    pub(crate) fn scrub<N: Nvm>(&mut self, nvm: &mut N) -> Result<(), NvmError> {
        let (old, new) = (self.bank, self.other_bank());
        if !is_erased(nvm, new, new.saturating_add(BANK))? {
            erase_bank(nvm, new)?;
        }
        let mut at = new.saturating_add(BANK_HEADER);
        let mut transaction = Transaction::new();
        let mut items = self.items::<N>();
        let mut value = [0; MAX_VALUE];
        while let Some(item) = items.next(nvm)? {
            let is_last = self
                .find(nvm, item.key)?
                .is_some_and(|last| last.value == item.value);
            if !is_last || item.key == RecordKey::SCRUB {
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
        write_header(nvm, new, sequence)?;
        *self = Self {
            bank: new,
            sequence,
            end: at,
            torn: false,
        };
        erase_bank(nvm, old)?;
        nvm.sync()
    }
}

fn append<N: Nvm>(nvm: &mut N, at: u32, transaction: &mut Transaction, bank: u32) -> Result<u32, NvmError> {
    let frame = transaction.seal(N::WORD)?;
    let len = u32::try_from(frame.len()).map_err(|_| NvmError)?;
    let next = at
        .checked_add(len)
        .filter(|end| *end <= bank.saturating_add(BANK))
        .ok_or(NvmError)?;
    nvm.program(at, frame)?;
    Ok(next)
}

fn header_bytes(sequence: u32) -> [u8; BANK_HEADER as usize] {
    let mut header = [ERASED; BANK_HEADER as usize];
    let (checked, rest) = header.split_at_mut(8);
    for (to, from) in checked
        .iter_mut()
        .zip(BANK_MAGIC.into_iter().chain(sequence.to_be_bytes()))
    {
        *to = from;
    }
    let crc = CRC.checksum(checked);
    for (to, from) in rest.iter_mut().zip(crc.to_be_bytes()) {
        *to = from;
    }
    header
}

fn write_header<N: Nvm>(nvm: &mut N, bank: u32, sequence: u32) -> Result<(), NvmError> {
    nvm.program(bank, &header_bytes(sequence))?;
    nvm.sync()
}

fn read_header<N: Nvm>(nvm: &N, bank: u32) -> Result<Option<u32>, NvmError> {
    let mut header = [0; BANK_HEADER as usize];
    nvm.read(bank, &mut header)?;
    let [_, _, _, _, a, b, c, d, ..] = header;
    let sequence = u32::from_be_bytes([a, b, c, d]);
    Ok((header == header_bytes(sequence)).then_some(sequence))
}

fn erase_bank<N: Nvm>(nvm: &mut N, bank: u32) -> Result<(), NvmError> {
    // The first page, which holds the header, goes first: a bank half erased must not look current.
    for page in (bank..bank.saturating_add(BANK)).step_by(N::PAGE) {
        nvm.erase(page)?;
    }
    nvm.sync()
}

#[cfg(test)]
mod tests;
