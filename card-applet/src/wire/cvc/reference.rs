//! References to keys: country code, mnemonic, sequence number (BSI TR-03110-3, D.2.1.1; ICAO Doc 9303-12, 7.2.2.2).

use super::CvcError;

/// Longest reference in bytes.
pub const MAX_REFERENCE: usize = 16;
/// Country code and sequence number, between which a mnemonic of up to nine characters stands.
const MIN_REFERENCE: usize = 2 + 5;

/// Names a key of a certification authority or of a certificate's holder, in ISO/IEC 8859-1.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyReference<'a>(&'a [u8]);

impl<'a> KeyReference<'a> {
    /// Two capital letters, up to nine printable characters, five letters or digits. Never panics.
    ///
    /// # Errors
    /// [`CvcError::Reference`] for anything else.
    pub fn new(bytes: &'a [u8]) -> Result<Self, CvcError> {
        if !(MIN_REFERENCE..=MAX_REFERENCE).contains(&bytes.len()) {
            return Err(CvcError::Reference);
        }
        let (country, rest) = bytes.split_at_checked(2).ok_or(CvcError::Reference)?;
        let (mnemonic, sequence) = rest
            .split_at_checked(rest.len().saturating_sub(5))
            .ok_or(CvcError::Reference)?;
        let printable = |byte: &u8| matches!(byte, 0x20..=0x7E | 0xA1..=0xFF);
        if country.iter().all(u8::is_ascii_uppercase)
            && mnemonic.iter().all(printable)
            && sequence.iter().all(u8::is_ascii_alphanumeric)
        {
            Ok(Self(bytes))
        } else {
            Err(CvcError::Reference)
        }
    }

    /// The characters, one a byte.
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// Country code.
    pub fn country(&self) -> &'a [u8] {
        self.0.get(..2).unwrap_or_default()
    }
}

impl core::fmt::Display for KeyReference<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0
            .iter()
            .try_for_each(|byte| core::fmt::Write::write_char(f, char::from(*byte)))
    }
}

impl core::fmt::Debug for KeyReference<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "KeyReference({self})")
    }
}
