//! Real readers, through PC/SC (`pcscd` on Linux).
//!
//! A [`PcscTransport`] owns its own PC/SC context: a context that is blocked in one thread stalls every other use of it, so
//! each reader's thread opens its own (see also `watch` in the crate's command line).

use std::ffi::CString;
use std::time::Duration;

use ::pcsc::{
    Card, Context, Disposition, Error as PcscError, Protocols, ReaderState, Scope, ShareMode, State,
};

use super::{Limits, PCSC_APDU_MAX, Transport, TransportError};

/// How often a connection that fails for a passing reason (the card is just powering up) is tried again.
const CONNECT_ATTEMPTS: usize = 5;

/// How long to let the reader settle between two attempts, or until it reports a change.
const SETTLE: Duration = Duration::from_millis(100);

/// How long PC/SC takes at most to notice that a card or a reader is gone.
const DEPARTURE: Duration = Duration::from_millis(600);

/// One reader as PC/SC lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderInfo {
    /// PC/SC's name of the reader, slot included.
    pub name: String,
    /// Whether a card is in it.
    pub card_present: bool,
    /// The card's answer to reset, empty without a card.
    pub atr: Vec<u8>,
}

/// Which reader is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ReaderSelector {
    /// The only reader that holds a card.
    #[default]
    OnlyCard,
    /// By position in PC/SC's list, from zero.
    Index(usize),
    /// By a part of the name, case-insensitive, that only one reader has (a full name always works).
    NamePart(String),
}

impl ReaderSelector {
    /// Reads a selector as given on the command line: digits are an index, anything else is part of a name.
    pub fn parse(text: &str) -> Self {
        match text.trim().parse() {
            Ok(index) => ReaderSelector::Index(index),
            Err(_) if text.trim().is_empty() => ReaderSelector::OnlyCard,
            Err(_) => ReaderSelector::NamePart(text.trim().to_owned()),
        }
    }

    /// Picks a reader from `readers` and gives its position.
    ///
    /// # Errors
    /// [`TransportError::NoReader`], [`NoCard`](TransportError::NoCard), [`ReaderNotFound`](TransportError::ReaderNotFound)
    /// or [`SeveralReaders`](TransportError::SeveralReaders); the last two list what is there.
    pub fn choose(&self, readers: &[ReaderInfo]) -> Result<usize, TransportError> {
        if readers.is_empty() {
            return Err(TransportError::NoReader);
        }
        let names = |positions: &[usize]| -> Vec<String> {
            positions
                .iter()
                .filter_map(|&position| readers.get(position))
                .map(|reader| reader.name.clone())
                .collect()
        };
        let all: Vec<usize> = (0..readers.len()).collect();
        match self {
            ReaderSelector::OnlyCard => {
                let occupied: Vec<usize> = positions(readers, |reader| reader.card_present);
                match occupied.as_slice() {
                    [only] => Ok(*only),
                    [] => Err(TransportError::NoCard {
                        reader: match readers {
                            [only] => only.name.clone(),
                            _ => "any reader".to_owned(),
                        },
                    }),
                    several => Err(TransportError::SeveralReaders {
                        candidates: names(several),
                    }),
                }
            }
            ReaderSelector::Index(index) if *index < readers.len() => Ok(*index),
            ReaderSelector::Index(index) => Err(TransportError::ReaderNotFound {
                wanted: index.to_string(),
                present: names(&all),
            }),
            ReaderSelector::NamePart(part) => {
                if let Some(exact) = readers.iter().position(|reader| reader.name == *part) {
                    return Ok(exact);
                }
                let part_lower = part.to_lowercase();
                let matching = positions(readers, |reader| reader.name.to_lowercase().contains(&part_lower));
                match matching.as_slice() {
                    [only] => Ok(*only),
                    [] => Err(TransportError::ReaderNotFound {
                        wanted: part.clone(),
                        present: names(&all),
                    }),
                    several => Err(TransportError::SeveralReaders {
                        candidates: names(several),
                    }),
                }
            }
        }
    }
}

/// The positions of the readers that `wanted` accepts.
fn positions(readers: &[ReaderInfo], wanted: impl Fn(&ReaderInfo) -> bool) -> Vec<usize> {
    readers
        .iter()
        .enumerate()
        .filter(|(_, reader)| wanted(reader))
        .map(|(position, _)| position)
        .collect()
}

