//! The rules of 9303-12 Tables 5 and 6, checked on a finished certificate.
//!
//! Written against the tables and not against the code that assembles certificates; it shares nothing with
//! it but the decoders. Whatever this project signs passes before it is returned.

use der::{Decode, Encode};
use x509_cert::Certificate;

use super::PkiError;
use super::explicit_parameters::CurveForm;

mod extensions;
mod fields;
mod rules;

pub use rules::Role;
use rules::Violations;

/// Refuses a certificate that breaks its profile.
///
/// # Errors
/// [`PkiError::Profile`] with every rule broken, [`PkiError::Encoding`].
pub fn require(what: &'static str, der: &[u8], role: Role, form: CurveForm) -> Result<(), PkiError> {
    let violations = violations(&Certificate::from_der(der)?, role, form);
    if violations.is_empty() {
        return Ok(());
    }
    Err(PkiError::Profile {
        what,
        violations: violations.join("; "),
    })
}

/// The rules that a certificate breaks, each as "field: rule". Empty when it keeps them all.
///
/// `form` is how its curve must be described; 9303-12 §4.1.6.3 wants explicit parameters, only a
/// named-curve twin is judged by another measure. Never panics.
pub fn violations(certificate: &Certificate, role: Role, form: CurveForm) -> Vec<String> {
    let mut list = Violations::default();
    fields::body(&mut list, certificate, role, form);
    extensions::check(&mut list, certificate, role);
    list.0
}

/// Whether every byte of a certificate is DER: it re-encodes to itself. Never panics.
#[must_use]
pub fn is_canonical(der: &[u8]) -> bool {
    Certificate::from_der(der).is_ok_and(|certificate| certificate.to_der().is_ok_and(|again| again == der))
}
