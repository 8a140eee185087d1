//! READ BINARY (ISO/IEC 7816-4, 11.3.3): every check before the first byte, then a window that streams.

use super::FileReference;
use super::select::Current;
use crate::auth::terminal::trust::TrustStore;
use crate::error::Error;
use crate::fs::access::{Actor, may_read};
use crate::fs::body::{Body, Window};
use crate::fs::descriptor::{Parent, Transparent};
use crate::fs::tree::{FileTree, Found};
use crate::nvm::journal::Journal;
use crate::platform::Nvm;
use crate::wire::apdu::{MAX_EXTENDED_NE, MAX_SHORT_NE};
use crate::wire::lds::{AID_EMRTD, fid};
use crate::wire::status::StatusWord;
use crate::wire::tlv;

/// DO'53': discretionary data, around what odd READ BINARY answers.
const DO_DATA: u32 = 0x53;

/// The EF that a command means, if there is one.
pub(crate) fn find(file: FileReference, files: &FileTree, current: &Current) -> Option<u8> {
    match file {
        FileReference::Current => current.elementary,
        FileReference::Short(sfi) => files.by_sfi(current.dedicated, sfi),
        FileReference::Identifier(fid) => match files.child(current.dedicated, fid)? {
            Found::Elementary(index) => Some(index),
            Found::Dedicated(_) => None,
        },
    }
}

/// The EF that a command means; a short identifier makes it current.
pub(super) fn resolve(
    file: FileReference,
    files: &FileTree,
    current: &mut Current,
) -> Result<Transparent, Error> {
    let index = find(file, files, current).ok_or(match file {
        FileReference::Current => Error::NoCurrentFile,
        _ => Error::FileNotFound,
    })?;
    let found = files.elementary(index).ok_or(Error::Memory)?;
    current.elementary = Some(index);
    Ok(found)
}

/// Where to read and how much.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadRequest {
    /// Of which file.
    pub(crate) file: FileReference,
    /// From where.
    pub(crate) offset: u32,
    /// Whether the answer is a DO'53'.
    pub(crate) as_object: bool,
    /// Ne, header of DO'53' included.
    pub(crate) expected: u32,
    /// Most bytes that the channel lets through.
    pub(crate) capacity: usize,
}

/// Whether this is EF.CVCA, which the chip keeps itself.
fn is_ef_cvca(files: &FileTree, file: &Transparent) -> bool {
    let Some(Found::Elementary(index)) = files
        .by_aid(&AID_EMRTD)
        .and_then(|emrtd| files.child(Parent::Dedicated(emrtd), fid::CVCA))
    else {
        return false;
    };
    files.elementary(index).is_some_and(|ef_cvca| ef_cvca == *file)
}

/// Reads: the data field and 9000, or 6282 where the file ends before Ne bytes were read.
///
/// # Errors
/// [`Error::NoCurrentFile`], [`Error::FileNotFound`], [`Error::SecurityStatus`], [`Error::Offset`].
#[inline(never)]
pub(crate) fn read_binary<N: Nvm>(
    request: ReadRequest,
    files: &FileTree,
    current: &mut Current,
    actor: Actor<'_>,
    journal: &Journal,
    nvm: &N,
) -> Result<(Body, StatusWord), Error> {
    let before = *current;
    let file = resolve(request.file, files, current)?;
    if !may_read(&file, actor) {
        *current = before;
        return Err(Error::SecurityStatus);
    }
    let available = file
        .size
        .checked_sub(request.offset)
        .filter(|left| *left > 0)
        .ok_or(Error::Offset)?;
    let capacity = u32::try_from(request.capacity).map_err(|_| Error::Fault)?;
    let limit = request.expected.min(capacity);
    let (len, limit_without_header) = if request.as_object {
        let header = |len: u32| tlv::header_len(DO_DATA, len as usize) as u32;
        let len = available.min(limit.saturating_sub(header(limit)));
        (len, limit.saturating_sub(header(limit)))
    } else {
        (available.min(limit), limit)
    };
    if len == 0 {
        return Err(Error::Length);
    }
    let mut head = [0; 8];
    let head_len = if request.as_object {
        tlv::write_header(DO_DATA, len as usize, &mut head)?
    } else {
        0
    };
    let head = head.get(..head_len).ok_or(Error::Fault)?;
    let body = if is_ef_cvca(files, &file) {
        // Its content follows from the trust points, so that it is never behind them.
        let content = TrustStore::load(journal, nvm)?.ef_cvca()?;
        let at = request.offset as usize;
        let window = content.get(at..at.saturating_add(len as usize));
        Body::parts(head, window.ok_or(Error::Memory)?).ok_or(Error::Fault)?
    } else {
        let window = Window {
            address: file.start.checked_add(request.offset).ok_or(Error::Memory)?,
            len,
        };
        Body::file(head, window).ok_or(Error::Fault)?
    };
    // Le = 00 (or 0000) asks for all there is, so its end is no surprise (7816-4, 11.3.3.2).
    let asked_for_all = matches!(request.expected, MAX_SHORT_NE | MAX_EXTENDED_NE);
    let cut_short = !asked_for_all && len < limit_without_header && request.expected <= capacity;
    Ok((
        body,
        if cut_short {
            StatusWord::END_OF_FILE
        } else {
            StatusWord::SUCCESS
        },
    ))
}
