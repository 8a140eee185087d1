//! The country signing CA: the trust anchor of every card (9303-12 §3.1, §7.1.1).
//!
//! Self-signed; signs document-signer certificates and CRLs and nothing else. Its key is used for three to
//! five years (§4.1.4.2); its certificate is valid for that time plus the longest life of what it signs.

use der::flagset::FlagSet;
use der::{Decode, Encode};
use rand_core::TryCryptoRng;
use time::{Duration, OffsetDateTime};
use x509_cert::ext::pkix::name::GeneralNames;
use x509_cert::ext::pkix::{
    BasicConstraints, CrlDistributionPoints, IssuerAltName, KeyUsage, KeyUsages, PrivateKeyUsagePeriod,
    SubjectAltName, SubjectKeyIdentifier,
};
use x509_cert::name::Name;
use x509_cert::time::Validity;
use x509_cert::{Certificate, Version};

use super::PkiError;
use super::certificate::{self, ExtensionList, SignedParts, TbsCertificate};
use super::explicit_parameters::{CurveForm, subject_public_key_info};
use super::name::{self, Contact, IssuingState};
use super::profile::{self, Role};
use super::time::{BACKDATE, add_years, certificate_time, from_certificate_time, generalized_time};
use super::weak_keys;
use crate::signer::{PublicKey, Signer};

/// Years for which a CSCA key may sign (9303-12 §4.1.4.2 recommends three to five).
pub const USAGE_YEARS: std::ops::RangeInclusive<u8> = 3..=5;
/// Years for which a document may be valid.
pub const DOCUMENT_YEARS: std::ops::RangeInclusive<u8> = 1..=50;
/// The longest use of a document-signer key (9303-12 §4.1.1.2: at most three months).
pub const DOCUMENT_SIGNER_USAGE: Duration = Duration::days(92);

/// What the operator decides about a CSCA.
#[derive(Debug, Clone)]
pub struct CscaOptions {
    /// The issuing State.
    pub state: IssuingState,
    /// organizationName, if any.
    pub organization: Option<String>,
    /// commonName.
    pub common_name: String,
    /// How to reach the CSCA; 9303-12 §7.1.1.2 says there should be one.
    pub contact: Option<Contact>,
    /// Where its CRL is published; empty = the two places in the ICAO PKD.
    pub crl_urls: Vec<String>,
    /// Years for which the key signs: 3 to 5.
    pub usage_years: u8,
    /// Years for which the longest-lived document is valid.
    pub document_years: u8,
    /// How the certificate describes the curve.
    pub form: CurveForm,
}

impl CscaOptions {
    /// Three years of use, documents valid for ten, explicit parameters, CRL in the ICAO PKD.
    pub fn new(state: IssuingState, common_name: impl Into<String>) -> Self {
        Self {
            state,
            organization: None,
            common_name: common_name.into(),
            contact: None,
            crl_urls: Vec::new(),
            usage_years: 3,
            document_years: 10,
            form: CurveForm::default(),
        }
    }
}

