//! The directory of whoever signs trust bundles for offline counters: a key that stands for itself, in no PKI.
//!
//! ```text
//! bundle-signer.key       the key, encrypted; or bundle-signer.key.uri, its name in a token
//! bundle-signer.pub.pem   its public key (RFC 5280 SubjectPublicKeyInfo): what counters pin
//! ```

use std::path::{Path, PathBuf};

use rand_core::TryCryptoRng;

use super::files::{BUNDLE_SIGNER_KEY, BUNDLE_SIGNER_PUBLIC, read};
use super::stored_key::{Destination, KeyPlace, StoredSigner};
use crate::hash::HashAlgorithm;
use crate::key_file::Passphrase;
use crate::key_file::durable::{Mode, NewDirectory};
use crate::pki::PkiError;
use crate::pki::curves::NamedCurve;
use crate::pki::explicit_parameters::{CurveForm, encode_public_key};
use crate::signer::{PublicKey, Signer};

const WHAT: &str = "the bundle signer's key";

/// The directory of a signer of trust bundles.
#[derive(Debug, Clone)]
pub struct BundleSignerDirectory {
    path: PathBuf,
    public_key: Vec<u8>,
}

impl BundleSignerDirectory {
    /// Makes a key on P-256 and its directory.
    ///
    /// # Errors
    /// [`PkiError::Input`] for a key of another kind; [`PkiError::File`], [`PkiError::Signer`]. Then no directory was made.
    pub fn init(
        destination: Destination<'_>,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<Self, PkiError> {
        let new = NewDirectory::create(destination.directory)?;
        let signer = StoredSigner::make(&destination, &new, BUNDLE_SIGNER_KEY, rng)?;
        let info = public_key_info(signer.public_key())?;
        let pem = der::pem::encode_string("PUBLIC KEY", der::pem::LineEnding::LF, &info)
            .map_err(|error| PkiError::certificate(WHAT, error.to_string()))?;
        new.add(BUNDLE_SIGNER_PUBLIC, pem.as_bytes(), Mode::Public)?;
        new.commit()?;
        Self::open(destination.directory)
    }

    /// Opens the directory's public part. No passphrase is needed.
    ///
    /// # Errors
    /// [`PkiError::File`], [`PkiError::Certificate`].
    pub fn open(path: &Path) -> Result<Self, PkiError> {
        let pem = read(&path.join(BUNDLE_SIGNER_PUBLIC))?;
        let (_, public_key) =
            der::pem::decode_vec(&pem).map_err(|error| PkiError::certificate(WHAT, error.to_string()))?;
        Ok(Self {
            path: path.to_owned(),
            public_key,
        })
    }

    /// The public key as `SubjectPublicKeyInfo`, DER.
    pub fn public_key_info(&self) -> &[u8] {
        &self.public_key
    }

    /// SHA-256 of the public key's `SubjectPublicKeyInfo`, capital hexadecimal: what people compare.
    pub fn fingerprint(&self) -> String {
        hex::encode_upper(HashAlgorithm::Sha256.digest(&self.public_key))
    }

    /// Where the key is: whether [`Self::signer`] takes a passphrase or a PIN.
    ///
    /// # Errors
    /// [`PkiError::File`]; [`PkiError::Signer`] when the name of a key in a token is malformed.
    pub fn key_place(&self) -> Result<KeyPlace, PkiError> {
        KeyPlace::find(&self.path, BUNDLE_SIGNER_KEY)
    }

    /// Opens the key with its passphrase, or the token's PIN.
    ///
    /// # Errors
    /// [`PkiError::File`] (also a wrong passphrase), [`PkiError::Refused`] when the key is not the one of the public file.
    pub fn signer(&self, secret: &Passphrase) -> Result<StoredSigner, PkiError> {
        let signer = self.key_place()?.open(secret)?;
        if public_key_info(signer.public_key())? != self.public_key {
            return Err(PkiError::Refused(format!(
                "the key does not belong to {BUNDLE_SIGNER_PUBLIC}"
            )));
        }
        Ok(signer)
    }
}

/// `SubjectPublicKeyInfo` of a key on P-256 by the curve's name.
fn public_key_info(key: &PublicKey) -> Result<Vec<u8>, PkiError> {
    let PublicKey::Ec {
        curve: NamedCurve::P256,
        point,
    } = key
    else {
        return Err(PkiError::input("key type", "a trust bundle is signed on P-256"));
    };
    encode_public_key(NamedCurve::P256, point, CurveForm::NamedCurve)
}
