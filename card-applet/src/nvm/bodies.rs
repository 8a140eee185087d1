//! File bodies: page-aligned stretches behind the journal, read in windows and written while a card is loaded.
//!
//! Loading bypasses the journal: a half-loaded card is not operational, and activation is the barrier. Afterwards bodies
//! change through [`staging`](super::staging) only.

use super::journal::JOURNAL_LEN;
use super::{ERASED, is_erased};
use crate::platform::{Nvm, NvmError};
use zeroize::Zeroize;

/// Largest page of a memory that this chip runs on; a page is rewritten in RAM when a word must change twice.
pub(super) const MAX_PAGE: usize = 512;

/// Where file bodies begin.
pub(crate) const BODIES: u32 = JOURNAL_LEN;

/// Length of a body in memory: whole pages.
pub(crate) fn reserved_len<N: Nvm>(size: u32) -> Option<u32> {
    size.checked_next_multiple_of(u32::try_from(N::PAGE).ok()?)
}

/// Erases the pages of a stretch that are not erased yet: reading is faster than erasing, and does not wear.
pub(crate) fn erase<N: Nvm>(nvm: &mut N, start: u32, reserved: u32) -> Result<(), NvmError> {
    let end = start.checked_add(reserved).ok_or(NvmError)?;
    for page in (start..end).step_by(N::PAGE) {
        if !is_erased(nvm, page, page.saturating_add(N::PAGE as u32))? {
            nvm.erase(page)?;
        }
    }
    Ok(())
}

/// Writes bytes anywhere in a body. Erased words are programmed; a page that holds a programmed word in the way is
/// rewritten.
pub(crate) fn write<N: Nvm>(nvm: &mut N, address: u32, data: &[u8]) -> Result<(), NvmError> {
    let page_len = u32::try_from(N::PAGE).map_err(|_| NvmError)?;
    let (mut address, mut data) = (address, data);
    while !data.is_empty() {
        let in_page = address.checked_rem(page_len).ok_or(NvmError)?;
        let room = usize::try_from(page_len.saturating_sub(in_page)).map_err(|_| NvmError)?;
        let (piece, rest) = data.split_at_checked(room).unwrap_or((data, &[]));
        write_in_page(nvm, address.saturating_sub(in_page), in_page, piece)?;
        address = address.checked_add(piece.len() as u32).ok_or(NvmError)?;
        data = rest;
    }
    Ok(())
}

fn write_in_page<N: Nvm>(nvm: &mut N, page: u32, offset: u32, piece: &[u8]) -> Result<(), NvmError> {
    let mut buffer = [ERASED; MAX_PAGE];
    let offset = usize::try_from(offset).map_err(|_| NvmError)?;
    let end = offset.checked_add(piece.len()).ok_or(NvmError)?;
    let first = offset.saturating_sub(offset.checked_rem(N::WORD).ok_or(NvmError)?);
    let last = end.checked_next_multiple_of(N::WORD).ok_or(NvmError)?;
    let words = buffer.get_mut(first..last).ok_or(NvmError)?;
    nvm.read(page.saturating_add(first as u32), words)?;
    let free = words.iter().all(|byte| *byte == ERASED);
    if free {
        buffer
            .get_mut(offset..end)
            .ok_or(NvmError)?
            .copy_from_slice(piece);
        nvm.program(
            page.saturating_add(first as u32),
            buffer.get(first..last).ok_or(NvmError)?,
        )?;
    } else {
        let whole = buffer.get_mut(..N::PAGE).ok_or(NvmError)?;
        nvm.read(page, whole)?;
        whole.get_mut(offset..end).ok_or(NvmError)?.copy_from_slice(piece);
        nvm.erase(page)?;
        nvm.program(page, whole)?;
    }
    buffer.zeroize();
    Ok(())
}
