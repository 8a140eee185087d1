//! Failures of trust folders.

use super::Failure;
use crate::cli::exit_code::ExitCode;
use crate::inspect::{ImportError, TrustError};

impl From<TrustError> for Failure {
    fn from(error: TrustError) -> Self {
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
        let (code, id, hint) = match &error {
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
                "give CSCA certificates, link certificates or CRLs (DER or PEM), or master lists",
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
