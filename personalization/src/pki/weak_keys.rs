//! Keys that must not be certified: whoever holds the public key may be able to compute the private one.
//!
//! A key on a curve is proved by a signature that verifies, which no point off its curve does; what is asked here is about RSA
//! keys of a token. That a key was certified before is for the register of [`super::directory`] to notice.

use der::Decode;
use der::asn1::UintRef;

use super::PkiError;
use crate::signer::public_key::PublicKey;
use crate::signer::{Signer, verify};

/// Smallest RSA public exponent (FIPS 186-5 §5.1: above 2¹⁶).
const EXPONENT: [u8; 3] = [1, 0, 1];

/// The primes below 168 without 2: all of them divide the number M of the library with CVE-2017-15361 (ROCA), whose primes
/// are k·M + (65537^a mod M).
const PRIMES: [u64; 38] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103,
    107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

#[derive(der::Sequence)]
struct RsaPublicKey<'a> {
    modulus: UintRef<'a>,
    public_exponent: UintRef<'a>,
}

/// Refuses a signer whose key is weak, or who does not hold the private key that belongs to its public one.
///
/// # Errors
/// [`PkiError::Refused`] with the reason; [`PkiError::Signer`] when it cannot sign.
pub(super) fn must_be_sound(signer: &dyn Signer) -> Result<(), PkiError> {
    const CHALLENGE: &[u8] = b"proof of possession of the private key";
    let key = signer.public_key();
    if let PublicKey::Rsa(key) = key {
        let fields = RsaPublicKey::from_der(key.der())?;
        if let Some(why) = weakness(fields.modulus.as_bytes(), fields.public_exponent.as_bytes()) {
            return Err(PkiError::Refused(format!("weak key: {why}")));
        }
    }
    let signature = signer.sign(CHALLENGE)?;
    if verify(key, signer.algorithm(), CHALLENGE, &signature) {
        return Ok(());
    }
    Err(PkiError::Refused(
        "weak key: its signature does not verify: the point is not on its curve, or another private key signed".into(),
    ))
}

/// What is wrong with an RSA key; both numbers big-endian without leading zeros.
fn weakness(modulus: &[u8], exponent: &[u8]) -> Option<&'static str> {
    // Numbers of the same length compare as their bytes do.
    if (exponent.len(), exponent) < (EXPONENT.len(), EXPONENT.as_slice()) {
        return Some("its RSA exponent is smaller than 65537");
    }
    PRIMES
        .into_iter()
        .all(|prime| is_power_of_65537(modulus, prime))
        .then_some("its RSA modulus has the ROCA fingerprint (CVE-2017-15361)")
}

/// Whether a number is a power of 65537 modulo a prime: exactly if it becomes 1 when raised to the order of 65537.
fn is_power_of_65537(number: &[u8], prime: u64) -> bool {
    let generator = 65_537 % prime;
    let mut order = 1;
    let mut power = generator;
    while power != 1 {
        power = power * generator % prime;
        order += 1;
    }
    let rest = number
        .iter()
        .fold(0, |rest, &byte| (rest * 256 + u64::from(byte)) % prime);
    (0..order).fold(1, |product, _| product * rest % prime) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_discoverers_roca_samples_and_small_exponents() {
        let vectors = test_vectors::load("roca-moduli");
        let mut vulnerable = 0;
        for sample in test_vectors::list(&vectors["moduli"]) {
            let modulus = test_vectors::hex(&sample["modulus"]);
            assert!(weakness(&modulus, &[3]).is_some());
            assert!(weakness(&modulus, &[0xFF, 0xFF]).is_some());
            let found = weakness(&modulus, &[1, 0, 1]);
            if sample["vulnerable"] == true {
                assert!(
                    found.is_some_and(|why| why.contains("ROCA")),
                    "{}",
                    sample["source"]
                );
                vulnerable += 1;
            }
        }
        assert!(vulnerable > 0);
        let honest = &test_vectors::list(&vectors["moduli"])[1];
        assert_eq!(weakness(&test_vectors::hex(&honest["modulus"]), &[1, 0, 1]), None);
    }
}
