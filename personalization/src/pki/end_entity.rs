//! What certificates of all who are certified by a CSCA have in common: document signers, list signers
//! (9303-12 Table 6, the columns without basicConstraints).

use der::flagset::FlagSet;
use rand_core::TryCryptoRng;
use time::OffsetDateTime;
use x509_cert::Version;
use x509_cert::ext::pkix::{IssuerAltName, KeyUsage, KeyUsages, SubjectAltName};
use x509_cert::time::Validity;

use super::PkiError;
use super::certificate::{self, ExtensionList, TbsCertificate};
use super::csca::Csca;
use super::explicit_parameters::{CurveForm, subject_public_key_info};
use super::name::{self, Contact};
use super::time::{BACKDATE, certificate_time};
use super::weak_keys;
use crate::signer::Signer;

/// Somebody whom a CSCA certifies.
pub(super) struct EndEntity<'a> {
    /// Who certifies.
    pub csca: &'a Csca,
    /// Holds the CSCA's key.
    pub csca_signer: &'a dyn Signer,
    /// Holds the key that is certified.
    pub signer: &'a dyn Signer,
    /// commonName.
    pub common_name: &'a str,
    /// organizationName, if any.
    pub organization: Option<&'a str>,
    /// How to reach it.
    pub contact: Option<&'a Contact>,
    /// How the certificate describes the curve.
    pub form: CurveForm,
}

impl EndEntity<'_> {
    /// Refuses what no CSCA may certify at this time. Returns notBefore.
    ///
    /// # Errors
    /// [`PkiError::Refused`] when the CSCA's key is another, is the one to be certified, or is not in use now; when the key
    /// to be certified is weak or not held by the signer.
    pub fn begin(&self, now: OffsetDateTime) -> Result<OffsetDateTime, PkiError> {
        self.csca.must_be_key_of(self.csca_signer)?;
        self.csca.must_be_in_use(now)?;
        if self.signer.public_key() == self.csca.key() {
            return Err(PkiError::Refused(
                "whoever is certified must have a key of its own".into(),
            ));
        }
        weak_keys::must_be_sound(self.signer)?;
        Ok((now - BACKDATE).max(self.csca.not_before()))
    }

    /// The extensions that all have; the caller adds its own.
    pub fn extensions(&self) -> Result<ExtensionList, PkiError> {
        let mut extensions = ExtensionList::default();
        let usages: FlagSet<KeyUsages> = KeyUsages::DigitalSignature.into();
        extensions.add(true, &KeyUsage(usages))?;
        extensions.add(
            false,
            &certificate::authority_key_identifier(self.csca.key_identifier())?,
        )?;
        extensions.add(
            false,
            &certificate::subject_key_identifier(self.signer.public_key().subject_public_key())?,
        )?;
        let names = name::alternative_names(&self.csca.state()?, self.contact)?;
        extensions.add(false, &SubjectAltName(names))?;
        extensions.add(false, &IssuerAltName(self.csca.alternative_names().clone()))?;
        extensions.add(false, self.csca.crl_distribution_points())?;
        Ok(extensions)
    }

    /// Signs the certificate. Returns DER; its profile is for the caller to check.
    pub fn sign(
        &self,
        what: &'static str,
        validity: (OffsetDateTime, OffsetDateTime),
        extensions: ExtensionList,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<Vec<u8>, PkiError> {
        let (not_before, not_after) = validity;
        certificate::sign(
            what,
            &TbsCertificate {
                version: Version::V3,
                serial_number: certificate::random_serial(rng)?,
                signature: certificate::algorithm_identifier(self.csca_signer.algorithm())?,
                issuer: self.csca.subject().clone(),
                validity: Validity::new(certificate_time(not_before)?, certificate_time(not_after)?),
                subject: name::distinguished_name(&self.csca.state()?, self.organization, self.common_name)?,
                subject_public_key_info: subject_public_key_info(self.signer, self.form)?,
                extensions: Some(extensions.into_extensions()),
            },
            self.csca_signer,
        )
    }
}
