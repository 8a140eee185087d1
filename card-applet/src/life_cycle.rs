//! The life of a card, persisted, each step one atomic write (DO'8A' of ISO/IEC 7816-4 table 14 gives it a number).

use crate::error::Error;

/// Where in its life the card stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LifeCycle {
    /// Made, with transport keys; takes the issuer's keys and nothing else.
    Initialisation,
    /// Holds the issuer's keys; files and passwords are loaded, inside SCP03 only.
    Personalisation,
    /// In its holder's hands. No command changes a file, and no key is left that could.
    OperationalActivated,
}

/// What moves a card on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The issuer's keys were put.
    IssuerKeysPut,
    /// The issuer activated the card.
    Activated,
}

impl LifeCycle {
    /// The state after an event.
    ///
    /// # Errors
    /// [`Error::ConditionsOfUse`] for an event that has no place in this state.
    pub(crate) const fn transition(self, event: Event) -> Result<Self, Error> {
        match (self, event) {
            (Self::Initialisation | Self::Personalisation, Event::IssuerKeysPut) => Ok(Self::Personalisation),
            (Self::Personalisation, Event::Activated) => Ok(Self::OperationalActivated),
            _ => Err(Error::ConditionsOfUse),
        }
    }

    /// Life cycle status byte (7816-4 table 14): creation, initialisation, operational activated.
    pub(crate) const fn status_byte(self) -> u8 {
        match self {
            Self::Initialisation => 0x01,
            Self::Personalisation => 0x03,
            Self::OperationalActivated => 0x05,
        }
    }

    /// As stored: far apart, and each with its complement, so that no single fault makes one of another.
    pub(crate) const fn stored(self) -> [u8; 2] {
        match self {
            Self::Initialisation => [0x3C, 0xC3],
            Self::Personalisation => [0x5A, 0xA5],
            Self::OperationalActivated => [0x96, 0x69],
        }
    }

    /// From what is stored; anything else is refused.
    pub(crate) const fn from_stored(stored: &[u8]) -> Result<Self, Error> {
        match stored {
            [0x3C, 0xC3] => Ok(Self::Initialisation),
            [0x5A, 0xA5] => Ok(Self::Personalisation),
            [0x96, 0x69] => Ok(Self::OperationalActivated),
            _ => Err(Error::Memory),
        }
    }

    /// Whether files may be read under their access rules: in an operational card, and before activation too, so
    /// that a station reads back as a stranger would.
    pub(crate) const fn serves_readers(self) -> bool {
        matches!(self, Self::Personalisation | Self::OperationalActivated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [LifeCycle; 3] = [
        LifeCycle::Initialisation,
        LifeCycle::Personalisation,
        LifeCycle::OperationalActivated,
    ];

    #[test]
    fn no_way_back() {
        for state in ALL {
            for event in [Event::IssuerKeysPut, Event::Activated] {
                if let Ok(next) = state.transition(event) {
                    assert!(next.status_byte() >= state.status_byte());
                }
            }
        }
        assert_eq!(
            LifeCycle::Initialisation.transition(Event::Activated),
            Err(Error::ConditionsOfUse)
        );
        assert_eq!(
            LifeCycle::OperationalActivated.transition(Event::IssuerKeysPut),
            Err(Error::ConditionsOfUse)
        );
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
