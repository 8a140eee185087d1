//! How certificates of a list are shown, and whether a list is believed.

use std::path::Path;

use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::one_line;
use crate::inspect::{Certificate, ListError, TrustStore};

/// The largest list that is read.
const LIST_LIMIT: u64 = 16 * 1024 * 1024;

/// A certificate as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct ListedCertificate {
    pub(super) country: Option<String>,
    pub(super) subject: String,
    pub(super) serial: String,
    pub(super) key: String,
    pub(super) key_id: Option<String>,
    pub(super) not_before: String,
    pub(super) not_after: String,
    pub(super) link: bool,
    pub(super) sha256: String,
}

impl ListedCertificate {
    pub(super) fn of(certificate: &Certificate) -> Self {
        Self {
            country: certificate.country(),
            subject: certificate.subject(),
            serial: certificate.serial(),
            key: certificate
                .public_key()
                .map_or_else(|error| error.to_string(), |key| key.name()),
            key_id: certificate.key_identifier(),
            not_before: certificate.not_before().date().to_string(),
            not_after: certificate.not_after().date().to_string(),
            link: certificate.is_link(),
            sha256: certificate.fingerprint(),
        }
    }

    pub(super) fn line(&self) -> String {
        format!(
            "{:3} {}{}  {}  {} to {}  {}",
            one_line(self.country.as_deref().unwrap_or("?")),
            one_line(&self.subject),
            if self.link { " (link)" } else { "" },
            one_line(&self.key),
            self.not_before,
            self.not_after,
            self.sha256
        )
    }
}

/// Reads a list's file.
pub(super) fn read(path: &Path, context: &Context<'_>) -> Result<Vec<u8>, Failure> {
    Ok(context.environment.disk.read(path, LIST_LIMIT)?)
}

/// Whether a list is believed: `None` where no trust folder was given.
pub(super) fn believed(
    context: &Context<'_>,
    trust: Option<&Path>,
    path: &Path,
    judge: impl FnOnce(&TrustStore) -> Result<(), ListError>,
) -> Result<Option<bool>, Failure> {
    let Some(trust) = trust else {
        return Ok(None);
    };
    judge(&context.trust(Some(trust))?).map_err(|error| list_failure(&error).about(path.display()))?;
    Ok(Some(true))
}

/// What is said about it.
pub(super) fn trust_words(believed: Option<bool>) -> &'static str {
    match believed {
        Some(true) => "signed by a list signer of a trusted CSCA",
        _ => "signed by the certificate inside; whether that is to be believed, --trust tells",
    }
}

/// A list that is not believed.
pub(super) fn list_failure(error: &ListError) -> Failure {
    Failure::input(
        "list.refused",
        error.to_string(),
        "get the list again from its State; give --trust a folder that believes its CSCA",
    )
}

/// A time for people and programs.
pub(super) fn rfc3339(at: OffsetDateTime) -> Result<String, Failure> {
    at.format(&Rfc3339)
        .map_err(|error| Failure::internal(error.to_string()))
}
