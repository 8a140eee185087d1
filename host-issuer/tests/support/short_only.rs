//! A reader that carries short APDUs only.

use host_issuer::transport::{Limits, Transport, TransportError};

/// The transport of such a reader around another; a longer command or answer is a failure.
pub struct ShortOnly<T>(pub T);

impl<T: Transport> Transport for ShortOnly<T> {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        assert!(command.len() <= Limits::SHORT.command, "{} bytes", command.len());
        self.0.transmit(command, response)?;
        assert!(
            response.len() <= Limits::SHORT.response,
            "{} bytes",
            response.len()
        );
        Ok(())
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.0.reset()
    }

    fn limits(&self) -> Limits {
        Limits::SHORT
    }

    fn atr(&self) -> &[u8] {
        self.0.atr()
    }
}
