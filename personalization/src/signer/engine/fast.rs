//! aws-lc: the NIST curves and RSA.

use aws_lc_rs::digest::Digest;
use aws_lc_rs::signature::{self as aws, EcdsaKeyPair, KeyPair as _, ParsedPublicKey, RsaKeyPair};

use crate::hash::HashAlgorithm;
use crate::pki::curves::NamedCurve;
use crate::signer::algorithm::SignatureAlgorithm;
use crate::signer::public_key::{PublicKey, RsaPublicKey};

/// A private key of this engine; it is wiped when dropped.
pub(in crate::signer) enum FastKey {
    Ec(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

impl FastKey {
    /// A key on a NIST curve: the scalar as long as a field element, and the point that belongs to it. None when they do
    /// not belong together, or the curve is not one of this engine's.
    pub fn from_scalar(curve: NamedCurve, scalar: &[u8], point: &[u8]) -> Option<Self> {
        let algorithm = match curve {
            NamedCurve::P256 => &aws::ECDSA_P256_SHA256_ASN1_SIGNING,
            NamedCurve::P384 => &aws::ECDSA_P384_SHA384_ASN1_SIGNING,
            NamedCurve::P521 => &aws::ECDSA_P521_SHA512_ASN1_SIGNING,
            _ => return None,
        };
        EcdsaKeyPair::from_private_key_and_public_key(algorithm, scalar, point)
            .ok()
            .map(Self::Ec)
    }

    /// An RSA key from PKCS #8 and its public key. None when it is none or its numbers do not belong together.
    pub fn rsa_from_pkcs8(pkcs8: &[u8]) -> Option<(Self, RsaPublicKey)> {
        let key = RsaKeyPair::from_pkcs8(pkcs8).ok()?;
        let public = RsaPublicKey::from_der(key.public_key().as_ref())?;
        Some((Self::Rsa(key), public))
    }

    /// Signs a digest. None when the key does not sign with this algorithm: one on a curve only with the hash of the
    /// curve's size.
    pub fn sign(&self, algorithm: SignatureAlgorithm, digest: &[u8]) -> Option<Vec<u8>> {
        let digest = Digest::import_less_safe(digest, algorithm.hash().engine()).ok()?;
        match (self, algorithm) {
            (Self::Ec(key), SignatureAlgorithm::Ecdsa(_)) => key
                .sign_digest(&digest)
                .ok()
                .map(|signature| signature.as_ref().to_vec()),
            (Self::Rsa(key), SignatureAlgorithm::RsaPss(hash)) => {
                let padding = match hash {
                    HashAlgorithm::Sha256 => &aws::RSA_PSS_SHA256,
                    HashAlgorithm::Sha384 => &aws::RSA_PSS_SHA384,
                    HashAlgorithm::Sha512 => &aws::RSA_PSS_SHA512,
                };
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign_digest(padding, &digest, &mut signature).ok()?;
                Some(signature)
            }
            _ => None,
        }
    }
}

/// Verifies a signature over a digest; false for what this engine does not know.
pub(super) fn verify(
    key: &PublicKey,
    algorithm: SignatureAlgorithm,
    digest: &[u8],
    signature: &[u8],
) -> bool {
    parse(key, algorithm).is_some_and(|key| verify_parsed(&key, algorithm, digest, signature))
}

/// The same with a key that was parsed before for this algorithm.
pub(super) fn verify_parsed(
    key: &ParsedPublicKey,
    algorithm: SignatureAlgorithm,
    digest: &[u8],
    signature: &[u8],
) -> bool {
    Digest::import_less_safe(digest, algorithm.hash().engine())
        .is_ok_and(|digest| key.verify_digest_sig(&digest, signature).is_ok())
}

/// A public key as this engine has it; `None` for what it does not know and for what is no key.
pub(super) fn parse(key: &PublicKey, algorithm: SignatureAlgorithm) -> Option<ParsedPublicKey> {
    use HashAlgorithm::{Sha256, Sha384, Sha512};
    let parameters: &'static dyn aws::VerificationAlgorithm = match (key, algorithm) {
        (PublicKey::Ec { curve, .. }, SignatureAlgorithm::Ecdsa(hash)) => match (curve, hash) {
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
        },
        (PublicKey::Rsa(_), SignatureAlgorithm::RsaPss(hash)) => match hash {
            Sha256 => &aws::RSA_PSS_2048_8192_SHA256,
            Sha384 => &aws::RSA_PSS_2048_8192_SHA384,
            Sha512 => &aws::RSA_PSS_2048_8192_SHA512,
        },
        (PublicKey::Rsa(_), SignatureAlgorithm::RsaPkcs1(hash)) => match hash {
            Sha256 => &aws::RSA_PKCS1_2048_8192_SHA256,
            Sha384 => &aws::RSA_PKCS1_2048_8192_SHA384,
            Sha512 => &aws::RSA_PKCS1_2048_8192_SHA512,
        },
        _ => return None,
    };
    ParsedPublicKey::new(parameters, key.subject_public_key()).ok()
}
