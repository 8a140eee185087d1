//! Elliptic curve arithmetic for key agreement and for PACE's mapping, over the curve crates of RustCrypto.
//!
//! A [`PublicPoint`] can only be made of bytes that are a point of the curve and not the point at infinity, so the
//! checks of BSI TR-03110-3, A.2.1.1 stand in one place.

use super::CryptoError;
use bp256::BrainpoolP256r1;
use bp384::BrainpoolP384r1;
use elliptic_curve::ff::{Field, PrimeField};
use elliptic_curve::group::Group;
use elliptic_curve::sec1::{FromSec1Point, ModulusSize, Sec1Point, ToSec1Point};
use elliptic_curve::{AffinePoint, CurveArithmetic, FieldBytes, FieldBytesSize, ProjectivePoint, Scalar};
use p256::NistP256;
use p384::NistP384;
use rand_core::TryCryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Longest coordinate and longest private key, in bytes.
pub const MAX_FIELD: usize = 48;
/// Longest uncompressed point.
pub const MAX_POINT: usize = 1 + 2 * MAX_FIELD;
/// More tries to draw a private key below the order than a working generator ever needs (2^-32 each fails on P-256).
const MAX_DRAWS: usize = 64;

/// A curve of the standardized domain parameters (ICAO Doc 9303-11 table 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Curve {
    /// NIST P-256 (secp256r1), parameter 12.
    P256,
    /// brainpoolP256r1 (RFC 5639), parameter 13.
    BrainpoolP256r1,
    /// NIST P-384 (secp384r1), parameter 15.
    P384,
    /// brainpoolP384r1 (RFC 5639), parameter 16.
    BrainpoolP384r1,
}

impl Curve {
    /// The curve with this number in the table of standardized domain parameters.
    pub const fn from_parameter_id(parameter_id: u8) -> Option<Self> {
        match parameter_id {
            12 => Some(Self::P256),
            13 => Some(Self::BrainpoolP256r1),
            15 => Some(Self::P384),
            16 => Some(Self::BrainpoolP384r1),
            _ => None,
        }
    }

    /// Its number in that table.
    pub const fn parameter_id(self) -> u8 {
        match self {
            Self::P256 => 12,
            Self::BrainpoolP256r1 => 13,
            Self::P384 => 15,
            Self::BrainpoolP384r1 => 16,
        }
    }

    /// Its name in the standards.
    pub const fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::BrainpoolP256r1 => "brainpoolP256r1",
            Self::P384 => "P-384",
            Self::BrainpoolP384r1 => "brainpoolP384r1",
        }
    }

    /// Length of a coordinate and of a private key in bytes.
    pub const fn field_len(self) -> usize {
        match self {
            Self::P256 | Self::BrainpoolP256r1 => 32,
            Self::P384 | Self::BrainpoolP384r1 => 48,
        }
    }

    /// Length of an uncompressed point in bytes.
    pub const fn point_len(self) -> usize {
        self.field_len().saturating_mul(2).saturating_add(1)
    }
}

impl core::fmt::Display for Curve {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name())
    }
}

/// A point of a curve that is not the point at infinity.
#[derive(Clone, PartialEq, Eq, Zeroize)]
pub struct PublicPoint {
    #[zeroize(skip)]
    curve: Curve,
    uncompressed: [u8; MAX_POINT],
}

impl PublicPoint {
    /// Reads an uncompressed point (04 ‖ x ‖ y). Never panics.
    ///
    /// # Errors
    /// [`CryptoError::InvalidPoint`] for everything that is not a point of the curve, infinity included.
    pub fn from_uncompressed(curve: Curve, bytes: &[u8]) -> Result<Self, CryptoError> {
        if bytes.len() != curve.point_len() || bytes.first() != Some(&0x04) {
            return Err(CryptoError::InvalidPoint);
        }
        match curve {
            Curve::P256 => decode::<NistP256>(bytes).map(|_| ())?,
            Curve::BrainpoolP256r1 => decode::<BrainpoolP256r1>(bytes).map(|_| ())?,
            Curve::P384 => decode::<NistP384>(bytes).map(|_| ())?,
            Curve::BrainpoolP384r1 => decode::<BrainpoolP384r1>(bytes).map(|_| ())?,
        }
        let mut uncompressed = [0; MAX_POINT];
        uncompressed
            .get_mut(..bytes.len())
            .ok_or(CryptoError::InvalidPoint)?
            .copy_from_slice(bytes);
        Ok(Self { curve, uncompressed })
    }

    /// The curve.
    pub const fn curve(&self) -> Curve {
        self.curve
    }

    /// 04 ‖ x ‖ y.
    pub fn as_bytes(&self) -> &[u8] {
        self.uncompressed
            .get(..self.curve.point_len())
            .unwrap_or_default()
    }

