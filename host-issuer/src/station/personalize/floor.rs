//! What is in the making in this process: chips and jobs, each once.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// Names that are held.
#[derive(Default)]
struct Names(Mutex<BTreeSet<String>>);

impl Names {
    fn hold(&self, name: &str) -> Option<Hold<'_>> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.insert(name.to_owned()).then(|| Hold {
            names: self,
            name: name.to_owned(),
        })
    }
}

/// The chips and jobs that are in the making. Its locks are held for the time of a look-up and no longer.
#[derive(Default)]
pub(super) struct Floor {
    chips: Names,
    jobs: Names,
}

impl Floor {
    /// Takes a chip; `None` when the chip with this serial number is in the making on another reader.
    pub(super) fn hold_chip(&self, serial: &str) -> Option<Hold<'_>> {
        self.chips.hold(serial)
    }

    /// Takes a job; `None` when it is another reader's.
    pub(super) fn hold_job(&self, job: &str) -> Option<Hold<'_>> {
        self.jobs.hold(job)
    }
}

/// Something that is held until this is dropped.
pub(super) struct Hold<'f> {
    names: &'f Names,
    name: String,
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        let mut held = self.names.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.remove(&self.name);
    }
}
