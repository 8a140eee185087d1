//! Identifiers of cards.

use personalization::job::CARD_ID_LEN;

use crate::environment::Random;

/// Crockford's alphabet: capital letters and digits without those that look alike, 32 in all, so five bits
/// of a random byte make one character without bias.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A random identifier: 80 bits, so that two stations never meet.
///
/// # Errors
/// The generator's own.
pub fn generate(random: &mut Random) -> Result<String, getrandom::Error> {
    let mut bytes = [0; CARD_ID_LEN];
    rand_core::TryRng::try_fill_bytes(random, &mut bytes)?;
    Ok(bytes
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte & 0x1F)]))
        .collect())
}
