//! A document signer's certificate, taken apart once for all that it signs.

use der::{Decode, Encode};
use time::OffsetDateTime;
use x509_cert::Certificate;
use x509_cert::ext::pkix::{PrivateKeyUsagePeriod, SubjectAltName};

use crate::pki::PkiError;
use crate::pki::certificate::public_key;
use crate::pki::document_types::document_types;
use crate::pki::name::mrz_country;
use crate::pki::time::{from_certificate_time, from_generalized_time};
use crate::signer::{PublicKey, Signer, VerifyingKey};

/// What of a document signer's certificate matters for signing.
#[derive(Debug, Clone)]
pub struct SignerCertificate {
    der: Vec<u8>,
    key: VerifyingKey,
    issuer_and_serial: Vec<u8>,
    not_before: OffsetDateTime,
    not_after: OffsetDateTime,
    usage_begin: Option<OffsetDateTime>,
    usage_end: Option<OffsetDateTime>,
    state: Option<String>,
    document_types: Option<Vec<String>>,
}

/// Everything follows from the bytes.
impl PartialEq for SignerCertificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for SignerCertificate {}

impl SignerCertificate {
    /// Takes a certificate (DER) apart. Its signature is not looked at.
    ///
    /// # Errors
    /// [`PkiError::Encoding`], [`PkiError::Certificate`].
    pub fn from_der(der: &[u8]) -> Result<Self, PkiError> {
        let certificate = Certificate::from_der(der)?;
        let tbs = certificate.tbs_certificate();
        let mut issuer_and_serial = tbs.issuer().to_der()?;
        tbs.serial_number().encode_to_vec(&mut issuer_and_serial)?;
        let usage = tbs
            .get_extension::<PrivateKeyUsagePeriod>()?
            .map(|(_, period)| period);
        let begin = usage.as_ref().and_then(|period| period.not_before.as_ref());
        let end = usage.as_ref().and_then(|period| period.not_after.as_ref());
        Ok(Self {
            der: der.to_vec(),
            key: VerifyingKey::new(public_key(&certificate)?),
            issuer_and_serial,
            not_before: from_certificate_time(&tbs.validity().not_before),
            not_after: from_certificate_time(&tbs.validity().not_after),
            usage_begin: begin.map(from_generalized_time),
            usage_end: end.map(from_generalized_time),
            // The state as the MRZ writes it is the locality in the alternative name (9303-12 §7.1.1.2).
            state: tbs
                .get_extension::<SubjectAltName>()?
                .and_then(|(_, names)| mrz_country(&names.0)),
            document_types: document_types(&certificate)?,
        })
    }

    /// The certificate, byte for byte.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Its public key.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        self.key.key()
    }

    /// The same, ready to verify what it signed.
    #[must_use]
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.key
    }

    /// notAfter.
    #[must_use]
    pub fn not_after(&self) -> OffsetDateTime {
        self.not_after
    }

    /// The issuing state as the MRZ writes it, if the certificate names it.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// documentTypeList, if there is one.
    #[must_use]
    pub fn document_types(&self) -> Option<&[String]> {
        self.document_types.as_deref()
    }

    /// The content of `IssuerAndSerialNumber` (RFC 5652 §10.2.4): issuer and serialNumber in DER.
    pub(super) fn issuer_and_serial(&self) -> &[u8] {
        &self.issuer_and_serial
    }

    /// Whether certificate and signer belong together and may be used at this time; else why not.
    pub(super) fn may_sign(&self, signer: &dyn Signer, at: OffsetDateTime) -> Result<(), String> {
        if self.key() != signer.public_key() {
            return Err("its key does not belong to its certificate".into());
        }
        // Whole seconds are signed, and some verifiers want notBefore strictly before the signing time.
        if at.unix_timestamp() <= self.not_before.unix_timestamp() {
            return Err(format!("its certificate is not valid before {}", self.not_before));
        }
        if at >= self.not_after {
            return Err(format!("its certificate expired {}", self.not_after));
        }
        if self.usage_begin.is_some_and(|begin| at < begin) || self.usage_end.is_some_and(|end| at > end) {
            let end = self
                .usage_end
                .map_or_else(|| "later".to_owned(), |end| end.date().to_string());
            return Err(format!("its key may be used until {end} only; make a new one"));
        }
        Ok(())
    }
}
