//! Why no EF.SOD was made.

use super::verified::VerifyError;
use crate::pki::PkiError;
use crate::signer::SignerError;

/// Why no EF.SOD was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SodError {
    /// The data groups handed in cannot be signed as they are: the caller is to blame.
    #[error("EF.SOD: {0}")]
    DataGroups(String),
    /// The document signer must not sign this now.
    #[error("the document signer may not sign: {0}")]
    Refused(String),
    /// The document-signer certificate cannot be used.
    #[error("the document-signer certificate: {0}")]
    Certificate(#[from] PkiError),
    /// The signer failed.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// What was signed does not verify; nothing was issued.
    #[error("what was signed does not verify and was not issued: {0}")]
    NotVerified(#[from] VerifyError),
    /// Something could not be encoded in DER.
    #[error("ASN.1: {0}")]
    Encoding(#[from] der::Error),
}
