//! What only the holder knows: PIN and PUK, on paper in a sealed letter until the holder has changed the first.

use core::fmt;

use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

/// Digits of a PIN as it is issued.
const PIN_DIGITS: usize = 6;
/// Digits of a PUK: it does not block, so it is too long to be guessed.
const PUK_DIGITS: usize = 10;

/// The texts are no PIN and PUK.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a PIN is issued with {PIN_DIGITS} digits and a PUK with {PUK_DIGITS}")]
pub struct HolderSecretsError;

/// A PIN and its PUK. Zeroized on drop; `Debug` shows nothing of them.
#[derive(Clone, PartialEq, Eq)]
pub struct HolderSecrets {
    pin: Zeroizing<String>,
    puk: Zeroizing<String>,
}

impl HolderSecrets {
    /// Draws both at random, each value with the same probability.
    ///
    /// # Errors
    /// The generator's own.
    pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, R::Error> {
        Ok(Self {
            pin: digits(rng, PIN_DIGITS)?,
            puk: digits(rng, PUK_DIGITS)?,
        })
    }

    /// Takes both from where they were kept.
    ///
    /// # Errors
    /// [`HolderSecretsError`] for texts that are no PIN and no PUK as they are drawn.
    pub fn new(pin: &str, puk: &str) -> Result<Self, HolderSecretsError> {
        let fits = |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
        if !fits(pin, PIN_DIGITS) || !fits(puk, PUK_DIGITS) {
            return Err(HolderSecretsError);
        }
        Ok(Self {
            pin: Zeroizing::new(pin.to_owned()),
            puk: Zeroizing::new(puk.to_owned()),
        })
    }

    /// The PIN's digits.
    #[must_use]
    pub fn pin(&self) -> &str {
        &self.pin
    }

    /// The PUK's digits.
    #[must_use]
    pub fn puk(&self) -> &str {
        &self.puk
    }
}

fn digits<R: TryCryptoRng + ?Sized>(rng: &mut R, count: usize) -> Result<Zeroizing<String>, R::Error> {
    let mut digits = Zeroizing::new(String::with_capacity(count));
    while digits.len() < count {
        let mut byte = [0];
        rng.try_fill_bytes(&mut byte)?;
        // 250 of 256 values, or the digits 0 to 5 would come more often.
        if byte[0] < 250 {
            digits.push(char::from(b'0' + byte[0] % 10));
        }
    }
    Ok(digits)
}

impl fmt::Debug for HolderSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HolderSecrets(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::HolderSecrets;

    #[test]
    fn digits_that_differ_and_are_not_shown() {
        let secrets: Vec<_> = (0..8)
            .map(|_| HolderSecrets::generate(&mut getrandom::SysRng).unwrap())
            .collect();
        for one in &secrets {
            assert_eq!((one.pin().len(), one.puk().len()), (6, 10));
            assert!(
                one.pin()
                    .bytes()
                    .chain(one.puk().bytes())
                    .all(|byte| byte.is_ascii_digit())
            );
            assert_eq!(format!("{one:?}"), "HolderSecrets(..)");
        }
        // Eight equal draws of a million: the generator would be broken.
        assert!(secrets.iter().any(|one| one.pin() != secrets[0].pin()));
    }
}
