//! UPDATE BINARY (ISO/IEC 7816-4, 11.3.4): for the issuer in Personalisation, and for an application beside the eMRTD in an
//! operational card, under the file's rule.

use super::FileReference;
use super::read_binary::resolve;
use super::select::Current;
use crate::error::Error;
use crate::fs::access::{Actor, may_update};
use crate::fs::body::Window;
use crate::fs::descriptor::Transparent;
use crate::fs::tree::FileTree;
use crate::nvm::bodies;
use crate::platform::Nvm;

/// Writes bytes to an EF while a card is loaded.
///
/// # Errors
/// [`Error::NoCurrentFile`], [`Error::FileNotFound`]; [`Error::Offset`] when any byte would be outside the file, and
/// nothing is written.
#[inline(never)]
pub(crate) fn update_binary<N: Nvm>(
    file: FileReference,
    offset: u32,
    data: &[u8],
    files: &FileTree,
    current: &mut Current,
    nvm: &mut N,
) -> Result<(), Error> {
    let window = window(&resolve(file, files, current)?, offset, data)?;
    Ok(bodies::write(nvm, window.address, data)?)
}

/// Where bytes are to go in an operational card, if the file's rule lets the actor write there.
///
/// # Errors
/// Those of [`update_binary`], and [`Error::SecurityStatus`].
pub(crate) fn place_of_update(
    file: FileReference,
    offset: u32,
    data: &[u8],
    files: &FileTree,
    current: &mut Current,
    actor: Actor<'_>,
) -> Result<Window, Error> {
    let before = *current;
    let file = resolve(file, files, current)?;
    if !may_update(&file, actor) {
        *current = before;
        return Err(Error::SecurityStatus);
    }
    window(&file, offset, data)
}

fn window(file: &Transparent, offset: u32, data: &[u8]) -> Result<Window, Error> {
    let len = u32::try_from(data.len()).map_err(|_| Error::Length)?;
    if offset.checked_add(len).is_none_or(|end| end > file.size) {
        return Err(Error::Offset);
    }
    let address = file.start.checked_add(offset).ok_or(Error::Memory)?;
    Ok(Window { address, len })
}
