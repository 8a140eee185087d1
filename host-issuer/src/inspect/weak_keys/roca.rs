//! ROCA (CVE-2017-15361): the primes of a widely used chip library are k·M + (65537^a mod M), M a product of the first primes.
//!
//! So the modulus, too, is a power of 65537 modulo M: modulo every prime that divides M, and with exponents that fit together. A
//! modulus of honest primes is that with a probability below 2⁻⁷⁰ (Nemec and others, "The Return of Coppersmith's Attack",
//! CCS 2017, §2.2).

use super::remainder;

const GENERATOR: u32 = 65_537;

/// The primes that divide M for every key length in use, without 2.
const PRIMES: [u32; 38] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103,
    107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

/// Whether a modulus (big-endian) has the fingerprint.
pub(super) fn has_fingerprint(modulus: &[u8]) -> bool {
    let mut logarithms: Vec<Logarithm> = Vec::with_capacity(PRIMES.len());
    for prime in PRIMES {
        let Some(found) = logarithm(remainder(modulus, prime), prime) else {
            return false;
        };
        // One exponent for all exists exactly if each two agree in what they have in common.
        if !logarithms.iter().all(|earlier| earlier.agrees(&found)) {
            return false;
        }
        logarithms.push(found);
    }
    true
}

/// An exponent, known modulo the order of 65537.
struct Logarithm {
    exponent: u32,
    order: u32,
}

impl Logarithm {
    fn agrees(&self, other: &Self) -> bool {
        let common = greatest_common_divisor(self.order, other.order);
        self.exponent % common == other.exponent % common
    }
}

/// The i for which `value` is 65537^i modulo `prime`.
fn logarithm(value: u32, prime: u32) -> Option<Logarithm> {
    let generator = GENERATOR % prime;
    let (mut power, mut index, mut exponent) = (1, 0, None);
    loop {
        if power == value {
            exponent = exponent.or(Some(index));
        }
        power = power * generator % prime;
        index += 1;
        if power == 1 {
            return exponent.map(|exponent| Logarithm {
                exponent,
                order: index,
            });
        }
    }
}

fn greatest_common_divisor(left: u32, right: u32) -> u32 {
    if right == 0 {
        left.max(1)
    } else {
        greatest_common_divisor(right, left % right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Public samples of the discoverers (crocs-muni/roca), in test-vectors.
    #[test]
    fn the_discoverers_samples_are_told_apart() {
        let samples = test_vectors::load("roca-moduli");
        let samples = test_vectors::list(&samples["moduli"]);
        assert!(samples.len() >= 2);
        for sample in samples {
            assert_eq!(
                has_fingerprint(&test_vectors::hex(&sample["modulus"])),
                sample["vulnerable"].as_bool().expect("a verdict"),
                "{}",
                sample["source"]
            );
        }
    }
}
