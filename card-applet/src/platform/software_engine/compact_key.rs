//! A symmetric key as its bytes. The schedule of an AES-256 key takes 480 bytes and more, and a chip keeps two to four
//! keys between commands: it is made anew where a key is used, which costs less than the blocks it is then used on.

use crate::crypto::CryptoError;
use crate::crypto::cipher::{BlockCipherKey, MAX_KEY, SymmetricAlgorithm};
use crate::crypto::mac::{MacKey, MacState};
use crate::crypto::secret::Secret;

/// A cipher or MAC key, wiped when dropped.
#[derive(Clone, Debug)]
pub struct CompactKey {
    algorithm: SymmetricAlgorithm,
    key: Secret<MAX_KEY>,
}

impl CompactKey {
    /// Takes a key.
    ///
    /// # Errors
    /// [`CryptoError::InvalidKey`] when its length is not the algorithm's.
    pub(super) fn new(algorithm: SymmetricAlgorithm, key: &[u8]) -> Result<Self, CryptoError> {
        match Secret::from_slice(key) {
            Some(secret) if key.len() == algorithm.key_len() => Ok(Self {
                algorithm,
                key: secret,
            }),
            _ => Err(CryptoError::InvalidKey),
        }
    }

    /// Ready to encrypt.
    pub(super) fn cipher(&self) -> Result<BlockCipherKey, CryptoError> {
        BlockCipherKey::new(self.algorithm, self.key.expose())
    }

    /// A MAC of nothing yet.
    pub(super) fn mac(&self) -> Result<MacState, CryptoError> {
        Ok(MacKey::new(self.algorithm, self.key.expose())?.start())
    }
}
