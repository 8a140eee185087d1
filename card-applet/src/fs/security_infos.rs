//! SecurityInfos in a file of the card, in which the chip finds what it offers. The file is gone through entry by entry,
//! so that its length costs no RAM.

use crate::error::Error;
use crate::fs::descriptor::Transparent;
use crate::platform::Nvm;
use crate::wire::security_info::{MAX_SECURITY_INFOS, SecurityInfo};
use crate::wire::tlv;

/// ASN.1 SET.
const SET: u32 = 0x31;
/// Longest entry that is looked into: every info of a protocol is shorter; public keys are longer, and not needed here.
const MAX_ENTRY: usize = 48;
/// Bytes that are enough for every tag and length.
const MAX_HEADER: u32 = 8;

/// Shows `visit` each short SecurityInfo of a file: a SET OF SecurityInfo, within a data object of tag `wrapper` when
/// there is one (DG14's).
///
/// # Errors
/// [`Error::Memory`] when the file is not that.
pub(crate) fn for_each<N: Nvm>(
    file: &Transparent,
    wrapper: Option<u32>,
    nvm: &N,
    mut visit: impl FnMut(&SecurityInfo<'_>),
) -> Result<(), Error> {
    let mut at = file.start;
    let mut end = at.checked_add(file.size).ok_or(Error::Memory)?;
    for expected in wrapper.into_iter().chain([SET]) {
        let (tag, content, content_end) = header_at(nvm, at, end)?;
        if tag != expected || content_end != end {
            return Err(Error::Memory);
        }
        (at, end) = (content, content_end);
    }
    for _ in 0..MAX_SECURITY_INFOS {
        if at == end {
            break;
        }
        let (_, _, entry_end) = header_at(nvm, at, end)?;
        let len = entry_end.checked_sub(at).ok_or(Error::Memory)? as usize;
        let mut buffer = [0; MAX_ENTRY];
        if let Some(entry) = buffer.get_mut(..len) {
            nvm.read(at, entry)?;
            let (entry, _) = tlv::read_one(entry).map_err(|_| Error::Memory)?;
            visit(&SecurityInfo::from_tlv(&entry).map_err(|_| Error::Memory)?);
        }
        at = entry_end;
    }
    Ok(())
}

/// Tag of the data object at this address, where its value begins, and where it ends, which is not behind `limit`.
fn header_at<N: Nvm>(nvm: &N, at: u32, limit: u32) -> Result<(u32, u32, u32), Error> {
    let mut buffer = [0; MAX_HEADER as usize];
    let available = limit.saturating_sub(at).min(MAX_HEADER);
    let bytes = buffer.get_mut(..available as usize).ok_or(Error::Memory)?;
    nvm.read(at, bytes)?;
    let (tag, header_len, value_len) = tlv::header(bytes).map_err(|_| Error::Memory)?;
    let value = u32::try_from(header_len)
        .ok()
        .and_then(|len| at.checked_add(len))
        .ok_or(Error::Memory)?;
    let end = u32::try_from(value_len)
        .ok()
        .and_then(|len| value.checked_add(len))
        .filter(|end| *end <= limit)
        .ok_or(Error::Memory)?;
    Ok((tag, value, end))
}
