//! EF.ATR/INFO: what the chip can do and how long an APDU may be (9303-10, section 3.11.1).
//!
//! Without DO'7F66' a terminal must not use extended length (9303-10, section 3.5.2).

use super::read::{Objects, sequence};
use super::{AsRead, LdsError, asn1, tlv};

/// The file's name in errors.
const FILE: &str = "EF.ATR/INFO";

/// What EF.ATR/INFO says; the chip may have other data objects there, which the bytes keep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AtrInfo<'a> {
    /// Card capabilities (DO'47'), one to three software function tables.
    pub capabilities: Option<&'a [u8]>,
    /// Longest command and response APDU in bytes (DO'7F66'). Without it extended length must not be used.
    pub extended_length: Option<ExtendedLength>,
}

/// Longest APDUs, in bytes with everything that belongs to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtendedLength {
    /// Command.
    pub max_command: usize,
    /// Response.
    pub max_response: usize,
}

/// Reads EF.ATR/INFO, which some chips end with padding bytes 00.
///
/// # Errors
/// [`LdsError`] for anything but data objects, and a DO'7F66' without two INTEGERs.
pub fn decode(file: &[u8]) -> Result<AsRead<'_, AtrInfo<'_>>, LdsError> {
    let mut info = AtrInfo::default();
    let mut objects = sequence(FILE, file)?;
    while objects.remaining().iter().any(|byte| *byte != 0) {
        let Some(object) = objects.next() else { break };
        let object = object.map_err(|error| LdsError::tlv(FILE, "data object", error))?;
        match object.tag {
            0x47 => info.capabilities = Some(object.value),
            0x7F66 => info.extended_length = Some(extended_length(object.value)?),
            _ => {}
        }
    }
    Ok(AsRead::new(file, info))
}

fn extended_length(content: &[u8]) -> Result<ExtendedLength, LdsError> {
    let mut objects = Objects::new(FILE, content);
    let mut number = |field| -> Result<usize, LdsError> {
        let bytes = objects.expect(asn1::INTEGER, field)?;
        // Some chips forget that a number with its first bit set is negative.
        if bytes.is_empty() || bytes.len() > 4 {
            return Err(LdsError::new(FILE, field, "must have 1 to 4 bytes"));
        }
        Ok(bytes
            .iter()
            .fold(0, |number, byte| number << 8 | usize::from(*byte)))
    };
    let lengths = ExtendedLength {
        max_command: number("longest command")?,
        max_response: number("longest response")?,
    };
    objects.finish("extended length information")?;
    Ok(lengths)
}

/// Card capabilities (ISO/IEC 7816-4, section 12.1.1.9): three software function tables.
///
/// 1: DFs by full name, EFs by short identifier · 2: data unit of one byte (2 quartets) · 3: command chaining,
/// extended Lc and Le, extended length information in this file.
const CAPABILITIES: [u8; 3] = [0x84, 0x01, 0xE0];

/// Encodes EF.ATR/INFO.
///
/// `max_command` and `max_response` are the longest command and response APDU, in bytes with everything that
/// belongs to them (headers, status word, secure messaging).
#[must_use]
pub fn encode(max_command: usize, max_response: usize) -> Vec<u8> {
    let limits = [integer(max_command), integer(max_response)].concat();
    [tlv(0x47, &CAPABILITIES), tlv(0x7F66, &limits)].concat()
}

/// A positive INTEGER: big-endian in at least two bytes, as readers expect of these two (they copy the field
/// of `02 02 xx xx`), and with a leading zero where the first bit would make it negative.
fn integer(value: usize) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let significant = bytes
        .iter()
        .position(|byte| *byte != 0)
        .unwrap_or(bytes.len())
        .min(bytes.len() - 2);
    let mut content = bytes[significant..].to_vec();
    if content.first().is_some_and(|byte| byte & 0x80 != 0) {
        content.insert(0, 0);
    }
    tlv(asn1::INTEGER, &content)
}

#[cfg(test)]
mod tests {
    use super::{ExtendedLength, decode, encode};

    #[test]
    fn numbers_are_positive() {
        assert_eq!(
            encode(2048, 33_024),
            hex::decode("4703 8401E0 7F6609 0202 0800 0203 008100".replace(' ', "")).unwrap()
        );
        assert_eq!(
            encode(255, 65_538)[5..],
            hex::decode("7F66 09 0202 00FF 0203 010002".replace(' ', "")).unwrap()
        );
    }

    #[test]
    fn what_is_written_reads_back() {
        for (max_command, max_response) in [(2048, 33_024), (255, 65_538)] {
            let file = encode(max_command, max_response);
            let expected = ExtendedLength {
                max_command,
                max_response,
            };
            let read = decode(&file).unwrap();
            assert_eq!(read.extended_length, Some(expected));
            assert_eq!(read.capabilities, Some(&[0x84, 1, 0xE0][..]));
            let padded = [&file[..], &[0; 5]].concat();
            let read = decode(&padded).unwrap();
            assert_eq!(read.extended_length, Some(expected));
            assert_eq!(read.bytes().len(), file.len() + 5);
        }
        assert_eq!(*decode(&[]).unwrap(), super::AtrInfo::default());
        for wrong in ["47", "4703", "7F6600", "7F66030201", "7F660702050000000001"] {
            assert!(decode(&hex::decode(wrong).unwrap()).is_err(), "{wrong}");
        }
    }
}
