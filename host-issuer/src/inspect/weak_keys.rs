//! Keys that look sound and are not: whoever may have computed the private key from the public one is not believed.
//!
//! | weakness | known as |
//! |---|---|
//! | RSA modulus below 2048 bits, even, or with a small factor | Doc 9303-12 §4.4.1, FIPS 186-5 §5.1 |
//! | RSA exponent below 65537, or even | FIPS 186-5 §5.1 |
//! | RSA modulus of the form that Infineon's library made | ROCA, CVE-2017-15361 |
//! | two RSA moduli with a common prime ([`shared_primes`]) | generators that start alike (Heninger and others, 2012) |
//! | EC point off its curve | invalid-curve attacks; a point of another curve has small order |

mod roca;
mod shared_primes;

use card_applet::wire::domain_parameters::NamedCurve;
use crypto_bigint::BoxedUint;
use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use rsa::traits::PublicKeyParts as _;

use super::signature::PublicKey;

pub use shared_primes::{TooManyKeys, shared_primes};

/// Smallest RSA modulus that is believed, in bits.
const MODULUS_BITS: u32 = 2048;
/// Smallest RSA exponent that is believed.
const EXPONENT: u32 = 65_537;
/// Primes of which no RSA modulus is a multiple.
const SMALL_PRIMES: [u32; 24] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
];

/// Why a key is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Weakness {
    /// The RSA modulus is too short to resist factoring.
    #[error("weak key: RSA of {0} bits, at least {MODULUS_BITS} are required")]
    ShortModulus(u32),
    /// The RSA modulus is a multiple of a small number: no product of two large primes.
    #[error("weak key: its RSA modulus is a multiple of {0}")]
    SmallFactor(u32),
    /// The RSA exponent is even or below 65537.
    #[error("weak key: its RSA exponent is even or smaller than {EXPONENT}")]
    Exponent,
    /// The modulus has the fingerprint of ROCA (CVE-2017-15361): it can be factored.
    #[error("weak key: its RSA modulus has the ROCA fingerprint (CVE-2017-15361)")]
    Roca,
    /// The point is not on the curve, or is the point at infinity.
    #[error("weak key: its point is not on the curve {0}")]
    NotOnCurve(&'static str),
}

/// What is wrong with this key, looked at alone. Never panics.
#[must_use]
pub fn weakness(key: &PublicKey) -> Option<Weakness> {
    match key {
        PublicKey::Rsa(key) => rsa_weakness(key.n(), key.e()),
        PublicKey::Ec { curve, point } => {
            (!is_on_curve(*curve, point)).then(|| Weakness::NotOnCurve(curve.name()))
        }
    }
}

fn rsa_weakness(modulus: &BoxedUint, exponent: &BoxedUint) -> Option<Weakness> {
    let bits = modulus.bit_width_vartime();
    if bits < MODULUS_BITS {
        return Some(Weakness::ShortModulus(bits));
    }
    let bytes = modulus.to_be_bytes();
    let small_factor = std::iter::once(2)
        .chain(SMALL_PRIMES)
        .find(|&prime| remainder(&bytes, prime) == 0);
    if let Some(prime) = small_factor {
        return Some(Weakness::SmallFactor(prime));
    }
    let is_even = exponent.to_be_bytes().last().is_none_or(|last| last & 1 == 0);
    if is_even || *exponent < BoxedUint::from(EXPONENT) {
        return Some(Weakness::Exponent);
    }
    roca::has_fingerprint(&bytes).then_some(Weakness::Roca)
}

/// A big-endian number modulo a small one, which is not zero.
fn remainder(number: &[u8], divisor: u32) -> u32 {
    let divisor = u64::from(divisor.max(1));
    let rest = number
        .iter()
        .fold(0u64, |rest, &byte| (rest * 256 + u64::from(byte)) % divisor);
    u32::try_from(rest).unwrap_or_default()
}

