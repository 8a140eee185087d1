//! Secret keys at rest: one passphrase-encrypted container for every kind of key.
//!
//! A key file is PEM around an `EncryptedPrivateKeyInfo` (PKCS#8, RFC 5958 §3) whose scheme is PBES2
//! (RFC 8018 §6.2) with scrypt (RFC 7914; N = 2¹⁴, r = 8, p = 5, salt 16 bytes) and AES-256-CBC with
//! PKCS#7 padding. N is the largest that OpenSSL 3 opens with its default memory limit; p makes up for it.
//! Files with PBKDF2 instead of scrypt, as other programs write them, are read too.
//!
//! | what | PEM label | what is encrypted |
//! |---|---|---|
//! | CSCA and document-signer keys | `ENCRYPTED PRIVATE KEY` | PKCS#8 `PrivateKeyInfo`; `openssl pkey` reads it |
//! | issuer master keys | `ENCRYPTED ISSUER MASTER KEY` | the structure of [`crate::keys`] |
//!
//! CBC carries no integrity of its own, so whoever decrypts must check: an EC key against the public key
//! stored beside it, a master key against its check value. Both are done where the content is parsed.
//!
//! Files are written whole with mode 0600 and never over an existing one ([`durable`]).

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use pkcs8::der::pem::LineEnding;
use pkcs8::der::{Decode, SecretDocument};
use pkcs8::pkcs5::{self, pbes2};
use pkcs8::{EncryptedPrivateKeyInfoRef, der::asn1::OctetStringRef};
use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

pub mod durable;

/// Length of the scrypt salt in bytes.
const SALT_LEN: usize = 16;
/// scrypt cost parameter N.
const SCRYPT_COST: u64 = 1 << 14;
/// scrypt block size r.
const SCRYPT_BLOCK_SIZE: u16 = 8;
/// scrypt parallelization p.
const SCRYPT_PARALLELIZATION: u16 = 5;
/// The most memory (128·N·r bytes) that a file may make us spend on scrypt.
const SCRYPT_MEMORY_LIMIT: u64 = 1 << 30;
/// The most PBKDF2 iterations that a file may make us spend.
const PBKDF2_ITERATION_LIMIT: u32 = 10_000_000;
/// A key file is a few hundred bytes; anything beyond this is something else.
const FILE_SIZE_LIMIT: u64 = 64 * 1024;

/// The passphrase of a key file. Zeroized when dropped; its `Debug` output shows nothing.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Shortest passphrase, in characters, under which a new key may be stored.
    pub const MIN_CHARS: usize = 8;

    /// Takes a passphrase as the operator gave it (without the line end). Nothing is trimmed.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text, for whoever must hand it on: a token takes its PIN so.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    fn fit_for_new_key(&self) -> Result<(), KeyFileError> {
        if self.0.chars().count() < Self::MIN_CHARS {
            return Err(KeyFileError::PassphraseTooShort);
        }
        Ok(())
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Passphrase(…)")
    }
}

/// What can go wrong with a key file.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The passphrase does not open the file.
    ///
    /// AES-CBC cannot tell a wrong passphrase from a file whose encrypted part was damaged.
    #[error("{}: wrong passphrase (or the encrypted part of the file is damaged)", path.display())]
    WrongPassphrase {
        /// The key file.
        path: PathBuf,
    },
    /// The file is not a key file of the wanted kind.
    #[error("{}: not a key file of this kind: {why}", path.display())]
    NotAKeyFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The file names an encryption scheme or parameters that are not accepted.
    #[error("{}: the file's encryption is not supported: {why}", path.display())]
    UnsupportedEncryption {
        /// The file.
        path: PathBuf,
        /// What is not supported.
        why: String,
    },
    /// The target exists; keys are never overwritten.
    #[error("{}: exists already and is not overwritten", path.display())]
    AlreadyExists {
        /// The existing file or directory.
        path: PathBuf,
    },
    /// The passphrase for a new key is too short.
    #[error(
        "the passphrase for a new key must have at least {} characters",
        Passphrase::MIN_CHARS
    )]
    PassphraseTooShort,
    /// The operating system refused.
    #[error("{}: cannot {action}: {source}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What was being done, in the infinitive.
        action: &'static str,
        /// The system's answer.
        source: io::Error,
    },
    /// The random number generator failed.
    #[error("the random number generator failed")]
    Random,
    /// A key could not be encoded or encrypted: a fault of this program.
    #[error("internal: cannot encode the key: {0}")]
    Encoding(String),
}

