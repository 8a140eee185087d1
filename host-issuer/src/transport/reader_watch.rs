//! Waiting for readers and cards to come and go.

use std::time::Duration;

use pcsc::{Context, Error, PNP_NOTIFICATION, ReaderState, Scope, State};

use super::TransportError;
use super::pcsc::ReaderInfo;

/// A reader, and how often its cards came and went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchedReader {
    /// What is in it.
    pub info: ReaderInfo,
    /// PC/SC's count of the reader's events: while it stands, the card is the same one.
    pub event_count: u32,
}

/// How long nothing has to happen until the observer is asked again whether it wants to know more.
const TICK: Duration = Duration::from_secs(1);

/// Tells `observer` what is there, now, after every change and at least once a second, until it answers `false`.
///
/// Has a PC/SC context of its own: one that waits stalls every other use of it. The observer may take its time: a change that
/// happens meanwhile is told next.
///
/// # Errors
/// [`TransportError`] when the PC/SC service is not there, or goes away.
pub fn watch(observer: &mut dyn FnMut(&[WatchedReader]) -> bool) -> Result<(), TransportError> {
    let context = Context::establish(Scope::System).map_err(unreachable)?;
    loop {
        // What is waited for is a change of exactly the state that is told here, so no change is missed in between.
        let mut states = known_states(&context)?;
        if !observer(&readers(&states)) {
            return Ok(());
        }
        match context.get_status_change(TICK, &mut states) {
            // A reader that was unplugged in the meantime is a change like any other.
            Ok(()) | Err(Error::UnknownReader | Error::ReaderUnavailable | Error::Timeout) => {}
            Err(error) => return Err(unreachable(error)),
        }
    }
}

fn known_states(context: &Context) -> Result<Vec<ReaderState>, TransportError> {
    let names = match context.list_readers_owned() {
        Ok(names) => names,
        Err(Error::NoReadersAvailable) => Vec::new(),
        Err(error) => return Err(unreachable(error)),
    };
    let mut states = vec![ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE)];
    states.extend(
        names
            .into_iter()
            .map(|name| ReaderState::new(name, State::UNAWARE)),
    );
    match context.get_status_change(Duration::ZERO, &mut states) {
        Ok(()) | Err(Error::Timeout | Error::UnknownReader) => {}
        Err(error) => return Err(unreachable(error)),
    }
    states.iter_mut().for_each(ReaderState::sync_current_state);
    Ok(states)
}

/// The readers among the states; the first state is not one.
fn readers(states: &[ReaderState]) -> Vec<WatchedReader> {
    let readers = states.iter().filter(|state| state.name() != PNP_NOTIFICATION());
    readers
        .filter(|state| !state.event_state().intersects(State::UNKNOWN | State::IGNORE))
        .map(|state| WatchedReader {
            info: ReaderInfo {
                name: state.name().to_string_lossy().into_owned(),
                card_present: state.event_state().contains(State::PRESENT),
                atr: state.atr().to_vec(),
            },
            event_count: state.event_count(),
        })
        .collect()
}

fn unreachable(error: Error) -> TransportError {
    match error {
        Error::NoService | Error::ServiceStopped => TransportError::NoPcscd {
            detail: error.to_string(),
        },
        Error::SecurityViolation | Error::NoAccess => TransportError::NotAllowed {
            detail: error.to_string(),
        },
        other => TransportError::Other {
            detail: other.to_string(),
        },
    }
}
