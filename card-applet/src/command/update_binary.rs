//! UPDATE BINARY (ISO/IEC 7816-4, 11.3.4), for the issuer in Personalisation only.

use super::FileReference;
use super::read_binary::resolve;
use super::select::Current;
use crate::error::Error;
use crate::fs::tree::FileTree;
use crate::nvm::bodies;
use crate::platform::Nvm;

/// Writes bytes to an EF.
///
/// # Errors
/// [`Error::NoCurrentFile`], [`Error::FileNotFound`]; [`Error::Offset`] when any byte would be outside the file, and
/// nothing is written.
pub(crate) fn update_binary<N: Nvm>(
    file: FileReference,
    offset: u32,
    data: &[u8],
    files: &FileTree,
    current: &mut Current,
    nvm: &mut N,
) -> Result<(), Error> {
    let file = resolve(file, files, current)?;
    let len = u32::try_from(data.len()).map_err(|_| Error::Length)?;
    if offset.checked_add(len).is_none_or(|end| end > file.size) {
        return Err(Error::Offset);
    }
    let address = file.start.checked_add(offset).ok_or(Error::Memory)?;
    Ok(bodies::write(nvm, address, data)?)
}
