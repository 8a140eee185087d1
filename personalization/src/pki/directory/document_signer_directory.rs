//! The directory that a station gets: a document signer's certificate and its encrypted key.

use std::path::{Path, PathBuf};

use der::Decode;
use x509_cert::Certificate;

use super::super::PkiError;
use super::super::certificate::public_key;
use super::{read, read_optional};
use crate::key_file::Passphrase;
use crate::signer::{FileSigner, Signer};

pub(super) const DS_CERTIFICATE: &str = "ds.der";
pub(super) const DS_CERTIFICATE_PEM: &str = "ds.pem";
pub(super) const DS_TWIN: &str = "ds-named-curve.der";
pub(super) const DS_TWIN_PEM: &str = "ds-named-curve.pem";
pub(super) const DS_KEY: &str = "ds.key";

/// The directory of a document signer.
#[derive(Debug, Clone)]
pub struct DocumentSignerDirectory {
    path: PathBuf,
    certificate: Vec<u8>,
    twin: Option<Vec<u8>>,
}

impl DocumentSignerDirectory {
    /// Opens the directory's public part: the certificates. No passphrase is needed.
    ///
    /// # Errors
    /// [`PkiError::File`], [`PkiError::Encoding`] or [`PkiError::Certificate`].
    pub fn open(path: &Path) -> Result<Self, PkiError> {
        let certificate = read(&path.join(DS_CERTIFICATE))?;
        let twin = read_optional(&path.join(DS_TWIN))?;
        let key = public_key(&Certificate::from_der(&certificate)?)?;
        if let Some(twin) = &twin
            && public_key(&Certificate::from_der(twin)?)?.point != key.point
        {
            return Err(PkiError::certificate(
                "the document signer's named-curve twin",
                "is over another key",
            ));
        }
        Ok(Self {
            path: path.to_owned(),
            certificate,
            twin,
        })
    }

    /// The certificate (DER) that goes into EF.SOD.
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate
    }

    /// The named-curve twin's certificate (DER), if there is one.
    pub fn named_curve_twin(&self) -> Option<&[u8]> {
        self.twin.as_deref()
    }

    /// The certificate's serial number, upper-case hexadecimal, as `eid pki crl` takes it.
    ///
    /// # Errors
    /// [`PkiError::Encoding`].
    pub fn serial(&self) -> Result<String, PkiError> {
        let certificate = Certificate::from_der(&self.certificate)?;
        Ok(hex::encode_upper(
            certificate.tbs_certificate().serial_number().as_bytes(),
        ))
    }

    /// Opens the document signer's key.
    ///
    /// # Errors
    /// [`PkiError::File`] (also a wrong passphrase), [`PkiError::Refused`] when the key is not the certificate's.
    pub fn signer(&self, passphrase: &Passphrase) -> Result<FileSigner, PkiError> {
        let signer = FileSigner::open(&self.path.join(DS_KEY), passphrase)?;
        let key = public_key(&Certificate::from_der(&self.certificate)?)?;
        if signer.public_point() != key.point {
            return Err(PkiError::Refused("ds.key does not belong to ds.der".into()));
        }
        Ok(signer)
    }
}
