//! Who signs: the seam between what is signed (certificates, CRLs, EF.SOD) and where the private key is.
//!
//! A [`Signer`] may be a file ([`FileSigner`]) or something that never lets its key out. It blocks, it can
//! be shared between threads, and whoever calls it must not trust its answer: certificates, CRLs and EF.SOD
//! are all verified again with the public key before they are returned.

use std::fmt;
use std::path::Path;

use p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
use p256::ecdsa::{DerSignature, Signature, SigningKey, VerifyingKey};
use p256::pkcs8::{EncodePrivateKey, EncodePublicKey};
use p256::{PublicKey, SecretKey};
use pkcs8::PrivateKeyInfoRef;
use pkcs8::der::Decode;
use rand_core::TryCryptoRng;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::key_file::{self, KeyFileError, Passphrase};

/// PEM label of an encrypted PKCS#8 private key (RFC 7468 §11).
pub const PRIVATE_KEY_LABEL: &str = "ENCRYPTED PRIVATE KEY";

/// Signature algorithms that issuers of this project use (of those that 9303-12 §4.1.6 allows).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// ECDSA over P-256 with SHA-256: `ecdsa-with-SHA256`, 1.2.840.10045.4.3.2.
    EcdsaP256Sha256,
}

impl SignatureAlgorithm {
    /// The object identifier of the signature algorithm. Its AlgorithmIdentifier has no parameters (RFC 5758 §3.2).
    pub const fn oid(self) -> const_oid::ObjectIdentifier {
        match self {
            Self::EcdsaP256Sha256 => const_oid::db::rfc5912::ECDSA_WITH_SHA_256,
        }
    }

    /// Length of the digest that [`Signer::sign_digest`] takes, in bytes.
    pub const fn digest_len(self) -> usize {
        match self {
            Self::EcdsaP256Sha256 => 32,
        }
    }

    /// The digest of `message` under this algorithm's hash function.
    pub fn digest(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::EcdsaP256Sha256 => Sha256::digest(message).to_vec(),
        }
    }
}

/// Why nothing was signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignerError {
    /// The caller handed in a digest of another length than the algorithm's: a fault of this program.
    #[error("internal: the signer was given a digest of {found} bytes instead of {expected}")]
    DigestLength {
        /// Length given, in bytes.
        found: usize,
        /// Length that the algorithm takes, in bytes.
        expected: usize,
    },
    /// The key must not sign (any more): its quota is used up, or another took over.
    #[error("refused: {0}")]
    Refused(String),
    /// The device or library that holds the key failed.
    #[error("the signer failed: {0}")]
    Failed(String),
}

/// Something that holds a private key and signs with it.
pub trait Signer: Send + Sync {
    /// What [`sign`](Self::sign) computes.
    fn algorithm(&self) -> SignatureAlgorithm;

    /// The public key as an uncompressed point, `04 ‖ x ‖ y` (SEC 1 §2.3.3).
    fn public_point(&self) -> Vec<u8>;

    /// Signs a digest of [`SignatureAlgorithm::digest_len`] bytes. Returns the DER `ECDSA-Sig-Value` (RFC 3279 §2.2.3).
    ///
    /// # Errors
    /// [`SignerError`].
    fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, SignerError>;

    /// Hashes and signs a message.
    ///
    /// # Errors
    /// [`SignerError`].
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        self.sign_digest(&self.algorithm().digest(message))
    }

    /// The public key as DER `SubjectPublicKeyInfo` with a named curve (RFC 5480 §2).
    ///
    /// # Errors
    /// [`SignerError::Failed`] when [`public_point`](Self::public_point) is not a point of the curve.
    fn public_key_spki_der(&self) -> Result<Vec<u8>, SignerError> {
        match self.algorithm() {
            SignatureAlgorithm::EcdsaP256Sha256 => PublicKey::from_sec1_bytes(&self.public_point())
                .ok()
                .and_then(|key| key.to_public_key_der().ok())
                .map(|document| document.into_vec())
                .ok_or_else(|| SignerError::Failed("its public key is not a point of P-256".into())),
        }
    }
}

/// Verifies an ECDSA signature over `message` with an uncompressed public point.
///
/// Never panics; false for a point that is not on the curve, a malformed signature or a wrong one.
#[must_use]
pub fn verify(
    algorithm: SignatureAlgorithm,
    public_point: &[u8],
    message: &[u8],
    der_signature: &[u8],
) -> bool {
    match algorithm {
        SignatureAlgorithm::EcdsaP256Sha256 => {
            // The identity also parses as a SEC 1 point; only 04 ‖ x ‖ y is a key.
            if public_point.len() != 65 || public_point.first() != Some(&0x04) {
                return false;
            }
            let Ok(key) = VerifyingKey::from_sec1_bytes(public_point) else {
                return false;
            };
            let Ok(signature) = Signature::from_der(der_signature) else {
                return false;
            };
            key.verify_prehash(&algorithm.digest(message), &signature).is_ok()
        }
    }
}

