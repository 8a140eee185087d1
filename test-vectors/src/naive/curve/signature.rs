//! ECDSA over a digest, the signature as r ‖ s, each as long as the order (BSI TR-03111 §4.2.1, §5.2.1).

use ecdsa::hazmat::{sign_prehashed_rfc6979, verify_prehashed};
use ecdsa::{EcdsaCurve, Signature, SignatureSize};
use elliptic_curve::array::ArraySize;
use elliptic_curve::sec1::{FromSec1Point, ModulusSize};
use elliptic_curve::{AffinePoint, CurveArithmetic, FieldBytesSize, NonZeroScalar};
use sha2::Sha256;

use super::{Curve, decode, number};

impl Curve {
    /// The signature over a digest, r ‖ s; the same each time (RFC 6979). `None` for what is no private key.
    pub fn sign(self, private: &[u8], digest: &[u8]) -> Option<Vec<u8>> {
        on!(self, sign(private, digest))
    }

    /// Whether this is the signature over a digest, r ‖ s.
    pub fn has_signed(self, public: &[u8], digest: &[u8], signature: &[u8]) -> bool {
        on!(self, has_signed(public, digest, signature)).is_some_and(|signed| signed)
    }
}

fn sign<C>(private: &[u8], digest: &[u8]) -> Option<Vec<u8>>
where
    C: EcdsaCurve + CurveArithmetic,
    SignatureSize<C>: ArraySize,
{
    let scalar = NonZeroScalar::<C>::new(number::<C>(private)?).into_option()?;
    let (signature, _) = sign_prehashed_rfc6979::<C, Sha256>(&scalar, digest, &[]);
    Some(signature.to_bytes().to_vec())
}

fn has_signed<C>(public: &[u8], digest: &[u8], signature: &[u8]) -> Option<bool>
where
    C: EcdsaCurve + CurveArithmetic,
    AffinePoint<C>: FromSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
    SignatureSize<C>: ArraySize,
{
    let point = decode::<C>(public)?;
    let signature = Signature::<C>::from_slice(signature).ok()?;
    Some(verify_prehashed(&point, digest, &signature).is_ok())
}