/// Issues the self-signed certificate of the CSCA whose key `signer` holds. Returns DER.
///
/// # Errors
/// [`PkiError::Input`] for options against 9303-12; [`PkiError::Signer`], [`PkiError::BadSignature`];
/// [`PkiError::Random`].
pub fn issue(
    signer: &dyn Signer,
    options: &CscaOptions,
    now: OffsetDateTime,
    rng: &mut (impl TryCryptoRng + ?Sized),
) -> Result<Vec<u8>, PkiError> {
    if !USAGE_YEARS.contains(&options.usage_years) {
        return Err(PkiError::input(
            "usage years",
            "a CSCA key is used for three to five years",
        ));
    }
    if !DOCUMENT_YEARS.contains(&options.document_years) {
        return Err(PkiError::input("document years", "must be between 1 and 50"));
    }
    if let PublicKey::Rsa(_) = signer.public_key() {
        weak_keys::must_be_sound(signer)?;
    }
    let not_before = now - BACKDATE;
    let usage_end = add_years(now, options.usage_years)?;
    // The last document signer is certified on the last day, signs its last document three months later.
    let not_after = add_years(usage_end + DOCUMENT_SIGNER_USAGE, options.document_years)?;

    let subject = name::distinguished_name(
        &options.state,
        options.organization.as_deref(),
        &options.common_name,
    )?;
    let alternative_names = name::alternative_names(&options.state, options.contact.as_ref())?;
    let crl_urls = if options.crl_urls.is_empty() {
        options.state.pkd_crl_urls()
    } else {
        options.crl_urls.clone()
    };
    let public_key = signer.public_key().subject_public_key();

    let mut extensions = ExtensionList::default();
    let usages: FlagSet<KeyUsages> = KeyUsages::KeyCertSign | KeyUsages::CRLSign;
    extensions.add(true, &KeyUsage(usages))?;
    extensions.add(
        true,
        &BasicConstraints {
            ca: true,
            path_len_constraint: Some(0),
        },
    )?;
    extensions.add(false, &certificate::subject_key_identifier(public_key)?)?;
    extensions.add(
        false,
        &certificate::authority_key_identifier(&certificate::key_identifier(public_key))?,
    )?;
    extensions.add(
        false,
        &PrivateKeyUsagePeriod {
            not_before: Some(generalized_time(not_before)?),
            not_after: Some(generalized_time(usage_end)?),
        },
    )?;
    extensions.add(false, &SubjectAltName(alternative_names.clone()))?;
    extensions.add(false, &IssuerAltName(alternative_names))?;
    extensions.add(false, &certificate::crl_distribution_points(&crl_urls)?)?;

    let der = certificate::sign(
        "the CSCA certificate",
        &TbsCertificate {
            version: Version::V3,
            serial_number: certificate::random_serial(rng)?,
            signature: certificate::algorithm_identifier(signer.algorithm())?,
            issuer: subject.clone(),
            validity: Validity::new(certificate_time(not_before)?, certificate_time(not_after)?),
            subject,
            subject_public_key_info: subject_public_key_info(signer, options.form)?,
            extensions: Some(extensions.into_extensions()),
        },
        signer,
    )?;
    profile::require("the CSCA certificate", &der, Role::Csca, options.form)?;
    Ok(der)
}

/// A CSCA certificate that was read and whose own signature holds.
#[derive(Debug, Clone)]
pub struct Csca {
    der: Vec<u8>,
    certificate: Certificate,
    key: PublicKey,
    key_identifier: Vec<u8>,
    alternative_names: GeneralNames,
    crl_distribution_points: CrlDistributionPoints,
    usage_end: OffsetDateTime,
}

impl Csca {
    /// Reads a self-signed CSCA certificate (DER) and verifies its signature.
    ///
    /// # Errors
    /// [`PkiError::Certificate`] or [`PkiError::Encoding`].
    pub fn from_der(der: &[u8]) -> Result<Self, PkiError> {
        const WHAT: &str = "the CSCA certificate";
        let certificate = Certificate::from_der(der)?;
        let key = certificate::public_key(&certificate)?;
        if !SignedParts::from_der(der)?.is_signed_by(&key) {
            return Err(PkiError::certificate(
                WHAT,
                "its signature does not verify with its own key",
            ));
        }
        let tbs = certificate.tbs_certificate();
        let missing = |what: &str| PkiError::certificate(WHAT, format!("it has no {what}"));
        let (_, constraints) = tbs
            .get_extension::<BasicConstraints>()?
            .ok_or_else(|| missing("basicConstraints"))?;
        if !constraints.ca {
            return Err(PkiError::certificate(WHAT, "it is not a CA certificate"));
        }
        let (_, identifier) = tbs
            .get_extension::<SubjectKeyIdentifier>()?
            .ok_or_else(|| missing("subjectKeyIdentifier"))?;
        let (_, names) = tbs
            .get_extension::<SubjectAltName>()?
            .ok_or_else(|| missing("subjectAltName"))?;
        let (_, points) = tbs
            .get_extension::<CrlDistributionPoints>()?
            .ok_or_else(|| missing("CRL distribution points"))?;
        let usage_end = tbs
            .get_extension::<PrivateKeyUsagePeriod>()?
            .and_then(|(_, period)| period.not_after)
            .map_or_else(
                || from_certificate_time(&tbs.validity().not_after),
                |time| super::time::from_generalized_time(&time),
            );
        Ok(Self {
            key,
            key_identifier: identifier.0.as_bytes().to_vec(),
            alternative_names: names.0,
            crl_distribution_points: points,
            usage_end,
            der: der.to_vec(),
            certificate,
        })
    }

