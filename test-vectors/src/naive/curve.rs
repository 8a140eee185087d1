//! Points of the curves that this chip has, as bytes: 04 ‖ x ‖ y.

use elliptic_curve::ff::{Field, PrimeField};
use elliptic_curve::group::Group;
use elliptic_curve::sec1::{FromSec1Point, ModulusSize, Sec1Point, ToSec1Point};
use elliptic_curve::{AffinePoint, CurveArithmetic, FieldBytes, FieldBytesSize, ProjectivePoint, Scalar};
use primeorder::PrimeCurveParams;
use serde::{Deserialize, Serialize};

use super::integrated_mapping::{encode_to_point, modulus};

/// A curve of the standardized domain parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Curve {
    /// NIST P-256, parameter 12.
    P256,
    /// brainpoolP256r1, parameter 13.
    BrainpoolP256r1,
    /// NIST P-384, parameter 15.
    P384,
    /// brainpoolP384r1, parameter 16.
    BrainpoolP384r1,
    /// NIST P-521, parameter 18.
    P521,
}

macro_rules! on {
    ($curve:expr, $function:ident($($argument:expr),*)) => {
        match $curve {
            Curve::P256 => $function::<p256::NistP256>($($argument),*),
            Curve::BrainpoolP256r1 => $function::<bp256::BrainpoolP256r1>($($argument),*),
            Curve::P384 => $function::<p384::NistP384>($($argument),*),
            Curve::BrainpoolP384r1 => $function::<bp384::BrainpoolP384r1>($($argument),*),
            Curve::P521 => $function::<p521::NistP521>($($argument),*),
        }
    };
}

mod signature;

impl Curve {
    /// Every curve of this chip.
    pub const ALL: [Curve; 5] = [
        Curve::P256,
        Curve::BrainpoolP256r1,
        Curve::P384,
        Curve::BrainpoolP384r1,
        Curve::P521,
    ];

    /// Its number among the standardized domain parameters.
    pub fn parameter_id(self) -> u8 {
        match self {
            Self::P256 => 12,
            Self::BrainpoolP256r1 => 13,
            Self::P384 => 15,
            Self::BrainpoolP384r1 => 16,
            Self::P521 => 18,
        }
    }

    /// Bytes of a coordinate and of a private key.
    pub fn field_len(self) -> usize {
        match self {
            Self::P256 | Self::BrainpoolP256r1 => 32,
            Self::P384 | Self::BrainpoolP384r1 => 48,
            Self::P521 => 66,
        }
    }

    /// Whether these bytes are a private key.
    pub fn is_private(self, private: &[u8]) -> bool {
        on!(self, scalar(private)).is_some_and(|_| true)
    }

    /// Whether these bytes are a point of this curve, and not the one at infinity.
    pub fn is_public(self, point: &[u8]) -> bool {
        on!(self, is_point(point))
    }

    /// The public key of a private one.
    pub fn public(self, private: &[u8]) -> Option<Vec<u8>> {
        on!(self, public(private))
    }

    /// Whether these bytes are a point of the curve, in any form.
    pub fn is_point(self, point: &[u8]) -> bool {
        on!(self, coordinates(point)).is_some()
    }

    /// A point times a number. `None` for what is no point, or for the result at infinity.
    pub fn multiply(self, point: &[u8], private: &[u8]) -> Option<Vec<u8>> {
        on!(self, multiply(point, private))
    }

    /// PACE's generic mapping: nonce · G + H.
    pub fn map(self, nonce: &[u8], h: &[u8]) -> Option<Vec<u8>> {
        let mut s = vec![0; self.field_len().checked_sub(nonce.len())?];
        s.extend_from_slice(nonce);
        on!(self, map(&s, h))
    }

    /// PACE's integrated mapping: the point that a pseudo-random string is mapped to.
    pub fn encode_string(self, string: &[u8]) -> Option<Vec<u8>> {
        on!(self, encode_to_point(string))
    }

    /// a / b modulo the order: the chip's proof in PACE-CAM.
    pub fn quotient(self, a: &[u8], b: &[u8]) -> Option<Vec<u8>> {
        on!(self, quotient(a, b))
    }

    /// The order of the field, as long as a coordinate.
    pub fn field_order(self) -> Vec<u8> {
        // The constant may have more zeros in front than a coordinate.
        let order = on!(self, field_order());
        order[order.len().saturating_sub(self.field_len())..].to_vec()
    }

