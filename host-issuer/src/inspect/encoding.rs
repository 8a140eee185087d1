//! Whether bytes are written in DER, as Doc 9303-10 asks of EF.SOD, or in some other BER.

use super::asn1::Reader;

/// What is not DER about these bytes, in words; `None` when nothing is. Looks at lengths and pieces of strings only: orders and values
/// are judged where they are read.
pub(super) fn not_der(bytes: &[u8]) -> Option<&'static str> {
    let mut open = vec![bytes];
    while let Some(level) = open.pop() {
        let mut elements = Reader::new(level);
        while !elements.is_empty() {
            // Whoever reads the structure says what is wrong with it.
            let element = elements.next("element").ok()?;
            let header = element.raw.len() - element.body.len();
            let length = element.body.len();
            let tag_len = if element.tag > 0xFFFF {
                3
            } else {
                1 + usize::from(element.tag > 0xFF)
            };
            match element.raw.get(tag_len) {
                Some(0x80) => return Some("an indefinite length"),
                Some(_) if header - tag_len != length_of_length(length) => {
                    return Some("a length longer than it need be");
                }
                _ => {}
            }
            if element.tag == super::asn1::tag::OCTET_STRING_CONSTRUCTED {
                return Some("a string in pieces");
            }
            let first = element.raw.first().copied().unwrap_or_default();
            if first & 0x20 != 0 {
                open.push(element.body);
            }
        }
    }
    None
}

/// Bytes of a DER length field.
fn length_of_length(length: usize) -> usize {
    match length {
        0..0x80 => 1,
        0x80..0x100 => 2,
        0x100..0x1_0000 => 3,
        0x1_0000..0x100_0000 => 4,
        _ => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::not_der;

    #[test]
    fn der_and_the_rest_of_ber() {
        let long = [&[0x77, 0x81, 0x82, 0x04, 0x81, 0x7F][..], &[0; 0x7F]].concat();
        for (bytes, expected) in [
            (&[0x30, 0x03, 0x02, 0x01, 0x05][..], None),
            (&[0x7F, 0x61, 0x02, 0x05, 0x00], None),
            (&[0x30, 0x80, 0x05, 0x00, 0, 0], Some("an indefinite length")),
            (
                &[0x30, 0x81, 0x02, 0x05, 0x00],
                Some("a length longer than it need be"),
            ),
            (&long, Some("a length longer than it need be")),
            (
                &[0x30, 0x05, 0x24, 0x03, 0x04, 0x01, 0xAA],
                Some("a string in pieces"),
            ),
        ] {
            assert_eq!(not_der(bytes), expected, "{bytes:02X?}");
        }
    }
}
