//! Why trust data cannot be used, and why nothing was imported.

use std::path::PathBuf;

use crate::inspect::signed_list::ListError;
use crate::inspect::weak_keys::TooManyKeys;

/// Why trust data cannot be used. The operator's files are to blame, never the document.
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
    /// A file is not what its name says.
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
    /// A trust bundle is not believed.
    #[error("{}: {cause}", path.display())]
    Bundle {
        /// The file.
        path: PathBuf,
        /// Why not.
        cause: BundleError,
    },
    /// There is no CSCA certificate in the directory.
    #[error("{}: no CSCA certificate (*.der, *.cer, *.crt, *.pem) in this directory", path.display())]
    Empty {
        /// The directory.
        path: PathBuf,
    },
}

/// Why a trust bundle is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// It is not the structure of a bundle.
    #[error("not a trust bundle: {0}")]
    Malformed(&'static str),
    /// Its signature does not hold: it was altered, or cut short.
    #[error("the bundle's signature does not verify")]
    Signature,
    /// Nobody said yet that its signer is believed.
    #[error("nobody accepted the bundle's signer, key {0}")]
    NotPinned(String),
    /// Another than the pinned signer signed it.
    #[error("the bundle is signed by key {found}, and {pinned} is pinned")]
    ForeignSigner {
        /// SHA-256 of the signer's key.
        found: String,
        /// SHA-256 of the key that is believed.
        pinned: String,
    },
    /// A newer one was seen.
    #[error("older than what is known: the bundle has number {found}, number {known} was seen")]
    Rollback {
        /// Its sequence number.
        found: u64,
        /// The highest that was seen.
        known: u64,
    },
    /// Its time is over.
    #[error("the trust data expired on {0}")]
    Expired(String),
    /// It says that it was made later than now.
    #[error("the bundle says that it was made on {0}, which is in the future")]
    Future(String),
    /// The folder believes what a person accepted there, and would forget it.
    #[error("the folder has decisions of its own, which a bundle would replace")]
    OwnDecisions,
}

/// What is wrong with a file, and with which.
pub(super) fn malformed(path: impl Into<PathBuf>, cause: impl ToString) -> TrustError {
    TrustError::Malformed {
        path: path.into(),
        cause: cause.to_string(),
    }
}

/// What is wrong with a part of trust data, before it is known in which file it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct StoreFault(pub(super) String);

impl StoreFault {
    pub(super) fn new(error: impl ToString) -> Self {
        Self(error.to_string())
    }
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// A file is none of what can be imported.
    #[error("{source_name}: {why}")]
    Unreadable {
        /// The file.
        source_name: String,
        /// What is wrong with it.
        why: String,
    },
    /// Nobody accepted this CSCA.
    #[error("{source_name}: nobody accepted {subject}, fingerprint {fingerprint}{about}")]
    NotAccepted {
        /// The file.
        source_name: String,
        /// Its subject.
        subject: String,
        /// SHA-256 of the certificate.
        fingerprint: String,
        /// For what, if it is more than to believe its own documents.
        about: &'static str,
    },
    /// It is not believed.
    #[error("{source_name}: {why}")]
    Refused {
        /// The file.
        source_name: String,
        /// Why not.
        why: String,
    },
    /// Something newer is known already.
    #[error("{source_name}: older than what is known: {why}")]
    Rollback {
        /// The file.
        source_name: String,
        /// What is known.
        why: String,
    },
    /// A master list is not believed.
    #[error("{source_name}: {cause}")]
    List {
        /// The file.
        source_name: String,
        /// Why not.
        cause: ListError,
    },
    /// A trust bundle is not believed.
    #[error("{source_name}: {cause}")]
    Bundle {
        /// The file.
        source_name: String,
        /// Why not.
        cause: BundleError,
    },
    /// Nothing like this is believed.
    #[error("{0}: nothing of this fingerprint is believed")]
    Unknown(String),
    /// Too much at once.
    #[error(transparent)]
    TooManyKeys(#[from] TooManyKeys),
}
