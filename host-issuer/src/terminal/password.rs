//! What opens the chip: the card access number, or the machine readable zone (ICAO Doc 9303-11 §4.4.1, §9.7.2); and what its
//! holder alone knows, PIN and PUK (BSI TR-03110-2 §2.2).

mod mrz;

use std::fmt;
use std::ops::RangeInclusive;

use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

/// Digits of a CAN (9303-11 §4.4.1: printed on the card, six digits).
pub const CAN_DIGITS: usize = 6;

/// Digits of a PIN.
const PIN_DIGITS: RangeInclusive<usize> = 6..=16;
/// Digits of a PUK.
const PUK_DIGITS: RangeInclusive<usize> = 10..=16;

/// Which kind of password a session was opened with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordKind {
    /// Machine readable zone, PACE password 01.
    Mrz,
    /// Card access number, PACE password 02.
    Can,
    /// Personal identification number, PACE password 03. Opens no data of the document.
    Pin,
    /// PIN unblock key, PACE password 04. Opens no data of the document.
    Puk,
}

impl PasswordKind {
    /// DO'83' of MSE:Set AT (9303-11 §4.4.4.1).
    pub fn pace_reference(self) -> u8 {
        match self {
            PasswordKind::Mrz => 0x01,
            PasswordKind::Can => 0x02,
            PasswordKind::Pin => 0x03,
            PasswordKind::Puk => 0x04,
        }
    }
}

impl fmt::Display for PasswordKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PasswordKind::Mrz => "MRZ",
            PasswordKind::Can => "CAN",
            PasswordKind::Pin => "PIN",
            PasswordKind::Puk => "PUK",
        })
    }
}

