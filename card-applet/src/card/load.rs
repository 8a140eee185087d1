//! The chip's state after its power came on.

use super::Persistent;
use crate::command::{administer, delete_file};
use crate::error::Error;
use crate::fs::tree::FileTree;
use crate::life_cycle::LifeCycle;
use crate::nvm::journal::Journal;
use crate::nvm::record::{MAX_VALUE, RecordKey};
use crate::nvm::staging;
use crate::platform::Nvm;

/// Reads what stays, and finishes what a power cut interrupted.
#[inline(never)]
pub(super) fn load<N: Nvm>(nvm: &mut N) -> Result<Persistent, Error> {
    let mut journal = Journal::mount(nvm)?;
    let mut value = [0; MAX_VALUE];
    let stored = journal
        .get(nvm, RecordKey::LIFE_CYCLE, &mut value)?
        .ok_or(Error::Memory)?;
    let life_cycle = LifeCycle::from_stored(stored)?;
    // Before anything is read: an update that was made is put in its place.
    staging::finish(&mut journal, nvm)?;
    let scrub_is_due = delete_file::scrub_is_due(&journal, nvm)?;
    let files = if life_cycle == LifeCycle::Termination {
        if scrub_is_due {
            administer::wipe(&mut journal, nvm)?;
        }
        FileTree::default()
    } else {
        let files = FileTree::load(&journal, nvm)?;
        if scrub_is_due {
            delete_file::scrub(&files, &mut journal, nvm)?;
        }
        files
    };
    Ok(Persistent {
        journal,
        files,
        life_cycle,
    })
}
