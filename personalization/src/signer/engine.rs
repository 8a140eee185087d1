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

use aws_lc_rs::signature::ParsedPublicKey;

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
        has_sound_form(key)
            && digest.len() == algorithm.digest_len()
            && match self {
                Self::Fast => fast::verify(key, algorithm, digest, signature),
                Self::Portable => portable::verify(key, algorithm, digest, signature),
            }
    }
}

/// Only 04 ‖ x ‖ y is a key: the identity and compressed points also parse as SEC 1 points.
fn has_sound_form(key: &PublicKey) -> bool {
    match key {
        PublicKey::Ec { curve, point } => {
            point.len() == 1 + 2 * curve.field_len() && point.first() == Some(&0x04)
        }
        PublicKey::Rsa(_) => true,
    }
}

/// A public key that is ready to verify many signatures with the faster engine for it.
#[derive(Clone)]
pub struct VerifyingKey {
    key: PublicKey,
    /// As the fast engine has it, for one algorithm.
    prepared: Option<(SignatureAlgorithm, ParsedPublicKey)>,
}

impl VerifyingKey {
    /// Makes a key ready for the algorithm that goes with it ([`SignatureAlgorithm::of_key`]); it verifies with others, too.
    #[must_use]
    pub fn new(key: PublicKey) -> Self {
        let algorithm = SignatureAlgorithm::of_key(&key);
        let fast = has_sound_form(&key) && Engine::for_key(&key) == Engine::Fast;
        let prepared = fast.then(|| fast::parse(&key, algorithm)).flatten();
        Self {
            key,
            prepared: prepared.map(|prepared| (algorithm, prepared)),
        }
    }

    /// The key.
    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// As [`verify`].
    #[must_use]
    pub fn verify(&self, algorithm: SignatureAlgorithm, message: &[u8], signature: &[u8]) -> bool {
        match &self.prepared {
            Some((prepared_for, key)) if *prepared_for == algorithm => {
                fast::verify_parsed(key, algorithm, &algorithm.digest(message), signature)
            }
            _ => verify(&self.key, algorithm, message, signature),
        }
    }
}

impl std::fmt::Debug for VerifyingKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.key.fmt(formatter)
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
