//! RSA moduli that have a prime in common: then both are factored by a greatest common divisor.
//!
//! All moduli at once (D. Bernstein's batch gcd): with P the product of all, n shares a prime with another one exactly if n and
//! (P mod n²) / n have a common divisor.

use crypto_bigint::{BoxedUint, ConcatenatingMul as _, ConcatenatingSquare as _, Gcd as _, NonZero};
use rsa::traits::PublicKeyParts as _;

use crate::inspect::signature::PublicKey;

/// The most RSA keys that are compared at once; all CSCA of the world have some hundreds. The work grows with the square.
const KEY_LIMIT: usize = 2_000;

/// More RSA keys than are compared at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} RSA keys are more than the {KEY_LIMIT} that are compared at once")]
pub struct TooManyKeys(usize);

/// The keys, by their index, of which some other one has a prime factor; the same modulus twice does not count. Keys that are
/// not RSA are passed over. Never panics.
///
/// # Errors
/// [`TooManyKeys`].
pub fn shared_primes(keys: &[&PublicKey]) -> Result<Vec<usize>, TooManyKeys> {
    let mut moduli: Vec<&NonZero<BoxedUint>> = Vec::new();
    let mut owners: Vec<Vec<usize>> = Vec::new();
    for (index, key) in keys.iter().enumerate() {
        let PublicKey::Rsa(key) = key else {
            continue;
        };
        match moduli.iter().position(|known| *known == key.n()) {
            Some(known) => owners[known].push(index),
            None => {
                moduli.push(key.n());
                owners.push(vec![index]);
            }
        }
    }
    if moduli.len() > KEY_LIMIT {
        return Err(TooManyKeys(moduli.len()));
    }
    let product = product(moduli.iter().map(|modulus| BoxedUint::clone(modulus)).collect());
    let mut found: Vec<usize> = moduli
        .iter()
        .zip(owners)
        .filter(|(modulus, _)| shares(modulus, &product))
        .flat_map(|(_, owners)| owners)
        .collect();
    found.sort_unstable();
    Ok(found)
}

/// By a tree, so that large numbers are multiplied with large ones.
fn product(mut numbers: Vec<BoxedUint>) -> BoxedUint {
    while numbers.len() > 1 {
        numbers = numbers
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => left.concatenating_mul(right),
                _ => pair.first().cloned().unwrap_or_else(BoxedUint::one),
            })
            .collect();
    }
    numbers.pop().unwrap_or_else(BoxedUint::one)
}

/// Whether the rest of the product has a divisor in common with the modulus.
fn shares(modulus: &NonZero<BoxedUint>, product: &BoxedUint) -> bool {
    let square = BoxedUint::clone(modulus).concatenating_square();
    let Some(square) = NonZero::new(square).into_option() else {
        return false;
    };
    let (cofactor, _) = product.rem_vartime(&square).div_rem_vartime(modulus);
    // Zero where the modulus divides the rest: then all of it is shared.
    !bool::from(BoxedUint::clone(modulus).gcd_vartime(&cofactor).is_one())
}
