//! Real readers, through PC/SC (`pcscd` on Linux).
//!
//! A [`PcscTransport`] owns its own PC/SC context: a context that is blocked in one thread stalls every other use of it, so
//! each reader's thread opens its own (see also `watch` in the crate's command line).

mod selector;

use std::ffi::CString;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ::pcsc::{
    Card, Context, Disposition, Error as PcscError, Protocols, ReaderState, Scope, ShareMode, State,
};

pub use selector::{ReaderInfo, ReaderSelector};

use super::{Limits, PCSC_APDU_MAX, Transport, TransportError, watched};

/// How often a connection that fails for a passing reason (the card is just powering up) is tried again.
const CONNECT_ATTEMPTS: usize = 5;

/// How long to let the reader settle between two attempts, or until it reports a change.
const SETTLE: Duration = Duration::from_millis(100);

/// How long PC/SC takes at most to notice that a card or a reader is gone.
const DEPARTURE: Duration = Duration::from_millis(600);

/// How long to wait for a change of the reader before looking whether the patience is used up.
const WAIT_STEP: Duration = Duration::from_millis(250);

/// Lists the readers and whether each holds a card.
///
/// # Errors
/// [`TransportError::NoPcscd`] when the service does not run; no reader at all is an empty list, not an error.
pub fn list() -> Result<Vec<ReaderInfo>, TransportError> {
    list_with(&establish()?)
}

fn establish() -> Result<Context, TransportError> {
    Context::establish(Scope::System).map_err(|error| match error {
        PcscError::NoService | PcscError::ServiceStopped => TransportError::NoPcscd {
            detail: error.to_string(),
        },
        other => classify(other),
    })
}

fn list_with(context: &Context) -> Result<Vec<ReaderInfo>, TransportError> {
    let names = match context.list_readers_owned() {
        Ok(names) => names,
        Err(PcscError::NoReadersAvailable) => return Ok(Vec::new()),
        Err(error) => return Err(classify(error)),
    };
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let mut states: Vec<ReaderState> = names
        .into_iter()
        .map(|name| ReaderState::new(name, State::UNAWARE))
        .collect();
    // Zero timeout: with UNAWARE as the known state PC/SC answers at once with what is true now.
    match context.get_status_change(Duration::ZERO, &mut states) {
        Ok(()) | Err(PcscError::Timeout) => {}
        Err(error) => return Err(classify(error)),
    }
    Ok(states
        .iter()
        .map(|state| ReaderInfo {
            name: state.name().to_string_lossy().into_owned(),
            card_present: state.event_state().contains(State::PRESENT),
            atr: state.atr().to_vec(),
        })
        .collect())
}

/// A card in a PC/SC reader.
///
/// Dropping it resets the card, so that no session outlives the process that opened it.
pub struct PcscTransport {
    /// Shared with the thread that waits for an answer. Declared before the context: the card must be let go before the context
    /// that it belongs to.
    card: Arc<Mutex<Card>>,
    share: ShareMode,
    context: Context,
    name: CString,
    reader: String,
    atr: Vec<u8>,
    receive_buffer: Vec<u8>,
}

impl PcscTransport {
    /// Connects to the card in the reader that `selector` names, and resets it.
    ///
    /// The card is taken exclusively, because a command of another program in the middle of a session ends the session; where
    /// another program already shares the card, it is shared.
    ///
    /// # Errors
    /// Those of [`ReaderSelector::choose`], [`TransportError::NoPcscd`], and why the card could not be powered.
    pub fn open(selector: &ReaderSelector) -> Result<Self, TransportError> {
        let context = establish()?;
        let readers = list_with(&context)?;
        let chosen = selector.choose(&readers)?;
        let reader = readers
            .get(chosen)
            .map(|reader| reader.name.clone())
            .ok_or(TransportError::NoReader)?;
        let name = CString::new(reader.as_bytes()).map_err(|_| TransportError::Other {
            detail: "a reader's name holds a NUL byte".to_owned(),
        })?;

        let (card, share) = connect(&context, &name).map_err(|error| match error {
            TransportError::CardRemoved => TransportError::NoCard {
                reader: reader.clone(),
            },
            other => other,
        })?;
        let mut transport = PcscTransport {
            card: Arc::new(Mutex::new(card)),
            share,
            context,
            name,
            reader,
            atr: Vec::new(),
            receive_buffer: vec![0; PCSC_APDU_MAX],
        };
        // Whoever used the card before may have left a file selected or a session open, and a card that was exchanged quickly
        // may not have been powered again.
        transport.reset()?;
        Ok(transport)
    }

