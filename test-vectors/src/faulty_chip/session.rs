//! Secure messaging, the chip's side, object by object (ICAO Doc 9303-11 §9.8).

mod unprotect;

use super::fault::BadProtection;
use crate::naive::SessionKeys;
use crate::naive::cipher::Cipher;
use crate::naive::data_object::object;

/// The chip's end of a session.
#[derive(Clone, Debug)]
pub(super) struct Session {
    keys: SessionKeys,
}

impl Session {
    /// Keys from a shared secret, the counter at `ssc` or at zero.
    pub(super) fn derive(cipher: Cipher, secret: &[u8], ssc: Option<Vec<u8>>) -> Self {
        Session {
            keys: SessionKeys::derive(cipher, secret, ssc),
        }
    }

    pub(super) fn cipher(&self) -> Cipher {
        self.keys.cipher
    }

    pub(super) fn ks_enc(&self) -> &[u8] {
        &self.keys.ks_enc
    }

    pub(super) fn ks_mac(&self) -> &[u8] {
        &self.keys.ks_mac
    }

    /// How many bytes of data fit an answer of this many bytes beside the status word.
    pub(super) fn room(&self, answer: usize) -> usize {
        let block = self.keys.cipher.block_len();
        // DO'99' and DO'8E', the header of DO'87' and its padding indicator.
        let header = if answer < 256 + 1 { 3 } else { 4 };
        let blocks = answer.saturating_sub(4 + 10 + header + 1) / block;
        (blocks * block).saturating_sub(1)
    }

    /// Protects an answer, rightly or not.
    pub(super) fn protect(
        &mut self,
        data: &[u8],
        status: u16,
        odd: bool,
        fault: Option<BadProtection>,
    ) -> Vec<u8> {
        self.keys.count();
        let mut padded = self.keys.cipher.pad(data);
        if fault == Some(BadProtection::WrongPadding) {
            padded.iter_mut().for_each(|byte| *byte = 0x11);
        }
        let mut cryptogram = self
            .keys
            .cipher
            .encrypt(&self.keys.ks_enc, &self.keys.iv(), &padded);
        if fault == Some(BadProtection::BrokenBlock) {
            cryptogram.pop();
        }
        let indicator = match fault {
            Some(BadProtection::WrongIndicator) => 0x02,
            _ => 0x01,
        };
        let carrier = |cryptogram: &[u8]| match (data.is_empty(), odd) {
            (true, _) => Vec::new(),
            (false, true) => object(0x85, cryptogram),
            (false, false) => object(0x87, &[&[indicator], cryptogram].concat()),
        };
        let carried = carrier(&cryptogram);
        let status_object = object(0x99, &status.to_be_bytes());
        let parts: Vec<&[u8]> = match fault {
            Some(BadProtection::NoCryptogram) => vec![&status_object],
            Some(BadProtection::NoStatus) => vec![&carried],
            Some(BadProtection::StatusFirst) => vec![&status_object, &carried],
            Some(BadProtection::StatusTwice) => vec![&carried, &status_object, &status_object],
            Some(BadProtection::CryptogramTwice) => vec![&carried, &carried, &status_object],
            _ => vec![&carried, &status_object],
        };
        let covered = parts.concat();
        let mut mac = self.keys.mac(&covered);
        let mut sent = covered;
        let mut outer = status;
        match fault {
            Some(BadProtection::WrongMac) => mac[0] ^= 0x01,
            Some(BadProtection::LongMac) => mac.push(0),
            Some(BadProtection::OtherStatus) => outer = if status == 0x9000 { 0x6282 } else { 0x9000 },
            Some(BadProtection::ChangedCryptogram) => {
                cryptogram[0] ^= 0x01;
                sent = [carrier(&cryptogram), status_object.clone()].concat();
                if data.is_empty() {
                    // Nothing to change: the status word it is, then.
                    sent[2] ^= 0x01;
                }
            }
            Some(BadProtection::HugeLength) => {
                sent = [&[0x87, 0x84, 0xFF, 0xFF, 0xFF, 0xFF][..], &cryptogram].concat();
            }
            _ => {}
        }
        if fault != Some(BadProtection::NoMac) {
            sent.extend(object(0x8E, &mac));
        }
        if fault == Some(BadProtection::Trailing) {
            sent.extend([0x53, 0x00]);
        }
        sent.extend(outer.to_be_bytes());
        sent
    }
}
