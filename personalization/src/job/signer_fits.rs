//! Whether a document signer's certificate covers the card that it is about to sign.
//!
//! Both questions would otherwise be answered at the first counter, or in the card's last years.

use der::Decode as _;
use x509_cert::Certificate;

use super::PrepareError;
use crate::citizen::Expiry;
use crate::pki::document_signer::document_types;
use crate::pki::time::from_certificate_time;
use crate::sod::SodError;

/// Refuses a certificate whose documentTypeList does not have the card's document code (9303-12, section
/// 7.1.1.6), or that expires before the card does (9303-12, section 4.1.4.3).
///
/// A card without expiry outlives every certificate; for it the second question is not asked.
pub(super) fn check(
    ds_certificate_der: &[u8],
    document_code: &str,
    expiry: Expiry,
) -> Result<(), PrepareError> {
    let certificate = Certificate::from_der(ds_certificate_der).map_err(SodError::from)?;
    if let Some(types) = document_types(&certificate).map_err(SodError::from)? {
        let covered =
            |kind: &String| kind == document_code || kind.len() == 1 && document_code.starts_with(kind);
        if !types.iter().any(covered) {
            return Err(PrepareError::DocumentSigner("may not sign this type of document"));
        }
    }
    let not_after = from_certificate_time(&certificate.tbs_certificate().validity().not_after);
    match expiry {
        Expiry::On(date) if date > not_after.date() => Err(PrepareError::DocumentSigner(
            "has a certificate that expires before the card does",
        )),
        _ => Ok(()),
    }
}