    /// Of the private keys from `private` on, each one more than that before, the first whose multiple of `point` is as wanted, and that
    /// multiple. `None` when none of so many tries is, or `point` is none.
    pub fn first_multiple(
        self,
        point: &[u8],
        private: &[u8],
        tries: usize,
        is_wanted: &dyn Fn(&[u8]) -> bool,
    ) -> Option<(Vec<u8>, Vec<u8>)> {
        on!(self, first_multiple(point, private, tries, is_wanted))
    }
}

// The macro calls this with each curve; the caller only asks whether there is a number.
fn scalar<C: CurveArithmetic>(bytes: &[u8]) -> Option<Vec<u8>> {
    number::<C>(bytes).map(|_| bytes.to_vec())
}

fn number<C: CurveArithmetic>(bytes: &[u8]) -> Option<Scalar<C>> {
    let repr = FieldBytes::<C>::try_from(bytes).ok()?;
    let scalar: Scalar<C> = Option::from(Scalar::<C>::from_repr(repr))?;
    (!bool::from(Field::is_zero(&scalar))).then_some(scalar)
}

fn decode<C>(bytes: &[u8]) -> Option<ProjectivePoint<C>>
where
    C: CurveArithmetic,
    AffinePoint<C>: FromSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    let point = Sec1Point::<C>::from_bytes(bytes).ok()?;
    let point = AffinePoint::<C>::from_sec1_point(&point).into_option()?;
    Some(point.into())
}

fn is_point<C>(bytes: &[u8]) -> bool
where
    C: CurveArithmetic,
    AffinePoint<C>: FromSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    decode::<C>(bytes).is_some_and(|point| !bool::from(Group::is_identity(&point)))
}

// The macro calls this with each curve; the caller only asks whether there is a point.
fn coordinates<C>(bytes: &[u8]) -> Option<Vec<u8>>
where
    C: CurveArithmetic,
    AffinePoint<C>: FromSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    decode::<C>(bytes).map(|_| bytes.to_vec())
}

fn encode<C>(point: ProjectivePoint<C>) -> Option<Vec<u8>>
where
    C: CurveArithmetic,
    AffinePoint<C>: ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    if bool::from(Group::is_identity(&point)) {
        return None;
    }
    let affine: AffinePoint<C> = point.into();
    Some(affine.to_sec1_point(false).as_bytes().to_vec())
}

fn public<C>(private: &[u8]) -> Option<Vec<u8>>
where
    C: CurveArithmetic,
    AffinePoint<C>: ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    encode::<C>(ProjectivePoint::<C>::mul_by_generator(&number::<C>(private)?))
}

fn multiply<C>(point: &[u8], private: &[u8]) -> Option<Vec<u8>>
where
    C: CurveArithmetic,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    encode::<C>(decode::<C>(point)? * number::<C>(private)?)
}

fn map<C>(s: &[u8], h: &[u8]) -> Option<Vec<u8>>
where
    C: CurveArithmetic,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    encode::<C>(ProjectivePoint::<C>::mul_by_generator(&number::<C>(s)?) + decode::<C>(h)?)
}

fn quotient<C: CurveArithmetic>(a: &[u8], b: &[u8]) -> Option<Vec<u8>> {
    let inverse: Scalar<C> = Option::from(Field::invert(&number::<C>(b)?))?;
    Some((number::<C>(a)? * inverse).to_repr().to_vec())
}

fn field_order<C: PrimeCurveParams>() -> Vec<u8> {
    modulus::<C::FieldElement>()
}

fn first_multiple<C>(
    point: &[u8],
    private: &[u8],
    tries: usize,
    is_wanted: &dyn Fn(&[u8]) -> bool,
) -> Option<(Vec<u8>, Vec<u8>)>
where
    C: CurveArithmetic,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    let step = decode::<C>(point)?;
    let mut number = number::<C>(private)?;
    let mut multiple = step * number;
    for _ in 0..tries {
        match encode::<C>(multiple) {
            Some(bytes) if is_wanted(&bytes) => return Some((number.to_repr().to_vec(), bytes)),
            _ => {}
        }
        number += Scalar::<C>::ONE;
        multiple += step;
    }
    None
}