    /// PC/SC's name of the reader.
    pub fn reader(&self) -> &str {
        &self.reader
    }

    /// Hands an answer on, and keeps the buffer for the next, empty.
    fn take_answer(
        &mut self,
        answer: Option<Result<usize, PcscError>>,
        mut buffer: Vec<u8>,
        response: &mut Vec<u8>,
    ) -> Result<(), TransportError> {
        let result = match answer {
            Some(Ok(length)) => {
                let answer = buffer.get(..length).unwrap_or_default();
                response.extend_from_slice(answer);
                // What a card answers is personal data as often as not; the buffer lives as long as the reader's connection.
                if let Some(used) = buffer.get_mut(..length) {
                    used.fill(0);
                }
                if length < 2 {
                    response.clear();
                    // The virtual reader's driver reports a card that left in mid-answer as an empty one.
                    Err(TransportError::Truncated { length })
                } else {
                    Ok(())
                }
            }
            Some(Err(error)) => Err(classify(error)),
            None => return Err(TransportError::Timeout),
        };
        self.receive_buffer = buffer;
        result.map_err(|error| explain(&self.context, &self.name, error))
    }
}

impl Transport for PcscTransport {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        response.clear();
        check_length(command)?;
        let mut buffer = std::mem::take(&mut self.receive_buffer);
        let answer = exchange(&self.card, command, &mut buffer);
        self.take_answer(answer, buffer, response)
    }

    /// PC/SC has no way to give up a command that was sent: the card may ask for more time for ever. The command therefore waits on
    /// a thread of its own, and is left to itself when nobody wants to wait any more; the card is lost to this process then.
    fn transmit_watched(
        &mut self,
        command: &[u8],
        response: &mut Vec<u8>,
        waiting: &mut dyn FnMut(Duration) -> bool,
    ) -> Result<(), TransportError> {
        response.clear();
        check_length(command)?;
        let (card, command) = (Arc::clone(&self.card), command.to_vec());
        let mut buffer = std::mem::take(&mut self.receive_buffer);
        let work = move || {
            let answer = exchange(&card, &command, &mut buffer);
            (answer, buffer)
        };
        let (answer, buffer) = watched::until_given_up(work, waiting).ok_or(TransportError::Timeout)?;
        self.take_answer(answer, buffer, response)
    }

    fn wait_for_card(&mut self, limit: Duration) -> Result<(), TransportError> {
        let mut states = [ReaderState::new(self.name.clone(), State::UNAWARE)];
        // Each change of the reader's state ends a wait; a reader that flickers must not make it endless.
        let mut left = limit;
        for wait in std::iter::once(Duration::ZERO).chain(std::iter::repeat(WAIT_STEP)) {
            match self.context.get_status_change(wait, &mut states) {
                Ok(()) | Err(PcscError::Timeout) => {}
                Err(error) => return Err(classify(error)),
            }
            for state in &mut states {
                let now = state.event_state();
                if now.intersects(State::UNKNOWN | State::UNAVAILABLE) {
                    return Err(TransportError::ReaderGone);
                }
                if now.contains(State::PRESENT) && !now.contains(State::MUTE) {
                    return Ok(());
                }
                state.sync_current_state();
            }
            if left.is_zero() {
                break;
            }
            left = left.saturating_sub(WAIT_STEP);
        }
        Err(TransportError::CardRemoved)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        let mut last = None;
        // Held by a thread that was left to itself: the card is lost.
        let mut card = self.card.try_lock().map_err(|_| TransportError::Timeout)?;
        for _ in 0..CONNECT_ATTEMPTS {
            match card.reconnect(self.share, Protocols::ANY, Disposition::ResetCard) {
                Ok(()) => {
                    self.atr = read_atr(&card)?;
                    return Ok(());
                }
                // Another program's reset in between: the next attempt finds a fresh card.
                Err(PcscError::ResetCard) => last = Some(PcscError::ResetCard),
                Err(error) => return Err(explain(&self.context, &self.name, classify(error))),
            }
        }
        Err(classify(last.unwrap_or(PcscError::UnresponsiveCard)))
    }

    fn limits(&self) -> Limits {
        Limits::EXTENDED
    }

    fn atr(&self) -> &[u8] {
        &self.atr
    }
}

