//! Key derivation: ICAO Doc 9303-11, 9.7.1 for BAC, PACE and secure messaging; NIST SP 800-108 as SCP03 uses it
//! (GlobalPlatform Amendment D, 4.1.5).

use super::CryptoError;
use super::cipher::{MAX_BLOCK, MAX_KEY, SymmetricAlgorithm};
use super::mac::MacKey;
use super::secret::Secret;
use sha1::{Digest, Sha1};
use sha2::Sha256;
use zeroize::Zeroize;

/// A derived key.
pub type DerivedKey = Secret<MAX_KEY>;

/// What a derived key is for: the counter c of KDF(K, c).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyUse {
    /// Encryption (c = 1).
    Encryption,
    /// Authentication (c = 2).
    Authentication,
    /// K_π, which encrypts PACE's nonce (c = 3).
    Password,
}

/// KDF(K, c): the hash of K ‖ c, SHA-1 for 16-byte keys and SHA-256 for longer ones, cut to the key's length;
/// DES keys with their parity bits set. Never panics.
pub fn derive_key(secret: &[u8], algorithm: SymmetricAlgorithm, key_use: KeyUse) -> DerivedKey {
    let counter: [u8; 4] = match key_use {
        KeyUse::Encryption => [0, 0, 0, 1],
        KeyUse::Authentication => [0, 0, 0, 2],
        KeyUse::Password => [0, 0, 0, 3],
    };
    let mut key = DerivedKey::zeroed(algorithm.key_len());
    match algorithm {
        SymmetricAlgorithm::TripleDes | SymmetricAlgorithm::Aes128 => {
            copy(
                &mut key,
                Sha1::new()
                    .chain_update(secret)
                    .chain_update(counter)
                    .finalize()
                    .into(),
            );
        }
        SymmetricAlgorithm::Aes192 | SymmetricAlgorithm::Aes256 => {
            copy(
                &mut key,
                Sha256::new()
                    .chain_update(secret)
                    .chain_update(counter)
                    .finalize()
                    .into(),
            );
        }
    }
    if algorithm == SymmetricAlgorithm::TripleDes {
        for byte in key.expose_mut() {
            *byte = with_odd_parity(*byte);
        }
    }
    key
}

fn copy<const N: usize>(key: &mut DerivedKey, mut digest: [u8; N]) {
    for (to, from) in key.expose_mut().iter_mut().zip(&digest) {
        *to = *from;
    }
    digest.zeroize();
}

/// A DES key byte with its lowest bit set so that the number of ones is odd.
const fn with_odd_parity(byte: u8) -> u8 {
    if byte.count_ones().is_multiple_of(2) {
        byte ^ 1
    } else {
        byte
    }
}

/// SCP03's key and cryptogram derivation: SP 800-108 in counter mode with CMAC over
/// `00×11 ‖ constant ‖ 00 ‖ L (two bytes, bits) ‖ i (one byte) ‖ context`. Fills `out` (at most 4 KiB). Never panics.
///
/// # Errors
/// [`CryptoError::InvalidLength`] when `out` is too long.
pub fn scp03(key: &MacKey, constant: u8, context: &[u8], out: &mut [u8]) -> Result<(), CryptoError> {
    let bits = u16::try_from(out.len().saturating_mul(8)).map_err(|_| CryptoError::InvalidLength)?;
    for (chunk, counter) in out.chunks_mut(MAX_BLOCK).zip(1u8..) {
        let mut mac = key.start();
        mac.update(&[0; 11]);
        mac.update(&[constant, 0]);
        mac.update(&bits.to_be_bytes());
        mac.update(&[counter]);
        mac.update(context);
        let mut block = mac.finish();
        for (to, from) in chunk.iter_mut().zip(&block) {
            *to = *from;
        }
        block.zeroize();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::global_platform::derivation;
    use test_vectors::{hex, load};

    #[test]
    fn keys_of_9303_11_appendix_d() {
        let vector = load("icao-bac-3des");
        let keys = &vector["D1_key_derivation"];
        let k_seed = hex(&keys["kseed"]);
        for (key_use, name) in [(KeyUse::Encryption, "kenc"), (KeyUse::Authentication, "kmac")] {
            assert_eq!(
                derive_key(&k_seed, SymmetricAlgorithm::TripleDes, key_use).expose(),
                hex(&keys[name])
            );
        }
    }

    /// K_π of every MRZ and CAN in the vectors, for all four ciphers.
    #[test]
    fn password_keys() {
        let vectors = load("icao-mrz-and-keys");
        let ciphers = [
            ("3des", SymmetricAlgorithm::TripleDes),
            ("aes128", SymmetricAlgorithm::Aes128),
            ("aes192", SymmetricAlgorithm::Aes192),
            ("aes256", SymmetricAlgorithm::Aes256),
        ];
        let mut checked = 0;
        for vector in vectors["mrz_vectors"].as_array().unwrap() {
            let secret = hex(&vector["sha1"]);
            for (name, algorithm) in ciphers {
                let key = derive_key(&secret, algorithm, KeyUse::Password);
                assert_eq!(key.expose(), hex(&vector[format!("pace_kpi_{name}")]));
                checked += 1;
            }
        }
        for vector in vectors["can_pin_vectors"].as_array().unwrap() {
            let secret = vector["password"].as_str().unwrap().as_bytes();
            for (name, algorithm) in ciphers {
                let key = derive_key(secret, algorithm, KeyUse::Password);
                assert_eq!(key.expose(), hex(&vector[format!("kpi_{name}")]));
                checked += 1;
            }
        }
        assert!(checked >= 40);
    }

    /// Session keys and cryptograms of every SCP03 transcript, all key lengths, S8 and S16.
    #[test]
    fn scp03_keys_and_cryptograms() {
        let vectors = load("globalplatform-scp03");
        let mut checked = 0;
        for vector in vectors["vectors"].as_array().unwrap() {
            let static_key = |name: &str| {
                let key = hex(&vector[name]);
                MacKey::new(SymmetricAlgorithm::aes_with_key_len(key.len()).unwrap(), &key).unwrap()
            };
            let context = [hex(&vector["host_challenge"]), hex(&vector["card_challenge"])].concat();
            for (name, from, constant) in [
                ("s_enc", "key_enc", derivation::S_ENC),
                ("s_mac", "key_mac", derivation::S_MAC),
                ("s_rmac", "key_mac", derivation::S_RMAC),
            ] {
                let expected = hex(&vector[name]);
                let mut derived = vec![0; expected.len()];
                scp03(&static_key(from), constant, &context, &mut derived).unwrap();
                assert_eq!(derived, expected, "{name}");
            }
            let s_mac = hex(&vector["s_mac"]);
            let s_mac =
                MacKey::new(SymmetricAlgorithm::aes_with_key_len(s_mac.len()).unwrap(), &s_mac).unwrap();
            for (name, constant) in [
                ("card_cryptogram", derivation::CARD_CRYPTOGRAM),
                ("host_cryptogram", derivation::HOST_CRYPTOGRAM),
            ] {
                let expected = hex(&vector[name]);
                assert_eq!(expected.len() == 16, vector["mode"] == "S16");
                let mut cryptogram = vec![0; expected.len()];
                scp03(&s_mac, constant, &context, &mut cryptogram).unwrap();
                assert_eq!(cryptogram, expected, "{name}");
            }
            checked += 1;
        }
        assert!(checked >= 9);
    }
}
