//! What PACE with Chip Authentication Mapping proves of the chip (ICAO Doc 9303-11 §4.4.3.3.3 and §4.4.3.5).

use super::pace::Pace;
use super::session::Session;
use crate::naive::{Group, find, objects};

/// id-PK-ECDH: 0.4.0.127.0.7.2.2.1.2.
const ID_PK_ECDH: [u8; 9] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x01, 0x02];

/// CA_IC out of DO'8A': decrypted with the IV E(KS_Enc, −1). `None` for what is not whole blocks, padded.
pub fn chip_authentication_data(session: &Session, encrypted: &[u8]) -> Option<Vec<u8>> {
    let cipher = session.cipher;
    let block = cipher.block_len();
    if encrypted.is_empty() || !encrypted.len().is_multiple_of(block) {
        return None;
    }
    let iv = cipher.encrypt(&session.ks_enc, &vec![0; block], &vec![0xFF; block]);
    cipher.unpad(&cipher.decrypt(&session.ks_enc, &iv, encrypted))
}

/// Whether the chip that mapped has the private key of this static one: PK_Map,IC = CA_IC · PK_IC.
///
/// # Errors
/// What is missing or wrong.
pub fn verify(pace: &Pace, static_public: &[u8]) -> Result<(), &'static str> {
    let session = pace.session.as_ref().ok_or("the keys are missing")?;
    let encrypted = pace.chip_authentication_data.as_ref();
    let encrypted = encrypted.ok_or("the answer has no DO'8A'")?;
    let ca_ic = chip_authentication_data(session, encrypted)
        .ok_or("DO'8A' does not decrypt to something that is padded")?;
    if !matches!(pace.set.group, Group::Curve(_)) {
        return Err("Chip Authentication Mapping is on curves only");
    }
    let mapped = pace.set.group.multiply(static_public, &ca_ic);
    match mapped.ok_or("CA_IC is no number of the curve, or the static key no point")? {
        mapped if mapped == pace.map_public_ic => Ok(()),
        _ => Err("the chip does not have the private key of EF.CardSecurity"),
    }
}

/// The static public key that EF.CardSecurity has for these domain parameters: its identifier is theirs; without one it is the only key
/// (9303-11 §9.2.6). Who signed the file is not asked here.
pub fn static_key(card_security: &[u8], parameter_id: u8) -> Option<Vec<u8>> {
    let content_info = find(card_security, 0x30)?;
    let signed_data = find(find(content_info, 0xA0)?, 0x30)?;
    let encapsulated = find(signed_data, 0x30)?;
    let infos = find(find(find(encapsulated, 0xA0)?, 0x04)?, 0x31)?;
    let keys: Vec<(Option<&[u8]>, &[u8])> = objects(infos)
        .into_iter()
        .filter_map(|(_, info)| public_key(info))
        .collect();
    let named = keys.iter().find(|(id, _)| *id == Some(&[parameter_id][..]));
    let only = match keys[..] {
        [(None, _)] => keys.first(),
        _ => None,
    };
    named.or(only).map(|(_, key)| key.to_vec())
}

/// Identifier and point of a ChipAuthenticationPublicKeyInfo.
fn public_key(info: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    if find(info, 0x06)? != ID_PK_ECDH {
        return None;
    }
    let point = find(find(info, 0x30)?, 0x03)?.strip_prefix(&[0x00])?;
    Some((find(info, 0x02), point))
}
