//! What an EF.SOD says once its message digest and signature hold, and why one is refused.

use time::OffsetDateTime;

use super::security_object::SecurityObject;

/// What is wrong with an EF.SOD.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The bytes are not the structure that 9303-10 §4.6.2 asks for.
    #[error("structure: {0}")]
    Structure(String),
    /// messageDigest is not the digest of the content.
    #[error("messageDigest is not the digest of the content")]
    MessageDigest,
    /// The signature over the signed attributes does not verify with the certificate inside.
    #[error("the signature does not verify with the certificate inside")]
    Signature,
    /// It is sound but not what was to be signed.
    #[error("it differs from what was to be signed: {0}")]
    Different(&'static str),
}

impl From<der::Error> for VerifyError {
    fn from(error: der::Error) -> Self {
        Self::Structure(error.to_string())
    }
}

/// An EF.SOD whose message digest and signature hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedSecurityObject {
    /// What is signed about the data groups.
    pub security_object: SecurityObject,
    /// The document signer's certificate, as it is inside.
    pub certificate_der: Vec<u8>,
    /// The signingTime attribute.
    pub signing_time: OffsetDateTime,
}

impl VerifiedSecurityObject {
    /// Refuses one that is not what was meant.
    ///
    /// # Errors
    /// [`VerifyError::Different`].
    pub fn must_be(
        &self,
        security_object: &SecurityObject,
        certificate_der: &[u8],
        signing_time: OffsetDateTime,
    ) -> Result<(), VerifyError> {
        if self.security_object != *security_object {
            return Err(VerifyError::Different("other data group hashes"));
        }
        if self.certificate_der != certificate_der {
            return Err(VerifyError::Different("another certificate"));
        }
        if self.signing_time.unix_timestamp() != signing_time.unix_timestamp() {
            return Err(VerifyError::Different("another signing time"));
        }
        Ok(())
    }
}

/// Content whose message digest and signature hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedContent {
    /// What is signed.
    pub content: Vec<u8>,
    /// The document signer's certificate, as it is inside.
    pub certificate_der: Vec<u8>,
    /// The signingTime attribute.
    pub signing_time: OffsetDateTime,
}

impl VerifiedContent {
    /// Refuses content that is not what was meant.
    ///
    /// # Errors
    /// [`VerifyError::Different`].
    pub fn must_be(
        &self,
        content: &[u8],
        certificate_der: &[u8],
        signing_time: OffsetDateTime,
    ) -> Result<(), VerifyError> {
        if self.content != content {
            return Err(VerifyError::Different("other content"));
        }
        if self.certificate_der != certificate_der {
            return Err(VerifyError::Different("another certificate"));
        }
        if self.signing_time.unix_timestamp() != signing_time.unix_timestamp() {
            return Err(VerifyError::Different("another signing time"));
        }
        Ok(())
    }
}
