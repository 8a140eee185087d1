//! A virtual chip in this process: `--reader virtual:FILE`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use card_applet::sim::{SimError, VirtualCard};

use super::{Limits, PCSC_APDU_MAX, Transport, TransportError, watched};

/// A virtual chip, powered.
pub struct InProcess {
    card: VirtualCard,
    atr: Vec<u8>,
    source: Option<PathBuf>,
}

impl InProcess {
    /// Opens the chip whose memory is the file `path` and powers it.
    ///
    /// # Errors
    /// [`TransportError::VirtualCard`] when the file is missing, locked or not a chip's memory; [`TransportError::Mute`] when
    /// the chip does not answer to reset.
    pub fn open(path: &Path) -> Result<Self, TransportError> {
        let card = VirtualCard::open(path).map_err(|error| from_sim(error, Some(path)))?;
        Self::power(card, Some(path.to_owned()))
    }

    /// Powers a chip that is already in memory.
    ///
    /// # Errors
    /// [`TransportError::Mute`] when the chip does not answer to reset.
    pub fn from_card(card: VirtualCard) -> Result<Self, TransportError> {
        Self::power(card, None)
    }

    fn power(mut card: VirtualCard, source: Option<PathBuf>) -> Result<Self, TransportError> {
        let atr = card.power_on();
        if atr.is_empty() {
            return Err(TransportError::Mute);
        }
        Ok(InProcess { card, atr, source })
    }

    /// Gives the chip back.
    pub fn into_card(self) -> VirtualCard {
        self.card
    }
}

impl Transport for InProcess {
    fn transmit_watched(
        &mut self,
        command: &[u8],
        response: &mut Vec<u8>,
        waiting: &mut dyn FnMut(Duration) -> bool,
    ) -> Result<(), TransportError> {
        if self.source.is_none() {
            // A chip in memory lets nobody wait.
            return self.transmit(command, response);
        }
        // This chip is this program's own: it always comes to its end, and nobody may give it up.
        watched::to_the_end(|| self.transmit(command, response), &mut |elapsed| {
            waiting(elapsed);
        })
    }

    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        response.clear();
        if command.len() > PCSC_APDU_MAX {
            return Err(TransportError::TooLong {
                length: command.len(),
                limit: PCSC_APDU_MAX,
            });
        }
        if let Err(error) = self.card.transmit(command, response) {
            response.clear();
            return Err(from_sim(error, self.source.as_deref()));
        }
        if response.len() < 2 {
            let length = response.len();
            response.clear();
            return Err(TransportError::Truncated { length });
        }
        Ok(())
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.atr = self.card.reset();
        if self.atr.is_empty() {
            return Err(TransportError::Mute);
        }
        Ok(())
    }

    fn limits(&self) -> Limits {
        Limits::EXTENDED
    }

    fn atr(&self) -> &[u8] {
        &self.atr
    }
}

fn from_sim(error: SimError, source: Option<&Path>) -> TransportError {
    match error {
        SimError::Mute => TransportError::Mute,
        other => TransportError::VirtualCard {
            detail: match source {
                Some(path) => format!("{}: {other}", path.display()),
                None => other.to_string(),
            },
        },
    }
}
