//! A private key from an encrypted file, held in memory.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use pkcs8::PrivateKeyInfoRef;
use pkcs8::der::Decode;
use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use super::algorithm::SignatureAlgorithm;
use super::engine::{Engine, FastKey, PortableKey, scalar_from_pkcs8, scalar_to_pkcs8};
use super::public_key::{PublicKey, RSA_ENCRYPTION};
use super::signing::{Signer, SignerError};
use crate::key_file::{self, KeyFileError, Passphrase};
use crate::pki::curves::NamedCurve;

/// PEM label of an encrypted PKCS#8 private key (RFC 7468 §11).
pub const PRIVATE_KEY_LABEL: &str = "ENCRYPTED PRIVATE KEY";

/// A key from an encrypted PKCS#8 file (see [`crate::key_file`]), held in memory and zeroized on drop.
///
/// Keys on P-256, P-384, P-521, brainpoolP256r1 and brainpoolP384r1 are made and opened; RSA keys, which sign with
/// RSASSA-PSS, are only opened. The faster [`Engine`] for the key signs; see there how nonces are made.
#[derive(Clone)]
pub struct FileSigner {
    public_key: PublicKey,
    algorithm: SignatureAlgorithm,
    secret: Arc<Secret>,
    engine: Engine,
}

/// The private key in both engines, so that choosing one is free.
struct Secret {
    /// PKCS #8, as it is saved.
    pkcs8: Zeroizing<Vec<u8>>,
    fast: Option<FastKey>,
    portable: Option<PortableKey>,
}

impl FileSigner {
    /// A new random key on P-256, in memory only until [`save`](Self::save)d.
    ///
    /// # Errors
    /// [`KeyFileError::Random`].
    pub fn generate(rng: &mut (impl TryCryptoRng + ?Sized)) -> Result<Self, KeyFileError> {
        Self::generate_on(NamedCurve::P256, rng)
    }

