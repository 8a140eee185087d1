//! An engine that remembers: what the software engine has computed on a curve once is not computed again. The results
//! are that engine's, bit for bit, so that a test which plays the same key agreement a million times pays for one.

use card_applet::crypto::chip_authentication_mapping::ChipAuthenticationData;
use card_applet::crypto::cipher::{MAX_BLOCK, SymmetricAlgorithm};
use card_applet::crypto::curve::{Curve, Generator, MAX_FIELD, PrivateKey, PublicPoint};
use card_applet::crypto::secret::Secret;
use card_applet::crypto::signature::PlainSignature;
use card_applet::platform::{Engine, EngineError, SoftwareEngine};
use rand_core::{TryCryptoRng, TryRng};
use std::cell::RefCell;
use std::collections::HashMap;

/// So many results; more are forgotten all at once.
const MOST: usize = 20_000;

thread_local! {
    static RESULTS: RefCell<HashMap<Vec<u8>, Result<Remembered, EngineError>>> = RefCell::default();
}

/// A result.
#[derive(Clone)]
enum Remembered {
    Point(PublicPoint),
    Generator(Generator),
    Signature(PlainSignature),
    Verified(bool),
    Data(ChipAuthenticationData),
}

/// What was computed from these parts, or is now.
fn remember(
    operation: &str,
    parts: &[&[u8]],
    compute: impl FnOnce() -> Result<Remembered, EngineError>,
) -> Result<Remembered, EngineError> {
    let mut name = operation.as_bytes().to_vec();
    for part in parts {
        name.push(part.len() as u8);
        name.extend_from_slice(part);
    }
    RESULTS.with_borrow_mut(|results| {
        if let Some(result) = results.get(&name) {
            return result.clone();
        }
        if results.len() >= MOST {
            results.clear();
        }
        results.entry(name).or_insert_with(compute).clone()
    })
}

macro_rules! expect {
    ($kind:ident, $result:expr) => {
        match $result? {
            Remembered::$kind(value) => Ok(value),
            _ => unreachable!("another operation's result"),
        }
    };
}

fn name(generator: &Generator) -> Vec<u8> {
    match generator {
        Generator::Standard(curve) => vec![curve.parameter_id()],
        Generator::Mapped(point) => [&[point.curve().parameter_id()], point.as_bytes()].concat(),
    }
}

/// A private key that can be told from another.
#[derive(Clone)]
pub struct RememberedKey {
    curve: Curve,
    bytes: Secret<MAX_FIELD>,
    key: PrivateKey,
}

impl RememberedKey {
    fn name(&self) -> [&[u8]; 2] {
        let curve: &[u8] = match self.curve {
            Curve::P256 => b"P-256",
            Curve::BrainpoolP256r1 => b"brainpoolP256r1",
            Curve::P384 => b"P-384",
            Curve::BrainpoolP384r1 => b"brainpoolP384r1",
        };
        [curve, self.bytes.expose()]
    }
}

/// Draws once what was drawn already.
struct Drawn([u8; 32]);

impl TryRng for Drawn {
    type Error = std::fmt::Error;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Err(std::fmt::Error)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Err(std::fmt::Error)
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Self::Error> {
        let drawn = self.0.get(..out.len()).ok_or(std::fmt::Error)?;
        out.copy_from_slice(drawn);
        Ok(())
    }
}

impl TryCryptoRng for Drawn {}

/// The software engine, with a memory.
#[derive(Clone, Copy, Default)]
pub struct RememberingEngine;

type SoftwareKey = <SoftwareEngine as Engine>::CipherKey;

impl Engine for RememberingEngine {
    type PrivateKey = RememberedKey;
    type Generator = Generator;
    type CipherKey = SoftwareKey;
    type MacKey = <SoftwareEngine as Engine>::MacKey;
    type MacState = <SoftwareEngine as Engine>::MacState;

    fn standard_generator(&mut self, curve: Curve) -> Result<Generator, EngineError> {
        SoftwareEngine.standard_generator(curve)
    }

    fn map_generic(&mut self, nonce: &[u8], h: &PublicPoint) -> Result<Generator, EngineError> {
        let parts = [h.curve().name().as_bytes(), nonce, h.as_bytes()];
        expect!(
            Generator,
            remember("map generic", &parts, || SoftwareEngine
                .map_generic(nonce, h)
                .map(Remembered::Generator))
        )
    }

    fn map_integrated(
        &mut self,
        curve: Curve,
        algorithm: SymmetricAlgorithm,
        nonce_s: &[u8],
        nonce_t: &[u8],
    ) -> Result<Generator, EngineError> {
        let algorithm_name = [algorithm.key_len() as u8, algorithm.block_len() as u8];
        let parts = [curve.name().as_bytes(), &algorithm_name, nonce_s, nonce_t];
        expect!(
            Generator,
            remember("map integrated", &parts, || SoftwareEngine
                .map_integrated(curve, algorithm, nonce_s, nonce_t)
                .map(Remembered::Generator))
        )
    }

