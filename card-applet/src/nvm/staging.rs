//! Updates of file bodies in an operational card: all of a command's bytes or none of them, wherever the power is cut.
//!
//! ```text
//! 1  the pages that change are written, as they will be, to the staging area at the end of the memory
//! 2  a record in the journal says where they belong        ◄ from here on the update is made
//! 3  they are copied there
//! 4  the record goes
//! ```
//!
//! A cut before 2 leaves what was; at a cut after it the next power-on begins 3 again, which may be done any number of
//! times, since nothing writes to the staging area before 4. Copying the whole file and moving a pointer would take a frame
//! less and every page of the file more, and the files' room twice.
//!
//! Pages in doubt are erased without being looked at: a page whose erasure was cut may read as erased now and not the next
//! time.
//!
//! Lifetime: each update erases each page of the staging area that it needs once, and each page that it changes once; with
//! pages of 100,000 cycles a file can be updated 100,000 times. The journal takes two frames (48 and 32 bytes with words of
//! 8 bytes), less than the session that sends the update.

use super::bodies::{BODIES, MAX_PAGE};
use super::journal::{Journal, Transaction};
use super::record::RecordKey;
use crate::limits::COMMAND_BUFFER;
use crate::platform::{Nvm, NvmError};
use zeroize::Zeroize;

/// Address of the first page that changes (4) ‖ number of pages (2), big-endian.
const RECORD_LEN: usize = 6;

/// Pages that belong together and are next to each other.
#[derive(Clone, Copy)]
struct Pages {
    first: u32,
    count: u16,
}

impl Pages {
    /// The pages that these bytes touch.
    fn around<N: Nvm>(address: u32, len: usize) -> Result<Self, NvmError> {
        let page = page_len::<N>()?;
        let first = address.saturating_sub(address.checked_rem(page).ok_or(NvmError)?);
        let end = u32::try_from(len)
            .ok()
            .and_then(|len| address.checked_add(len))
            .ok_or(NvmError)?;
        let count = end.saturating_sub(first).div_ceil(page);
        Ok(Self {
            first,
            count: u16::try_from(count).map_err(|_| NvmError)?,
        })
    }

    fn stored(self) -> [u8; RECORD_LEN] {
        let [a, b, c, d] = self.first.to_be_bytes();
        let [high, low] = self.count.to_be_bytes();
        [a, b, c, d, high, low]
    }

    fn from_stored(stored: &[u8]) -> Result<Self, NvmError> {
        let [a, b, c, d, high, low] = *stored else {
            return Err(NvmError);
        };
        Ok(Self {
            first: u32::from_be_bytes([a, b, c, d]),
            count: u16::from_be_bytes([high, low]),
        })
    }

    /// Each page's place in the staging area and in its file.
    fn places<N: Nvm>(self, nvm: &N) -> Result<impl Iterator<Item = (u32, u32)> + use<N>, NvmError> {
        let (staging, end) = (start(nvm)?, nvm.size());
        let len = u32::from(self.count)
            .checked_mul(page_len::<N>()?)
            .ok_or(NvmError)?;
        let fits = |from: u32, to: u32| from.checked_add(len).is_some_and(|stop| stop <= to);
        if self.first < BODIES || !fits(self.first, staging) || !fits(staging, end) {
            return Err(NvmError);
        }
        let offsets = (0..len).step_by(N::PAGE);
        Ok(offsets.map(move |offset| (staging.saturating_add(offset), self.first.saturating_add(offset))))
    }
}

/// Where the staging area begins, and file bodies must end: it holds as many pages as one command can touch.
///
/// # Errors
/// When the memory is too small for it.
pub(crate) fn start<N: Nvm>(nvm: &N) -> Result<u32, NvmError> {
    let pages = COMMAND_BUFFER.div_ceil(N::PAGE).saturating_add(1);
    let len = u32::try_from(pages.saturating_mul(N::PAGE)).map_err(|_| NvmError)?;
    nvm.size()
        .checked_sub(len)
        .filter(|start| *start >= BODIES)
        .ok_or(NvmError)
}

/// Writes bytes to a body, all of them or none.
///
/// # Errors
/// When the memory fails; what becomes of the update is then decided at the next power-on, and nothing may be read before.
pub(crate) fn update<N: Nvm>(
    journal: &mut Journal,
    nvm: &mut N,
    address: u32,
    data: &[u8],
) -> Result<(), NvmError> {
    let pages = Pages::around::<N>(address, data.len())?;
    // The staging area may be overwritten only when no power-on can copy from it any more.
    journal.settle(nvm)?;
    finish(journal, nvm)?;
    let mut image = [0; MAX_PAGE];
    let image = image.get_mut(..N::PAGE).ok_or(NvmError)?;
    for (staged, page) in pages.places(nvm)? {
        nvm.read(page, image)?;
        overlay(image, page, address, data);
        nvm.erase(staged)?;
        nvm.program(staged, image)?;
    }
    image.zeroize();
    nvm.sync()?;
    journal.commit(
        nvm,
        Transaction::new().put(RecordKey::STAGED_UPDATE, &pages.stored()),
    )?;
    finish(journal, nvm)
}

/// Finishes an update that was made and is not in its place yet. For every power-on, before anything is read.
///
/// # Errors
/// When the memory fails.
pub(crate) fn finish<N: Nvm>(journal: &mut Journal, nvm: &mut N) -> Result<(), NvmError> {
    let mut stored = [0; RECORD_LEN];
    let Some(stored) = journal.get(nvm, RecordKey::STAGED_UPDATE, &mut stored)? else {
        return Ok(());
    };
    let mut image = [0; MAX_PAGE];
    let image = image.get_mut(..N::PAGE).ok_or(NvmError)?;
    for (staged, page) in Pages::from_stored(stored)?.places(nvm)? {
        nvm.read(staged, image)?;
        nvm.erase(page)?;
        nvm.program(page, image)?;
    }
    image.zeroize();
    nvm.sync()?;
    journal.commit(nvm, Transaction::new().delete(RecordKey::STAGED_UPDATE))
}

fn page_len<N: Nvm>() -> Result<u32, NvmError> {
    u32::try_from(N::PAGE).map_err(|_| NvmError)
}

/// Lays the part of `data`, which begins at `address`, that is in the page over the page's image.
fn overlay(image: &mut [u8], page: u32, address: u32, data: &[u8]) {
    let (before, skipped) = (address.saturating_sub(page), page.saturating_sub(address));
    let to = image.iter_mut().skip(before as usize);
    for (to, from) in to.zip(data.iter().skip(skipped as usize)) {
        *to = *from;
    }
}
