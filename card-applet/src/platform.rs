//! Everything that the chip needs from outside: non-volatile memory, random numbers, a crypto engine, a timer.
//!
//! A port to silicon implements these four traits and nothing else. [`SoftwareEngine`] is the engine for chips without
//! a coprocessor, and for the virtual card.

mod software_engine;

pub use software_engine::SoftwareEngine;

use crate::crypto::chip_authentication_mapping::ChipAuthenticationData;
use crate::crypto::cipher::{MAX_BLOCK, SymmetricAlgorithm};
use crate::crypto::curve::{Curve, MAX_FIELD, PublicPoint};
use crate::crypto::secret::Secret;
use crate::crypto::signature::PlainSignature;
use rand_core::TryCryptoRng;

/// The four parts of a chip's surroundings.
pub trait Platform {
    /// Non-volatile memory.
    type Nvm: Nvm;
    /// Random number generator of the class that the issuer demands (BSI AIS 31 PTG.2/PTG.3 or alike). When it fails,
    /// the command fails.
    type Rng: TryCryptoRng;
    /// Symmetric and elliptic curve operations.
    type Engine: Engine;
    /// Delays.
    type Timer: Timer;
}

/// The memory failed, or was asked for what it cannot do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "sim", derive(thiserror::Error))]
#[cfg_attr(feature = "sim", error("non-volatile memory failed"))]
pub struct NvmError;

/// Non-volatile memory with the manners of flash: erased in pages to FF, then programmed in words, once.
///
/// A power cut during [`program`](Nvm::program) or [`erase`](Nvm::erase) may leave any mixture of old and new in the
/// words concerned; other words must keep their content.
pub trait Nvm {
    /// Bytes in a page, the unit of erasing. Divides 4096.
    const PAGE: usize;
    /// Bytes in a word, the unit of programming. Divides 16.
    const WORD: usize;

    /// Size in bytes, a multiple of the page.
    fn size(&self) -> u32;

    /// Reads bytes.
    fn read(&self, address: u32, out: &mut [u8]) -> Result<(), NvmError>;

    /// Programs whole words that have been erased. May be posted: only [`sync`](Nvm::sync) waits for it.
    fn program(&mut self, address: u32, words: &[u8]) -> Result<(), NvmError>;

    /// Erases the page at this address to FF. May be posted.
    fn erase(&mut self, address: u32) -> Result<(), NvmError>;

    /// Returns when everything programmed and erased so far stays after a power cut.
    fn sync(&mut self) -> Result<(), NvmError>;
}

/// Lets time pass before an answer.
pub trait Timer {
    /// Waits this many milliseconds, asking the reader for more waiting time as the transport protocol needs it
    /// (S(WTX) of ISO/IEC 14443-4, WTX of ISO/IEC 7816-3).
    fn delay_milliseconds(&mut self, milliseconds: u32);
}

/// Takes a response as it is made, from the first byte to SW2.
pub trait ResponseSink {
    /// The next bytes of the response.
    fn put(&mut self, bytes: &[u8]);

    /// The response cannot be finished: stay silent, so that the reader times out.
    fn abandon(&mut self);
}

/// An engine's operation failed: hardware fault, detected attack, or an operand that it refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EngineError;

/// Cryptographic operations with keys by handle. All are fallible, since coprocessors are.
pub trait Engine {
    /// Handle of a private key; dropping it wipes the key.
    type PrivateKey;
    /// Handle of a generator, standard or mapped.
    type Generator;
    /// Handle of a block cipher key; dropping it wipes the key.
    type CipherKey;
    /// Handle of a MAC key; dropping it wipes the key.
    type MacKey;
    /// A MAC in progress.
    type MacState;

    /// The standard generator of a curve.
    fn standard_generator(&mut self, curve: Curve) -> Result<Self::Generator, EngineError>;

    /// PACE's generic mapping s·G + H (ICAO Doc 9303-11, 4.4.3.3.1). Fails when the result is the point at infinity.
    fn map_generic(&mut self, nonce: &[u8], h: &PublicPoint) -> Result<Self::Generator, EngineError>;

