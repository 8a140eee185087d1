//! Why a card could not be read to the end, and who has to do something about it.

use card_applet::wire::status::StatusWord;

use crate::terminal::chip_auth::ChipAuthError;
use crate::terminal::link::LinkError;
use crate::terminal::reader::{AccessError, ReadError};
use crate::transport::TransportError;

/// Who is to blame for a card that could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// This computer: its random numbers, or a mistake of this program.
    Host,
    /// The reader, its service, or whoever took the card away.
    Reader,
    /// Whoever typed or scanned the CAN or MRZ.
    Password,
    /// Nobody: the issuer took the card out of service, or ended its life.
    Issuer,
    /// The chip.
    Chip,
}

/// Why a card could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadCardError {
    /// The host's random number generator failed.
    #[error("this machine gives no random numbers")]
    Random,
    /// The reader, or the way to it.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The card was taken away and another was put back.
    #[error("another card was put back than the one that was taken away: {0}")]
    AnotherCard(&'static str),
    /// The issuer took the card out of service; it has nothing to say, and no password is at fault.
    #[error("this card is out of service: its issuer deactivated it")]
    Deactivated,
    /// The issuer ended the card's life.
    #[error("this card is dead: its issuer ended its life")]
    Terminated,
    /// The chip cannot be opened.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The application cannot be selected, or a file that comes before it cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A file cannot be read to its end.
    #[error("{file}: {source}")]
    File {
        /// Its name in Doc 9303-10, such as `EF.SOD` or `DG2`.
        file: String,
        /// Why.
        source: ReadError,
    },
    /// Chip Authentication broke off in a way that says nothing about the chip's key.
    #[error(transparent)]
    ChipAuthentication(ChipAuthError),
}

impl ReadCardError {
    /// The transport's error, if that is the cause.
    #[must_use]
    pub fn transport(&self) -> Option<&TransportError> {
        match self {
            Self::Transport(error) => Some(error),
            Self::Access(error) => error.transport(),
            Self::Read(error) | Self::File { source: error, .. } => error.transport(),
            Self::ChipAuthentication(error) => error.transport(),
            Self::Random | Self::AnotherCard(_) | Self::Deactivated | Self::Terminated => None,
        }
    }

    /// What broke between host and chip, if that is the cause.
    pub(super) fn link(&self) -> Option<&LinkError> {
        match self {
            Self::Read(ReadError::Link(link))
            | Self::File {
                source: ReadError::Link(link),
                ..
            } => Some(link),
            _ => None,
        }
    }

    /// Who is to blame.
    #[must_use]
    pub fn blame(&self) -> Blame {
        match self.transport() {
            // An answer that never came to an end.
            Some(TransportError::GivenUp { .. }) => return Blame::Chip,
            Some(_) => return Blame::Reader,
            None => {}
        }
        match self {
            Self::AnotherCard(_) => Blame::Reader,
            Self::Random => Blame::Host,
            Self::Deactivated | Self::Terminated => Blame::Issuer,
            Self::Access(AccessError::CanWithoutPace) => Blame::Password,
            Self::Access(error) if error.is_wrong_password() => Blame::Password,
            Self::Access(AccessError::NoCommonPace) => Blame::Host,
            Self::Read(error) | Self::File { source: error, .. } => read_blame(error),
            Self::Access(AccessError::Read(error)) => read_blame(error),
            _ => Blame::Chip,
        }
    }
}

fn read_blame(error: &ReadError) -> Blame {
    match error.status() {
        Some(StatusWord::DEACTIVATED | StatusWord::TERMINATED) => Blame::Issuer,
        _ => match error {
            ReadError::Link(LinkError::Command(_)) => Blame::Host,
            _ => Blame::Chip,
        },
    }
}

impl From<LinkError> for ReadCardError {
    fn from(error: LinkError) -> Self {
        Self::Read(ReadError::Link(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_to_blame() {
        let status = |status| ReadError::Refused { status };
        let file = |source| ReadCardError::File {
            file: "DG2".into(),
            source,
        };
        for (error, blame) in [
            (ReadCardError::Random, Blame::Host),
            (TransportError::CardRemoved.into(), Blame::Reader),
            (
                file(LinkError::Transport(TransportError::Timeout).into()),
                Blame::Reader,
            ),
            (ReadCardError::Deactivated, Blame::Issuer),
            (status(StatusWord::TERMINATED).into(), Blame::Issuer),
            (file(status(StatusWord::MEMORY_FAILURE)), Blame::Chip),
            (file(ReadError::Malformed), Blame::Chip),
            (AccessError::CanWithoutPace.into(), Blame::Password),
        ] {
            assert_eq!(error.blame(), blame, "{error}");
        }
    }
}
