//! CREATE FILE (ISO/IEC 7816-9, 7.2.1), for the issuer in Personalisation only. The file becomes current.

use super::select::Current;
use crate::error::Error;
use crate::fs::descriptor::Descriptor;
use crate::fs::tree::{FileTree, Found};
use crate::nvm::journal::Journal;
use crate::platform::Nvm;

/// Creates a file in the current dedicated file, as its FCP template says.
///
/// # Errors
/// [`Error::Data`] for a malformed template, [`Error::FileExists`], [`Error::ApplicationExists`], [`Error::NoRoom`].
#[inline(never)]
pub(crate) fn create_file<N: Nvm>(
    template: &[u8],
    files: &mut FileTree,
    current: &mut Current,
    journal: &mut Journal,
    nvm: &mut N,
) -> Result<(), Error> {
    let descriptor = Descriptor::from_fcp(template, current.dedicated)?;
    match files.create(journal, nvm, descriptor)? {
        Found::Dedicated(dedicated) => {
            *current = Current {
                dedicated,
                elementary: None,
                ..*current
            }
        }
        Found::Elementary(index) => current.elementary = Some(index),
    }
    Ok(())
}
