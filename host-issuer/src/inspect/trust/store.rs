//! What is trusted: CSCA certificates and their CRLs, from files an operator chose.

use std::path::{Path, PathBuf};

use crate::inspect::asn1::Asn1Error;
use crate::inspect::certificate::Certificate;
use crate::inspect::pem::blocks;
use crate::inspect::revocation::RevocationList;
use crate::inspect::signature::SignatureError;

/// A file of this size or more is no certificate and no CRL (a national CRL has some kilobytes).
const FILE_SIZE_LIMIT: u64 = 16 * 1024 * 1024;

/// Why a trust store cannot be used. The operator's files are to blame, never the document.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The directory or a file cannot be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The directory or file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file is not what its extension says.
    #[error("{}: {cause}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// Another program changes the folder at the moment.
    #[error("{}: another program is changing this folder at the moment", path.display())]
    Busy {
        /// The directory.
        path: PathBuf,
    },
    /// There is no CSCA certificate in the directory.
    #[error("{}: no CSCA certificate (*.der, *.cer, *.crt, *.pem) in this directory", path.display())]
    Empty {
        /// The directory.
        path: PathBuf,
    },
}

/// CSCA certificates that are believed, and the CRLs at hand.
#[derive(Debug, Clone, Default)]
pub struct TrustStore {
    anchors: Vec<Certificate>,
    revocation_lists: Vec<RevocationList>,
}

impl TrustStore {
    /// A store of what was checked before.
    pub(super) fn of(anchors: Vec<Certificate>, revocation_lists: Vec<RevocationList>) -> Self {
        Self {
            anchors,
            revocation_lists,
        }
    }

    /// A store of these CSCA certificates and CRLs.
    ///
    /// # Errors
    /// When a certificate is no CSCA, or says that it signed itself and did not.
    pub fn new(certificates: &[&[u8]], revocation_lists: &[&[u8]]) -> Result<Self, Asn1Error> {
        let mut store = Self::default();
        for der in certificates {
            let certificate = Certificate::from_der(der)?;
            if !certificate.is_ca() {
                return Err(Asn1Error::Value(format!(
                    "{} is no CSCA certificate",
                    certificate.subject()
                )));
            }
            check_own_signature(&certificate).map_err(Asn1Error::Value)?;
            store.anchors.push(certificate);
        }
        for der in revocation_lists {
            store.revocation_lists.push(RevocationList::from_der(der)?);
        }
        Ok(store)
    }

    /// Reads every `.der`, `.cer`, `.crt`, `.pem` and `.crl` file of a directory, DER or PEM. Other
    /// certificates than those of a CSCA are passed over: they are no anchors.
    ///
    /// # Errors
    /// When the directory or a file cannot be read, a file is malformed, or no CSCA is there.
    pub fn from_directory(directory: &Path) -> Result<Self, TrustError> {
        let io = |path: &Path| {
            let path = path.to_owned();
            move |source| TrustError::Io { path, source }
        };
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(directory).map_err(io(directory))? {
            paths.push(entry.map_err(io(directory))?.path());
        }
        // The order of a directory is arbitrary; a report must not depend on it.
        paths.sort();
        let mut store = Self::default();
        for path in paths {
            if !is_trust_file(&path) {
                continue;
            }
            let is_list = path
                .extension()
                .is_some_and(|extension| extension.eq_ignore_ascii_case("crl"));
            if std::fs::metadata(&path).map_err(io(&path))?.len() >= FILE_SIZE_LIMIT {
                return Err(TrustError::Malformed {
                    path,
                    cause: "too large for a certificate or a CRL".into(),
                });
            }
            let bytes = std::fs::read(&path).map_err(io(&path))?;
            let malformed = |cause: String| TrustError::Malformed {
                path: path.clone(),
                cause,
            };
            for (label, der) in blocks(&bytes).map_err(malformed)? {
                match label.as_deref() {
                    Some("X509 CRL") => store.add_list(&der).map_err(malformed)?,
                    None if is_list => store.add_list(&der).map_err(malformed)?,
                    Some("CERTIFICATE") => store.add_certificate(&der).map_err(malformed)?,
                    // A `.der` file holds one or the other; only one of them can be read as a CRL.
                    None => match RevocationList::from_der(&der) {
                        Ok(list) => store.revocation_lists.push(list),
                        Err(_) => store.add_certificate(&der).map_err(malformed)?,
                    },
                    // A key kept beside its certificate is nobody's business here.
                    Some(_) => {}
                }
            }
        }
        if store.anchors.is_empty() {
            return Err(TrustError::Empty {
                path: directory.to_owned(),
            });
        }
        Ok(store)
    }

    fn add_certificate(&mut self, der: &[u8]) -> Result<(), String> {
        let certificate = Certificate::from_der(der).map_err(|error| error.to_string())?;
        let known = self
            .anchors
            .iter()
            .any(|anchor| anchor.raw() == certificate.raw());
        if certificate.is_ca() && !known {
            check_own_signature(&certificate)?;
            self.anchors.push(certificate);
        }
        Ok(())
    }

    fn add_list(&mut self, der: &[u8]) -> Result<(), String> {
        self.revocation_lists
            .push(RevocationList::from_der(der).map_err(|error| error.to_string())?);
        Ok(())
    }

    /// The trusted CSCA certificates.
    #[must_use]
    pub fn anchors(&self) -> &[Certificate] {
        &self.anchors
    }

    /// The CRLs at hand; whether one is believed is checked when it is used.
    #[must_use]
    pub fn revocation_lists(&self) -> &[RevocationList] {
        &self.revocation_lists
    }
}

/// Whether a file's name is that of a certificate or a CRL.
pub(super) fn is_trust_file(path: &Path) -> bool {
    const EXTENSIONS: [&str; 5] = ["crl", "der", "cer", "crt", "pem"];
    path.extension().is_some_and(|extension| {
        EXTENSIONS
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    })
}

/// A self-signed certificate whose signature is wrong was damaged on its way to us. A link
/// certificate is signed by another key and cannot be checked alone.
pub(super) fn check_own_signature(certificate: &Certificate) -> Result<(), String> {
    if certificate.is_link() {
        return Ok(());
    }
    match certificate.verify_signed_by(certificate) {
        Ok(()) | Err(SignatureError::Unsupported(_)) => Ok(()),
        Err(error) => Err(format!(
            "{} is not signed by its own key: {error}",
            certificate.subject()
        )),
    }
}
