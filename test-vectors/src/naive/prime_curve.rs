//! Every curve of the standardized domain parameters, in affine numbers and long division: to verify, never to keep a secret.
//!
//! The curves of [`Curve`](super::Curve) are computed by the libraries of RustCrypto. A card may have been signed on others that no such
//! library has; those are computed here, and a test holds this arithmetic against the libraries on the curves that both have.

use std::sync::OnceLock;

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, NonZero, Odd};

use super::mod_p::strip_zeros;

mod numbers;

/// A curve y² = x³ + ax + b over a prime field, of prime order.
#[derive(Debug)]
pub struct PrimeCurve {
    /// `P-224`, `brainpoolP320r1`, …
    pub name: &'static str,
    /// Its number among the standardized domain parameters.
    pub parameter_id: u8,
    /// Its OBJECT IDENTIFIER, the value.
    pub oid: Vec<u8>,
    /// The prime.
    pub p: Vec<u8>,
    /// Coefficient a, as long as the prime.
    pub a: Vec<u8>,
    /// Coefficient b, as long as the prime.
    pub b: Vec<u8>,
    /// The base point: 04 ‖ x ‖ y.
    pub base: Vec<u8>,
    /// Its order.
    pub order: Vec<u8>,
}

/// A point in Jacobian coordinates; `None` is the point at infinity.
type Point = Option<[BoxedMontyForm; 3]>;

