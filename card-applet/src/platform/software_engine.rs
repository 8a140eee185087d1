//! The engine in software, over RustCrypto (constant-time implementations of AES, DES and the curves).

mod compact_key;

pub use compact_key::CompactKey;

use super::{Engine, EngineError};
use crate::crypto::CryptoError;
use crate::crypto::chip_authentication_mapping::{self, ChipAuthenticationData};
use crate::crypto::cipher::{MAX_BLOCK, SymmetricAlgorithm};
use crate::crypto::curve::{Curve, Generator, MAX_FIELD, PrivateKey, PublicPoint};
use crate::crypto::integrated_mapping::map_integrated;
use crate::crypto::mac::MacState;
use crate::crypto::secret::Secret;
use crate::crypto::signature::{self, PlainSignature};
use rand_core::TryCryptoRng;

/// Random bytes that go into the nonce of a signature.
const ADDED_RANDOMNESS: usize = 32;

/// The default engine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SoftwareEngine;

impl From<CryptoError> for EngineError {
    fn from(_: CryptoError) -> Self {
        Self
    }
}

impl Engine for SoftwareEngine {
    type PrivateKey = PrivateKey;
    type Generator = Generator;
    type CipherKey = CompactKey;
    type MacKey = CompactKey;
    type MacState = MacState;

    fn standard_generator(&mut self, curve: Curve) -> Result<Generator, EngineError> {
        Ok(Generator::Standard(curve))
    }

    fn map_generic(&mut self, nonce: &[u8], h: &PublicPoint) -> Result<Generator, EngineError> {
        Ok(Generator::map_generic(nonce, h)?)
    }

    fn map_integrated(
        &mut self,
        curve: Curve,
        algorithm: SymmetricAlgorithm,
        nonce_s: &[u8],
        nonce_t: &[u8],
    ) -> Result<Generator, EngineError> {
        let mapped = map_integrated(curve, algorithm, nonce_s, nonce_t)?;
        Ok(Generator::Mapped(mapped))
    }

    fn generate_key<R: TryCryptoRng>(
        &mut self,
        curve: Curve,
        rng: &mut R,
    ) -> Result<PrivateKey, EngineError> {
        Ok(PrivateKey::generate(curve, rng)?)
    }

    fn generate_stored_key<R: TryCryptoRng>(
        &mut self,
        curve: Curve,
        rng: &mut R,
    ) -> Result<Secret<MAX_FIELD>, EngineError> {
        let key = PrivateKey::generate(curve, rng)?;
        Secret::from_slice(key.bytes()).ok_or(EngineError)
    }

    fn public_key(
        &mut self,
        generator: &Generator,
        private: &PrivateKey,
    ) -> Result<PublicPoint, EngineError> {
        Ok(generator.public_key(private)?)
    }

    fn agree(&mut self, private: &PrivateKey, public: &PublicPoint) -> Result<PublicPoint, EngineError> {
        Ok(private.agree(public)?)
    }

    fn load_private_key(&mut self, curve: Curve, key: &[u8]) -> Result<PrivateKey, EngineError> {
        Ok(PrivateKey::from_bytes(curve, key)?)
    }

    fn sign<R: TryCryptoRng>(
        &mut self,
        private: &PrivateKey,
        digest: &[u8],
        rng: &mut R,
    ) -> Result<PlainSignature, EngineError> {
        let mut added = Secret::<ADDED_RANDOMNESS>::zeroed(ADDED_RANDOMNESS);
        rng.try_fill_bytes(added.expose_mut()).map_err(|_| EngineError)?;
        Ok(signature::sign(private, digest, added.expose())?)
    }

    fn verify(&mut self, public: &PublicPoint, digest: &[u8], signature: &[u8]) -> Result<bool, EngineError> {
        match signature::verify(public, digest, signature) {
            Ok(()) => Ok(true),
            Err(CryptoError::InvalidSignature) => Ok(false),
            Err(_) => Err(EngineError),
        }
    }

    fn chip_authentication_data(
        &mut self,
        static_key: &PrivateKey,
        mapping_key: &PrivateKey,
    ) -> Result<ChipAuthenticationData, EngineError> {
        Ok(chip_authentication_mapping::chip_authentication_data(
            static_key,
            mapping_key,
        )?)
    }

    fn cipher_key(&mut self, algorithm: SymmetricAlgorithm, key: &[u8]) -> Result<CompactKey, EngineError> {
        Ok(CompactKey::new(algorithm, key)?)
    }

    fn cbc_encrypt(&mut self, key: &CompactKey, iv: &mut [u8], data: &mut [u8]) -> Result<(), EngineError> {
        Ok(key.cipher()?.cbc_encrypt(iv, data)?)
    }

    fn cbc_decrypt(&mut self, key: &CompactKey, iv: &mut [u8], data: &mut [u8]) -> Result<(), EngineError> {
        Ok(key.cipher()?.cbc_decrypt(iv, data)?)
    }

    fn encrypt_block(&mut self, key: &CompactKey, block: &mut [u8]) -> Result<(), EngineError> {
        Ok(key.cipher()?.encrypt_block(block)?)
    }

    fn mac_key(&mut self, algorithm: SymmetricAlgorithm, key: &[u8]) -> Result<CompactKey, EngineError> {
        Ok(CompactKey::new(algorithm, key)?)
    }

    fn mac_start(&mut self, key: &CompactKey) -> Result<MacState, EngineError> {
        Ok(key.mac()?)
    }

    fn mac_update(&mut self, state: &mut MacState, bytes: &[u8]) -> Result<(), EngineError> {
        state.update(bytes);
        Ok(())
    }

    fn mac_pad(&mut self, state: &mut MacState) -> Result<(), EngineError> {
        state.pad();
        Ok(())
    }

    fn mac_finish(&mut self, state: MacState) -> Result<[u8; MAX_BLOCK], EngineError> {
        Ok(state.finish())
    }
}
