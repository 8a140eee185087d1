//! Command and response APDUs (ISO/IEC 7816-4, 5.1–5.3), short and extended.
//!
//! Parsing is the `iso7816` crate's; this wrapper adds what it loses: an absent Le stays distinct from a length,
//! and instruction bytes stay bytes (the crate does not know half of those that PACE and SCP03 use).

use super::status::StatusWord;

/// Largest Ne, the number of bytes expected, that an extended Le can ask for (Le = 0000).
pub const MAX_EXTENDED_NE: u32 = 65_536;
/// Largest Ne that a short Le can ask for (Le = 00).
pub const MAX_SHORT_NE: u32 = 256;

/// Class byte bit 5: more commands of the chain follow (7816-4, 5.1.1.1).
pub const CLASS_CHAINING: u8 = 0x10;
/// Class byte bits 4 and 3: secure messaging with authenticated header (7816-4 table 2).
pub const CLASS_SECURE_MESSAGING: u8 = 0x0C;

/// What is wrong with an APDU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "sim", derive(thiserror::Error))]
pub enum ApduError {
    /// Shorter than a header, or than the status word of a response.
    #[cfg_attr(feature = "sim", error("APDU too short"))]
    TooShort,
    /// Class FF is invalid (it belongs to the reader, not to a card).
    #[cfg_attr(feature = "sim", error("invalid class byte FF"))]
    InvalidClass,
    /// Lc and Le do not fit the number of bytes.
    #[cfg_attr(feature = "sim", error("length fields do not fit the APDU"))]
    InvalidLength,
    /// The output buffer is too small.
    #[cfg_attr(feature = "sim", error("buffer too small for the APDU"))]
    BufferTooSmall,
}

/// A command APDU: header, data field, Ne.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandApdu<'a> {
    /// CLA.
    pub class: u8,
    /// INS.
    pub instruction: u8,
    /// P1.
    pub p1: u8,
    /// P2.
    pub p2: u8,
    /// The data field, Nc bytes (at most 65,535).
    pub data: &'a [u8],
    /// Ne, 1 to 65,536; `None` where Le is absent.
    pub expected: Option<u32>,
    /// Whether Lc and Le are (to be) in extended form.
    pub extended: bool,
}

impl<'a> CommandApdu<'a> {
    /// A command without data and without Le.
    pub const fn new(class: u8, instruction: u8, p1: u8, p2: u8) -> Self {
        Self {
            class,
            instruction,
            p1,
            p2,
            data: &[],
            expected: None,
            extended: false,
        }
    }

    /// The same with a data field.
    pub const fn with_data(mut self, data: &'a [u8]) -> Self {
        self.data = data;
        self
    }

    /// The same with Ne bytes expected (1 to 65,536).
    pub const fn with_expected(mut self, expected: u32) -> Self {
        self.expected = Some(expected);
        self
    }

    /// The same with extended length fields.
    pub const fn with_extended_length(mut self) -> Self {
        self.extended = true;
        self
    }

    /// CLA ‖ INS ‖ P1 ‖ P2.
    pub const fn header(&self) -> [u8; 4] {
        [self.class, self.instruction, self.p1, self.p2]
    }

    /// P1 and P2 as one number.
    pub const fn p1_p2(&self) -> u16 {
        u16::from_be_bytes([self.p1, self.p2])
    }

    /// Whether the class byte says that more commands of the chain follow.
    pub const fn is_chained(&self) -> bool {
        self.class & CLASS_CHAINING != 0
    }

