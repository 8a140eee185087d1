//! The life of a card, persisted, each step one atomic write (DO'8A' of ISO/IEC 7816-4 table 14 gives it a number).

use crate::error::Error;
use crate::wire::status::StatusWord;

/// Where in its life the card stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LifeCycle {
    /// Made, with transport keys; takes the issuer's keys and nothing else.
    Initialisation,
    /// Holds the issuer's keys; files and passwords are loaded, inside SCP03 only.
    Personalisation,
    /// In its holder's hands. No command changes a file, but of an application that has keys of its own, and no key is left
    /// that could.
    OperationalActivated,
    /// Taken out of service by its administration, which can put it back.
    OperationalDeactivated,
    /// Dead: no secret is left, and nothing brings it back.
    Termination,
}

/// What moves a card on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The issuer's keys were put.
    IssuerKeysPut,
    /// The issuer activated the card, or its administration put it back into service.
    Activated,
    /// The administration took it out of service.
    Deactivated,
    /// The administration ended its life.
    Terminated,
}

impl LifeCycle {
    /// The state after an event.
    ///
    /// # Errors
    /// [`Error::ConditionsOfUse`] for an event that has no place in this state.
    pub(crate) const fn transition(self, event: Event) -> Result<Self, Error> {
        match (self, event) {
            (Self::Initialisation | Self::Personalisation, Event::IssuerKeysPut) => Ok(Self::Personalisation),
            (Self::Personalisation | Self::OperationalDeactivated, Event::Activated) => {
                Ok(Self::OperationalActivated)
            }
            (Self::OperationalActivated, Event::Deactivated) => Ok(Self::OperationalDeactivated),
            (Self::OperationalActivated | Self::OperationalDeactivated, Event::Terminated) => {
                Ok(Self::Termination)
            }
            _ => Err(Error::ConditionsOfUse),
        }
    }

    /// Life cycle status byte (7816-4 table 14): creation, initialisation, operational activated, operational
    /// deactivated, termination.
    pub(crate) const fn status_byte(self) -> u8 {
        match self {
            Self::Initialisation => 0x01,
            Self::Personalisation => 0x03,
            Self::OperationalActivated => 0x05,
            Self::OperationalDeactivated => 0x04,
            Self::Termination => 0x0C,
        }
    }

    /// As stored: far apart, and each with its complement, so that no single fault makes one of another.
    pub(crate) const fn stored(self) -> [u8; 2] {
        match self {
            Self::Initialisation => [0x3C, 0xC3],
            Self::Personalisation => [0x5A, 0xA5],
            Self::OperationalActivated => [0x96, 0x69],
            Self::OperationalDeactivated => [0x0F, 0xF0],
            Self::Termination => [0xCC, 0x33],
        }
    }

    /// From what is stored; anything else is refused.
    pub(crate) const fn from_stored(stored: &[u8]) -> Result<Self, Error> {
        match stored {
            [0x3C, 0xC3] => Ok(Self::Initialisation),
            [0x5A, 0xA5] => Ok(Self::Personalisation),
            [0x96, 0x69] => Ok(Self::OperationalActivated),
            [0x0F, 0xF0] => Ok(Self::OperationalDeactivated),
            [0xCC, 0x33] => Ok(Self::Termination),
            _ => Err(Error::Memory),
        }
    }

    /// Whether files may be read under their access rules: in an operational card, and before activation too, so
    /// that a station reads back as a stranger would.
    pub(crate) const fn serves_readers(self) -> bool {
        matches!(self, Self::Personalisation | Self::OperationalActivated)
    }

    /// Whether PACE and BAC open sessions: also in a card that is out of service, of which nothing else than its administration
    /// is to be reached that way.
    pub(crate) const fn opens_sessions(self) -> bool {
        self.serves_readers() || matches!(self, Self::OperationalDeactivated)
    }

    /// Whether loading is over: what is left to the issuer is the card's administration.
    pub(crate) const fn is_operational(self) -> bool {
        matches!(
            self,
            Self::OperationalActivated | Self::OperationalDeactivated | Self::Termination
        )
    }

    /// What SELECT of a file answers when it succeeds (7816-4, 5.6).
    pub(crate) const fn selected(self) -> StatusWord {
        match self {
            Self::Initialisation | Self::Personalisation | Self::OperationalActivated => StatusWord::SUCCESS,
            Self::OperationalDeactivated => StatusWord::DEACTIVATED,
            Self::Termination => StatusWord::TERMINATED,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [LifeCycle; 5] = [
        LifeCycle::Initialisation,
        LifeCycle::Personalisation,
        LifeCycle::OperationalActivated,
        LifeCycle::OperationalDeactivated,
        LifeCycle::Termination,
    ];

    /// Every pair of state and event; what is not named has no place.
    #[test]
    fn transitions() {
        use Event::{Activated, Deactivated, IssuerKeysPut, Terminated};
        use LifeCycle::{
            Initialisation, OperationalActivated, OperationalDeactivated, Personalisation, Termination,
        };
        let allowed = [
            (Initialisation, IssuerKeysPut, Personalisation),
            (Personalisation, IssuerKeysPut, Personalisation),
            (Personalisation, Activated, OperationalActivated),
            (OperationalActivated, Deactivated, OperationalDeactivated),
            (OperationalDeactivated, Activated, OperationalActivated),
            (OperationalActivated, Terminated, Termination),
            (OperationalDeactivated, Terminated, Termination),
        ];
        for state in ALL {
            for event in [IssuerKeysPut, Activated, Deactivated, Terminated] {
                let expected = allowed
                    .iter()
                    .find(|(from, by, _)| (*from, *by) == (state, event))
                    .map(|(.., to)| *to);
                assert_eq!(state.transition(event).ok(), expected, "{state:?} {event:?}");
            }
        }
    }

    /// No two stored states, and no state and erased memory, are fewer than four bits apart.
    #[test]
    fn stored_states_are_far_apart() {
        let mut words: Vec<u16> = ALL
            .iter()
            .map(|state| u16::from_be_bytes(state.stored()))
            .collect();
        words.extend([0x0000, 0xFFFF]);
        for (index, one) in words.iter().enumerate() {
            for other in &words[..index] {
                assert!((one ^ other).count_ones() >= 4, "{one:04X} {other:04X}");
            }
        }
    }

    #[test]
    fn only_what_was_stored_reads_back() {
        let mut readable = 0;
        for first in 0..=255u8 {
            for second in 0..=255u8 {
                if let Ok(state) = LifeCycle::from_stored(&[first, second]) {
                    assert_eq!(state.stored(), [first, second]);
                    readable += 1;
                }
            }
        }
        assert_eq!(readable, ALL.len());
        assert!(LifeCycle::from_stored(&[]).is_err());
    }
}
