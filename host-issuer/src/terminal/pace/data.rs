//! The data objects that PACE sends: dynamic authentication data and public keys (BSI TR-03110-3 §B.1, §D.3).

use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::crypto::mac::{MacKey, TRUNCATED_MAC_LEN};
use card_applet::wire::tlv;

use super::Parameters;
use crate::terminal::key_agreement::Group;

/// Dynamic authentication data.
const DYNAMIC_AUTHENTICATION_DATA: u32 = 0x7C;
/// DO'8A' in dynamic authentication data: encrypted chip authentication data.
const ENCRYPTED_CHIP_AUTHENTICATION_DATA: u32 = 0x8A;
/// DO'87' and DO'88': certification authority references.
const NEWEST_AUTHORITY: u32 = 0x87;
const OTHER_AUTHORITY: u32 = 0x88;
/// A public key as a card verifiable data object.
const PUBLIC_KEY: u32 = 0x7F49;
/// Object identifier inside it.
const OBJECT_IDENTIFIER: u32 = 0x06;
/// Public point inside it, or public value of a MODP group.
const PUBLIC_POINT: u32 = 0x86;
const PUBLIC_VALUE: u32 = 0x84;

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

/// What ends PACE.
pub(super) struct TokenAnswer<'a> {
    /// DO'86': the chip's token.
    pub(super) token: &'a [u8],
    /// DO'87' and DO'88': its certification authority references, the newest first.
    pub(super) authorities: Vec<&'a [u8]>,
    /// DO'8A': encrypted chip authentication data, which end PACE-CAM and nothing else.
    pub(super) encrypted: Option<&'a [u8]>,
}

/// The data objects of the last answer, each at most once and in their order.
pub(super) fn read_token_answer(bytes: &[u8], token_tag: u32) -> Option<TokenAnswer<'_>> {
    let content = tlv::read_exact(bytes, DYNAMIC_AUTHENTICATION_DATA).ok()?;
    let mut objects = tlv::TlvReader::new(content);
    let token = objects.next()?.ok()?;
    if token.tag != token_tag {
        return None;
    }
    let mut answer = TokenAnswer {
        token: token.value,
        authorities: Vec::new(),
        encrypted: None,
    };
    for object in objects {
        let object = object.ok()?;
        match (object.tag, answer.authorities.len(), answer.encrypted) {
            (NEWEST_AUTHORITY, 0, None) | (OTHER_AUTHORITY, 1, None) => answer.authorities.push(object.value),
            (ENCRYPTED_CHIP_AUTHENTICATION_DATA, _, None) => answer.encrypted = Some(object.value),
            _ => return None,
        }
    }
    Some(answer)
}

/// `7F49 { 06 { oid }, 86 { point } }`, or `84 { value }` in a MODP group: what a token is computed over. Domain parameters are left out (9303-11 §9.4.5).
fn public_key_object(group: Group, oid: &[u8], public: &[u8]) -> Vec<u8> {
    let tag = if group.is_elliptic() {
        PUBLIC_POINT
    } else {
        PUBLIC_VALUE
    };
    let mut content = data_object(OBJECT_IDENTIFIER, oid);
    content.extend(data_object(tag, public));
    data_object(PUBLIC_KEY, &content)
}

/// T = MAC(KS_MAC, public key data object of the *other* side) (9303-11 §4.4.3.4).
pub(super) fn token(key: &MacKey, parameters: &Parameters, public: &[u8]) -> [u8; TRUNCATED_MAC_LEN] {
    let mut mac = key.start();
    let oid = parameters.info.protocol.oid();
    mac.update(&public_key_object(parameters.group, &oid, public));
    // CMAC pads by itself; the retail MAC of 9303-11 takes padding method 2.
    if parameters.algorithm == SymmetricAlgorithm::TripleDes {
        mac.pad();
    }
    mac.finish_truncated()
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
    fn token_input_of_9303_11_appendices_g_and_h() {
        for file in ["icao-pace-gm", "icao-pace-im"] {
            let vectors = test_vectors::load(file);
            for vector in test_vectors::list(&vectors["vectors"]) {
                let field = |name: &str| test_vectors::hex(&vector[name]);
                let parameter_id = vector["parameter_id"].as_u64().unwrap() as u8;
                let group = Group::from_parameter_id(parameter_id).unwrap();
                for (public, input) in [("ka_chip_pub", "t_ifd_input"), ("ka_term_pub", "t_ic_input")] {
                    let object = public_key_object(group, &field("oid"), &field(public));
                    assert_eq!(object, field(input), "{} {input}", vector["id"]);
                }
            }
        }
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
