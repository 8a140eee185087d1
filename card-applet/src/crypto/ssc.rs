//! Send sequence counter of secure messaging (ICAO Doc 9303-11, 9.8.2): one block, counted up before every message.

use super::cipher::{MAX_BLOCK, SymmetricAlgorithm};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A send sequence counter, 8 bytes for 3DES and 16 for AES.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SendSequenceCounter {
    /// Big-endian. Not a number, which would be aligned as one and make everything that holds it larger.
    value: [u8; MAX_BLOCK],
    wide: bool,
}

impl SendSequenceCounter {
    /// Zero, as after PACE and Chip Authentication.
    pub const fn zero(algorithm: SymmetricAlgorithm) -> Self {
        Self {
            value: [0; MAX_BLOCK],
            wide: algorithm.block_len() == MAX_BLOCK,
        }
    }

    /// The last four bytes of each challenge, as after BAC (9303-11, 9.8.6.3).
    pub const fn from_challenges(rnd_ic: [u8; 8], rnd_ifd: [u8; 8]) -> Self {
        let [_, _, _, _, a, b, c, d] = rnd_ic;
        let [_, _, _, _, e, f, g, h] = rnd_ifd;
        Self {
            value: [0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d, e, f, g, h],
            wide: false,
        }
    }

    /// Counts up by one, modulo the block.
    pub const fn increment(&mut self) {
        let mut value = u128::from_be_bytes(self.value).wrapping_add(1);
        if !self.wide {
            value &= u64::MAX as u128;
        }
        self.value = value.to_be_bytes();
    }

    /// Writes the counter as one block to `out` and returns it. Never panics.
    pub fn block<'a>(&self, out: &'a mut [u8; MAX_BLOCK]) -> &'a mut [u8] {
        *out = self.value;
        if self.wide {
            out
        } else {
            out.split_at_mut(MAX_BLOCK / 2).1
        }
    }
}

impl core::fmt::Debug for SendSequenceCounter {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SendSequenceCounter(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_vectors::{hex, load};

    #[test]
    fn counts_as_in_9303_11_appendix_d() {
        let vector = load("icao-bac-3des");
        let bac = &vector["D3_authentication"];
        let challenge = |name: &str| <[u8; 8]>::try_from(hex(&bac[name])).unwrap();
        let mut ssc = SendSequenceCounter::from_challenges(challenge("rnd_ic"), challenge("rnd_ifd"));
        let mut out = [0; MAX_BLOCK];
        assert_eq!(ssc.block(&mut out), hex(&bac["ssc_initial"]));
        for exchange in vector["D4_secure_messaging"].as_array().unwrap() {
            for name in ["ssc_cmd", "ssc_rsp"] {
                ssc.increment();
                assert_eq!(ssc.block(&mut out), hex(&exchange[name]));
            }
        }
    }

    #[test]
    fn wraps_within_its_block() {
        let mut narrow = SendSequenceCounter::from_challenges([0xFF; 8], [0xFF; 8]);
        narrow.increment();
        assert_eq!(narrow.block(&mut [0; MAX_BLOCK]), [0; 8]);
        let mut wide = SendSequenceCounter::zero(SymmetricAlgorithm::Aes128);
        wide.increment();
        assert_eq!(
            wide.block(&mut [0; MAX_BLOCK]),
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
        );
    }
}
