//! Every curve of the standardized domain parameters by its numbers, in which certificates write them.
//!
//! The curves of [`Curve`](super::Curve) are computed by the libraries of RustCrypto. A card may have been signed on others that no such
//! library has: libssl verifies on those (feature `legacy-curves`).

use std::sync::OnceLock;

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};

use super::mod_p::strip_zeros;

#[cfg(feature = "legacy-curves")]
mod libssl;
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
        self.equation(point).unwrap_or(false)
    }

    /// Whether (r, s) is the ECDSA signature over a digest by the key whose public point this is (TR-03111 §4.2.1.2). `None` where no
    /// library of this program computes on the curve: without the feature `legacy-curves`, or with a libssl that refuses it.
    pub fn verifies(&self, public: &[u8], digest: &[u8], r: &[u8], s: &[u8]) -> Option<bool> {
        #[cfg(feature = "legacy-curves")]
        return libssl::verifies(self, public, digest, r, s).ok();
        #[cfg(not(feature = "legacy-curves"))]
        {
            let _ = (public, digest, r, s);
            None
        }
    }

    fn equation(&self, bytes: &[u8]) -> Option<bool> {
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
        Some(y.square().retrieve() == right.retrieve())
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