    /// The x-coordinate, which is the shared secret of an agreement (BSI TR-03111, 4.3.1).
    pub fn x(&self) -> &[u8] {
        self.uncompressed
            .get(1..self.curve.field_len().saturating_add(1))
            .unwrap_or_default()
    }
}

impl core::fmt::Debug for PublicPoint {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // Agreement results are points too, so coordinates are not printed.
        write!(f, "PublicPoint({}, ..)", self.curve)
    }
}

/// A private key: a number between one and the group's order, wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct PrivateKey {
    #[zeroize(skip)]
    curve: Curve,
    scalar: [u8; MAX_FIELD],
}

impl PrivateKey {
    /// Reads a private key of the curve's field length. Never panics.
    ///
    /// # Errors
    /// [`CryptoError::InvalidScalar`] when it is zero, too long, or not below the order.
    pub fn from_bytes(curve: Curve, bytes: &[u8]) -> Result<Self, CryptoError> {
        match curve {
            Curve::P256 => scalar::<NistP256>(bytes).map(|_| ())?,
            Curve::BrainpoolP256r1 => scalar::<BrainpoolP256r1>(bytes).map(|_| ())?,
            Curve::P384 => scalar::<NistP384>(bytes).map(|_| ())?,
            Curve::BrainpoolP384r1 => scalar::<BrainpoolP384r1>(bytes).map(|_| ())?,
        }
        let mut key = Self {
            curve,
            scalar: [0; MAX_FIELD],
        };
        key.scalar
            .get_mut(..bytes.len())
            .ok_or(CryptoError::InvalidScalar)?
            .copy_from_slice(bytes);
        Ok(key)
    }

    /// Draws a private key: field-length random numbers until one is in range. Never panics.
    ///
    /// # Errors
    /// [`CryptoError::Random`] when the generator fails or only yields numbers out of range.
    pub fn generate<R: TryCryptoRng + ?Sized>(curve: Curve, rng: &mut R) -> Result<Self, CryptoError> {
        let mut bytes = [0; MAX_FIELD];
        let candidate = bytes.get_mut(..curve.field_len()).ok_or(CryptoError::Random)?;
        for _ in 0..MAX_DRAWS {
            rng.try_fill_bytes(candidate).map_err(|_| CryptoError::Random)?;
            let key = Self::from_bytes(curve, candidate);
            candidate.zeroize();
            if key.is_ok() {
                return key;
            }
        }
        Err(CryptoError::Random)
    }

    /// The curve.
    pub const fn curve(&self) -> Curve {
        self.curve
    }

    /// Key agreement with another party's public key: the point whose x-coordinate is the shared secret.
    /// Never panics.
    ///
    /// # Errors
    /// [`CryptoError::InvalidPoint`] when the point is of another curve.
    pub fn agree(&self, public: &PublicPoint) -> Result<PublicPoint, CryptoError> {
        if public.curve != self.curve {
            return Err(CryptoError::InvalidPoint);
        }
        match self.curve {
            Curve::P256 => multiply::<NistP256>(self, public),
            Curve::BrainpoolP256r1 => multiply::<BrainpoolP256r1>(self, public),
            Curve::P384 => multiply::<NistP384>(self, public),
            Curve::BrainpoolP384r1 => multiply::<BrainpoolP384r1>(self, public),
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.scalar.get(..self.curve.field_len()).unwrap_or_default()
    }
}

impl core::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PrivateKey({}, ..)", self.curve)
    }
}

/// The generator that an ephemeral key pair is made with.
#[derive(Clone, Debug)]
pub enum Generator {
    /// The standard one of the curve.
    Standard(Curve),
    /// The one that PACE mapped.
    Mapped(PublicPoint),
}

impl Generator {
    /// PACE's generic mapping G̃ = s·G + H (ICAO Doc 9303-11, 4.4.3.3.1; BSI TR-03110-3, A.3.4.1). `nonce` is s as a
    /// big-endian number not longer than the field. Never panics.
    ///
    /// # Errors
    /// [`CryptoError::InvalidScalar`] for a nonce that is zero or out of range, [`CryptoError::InvalidPoint`] when
    /// the mapped generator is the point at infinity.
    pub fn map_generic(nonce: &[u8], h: &PublicPoint) -> Result<Self, CryptoError> {
        let mut padded = [0; MAX_FIELD];
        let field_len = h.curve.field_len();
        let start = field_len
            .checked_sub(nonce.len())
            .ok_or(CryptoError::InvalidScalar)?;
        padded
            .get_mut(start..field_len)
            .ok_or(CryptoError::InvalidScalar)?
            .copy_from_slice(nonce);
        let s = padded.get(..field_len).ok_or(CryptoError::InvalidScalar)?;
        let mapped = match h.curve {
            Curve::P256 => map::<NistP256>(s, h),
            Curve::BrainpoolP256r1 => map::<BrainpoolP256r1>(s, h),
            Curve::P384 => map::<NistP384>(s, h),
            Curve::BrainpoolP384r1 => map::<BrainpoolP384r1>(s, h),
        };
        padded.zeroize();
        mapped.map(Self::Mapped)
    }