/// A P-256 key from an encrypted PKCS#8 file (see [`crate::key_file`]), held in memory and zeroized on drop.
///
/// Signatures are deterministic (RFC 6979), so a weak random number generator cannot leak the key.
#[derive(Clone)]
pub struct FileSigner {
    key: SigningKey,
}

impl FileSigner {
    /// A new random key, in memory only until [`save`](Self::save)d.
    ///
    /// # Errors
    /// [`KeyFileError::Random`].
    pub fn generate(rng: &mut (impl TryCryptoRng + ?Sized)) -> Result<Self, KeyFileError> {
        let mut candidate = Zeroizing::new([0u8; 32]);
        // A candidate outside 1..n has probability 2⁻³²; several in a row mean a broken generator.
        for _ in 0..8 {
            rng.try_fill_bytes(candidate.as_mut_slice())
                .map_err(|_| KeyFileError::Random)?;
            if let Ok(secret) = SecretKey::from_slice(candidate.as_slice()) {
                return Ok(Self {
                    key: SigningKey::from(secret),
                });
            }
        }
        Err(KeyFileError::Random)
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
        let secret = SecretKey::from(self.key.as_nonzero_scalar());
        let plaintext = secret
            .to_pkcs8_der()
            .map_err(|error| KeyFileError::Encoding(error.to_string()))?;
        key_file::write_sealed(path, PRIVATE_KEY_LABEL, plaintext.as_bytes(), passphrase, rng)
    }

    /// Opens an encrypted PKCS#8 file with a P-256 key.
    ///
    /// # Errors
    /// [`KeyFileError::WrongPassphrase`] when it does not decrypt; [`KeyFileError::NotAKeyFile`] when it holds
    /// no P-256 key or its public key does not belong to its private key (the file was altered);
    /// [`KeyFileError::UnsupportedEncryption`], [`KeyFileError::Io`].
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
        Ok(Self {
            key: SigningKey::from(secret),
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
        SignatureAlgorithm::EcdsaP256Sha256
    }

    fn public_point(&self) -> Vec<u8> {
        self.key.verifying_key().to_sec1_point(false).as_bytes().to_vec()
    }

    fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, SignerError> {
        let expected = self.algorithm().digest_len();
        if digest.len() != expected {
            return Err(SignerError::DigestLength {
                found: digest.len(),
                expected,
            });
        }
        let signature: Signature = self
            .key
            .sign_prehash(digest)
            .map_err(|error| SignerError::Failed(error.to_string()))?;
        Ok(DerSignature::from(signature).as_bytes().to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key_file;

    #[test]
    fn a_saved_key_is_the_same_key_when_opened() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ds.key");
        let passphrase = Passphrase::new("specimen passphrase");
        let signer = FileSigner::generate(&mut getrandom::SysRng).unwrap();
        signer.save(&path, &passphrase, &mut getrandom::SysRng).unwrap();
        let opened = FileSigner::open(&path, &passphrase).unwrap();
        assert_eq!(opened.public_point(), signer.public_point());

        let signature = opened.sign(b"message").unwrap();
        let algorithm = opened.algorithm();
        assert!(verify(algorithm, &signer.public_point(), b"message", &signature));
        assert!(!verify(algorithm, &signer.public_point(), b"massage", &signature));
        assert!(
            !verify(algorithm, &[0], b"message", &signature),
            "the identity is no key"
        );
    }

    #[test]
    fn a_key_whose_public_half_belongs_to_another_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("altered.key");
        let passphrase = Passphrase::new("specimen passphrase");
        let signer = FileSigner::generate(&mut getrandom::SysRng).unwrap();
        let other = FileSigner::generate(&mut getrandom::SysRng).unwrap();
        let secret = SecretKey::from(signer.key.as_nonzero_scalar());
        let mut plaintext = secret.to_pkcs8_der().unwrap().to_bytes();
        let at = plaintext.len() - 65;
        plaintext[at..].copy_from_slice(&other.public_point());
        key_file::write_sealed(
            &path,
            PRIVATE_KEY_LABEL,
            &plaintext,
            &passphrase,
            &mut getrandom::SysRng,
        )
        .unwrap();
        let error = FileSigner::open(&path, &passphrase).unwrap_err();
        assert!(matches!(error, KeyFileError::NotAKeyFile { .. }), "{error}");
    }

    #[test]
    fn debug_output_shows_no_secret() {
        let signer = FileSigner::generate(&mut getrandom::SysRng).unwrap();
        assert_eq!(format!("{signer:?}"), "FileSigner(…)");
        assert_eq!(format!("{:?}", Passphrase::new("open sesame")), "Passphrase(…)");
    }

    #[test]
    fn a_digest_of_another_length_is_refused() {
        let signer = FileSigner::generate(&mut getrandom::SysRng).unwrap();
        assert_eq!(
            signer.sign_digest(&[0; 20]),
            Err(SignerError::DigestLength {
                found: 20,
                expected: 32
            })
        );
    }
}
