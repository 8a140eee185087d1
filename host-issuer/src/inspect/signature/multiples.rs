//! Keys that are met again and again on the curves that only RustCrypto computes on: multiples of the point, computed once.
//!
//! ECDSA asks for `u1·G + u2·Q` (SEC 1 §4.1.4). From nothing that takes a doubling for every bit; with the multiples `16^i·d` of `G` and
//! of `Q` at hand only additions are left, less than half of the time. A counter sees a few document signers and CSCAs day after day.
//!
//! Points, scalars, tables and recoding are the library's. Everything is public, so time may vary. What is accepted here is accepted;
//! what is not, the portable engine judges anew.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};

use bp256::BrainpoolP256r1;
use bp384::BrainpoolP384r1;
use card_applet::wire::domain_parameters::NamedCurve;
use elliptic_curve::array::typenum::Unsigned;
use elliptic_curve::ops::{Invert, Reduce};
use elliptic_curve::point::AffineCoordinates;
use elliptic_curve::sec1::FromSec1Point;
use elliptic_curve::{FieldBytes, FieldBytesSize, PublicKey, Scalar};
use primeorder::{
    AffinePoint, Double as _, LookupTable, PrimeCurveParams, ProjectivePoint, Radix16Decomposition,
    Radix16Digits,
};

/// The signature of a key from which on its multiples are worth their time: they cost as much as two and a half signatures save.
const FROM_SIGNATURE: u8 = 3;

/// The multiples of a key, once it was met often enough.
#[derive(Debug, Default)]
pub(super) struct KeyMultiples {
    signatures: AtomicU8,
    multiples: OnceLock<Option<OfCurve>>,
}

#[derive(Debug)]
enum OfCurve {
    BrainpoolP256r1(Multiples<BrainpoolP256r1>),
    BrainpoolP384r1(Multiples<BrainpoolP384r1>),
}

impl KeyMultiples {
    /// Whether the ECDSA-Sig-Value over this digest holds under this key, which is always the same. False says nothing.
    pub(super) fn verify(&self, curve: NamedCurve, point: &[u8], digest: &[u8], signature: &[u8]) -> bool {
        if self.signatures.load(Ordering::Relaxed) < FROM_SIGNATURE {
            let counted = self.signatures.fetch_add(1, Ordering::Relaxed);
            // Threads may count at once, and some more than is needed.
            if counted < FROM_SIGNATURE - 1 {
                return false;
            }
        }
        match self.multiples.get_or_init(|| OfCurve::new(curve, point)) {
            Some(OfCurve::BrainpoolP256r1(key)) => {
                static GENERATOR: OnceLock<Multiples<BrainpoolP256r1>> = OnceLock::new();
                let generator = GENERATOR.get_or_init(|| Multiples::new(ProjectivePoint::GENERATOR));
                let signature = ecdsa::Signature::<BrainpoolP256r1>::from_der(signature);
                signature.is_ok_and(|signature| verify(generator, key, digest, &signature))
            }
            Some(OfCurve::BrainpoolP384r1(key)) => {
                static GENERATOR: OnceLock<Multiples<BrainpoolP384r1>> = OnceLock::new();
                let generator = GENERATOR.get_or_init(|| Multiples::new(ProjectivePoint::GENERATOR));
                let signature = ecdsa::Signature::<BrainpoolP384r1>::from_der(signature);
                signature.is_ok_and(|signature| verify(generator, key, digest, &signature))
            }
            None => false,
        }
    }
}

impl OfCurve {
    /// `None` for a curve of another engine, and for what is no point.
    fn new(curve: NamedCurve, point: &[u8]) -> Option<Self> {
        match curve {
            NamedCurve::BrainpoolP256r1 => of_point(point).map(Self::BrainpoolP256r1),
            NamedCurve::BrainpoolP384r1 => of_point(point).map(Self::BrainpoolP384r1),
            _ => None,
        }
    }
}

fn of_point<C: PrimeCurveParams>(point: &[u8]) -> Option<Multiples<C>>
where
    AffinePoint<C>: FromSec1Point<C>,
{
    // Refuses points off the curve and the point at infinity.
    let key = PublicKey::<C>::from_sec1_bytes(point).ok()?;
    Some(Multiples::new(key.to_projective()))
}

/// The first eight multiples of each `256^i·P`: 25 KiB for a curve of 256 bits.
#[derive(Debug)]
struct Multiples<C: PrimeCurveParams>(Vec<LookupTable<ProjectivePoint<C>>>);

impl<C: PrimeCurveParams> Multiples<C> {
    fn new(mut point: ProjectivePoint<C>) -> Self {
        let tables = (0..=FieldBytesSize::<C>::USIZE).map(|_| {
            let table = LookupTable::new(point);
            for _ in 0..8 {
                point = point.double();
            }
            table
        });
        Self(tables.collect())
    }

    /// Adds `scalar·P` in two parts: `even` as it is, `odd` still to be taken sixteen times.
    fn add_to(&self, scalar: &Scalar<C>, even: &mut ProjectivePoint<C>, odd: &mut ProjectivePoint<C>) {
        let digits = Radix16Decomposition::<Radix16Digits<C>>::new(scalar);
        let last = 2 * FieldBytesSize::<C>::USIZE;
        for (table, place) in self.0.iter().zip((0..=last).step_by(2)) {
            *even += &table.select_vartime(digits[place]);
            if place < last {
                *odd += &table.select_vartime(digits[place + 1]);
            }
        }
    }
}

/// SEC 1 §4.1.4, steps 3 to 8.
fn verify<C>(
    generator: &Multiples<C>,
    key: &Multiples<C>,
    digest: &[u8],
    signature: &ecdsa::Signature<C>,
) -> bool
where
    C: ecdsa::EcdsaCurve + PrimeCurveParams,
    Scalar<C>: Reduce<FieldBytes<C>>,
    ecdsa::SignatureSize<C>: elliptic_curve::array::ArraySize,
{
    let (r, s) = signature.split_scalars();
    // The leftmost bits of the digest; orders here have as many bits as the field, and whole bytes of them.
    let mut leftmost = FieldBytes::<C>::default();
    let length = digest.len().min(leftmost.len());
    let place = leftmost.len() - length;
    if let (Some(place), Some(digest)) = (leftmost.get_mut(place..), digest.get(..length)) {
        place.copy_from_slice(digest);
    }
    let e = <Scalar<C> as Reduce<FieldBytes<C>>>::reduce(&leftmost);
    let s_inverse = *Invert::invert_vartime(&s);
    let (mut even, mut odd) = (ProjectivePoint::<C>::IDENTITY, ProjectivePoint::<C>::IDENTITY);
    generator.add_to(&(e * s_inverse), &mut even, &mut odd);
    key.add_to(&(*r * s_inverse), &mut even, &mut odd);
    for _ in 0..4 {
        odd = odd.double();
    }
    // The point at infinity has x = 0 here, and r is never zero.
    let x = (even + odd).to_affine().x();
    <Scalar<C> as Reduce<FieldBytes<C>>>::reduce(&x) == *r
}