/// Lists the readers and whether each holds a card.
///
/// # Errors
/// [`TransportError::NoPcscd`] when the service does not run; no reader at all is an empty list, not an error.
pub fn list() -> Result<Vec<ReaderInfo>, TransportError> {
    list_with(&establish()?)
}

fn establish() -> Result<Context, TransportError> {
    Context::establish(Scope::System).map_err(|error| match error {
        PcscError::NoService | PcscError::ServiceStopped | PcscError::NoAccess => TransportError::NoPcscd {
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
    // Declared before the context: the card must be let go before the context that it belongs to.
    card: Card,
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
            card,
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
}

impl Transport for PcscTransport {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        response.clear();
        if command.len() > PCSC_APDU_MAX {
            return Err(TransportError::TooLong {
                length: command.len(),
                limit: PCSC_APDU_MAX,
            });
        }
        let answer = match self.card.transmit(command, &mut self.receive_buffer) {
            Ok(answer) => answer,
            Err(error) => return Err(explain(&self.context, &self.name, classify(error))),
        };
        if answer.len() < 2 {
            // The virtual reader's driver reports a card that left in mid-answer as an empty one.
            let truncated = TransportError::Truncated { length: answer.len() };
            return Err(explain(&self.context, &self.name, truncated));
        }
        response.extend_from_slice(answer);
        // What a card answers is personal data as often as not; the buffer lives as long as the reader's connection.
        let used = answer.len();
        if let Some(used) = self.receive_buffer.get_mut(..used) {
            used.fill(0);
        }
        Ok(())
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        let mut last = None;
        for _ in 0..CONNECT_ATTEMPTS {
            match self
                .card
                .reconnect(self.share, Protocols::ANY, Disposition::ResetCard)
            {
                Ok(()) => {
                    self.atr = read_atr(&self.card)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn readers() -> Vec<ReaderInfo> {
        [
            ("ACME Contactless 00 00", false),
            ("ACME Contact 01 00", true),
            ("Virtual PCD 00 00", false),
        ]
        .into_iter()
        .map(|(name, card_present)| ReaderInfo {
            name: name.to_owned(),
            card_present,
            atr: Vec::new(),
        })
        .collect()
    }

    #[test]
    fn the_only_reader_with_a_card_is_the_default() {
        let mut readers = readers();
        assert_eq!(ReaderSelector::OnlyCard.choose(&readers), Ok(1));
        readers[2].card_present = true;
        let error = ReaderSelector::OnlyCard.choose(&readers).unwrap_err();
        assert_eq!(
            error.to_string(),
            "more than one reader to choose from: 0: ACME Contact 01 00, 1: Virtual PCD 00 00"
        );
        readers.iter_mut().for_each(|reader| reader.card_present = false);
        assert!(matches!(
            ReaderSelector::OnlyCard.choose(&readers),
            Err(TransportError::NoCard { .. })
        ));
        assert_eq!(
            ReaderSelector::OnlyCard.choose(&[]),
            Err(TransportError::NoReader)
        );
    }

    #[test]
    fn a_reader_is_named_by_index_or_by_a_part_only_it_has() {
        let readers = readers();
        assert_eq!(ReaderSelector::parse("2").choose(&readers), Ok(2));
        assert_eq!(ReaderSelector::parse("virtual").choose(&readers), Ok(2));
        assert_eq!(ReaderSelector::parse("contactless").choose(&readers), Ok(0));
        assert!(matches!(
            ReaderSelector::parse("acme").choose(&readers),
            Err(TransportError::SeveralReaders { candidates }) if candidates.len() == 2
        ));
        assert!(matches!(
            ReaderSelector::parse("3").choose(&readers),
            Err(TransportError::ReaderNotFound { present, .. }) if present.len() == 3
        ));
        assert!(matches!(
            ReaderSelector::parse("omnikey").choose(&readers),
            Err(TransportError::ReaderNotFound { .. })
        ));
    }

    #[test]
    fn a_full_name_wins_over_being_part_of_another() {
        let mut readers = readers();
        readers[0].name = "ACME Contact 01 00 bis".to_owned();
        assert_eq!(
            ReaderSelector::parse("ACME Contact 01 00").choose(&readers),
            Ok(1)
        );
    }
}
