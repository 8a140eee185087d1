//! The files of the logical data structure (Doc 9303-10): from values to bytes, and from bytes to values with the bytes kept.
//!
//! | module | file | 9303-10 |
//! |---|---|---|
//! | [`atr_info`] | EF.ATR/INFO | 3.11.1 |
//! | [`dir`] | EF.DIR | 3.11.2 |
//! | [`card_access`] | EF.CardAccess | 3.11.3 |
//! | [`card_security`] | EF.CardSecurity | 3.11.4 |
//! | [`com`] | EF.COM | 4.6.1 |
//! | [`dg1`] | DG1, machine-readable zone | 4.7.1 |
//! | [`dg2`] | DG2, face | 4.7.2 |
//! | [`dg3`] | DG3, fingers | 4.7.3 |
//! | [`dg4`] | DG4, irises | 4.7.4 |
//! | [`dg5`] | DG5, displayed portrait | 4.7.5 |
//! | [`dg7`] | DG7, displayed signature or usual mark | 4.7.7 |
//! | [`dg11`] | DG11, additional personal details | 4.7.11 |
//! | [`dg12`] | DG12, additional document details | 4.7.12 |
//! | [`dg13`] | DG13, optional details: the Vietnamese fields, or opaque | 4.7.13 |
//! | [`dg14`] | DG14, security infos | 4.7.14 |
//! | [`dg15`] | DG15, Active Authentication public key | 4.7.15 |
//! | [`dg16`] | DG16, persons to notify | 4.7.16 |
//! | [`opaque`] | DG6, DG8, DG9, DG10: reserved or not yet defined, passed through | 4.7.6, 4.7.8 to 4.7.10 |
//!
//! Decoders are strict about structure, lenient about what issuers do differently (orders, date forms, non-minimal lengths), bounded in
//! sizes and counts, and follow no nesting that a file does not have. They return [`AsRead`]: what the file says with the bytes that
//! were read, over which digests are computed.
//!
//! EF.SOD, the signature over them, is in [`sod`](crate::sod). What *checks* these files at a counter is
//! written separately (in `host-issuer`), so that a mistake here is not repeated there.

pub mod atr_info;
pub mod card_access;
pub mod card_security;
pub mod com;
pub mod dg1;
pub mod dg11;
pub mod dg12;
pub mod dg13;
pub mod dg14;
pub mod dg15;
pub mod dg16;
pub mod dg2;
pub mod dg3;
pub mod dg4;
pub mod dg5;
pub mod dg7;
pub mod dir;
pub mod displayed;
pub mod opaque;
pub mod other_names;
pub mod security_infos;
pub mod text;

mod as_read;
mod error;
mod read;

pub use as_read::AsRead;
pub use error::LdsError;
pub use read::MAX_FILE_BYTES;

use card_applet::wire::tlv::{header_len, write_header};

/// ASN.1 universal tags as they occur here.
mod asn1 {
    /// INTEGER.
    pub(super) const INTEGER: u32 = 0x02;
    /// OCTET STRING.
    pub(super) const OCTET_STRING: u32 = 0x04;
    /// OBJECT IDENTIFIER.
    pub(super) const OBJECT_IDENTIFIER: u32 = 0x06;
    /// UTF8String.
    pub(super) const UTF8_STRING: u32 = 0x0C;
    /// PrintableString.
    pub(super) const PRINTABLE_STRING: u32 = 0x13;
    /// SEQUENCE and SEQUENCE OF.
    pub(super) const SEQUENCE: u32 = 0x30;
    /// SET OF.
    pub(super) const SET: u32 = 0x31;
    /// Context-specific, constructed: [0].
    pub(super) const CONTEXT_0: u32 = 0xA0;
}

/// One data object: tag, minimal length, value.
pub(crate) fn tlv(tag: u32, value: &[u8]) -> Vec<u8> {
    let mut object = Vec::with_capacity(object_len(tag, value.len()));
    put_header(&mut object, tag, value.len());
    object.extend_from_slice(value);
    object
}

/// Bytes of a data object whose value has so many.
pub(crate) const fn object_len(tag: u32, value_len: usize) -> usize {
    header_len(tag, value_len) + value_len
}

/// Appends tag and minimal length of an object; its value of so many bytes must follow.
pub(crate) fn put_header(object: &mut Vec<u8>, tag: u32, value_len: usize) {
    // Four bytes of tag and five of length; values here stay far below the 4 GiB that would not fit.
    let mut header = [0; 9];
    let len = write_header(tag, value_len, &mut header).expect("tag and length fit nine bytes");
    object.extend_from_slice(&header[..len]);
}

/// A DER `SET OF`: the elements in ascending order of their encodings (X.690, section 11.6).
fn set_of(mut elements: Vec<Vec<u8>>) -> Vec<u8> {
    elements.sort();
    tlv(asn1::SET, &elements.concat())
}

#[cfg(test)]
mod tests {
    use card_applet::wire::tlv::read_exact;
    use proptest::prelude::*;

    use super::{set_of, tlv};

    #[test]
    fn lengths_are_minimal() {
        for (len, header) in [
            (0, vec![0x04, 0x00]),
            (127, vec![0x04, 0x7F]),
            (128, vec![0x04, 0x81, 0x80]),
            (255, vec![0x04, 0x81, 0xFF]),
            (256, vec![0x04, 0x82, 0x01, 0x00]),
            (65_535, vec![0x04, 0x82, 0xFF, 0xFF]),
            (65_536, vec![0x04, 0x83, 0x01, 0x00, 0x00]),
        ] {
            let object = tlv(0x04, &vec![0xAA; len]);
            assert_eq!(object[..header.len()], header);
            assert_eq!(object.len(), header.len() + len);
        }
    }

    #[test]
    fn sets_are_sorted() {
        let set = set_of(vec![
            vec![0x02, 0x01, 0x05],
            vec![0x02, 0x01, 0x03],
            vec![0x01, 0x01, 0xFF],
        ]);
        assert_eq!(
            set,
            [0x31, 9, 0x01, 0x01, 0xFF, 0x02, 0x01, 0x03, 0x02, 0x01, 0x05]
        );
    }

    proptest! {
        /// The header's length is the shortest there is, and the reader finds the value behind it.
        #[test]
        fn any_length(len in 0_usize..70_000, tag in prop::sample::select(vec![0x30, 0x75, 0x5F1F, 0x7F61])) {
            let value = vec![0x5A; len];
            let object = tlv(tag, &value);
            let tag_len = if tag > 0xFF { 2 } else { 1 };
            let length_len = match len {
                0..=0x7F => 1,
                0x80..=0xFF => 2,
                0x100..=0xFFFF => 3,
                _ => 4,
            };
            prop_assert_eq!(object.len(), tag_len + length_len + len);
            prop_assert_eq!(read_exact(&object, tag), Ok(value.as_slice()));
        }
    }
}
