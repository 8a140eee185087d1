//! Block ciphers in CBC mode: 3DES with two keys, AES-128, AES-192, AES-256.

use super::CryptoError;
use aes::{Aes128, Aes192, Aes256};
use cbc::{Decryptor, Encryptor};
use cipher::{
    Array, BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, InnerIvInit, IvState,
    KeyInit,
};
use des::TdesEde2;

/// Longest block.
pub const MAX_BLOCK: usize = 16;
/// Longest key.
pub const MAX_KEY: usize = 32;

/// Cipher, and with it the MAC and key derivation, of PACE, BAC and their sessions (ICAO Doc 9303-11, 9.7.1 and 9.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SymmetricAlgorithm {
    /// 3DES with two keys in CBC mode, retail MAC.
    TripleDes,
    /// AES-128 in CBC mode, CMAC.
    Aes128,
    /// AES-192 in CBC mode, CMAC.
    Aes192,
    /// AES-256 in CBC mode, CMAC.
    Aes256,
}

impl SymmetricAlgorithm {
    /// Key length in bytes: 16, 16, 24 or 32.
    pub const fn key_len(self) -> usize {
        match self {
            Self::TripleDes | Self::Aes128 => 16,
            Self::Aes192 => 24,
            Self::Aes256 => 32,
        }
    }

    /// Block length in bytes: 8 or 16.
    pub const fn block_len(self) -> usize {
        match self {
            Self::TripleDes => 8,
            _ => 16,
        }
    }

    /// The AES with keys of this length in bytes.
    pub const fn aes_with_key_len(len: usize) -> Option<Self> {
        match len {
            16 => Some(Self::Aes128),
            24 => Some(Self::Aes192),
            32 => Some(Self::Aes256),
            _ => None,
        }
    }
}

#[derive(Clone)]
enum KeyedCipher {
    TripleDes(TdesEde2),
    Aes128(Aes128),
    Aes192(Aes192),
    Aes256(Aes256),
}

/// A key schedule, wiped when dropped.
#[derive(Clone)]
pub struct BlockCipherKey {
    cipher: KeyedCipher,
    algorithm: SymmetricAlgorithm,
}

impl BlockCipherKey {
    /// Sets up a key. Never panics.
    ///
    /// # Errors
    /// [`CryptoError::InvalidKey`] when its length is not the algorithm's.
    pub fn new(algorithm: SymmetricAlgorithm, key: &[u8]) -> Result<Self, CryptoError> {
        let cipher = match algorithm {
            SymmetricAlgorithm::TripleDes => TdesEde2::new_from_slice(key).map(KeyedCipher::TripleDes),
            SymmetricAlgorithm::Aes128 => Aes128::new_from_slice(key).map(KeyedCipher::Aes128),
            SymmetricAlgorithm::Aes192 => Aes192::new_from_slice(key).map(KeyedCipher::Aes192),
            SymmetricAlgorithm::Aes256 => Aes256::new_from_slice(key).map(KeyedCipher::Aes256),
        }
        .map_err(|_| CryptoError::InvalidKey)?;
        Ok(Self { cipher, algorithm })
    }

    /// The algorithm.
    pub const fn algorithm(&self) -> SymmetricAlgorithm {
        self.algorithm
    }

    /// Encrypts whole blocks in place. `iv` (one block) goes on to the last block of ciphertext, so that a long
    /// message can be encrypted piece by piece. Never panics.
    pub fn cbc_encrypt(&self, iv: &mut [u8], data: &mut [u8]) -> Result<(), CryptoError> {
        match &self.cipher {
            KeyedCipher::TripleDes(cipher) => encrypt(cipher, iv, data),
            KeyedCipher::Aes128(cipher) => encrypt(cipher, iv, data),
            KeyedCipher::Aes192(cipher) => encrypt(cipher, iv, data),
            KeyedCipher::Aes256(cipher) => encrypt(cipher, iv, data),
        }
    }

    /// Decrypts whole blocks in place; `iv` goes on as in [`cbc_encrypt`](Self::cbc_encrypt). Never panics.
    pub fn cbc_decrypt(&self, iv: &mut [u8], data: &mut [u8]) -> Result<(), CryptoError> {
        match &self.cipher {
            KeyedCipher::TripleDes(cipher) => decrypt(cipher, iv, data),
            KeyedCipher::Aes128(cipher) => decrypt(cipher, iv, data),
            KeyedCipher::Aes192(cipher) => decrypt(cipher, iv, data),
            KeyedCipher::Aes256(cipher) => decrypt(cipher, iv, data),
        }
    }

