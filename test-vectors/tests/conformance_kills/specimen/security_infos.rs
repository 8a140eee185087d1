//! Entries of EF.CardAccess, EF.CardSecurity and DG14 (9303-11 §9.2).

use test_vectors::faulty_chip::{ChipKey, Cipher};

use super::der::{integer, object_identifier, sequence};
use test_vectors::faulty_chip::object;

/// 1 in a MODP group, 2 on a curve.
fn kind(key: &ChipKey) -> u8 {
    if key.group.curve().is_some() { 2 } else { 1 }
}

fn key_id(key: &ChipKey) -> Vec<u8> {
    key.id.map(|id| integer(&[id])).unwrap_or_default()
}

/// ChipAuthenticationInfo for each cipher, version 1.
pub fn chip_authentication(key: &ChipKey, ciphers: &[Cipher]) -> Vec<Vec<u8>> {
    let info = |cipher: &Cipher| {
        let arc = (1..=4).find(|arc| Cipher::from_arc(*arc) == Some(*cipher));
        let arc = arc.expect("a cipher of the list");
        let oid = object_identifier(&format!("04007F00070202030{}0{arc}", kind(key)));
        sequence(&[&oid, &integer(&[1]), &key_id(key)])
    };
    ciphers.iter().map(info).collect()
}

/// ChipAuthenticationPublicKeyInfo.
pub fn chip_key(key: &ChipKey, public_key: &[u8]) -> Vec<u8> {
    let oid = object_identifier(&format!("04007F00070202010{}", kind(key)));
    sequence(&[&oid, public_key, &key_id(key)])
}

/// ActiveAuthenticationInfo: ecdsa-plain-SHA256.
pub fn active_authentication() -> Vec<u8> {
    sequence(&[
        &object_identifier("678108010105"),
        &integer(&[1]),
        &object_identifier("04007F00070101040103"),
    ])
}

/// TerminalAuthenticationInfo with where EF.CVCA is.
pub fn terminal_authentication() -> Vec<u8> {
    let file = sequence(&[&object(0x04, &[0x01, 0x1C]), &object(0x04, &[0x1C])]);
    sequence(&[&object_identifier("04007F0007020202"), &integer(&[1]), &file])
}
