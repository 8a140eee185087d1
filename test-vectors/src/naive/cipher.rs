//! Ciphers, MACs and key derivation of a session, from block ciphers up (ICAO Doc 9303-11 §9.7, §9.8).

use aes::{Aes128, Aes192, Aes256};
use cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt, BlockSizeUser, KeyInit};
use cmac::{Cmac, Mac};
use des::{Des, TdesEde2};
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// Cipher of a session, with the MAC and hash that go with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cipher {
    /// 3DES with two keys, retail MAC, SHA-1.
    TripleDes,
    /// AES-128, CMAC, SHA-1.
    Aes128,
    /// AES-192, CMAC, SHA-256.
    Aes192,
    /// AES-256, CMAC, SHA-256.
    Aes256,
}

impl Cipher {
    /// The last arc of an object identifier that names it.
    pub fn from_arc(arc: u8) -> Option<Self> {
        match arc {
            1 => Some(Self::TripleDes),
            2 => Some(Self::Aes128),
            3 => Some(Self::Aes192),
            4 => Some(Self::Aes256),
            _ => None,
        }
    }

    /// Bytes of a block.
    pub fn block_len(self) -> usize {
        if self == Self::TripleDes { 8 } else { 16 }
    }

    /// KDF(secret, counter). Parity bits of DES keys are left as they come: no DES looks at them.
    pub fn derive(self, secret: &[u8], counter: u8) -> Vec<u8> {
        let input = [secret, &[0, 0, 0, counter]].concat();
        let (digest, len) = match self {
            Self::TripleDes | Self::Aes128 => (Sha1::digest(&input).to_vec(), 16),
            Self::Aes192 => (Sha256::digest(&input).to_vec(), 24),
            Self::Aes256 => (Sha256::digest(&input).to_vec(), 32),
        };
        digest[..len].to_vec()
    }

    /// CBC over whole blocks.
    pub fn encrypt(self, key: &[u8], iv: &[u8], data: &[u8]) -> Vec<u8> {
        match self {
            Self::TripleDes => cbc_encrypt::<TdesEde2>(key, iv, data),
            Self::Aes128 => cbc_encrypt::<Aes128>(key, iv, data),
            Self::Aes192 => cbc_encrypt::<Aes192>(key, iv, data),
            Self::Aes256 => cbc_encrypt::<Aes256>(key, iv, data),
        }
    }

    /// CBC backwards over whole blocks.
    pub fn decrypt(self, key: &[u8], iv: &[u8], data: &[u8]) -> Vec<u8> {
        match self {
            Self::TripleDes => cbc_decrypt::<TdesEde2>(key, iv, data),
            Self::Aes128 => cbc_decrypt::<Aes128>(key, iv, data),
            Self::Aes192 => cbc_decrypt::<Aes192>(key, iv, data),
            Self::Aes256 => cbc_decrypt::<Aes256>(key, iv, data),
        }
    }

    /// The first eight bytes of the MAC. The retail MAC takes a message of whole blocks, CMAC any.
    pub fn mac(self, key: &[u8], message: &[u8]) -> Vec<u8> {
        let mut mac = match self {
            Self::TripleDes => retail_mac(key, message),
            Self::Aes128 => cmac::<Cmac<Aes128>>(key, message),
            Self::Aes192 => cmac::<Cmac<Aes192>>(key, message),
            Self::Aes256 => cmac::<Cmac<Aes256>>(key, message),
        };
        mac.truncate(8);
        mac
    }

    /// Padding method 2 of ISO/IEC 9797-1: 80, then zeros.
    pub fn pad(self, data: &[u8]) -> Vec<u8> {
        let mut padded = data.to_vec();
        padded.push(0x80);
        while !padded.len().is_multiple_of(self.block_len()) {
            padded.push(0);
        }
        padded
    }

    /// Takes the padding off.
    pub fn unpad(self, padded: &[u8]) -> Option<Vec<u8>> {
        let end = padded.iter().rposition(|byte| *byte != 0)?;
        (padded[end] == 0x80).then(|| padded[..end].to_vec())
    }
}

fn cbc_encrypt<C: BlockCipherEncrypt + KeyInit>(key: &[u8], iv: &[u8], data: &[u8]) -> Vec<u8> {
    let cipher = C::new_from_slice(key).expect("a key of the cipher's length");
    let mut chain = iv.to_vec();
    let mut out = Vec::with_capacity(data.len());
    for block in data.chunks_exact(chain.len()) {
        let mixed: Vec<u8> = block.iter().zip(&chain).map(|(a, b)| a ^ b).collect();
        chain = encrypt_block(&cipher, &mixed);
        out.extend_from_slice(&chain);
    }
    out
}

fn cbc_decrypt<C: BlockCipherDecrypt + KeyInit>(key: &[u8], iv: &[u8], data: &[u8]) -> Vec<u8> {
    let cipher = C::new_from_slice(key).expect("a key of the cipher's length");
    let mut chain = iv.to_vec();
    let mut out = Vec::with_capacity(data.len());
    for block in data.chunks_exact(chain.len()) {
        let mut plain = Array::try_from(block).expect("a block");
        cipher.decrypt_block(&mut plain);
        out.extend(plain.iter().zip(&chain).map(|(a, b)| a ^ b));
        chain = block.to_vec();
    }
    out
}

fn encrypt_block<C: BlockCipherEncrypt + BlockSizeUser>(cipher: &C, block: &[u8]) -> Vec<u8> {
    let mut block = Array::try_from(block).expect("a block");
    cipher.encrypt_block(&mut block);
    block.to_vec()
}

/// ISO/IEC 9797-1 algorithm 3: DES-CBC with the first half, the last block once more through the second and the first.
fn retail_mac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let (first, second) = key.split_at(8);
    let chained = cbc_encrypt::<Des>(first, &[0; 8], message);
    let last = &chained[chained.len().saturating_sub(8)..];
    let middle = cbc_decrypt::<Des>(second, &[0; 8], last);
    cbc_encrypt::<Des>(first, &[0; 8], &middle)
}

fn cmac<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = <M as KeyInit>::new_from_slice(key).expect("a key of the cipher's length");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}