    /// Encrypts one block in place: the initial vector of a secured message from its counter, a key check value.
    /// Never panics.
    pub fn encrypt_block(&self, block: &mut [u8]) -> Result<(), CryptoError> {
        if block.len() != self.algorithm.block_len() {
            return Err(CryptoError::InvalidLength);
        }
        let mut iv = [0; MAX_BLOCK];
        let iv = iv.get_mut(..block.len()).ok_or(CryptoError::InvalidLength)?;
        self.cbc_encrypt(iv, block)
    }
}

fn encrypt<C: BlockCipherEncrypt>(cipher: &C, iv: &mut [u8], data: &mut [u8]) -> Result<(), CryptoError> {
    let start = Array::try_from(&*iv).map_err(|_| CryptoError::InvalidKey)?;
    let mut encryptor = Encryptor::inner_iv_init(cipher, &start);
    let (blocks, rest) = Array::slice_as_chunks_mut(data);
    if !rest.is_empty() {
        return Err(CryptoError::InvalidLength);
    }
    encryptor.encrypt_blocks(blocks);
    iv.copy_from_slice(&encryptor.iv_state());
    Ok(())
}

fn decrypt<C: BlockCipherDecrypt>(cipher: &C, iv: &mut [u8], data: &mut [u8]) -> Result<(), CryptoError> {
    let start = Array::try_from(&*iv).map_err(|_| CryptoError::InvalidKey)?;
    let mut decryptor = Decryptor::inner_iv_init(cipher, &start);
    let (blocks, rest) = Array::slice_as_chunks_mut(data);
    if !rest.is_empty() {
        return Err(CryptoError::InvalidLength);
    }
    decryptor.decrypt_blocks(blocks);
    iv.copy_from_slice(&decryptor.iv_state());
    Ok(())
}

impl core::fmt::Debug for BlockCipherKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "BlockCipherKey({:?}, ..)", self.algorithm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_vectors::{hex, load};

    /// E_IFD of ICAO Doc 9303-11, D.3.
    #[test]
    fn triple_des_of_9303_11_appendix_d() {
        let vector = load("icao-bac-3des");
        let keys = &vector["D1_key_derivation"];
        let bac = &vector["D3_authentication"];
        let key = BlockCipherKey::new(SymmetricAlgorithm::TripleDes, &hex(&keys["kenc"])).unwrap();
        let mut data = hex(&bac["s"]);
        key.cbc_encrypt(&mut [0; 8], &mut data).unwrap();
        assert_eq!(data, hex(&bac["e_ifd"]));
        key.cbc_decrypt(&mut [0; 8], &mut data).unwrap();
        assert_eq!(data, hex(&bac["s"]));
    }

    /// The nonce of ICAO Doc 9303-11, G.1.
    #[test]
    fn aes_of_9303_11_appendix_g1() {
        let vector = &load("icao-pace-gm")["vectors"][0];
        let key = BlockCipherKey::new(SymmetricAlgorithm::Aes128, &hex(&vector["k_pi"])).unwrap();
        let mut nonce = hex(&vector["nonce_enc"]);
        key.cbc_decrypt(&mut [0; 16], &mut nonce).unwrap();
        assert_eq!(nonce, hex(&vector["nonce"]));
    }

    #[test]
    fn a_message_may_be_encrypted_piece_by_piece() {
        let key = BlockCipherKey::new(SymmetricAlgorithm::Aes256, &[7; 32]).unwrap();
        let mut whole = [0x5A; 64];
        key.cbc_encrypt(&mut [1; 16], &mut whole).unwrap();
        let (mut pieces, mut iv) = ([0x5A; 64], [1; 16]);
        let (first, second) = pieces.split_at_mut(16);
        key.cbc_encrypt(&mut iv, first).unwrap();
        key.cbc_encrypt(&mut iv, second).unwrap();
        assert_eq!(whole, pieces);
    }

    #[test]
    fn refuses_wrong_lengths() {
        let aes = |len: usize| BlockCipherKey::new(SymmetricAlgorithm::Aes192, &vec![0; len]);
        assert_eq!(aes(16).unwrap_err(), CryptoError::InvalidKey);
        let key = aes(24).unwrap();
        assert_eq!(
            key.cbc_encrypt(&mut [0; 16], &mut [0; 17]),
            Err(CryptoError::InvalidLength)
        );
        assert_eq!(
            key.cbc_encrypt(&mut [0; 8], &mut [0; 16]),
            Err(CryptoError::InvalidKey)
        );
        assert_eq!(key.encrypt_block(&mut [0; 8]), Err(CryptoError::InvalidLength));
    }
}
