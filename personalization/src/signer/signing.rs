//! The seam: what is asked of whoever holds a private key.

use super::algorithm::SignatureAlgorithm;
use super::pkcs11::error::TokenError;
use super::public_key::PublicKey;

/// Why nothing was signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignerError {
    /// The caller handed in a digest of another length than the algorithm's: a fault of this program.
    #[error("internal: the signer was given a digest of {found} bytes instead of {expected}")]
    DigestLength {
        /// Length given, in bytes.
        found: usize,
        /// Length that the algorithm takes, in bytes.
        expected: usize,
    },
    /// The key must not sign (any more): its quota is used up, or another took over.
    #[error("refused: {0}")]
    Refused(String),
    /// The token that holds the key: it is gone, refuses the PIN, or has no such key.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The device or library that holds the key failed.
    #[error("the signer failed: {0}")]
    Failed(String),
}

impl<S: Signer + ?Sized> Signer for Box<S> {
    fn algorithm(&self) -> SignatureAlgorithm {
        (**self).algorithm()
    }

    fn public_key(&self) -> &PublicKey {
        (**self).public_key()
    }

    fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, SignerError> {
        (**self).sign_digest(digest)
    }
}

/// Something that holds a private key and signs with it.
pub trait Signer: Send + Sync {
    /// What [`sign`](Self::sign) computes.
    fn algorithm(&self) -> SignatureAlgorithm;

    /// The public key.
    fn public_key(&self) -> &PublicKey;

    /// Signs a digest of [`SignatureAlgorithm::digest_len`] bytes. Returns the DER `ECDSA-Sig-Value` (RFC 3279 §2.2.3), or
    /// for RSA the signature as long as the modulus.
    ///
    /// # Errors
    /// [`SignerError`].
    fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, SignerError>;

    /// Hashes and signs a message.
    ///
    /// # Errors
    /// [`SignerError`].
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        self.sign_digest(&self.algorithm().digest(message))
    }

    /// The point of a key on a curve, `04 ‖ x ‖ y` (SEC 1 §2.3.3); empty for RSA.
    fn public_point(&self) -> Vec<u8> {
        self.public_key().point().to_vec()
    }
}
