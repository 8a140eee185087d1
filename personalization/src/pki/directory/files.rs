//! What the files of a CSCA, a document signer and a list signer are called, and how they are read.

use std::path::Path;

use crate::key_file::KeyFileError;
use crate::key_file::durable;
use crate::pki::PkiError;

pub(super) const CSCA_CERTIFICATE: &str = "csca.der";
pub(super) const CSCA_CERTIFICATE_PEM: &str = "csca.pem";
pub(super) const CSCA_TWIN: &str = "csca-named-curve.der";
pub(super) const CSCA_TWIN_PEM: &str = "csca-named-curve.pem";
pub(super) const CSCA_KEY: &str = "csca.key";
pub(super) const LINK: &str = "link.der";
pub(super) const LINK_PEM: &str = "link.pem";
pub(super) const LINK_TWIN: &str = "link-named-curve.der";
pub(super) const LINK_TWIN_PEM: &str = "link-named-curve.pem";
pub(super) const CRL: &str = "crl.der";
pub(super) const REGISTER: &str = "register.json";
pub(super) const ISSUED: &str = "issued";

pub(super) const DS_CERTIFICATE: &str = "ds.der";
pub(super) const DS_CERTIFICATE_PEM: &str = "ds.pem";
pub(super) const DS_TWIN: &str = "ds-named-curve.der";
pub(super) const DS_TWIN_PEM: &str = "ds-named-curve.pem";
pub(super) const DS_KEY: &str = "ds.key";
pub(super) const USAGE: &str = "usage.json";

pub(super) const LIST_SIGNER_CERTIFICATE: &str = "list-signer.der";
pub(super) const LIST_SIGNER_CERTIFICATE_PEM: &str = "list-signer.pem";
pub(super) const LIST_SIGNER_TWIN: &str = "list-signer-named-curve.der";
pub(super) const LIST_SIGNER_TWIN_PEM: &str = "list-signer-named-curve.pem";
pub(super) const LIST_SIGNER_KEY: &str = "list-signer.key";

pub(super) const BUNDLE_SIGNER_KEY: &str = "bundle-signer.key";
pub(super) const BUNDLE_SIGNER_PUBLIC: &str = "bundle-signer.pub.pem";
pub(super) const OFFICER_KEY: &str = "officer.key";
pub(super) const OFFICER: &str = "officer.json";

/// The largest certificate, CRL or register that is read, in bytes.
const FILE_SIZE_LIMIT: u64 = 16 * 1024 * 1024;

pub(super) fn read(path: &Path) -> Result<Vec<u8>, PkiError> {
    Ok(durable::read_limited(path, FILE_SIZE_LIMIT)?.to_vec())
}

pub(super) fn read_optional(path: &Path) -> Result<Option<Vec<u8>>, PkiError> {
    match durable::read_limited(path, FILE_SIZE_LIMIT) {
        Ok(content) => Ok(Some(content.to_vec())),
        Err(KeyFileError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn io_error(path: &Path, source: std::io::Error) -> PkiError {
    PkiError::File(KeyFileError::Io {
        path: path.to_owned(),
        action: "read",
        source,
    })
}
