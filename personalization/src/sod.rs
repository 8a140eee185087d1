//! EF.SOD, the Document Security Object: what the State signs about a card (9303-10 §4.6.2, 9303-12 §6.1).
//!
//! ```text
//! 77 { ContentInfo                                                  file, tag '77'
//!        SignedData                                                 RFC 5652, profile of 9303-10 §4.6.2
//!          eContent: LDSSecurityObject { hash of every data group } [security_object]
//!          certificates: the document signer's
//!          SignerInfo { issuerAndSerialNumber, signedAttrs, signature } }   [signed_data]
//! ```
//!
//! What is assembled is taken apart again by [`verify`], which shares no code with the assembling side,
//! and compared with what was meant; only then it leaves [`SecurityObjectBuilder::sign`].

use const_oid::ObjectIdentifier;
use der::Decode;
use time::OffsetDateTime;
use x509_cert::Certificate;
use x509_cert::ext::pkix::PrivateKeyUsagePeriod;

use crate::pki::PkiError;
use crate::pki::certificate::public_key;
use crate::pki::time::{from_certificate_time, from_generalized_time};
use crate::signer::{Signer, SignerError};

pub mod security_object;
pub mod signed_data;
pub mod verify;

pub use security_object::{HashAlgorithm, LdsVersion, SecurityObject};

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
    NotVerified(#[from] verify::VerifyError),
    /// Something could not be encoded in DER.
    #[error("ASN.1: {0}")]
    Encoding(#[from] der::Error),
}

/// Collects data groups and signs them.
#[derive(Debug, Clone)]
#[must_use]
pub struct SecurityObjectBuilder {
    hash_algorithm: HashAlgorithm,
    version: LdsVersion,
    /// Number and hash of each group, as added.
    hashes: Vec<(u8, Vec<u8>)>,
    problem: Option<String>,
}

impl SecurityObject {
    /// Starts a security object whose data groups are hashed with this algorithm (9303-10 §4.6.2).
    pub fn builder(hash_algorithm: HashAlgorithm) -> SecurityObjectBuilder {
        SecurityObjectBuilder {
            hash_algorithm,
            version: LdsVersion::V0,
            hashes: Vec::new(),
            problem: None,
        }
    }
}

impl SecurityObjectBuilder {
    /// LDSSecurityObject version 1, which also signs the LDS and Unicode versions of EF.COM.
    pub fn lds_version(mut self, version: LdsVersion) -> Self {
        self.version = version;
        self
    }

    /// Adds a data group: its number, 1 to 16, and the whole file with its tag, as it will be in the chip.
    ///
    /// A wrong number, a number given twice or content without the group's tag is reported by [`sign`](Self::sign).
    pub fn data_group(mut self, number: u8, content: &[u8]) -> Self {
        let problem = match security_object::tag_of(number) {
            None => Some(format!("there is no data group {number}")),
            Some(_) if self.hashes.iter().any(|(earlier, _)| *earlier == number) => {
                Some(format!("DG{number} is given twice"))
            }
            Some(tag) if content.first() != Some(&tag) => {
                Some(format!("DG{number} does not start with its tag '{tag:02X}'"))
            }
            Some(_) => None,
        };
        self.problem = self.problem.or(problem);
        self.hashes.push((number, self.hash_algorithm.digest(content)));
        self
    }

    /// Signs, verifies and returns EF.SOD as it goes into the chip (`77 …`).
    ///
    /// `ds_certificate_der` is the certificate of `signer`'s key; it goes into EF.SOD byte for byte.
    ///
    /// # Errors
    /// [`SodError::DataGroups`]; [`SodError::Refused`] when `signing_time` is outside the certificate's validity
    /// or its key's period of use, or the key is another; [`SodError::Signer`]; [`SodError::NotVerified`] when the
    /// result does not verify.
    pub fn sign(
        self,
        signer: &dyn Signer,
        ds_certificate_der: &[u8],
        signing_time: OffsetDateTime,
    ) -> Result<Vec<u8>, SodError> {
        if let Some(problem) = self.problem {
            return Err(SodError::DataGroups(problem));
        }
        let certificate = Certificate::from_der(ds_certificate_der)?;
        may_sign(&certificate, signer, signing_time)?;

        let security_object = SecurityObject::new(self.hash_algorithm, self.version, self.hashes)
            .map_err(SodError::DataGroups)?;
        let content = security_object.to_der()?;
        let content_info = signed_data::assemble(
            signed_data::LDS_SECURITY_OBJECT,
            &content,
            signer,
            ds_certificate_der,
            &certificate,
            signing_time,
        )?;
        let file = signed_data::wrap(&content_info)?;

        let verified = verify::verify(&file)?;
        verified.must_be(&security_object, ds_certificate_der, signing_time)?;
        Ok(file)
    }
}

/// Signs other content of this type with the document signer, verifies and returns the `ContentInfo`: what EF.CardSecurity is.
pub(crate) fn sign_content(
    content_type: ObjectIdentifier,
    content: &[u8],
    signer: &dyn Signer,
    ds_certificate_der: &[u8],
    signing_time: OffsetDateTime,
) -> Result<Vec<u8>, SodError> {
    let certificate = Certificate::from_der(ds_certificate_der)?;
    may_sign(&certificate, signer, signing_time)?;
    let file = signed_data::assemble(
        content_type,
        content,
        signer,
        ds_certificate_der,
        &certificate,
        signing_time,
    )?;
    let verified = verify::verify_content(&file, content_type)?;
    verified.must_be(content, ds_certificate_der, signing_time)?;
    Ok(file)
}

/// The document signer's certificate and key belong together and may be used at this time.
pub(crate) fn may_sign(
    certificate: &Certificate,
    signer: &dyn Signer,
    at: OffsetDateTime,
) -> Result<(), SodError> {
    if public_key(certificate)? != *signer.public_key() {
        return Err(SodError::Refused(
            "its key does not belong to its certificate".into(),
        ));
    }
    let tbs = certificate.tbs_certificate();
    let not_before = from_certificate_time(&tbs.validity().not_before);
    let not_after = from_certificate_time(&tbs.validity().not_after);
    // Whole seconds are signed, and some verifiers want notBefore strictly before the signing time.
    if at.unix_timestamp() <= not_before.unix_timestamp() {
        return Err(SodError::Refused(format!(
            "its certificate is not valid before {not_before}"
        )));
    }
    if at >= not_after {
        return Err(SodError::Refused(format!("its certificate expired {not_after}")));
    }
    if let Some((_, period)) = tbs.get_extension::<PrivateKeyUsagePeriod>()? {
        let begin = period.not_before.as_ref().map(from_generalized_time);
        let end = period.not_after.as_ref().map(from_generalized_time);
        if begin.is_some_and(|begin| at < begin) || end.is_some_and(|end| at > end) {
            let end = end.map_or_else(|| "later".to_owned(), |end| end.date().to_string());
            return Err(SodError::Refused(format!(
                "its key may be used until {end} only; make a new one"
            )));
        }
    }
    Ok(())
}
