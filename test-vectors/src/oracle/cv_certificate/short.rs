//! A key on a curve that is shorter than the CVCA's.

use crypto_bigint::{BoxedUint, NonZero};

use super::CvKey;
use crate::faulty_chip::Hash;
use crate::naive::{Curve, Random};

/// The generator of NIST P-224 (SEC 2 §2.2.2).
const P224_GENERATOR: &str = "04B70E0CBD6BB4BF7F321390B94A03C1D356C21122343280D6115C1D21\
                              BD376388B5F723FB4C22DFE6CD4375A05A07476444D5819985007E34";
/// Its order.
const P224_ORDER: &str = "FFFFFFFFFFFFFFFFFFFFFFFFFFFF16A2E0B8F03E13DD29455C5C2A3D";
/// Bytes of a coordinate.
const P224_LENGTH: usize = 28;

/// A key pair that is shorter than another, and whose signatures are right all the same.
#[derive(Clone, Debug)]
pub enum ShortKey {
    /// On a curve of this crate.
    Curve(CvKey),
    /// The private key one on NIST P-224, with one for each signature's secret: no point has to be multiplied, and no secret is kept.
    P224,
}

impl ShortKey {
    /// A key that is shorter than those on this curve.
    pub fn below(curve: Curve, random: &mut Random) -> Self {
        match curve.field_len() {
            0..=32 => ShortKey::P224,
            _ => ShortKey::Curve(CvKey::random(Curve::P256, Hash::Sha256, random)),
        }
    }

    /// The public key: 04 ‖ x ‖ y.
    pub fn point(&self) -> Vec<u8> {
        match self {
            ShortKey::Curve(key) => key.point(),
            ShortKey::P224 => hex::decode(P224_GENERATOR).unwrap_or_default(),
        }
    }

    /// The signature over a message with this hash: r ‖ s.
    pub fn sign(&self, hash: Hash, message: &[u8]) -> Vec<u8> {
        match self {
            ShortKey::Curve(key) => CvKey { hash, ..key.clone() }.sign(message),
            ShortKey::P224 => sign_with_one(&hash.digest(message)).unwrap_or_default(),
        }
    }
}

/// r = x(G) mod n, s = z + r mod n: ECDSA (BSI TR-03111 §4.2.1) with k = d = 1.
fn sign_with_one(digest: &[u8]) -> Option<Vec<u8>> {
    let number = |bytes: &[u8]| BoxedUint::from_be_slice(bytes, 256).ok();
    let order = NonZero::new(number(&hex::decode(P224_ORDER).ok()?)?).into_option()?;
    let generator = hex::decode(P224_GENERATOR).ok()?;
    let r = number(generator.get(1..=P224_LENGTH)?)?.rem(&order);
    let z = number(digest.get(..P224_LENGTH.min(digest.len()))?)?;
    let s = z.wrapping_add(&r).rem(&order);
    let bytes = |number: &BoxedUint| number.to_be_bytes().iter().skip(4).copied().collect::<Vec<u8>>();
    Some([bytes(&r), bytes(&s)].concat())
}
