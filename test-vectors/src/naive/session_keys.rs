//! Keys and send sequence counter of a session (ICAO Doc 9303-11 §9.7.1, §9.8.6): what both ends of secure messaging compute alike.

use super::cipher::Cipher;

/// Keys and counter of a session. The parts are public: a case may take them away, keep old ones or change them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionKeys {
    /// Cipher and MAC.
    pub cipher: Cipher,
    /// KS_Enc.
    pub ks_enc: Vec<u8>,
    /// KS_MAC.
    pub ks_mac: Vec<u8>,
    /// Send sequence counter, as long as a block.
    pub ssc: Vec<u8>,
}

impl SessionKeys {
    /// Keys from a shared secret, the counter at `ssc` or at zero.
    pub fn derive(cipher: Cipher, secret: &[u8], ssc: Option<Vec<u8>>) -> Self {
        SessionKeys {
            cipher,
            ks_enc: cipher.derive(secret, 1),
            ks_mac: cipher.derive(secret, 2),
            ssc: ssc.unwrap_or_else(|| vec![0; cipher.block_len()]),
        }
    }

    /// Counts one.
    pub fn count(&mut self) {
        for byte in self.ssc.iter_mut().rev() {
            *byte = byte.wrapping_add(1);
            if *byte != 0 {
                break;
            }
        }
    }

    /// The initialisation vector: zeros for 3DES, else the counter, encrypted.
    pub fn iv(&self) -> Vec<u8> {
        let zero = vec![0; self.cipher.block_len()];
        match self.cipher {
            Cipher::TripleDes => zero,
            _ => self.cipher.encrypt(&self.ks_enc, &zero, &self.ssc),
        }
    }

    /// The MAC over counter and message, padded.
    pub fn mac(&self, message: &[u8]) -> Vec<u8> {
        let message = [&self.ssc[..], message].concat();
        self.cipher.mac(&self.ks_mac, &self.cipher.pad(&message))
    }
}
