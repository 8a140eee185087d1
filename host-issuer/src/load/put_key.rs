//! The data field of PUT KEY (GlobalPlatform Card Specification §11.8; Amendment D §7.2): keys and passwords, encrypted under
//! Key-DEK on top of the session's own encryption, so that they are not in plain even where the session's keys are.

use card_applet::crypto::cipher::{BlockCipherKey, MAX_BLOCK, SymmetricAlgorithm};
use card_applet::wire::global_platform::{
    KEY_TYPE_AES, KEY_TYPE_PASSWORD_BAC, KEY_TYPE_PASSWORD_PACE, KEY_TYPE_PASSWORD_PACE_AND_BAC,
    KEY_VERSION_PASSWORDS,
};
use personalization::script::PasswordUse;
use zeroize::Zeroizing;

use super::scp03::StaticKeys;

/// Bytes of a key check value.
const CHECK_VALUE_LEN: usize = 3;

/// A key set's data field, and the answer that the chip must give to it.
pub(super) struct KeySetData {
    pub(super) data: Zeroizing<Vec<u8>>,
    /// Key version number and the three check values.
    pub(super) answer: Vec<u8>,
}

/// New version ‖ three times (type ‖ length ‖ key length ‖ encrypted key ‖ check value length ‖ check value).
/// `None` when a key has no AES length.
pub(super) fn key_set(key_version: u8, keys: &StaticKeys, dek: &[u8]) -> Option<KeySetData> {
    let mut data = Zeroizing::new(vec![key_version]);
    let mut answer = vec![key_version];
    for key in [&keys.enc, &keys.mac, &keys.dek] {
        let check_value = check_value(key)?;
        push_component(&mut data, KEY_TYPE_AES, key, dek)?;
        data.push(CHECK_VALUE_LEN as u8);
        data.extend_from_slice(&check_value);
        answer.extend_from_slice(&check_value);
    }
    Some(KeySetData { data, answer })
}

/// Version of passwords ‖ type ‖ length ‖ password length ‖ encrypted password ‖ no check value: three bytes of a hash of a
/// six-digit number would tell the number.
pub(super) fn password(usage: PasswordUse, value: &[u8], dek: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let key_type = match usage {
        PasswordUse::Pace => KEY_TYPE_PASSWORD_PACE,
        PasswordUse::PaceAndBac => KEY_TYPE_PASSWORD_PACE_AND_BAC,
        PasswordUse::Bac => KEY_TYPE_PASSWORD_BAC,
    };
    let mut data = Zeroizing::new(vec![KEY_VERSION_PASSWORDS]);
    push_component(&mut data, key_type, value, dek)?;
    data.push(0x00);
    Some(data)
}

/// Type ‖ length of what follows ‖ length of the value ‖ the value padded with zeros to whole blocks and encrypted.
fn push_component(data: &mut Vec<u8>, key_type: u8, value: &[u8], dek: &[u8]) -> Option<()> {
    let algorithm = SymmetricAlgorithm::aes_with_key_len(dek.len())?;
    let dek = BlockCipherKey::new(algorithm, dek).ok()?;
    let mut encrypted = value.to_vec();
    encrypted.resize(value.len().next_multiple_of(MAX_BLOCK), 0);
    dek.cbc_encrypt(&mut [0; MAX_BLOCK], &mut encrypted).ok()?;
    data.push(key_type);
    data.push(u8::try_from(encrypted.len() + 1).ok()?);
    data.push(u8::try_from(value.len()).ok()?);
    data.extend_from_slice(&encrypted);
    Some(())
}

/// First bytes of the encryption of sixteen bytes of 01 (Amendment D §4.1.4).
fn check_value(key: &[u8]) -> Option<[u8; CHECK_VALUE_LEN]> {
    let algorithm = SymmetricAlgorithm::aes_with_key_len(key.len())?;
    let mut block = [0x01; MAX_BLOCK];
    BlockCipherKey::new(algorithm, key)
        .ok()?
        .encrypt_block(&mut block)
        .ok()?;
    block.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published check value of the key 40 41 … 4F (GlobalPlatformPro, `session-kcv`).
    #[test]
    fn check_value_is_the_published_one() {
        let file = test_vectors::load("globalplatform-scp03");
        let vector = test_vectors::list(&file["derivation_vectors"])
            .iter()
            .find(|vector| vector["id"] == "session-kcv")
            .unwrap();
        let key = test_vectors::hex(&vector["key"]);
        let expected = test_vectors::hex(&vector["kcv"]["static_DEK"]);
        assert_eq!(check_value(&key).unwrap()[..], expected[..]);
    }

    #[test]
    fn a_key_set_has_three_components_and_no_key_in_plain() {
        let key = |byte: u8| Zeroizing::new(vec![byte; 32]);
        let keys = StaticKeys {
            enc: key(1),
            mac: key(2),
            dek: key(3),
        };
        let set = key_set(0x30, &keys, &[9; 32]).unwrap();
        assert_eq!(set.data.len(), 1 + 3 * (3 + 32 + 1 + 3));
        assert_eq!(set.data[..4], [0x30, 0x88, 33, 32]);
        assert_eq!(set.answer.len(), 1 + 3 * 3);
        assert!(
            !set.data
                .windows(8)
                .any(|bytes| bytes.iter().all(|byte| *byte == 1))
        );
        // Decrypted, the first component is the key again.
        let dek = BlockCipherKey::new(SymmetricAlgorithm::Aes256, &[9; 32]).unwrap();
        let mut first = set.data[4..36].to_vec();
        dek.cbc_decrypt(&mut [0; 16], &mut first).unwrap();
        assert_eq!(first, *keys.enc);
        assert!(
            key_set(
                0x30,
                &StaticKeys {
                    enc: key(1),
                    mac: key(2),
                    dek: Zeroizing::new(vec![3; 31])
                },
                &[9; 32]
            )
            .is_none()
        );
    }

    #[test]
    fn a_password_is_padded_with_zeros() {
        let data = password(PasswordUse::Pace, b"123456", &[9; 16]).unwrap();
        assert_eq!(data[..4], [0xF0, 0x01, 17, 6]);
        assert_eq!((data.len(), data[20]), (21, 0x00));
        let dek = BlockCipherKey::new(SymmetricAlgorithm::Aes128, &[9; 16]).unwrap();
        let mut value = data[4..20].to_vec();
        dek.cbc_decrypt(&mut [0; 16], &mut value).unwrap();
        assert_eq!(value, b"123456\0\0\0\0\0\0\0\0\0\0");
    }
}
