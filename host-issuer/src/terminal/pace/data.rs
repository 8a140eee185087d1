//! The data objects that PACE sends: dynamic authentication data and public keys (BSI TR-03110-3 §B.1, §D.3).

use card_applet::wire::tlv;

/// Dynamic authentication data.
const DYNAMIC_AUTHENTICATION_DATA: u32 = 0x7C;
/// A public key as a card verifiable data object.
const PUBLIC_KEY: u32 = 0x7F49;
/// Object identifier inside it.
const OBJECT_IDENTIFIER: u32 = 0x06;
/// Public point inside it.
const PUBLIC_POINT: u32 = 0x86;

/// `7C { tag { value } }`, or the empty `7C 00` that asks for the nonce.
pub(super) fn dynamic_authentication_data(object: Option<(u32, &[u8])>) -> Vec<u8> {
    let content = object
        .map(|(tag, value)| data_object(tag, value))
        .unwrap_or_default();
    data_object(DYNAMIC_AUTHENTICATION_DATA, &content)
}

/// The value of the only data object in dynamic authentication data, if it has this tag.
pub(super) fn read_dynamic_authentication_data(bytes: &[u8], tag: u32) -> Option<&[u8]> {
    tlv::read_exact(tlv::read_exact(bytes, DYNAMIC_AUTHENTICATION_DATA).ok()?, tag).ok()
}

/// `7F49 { 06 { oid }, 86 { point } }`: what a token is computed over. Domain parameters are left out (9303-11 §9.4.5).
pub(super) fn public_key_object(oid: &[u8], point: &[u8]) -> Vec<u8> {
    let mut content = data_object(OBJECT_IDENTIFIER, oid);
    content.extend(data_object(PUBLIC_POINT, point));
    data_object(PUBLIC_KEY, &content)
}

fn data_object(tag: u32, value: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; tlv::header_len(tag, value.len())];
    // The buffer has exactly the header's length, so that writing it cannot fail.
    let written = tlv::write_header(tag, value.len(), &mut bytes);
    debug_assert_eq!(written, Ok(bytes.len()));
    bytes.extend_from_slice(value);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_input_of_9303_11_appendix_g1() {
        let vectors = test_vectors::load("icao-pace-gm");
        let vector = &vectors["vectors"][0];
        let oid = test_vectors::hex(&vector["oid"]);
        let chip = public_key_object(&oid, &test_vectors::hex(&vector["ka_chip_pub"]));
        assert_eq!(chip, test_vectors::hex(&vector["t_ifd_input"]));
    }

    #[test]
    fn only_the_one_object_that_was_asked_for() {
        assert_eq!(
            read_dynamic_authentication_data(&[0x7C, 3, 0x80, 1, 5], 0x80),
            Some(&[5][..])
        );
        for bad in [
            &[][..],
            &[0x7C, 0],
            &[0x7C, 3, 0x80, 1],
            &[0x7C, 3, 0x81, 1, 5],
            &[0x7C, 5, 0x80, 1, 5, 0x81, 0],
        ] {
            assert_eq!(read_dynamic_authentication_data(bad, 0x80), None);
        }
    }
}