    /// The curve.
    pub const fn curve(&self) -> Curve {
        match self {
            Self::Standard(curve) => *curve,
            Self::Mapped(point) => point.curve,
        }
    }

    /// The public key of `private` with this generator. Never panics.
    ///
    /// # Errors
    /// [`CryptoError::InvalidScalar`] when the key is of another curve.
    pub fn public_key(&self, private: &PrivateKey) -> Result<PublicPoint, CryptoError> {
        if private.curve != self.curve() {
            return Err(CryptoError::InvalidScalar);
        }
        match self {
            Self::Standard(Curve::P256) => multiply_standard::<NistP256>(private),
            Self::Standard(Curve::BrainpoolP256r1) => multiply_standard::<BrainpoolP256r1>(private),
            Self::Standard(Curve::P384) => multiply_standard::<NistP384>(private),
            Self::Standard(Curve::BrainpoolP384r1) => multiply_standard::<BrainpoolP384r1>(private),
            Self::Mapped(generator) => private.agree(generator),
        }
    }
}

/// What a curve crate has to offer.
pub(super) trait PrimeCurve: CurveArithmetic {}

impl<C: CurveArithmetic> PrimeCurve for C {}

pub(super) fn decode<C>(bytes: &[u8]) -> Result<ProjectivePoint<C>, CryptoError>
where
    C: PrimeCurve,
    AffinePoint<C>: FromSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    let encoded = Sec1Point::<C>::from_bytes(bytes).map_err(|_| CryptoError::InvalidPoint)?;
    let affine = AffinePoint::<C>::from_sec1_point(&encoded)
        .into_option()
        .ok_or(CryptoError::InvalidPoint)?;
    let point = ProjectivePoint::<C>::from(affine);
    // The decoder takes the encoding of infinity for a point.
    if bool::from(Group::is_identity(&point)) {
        Err(CryptoError::InvalidPoint)
    } else {
        Ok(point)
    }
}

fn encode<C>(curve: Curve, point: ProjectivePoint<C>) -> Result<PublicPoint, CryptoError>
where
    C: PrimeCurve,
    AffinePoint<C>: ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    if bool::from(Group::is_identity(&point)) {
        return Err(CryptoError::InvalidPoint);
    }
    let affine: AffinePoint<C> = point.into();
    let mut encoded = affine.to_sec1_point(false);
    let mut uncompressed = [0; MAX_POINT];
    let bytes = encoded.as_bytes();
    uncompressed
        .get_mut(..bytes.len())
        .ok_or(CryptoError::InvalidPoint)?
        .copy_from_slice(bytes);
    encoded.zeroize();
    Ok(PublicPoint { curve, uncompressed })
}

pub(super) fn scalar<C: PrimeCurve>(bytes: &[u8]) -> Result<Scalar<C>, CryptoError> {
    let repr = FieldBytes::<C>::try_from(bytes).map_err(|_| CryptoError::InvalidScalar)?;
    let scalar: Scalar<C> = Option::from(Scalar::<C>::from_repr(repr)).ok_or(CryptoError::InvalidScalar)?;
    if bool::from(Field::is_zero(&scalar)) {
        Err(CryptoError::InvalidScalar)
    } else {
        Ok(scalar)
    }
}

#[allow(
    clippy::arithmetic_side_effects,
    reason = "the group operation of the curve crate cannot overflow"
)]
#[inline(never)]
fn multiply<C>(private: &PrivateKey, public: &PublicPoint) -> Result<PublicPoint, CryptoError>
where
    C: PrimeCurve,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    let mut scalar = scalar::<C>(private.bytes())?;
    let product = decode::<C>(public.as_bytes())? * scalar;
    scalar.zeroize();
    encode::<C>(public.curve, product)
}

#[inline(never)]
fn multiply_standard<C>(private: &PrivateKey) -> Result<PublicPoint, CryptoError>
where
    C: PrimeCurve,
    AffinePoint<C>: ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    let mut scalar = scalar::<C>(private.bytes())?;
    let product = ProjectivePoint::<C>::mul_by_generator(&scalar);
    scalar.zeroize();
    encode::<C>(private.curve, product)
}

#[allow(
    clippy::arithmetic_side_effects,
    reason = "the group operation of the curve crate cannot overflow"
)]
#[inline(never)]
fn map<C>(s: &[u8], h: &PublicPoint) -> Result<PublicPoint, CryptoError>
where
    C: PrimeCurve,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    let mut s = scalar::<C>(s)?;
    let mapped = ProjectivePoint::<C>::mul_by_generator(&s) + decode::<C>(h.as_bytes())?;
    s.zeroize();
    encode::<C>(h.curve, mapped)
}

#[cfg(test)]
mod tests;
