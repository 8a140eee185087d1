//! The directory of a master list or deviation list signer.

use std::path::{Path, PathBuf};

use der::Decode;
use x509_cert::Certificate;

use super::files::{LIST_SIGNER_CERTIFICATE, LIST_SIGNER_KEY, LIST_SIGNER_TWIN, read, read_optional};
use super::stored_key::{KeyPlace, StoredSigner};
use crate::key_file::Passphrase;
use crate::pki::PkiError;
use crate::pki::certificate::public_key;
use crate::signer::Signer;

/// The directory of a list signer.
#[derive(Debug, Clone)]
pub struct ListSignerDirectory {
    path: PathBuf,
    certificate: Vec<u8>,
    twin: Option<Vec<u8>>,
}

impl ListSignerDirectory {
    /// Opens the directory's public part. No passphrase is needed.
    ///
    /// # Errors
    /// [`PkiError::File`], [`PkiError::Encoding`] or [`PkiError::Certificate`].
    pub fn open(path: &Path) -> Result<Self, PkiError> {
        let certificate = read(&path.join(LIST_SIGNER_CERTIFICATE))?;
        let twin = read_optional(&path.join(LIST_SIGNER_TWIN))?;
        let key = public_key(&Certificate::from_der(&certificate)?)?;
        if let Some(twin) = &twin
            && public_key(&Certificate::from_der(twin)?)? != key
        {
            return Err(PkiError::certificate(
                "the list signer's named-curve twin",
                "is over another key",
            ));
        }
        Ok(Self {
            path: path.to_owned(),
            certificate,
            twin,
        })
    }

    /// The certificate (DER).
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate
    }

    /// The named-curve twin's certificate (DER), if there is one.
    pub fn named_curve_twin(&self) -> Option<&[u8]> {
        self.twin.as_deref()
    }

    /// Where the list signer's key is: whether [`Self::signer`] takes a passphrase or a PIN.
    ///
    /// # Errors
    /// [`PkiError::File`]; [`PkiError::Signer`] when the name of a key in a token is malformed.
    pub fn key_place(&self) -> Result<KeyPlace, PkiError> {
        KeyPlace::find(&self.path, LIST_SIGNER_KEY)
    }

    /// Opens the list signer's key with its passphrase, or the token's PIN.
    ///
    /// # Errors
    /// [`PkiError::File`] (also a wrong passphrase), [`PkiError::Refused`] when the key is not the certificate's.
    pub fn signer(&self, secret: &Passphrase) -> Result<StoredSigner, PkiError> {
        let signer = self.key_place()?.open(secret)?;
        let key = public_key(&Certificate::from_der(&self.certificate)?)?;
        if *signer.public_key() != key {
            return Err(PkiError::Refused(
                "the key does not belong to list-signer.der".into(),
            ));
        }
        Ok(signer)
    }
}
