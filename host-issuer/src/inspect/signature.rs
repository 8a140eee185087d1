//! Verifying a signature of a certificate, a CRL or an EF.SOD. Nothing here can sign.
//!
//! ECDSA over every curve of [`NamedCurve`] (those that the RustCrypto crates lack through
//! [`legacy_curves`](crate::legacy_curves)), RSASSA-PKCS1-v1_5 and RSASSA-PSS (Doc 9303-12 §4.4). Which hashes are *acceptable* is not decided here: any ECDSA
//! curve verifies any digest, so policy is a check of its own (`hash_policy`).
//!
//! Two engines compute: the [`fast`] one is asked first where it knows key and scheme, and what it accepts is accepted; the [`portable`]
//! one knows them all, decides everything else, and says what is wrong. Both accept the same signatures (see the tests).

mod fast;
mod portable;
mod scheme;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use card_applet::wire::domain_parameters::NamedCurve;
use const_oid::ObjectIdentifier;
use rsa::pkcs1::DecodeRsaPublicKey;

use super::asn1::{Asn1Error, Reader, only, tag};
use super::curve;
use super::hash::AlgorithmIdentifier;

use fast::FastKey;
pub use scheme::Scheme;
pub(crate) use scheme::{broken_hash, plain_ecdsa_hash};

const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSASSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");

/// Why a signature is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The arithmetic says no: someone else signed, or something else was signed.
    #[error("the signature does not verify")]
    Wrong,
    /// Key or algorithm are no valid structure, or do not belong together.
    #[error("{0}")]
    Malformed(String),
    /// Well-formed, but this program cannot compute it; says nothing about the document.
    #[error("{0} is not supported")]
    Unsupported(String),
}

impl From<Asn1Error> for SignatureError {
    fn from(error: Asn1Error) -> Self {
        Self::Malformed(error.to_string())
    }
}

/// A public key that can verify.
#[derive(Debug, Clone)]
pub enum PublicKey {
    /// A point of a known curve, encoded as in SEC 1 §2.3.3; checked when it is used.
    Ec {
        /// The curve.
        curve: NamedCurve,
        /// The encoded point.
        point: Vec<u8>,
    },
    /// RSA, for PKCS #1 v1.5 and PSS.
    Rsa(rsa::PublicKey),
}

impl PublicKey {
    /// Reads a `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7).
    pub(crate) fn from_spki(spki: &[u8]) -> Result<Self, SignatureError> {
        let mut fields = only(spki, tag::SEQUENCE, "SubjectPublicKeyInfo")?.reader();
        let algorithm = AlgorithmIdentifier::read(&mut fields, "SubjectPublicKeyInfo.algorithm")?;
        let key = fields.next("subjectPublicKey")?.bits("subjectPublicKey")?;
        fields.finish("SubjectPublicKeyInfo")?;
        if algorithm.oid == EC_PUBLIC_KEY {
            let parameters = algorithm.parameters.as_deref().unwrap_or_default();
            let parameters = Reader::new(parameters).next("EC parameters")?;
            let curve = curve::from_parameters(&parameters)?;
            return Ok(Self::Ec {
                curve,
                point: key.to_vec(),
            });
        }
        // A key marked id-RSASSA-PSS is the same structure (RFC 4055 §1.2).
        if algorithm.oid == RSA_ENCRYPTION || algorithm.oid == RSASSA_PSS {
            let key = rsa::PublicKey::from_pkcs1_der(key)
                .map_err(|_| SignatureError::Malformed("invalid RSA public key".into()))?;
            return Ok(Self::Rsa(key));
        }
        Err(SignatureError::Unsupported(format!(
            "public key algorithm {}",
            algorithm.oid
        )))
    }

    /// Name for a report, such as `EC brainpoolP256r1`.
    #[must_use]
    pub fn name(&self) -> String {
        use rsa::traits::PublicKeyParts;
        match self {
            Self::Ec { curve, .. } => format!("EC {}", curve.name()),
            Self::Rsa(key) => format!("RSA {}", key.n().bit_width()),
        }
    }

    /// Verifies `signature` over `message`. Whoever has several signatures of one key makes a [`VerifyingKey`].
    pub(crate) fn verify(
        &self,
        scheme: Scheme,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        let fast = FastKey::new(self, scheme);
        self.verify_digest(fast.as_ref(), scheme, &scheme.hash().digest(message), signature)
    }

    fn verify_digest(
        &self,
        fast: Option<&FastKey>,
        scheme: Scheme,
        digest: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        if let (Self::Ec { curve, point }, Scheme::PlainEcdsa(_)) = (self, scheme) {
            return verify_plain_ecdsa(*curve, point, digest, signature);
        }
        if fast.is_some_and(|key| key.verifies(digest, signature)) {
            return Ok(());
        }
        portable::verify(self, scheme, digest, signature)
    }
}

/// A public key with what the fast engine made of it, for more than one signature.
#[derive(Debug)]
pub(crate) struct VerifyingKey {
    key: PublicKey,
    /// For the scheme in which the first signature was made; a key is rarely used in another.
    fast: OnceLock<(Scheme, Option<FastKey>)>,
}

impl VerifyingKey {
    /// Takes a key; nothing is computed yet.
    pub(crate) const fn new(key: PublicKey) -> Self {
        Self {
            key,
            fast: OnceLock::new(),
        }
    }

    /// The key.
    pub(crate) const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// Verifies `signature` over `message`.
    pub(crate) fn verify(
        &self,
        scheme: Scheme,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        let (prepared_for, fast) = self
            .fast
            .get_or_init(|| (scheme, FastKey::new(&self.key, scheme)));
        if *prepared_for != scheme {
            return self.key.verify(scheme, message, signature);
        }
        let digest = scheme.hash().digest(message);
        self.key.verify_digest(fast.as_ref(), scheme, &digest, signature)
    }
}

/// Verifies a plain ECDSA signature, r ‖ s, each of the length of the group's order (BSI TR-03111 §5.2.1).
///
/// # Errors
/// [`SignatureError`]; whether the digest's hash is acceptable is not decided here.
pub fn verify_plain_ecdsa(
    curve: NamedCurve,
    point: &[u8],
    digest: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    let parts = (signature.len() == 2 * curve.field_len())
        .then(|| signature.split_at(curve.field_len()))
        .ok_or_else(|| SignatureError::Malformed("the signature has another length than its key".into()))?;
    // The same numbers as an ECDSA-Sig-Value, so that there is one way into the arithmetic.
    let mut body = unsigned_integer(parts.0);
    body.extend(unsigned_integer(parts.1));
    let mut sequence = vec![0x30];
    if body.len() >= 0x80 {
        sequence.push(0x81);
    }
    sequence.push(u8::try_from(body.len()).unwrap_or(u8::MAX));
    sequence.extend(body);
    if fast::verifies_ecdsa(curve, point, digest, &sequence) {
        return Ok(());
    }
    portable::verify_ecdsa(curve, point, digest, &sequence)
}

/// A DER INTEGER of an unsigned number of at most 66 bytes.
fn unsigned_integer(number: &[u8]) -> Vec<u8> {
    let leading = number.iter().take_while(|&&byte| byte == 0).count();
    let digits = number.get(leading..).unwrap_or_default();
    let mut value = Vec::new();
    if digits.first().is_none_or(|&first| first >= 0x80) {
        value.push(0);
    }
    value.extend_from_slice(digits);
    let mut integer = vec![0x02, u8::try_from(value.len()).unwrap_or(u8::MAX)];
    integer.extend(value);
    integer
}
