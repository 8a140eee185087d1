//! The card access number, printed on the card (9303-11, section 4.4.1).

use core::fmt;

use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

/// Digits of a CAN (9303-5, section 4.1.1: six).
const DIGITS: usize = 6;

/// A card access number of six digits. Zeroized on drop; `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Can(Zeroizing<String>);

/// The text is not a CAN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a card access number has exactly six digits")]
pub struct CanError;

impl Can {
    /// Takes six digits.
    ///
    /// # Errors
    ///
    /// [`CanError`] for any other text.
    pub fn new(digits: &str) -> Result<Self, CanError> {
        if digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(Zeroizing::new(digits.to_owned())))
        } else {
            Err(CanError)
        }
    }

    /// Draws a CAN at random, each of the million with the same probability.
    ///
    /// # Errors
    ///
    /// The generator's own.
    pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, R::Error> {
        let mut digits = Zeroizing::new(String::with_capacity(DIGITS));
        while digits.len() < DIGITS {
            let mut byte = [0];
            rng.try_fill_bytes(&mut byte)?;
            // 250 of 256 values, or the digits 0 to 5 would come more often.
            if byte[0] < 250 {
                digits.push(char::from(b'0' + byte[0] % 10));
            }
        }
        Ok(Self(digits))
    }

    /// The digits.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Can {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Can(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::{Can, CanError};

    #[test]
    fn six_digits_and_nothing_else() {
        assert_eq!(
            Can::new("012345").map(|can| can.digits().to_owned()),
            Ok("012345".to_owned())
        );
        for text in ["", "12345", "1234567", "12345a", " 12345", "12345\n", "١٢٣٤٥٦"] {
            assert_eq!(Can::new(text), Err(CanError), "{text:?}");
        }
    }

    #[test]
    fn random_ones_are_well_formed_and_differ() {
        let mut rng = getrandom::SysRng;
        let cans: Vec<Can> = (0..32).map(|_| Can::generate(&mut rng).unwrap()).collect();
        assert!(cans.iter().all(|can| Can::new(can.digits()).as_ref() == Ok(can)));
        // 32 equal draws of a million: the generator would be broken.
        assert!(cans.iter().any(|can| can != &cans[0]));
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Can::new("314159").unwrap()), "Can(..)");
    }
}
