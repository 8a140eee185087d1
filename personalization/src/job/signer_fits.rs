//! Whether a document signer's certificate covers the card that it is about to sign.
//!
//! These questions would otherwise be answered at the first counter, or in the card's last years.

use super::PrepareError;
use crate::citizen::Expiry;
use crate::sod::SignerCertificate;

/// Refuses a certificate of another state than the card's, one whose documentTypeList does not have the card's
/// document code (9303-12, section 7.1.1.6), and one that expires before the card does (section 4.1.4.3).
///
/// A card without expiry outlives every certificate; for it the last question is not asked.
pub(super) fn check(
    certificate: &SignerCertificate,
    issuing_state: &str,
    document_code: &str,
    expiry: Expiry,
) -> Result<(), PrepareError> {
    if certificate.state().is_some_and(|state| state != issuing_state) {
        return Err(PrepareError::DocumentSigner(
            "is of another state than the profile's issuing_state",
        ));
    }
    if let Some(types) = certificate.document_types() {
        let covered =
            |kind: &String| kind == document_code || kind.len() == 1 && document_code.starts_with(kind);
        if !types.iter().any(covered) {
            return Err(PrepareError::DocumentSigner("may not sign this type of document"));
        }
    }
    match expiry {
        Expiry::On(date) if date > certificate.not_after().date() => Err(PrepareError::DocumentSigner(
            "has a certificate that expires before the card does",
        )),
        _ => Ok(()),
    }
}
