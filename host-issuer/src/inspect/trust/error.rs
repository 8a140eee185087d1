//! Why nothing was imported into a trust folder.

use crate::inspect::signed_list::ListError;
use crate::inspect::weak_keys::TooManyKeys;

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
    /// Too much at once.
    #[error(transparent)]
    TooManyKeys(#[from] TooManyKeys),
}