/// Encrypts `plaintext` (a DER structure) under `passphrase` and returns the PEM text of the key file.
///
/// `label` is the PEM label without its dashes.
///
/// # Errors
/// [`KeyFileError::PassphraseTooShort`], [`KeyFileError::Random`]; [`KeyFileError::Encoding`] never in practice.
pub fn seal(
    label: &'static str,
    plaintext: &[u8],
    passphrase: &Passphrase,
    rng: &mut (impl TryCryptoRng + ?Sized),
) -> Result<Zeroizing<String>, KeyFileError> {
    passphrase.fit_for_new_key()?;
    let mut salt = [0u8; SALT_LEN];
    let mut iv = [0u8; 16];
    rng.try_fill_bytes(&mut salt).map_err(|_| KeyFileError::Random)?;
    rng.try_fill_bytes(&mut iv).map_err(|_| KeyFileError::Random)?;
    let encoding = |error: &dyn fmt::Display| KeyFileError::Encoding(error.to_string());

    let parameters = pbes2::Parameters {
        kdf: pbes2::Kdf::Scrypt(pbes2::ScryptParams {
            salt: pbes2::Salt::new(salt).map_err(|error| encoding(&error))?,
            cost_parameter: SCRYPT_COST,
            block_size: SCRYPT_BLOCK_SIZE,
            parallelization: SCRYPT_PARALLELIZATION,
            key_length: None,
        }),
        encryption: pbes2::EncryptionScheme::Aes256Cbc { iv },
    };
    let ciphertext = parameters
        .encrypt(passphrase.as_bytes(), plaintext)
        .map_err(|error| encoding(&error))?;
    let sealed = EncryptedPrivateKeyInfoRef {
        encryption_algorithm: parameters.into(),
        encrypted_data: OctetStringRef::new(&ciphertext).map_err(|error| encoding(&error))?,
    };
    let document = SecretDocument::encode_msg(&sealed).map_err(|error| encoding(&error))?;
    document
        .to_pem(label, LineEnding::LF)
        .map_err(|error| encoding(&error))
}

/// Writes a new key file: encrypted, whole, mode 0600, never over an existing file.
///
/// # Errors
/// As [`seal`], and [`KeyFileError::AlreadyExists`], [`KeyFileError::Io`].
pub fn write_sealed(
    path: &Path,
    label: &'static str,
    plaintext: &[u8],
    passphrase: &Passphrase,
    rng: &mut (impl TryCryptoRng + ?Sized),
) -> Result<(), KeyFileError> {
    // Before the costly key derivation; `write_new` decides without a race.
    if path.exists() {
        return Err(KeyFileError::AlreadyExists {
            path: path.to_owned(),
        });
    }
    let text = seal(label, plaintext, passphrase, rng)?;
    durable::write_new(path, text.as_bytes(), durable::Mode::Secret)
}

/// Reads a key file with the PEM label `label` and decrypts it.
///
/// The result is the plaintext DER, which the caller must still check (see the module's documentation).
///
/// # Errors
/// [`KeyFileError::WrongPassphrase`], [`KeyFileError::NotAKeyFile`],
/// [`KeyFileError::UnsupportedEncryption`], [`KeyFileError::Io`].
pub fn read_sealed(
    path: &Path,
    label: &'static str,
    passphrase: &Passphrase,
) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let text = durable::read_limited(path, FILE_SIZE_LIMIT)?;
    let not_a_key_file = |why: String| KeyFileError::NotAKeyFile {
        path: path.to_owned(),
        why,
    };
    let text = std::str::from_utf8(&text).map_err(|_| not_a_key_file("not PEM text".into()))?;
    let (found, document) =
        SecretDocument::from_pem(text).map_err(|error| not_a_key_file(format!("not PEM: {error}")))?;
    if found != label {
        return Err(not_a_key_file(format!("it holds `{found}`, not `{label}`")));
    }
    let sealed = EncryptedPrivateKeyInfoRef::from_der(document.as_bytes())
        .map_err(|error| not_a_key_file(format!("not an EncryptedPrivateKeyInfo: {error}")))?;
    check_cost(path, &sealed.encryption_algorithm)?;
    let plaintext = sealed
        .encryption_algorithm
        .decrypt(passphrase.as_bytes(), sealed.encrypted_data.as_bytes())
        .map(Zeroizing::new)
        .map_err(|error| match error {
            pkcs5::Error::DecryptFailed => KeyFileError::WrongPassphrase {
                path: path.to_owned(),
            },
            other => KeyFileError::UnsupportedEncryption {
                path: path.to_owned(),
                why: other.to_string(),
            },
        })?;
    // A wrong key leaves valid padding once in 256 times; what comes out is then hardly ever one SEQUENCE
    // that fills the plaintext to the last byte.
    if !is_one_sequence(&plaintext) {
        return Err(KeyFileError::WrongPassphrase {
            path: path.to_owned(),
        });
    }
    Ok(plaintext)
}

