//! Message authentication codes: retail MAC (ISO/IEC 9797-1 algorithm 3 with DES) and AES-CMAC (NIST SP 800-38B).

use super::CryptoError;
use super::cipher::{MAX_BLOCK, SymmetricAlgorithm};
use super::secret::constant_time_eq;
use aes::{Aes128, Aes192, Aes256};
use cipher::KeyInit;
use cmac::{Cmac, Mac};
use des::Des;
use retail_mac::RetailMac;

/// Length of the MACs of secure messaging and of authentication tokens: the first eight bytes.
pub const TRUNCATED_MAC_LEN: usize = 8;

#[derive(Clone)]
enum KeyedMac {
    TripleDes(RetailMac<Des>),
    Aes128(Cmac<Aes128>),
    Aes192(Cmac<Aes192>),
    Aes256(Cmac<Aes256>),
}

/// A MAC key.
#[derive(Clone)]
pub struct MacKey {
    initial: MacState,
}

impl MacKey {
    /// Sets up a key. Never panics.
    ///
    /// # Errors
    /// [`CryptoError::InvalidKey`] when its length is not the algorithm's.
    pub fn new(algorithm: SymmetricAlgorithm, key: &[u8]) -> Result<Self, CryptoError> {
        if key.len() != algorithm.key_len() {
            return Err(CryptoError::InvalidKey);
        }
        let mac = match algorithm {
            SymmetricAlgorithm::TripleDes => RetailMac::new_from_slice(key).map(KeyedMac::TripleDes),
            SymmetricAlgorithm::Aes128 => Cmac::new_from_slice(key).map(KeyedMac::Aes128),
            SymmetricAlgorithm::Aes192 => Cmac::new_from_slice(key).map(KeyedMac::Aes192),
            SymmetricAlgorithm::Aes256 => Cmac::new_from_slice(key).map(KeyedMac::Aes256),
        }
        .map_err(|_| CryptoError::InvalidKey)?;
        Ok(Self {
            initial: MacState {
                mac,
                in_block: 0,
                block: algorithm.block_len(),
            },
        })
    }

    /// Begins a MAC.
    pub fn start(&self) -> MacState {
        self.initial.clone()
    }

    /// The MAC of one message as it is: CMAC pads by itself, the retail MAC wants whole blocks.
    pub fn mac(&self, message: &[u8]) -> [u8; MAX_BLOCK] {
        let mut state = self.start();
        state.update(message);
        state.finish()
    }
}

impl core::fmt::Debug for MacKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("MacKey(..)")
    }
}

/// A MAC in progress.
#[derive(Clone)]
pub struct MacState {
    mac: KeyedMac,
    in_block: usize,
    block: usize,
}

impl MacState {
    /// Appends bytes to the message.
    pub fn update(&mut self, bytes: &[u8]) {
        self.in_block = self
            .in_block
            .wrapping_add(bytes.len())
            .checked_rem(self.block)
            .unwrap_or(0);
        match &mut self.mac {
            KeyedMac::TripleDes(mac) => mac.update(bytes),
            KeyedMac::Aes128(mac) => mac.update(bytes),
            KeyedMac::Aes192(mac) => mac.update(bytes),
            KeyedMac::Aes256(mac) => mac.update(bytes),
        }
    }

    /// Appends padding method 2 up to the next block, as secure messaging wants it (ICAO Doc 9303-11, 9.8.6).
    pub fn pad(&mut self) {
        const PADDING: [u8; MAX_BLOCK] = [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let len = self.block.saturating_sub(self.in_block);
        self.update(PADDING.get(..len).unwrap_or_default());
    }

    /// The MAC: 16 bytes of CMAC; of the retail MAC eight, then zeros.
    pub fn finish(self) -> [u8; MAX_BLOCK] {
        let mut out = [0; MAX_BLOCK];
        match self.mac {
            KeyedMac::TripleDes(mac) => copy(&mut out, &mac.finalize().into_bytes()),
            KeyedMac::Aes128(mac) => copy(&mut out, &mac.finalize().into_bytes()),
            KeyedMac::Aes192(mac) => copy(&mut out, &mac.finalize().into_bytes()),
            KeyedMac::Aes256(mac) => copy(&mut out, &mac.finalize().into_bytes()),
        }
        out
    }

    /// The first eight bytes of the MAC.
    pub fn finish_truncated(self) -> [u8; TRUNCATED_MAC_LEN] {
        let [a, b, c, d, e, f, g, h, ..] = self.finish();
        [a, b, c, d, e, f, g, h]
    }

    /// Whether these are the first eight bytes of the MAC; in constant time.
    pub fn verify_truncated(self, mac: &[u8]) -> bool {
        constant_time_eq(&self.finish_truncated(), mac)
    }
}

impl core::fmt::Debug for MacState {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("MacState(..)")
    }
}

fn copy(out: &mut [u8], mac: &[u8]) {
    for (to, from) in out.iter_mut().zip(mac) {
        *to = *from;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_vectors::{hex, load};

    #[test]
    fn cmac_of_rfc_4493() {
        let vector = &load("secure-messaging-and-primitives")["published"]["rfc4493"];
        let key = MacKey::new(SymmetricAlgorithm::Aes128, &hex(&vector["key"])).unwrap();
        for case in vector["cases"].as_array().unwrap() {
            assert_eq!(key.mac(&hex(&case["msg"]))[..], hex(&case["mac"]));
        }
    }

    /// M_IFD and a command's MAC of ICAO Doc 9303-11, appendix D.
    #[test]
    fn retail_mac_of_9303_11_appendix_d() {
        let vector = load("icao-bac-3des");
        let key = MacKey::new(
            SymmetricAlgorithm::TripleDes,
            &hex(&vector["D1_key_derivation"]["kmac"]),
        )
        .unwrap();
        let mut mac = key.start();
        mac.update(&hex(&vector["D3_authentication"]["e_ifd"]));
        mac.pad();
        assert!(mac.verify_truncated(&hex(&vector["D3_authentication"]["m_ifd"])));

        let key = MacKey::new(
            SymmetricAlgorithm::TripleDes,
            &hex(&vector["D3_authentication"]["ks_mac"]),
        )
        .unwrap();
        let exchange = &vector["D4_secure_messaging"][0];
        let mut mac = key.start();
        mac.update(&hex(&exchange["ssc_cmd"]));
        mac.update(&hex(&exchange["m"]));
        mac.pad();
        assert_eq!(mac.finish_truncated()[..], hex(&exchange["cc"]));
    }

    #[test]
    fn a_wrong_mac_is_refused() {
        let key = MacKey::new(SymmetricAlgorithm::Aes128, &[1; 16]).unwrap();
        let good = key.start().finish_truncated();
        assert!(key.start().verify_truncated(&good));
        assert!(!key.start().verify_truncated(&good[..7]));
        let mut bad = good;
        bad[7] ^= 1;
        assert!(!key.start().verify_truncated(&bad));
        assert!(MacKey::new(SymmetricAlgorithm::TripleDes, &[0; 24]).is_err());
    }
}
