//! Waiting for readers and cards to come and go.

use pcsc::{Context, Error, PNP_NOTIFICATION, ReaderState, Scope, State};

use crate::transport::TransportError;
use crate::transport::pcsc::{self as readers, ReaderInfo};

/// Tells `observer` what is there, now and after every change, until it answers `false`.
///
/// Has a PC/SC context of its own: one that waits stalls every other use of it.
///
/// # Errors
/// [`TransportError`] when the PC/SC service is not there, or goes away.
pub(super) fn watch(observer: &mut dyn FnMut(&[ReaderInfo]) -> bool) -> Result<(), TransportError> {
    let context = Context::establish(Scope::System).map_err(unreachable)?;
    loop {
        // What is waited for is a change of exactly the state that is told here, so no change is missed
        // between the two calls.
        let mut states = known_states(&context)?;
        if !observer(&readers::list()?) {
            return Ok(());
        }
        match context.get_status_change(None, &mut states) {
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
    match context.get_status_change(std::time::Duration::ZERO, &mut states) {
        Ok(()) | Err(Error::Timeout | Error::UnknownReader) => {}
        Err(error) => return Err(unreachable(error)),
    }
    states.iter_mut().for_each(ReaderState::sync_current_state);
    Ok(states)
}

fn unreachable(error: Error) -> TransportError {
    match error {
        Error::NoService | Error::ServiceStopped | Error::NoAccess => TransportError::NoPcscd {
            detail: error.to_string(),
        },
        other => TransportError::Other {
            detail: other.to_string(),
        },
    }
}