    /// Parses a command APDU. Never panics.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, ApduError> {
        let [class, instruction, p1, p2, body @ ..] = bytes else {
            return Err(ApduError::TooShort);
        };
        if *class == 0xFF {
            return Err(ApduError::InvalidClass);
        }
        let view = iso7816::command::CommandView::try_from(bytes).map_err(|_| ApduError::InvalidLength)?;
        let expected = match u32::try_from(view.expected()) {
            Ok(0) | Err(_) => None,
            Ok(expected) => Some(expected),
        };
        Ok(Self {
            class: *class,
            instruction: *instruction,
            p1: *p1,
            p2: *p2,
            data: view.data(),
            expected,
            extended: view.extended && !body.is_empty(),
        })
    }

    fn needs_extended_length(&self) -> bool {
        self.extended || self.data.len() > 255 || self.expected.is_some_and(|ne| ne > MAX_SHORT_NE)
    }

    /// Number of bytes that [`encode`](Self::encode) writes.
    pub fn encoded_len(&self) -> usize {
        let has_data = !self.data.is_empty();
        let (lc, le) = match (self.needs_extended_length(), has_data) {
            (false, _) => (1, 1),
            (true, true) => (3, 2),
            (true, false) => (0, 3),
        };
        let mut len = 4usize;
        if has_data {
            len = len.saturating_add(lc).saturating_add(self.data.len());
        }
        if self.expected.is_some() {
            len = len.saturating_add(le);
        }
        len
    }

    /// Writes the APDU to the front of `out` and returns its length. Never panics.
    ///
    /// # Errors
    /// [`ApduError::BufferTooSmall`]; [`ApduError::InvalidLength`] for more than 65,535 bytes of data or an
    /// expected length that Le cannot say.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, ApduError> {
        let lc = u16::try_from(self.data.len()).map_err(|_| ApduError::InvalidLength)?;
        if self.expected.is_some_and(|ne| ne == 0 || ne > MAX_EXTENDED_NE) {
            return Err(ApduError::InvalidLength);
        }
        let extended = self.needs_extended_length();
        let mut writer = Cursor { out, at: 0 };
        writer.put(&self.header())?;
        let [lc_high, lc_low] = lc.to_be_bytes();
        if lc != 0 {
            if extended {
                writer.put(&[0, lc_high, lc_low])?;
            } else {
                writer.put(&[lc_low])?;
            }
            writer.put(self.data)?;
        }
        if let Some(ne) = self.expected {
            // Le is Ne modulo 65,536 (modulo 256): the maximum is written as zero.
            let [_, _, high, low] = ne.to_be_bytes();
            if extended {
                if lc == 0 {
                    writer.put(&[0])?;
                }
                writer.put(&[high, low])?;
            } else {
                writer.put(&[low])?;
            }
        }
        Ok(writer.at)
    }
}

struct Cursor<'a> {
    out: &'a mut [u8],
    at: usize,
}

impl Cursor<'_> {
    fn put(&mut self, bytes: &[u8]) -> Result<(), ApduError> {
        let end = self
            .at
            .checked_add(bytes.len())
            .ok_or(ApduError::BufferTooSmall)?;
        self.out
            .get_mut(self.at..end)
            .ok_or(ApduError::BufferTooSmall)?
            .copy_from_slice(bytes);
        self.at = end;
        Ok(())
    }
}

/// A response APDU: data field and status word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResponseApdu<'a> {
    /// The data field.
    pub data: &'a [u8],
    /// SW1-SW2.
    pub status: StatusWord,
}

impl<'a> ResponseApdu<'a> {
    /// Splits data and status word. Never panics.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, ApduError> {
        match bytes.split_last_chunk::<2>() {
            Some((data, status)) => Ok(Self {
                data,
                status: StatusWord::from_bytes(*status),
            }),
            None => Err(ApduError::TooShort),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encode(command: &CommandApdu<'_>) -> Vec<u8> {
        let mut out = vec![0; command.encoded_len()];
        let len = command.encode(&mut out).unwrap();
        assert_eq!(len, out.len());
        out
    }

    #[test]
    fn absent_le_is_not_le_zero() {
        assert_eq!(CommandApdu::parse(&[0, 0xA4, 2, 0x0C]).unwrap().expected, None);
        assert_eq!(
            CommandApdu::parse(&[0, 0xB0, 0, 0, 0]).unwrap().expected,
            Some(256)
        );
        assert_eq!(
            CommandApdu::parse(&[0, 0xB0, 0, 0, 0, 0, 0]).unwrap().expected,
            Some(65_536)
        );
        assert!(!CommandApdu::parse(&[0, 0xA4, 2, 0x0C]).unwrap().extended);
    }

    #[test]
    fn refuses_what_is_no_apdu() {
        assert_eq!(CommandApdu::parse(&[0, 0xA4, 2]), Err(ApduError::TooShort));
        assert_eq!(
            CommandApdu::parse(&[0xFF, 0xA4, 2, 0]),
            Err(ApduError::InvalidClass)
        );
        assert_eq!(
            CommandApdu::parse(&[0, 0xA4, 2, 0, 3, 1]),
            Err(ApduError::InvalidLength)
        );
        assert_eq!(ResponseApdu::parse(&[0x90]), Err(ApduError::TooShort));
        assert_eq!(
            CommandApdu::new(0, 0xB0, 0, 0)
                .with_expected(65_537)
                .encode(&mut [0; 16]),
            Err(ApduError::InvalidLength)
        );
    }

    proptest! {
        #[test]
        fn parse_inverts_encode(
            header in any::<[u8; 4]>(), data in proptest::collection::vec(any::<u8>(), 0..600),
            expected in proptest::option::of(1u32..=65_536), extended in any::<bool>(),
        ) {
            let [class, instruction, p1, p2] = header;
            prop_assume!(class != 0xFF);
            let mut command = CommandApdu::new(class, instruction, p1, p2).with_data(&data);
            command.expected = expected;
            command.extended = extended && (!data.is_empty() || expected.is_some());
            let bytes = encode(&command);
            command.extended = command.needs_extended_length();
            prop_assert_eq!(CommandApdu::parse(&bytes).unwrap(), command);
        }
    }
}
