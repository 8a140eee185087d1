//! Frames: how a transaction stands in a bank.
//!
//! `5A 00 ‖ length (2) ‖ items ‖ CRC-32`, padded to a word, then two seals of a word each. An item is a record's name
//! (2), its length (1; FF: deleted) and its value. The first seal is programmed when the frame is known to stand, and
//! makes the transaction true; the second when the first is known to stand.

use crate::nvm::ERASED;
use crate::nvm::record::{MAX_VALUE, RecordKey};
use crate::platform::{Nvm, NvmError};
use crc::{CRC_32_ISO_HDLC, Crc};
use zeroize::Zeroize;

pub(super) const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

const FRAME_MARKER: [u8; 2] = [0x5A, 0x00];
const FRAME_HEADER: usize = 4;
const FRAME_CRC: usize = 4;
/// Key (2) ‖ length (1).
const ITEM_HEADER: usize = 3;
/// In place of a length: the record is deleted.
const DELETED: u8 = 0xFF;
/// Largest frame: its items with marker, length, CRC and padding.
const MAX_FRAME: usize = 512;
/// Longest word of any memory.
pub(super) const MAX_WORD: usize = 16;
/// Byte that fills the first seal.
const FIRST_SEAL: u8 = 0xA5;
/// Byte that fills the second seal.
const SECOND_SEAL: u8 = 0x5A;

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

    /// Whether another value of this length fits.
    pub(super) fn has_room_for(&self, value_len: usize) -> bool {
        let needed = self.len.saturating_add(ITEM_HEADER).saturating_add(value_len);
        needed.saturating_add(FRAME_CRC).saturating_add(16) <= MAX_FRAME
    }

    /// Whether nothing was put.
    pub(super) const fn is_empty(&self) -> bool {
        self.len == FRAME_HEADER
    }

    /// The frame, padded to a word.
    pub(super) fn seal(&mut self, word: usize) -> Result<&[u8], NvmError> {
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

/// The seals of a frame, a word each.
pub(super) const fn seals() -> [[u8; MAX_WORD]; 2] {
    [[FIRST_SEAL; MAX_WORD], [SECOND_SEAL; MAX_WORD]]
}

/// A frame that is found in a bank.
#[derive(Clone, Copy)]
pub(super) struct Found {
    /// Address behind its seals.
    pub(super) end: u32,
    /// Whether the second seal stands too: then the first does for certain.
    pub(super) settled: bool,
}

/// The frame at this address; `None` when there is none that is whole and has its first seal.
pub(super) fn find<N: Nvm>(nvm: &N, at: u32, bank_end: u32) -> Result<Option<Found>, NvmError> {
    let Some(end) = checked_end(nvm, at, bank_end)? else {
        return Ok(None);
    };
    let word = N::WORD as u32;
    let (first, second) = (end, end.saturating_add(word));
    let behind = second.saturating_add(word);
    if behind > bank_end || !filled_with(nvm, first, FIRST_SEAL)? {
        return Ok(None);
    }
    Ok(Some(Found {
        end: behind,
        settled: filled_with(nvm, second, SECOND_SEAL)?,
    }))
}

fn filled_with<N: Nvm>(nvm: &N, at: u32, byte: u8) -> Result<bool, NvmError> {
    let mut word = [0; MAX_WORD];
    let word = word.get_mut(..N::WORD).ok_or(NvmError)?;
    nvm.read(at, word)?;
    Ok(word.iter().all(|found| *found == byte))
}

/// Where the padding of the frame at this address ends; `None` when its CRC does not check.
fn checked_end<N: Nvm>(nvm: &N, at: u32, bank_end: u32) -> Result<Option<u32>, NvmError> {
    let Some(room) = bank_end.checked_sub(at) else {
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

/// A record's place.
#[derive(Clone, Copy)]
pub(super) struct Item {
    pub(super) key: RecordKey,
    pub(super) len: u8,
    pub(super) value: u32,
}

impl Item {
    /// Whether it says that the record was deleted.
    pub(super) const fn is_deletion(self) -> bool {
        self.len == DELETED
    }
}

/// Goes through the items of the frames between two addresses.
pub(super) struct Items {
    at: u32,
    /// End of the items of the frame at hand; `None` between frames.
    frame_end: Option<u32>,
    end: u32,
    word: u32,
}

impl Items {
    /// Goes through the items between two addresses.
    pub(super) const fn new<N: Nvm>(from: u32, to: u32) -> Self {
        Self {
            at: from,
            frame_end: None,
            end: to,
            word: N::WORD as u32,
        }
    }

    /// The next item.
    pub(super) fn next<N: Nvm>(&mut self, nvm: &N) -> Result<Option<Item>, NvmError> {
        let frame_end = loop {
            match self.frame_end {
                Some(frame_end) if self.at < frame_end => break frame_end,
                Some(frame_end) => {
                    // Skip CRC, padding and seals.
                    let frame = frame_end.checked_add(FRAME_CRC as u32).ok_or(NvmError)?;
                    let padded = frame.checked_next_multiple_of(self.word).ok_or(NvmError)?;
                    self.at = padded.saturating_add(self.word.saturating_mul(2));
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
