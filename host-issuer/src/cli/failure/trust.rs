//! Failures of trust folders.

use super::Failure;
use crate::cli::exit_code::ExitCode;
use crate::inspect::{BundleError, ImportError, TrustError};

impl From<TrustError> for Failure {
    fn from(error: TrustError) -> Self {
        if let TrustError::Bundle { cause, .. } = &error {
            return bundle(error.to_string(), cause);
        }
        Self::input(
            "trust.unusable",
            error.to_string(),
            "give --trust a directory with CSCA certificates (.der, .pem, .crt) and their CRLs (.crl)",
        )
    }
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        let message = error.to_string();
        if let ImportError::Bundle { cause, .. } = &error {
            return bundle(message, cause);
        }
        let (code, id, hint) = match &error {
            ImportError::Unknown(_) => (
                ExitCode::Input,
                "trust.unknown",
                "`eid trust list` shows what is believed, each with its SHA-256",
            ),
            ImportError::NotAccepted { .. } => (
                ExitCode::Approval,
                "trust.not_accepted",
                "compare the fingerprint with what that State told you over another channel; if it is the same, repeat with --accept-fingerprint",
            ),
            ImportError::Rollback { .. } => (
                ExitCode::Input,
                "trust.rollback",
                "get the newest one; what the folder has is kept",
            ),
            ImportError::Unreadable { .. } => (
                ExitCode::Input,
                "trust.unreadable",
                "give CSCA certificates, link certificates or CRLs (DER or PEM), master lists, deviation lists or a trust bundle",
            ),
            _ => (
                ExitCode::Input,
                "trust.refused",
                "nothing was imported; get the file again from its State, or leave it out",
            ),
        };
        Self::new(code, id, message, hint)
    }
}

fn bundle(message: String, cause: &BundleError) -> Failure {
    let (code, id, hint) = match cause {
        BundleError::NotPinned(_) => (
            ExitCode::Approval,
            "trust.bundle_not_pinned",
            "compare the key's SHA-256 with what its signer told you over another channel; then `eid trust pin FILE --accept-fingerprint SHA256`, or the same option of `eid trust import`",
        ),
        BundleError::ForeignSigner { .. } => (
            ExitCode::Input,
            "trust.bundle_foreign",
            "get the bundle from the signer that is pinned; whoever is to follow another one begins with a new folder or pin",
        ),
        BundleError::Rollback { .. } => (
            ExitCode::Input,
            "trust.rollback",
            "get the newest one; what is known is kept",
        ),
        BundleError::Expired(_) => (
            ExitCode::Input,
            "trust.bundle_expired",
            "get the newest bundle of that signer",
        ),
        BundleError::Future(_) => (
            ExitCode::Input,
            "trust.bundle_future",
            "set the clock of this machine right",
        ),
        BundleError::OwnDecisions => (
            ExitCode::Input,
            "trust.bundle_own_decisions",
            "give a new folder, which then follows the bundles of that signer alone",
        ),
        _ => (
            ExitCode::Input,
            "trust.bundle_refused",
            "get the bundle again from its signer",
        ),
    };
    Failure::new(code, id, message, hint)
}