    fn generate_key<R: TryCryptoRng>(
        &mut self,
        curve: Curve,
        rng: &mut R,
    ) -> Result<RememberedKey, EngineError> {
        let key = SoftwareEngine.generate_stored_key(curve, rng)?;
        self.load_private_key(curve, key.expose())
    }

    fn generate_stored_key<R: TryCryptoRng>(
        &mut self,
        curve: Curve,
        rng: &mut R,
    ) -> Result<Secret<MAX_FIELD>, EngineError> {
        SoftwareEngine.generate_stored_key(curve, rng)
    }

    fn public_key(
        &mut self,
        generator: &Generator,
        private: &RememberedKey,
    ) -> Result<PublicPoint, EngineError> {
        let [curve, key] = private.name();
        expect!(
            Point,
            remember("public key", &[&name(generator), curve, key], || SoftwareEngine
                .public_key(generator, &private.key)
                .map(Remembered::Point))
        )
    }

    fn agree(&mut self, private: &RememberedKey, public: &PublicPoint) -> Result<PublicPoint, EngineError> {
        let [curve, key] = private.name();
        let parts = [curve, key, public.curve().name().as_bytes(), public.as_bytes()];
        expect!(
            Point,
            remember("agree", &parts, || SoftwareEngine
                .agree(&private.key, public)
                .map(Remembered::Point))
        )
    }

    fn load_private_key(&mut self, curve: Curve, key: &[u8]) -> Result<RememberedKey, EngineError> {
        Ok(RememberedKey {
            curve,
            bytes: Secret::from_slice(key).ok_or(EngineError)?,
            key: SoftwareEngine.load_private_key(curve, key)?,
        })
    }

    fn sign<R: TryCryptoRng>(
        &mut self,
        private: &RememberedKey,
        digest: &[u8],
        rng: &mut R,
    ) -> Result<PlainSignature, EngineError> {
        let mut drawn = [0; 32];
        rng.try_fill_bytes(&mut drawn).map_err(|_| EngineError)?;
        let [curve, key] = private.name();
        expect!(
            Signature,
            remember("sign", &[curve, key, digest, &drawn], || SoftwareEngine
                .sign(&private.key, digest, &mut Drawn(drawn))
                .map(Remembered::Signature))
        )
    }

    fn verify(&mut self, public: &PublicPoint, digest: &[u8], signature: &[u8]) -> Result<bool, EngineError> {
        let parts = [
            public.curve().name().as_bytes(),
            public.as_bytes(),
            digest,
            signature,
        ];
        expect!(
            Verified,
            remember("verify", &parts, || SoftwareEngine
                .verify(public, digest, signature)
                .map(Remembered::Verified))
        )
    }

    fn chip_authentication_data(
        &mut self,
        static_key: &RememberedKey,
        mapping_key: &RememberedKey,
    ) -> Result<ChipAuthenticationData, EngineError> {
        let ([curve, key], [mapping_curve, mapping]) = (static_key.name(), mapping_key.name());
        expect!(
            Data,
            remember("divide", &[curve, key, mapping_curve, mapping], || SoftwareEngine
                .chip_authentication_data(&static_key.key, &mapping_key.key)
                .map(Remembered::Data))
        )
    }

    fn cipher_key(&mut self, algorithm: SymmetricAlgorithm, key: &[u8]) -> Result<SoftwareKey, EngineError> {
        SoftwareEngine.cipher_key(algorithm, key)
    }

    fn cbc_encrypt(&mut self, key: &SoftwareKey, iv: &mut [u8], data: &mut [u8]) -> Result<(), EngineError> {
        SoftwareEngine.cbc_encrypt(key, iv, data)
    }

    fn cbc_decrypt(&mut self, key: &SoftwareKey, iv: &mut [u8], data: &mut [u8]) -> Result<(), EngineError> {
        SoftwareEngine.cbc_decrypt(key, iv, data)
    }

    fn encrypt_block(&mut self, key: &SoftwareKey, block: &mut [u8]) -> Result<(), EngineError> {
        SoftwareEngine.encrypt_block(key, block)
    }

    fn mac_key(&mut self, algorithm: SymmetricAlgorithm, key: &[u8]) -> Result<Self::MacKey, EngineError> {
        SoftwareEngine.mac_key(algorithm, key)
    }

    fn mac_start(&mut self, key: &Self::MacKey) -> Result<Self::MacState, EngineError> {
        SoftwareEngine.mac_start(key)
    }

    fn mac_update(&mut self, state: &mut Self::MacState, bytes: &[u8]) -> Result<(), EngineError> {
        SoftwareEngine.mac_update(state, bytes)
    }

    fn mac_pad(&mut self, state: &mut Self::MacState) -> Result<(), EngineError> {
        SoftwareEngine.mac_pad(state)
    }

    fn mac_finish(&mut self, state: Self::MacState) -> Result<[u8; MAX_BLOCK], EngineError> {
        SoftwareEngine.mac_finish(state)
    }
}
