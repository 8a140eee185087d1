//! Banks: which one is current, and how to move to the other so that a cut at any word, and at any word of the
//! recovery, leaves one that is whole.
//!
//! A bank begins with a header – magic ‖ sequence number ‖ end of the content moved here ‖ CRC-32 – and slots for marks.
//! A move fills the other bank, writes its header, marks it, and erases the old one. A mark may be in doubt when the
//! power goes while it is written. So a bank is erased only after a mark that was written and settled in the same power
//! cycle: recovery, too, marks anew before it erases.

use super::frame::{self, CRC, MAX_WORD};
use crate::nvm::{ERASED, is_erased};
use crate::platform::{Nvm, NvmError};

/// Bytes of a bank.
pub(super) const BANK: u32 = 4096;
/// Length of the header, padded to the longest word.
const HEADER: u32 = 16;
/// Slots for marks, a longest word each.
const MARKS: u32 = 4;
/// Where frames begin in a bank.
pub(super) const FIRST_FRAME: u32 = HEADER + MARKS * MAX_WORD as u32;
const MAGIC: [u8; 4] = *b"eID2";
const MARK: u8 = 0xC3;

/// A bank's header.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// Counts moves.
    pub(super) sequence: u32,
    /// Address behind the frames that were moved here.
    pub(super) moved_end: u32,
}

impl Header {
    fn bytes(self) -> [u8; HEADER as usize] {
        let mut header = [0; HEADER as usize];
        let (checked, crc) = header.split_at_mut(12);
        let fields = MAGIC
            .into_iter()
            .chain(self.sequence.to_be_bytes())
            .chain(self.moved_end.to_be_bytes());
        for (to, from) in checked.iter_mut().zip(fields) {
            *to = from;
        }
        crc.copy_from_slice(&CRC.checksum(checked).to_be_bytes());
        header
    }

    /// Writes it, and knows it written.
    pub(super) fn write<N: Nvm>(self, nvm: &mut N, bank: u32) -> Result<(), NvmError> {
        nvm.program(bank, &self.bytes())?;
        nvm.sync()
    }

    fn read<N: Nvm>(nvm: &N, bank: u32) -> Result<Option<Self>, NvmError> {
        let mut header = [0; HEADER as usize];
        nvm.read(bank, &mut header)?;
        let [_, _, _, _, a, b, c, d, e, f, g, h, ..] = header;
        let found = Self {
            sequence: u32::from_be_bytes([a, b, c, d]),
            moved_end: u32::from_be_bytes([e, f, g, h]),
        };
        Ok((header == found.bytes()).then_some(found))
    }

    /// The header of a bank that holds everything that was moved to it.
    fn read_whole<N: Nvm>(nvm: &N, bank: u32) -> Result<Option<Self>, NvmError> {
        let Some(header) = Self::read(nvm, bank)? else {
            return Ok(None);
        };
        let mut at = bank.saturating_add(FIRST_FRAME);
        while at < header.moved_end {
            match frame::find(nvm, at, bank.saturating_add(BANK))? {
                Some(found) => at = found.end,
                None => return Ok(None),
            }
        }
        Ok((at == header.moved_end).then_some(header))
    }
}

fn mark_slot(bank: u32, slot: u32) -> u32 {
    bank.saturating_add(HEADER)
        .saturating_add(slot.saturating_mul(MAX_WORD as u32))
}

fn slot_is<N: Nvm>(nvm: &N, at: u32, byte: u8) -> Result<bool, NvmError> {
    let mut word = [0; MAX_WORD];
    let word = word.get_mut(..N::WORD).ok_or(NvmError)?;
    nvm.read(at, word)?;
    Ok(word.iter().all(|found| *found == byte))
}

/// Whether the bank was marked, as far as it can be seen.
fn is_marked<N: Nvm>(nvm: &N, bank: u32) -> Result<bool, NvmError> {
    for slot in 0..MARKS {
        if slot_is(nvm, mark_slot(bank, slot), MARK)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Marks the bank as the one that counts, and knows it marked.
pub(super) fn mark<N: Nvm>(nvm: &mut N, bank: u32) -> Result<(), NvmError> {
    let word = [MARK; MAX_WORD];
    for slot in 0..MARKS {
        let at = mark_slot(bank, slot);
        if slot_is(nvm, at, ERASED)? {
            nvm.program(at, word.get(..N::WORD).ok_or(NvmError)?)?;
            return nvm.sync();
        }
    }
    // Power was cut at each mark: the last one is as good as any.
    Ok(())
}

/// Erases a bank, if it is not erased.
pub(super) fn erase<N: Nvm>(nvm: &mut N, bank: u32) -> Result<(), NvmError> {
    let end = bank.saturating_add(BANK);
    if is_erased(nvm, bank, end)? {
        return Ok(());
    }
    for page in (bank..end).step_by(N::PAGE) {
        nvm.erase(page)?;
    }
    nvm.sync()
}

/// Finds the bank that counts, and finishes or undoes an interrupted move.
///
/// # Errors
/// When the memory fails, or neither bank is whole.
pub(super) fn settle<N: Nvm>(nvm: &mut N) -> Result<(u32, Header), NvmError> {
    let (bank, header, other) = match (Header::read_whole(nvm, 0)?, Header::read_whole(nvm, BANK)?) {
        (Some(first), Some(second)) => {
            let (newer, older) = if first.sequence > second.sequence {
                ((0, first), (BANK, second))
            } else {
                ((BANK, second), (0, first))
            };
            // Both hold the same. The older may be on its way out only if the newer is marked.
            if is_marked(nvm, newer.0)? {
                mark(nvm, newer.0)?;
                (newer.0, newer.1, older.0)
            } else {
                (older.0, older.1, newer.0)
            }
        }
        (Some(first), None) => (0, first, BANK),
        (None, Some(second)) => (BANK, second, 0),
        (None, None) => return Err(NvmError),
    };
    erase(nvm, other)?;
    Ok((bank, header))
}
