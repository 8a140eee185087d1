//! Two engines for the arithmetic: a fast one and a portable one.
//!
//! | | fast (aws-lc) | portable (RustCrypto) |
//! |---|---|---|
//! | P-256, P-384, P-521 | signs, verifies | signs, verifies |
//! | brainpoolP256r1, brainpoolP384r1 | – | signs, verifies |
//! | RSASSA-PSS, RSASSA-PKCS1-v1_5 | signs (PSS), verifies | verifies |
//! | nonces of ECDSA | random, hardened with key and digest | deterministic (RFC 6979) |
//!
//! Either verifies what the other signs. Neither leaks a key when the machine's random numbers are weak: the fast one
//! mixes private key and digest into each nonce.

use super::algorithm::SignatureAlgorithm;
use super::public_key::PublicKey;

mod fast;
mod portable;

pub(super) use fast::FastKey;
pub(super) use portable::{PortableKey, scalar_from_pkcs8, scalar_to_pkcs8};

use crate::pki::curves::NamedCurve;

/// Who computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// aws-lc: the NIST curves and RSA.
    Fast,
    /// RustCrypto: every curve but brainpoolP512r1; RSA verification.
    Portable,
}

impl Engine {
    /// The faster engine for keys of a curve.
    pub const fn for_curve(curve: NamedCurve) -> Self {
        match curve {
            NamedCurve::P256 | NamedCurve::P384 | NamedCurve::P521 => Self::Fast,
            NamedCurve::BrainpoolP256r1 | NamedCurve::BrainpoolP384r1 | NamedCurve::BrainpoolP512r1 => {
                Self::Portable
            }
        }
    }

    /// The faster engine for a key.
    pub const fn for_key(key: &PublicKey) -> Self {
        match key {
            PublicKey::Ec { curve, .. } => Self::for_curve(*curve),
            PublicKey::Rsa(_) => Self::Fast,
        }
    }

    /// Verifies a signature over a digest.
    ///
    /// Never panics; false for everything but a right signature, also for keys and algorithms that this engine does
    /// not know and for a digest of another length than the algorithm's.
    #[must_use]
    pub fn verify_digest(
        self,
        key: &PublicKey,
        algorithm: SignatureAlgorithm,
        digest: &[u8],
        signature: &[u8],
    ) -> bool {
        // Only 04 ‖ x ‖ y is a key: the identity and compressed points also parse as SEC 1 points.
        let sound_point = match key {
            PublicKey::Ec { curve, point } => {
                point.len() == 1 + 2 * curve.field_len() && point.first() == Some(&0x04)
            }
            PublicKey::Rsa(_) => true,
        };
        sound_point
            && digest.len() == algorithm.digest_len()
            && match self {
                Self::Fast => fast::verify(key, algorithm, digest, signature),
                Self::Portable => portable::verify(key, algorithm, digest, signature),
            }
    }
}

/// Verifies a signature over `message` with the engine that is the faster one for this key.
///
/// Never panics; false for a key that is none, an algorithm of another kind of key, a malformed signature or a wrong
/// one. brainpoolP512r1 is not computed here: false.
#[must_use]
pub fn verify(key: &PublicKey, algorithm: SignatureAlgorithm, message: &[u8], signature: &[u8]) -> bool {
    Engine::for_key(key).verify_digest(key, algorithm, &algorithm.digest(message), signature)
}
