//! DELETE FILE (ISO/IEC 7816-9, 7.2.4) of everything that was loaded or drawn for it, so that a chip whose loading broke off can
//! be loaded anew. For the issuer in Personalisation only.
//!
//! With P2 = 01 the keys that the chip drew stay: where they were drawn ahead, data that are signed already speak of them, and
//! a chip that lost them could not become that card any more.

use super::select::Current;
use crate::auth::chip_key;
use crate::auth::issuer::key_set::KeySet;
use crate::auth::password;
use crate::auth::terminal::trust;
use crate::error::Error;
use crate::fs::tree::FileTree;
use crate::nvm::journal::{Journal, Transaction};
use crate::nvm::record::RecordKey;
use crate::platform::Nvm;

/// Deletes all files, passwords, administration keys and applications' keys, the chip's own keys unless they stay, and erases
/// what they held.
#[inline(never)]
pub(crate) fn delete_file<N: Nvm>(
    keys_stay: bool,
    files: &mut FileTree,
    current: &mut Current,
    journal: &mut Journal,
    nvm: &mut N,
) -> Result<(), Error> {
    let mut transaction = Transaction::new();
    files.delete_all(&mut transaction);
    password::delete_all(&mut transaction);
    KeySet::Administration.delete(&mut transaction);
    for set in KeySet::of_applications() {
        if set.exists(journal, nvm)? {
            set.delete(&mut transaction);
        }
    }
    if !keys_stay {
        chip_key::delete_all(&mut transaction);
    }
    trust::delete_all(&mut transaction);
    // Were the power cut now, the next power-on would finish.
    transaction.put(RecordKey::SCRUB, &[1]);
    journal.commit(nvm, &mut transaction)?;
    *files = FileTree::default();
    *current = Current::master_file();
    scrub(files, journal, nvm)
}

/// Erases what no record and no file holds any more. Interrupted, it is begun again at the next power-on.
pub(crate) fn scrub<N: Nvm>(files: &FileTree, journal: &mut Journal, nvm: &mut N) -> Result<(), Error> {
    files.wipe_bodies(nvm)?;
    Ok(journal.scrub(nvm)?)
}

/// Whether an erasure was interrupted.
pub(crate) fn scrub_is_due<N: Nvm>(journal: &Journal, nvm: &N) -> Result<bool, Error> {
    Ok(journal.get(nvm, RecordKey::SCRUB, &mut [0; 1])?.is_some())
}
