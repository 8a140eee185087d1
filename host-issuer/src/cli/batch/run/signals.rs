//! Ctrl-C: the first time no new card is begun, the second time those in the making are given up.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::super::failure::Failure;
use super::super::super::interrupt::{self, Hearing};
use crate::station::personalize::Interrupter;
use crate::station::run::Halt;

/// While it is there, the run hears the signal.
pub(super) struct Signals {
    count: Arc<AtomicUsize>,
    told: AtomicUsize,
    _hearing: Hearing,
}

impl Signals {
    /// What a person has to know of a signal that came since this was asked last.
    pub(super) fn news(&self) -> Option<&'static str> {
        let count = self.count.load(Ordering::Relaxed).min(2);
        if self.told.swap(count, Ordering::Relaxed) >= count {
            return None;
        }
        match count {
            1 => Some("no new card is begun; those on the readers are finished. Once more quarantines them"),
            _ => Some("the cards on the readers are given up and quarantined"),
        }
    }
}

/// From now on the signal is this run's.
pub(super) fn watch(halt: Arc<Halt>, interrupter: Interrupter) -> Result<Signals, Failure> {
    let count = Arc::new(AtomicUsize::new(0));
    let heard = Arc::clone(&count);
    let hearing = interrupt::hear(move || match heard.fetch_add(1, Ordering::Relaxed) {
        0 => halt.want(),
        _ => interrupter.interrupt(),
    })?;
    Ok(Signals {
        count,
        told: AtomicUsize::new(0),
        _hearing: hearing,
    })
}
