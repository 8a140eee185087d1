//! Document signers: the keys that sign EF.SOD (9303-12 §3.2, §7.1.1).
//!
//! A key is used for three months at most (§4.1.1.2), so that few cards depend on it; its certificate is
//! valid until the last card signed with it has expired.

use der::flagset::FlagSet;
use rand_core::TryCryptoRng;
use time::{Duration, OffsetDateTime};
use x509_cert::Version;
use x509_cert::ext::pkix::{IssuerAltName, KeyUsage, KeyUsages, PrivateKeyUsagePeriod, SubjectAltName};
use x509_cert::time::Validity;

use super::PkiError;
use super::certificate::{self, ExtensionList, TbsCertificate};
use super::csca::{Csca, DOCUMENT_SIGNER_USAGE, DOCUMENT_YEARS};
use super::document_types::{self, DOCUMENT_TYPE_LIST};
use super::explicit_parameters::{CurveForm, subject_public_key_info};
use super::name::{self, Contact};
use super::profile::{self, Role};
use super::time::{BACKDATE, add_years, certificate_time, generalized_time};
use crate::signer::Signer;

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
    /// How the certificate describes the curve.
    pub form: CurveForm,
}

impl DocumentSignerOptions {
    /// Identity cards ("ID") valid for ten years, 90 days of use, explicit parameters.
    pub fn new(common_name: impl Into<String>) -> Self {
        Self {
            common_name: common_name.into(),
            organization: None,
            contact: None,
            document_types: vec!["ID".to_owned()],
            usage_days: 90,
            document_years: 10,
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
    csca.must_be_key_of(csca_signer)?;
    let (not_before, usage_end, not_after) = periods(csca, options, now)?;
    if signer.public_point() == csca.key().point {
        return Err(PkiError::Refused(
            "a document signer must have a key of its own".into(),
        ));
    }
    let state = csca.state()?;
    let point = signer.public_point();

    let mut extensions = ExtensionList::default();
    let usages: FlagSet<KeyUsages> = KeyUsages::DigitalSignature.into();
    extensions.add(true, &KeyUsage(usages))?;
    extensions.add(
        false,
        &certificate::authority_key_identifier(csca.key_identifier())?,
    )?;
    extensions.add(false, &certificate::subject_key_identifier(&point)?)?;
    extensions.add(
        false,
        &PrivateKeyUsagePeriod {
            not_before: Some(generalized_time(not_before)?),
            not_after: Some(generalized_time(usage_end)?),
        },
    )?;
    extensions.add(
        false,
        &SubjectAltName(name::alternative_names(&state, options.contact.as_ref())?),
    )?;
    extensions.add(false, &IssuerAltName(csca.alternative_names().clone()))?;
    extensions.add(false, csca.crl_distribution_points())?;
    extensions.add_der(
        DOCUMENT_TYPE_LIST,
        &document_types::encode(&options.document_types)?,
    )?;

    let der = certificate::sign(
        "the document-signer certificate",
        &TbsCertificate {
            version: Version::V3,
            serial_number: certificate::random_serial(rng)?,
            signature: certificate::algorithm_identifier(csca_signer.algorithm()),
            issuer: csca.subject().clone(),
            validity: Validity::new(certificate_time(not_before)?, certificate_time(not_after)?),
            subject: name::distinguished_name(&state, options.organization.as_deref(), &options.common_name)?,
            subject_public_key_info: subject_public_key_info(signer, options.form)?,
            extensions: Some(extensions.into_extensions()),
        },
        csca_signer,
    )?;
    profile::require(
        "the document-signer certificate",
        &der,
        Role::DocumentSigner,
        options.form,
    )?;
    Ok(der)
}

/// notBefore, end of the key's use, notAfter.
fn periods(
    csca: &Csca,
    options: &DocumentSignerOptions,
    now: OffsetDateTime,
) -> Result<(OffsetDateTime, OffsetDateTime, OffsetDateTime), PkiError> {
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
    if now < csca.not_before() {
        return Err(PkiError::Refused(
            "the CSCA certificate is not valid yet; is the clock right?".into(),
        ));
    }
    if now > csca.usage_end() {
        return Err(PkiError::Refused(format!(
            "the CSCA's key may certify until {} only; make a new CSCA",
            csca.usage_end().date()
        )));
    }
    let not_before = (now - BACKDATE).max(csca.not_before());
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
    Ok((not_before, usage_end, not_after))
}