/// Why a text is no password. Says nothing of the text itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Not six digits.
    #[error("a CAN is six digits")]
    NotACan,
    /// Not six to sixteen digits.
    #[error("a PIN is six to sixteen digits")]
    NotAPin,
    /// Not ten to sixteen digits.
    #[error("a PUK is ten to sixteen digits")]
    NotAPuk,
    /// A length or characters that no machine readable zone has.
    #[error("this is no machine readable zone: {0}")]
    NotAnMrz(&'static str),
    /// A check digit is wrong, so the text was misread or mistyped.
    #[error("the check digit of the {0} does not fit")]
    CheckDigit(&'static str),
}

/// A password; wiped when dropped, and never printed.
#[derive(Clone)]
pub struct Password {
    kind: PasswordKind,
    /// What enters the key derivation: the digits of the CAN, or SHA-1 of the MRZ information.
    secret: Zeroizing<Vec<u8>>,
    /// Of a machine readable zone that is known: its document number with the check digit.
    document_number: Option<Zeroizing<String>>,
}

impl Password {
    /// A card access number.
    ///
    /// # Errors
    /// [`PasswordError::NotACan`].
    pub fn can(digits: &str) -> Result<Self, PasswordError> {
        let digits = digits.trim();
        if digits.len() != CAN_DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PasswordError::NotACan);
        }
        Ok(Password {
            kind: PasswordKind::Can,
            secret: Zeroizing::new(digits.as_bytes().to_vec()),
            document_number: None,
        })
    }

    /// A personal identification number.
    ///
    /// # Errors
    /// [`PasswordError::NotAPin`].
    pub fn pin(digits: &str) -> Result<Self, PasswordError> {
        Self::digits(PasswordKind::Pin, digits, PIN_DIGITS).ok_or(PasswordError::NotAPin)
    }

    /// A PIN unblock key.
    ///
    /// # Errors
    /// [`PasswordError::NotAPuk`].
    pub fn puk(digits: &str) -> Result<Self, PasswordError> {
        Self::digits(PasswordKind::Puk, digits, PUK_DIGITS).ok_or(PasswordError::NotAPuk)
    }

    fn digits(kind: PasswordKind, digits: &str, lengths: RangeInclusive<usize>) -> Option<Self> {
        let digits = digits.trim();
        let fits = lengths.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| Password {
            kind,
            secret: Zeroizing::new(digits.as_bytes().to_vec()),
            document_number: None,
        })
    }

    /// A machine readable zone: all lines of a TD1, TD2 or TD3 document, or the MRZ information alone (document number, date
    /// of birth and date of expiry, each with its check digit). Blanks and line breaks do not count.
    ///
    /// # Errors
    /// [`PasswordError::NotAnMrz`] or [`PasswordError::CheckDigit`].
    pub fn mrz(text: &str) -> Result<Self, PasswordError> {
        let mrz_information = mrz::mrz_information(text)?;
        let digest: [u8; 20] = Sha1::digest(mrz_information.as_bytes()).into();
        // Behind it stand the dates of birth and expiry, each of six digits with a check digit.
        let end = mrz_information.len().saturating_sub(14);
        let document_number = mrz_information.get(..end).map(str::to_owned);
        Ok(Password {
            document_number: document_number.map(Zeroizing::new),
            ..Self::from_mrz_digest(digest)
        })
    }

    /// The MRZ information in such a text: what a chip of this document derives its keys from.
    ///
    /// # Errors
    /// As [`mrz`](Self::mrz).
    pub(crate) fn mrz_information(text: &str) -> Result<Zeroizing<String>, PasswordError> {
        mrz::mrz_information(text)
    }

    /// A machine readable zone of which only SHA-1 of the MRZ information is known, as the chip itself has it.
    pub fn from_mrz_digest(digest: [u8; 20]) -> Self {
        let digest = Zeroizing::new(digest);
        Password {
            kind: PasswordKind::Mrz,
            secret: Zeroizing::new(digest.to_vec()),
            document_number: None,
        }
    }

    /// Whether this is a CAN or an MRZ.
    pub fn kind(&self) -> PasswordKind {
        self.kind
    }

    /// The document number with its check digit, by which Terminal Authentication names a chip that BAC opened. Unknown to a CAN,
    /// and where only the digest of the zone is known.
    pub(crate) fn document_number(&self) -> Option<&str> {
        self.document_number.as_ref().map(|number| number.as_str())
    }

    /// f(π) of 9303-11 §9.7.3: what PACE's K_π is derived from.
    pub(crate) fn pace_secret(&self) -> &[u8] {
        &self.secret
    }

    /// K_seed of 9303-11 §9.7.2, for BAC: the first 16 bytes of SHA-1 of the MRZ information. A CAN has none.
    pub(crate) fn bac_seed(&self) -> Option<&[u8]> {
        match self.kind {
            PasswordKind::Mrz => self.secret.get(..16),
            PasswordKind::Can | PasswordKind::Pin | PasswordKind::Puk => None,
        }
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Password({}, redacted)", self.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_zones_give_their_published_keys() {
        let vectors = test_vectors::mrz::vectors();
        for vector in &vectors {
            let password =
                Password::mrz(&vector.lines.join("\n")).unwrap_or_else(|e| panic!("{}: {e}", vector.source));
            assert_eq!(password.pace_secret(), vector.sha1, "{}", vector.source);
            assert_eq!(password.bac_seed(), Some(&vector.sha1[..16]));
            let information = Password::mrz(&vector.mrz_information).unwrap();
            assert_eq!(information.pace_secret(), vector.sha1, "{}", vector.source);
        }
        for format in ["TD1", "TD2", "TD3"] {
            assert!(vectors.iter().any(|vector| vector.format == format), "{format}");
        }
    }

    #[test]
    fn a_can_is_six_digits() {
        assert!(Password::can(" 123456\n").is_ok());
        for text in ["", "12345", "1234567", "12345a", "１２３４５６"] {
            assert_eq!(Password::can(text).unwrap_err(), PasswordError::NotACan, "{text}");
        }
        assert_eq!(Password::can("123456").unwrap().bac_seed(), None);
    }

    #[test]
    fn pin_and_puk_are_digits() {
        assert_eq!(Password::pin(" 271828\n").unwrap().pace_secret(), b"271828");
        assert_eq!(Password::pin("271828").unwrap().kind().pace_reference(), 3);
        assert_eq!(Password::puk("3141592653").unwrap().kind().pace_reference(), 4);
        for text in ["", "12345", "12345a", "12345678901234567"] {
            assert_eq!(Password::pin(text).unwrap_err(), PasswordError::NotAPin, "{text}");
            assert_eq!(Password::puk(text).unwrap_err(), PasswordError::NotAPuk, "{text}");
        }
        assert_eq!(Password::puk("314159265").unwrap_err(), PasswordError::NotAPuk);
    }

    #[test]
    fn printing_shows_no_secret() {
        let printed = format!("{:?}", Password::can("123456").unwrap());
        assert_eq!(printed, "Password(CAN, redacted)");
    }
}