fn check_length(command: &[u8]) -> Result<(), TransportError> {
    if command.len() > PCSC_APDU_MAX {
        return Err(TransportError::TooLong {
            length: command.len(),
            limit: PCSC_APDU_MAX,
        });
    }
    Ok(())
}

/// Sends a command and gives the number of bytes that came back into `buffer`. `None` while a thread that was left to itself still
/// waits for the card.
fn exchange(card: &Mutex<Card>, command: &[u8], buffer: &mut Vec<u8>) -> Option<Result<usize, PcscError>> {
    let card = card.try_lock().ok()?;
    buffer.resize(PCSC_APDU_MAX, 0);
    Some(card.transmit(command, buffer).map(|answer| answer.len()))
}

/// Connects, giving a card that is only just being powered a little time.
fn connect(context: &Context, name: &CString) -> Result<(Card, ShareMode), TransportError> {
    let mut share = ShareMode::Exclusive;
    let mut last = PcscError::UnresponsiveCard;
    for _ in 0..CONNECT_ATTEMPTS {
        match context.connect(name, share, Protocols::ANY) {
            Ok(card) => return Ok((card, share)),
            Err(PcscError::SharingViolation) => {
                share = ShareMode::Shared;
                last = PcscError::SharingViolation;
            }
            Err(
                error @ (PcscError::UnpoweredCard
                | PcscError::UnresponsiveCard
                | PcscError::ResetCard
                | PcscError::NotReady),
            ) => last = error,
            Err(error) => return Err(classify(error)),
        }
        // Waits for a change of the reader's state, or for the time that powering takes. The result says nothing: the next
        // attempt does.
        let mut states = [ReaderState::new(name.clone(), State::UNAWARE)];
        let known = context.get_status_change(Duration::ZERO, &mut states);
        for state in &mut states {
            state.sync_current_state();
        }
        if known.is_ok() {
            let _ = context.get_status_change(SETTLE, &mut states);
        }
    }
    Err(classify(last))
}

/// The ATR by SCardStatus: the attribute is not supported by every driver (the virtual reader's for one).
fn read_atr(card: &Card) -> Result<Vec<u8>, TransportError> {
    Ok(card.status2_owned().map_err(classify)?.atr().to_vec())
}

/// Says more of an error than the driver does: a card or a reader that leaves in the middle of an exchange looks to some
/// drivers like a card that is silent. PC/SC notices the departure a little later.
fn explain(context: &Context, name: &CString, error: TransportError) -> TransportError {
    if !matches!(
        error,
        TransportError::Mute
            | TransportError::Timeout
            | TransportError::Truncated { .. }
            | TransportError::Other { .. }
    ) {
        return error;
    }
    let mut states = [ReaderState::new(name.clone(), State::UNAWARE)];
    for wait in [Duration::ZERO, DEPARTURE] {
        match context.get_status_change(wait, &mut states) {
            Ok(()) => {}
            Err(PcscError::Timeout) => break,
            Err(gone) => return classify(gone),
        }
        for state in &mut states {
            let now = state.event_state();
            if now.intersects(State::UNKNOWN | State::UNAVAILABLE) {
                return TransportError::ReaderGone;
            }
            if now.contains(State::EMPTY) {
                return TransportError::CardRemoved;
            }
            state.sync_current_state();
        }
    }
    error
}

/// PC/SC's error in our terms.
fn classify(error: PcscError) -> TransportError {
    match error {
        PcscError::NoService | PcscError::ServiceStopped | PcscError::Shutdown | PcscError::InvalidHandle => {
            TransportError::NoPcscd {
                detail: error.to_string(),
            }
        }
        // polkit's no: the service runs.
        PcscError::SecurityViolation | PcscError::NoAccess => TransportError::NotAllowed {
            detail: error.to_string(),
        },
        PcscError::NoReadersAvailable => TransportError::NoReader,
        PcscError::ReaderUnavailable | PcscError::UnknownReader => TransportError::ReaderGone,
        PcscError::NoSmartcard | PcscError::RemovedCard => TransportError::CardRemoved,
        PcscError::ResetCard => TransportError::CardReset,
        PcscError::SharingViolation => TransportError::Busy,
        PcscError::Timeout | PcscError::WaitedTooLong => TransportError::Timeout,
        // What a driver reports when the card falls silent or leaves in the middle of an exchange.
        PcscError::UnresponsiveCard
        | PcscError::UnpoweredCard
        | PcscError::NotTransacted
        | PcscError::CommError => TransportError::Mute,
        other => TransportError::Other {
            detail: other.to_string(),
        },
    }
}