    /// The certificate as it was read.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// subject, which is the issuer of everything it signs.
    pub fn subject(&self) -> &Name {
        self.certificate.tbs_certificate().subject()
    }

    /// The public key.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// subjectKeyIdentifier.
    pub fn key_identifier(&self) -> &[u8] {
        &self.key_identifier
    }

    /// subjectAltName: issuerAltName of everything it signs.
    pub fn alternative_names(&self) -> &GeneralNames {
        &self.alternative_names
    }

    /// Where its CRL is published.
    pub fn crl_distribution_points(&self) -> &CrlDistributionPoints {
        &self.crl_distribution_points
    }

    /// notBefore.
    pub fn not_before(&self) -> OffsetDateTime {
        from_certificate_time(&self.certificate.tbs_certificate().validity().not_before)
    }

    /// notAfter.
    pub fn not_after(&self) -> OffsetDateTime {
        from_certificate_time(&self.certificate.tbs_certificate().validity().not_after)
    }

    /// Until when its key may certify document signers (private key usage period).
    pub fn usage_end(&self) -> OffsetDateTime {
        self.usage_end
    }

    /// The issuing State: countryName of the subject and the MRZ's country code of subjectAltName.
    ///
    /// # Errors
    /// [`PkiError::Certificate`] when one of them is missing.
    pub fn state(&self) -> Result<IssuingState, PkiError> {
        let two_letter = name::attribute(self.subject(), name::COUNTRY_NAME);
        let mrz = name::mrz_country(&self.alternative_names);
        match (two_letter, mrz) {
            (Some(two_letter), Some(mrz)) => IssuingState::new(&two_letter, &mrz),
            _ => Err(PkiError::certificate(
                "the CSCA certificate",
                "it does not name its State",
            )),
        }
    }

    /// Refuses a signer that holds another key than the certificate's.
    ///
    /// # Errors
    /// [`PkiError::Refused`].
    pub fn must_be_key_of(&self, signer: &dyn Signer) -> Result<(), PkiError> {
        if *signer.public_key() != self.key {
            return Err(PkiError::Refused(
                "the CSCA key does not belong to the CSCA certificate".into(),
            ));
        }
        Ok(())
    }

    /// Refuses to certify anybody outside the key's period of use.
    ///
    /// # Errors
    /// [`PkiError::Refused`].
    pub(super) fn must_be_in_use(&self, now: OffsetDateTime) -> Result<(), PkiError> {
        if now < self.not_before() {
            return Err(PkiError::Refused(
                "the CSCA certificate is not valid yet; is the clock right?".into(),
            ));
        }
        if now > self.usage_end {
            return Err(PkiError::Refused(format!(
                "the CSCA's key may certify until {} only; make a new CSCA",
                self.usage_end.date()
            )));
        }
        Ok(())
    }

    /// Whether this CSCA signed a certificate or CRL (signature only). Never panics.
    #[must_use]
    pub fn signed(&self, der: &[u8]) -> bool {
        SignedParts::from_der(der).is_ok_and(|parts| parts.is_signed_by(&self.key))
    }

    /// DER of the subject, to compare names byte for byte.
    pub(super) fn subject_der(&self) -> Result<Vec<u8>, PkiError> {
        Ok(self.subject().to_der()?)
    }
}
