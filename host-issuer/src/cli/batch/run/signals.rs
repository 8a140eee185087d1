//! Ctrl-C: the first time no new card is begun, the second time those in the making are given up.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::super::super::failure::Failure;
use crate::station::personalize::Interrupter;
use crate::station::run::Halt;

/// The run that hears the signal. A process has one handler; runs come one after the other.
static HEARING: OnceLock<Mutex<Option<Arc<Hearing>>>> = OnceLock::new();

struct Hearing {
    halt: Arc<Halt>,
    interrupter: Interrupter,
    count: AtomicUsize,
}

impl Hearing {
    fn signal(&self) {
        match self.count.fetch_add(1, Ordering::Relaxed) {
            0 => self.halt.want(),
            _ => self.interrupter.interrupt(),
        }
    }
}

/// While it is there, the run hears the signal.
pub(super) struct Signals {
    hearing: Arc<Hearing>,
    told: AtomicUsize,
}

impl Signals {
    /// What a person has to know of a signal that came since this was asked last.
    pub(super) fn news(&self) -> Option<&'static str> {
        let count = self.hearing.count.load(Ordering::Relaxed).min(2);
        if self.told.swap(count, Ordering::Relaxed) >= count {
            return None;
        }
        match count {
            1 => Some("no new card is begun; those on the readers are finished. Once more quarantines them"),
            _ => Some("the cards on the readers are given up and quarantined"),
        }
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        if let Some(place) = HEARING.get() {
            *place.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }
}

/// From now on the signal is this run's.
pub(super) fn watch(halt: Arc<Halt>, interrupter: Interrupter) -> Result<Signals, Failure> {
    let hearing = Arc::new(Hearing {
        halt,
        interrupter,
        count: AtomicUsize::new(0),
    });
    let is_first = HEARING.get().is_none();
    let place = HEARING.get_or_init(Mutex::default);
    *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&hearing));
    if is_first {
        let handler = move || {
            let place = place.lock().unwrap_or_else(PoisonError::into_inner);
            match &*place {
                Some(hearing) => hearing.signal(),
                // Between two runs: what the signal does where nobody hears it.
                None => std::process::exit(130),
            }
        };
        ctrlc::set_handler(handler)
            .map_err(|error| Failure::internal(format!("Ctrl-C cannot be heard: {error}")))?;
    }
    Ok(Signals {
        hearing,
        told: AtomicUsize::new(0),
    })
}
