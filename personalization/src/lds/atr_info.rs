//! EF.ATR/INFO: what the chip can do and how long an APDU may be (9303-10, section 3.11.1).
//!
//! Without DO'7F66' a terminal must not use extended length (9303-10, section 3.5.2).

use super::{asn1, tlv};

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
    use super::encode;

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
}
