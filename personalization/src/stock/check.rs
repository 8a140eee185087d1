//! Whether a stock room is as it was left.

use super::{Stock, StockError, public_keys};

/// Something that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockFinding {
    /// The chip, 20 hexadecimal digits.
    pub serial: String,
    /// What is wrong.
    pub what: String,
}

impl Stock {
    /// Reads every chip, verifies every attestation, and looks up every public key. Empty when all is well.
    ///
    /// # Errors
    /// [`StockError::File`] when the directory itself cannot be read, [`StockError::TooMany`].
    pub fn check(&self) -> Result<Vec<StockFinding>, StockError> {
        let mut findings = Vec::new();
        for serial in self.serials()? {
            let name = hex::encode_upper(serial);
            let mut found = |what: String| {
                findings.push(StockFinding {
                    serial: name.clone(),
                    what,
                });
            };
            match self.chip(&serial) {
                Err(error) => found(error.to_string()),
                Ok(manifest) => {
                    for key in public_keys(&manifest) {
                        match self.owner(&key)? {
                            Some(owner) if owner == name => {}
                            Some(owner) => found(format!("a public key is entered as chip {owner}'s")),
                            None => found("a public key is not entered".to_owned()),
                        }
                    }
                }
            }
            if let Err(error) = self.preparation(&serial) {
                found(error.to_string());
            }
        }
        Ok(findings)
    }
}
