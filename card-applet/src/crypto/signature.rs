//! ECDSA over a digest, with signatures in the plain form r ‖ s that cards speak (BSI TR-03111, 4.2.1 and 5.2.1).
//!
//! A digest longer than the group's order is cut to it (FIPS 186-5, 6.4.1); which digests a protocol takes is the
//! protocol's to say.

use super::CryptoError;
use super::curve::{Curve, MAX_FIELD, PrivateKey, PublicPoint, decode, scalar};
use bp256::BrainpoolP256r1;
use bp384::BrainpoolP384r1;
use ecdsa::hazmat::{sign_prehashed_rfc6979, verify_prehashed};
use ecdsa::{EcdsaCurve, Signature, SignatureSize};
use elliptic_curve::array::ArraySize;
use elliptic_curve::sec1::{FromSec1Point, ModulusSize};
use elliptic_curve::{AffinePoint, CurveArithmetic, FieldBytesSize, NonZeroScalar};
use p256::NistP256;
use p384::NistP384;
use sha2::digest::{Digest, block_api::BlockSizeUser};
use sha2::{Sha256, Sha384};
use zeroize::Zeroize;

/// Longest signature r ‖ s.
pub const MAX_SIGNATURE: usize = 2 * MAX_FIELD;
/// Shortest digest that is signed: no hash function with fewer bits is left in any protocol.
const MIN_DIGEST: usize = 20;

/// A signature r ‖ s, each as long as the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainSignature {
    bytes: [u8; MAX_SIGNATURE],
    len: usize,
}

impl PlainSignature {
    /// r ‖ s.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

/// Signs a digest. The nonce is made from key and digest as in RFC 6979; `added` goes into it as RFC 6979, 3.6
/// foresees: fresh random bytes, so that two signatures of one digest (one of them with a fault) share no nonce.
/// Without any, the signature is RFC 6979's with SHA-256 or, on the longer curves, SHA-384. Never panics.
///
/// # Errors
/// [`CryptoError::InvalidLength`] for a digest of less than 20 bytes.
pub fn sign(private: &PrivateKey, digest: &[u8], added: &[u8]) -> Result<PlainSignature, CryptoError> {
    if digest.len() < MIN_DIGEST {
        return Err(CryptoError::InvalidLength);
    }
    match private.curve() {
        Curve::P256 => sign_on::<NistP256, Sha256>(private, digest, added),
        Curve::BrainpoolP256r1 => sign_on::<BrainpoolP256r1, Sha256>(private, digest, added),
        Curve::P384 => sign_on::<NistP384, Sha384>(private, digest, added),
        Curve::BrainpoolP384r1 => sign_on::<BrainpoolP384r1, Sha384>(private, digest, added),
    }
}

/// Checks a signature r ‖ s of a digest. Never panics.
///
/// # Errors
/// [`CryptoError::InvalidSignature`] when it is not the signature, whatever is wrong with it: its length, r or s
/// out of range, another digest or key.
pub fn verify(public: &PublicPoint, digest: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
    if digest.len() < MIN_DIGEST {
        return Err(CryptoError::InvalidSignature);
    }
    match public.curve() {
        Curve::P256 => verify_on::<NistP256>(public, digest, signature),
        Curve::BrainpoolP256r1 => verify_on::<BrainpoolP256r1>(public, digest, signature),
        Curve::P384 => verify_on::<NistP384>(public, digest, signature),
        Curve::BrainpoolP384r1 => verify_on::<BrainpoolP384r1>(public, digest, signature),
    }
}

#[inline(never)]
fn sign_on<C, D>(private: &PrivateKey, digest: &[u8], added: &[u8]) -> Result<PlainSignature, CryptoError>
where
    C: EcdsaCurve + CurveArithmetic,
    D: Digest + BlockSizeUser,
    SignatureSize<C>: ArraySize,
{
    let mut secret = scalar::<C>(private.bytes())?;
    let key = Option::<NonZeroScalar<C>>::from(NonZeroScalar::<C>::new(secret));
    secret.zeroize();
    let mut key = key.ok_or(CryptoError::InvalidScalar)?;
    let (signature, _) = sign_prehashed_rfc6979::<C, D>(&key, digest, added);
    key.zeroize();
    let r_s = signature.to_bytes();
    let mut bytes = [0; MAX_SIGNATURE];
    bytes
        .get_mut(..r_s.len())
        .ok_or(CryptoError::InvalidLength)?
        .copy_from_slice(&r_s);
    Ok(PlainSignature {
        bytes,
        len: r_s.len(),
    })
}

#[inline(never)]
fn verify_on<C>(public: &PublicPoint, digest: &[u8], signature: &[u8]) -> Result<(), CryptoError>
where
    C: EcdsaCurve + CurveArithmetic,
    AffinePoint<C>: FromSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
    SignatureSize<C>: ArraySize,
{
    let signature = Signature::<C>::from_slice(signature).map_err(|_| CryptoError::InvalidSignature)?;
    let point = decode::<C>(public.as_bytes())?;
    verify_prehashed::<C>(&point, digest, &signature).map_err(|_| CryptoError::InvalidSignature)
}

#[cfg(test)]
mod tests;
