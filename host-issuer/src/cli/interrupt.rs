//! Ctrl-C. A process has one handler; commands come one after the other, and the one that runs may hear the signal.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::failure::Failure;

type Hearer = Arc<dyn Fn() + Send + Sync>;

/// Whoever hears the signal now.
static HEARING: OnceLock<Mutex<Option<Hearer>>> = OnceLock::new();

/// While it is there, the signal is heard.
pub(super) struct Hearing(());

impl Drop for Hearing {
    fn drop(&mut self) {
        if let Some(place) = HEARING.get() {
            *place.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }
}

/// From now on `on_signal` is told of each signal, in a thread of its own.
///
/// # Errors
/// When the system does not let the process hear it.
pub(super) fn hear(on_signal: impl Fn() + Send + Sync + 'static) -> Result<Hearing, Failure> {
    let is_first = HEARING.get().is_none();
    let place = HEARING.get_or_init(Mutex::default);
    *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(on_signal));
    if is_first {
        let handler = move || {
            let hearer = place.lock().unwrap_or_else(PoisonError::into_inner).clone();
            match hearer {
                Some(hearer) => hearer(),
                // Between two commands: what the signal does where nobody hears it.
                None => std::process::exit(130),
            }
        };
        ctrlc::set_handler(handler)
            .map_err(|error| Failure::internal(format!("Ctrl-C cannot be heard: {error}")))?;
    }
    Ok(Hearing(()))
}
