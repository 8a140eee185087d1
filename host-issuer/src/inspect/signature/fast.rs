//! aws-lc: the NIST curves, and RSA of 2048 bits and more.
//!
//! What it does not compute (other curves, SHA-1 and SHA-224, compressed points, PSS whose salt is not as long as the digest) is left to
//! the portable engine.
//!
//! `personalization::signer` has tables of the same names, over its own types: fewer curves, no SHA-1. They are written twice on purpose.
//! What prepares a document shares nothing with what judges it, and types that fit both would be longer than the tables.

use aws_lc_rs::digest::Digest;
use aws_lc_rs::signature::{self as aws, ParsedPublicKey, RsaParameters, RsaPublicKeyComponents};
use card_applet::wire::domain_parameters::NamedCurve;
use rsa::traits::PublicKeyParts as _;

use super::{PublicKey, Scheme};
use crate::inspect::hash::HashAlgorithm;

/// A public key as this engine has it, for one scheme.
#[derive(Clone)]
pub(super) struct FastKey {
    hash: HashAlgorithm,
    key: ParsedPublicKey,
}

impl std::fmt::Debug for FastKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("FastKey(…)")
    }
}

impl FastKey {
    /// `None` when this engine does not compute such signatures, or takes the key for none.
    pub(super) fn new(key: &PublicKey, scheme: Scheme) -> Option<Self> {
        let parsed = match (key, scheme) {
            (PublicKey::Ec { curve, point }, Scheme::Ecdsa(hash)) => ecdsa_key(*curve, point, hash)?,
            (PublicKey::Rsa(key), Scheme::RsaPkcs1(hash)) => rsa_key(key, pkcs1_parameters(hash)?)?,
            (PublicKey::Rsa(key), Scheme::RsaPss { hash, salt_len }) if salt_len == hash.digest_len() => {
                rsa_key(key, pss_parameters(hash)?)?
            }
            _ => return None,
        };
        Some(Self {
            hash: scheme.hash(),
            key: parsed,
        })
    }

    /// Whether the signature over this digest holds. False says nothing: the portable engine is asked why.
    pub(super) fn verifies(&self, digest: &[u8], signature: &[u8]) -> bool {
        Digest::import_less_safe(digest, self.hash.engine())
            .is_ok_and(|digest| self.key.verify_digest_sig(&digest, signature).is_ok())
    }
}

/// Whether an ECDSA-Sig-Value over a digest holds. False says nothing, as above.
pub(super) fn verifies_ecdsa(curve: NamedCurve, point: &[u8], digest: &[u8], signature: &[u8]) -> bool {
    let hash = [
        HashAlgorithm::Sha256,
        HashAlgorithm::Sha384,
        HashAlgorithm::Sha512,
    ]
    .into_iter()
    .find(|hash| hash.digest_len() == digest.len());
    hash.and_then(|hash| {
        let key = ecdsa_key(curve, point, hash)?;
        Some(FastKey { hash, key })
    })
    .is_some_and(|key| key.verifies(digest, signature))
}

/// The algorithms are named by their hash, of which only the length counts once there is a digest.
fn ecdsa_key(curve: NamedCurve, point: &[u8], hash: HashAlgorithm) -> Option<ParsedPublicKey> {
    use HashAlgorithm::{Sha256, Sha384, Sha512};
    let algorithm = match (curve, hash) {
        (NamedCurve::P256, Sha256) => &aws::ECDSA_P256_SHA256_ASN1,
        (NamedCurve::P256, Sha384) => &aws::ECDSA_P256_SHA384_ASN1,
        (NamedCurve::P256, Sha512) => &aws::ECDSA_P256_SHA512_ASN1,
        (NamedCurve::P384, Sha256) => &aws::ECDSA_P384_SHA256_ASN1,
        (NamedCurve::P384, Sha384) => &aws::ECDSA_P384_SHA384_ASN1,
        (NamedCurve::P384, Sha512) => &aws::ECDSA_P384_SHA512_ASN1,
        (NamedCurve::P521, Sha256) => &aws::ECDSA_P521_SHA256_ASN1,
        (NamedCurve::P521, Sha384) => &aws::ECDSA_P521_SHA384_ASN1,
        (NamedCurve::P521, Sha512) => &aws::ECDSA_P521_SHA512_ASN1,
        _ => return None,
    };
    // This engine also reads a whole SubjectPublicKeyInfo where a point belongs.
    let uncompressed = point.len() == 1 + 2 * curve.field_len() && point.first() == Some(&0x04);
    uncompressed
        .then(|| ParsedPublicKey::new(algorithm, point).ok())
        .flatten()
}

fn rsa_key(key: &rsa::PublicKey, parameters: &'static RsaParameters) -> Option<ParsedPublicKey> {
    let significant =
        |bytes: &[u8]| -> Vec<u8> { bytes.iter().copied().skip_while(|&byte| byte == 0).collect() };
    let components = RsaPublicKeyComponents {
        n: significant(&key.n().to_be_bytes()),
        e: significant(&key.e().to_be_bytes()),
    };
    components.to_parsed_public_key(parameters).ok()
}

const fn pkcs1_parameters(hash: HashAlgorithm) -> Option<&'static RsaParameters> {
    Some(match hash {
        HashAlgorithm::Sha256 => &aws::RSA_PKCS1_2048_8192_SHA256,
        HashAlgorithm::Sha384 => &aws::RSA_PKCS1_2048_8192_SHA384,
        HashAlgorithm::Sha512 => &aws::RSA_PKCS1_2048_8192_SHA512,
        HashAlgorithm::Sha1 | HashAlgorithm::Sha224 => return None,
    })
}

const fn pss_parameters(hash: HashAlgorithm) -> Option<&'static RsaParameters> {
    Some(match hash {
        HashAlgorithm::Sha256 => &aws::RSA_PSS_2048_8192_SHA256,
        HashAlgorithm::Sha384 => &aws::RSA_PSS_2048_8192_SHA384,
        HashAlgorithm::Sha512 => &aws::RSA_PSS_2048_8192_SHA512,
        HashAlgorithm::Sha1 | HashAlgorithm::Sha224 => return None,
    })
}
