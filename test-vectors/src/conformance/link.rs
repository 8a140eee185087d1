//! The wire to a card, as the suite sees it.

/// Why an APDU did not get through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkError(pub String);

impl std::fmt::Display for LinkError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for LinkError {}

/// A card that is powered, however it is reached. Nothing is retried here.
pub trait Link {
    /// Sends a command APDU and gives the answer, status word last.
    ///
    /// # Errors
    /// When the card cannot be reached, or answered less than a status word.
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError>;

    /// Takes the power away and gives it back.
    ///
    /// # Errors
    /// When the card does not come back.
    fn reset(&mut self) -> Result<(), LinkError>;

    /// The answer to reset.
    fn atr(&self) -> Vec<u8>;
}