impl PrimeCurve {
    /// Every curve.
    pub fn all() -> &'static [PrimeCurve] {
        static CURVES: OnceLock<Vec<PrimeCurve>> = OnceLock::new();
        CURVES.get_or_init(|| {
            let bytes = |digits: &str| hex::decode(digits).unwrap_or_default();
            let curve = |digits: &numbers::Digits| PrimeCurve {
                name: digits.name,
                parameter_id: digits.parameter_id,
                oid: bytes(digits.oid),
                p: bytes(digits.p),
                a: bytes(digits.a),
                b: bytes(digits.b),
                base: bytes(digits.base),
                order: bytes(digits.order),
            };
            numbers::CURVES.iter().map(curve).collect()
        })
    }

    /// Whether these bytes are 04 ‖ x ‖ y of a point of the curve.
    pub fn has_point(&self, point: &[u8]) -> bool {
        self.point(point).is_some()
    }

    /// Whether (r, s) is the ECDSA signature over a digest by the key whose public point this is (TR-03111 §4.2.1.2).
    pub fn verifies(&self, public: &[u8], digest: &[u8], r: &[u8], s: &[u8]) -> bool {
        self.verify(public, digest, r, s).unwrap_or(false)
    }

    fn verify(&self, public: &[u8], digest: &[u8], r: &[u8], s: &[u8]) -> Option<bool> {
        let public = self.point(public)?;
        let order = params(&self.order)?;
        let (r, s) = (self.scalar(r, &order)?, self.scalar(s, &order)?);
        let z = BoxedMontyForm::new(self.truncated(digest, &order)?, &order);
        let s_inverse = s.invert_vartime().into_option()?;
        let (u1, u2) = (z.mul(&s_inverse), r.mul(&s_inverse));
        let base = self.point(&self.base)?;
        let sum = self.add(
            self.multiply(&Some(base), &u1.retrieve())?,
            self.multiply(&Some(public), &u2.retrieve())?,
        )?;
        let [x, _, z] = sum?;
        let z_inverse = z.invert_vartime().into_option()?;
        let x = x.mul(&z_inverse.square()).retrieve();
        let n = NonZero::new(order.modulus().as_ref().clone()).into_option()?;
        Some(strip_zeros(&x.rem(&n).to_be_bytes()) == strip_zeros(&r.retrieve().to_be_bytes()))
    }

    /// A number from one to the order, without it.
    fn scalar(&self, bytes: &[u8], order: &BoxedMontyParams) -> Option<BoxedMontyForm> {
        let number = BoxedUint::from_be_slice(strip_zeros(bytes), order.bits_precision()).ok()?;
        let fits = number > BoxedUint::zero() && number < *order.modulus().as_ref();
        fits.then(|| BoxedMontyForm::new(number, order))
    }

    /// The leading bits of a digest, as many as the order has, modulo the order.
    fn truncated(&self, digest: &[u8], order: &BoxedMontyParams) -> Option<BoxedUint> {
        let head = digest.get(..self.order.len()).unwrap_or(digest);
        let bits = order.modulus().as_ref().bit_width_vartime();
        let excess = u32::try_from(head.len() * 8).ok()?.saturating_sub(bits);
        let number =
            BoxedUint::from_be_slice(head, order.bits_precision().max(8 * head.len() as u32)).ok()?;
        let number = number.wrapping_shr_vartime(excess);
        let number = number.rem(&NonZero::new(order.modulus().as_ref().clone()).into_option()?);
        BoxedUint::from_be_slice(strip_zeros(&number.to_be_bytes()), order.bits_precision()).ok()
    }

    /// A point of the curve that is not the one at infinity.
    fn point(&self, bytes: &[u8]) -> Option<[BoxedMontyForm; 3]> {
        let (4, coordinates) = bytes.split_first().map(|(first, rest)| (*first, rest))? else {
            return None;
        };
        if coordinates.len() != 2 * self.p.len() {
            return None;
        }
        let field = params(&self.p)?;
        let (x, y) = coordinates.split_at(self.p.len());
        let (x, y) = (element(x, &field)?, element(y, &field)?);
        let (a, b) = (element(&self.a, &field)?, element(&self.b, &field)?);
        let right = x.square().add(&a).mul(&x).add(&b);
        (y.square().retrieve() == right.retrieve()).then(|| [x, y, BoxedMontyForm::one(&field)])
    }

    /// A point times a number, bit by bit.
    fn multiply(&self, point: &Point, number: &BoxedUint) -> Option<Point> {
        let mut sum: Point = None;
        for bit in (0..number.bit_width_vartime()).rev() {
            sum = self.double(sum)?;
            if number.bit_vartime(bit) {
                sum = self.add(sum, point.clone())?;
            }
        }
        Some(sum)
    }

    fn double(&self, point: Point) -> Option<Point> {
        let Some([x, y, z]) = point else { return Some(None) };
        if bool::from(y.is_zero()) {
            return Some(None);
        }
        let a = element(&self.a, z.params())?;
        let yy = y.square();
        let s = x.mul(&yy).double().double();
        let m = x
            .square()
            .double()
            .add(&x.square())
            .add(&a.mul(&z.square().square()));
        let x3 = m.square().sub(&s.double());
        let y3 = m.mul(&s.sub(&x3)).sub(&yy.square().double().double().double());
        let z3 = y.mul(&z).double();
        Some(Some([x3, y3, z3]))
    }

    fn add(&self, one: Point, other: Point) -> Option<Point> {
        let ([x1, y1, z1], [x2, y2, z2]) = match (one, other) {
            (None, other) => return Some(other),
            (one, None) => return Some(one),
            (Some(one), Some(other)) => (one, other),
        };
        let (zz1, zz2) = (z1.square(), z2.square());
        let (u1, u2) = (x1.mul(&zz2), x2.mul(&zz1));
        let (s1, s2) = (y1.mul(&zz2).mul(&z2), y2.mul(&zz1).mul(&z1));
        let (h, r) = (u2.sub(&u1), s2.sub(&s1));
        if bool::from(h.is_zero()) {
            return match bool::from(r.is_zero()) {
                true => self.double(Some([x1, y1, z1])),
                false => Some(None),
            };
        }
        let hh = h.square();
        let (hhh, v) = (hh.mul(&h), u1.mul(&hh));
        let x3 = r.square().sub(&hhh).sub(&v.double());
        let y3 = r.mul(&v.sub(&x3)).sub(&s1.mul(&hhh));
        let z3 = z1.mul(&z2).mul(&h);
        Some(Some([x3, y3, z3]))
    }
}

fn params(modulus: &[u8]) -> Option<BoxedMontyParams> {
    let odd = Odd::new(BoxedUint::from_be_slice_vartime(modulus)).into_option()?;
    Some(BoxedMontyParams::new_vartime(odd))
}

/// An element of the field.
fn element(bytes: &[u8], field: &BoxedMontyParams) -> Option<BoxedMontyForm> {
    let number = BoxedUint::from_be_slice(strip_zeros(bytes), field.bits_precision()).ok()?;
    (number < *field.modulus().as_ref()).then(|| BoxedMontyForm::new(number, field))
}
