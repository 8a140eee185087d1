//! A directory with the certificates and CRLs that an operator put there: no record says why they are believed.

use std::collections::BTreeSet;
use std::path::Path;

use super::error::{TrustError, malformed};
use super::index::sha256;
use super::store::{Contents, TrustStore, check_own_signature};
use crate::inspect::certificate::Certificate;
use crate::inspect::pem::blocks;
use crate::inspect::revocation::RevocationList;

/// A file of this size or more is no certificate and no CRL (a national CRL has some kilobytes).
const FILE_SIZE_LIMIT: u64 = 16 * 1024 * 1024;

impl TrustStore {
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
        let mut plain = Plain::default();
        for path in paths {
            if !is_trust_file(&path) {
                continue;
            }
            let is_list = path
                .extension()
                .is_some_and(|extension| extension.eq_ignore_ascii_case("crl"));
            if std::fs::metadata(&path).map_err(io(&path))?.len() >= FILE_SIZE_LIMIT {
                return Err(malformed(path, "too large for a certificate or a CRL"));
            }
            let bytes = std::fs::read(&path).map_err(io(&path))?;
            let refused = |cause: String| malformed(&path, cause);
            for (label, der) in blocks(&bytes).map_err(refused)? {
                match label.as_deref() {
                    Some("X509 CRL") => plain.add_list(&der).map_err(refused)?,
                    None if is_list => plain.add_list(&der).map_err(refused)?,
                    Some("CERTIFICATE") => plain.add_certificate(&der).map_err(refused)?,
                    // A `.der` file holds one or the other; only one of them can be read as a CRL.
                    None => {
                        if plain.add_list(&der).is_err() {
                            plain.add_certificate(&der).map_err(refused)?;
                        }
                    }
                    // A key kept beside its certificate is nobody's business here.
                    Some(_) => {}
                }
            }
        }
        if plain.contents.has_no_anchor() {
            return Err(TrustError::Empty {
                path: directory.to_owned(),
            });
        }
        Ok(plain.contents.store())
    }
}

#[derive(Default)]
struct Plain {
    contents: Contents,
    known: BTreeSet<[u8; 32]>,
}

impl Plain {
    fn add_certificate(&mut self, der: &[u8]) -> Result<(), String> {
        let certificate = Certificate::from_der(der).map_err(|error| error.to_string())?;
        if certificate.is_ca() && self.known.insert(sha256(der)) {
            check_own_signature(&certificate)?;
            self.contents.add_anchor(certificate);
        }
        Ok(())
    }

    fn add_list(&mut self, der: &[u8]) -> Result<(), String> {
        let list = RevocationList::from_der(der).map_err(|error| error.to_string())?;
        self.contents.add_list(list, der);
        Ok(())
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
