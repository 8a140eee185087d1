//! Document signers: the keys that sign EF.SOD (9303-12 §3.2, §7.1.1).
//!
//! A key is used for three months at most (§4.1.1.2), so that few cards depend on it; its certificate is
//! valid until the last card signed with it has expired.

use rand_core::TryCryptoRng;
use time::{Duration, OffsetDateTime};
use x509_cert::ext::pkix::PrivateKeyUsagePeriod;

use super::PkiError;
use super::csca::{Csca, DOCUMENT_SIGNER_USAGE, DOCUMENT_YEARS};
use super::document_types::{self, DOCUMENT_TYPE_LIST};
use super::end_entity::EndEntity;
use super::explicit_parameters::CurveForm;
use super::name::Contact;
use super::profile::{self, Role};
use super::time::{add_years, generalized_time};
use crate::signer::Signer;

/// How many signatures a key makes unless somebody says otherwise: few enough to live with the loss of one key, and more than a
/// station makes in three months. A card with EF.CardSecurity takes two.
pub const MAX_SIGNATURES: u64 = 200_000;

/// What the operator decides about a document signer.
#[derive(Debug, Clone)]
pub struct DocumentSignerOptions {
    /// commonName.
    pub common_name: String,
    /// organizationName, if any.
    pub organization: Option<String>,
    /// How to reach it; none = subjectAltName carries the country code alone.
    pub contact: Option<Contact>,
    /// Document types as in the MRZ that it may sign ("ID", or "I" for all that start so).
    pub document_types: Vec<String>,
    /// Days for which the key signs, at most 91.
    pub usage_days: u16,
    /// Years for which the longest-lived document is valid.
    pub document_years: u8,
    /// Signatures that the key may make (counted where the key is kept, not told in the certificate).
    pub max_signatures: u64,
    /// How the certificate describes the curve.
    pub form: CurveForm,
}

impl DocumentSignerOptions {
    /// Identity cards ("ID") valid for ten years, 90 days of use, [`MAX_SIGNATURES`], explicit parameters.
    pub fn new(common_name: impl Into<String>) -> Self {
        Self {
            common_name: common_name.into(),
            organization: None,
            contact: None,
            document_types: vec!["ID".to_owned()],
            usage_days: 90,
            document_years: 10,
            max_signatures: MAX_SIGNATURES,
            form: CurveForm::default(),
        }
    }
}

/// Issues the certificate of the document signer whose key `signer` holds. Returns DER.
///
/// `csca_signer` holds the key of `csca`.
///
/// # Errors
/// [`PkiError::Input`] for options against 9303-12; [`PkiError::Refused`] when the CSCA's key is another, its
/// usage period is over, or its certificate would expire before the last document; [`PkiError::Signer`],
/// [`PkiError::BadSignature`], [`PkiError::Random`].
pub fn issue(
    csca: &Csca,
    csca_signer: &dyn Signer,
    signer: &dyn Signer,
    options: &DocumentSignerOptions,
    now: OffsetDateTime,
    rng: &mut (impl TryCryptoRng + ?Sized),
) -> Result<Vec<u8>, PkiError> {
    const WHAT: &str = "the document-signer certificate";
    let entity = EndEntity {
        csca,
        csca_signer,
        signer,
        common_name: &options.common_name,
        organization: options.organization.as_deref(),
        contact: options.contact.as_ref(),
        form: options.form,
    };
    let not_before = entity.begin(now)?;
    let (usage_end, not_after) = periods(csca, options, not_before, now)?;
    let mut extensions = entity.extensions()?;
    extensions.add(
        false,
        &PrivateKeyUsagePeriod {
            not_before: Some(generalized_time(not_before)?),
            not_after: Some(generalized_time(usage_end)?),
        },
    )?;
    extensions.add_der(
        DOCUMENT_TYPE_LIST,
        &document_types::encode(&options.document_types)?,
    )?;
    let der = entity.sign(WHAT, (not_before, not_after), extensions, rng)?;
    profile::require(WHAT, &der, Role::DocumentSigner, options.form)?;
    Ok(der)
}

/// End of the key's use, notAfter.
fn periods(
    csca: &Csca,
    options: &DocumentSignerOptions,
    not_before: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<(OffsetDateTime, OffsetDateTime), PkiError> {
    // The backdating belongs to the period of use, hence one day less than three months.
    if !(1..=91).contains(&options.usage_days) {
        return Err(PkiError::input(
            "usage days",
            "a document-signer key is used for 1 to 91 days",
        ));
    }
    if !DOCUMENT_YEARS.contains(&options.document_years) {
        return Err(PkiError::input("document years", "must be between 1 and 50"));
    }
    let usage_end = now + Duration::days(i64::from(options.usage_days));
    debug_assert!(usage_end - not_before <= DOCUMENT_SIGNER_USAGE);
    let not_after = add_years(usage_end, options.document_years)?;
    if not_after > csca.not_after() {
        return Err(PkiError::Refused(format!(
            "documents valid for {} years would outlive the CSCA certificate, which ends {}",
            options.document_years,
            csca.not_after().date()
        )));
    }
    Ok((usage_end, not_after))
}
