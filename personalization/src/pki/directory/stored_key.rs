//! Where the private key of a directory is: in an encrypted file beside the certificate, or in a token that a file names.
//!
//! ```text
//! ds.key       the key itself, encrypted (see crate::key_file)
//! ds.key.uri   instead of it: the PKCS#11 URI of the key in a token, in one line; no secret
//! ```

use std::path::{Path, PathBuf};

use rand_core::TryCryptoRng;

use super::files::read_optional;
use crate::key_file::Passphrase;
use crate::key_file::durable::{Mode, NewDirectory};
use crate::pki::PkiError;
use crate::pki::curves::NamedCurve;
use crate::signer::pkcs11::KeyKind;
use crate::signer::{FileSigner, Pkcs11Uri, PublicKey, SignatureAlgorithm, Signer, SignerError, TokenSigner};

/// Where a private key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyPlace {
    /// In an encrypted file; a passphrase opens it.
    File(PathBuf),
    /// In a token; its PIN opens it.
    Token(Pkcs11Uri),
}

/// What key is made, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewKey<'a> {
    /// In an encrypted file in the new directory, on this curve.
    File(NamedCurve),
    /// In the token that the URI names; one that is there already is taken.
    Token {
        /// The name of the key.
        uri: &'a Pkcs11Uri,
        /// What kind of key it is to be.
        kind: KeyKind,
    },
}

impl Default for NewKey<'_> {
    /// In a file, on P-256.
    fn default() -> Self {
        Self::File(NamedCurve::P256)
    }
}

/// Where a new key and its certificates go.
#[derive(Debug, Clone, Copy)]
pub struct Destination<'a> {
    /// The directory to be made; it must not exist or be empty.
    pub directory: &'a Path,
    /// The key to be made.
    pub key: NewKey<'a>,
    /// Encrypts the key; the token's PIN when the key is in a token.
    pub secret: &'a Passphrase,
    /// Whether a second certificate over the same key is made that names the curve.
    pub named_curve_twin: bool,
}

/// A key that was opened, wherever it is.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoredSigner {
    /// From a file.
    File(FileSigner),
    /// In a token.
    Token(Box<TokenSigner>),
}

impl KeyPlace {
    /// Where the key with this name is in a directory.
    pub(super) fn find(directory: &Path, name: &str) -> Result<Self, PkiError> {
        let path = directory.join(format!("{name}.uri"));
        let Some(content) = read_optional(&path)? else {
            return Ok(Self::File(directory.join(name)));
        };
        let text = String::from_utf8(content)
            .map_err(|_| PkiError::certificate("the name of the key in the token", "it is not UTF-8"))?;
        let uri = text.trim().parse().map_err(SignerError::from)?;
        Ok(Self::Token(uri))
    }

    /// Opens it. `secret` is the file's passphrase or the token's PIN.
    pub(super) fn open(&self, secret: &Passphrase) -> Result<StoredSigner, PkiError> {
        Ok(match self {
            Self::File(path) => StoredSigner::File(FileSigner::open(path, secret)?),
            Self::Token(uri) => StoredSigner::Token(Box::new(TokenSigner::open(uri, secret)?)),
        })
    }
}

impl StoredSigner {
    /// Makes the key that a destination asks for and keeps it, or its name, in the new directory.
    pub(super) fn make(
        destination: &Destination<'_>,
        directory: &NewDirectory,
        name: &str,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<Self, PkiError> {
        match destination.key {
            NewKey::File(curve) => {
                let signer = FileSigner::generate_on(curve, rng)?;
                signer.save(&directory.path(name), destination.secret, rng)?;
                Ok(Self::File(signer))
            }
            NewKey::Token { uri, kind } => {
                let (signer, _) = TokenSigner::open_or_generate(uri, destination.secret, kind, rng)?;
                directory.add(
                    &format!("{name}.uri"),
                    format!("{uri}\n").as_bytes(),
                    Mode::Public,
                )?;
                Ok(Self::Token(Box::new(signer)))
            }
        }
    }

    fn inner(&self) -> &dyn Signer {
        match self {
            Self::File(signer) => signer,
            Self::Token(signer) => &**signer,
        }
    }
}

impl Signer for StoredSigner {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.inner().algorithm()
    }

    fn public_key(&self) -> &PublicKey {
        self.inner().public_key()
    }

    fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, SignerError> {
        self.inner().sign_digest(digest)
    }
}
