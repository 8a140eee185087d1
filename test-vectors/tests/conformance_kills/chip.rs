//! The second chip on the suite's wire.

use test_vectors::conformance::{Link, LinkError};
use test_vectors::faulty_chip::FaultyChip;

/// The chip, powered.
pub struct Chip(pub FaultyChip);

impl Link for Chip {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        let answer = self.0.process(command);
        if answer.len() < 2 {
            return Err(LinkError("the chip is mute".into()));
        }
        Ok(answer)
    }

    fn reset(&mut self) -> Result<(), LinkError> {
        self.0.reset();
        Ok(())
    }

    fn atr(&self) -> Vec<u8> {
        vec![0x3B, 0x80, 0x80, 0x01, 0x01]
    }
}
