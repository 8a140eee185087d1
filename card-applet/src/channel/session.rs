//! Keys and counter of a secure messaging session (ICAO Doc 9303-11, 9.8).

use crate::crypto::cipher::{MAX_BLOCK, SymmetricAlgorithm};
use crate::crypto::kdf::{KeyUse, derive_key};
use crate::crypto::ssc::SendSequenceCounter;
use crate::platform::{Engine, EngineError};
use crate::wire::tlv;

/// DO'99' with the status word, DO'8E' with the MAC.
const STATUS_AND_MAC: usize = 4 + 10;

/// A session's keys and counter.
pub(crate) struct Session<E: Engine> {
    pub(super) algorithm: SymmetricAlgorithm,
    pub(super) ks_enc: E::CipherKey,
    pub(super) ks_mac: E::MacKey,
    pub(super) ssc: SendSequenceCounter,
}

impl<E: Engine> Session<E> {
    /// Derives the session keys from a shared secret.
    pub(crate) fn new(
        engine: &mut E,
        algorithm: SymmetricAlgorithm,
        shared_secret: &[u8],
        ssc: SendSequenceCounter,
    ) -> Result<Self, EngineError> {
        let ks_enc = derive_key(shared_secret, algorithm, KeyUse::Encryption);
        let ks_mac = derive_key(shared_secret, algorithm, KeyUse::Authentication);
        Ok(Self {
            algorithm,
            ks_enc: engine.cipher_key(algorithm, ks_enc.expose())?,
            ks_mac: engine.mac_key(algorithm, ks_mac.expose())?,
            ssc,
        })
    }

    /// The encryption key, with which chip authentication mapping also hides its data.
    pub(crate) const fn ks_enc(&self) -> &E::CipherKey {
        &self.ks_enc
    }

    /// The MAC key, with which PACE also makes its tokens.
    pub(crate) const fn ks_mac(&self) -> &E::MacKey {
        &self.ks_mac
    }

    /// Counts up and begins the MAC of a message with the counter.
    pub(super) fn start_mac(&mut self, engine: &mut E) -> Result<E::MacState, EngineError> {
        self.ssc.increment();
        let mut mac = engine.mac_start(&self.ks_mac)?;
        engine.mac_update(&mut mac, self.ssc.block(&mut [0; MAX_BLOCK]))?;
        Ok(mac)
    }

    /// The initial vector of the message at hand: zero for 3DES, the encrypted counter for AES (9303-11, 9.8.6.1 and
    /// 9.8.7.1).
    pub(super) fn initial_vector(&self, engine: &mut E) -> Result<[u8; MAX_BLOCK], EngineError> {
        let mut iv = [0; MAX_BLOCK];
        if self.algorithm != SymmetricAlgorithm::TripleDes {
            let block = self.ssc.block(&mut iv);
            engine.encrypt_block(&self.ks_enc, block)?;
        }
        Ok(iv)
    }

    /// Most plain bytes of which the protected response, status word excluded, is not longer than `limit`.
    pub(super) const fn capacity(&self, limit: usize) -> usize {
        let block = self.algorithm.block_len();
        // DO'87': tag and length for the longest that could fit, then the padding indicator.
        let header = tlv::header_len(0x87, limit).saturating_add(1);
        let room = limit.saturating_sub(STATUS_AND_MAC).saturating_sub(header);
        // Whole blocks, of which padding takes at least one byte.
        match room.checked_rem(block) {
            Some(rest) => room.saturating_sub(rest).saturating_sub(1),
            None => 0,
        }
    }
}