    /// A new random key on a curve, in memory only until [`save`](Self::save)d.
    ///
    /// # Errors
    /// [`KeyFileError::Random`]; [`KeyFileError::Encoding`] for brainpoolP512r1, on which nothing here signs.
    pub fn generate_on(
        curve: NamedCurve,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<Self, KeyFileError> {
        let mut scalar = Zeroizing::new(vec![0u8; curve.field_len()]);
        // The bits above the order's length are cleared: at least every second candidate is then below the order, on
        // most curves nearly every one. Many failures in a row mean a broken generator.
        let mask = 0xFF_u8
            >> curve
                .parameters()
                .order
                .first()
                .map_or(0, |byte| byte.leading_zeros());
        if curve == NamedCurve::BrainpoolP512r1 {
            return Err(KeyFileError::Encoding("no key is made on brainpoolP512r1".into()));
        }
        for _ in 0..128 {
            rng.try_fill_bytes(&mut scalar)
                .map_err(|_| KeyFileError::Random)?;
            if let Some(first) = scalar.first_mut() {
                *first &= mask;
            }
            if let Some(signer) = Self::from_scalar(curve, &scalar) {
                return Ok(signer);
            }
        }
        Err(KeyFileError::Random)
    }

    fn from_scalar(curve: NamedCurve, scalar: &[u8]) -> Option<Self> {
        let portable = PortableKey::from_scalar(curve, scalar)?;
        let public_key = PublicKey::Ec {
            curve: portable.curve(),
            point: portable.point.clone(),
        };
        Some(Self {
            algorithm: SignatureAlgorithm::of_key(&public_key),
            engine: Engine::for_key(&public_key),
            secret: Arc::new(Secret {
                pkcs8: scalar_to_pkcs8(curve, scalar)?,
                fast: FastKey::from_scalar(curve, scalar, &portable.point),
                portable: Some(portable),
            }),
            public_key,
        })
    }

    fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, String> {
        let info = PrivateKeyInfoRef::from_der(pkcs8)
            .map_err(|error| format!("not a PKCS#8 private key: {error}"))?;
        if info.algorithm.oid == RSA_ENCRYPTION {
            let (key, public) =
                FastKey::rsa_from_pkcs8(pkcs8).ok_or("not a sound RSA key of 2048 to 8192 bits")?;
            let public_key = PublicKey::Rsa(public);
            return Ok(Self {
                algorithm: SignatureAlgorithm::of_key(&public_key),
                engine: Engine::Fast,
                secret: Arc::new(Secret {
                    pkcs8: Zeroizing::new(pkcs8.to_vec()),
                    fast: Some(key),
                    portable: None,
                }),
                public_key,
            });
        }
        let (curve, scalar) = scalar_from_pkcs8(info)?;
        Self::from_scalar(curve, &scalar).ok_or_else(|| "not a sound key of its curve".to_owned())
    }

    /// Has this engine sign; for tests that compare both, and where signatures must be reproducible.
    ///
    /// # Errors
    /// [`SignerError::Failed`] when the engine does not sign with such a key.
    pub fn with_engine(self, engine: Engine) -> Result<Self, SignerError> {
        let there = match engine {
            Engine::Fast => self.secret.fast.is_some(),
            Engine::Portable => self.secret.portable.is_some(),
        };
        if !there {
            return Err(SignerError::Failed(format!(
                "the engine {engine:?} does not sign with such a key"
            )));
        }
        Ok(Self { engine, ..self })
    }

    /// Signs with another hash than the one that goes with the key.
    ///
    /// # Errors
    /// [`SignerError::Failed`] when no engine does.
    pub fn with_algorithm(mut self, algorithm: SignatureAlgorithm) -> Result<Self, SignerError> {
        self.algorithm = algorithm;
        for engine in [self.engine, Engine::Portable] {
            self.engine = engine;
            if self.sign(b"can it be done?").is_ok() {
                return Ok(self);
            }
        }
        Err(SignerError::Failed(format!(
            "such a key does not sign with {algorithm:?}"
        )))
    }

    /// Writes the key to a new encrypted PKCS#8 file, mode 0600.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub fn save(
        &self,
        path: &Path,
        passphrase: &Passphrase,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<(), KeyFileError> {
        key_file::write_sealed(path, PRIVATE_KEY_LABEL, &self.secret.pkcs8, passphrase, rng)
    }

    /// Opens an encrypted PKCS#8 file with a key on a curve or of RSA.
    ///
    /// # Errors
    /// [`KeyFileError::WrongPassphrase`] when it does not decrypt; [`KeyFileError::NotAKeyFile`] when it holds
    /// no such key or its public key does not belong to its private key (the file was altered);
    /// [`KeyFileError::UnsupportedEncryption`], [`KeyFileError::Io`].
    pub fn open(path: &Path, passphrase: &Passphrase) -> Result<Self, KeyFileError> {
        let plaintext = key_file::read_sealed(path, PRIVATE_KEY_LABEL, passphrase)?;
        Self::from_pkcs8(&plaintext).map_err(|why| KeyFileError::NotAKeyFile {
            path: path.to_owned(),
            why,
        })
    }
}

impl fmt::Debug for FileSigner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("FileSigner(…)")
    }
}

impl Signer for FileSigner {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, SignerError> {
        let expected = self.algorithm.digest_len();
        if digest.len() != expected {
            return Err(SignerError::DigestLength {
                found: digest.len(),
                expected,
            });
        }
        let Secret { fast, portable, .. } = &*self.secret;
        let signature = match self.engine {
            Engine::Fast => fast.as_ref().and_then(|key| key.sign(self.algorithm, digest)),
            Engine::Portable => portable.as_ref().and_then(|key| key.sign(self.algorithm, digest)),
        };
        signature
            .ok_or_else(|| SignerError::Failed(format!("its key does not sign with {:?}", self.algorithm)))
    }
}

#[cfg(test)]
mod tests;