fn is_one_sequence(bytes: &[u8]) -> bool {
    use der::asn1::AnyRef;
    use der::{Tag, Tagged};
    AnyRef::from_der(bytes).is_ok_and(|value| value.tag() == Tag::Sequence)
}

/// The file chooses the cost of opening it: bound that before paying.
fn check_cost(path: &Path, scheme: &pkcs5::EncryptionScheme) -> Result<(), KeyFileError> {
    let unsupported = |why: String| KeyFileError::UnsupportedEncryption {
        path: path.to_owned(),
        why,
    };
    let pkcs5::EncryptionScheme::Pbes2(parameters) = scheme else {
        return Err(unsupported("only PBES2 is accepted".into()));
    };
    match &parameters.kdf {
        pbes2::Kdf::Scrypt(scrypt) => {
            let memory = 128u64
                .checked_mul(scrypt.cost_parameter)
                .and_then(|product| product.checked_mul(u64::from(scrypt.block_size)));
            if memory.is_none_or(|memory| memory > SCRYPT_MEMORY_LIMIT) || scrypt.parallelization > 64 {
                return Err(unsupported(
                    "its scrypt parameters ask for too much memory or time".into(),
                ));
            }
        }
        pbes2::Kdf::Pbkdf2(pbkdf2) => {
            if pbkdf2.iteration_count > PBKDF2_ITERATION_LIMIT {
                return Err(unsupported("its PBKDF2 iteration count is too high".into()));
            }
        }
        other => return Err(unsupported(format!("key derivation {} is unknown", other.oid()))),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LABEL: &str = "ENCRYPTED PRIVATE KEY";

    fn passphrase() -> Passphrase {
        Passphrase::new("specimen passphrase")
    }

    #[test]
    fn what_is_sealed_opens_again_and_only_with_its_passphrase() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("some.key");
        let secret = [0x30, 0x03, 0x04, 0x01, 0xA5];
        write_sealed(&path, LABEL, &secret, &passphrase(), &mut getrandom::SysRng).unwrap();
        assert_eq!(*read_sealed(&path, LABEL, &passphrase()).unwrap(), secret);

        for attempt in 0..4 {
            let wrong = Passphrase::new(format!("specimen passphrase{attempt}"));
            let error = read_sealed(&path, LABEL, &wrong).unwrap_err();
            assert!(matches!(error, KeyFileError::WrongPassphrase { .. }), "{error}");
        }
        let error = read_sealed(&path, "ENCRYPTED ISSUER MASTER KEY", &passphrase()).unwrap_err();
        assert!(matches!(error, KeyFileError::NotAKeyFile { .. }), "{error}");
    }

    #[test]
    fn nothing_is_written_over_a_key_or_under_a_short_passphrase() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("some.key");
        let short = Passphrase::new("seven77");
        let error = write_sealed(&path, LABEL, &[0x30, 0], &short, &mut getrandom::SysRng).unwrap_err();
        assert!(matches!(error, KeyFileError::PassphraseTooShort));
        assert!(!path.exists());

        std::fs::File::create(&path).unwrap();
        let error =
            write_sealed(&path, LABEL, &[0x30, 0], &passphrase(), &mut getrandom::SysRng).unwrap_err();
        assert!(matches!(error, KeyFileError::AlreadyExists { .. }));
        assert_eq!(std::fs::read(&path).unwrap(), b"");
    }

    #[test]
    fn a_file_cannot_make_us_spend_unbounded_memory() {
        let expensive = pkcs5::EncryptionScheme::Pbes2(pbes2::Parameters {
            kdf: pbes2::Kdf::Scrypt(pbes2::ScryptParams {
                salt: pbes2::Salt::new([0u8; 16]).unwrap(),
                cost_parameter: 1 << 40,
                block_size: 8,
                parallelization: 1,
                key_length: None,
            }),
            encryption: pbes2::EncryptionScheme::Aes256Cbc { iv: [0; 16] },
        });
        let error = check_cost(Path::new("some.key"), &expensive).unwrap_err();
        assert!(matches!(error, KeyFileError::UnsupportedEncryption { .. }));
    }
}
