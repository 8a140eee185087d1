//! The conformance suite on whatever card a [`Transport`] reaches: a reader's or a virtual one.
//!
//! The suite is [`test_vectors::conformance`]; this is its wire. The verifier's own suite is [`verifier`].

pub mod verifier;

use test_vectors::conformance::{Link, LinkError};

use crate::transport::{Transport, TransportError};

/// The suite's link over a transport. What the transport said last when it failed is kept.
pub struct TransportLink {
    transport: Box<dyn Transport>,
    failure: Option<TransportError>,
}

impl TransportLink {
    /// A link to the card behind a transport.
    pub fn new(transport: Box<dyn Transport>) -> Self {
        Self {
            transport,
            failure: None,
        }
    }

    /// Why the card could not be reached, when it could not be reached last.
    pub fn failure(&self) -> Option<&TransportError> {
        self.failure.as_ref()
    }

    fn told<T>(&mut self, result: Result<T, TransportError>) -> Result<T, LinkError> {
        result.map_err(|error| {
            let told = LinkError(error.to_string());
            self.failure = Some(error);
            told
        })
    }
}

impl Link for TransportLink {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        let mut response = Vec::new();
        let sent = self.transport.transmit(command, &mut response);
        self.told(sent)?;
        Ok(response)
    }

    fn reset(&mut self) -> Result<(), LinkError> {
        let reset = self.transport.reset();
        self.told(reset)
    }

    fn atr(&self) -> Vec<u8> {
        self.transport.atr().to_vec()
    }
}
