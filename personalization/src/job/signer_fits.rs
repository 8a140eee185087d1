//! Whether a document signer's certificate covers the card that it is about to sign.
//!
//! These questions would otherwise be answered at the first counter, or in the card's last years.

use der::Decode as _;
use x509_cert::Certificate;
use x509_cert::ext::pkix::SubjectAltName;

use super::PrepareError;
use crate::citizen::Expiry;
use crate::pki::document_types::document_types;
use crate::pki::name::mrz_country;
use crate::pki::time::from_certificate_time;
use crate::sod::SodError;

/// Refuses a certificate of another state than the card's, one whose documentTypeList does not have the card's
/// document code (9303-12, section 7.1.1.6), and one that expires before the card does (section 4.1.4.3).
///
/// A card without expiry outlives every certificate; for it the last question is not asked.
pub(super) fn check(
    ds_certificate_der: &[u8],
    issuing_state: &str,
    document_code: &str,
    expiry: Expiry,
) -> Result<(), PrepareError> {
    let certificate = Certificate::from_der(ds_certificate_der).map_err(SodError::from)?;
    // The state as the MRZ writes it is the locality in the alternative name (9303-12, section 7.1.1.2).
    let names = certificate
        .tbs_certificate()
        .get_extension::<SubjectAltName>()
        .map_err(SodError::from)?;
    if let Some(state) = names.and_then(|(_, names)| mrz_country(&names.0))
        && state != issuing_state
    {
        return Err(PrepareError::DocumentSigner(
            "is of another state than the profile's issuing_state",
        ));
    }
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