/// Whether `04 ‖ x ‖ y` is a point of its curve (SEC 1 §3.2.2.1). A compressed point stands for one, if there is one; whether there is,
/// is for the verification to find out.
fn is_on_curve(curve: NamedCurve, point: &[u8]) -> bool {
    if point.first() != Some(&4) {
        return solves_equation(curve, point);
    }
    match curve {
        NamedCurve::P256 => p256::PublicKey::from_sec1_bytes(point).is_ok(),
        NamedCurve::P384 => p384::PublicKey::from_sec1_bytes(point).is_ok(),
        NamedCurve::BrainpoolP256r1 => {
            elliptic_curve::PublicKey::<bp256::BrainpoolP256r1>::from_sec1_bytes(point).is_ok()
        }
        NamedCurve::BrainpoolP384r1 => {
            elliptic_curve::PublicKey::<bp384::BrainpoolP384r1>::from_sec1_bytes(point).is_ok()
        }
        _ => solves_equation(curve, point),
    }
}

/// The same by y² = x³ + ax + b itself, for curves that no library here computes on as fast.
fn solves_equation(curve: NamedCurve, point: &[u8]) -> bool {
    let domain = curve.parameters();
    let length = domain.prime.len();
    let (x, y) = match point.split_first() {
        Some((4, coordinates)) if coordinates.len() == 2 * length => coordinates.split_at(length),
        Some((2 | 3, x)) if x.len() == length => return x < domain.prime,
        _ => return false,
    };
    // Both are as long as the prime, so bytes compare as numbers do.
    if x >= domain.prime || y >= domain.prime {
        return false;
    }
    let Some(modulus) = BoxedUint::from_be_slice_vartime(domain.prime)
        .to_odd()
        .into_option()
    else {
        return false;
    };
    let params = BoxedMontyParams::new_vartime(modulus);
    let precision = params.bits_precision();
    let element = |bytes: &[u8]| {
        let number = BoxedUint::from_be_slice(bytes, precision).ok()?;
        Some(BoxedMontyForm::new(number, &params))
    };
    let (Some(x), Some(y), Some(a), Some(b)) = (element(x), element(y), element(domain.a), element(domain.b))
    else {
        return false;
    };
    let right = &(&(&(&x.square() + &a) * &x) + &b);
    y.square().retrieve() == right.retrieve()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(bits: u32, low: u32) -> BoxedUint {
        let mut bytes = vec![0u8; usize::try_from(bits / 8).unwrap()];
        bytes[0] = 0x80;
        let length = bytes.len();
        bytes[length - 4..].copy_from_slice(&low.to_be_bytes());
        BoxedUint::from_be_slice_vartime(&bytes)
    }

    #[test]
    fn base_points_are_on_their_curves_and_their_neighbours_are_not() {
        for curve in NamedCurve::ALL {
            let domain = curve.parameters();
            let mut point = domain.base.to_vec();
            for is_on_curve in [is_on_curve, solves_equation] {
                assert!(is_on_curve(curve, &point), "{}", curve.name());
                for index in [1, point.len() - 1] {
                    point[index] ^= 1;
                    assert!(!is_on_curve(curve, &point), "{} byte {index}", curve.name());
                    point[index] ^= 1;
                }
                assert!(!is_on_curve(curve, &[0]), "the point at infinity");
                assert!(!is_on_curve(curve, &point[..point.len() - 1]));
                let above = [&[4], domain.prime, &point[1 + domain.prime.len()..]].concat();
                assert!(!is_on_curve(curve, &above), "a coordinate is smaller than p");
            }
        }
    }

    #[test]
    fn exponents_and_moduli_have_their_limits() {
        let good = BoxedUint::from(EXPONENT);
        assert_eq!(
            rsa_weakness(&number(1024, 1), &good),
            Some(Weakness::ShortModulus(1024))
        );
        assert_eq!(
            rsa_weakness(&number(2048, 6), &good),
            Some(Weakness::SmallFactor(2))
        );
        // 2^2047 + k is a multiple of 3 for one of three successive odd k.
        let found: Vec<_> = [1, 3, 5]
            .map(|low| rsa_weakness(&number(2048, low), &good))
            .into_iter()
            .filter(|weakness| *weakness == Some(Weakness::SmallFactor(3)))
            .collect();
        assert_eq!(found.len(), 1);
    }
}
