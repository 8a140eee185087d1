//! RustCrypto, and the system's libssl for the curves that it lacks: every key and scheme that is known here.

use card_applet::wire::domain_parameters::NamedCurve;
use ecdsa::signature::hazmat::PrehashVerifier;
use elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};

use super::{PublicKey, Scheme, SignatureError};
use crate::inspect::hash::HashAlgorithm;
use crate::legacy_curves::{self, LegacyCurve, LegacyCurveError};

/// Verifies a signature over a digest.
pub(super) fn verify(
    key: &PublicKey,
    scheme: Scheme,
    digest: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    match (key, scheme) {
        (PublicKey::Ec { curve, point }, Scheme::Ecdsa(_)) => verify_ecdsa(*curve, point, digest, signature),
        (PublicKey::Rsa(key), Scheme::RsaPkcs1(hash)) => verify_pkcs1(key, hash, digest, signature),
        (PublicKey::Rsa(key), Scheme::RsaPss { hash, salt_len }) => {
            verify_pss(key, hash, salt_len, digest, signature)
        }
        _ => Err(SignatureError::Malformed(format!(
            "a key {} cannot have made a signature {}",
            key.name(),
            scheme.name()
        ))),
    }
}

/// Verifies an ECDSA-Sig-Value over a digest.
pub(super) fn verify_ecdsa(
    curve: NamedCurve,
    point: &[u8],
    digest: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    match curve {
        NamedCurve::P256 => verify_on::<p256::NistP256>(point, digest, signature),
        NamedCurve::P384 => verify_on::<p384::NistP384>(point, digest, signature),
        NamedCurve::P521 => verify_on::<p521::NistP521>(point, digest, signature),
        NamedCurve::BrainpoolP256r1 => verify_on::<bp256::BrainpoolP256r1>(point, digest, signature),
        NamedCurve::BrainpoolP384r1 => verify_on::<bp384::BrainpoolP384r1>(point, digest, signature),
        NamedCurve::P192
        | NamedCurve::P224
        | NamedCurve::BrainpoolP192r1
        | NamedCurve::BrainpoolP224r1
        | NamedCurve::BrainpoolP320r1
        | NamedCurve::BrainpoolP512r1 => verify_on_legacy(curve, point, digest, signature),
    }
}

fn verify_on_legacy(
    curve: NamedCurve,
    point: &[u8],
    digest: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    let legacy =
        LegacyCurve::new(curve).ok_or_else(|| SignatureError::Unsupported(legacy_curves::why_not(curve)))?;
    match legacy.verify(point, digest, signature) {
        Ok(true) => Ok(()),
        Ok(false) => Err(SignatureError::Wrong),
        // Says nothing about the document.
        Err(LegacyCurveError::Library(error)) => {
            Err(SignatureError::Unsupported(format!("{curve} (libssl: {error})")))
        }
        Err(error) => Err(SignatureError::Malformed(error.to_string())),
    }
}

fn verify_on<C>(point: &[u8], digest: &[u8], signature: &[u8]) -> Result<(), SignatureError>
where
    C: ecdsa::EcdsaCurve + elliptic_curve::CurveArithmetic,
    elliptic_curve::AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    elliptic_curve::FieldBytesSize<C>: ModulusSize,
    ecdsa::der::MaxSize<C>: elliptic_curve::array::ArraySize,
    <elliptic_curve::FieldBytesSize<C> as core::ops::Add>::Output:
        core::ops::Add<ecdsa::der::MaxOverhead> + elliptic_curve::array::ArraySize,
    ecdsa::SignatureSize<C>: elliptic_curve::array::ArraySize,
{
    // VerifyingKey refuses points off the curve and the point at infinity.
    let key = ecdsa::VerifyingKey::<C>::from_sec1_bytes(point)
        .map_err(|_| SignatureError::Malformed("the public key is not a point of its curve".into()))?;
    let signature = ecdsa::Signature::<C>::from_der(signature)
        .map_err(|_| SignatureError::Malformed("the signature is no ECDSA-Sig-Value of this curve".into()))?;
    // A digest shorter than half the field is refused by the ecdsa crate; as a number (bits2int of
    // FIPS 186-4 §6.4) it is the same with zeros in front.
    let field_len = elliptic_curve::FieldBytes::<C>::default().len();
    let mut padded = vec![0; field_len.saturating_sub(digest.len())];
    padded.extend_from_slice(digest);
    key.verify_prehash(&padded, &signature)
        .map_err(|_| SignatureError::Wrong)
}

fn verify_pkcs1(
    key: &rsa::PublicKey,
    hash: HashAlgorithm,
    digest: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    use rsa::pkcs1v15::VerifyingKey;
    let value = rsa::pkcs1v15::Signature::try_from(signature).map_err(|_| SignatureError::Wrong)?;
    let key = key.clone();
    match hash {
        HashAlgorithm::Sha1 => VerifyingKey::<sha1::Sha1>::new(key).verify_prehash(digest, &value),
        HashAlgorithm::Sha224 => VerifyingKey::<sha2::Sha224>::new(key).verify_prehash(digest, &value),
        HashAlgorithm::Sha256 => VerifyingKey::<sha2::Sha256>::new(key).verify_prehash(digest, &value),
        HashAlgorithm::Sha384 => VerifyingKey::<sha2::Sha384>::new(key).verify_prehash(digest, &value),
        HashAlgorithm::Sha512 => VerifyingKey::<sha2::Sha512>::new(key).verify_prehash(digest, &value),
    }
    .map_err(|_| SignatureError::Wrong)
}

fn verify_pss(
    key: &rsa::PublicKey,
    hash: HashAlgorithm,
    salt_len: usize,
    digest: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    use rsa::pss::VerifyingKey;
    let value = rsa::pss::Signature::try_from(signature).map_err(|_| SignatureError::Wrong)?;
    let key = key.clone();
    match hash {
        HashAlgorithm::Sha1 => {
            VerifyingKey::<sha1::Sha1>::new_with_salt_len(key, salt_len).verify_prehash(digest, &value)
        }
        HashAlgorithm::Sha224 => {
            VerifyingKey::<sha2::Sha224>::new_with_salt_len(key, salt_len).verify_prehash(digest, &value)
        }
        HashAlgorithm::Sha256 => {
            VerifyingKey::<sha2::Sha256>::new_with_salt_len(key, salt_len).verify_prehash(digest, &value)
        }
        HashAlgorithm::Sha384 => {
            VerifyingKey::<sha2::Sha384>::new_with_salt_len(key, salt_len).verify_prehash(digest, &value)
        }
        HashAlgorithm::Sha512 => {
            VerifyingKey::<sha2::Sha512>::new_with_salt_len(key, salt_len).verify_prehash(digest, &value)
        }
    }
    .map_err(|_| SignatureError::Wrong)
}
