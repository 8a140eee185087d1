//! Key pairs by which a preparation office and a station know each other.
//!
//! Each has one, on P-256: the private half in an encrypted PKCS#8 file ([`key_file`]; `openssl pkey` reads
//! it), the public half in a PEM `PUBLIC KEY` file (RFC 7468 §13) that the other side is given, its fingerprint compared by
//! another way. They are good for [`sealed_file`](crate::sealed_file) and for nothing else: never use a document signer's.

use std::fmt;
use std::path::Path;

use p256::pkcs8::{DecodePublicKey as _, EncodePrivateKey as _, EncodePublicKey as _};
use p256::{PublicKey, SecretKey};
use pkcs8::der::Decode as _;
use pkcs8::{LineEnding, PrivateKeyInfoRef};
use rand_core::TryCryptoRng;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::key_file::{self, KeyFileError, Passphrase, durable};
use crate::signer::PRIVATE_KEY_LABEL;

/// A public key file has some 180 bytes.
const MAX_PUBLIC_FILE: u64 = 16 * 1024;

/// A key pair. Zeroized on drop; `Debug` shows the fingerprint alone.
#[derive(Clone)]
pub struct ExchangeKey {
    secret: SecretKey,
}

/// The public half.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExchangePublicKey {
    key: PublicKey,
}

impl ExchangeKey {
    /// A new random key pair.
    ///
    /// # Errors
    /// [`KeyFileError::Random`].
    pub fn generate(rng: &mut (impl TryCryptoRng + ?Sized)) -> Result<Self, KeyFileError> {
        let mut candidate = Zeroizing::new([0; 32]);
        // A candidate outside 1..n has probability 2⁻³²; several in a row mean a broken generator.
        for _ in 0..8 {
            rng.try_fill_bytes(candidate.as_mut_slice())
                .map_err(|_| KeyFileError::Random)?;
            if let Ok(secret) = SecretKey::from_slice(candidate.as_slice()) {
                return Ok(Self { secret });
            }
        }
        Err(KeyFileError::Random)
    }

    /// Writes the key to a new encrypted file, mode 0600.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub fn save(
        &self,
        path: &Path,
        passphrase: &Passphrase,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<(), KeyFileError> {
        let plaintext = self
            .secret
            .to_pkcs8_der()
            .map_err(|error| KeyFileError::Encoding(error.to_string()))?;
        key_file::write_sealed(path, PRIVATE_KEY_LABEL, plaintext.as_bytes(), passphrase, rng)
    }

    /// Opens such a file.
    ///
    /// # Errors
    /// [`KeyFileError::WrongPassphrase`] when it does not decrypt; [`KeyFileError::NotAKeyFile`] when it holds no sound P-256
    /// key; [`KeyFileError::UnsupportedEncryption`], [`KeyFileError::Io`].
    pub fn open(path: &Path, passphrase: &Passphrase) -> Result<Self, KeyFileError> {
        let plaintext = key_file::read_sealed(path, PRIVATE_KEY_LABEL, passphrase)?;
        let not_a_key = |why: String| KeyFileError::NotAKeyFile {
            path: path.to_owned(),
            why,
        };
        let info = PrivateKeyInfoRef::from_der(&plaintext)
            .map_err(|error| not_a_key(format!("not a PKCS#8 private key: {error}")))?;
        // `SecretKey` compares the public key inside with the private key.
        let secret = SecretKey::try_from(info)
            .map_err(|error| not_a_key(format!("not a sound P-256 private key: {error}")))?;
        Ok(Self { secret })
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> ExchangePublicKey {
        ExchangePublicKey {
            key: self.secret.public_key(),
        }
    }

    /// The private scalar, 32 bytes.
    pub(crate) fn scalar(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.secret.to_bytes().into())
    }
}

impl ExchangePublicKey {
    /// Reads a public key file.
    ///
    /// # Errors
    /// [`KeyFileError::NotAKeyFile`] when it holds no public key of P-256; [`KeyFileError::Io`].
    pub fn open(path: &Path) -> Result<Self, KeyFileError> {
        let content = durable::read_limited(path, MAX_PUBLIC_FILE)?;
        let not_a_key = |why: String| KeyFileError::NotAKeyFile {
            path: path.to_owned(),
            why,
        };
        let text = std::str::from_utf8(&content).map_err(|_| not_a_key("not PEM text".to_owned()))?;
        PublicKey::from_public_key_pem(text)
            .map(|key| Self { key })
            .map_err(|error| not_a_key(format!("no public key of P-256: {error}")))
    }

    /// Writes a new public key file, readable to everyone.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub fn save(&self, path: &Path) -> Result<(), KeyFileError> {
        let text = self
            .key
            .to_public_key_pem(LineEnding::LF)
            .map_err(|error| KeyFileError::Encoding(error.to_string()))?;
        durable::write_new(path, text.as_bytes(), durable::Mode::Public)
    }

    /// SHA-256 of the DER `SubjectPublicKeyInfo`: what people compare, and what names the key in a sealed file. The same as
    /// `openssl pkey -pubin -in FILE -outform DER | sha256sum`.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        // A point of the curve always encodes.
        let der = self.key.to_public_key_der();
        Sha256::digest(der.as_ref().map_or(&[][..], |der| der.as_bytes())).into()
    }

    /// The uncompressed point.
    pub(crate) fn point(&self) -> Vec<u8> {
        self.key.to_sec1_bytes().to_vec()
    }
}

impl fmt::Debug for ExchangeKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "ExchangeKey({})",
            hex::encode(self.public().fingerprint())
        )
    }
}