    /// PACE's integrated mapping f_G(R_p(s, t)) with the cipher of the protocol (9303-11, 4.4.3.3.2). Fails for the
    /// few nonces that map to nothing.
    fn map_integrated(
        &mut self,
        curve: Curve,
        algorithm: SymmetricAlgorithm,
        nonce_s: &[u8],
        nonce_t: &[u8],
    ) -> Result<Self::Generator, EngineError>;

    /// Draws a private key.
    fn generate_key<R: TryCryptoRng>(
        &mut self,
        curve: Curve,
        rng: &mut R,
    ) -> Result<Self::PrivateKey, EngineError>;

    /// Draws a private key to be kept in the chip's memory, in whatever form [`load_private_key`](Self::load_private_key)
    /// takes: a coprocessor may wrap it, as long as it is not longer than the curve's field.
    fn generate_stored_key<R: TryCryptoRng>(
        &mut self,
        curve: Curve,
        rng: &mut R,
    ) -> Result<Secret<MAX_FIELD>, EngineError>;

    /// The public key of a private key with this generator.
    fn public_key(
        &mut self,
        generator: &Self::Generator,
        private: &Self::PrivateKey,
    ) -> Result<PublicPoint, EngineError>;

    /// Key agreement: the point whose x-coordinate is the shared secret.
    fn agree(&mut self, private: &Self::PrivateKey, public: &PublicPoint)
    -> Result<PublicPoint, EngineError>;

    /// Takes a private key that the chip keeps in its memory.
    fn load_private_key(&mut self, curve: Curve, key: &[u8]) -> Result<Self::PrivateKey, EngineError>;

    /// Signs a digest with ECDSA. The nonce is the engine's affair; it may use the generator.
    fn sign<R: TryCryptoRng>(
        &mut self,
        private: &Self::PrivateKey,
        digest: &[u8],
        rng: &mut R,
    ) -> Result<PlainSignature, EngineError>;

    /// Whether `signature` (r ‖ s) is a signature of the digest by this key's owner.
    fn verify(&mut self, public: &PublicPoint, digest: &[u8], signature: &[u8]) -> Result<bool, EngineError>;

    /// PACE-CAM's SK_IC⁻¹ · SK_Map,IC mod n (ICAO Doc 9303-11, 4.4.3.5).
    fn chip_authentication_data(
        &mut self,
        static_key: &Self::PrivateKey,
        mapping_key: &Self::PrivateKey,
    ) -> Result<ChipAuthenticationData, EngineError>;

    /// Sets up a block cipher key.
    fn cipher_key(
        &mut self,
        algorithm: SymmetricAlgorithm,
        key: &[u8],
    ) -> Result<Self::CipherKey, EngineError>;

    /// Encrypts whole blocks in place in CBC mode; `iv` goes on to the last block of ciphertext.
    fn cbc_encrypt(
        &mut self,
        key: &Self::CipherKey,
        iv: &mut [u8],
        data: &mut [u8],
    ) -> Result<(), EngineError>;

    /// Decrypts whole blocks in place in CBC mode; `iv` goes on to the last block of ciphertext.
    fn cbc_decrypt(
        &mut self,
        key: &Self::CipherKey,
        iv: &mut [u8],
        data: &mut [u8],
    ) -> Result<(), EngineError>;

    /// Encrypts one block in place.
    fn encrypt_block(&mut self, key: &Self::CipherKey, block: &mut [u8]) -> Result<(), EngineError>;

    /// Sets up a MAC key.
    fn mac_key(&mut self, algorithm: SymmetricAlgorithm, key: &[u8]) -> Result<Self::MacKey, EngineError>;

    /// Begins a MAC.
    fn mac_start(&mut self, key: &Self::MacKey) -> Result<Self::MacState, EngineError>;

    /// Appends bytes to the message.
    fn mac_update(&mut self, state: &mut Self::MacState, bytes: &[u8]) -> Result<(), EngineError>;

    /// Appends padding method 2 (80, then zeros) up to the next block.
    fn mac_pad(&mut self, state: &mut Self::MacState) -> Result<(), EngineError>;

    /// The MAC: 16 bytes of CMAC; of the retail MAC eight, then zeros.
    fn mac_finish(&mut self, state: Self::MacState) -> Result<[u8; MAX_BLOCK], EngineError>;
}
