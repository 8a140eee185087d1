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
use time::OffsetDateTime;

use crate::signer::Signer;

pub mod error;
pub mod security_object;
pub mod signed_data;
pub mod signer_certificate;
pub mod verified;
pub mod verify;

pub use error::SodError;
pub use security_object::{HashAlgorithm, LdsVersion, SecurityObject};
pub use signer_certificate::SignerCertificate;

use signed_data::SignerName;

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
        self.sign_with(
            signer,
            &SignerCertificate::from_der(ds_certificate_der)?,
            signing_time,
        )
    }

    /// The same with a certificate that was taken apart before: for whoever signs many.
    ///
    /// # Errors
    /// As [`Self::sign`].
    pub fn sign_with(
        self,
        signer: &dyn Signer,
        certificate: &SignerCertificate,
        signing_time: OffsetDateTime,
    ) -> Result<Vec<u8>, SodError> {
        if let Some(problem) = self.problem {
            return Err(SodError::DataGroups(problem));
        }
        may_sign(certificate, signer, signing_time)?;
        let security_object = SecurityObject::new(self.hash_algorithm, self.version, self.hashes)
            .map_err(SodError::DataGroups)?;
        let content = security_object.to_der()?;
        let content_info = assemble(
            signed_data::LDS_SECURITY_OBJECT,
            &content,
            signer,
            certificate,
            signing_time,
        )?;
        let file = signed_data::wrap(&content_info);
        let verified = verify::verify_with(&file, certificate)?;
        verified.must_be(&security_object, certificate.der(), signing_time)?;
        Ok(file)
    }
}

/// Signs other content of this type with the document signer, verifies and returns the `ContentInfo`: what EF.CardSecurity is.
pub(crate) fn sign_content(
    content_type: ObjectIdentifier,
    content: &[u8],
    signer: &dyn Signer,
    certificate: &SignerCertificate,
    signing_time: OffsetDateTime,
) -> Result<Vec<u8>, SodError> {
    may_sign(certificate, signer, signing_time)?;
    let file = assemble(content_type, content, signer, certificate, signing_time)?;
    let verified = verify::verify_content_with(&file, content_type, certificate)?;
    verified.must_be(content, certificate.der(), signing_time)?;
    Ok(file)
}

/// SignedData as 9303-10 Table 37 profiles it: the signer by issuer and serial number, its certificate beside.
fn assemble(
    content_type: ObjectIdentifier,
    content: &[u8],
    signer: &dyn Signer,
    certificate: &SignerCertificate,
    signing_time: OffsetDateTime,
) -> Result<Vec<u8>, SodError> {
    let assembled = signed_data::assemble::<SodError>(
        content_type,
        content,
        signer,
        &SignerName::IssuerAndSerial(certificate.issuer_and_serial()),
        &[certificate.der()],
        signing_time,
    )?;
    Ok(assembled.content_info)
}

/// The document signer's certificate and key belong together and may be used at this time.
pub(crate) fn may_sign(
    certificate: &SignerCertificate,
    signer: &dyn Signer,
    at: OffsetDateTime,
) -> Result<(), SodError> {
    certificate.may_sign(signer, at).map_err(SodError::Refused)
}
