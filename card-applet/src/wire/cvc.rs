//! Card verifiable certificates (BSI TR-03110-3, appendices C and D; ICAO Doc 9303-12, 7.2): what terminals prove
//! their rights with.
//!
//! ```text
//! 7F21 CV certificate
//!   7F4E certificate body
//!     5F29 profile identifier (00)        7F4C certificate holder authorization template
//!     42   certification authority ref.   5F25 effective date
//!     7F49 public key                     5F24 expiration date
//!     5F20 certificate holder reference   65   certificate extensions (optional)
//!   5F37 signature over 7F4E with its tag and length
//! ```
//!
//! Read in place: nothing is copied, every field is a slice of the certificate. The objects have one order and one
//! depth, so that nothing recurses; a certificate is at most [`MAX_CERTIFICATE`] bytes long. A certificate that was
//! read is well-formed and proves nothing: signatures and chains are the roles' affair.

mod authorization;
mod date;
mod public_key;
mod reference;
#[cfg(test)]
mod tests;

pub use authorization::{AuthorizationTemplate, InspectionRights, Role};
pub use date::Date;
pub use public_key::{CvPublicKey, EcPublicKey, RsaPadding, RsaPublicKey, SignatureScheme};
pub use reference::{KeyReference, MAX_REFERENCE};

pub use super::domain_parameters::DomainParameters;
use super::tlv::{self, TlvError, TlvReader, TlvWriter};

/// Longest certificate in bytes that is looked at: RSA with 4096 bits takes 1200.
pub const MAX_CERTIFICATE: usize = 2048;

/// Tags of the data objects in certificates, requests and commands.
pub mod tag {
    /// CV certificate.
    pub const CERTIFICATE: u32 = 0x7F21;
    /// Certificate body.
    pub const BODY: u32 = 0x7F4E;
    /// Certificate profile identifier.
    pub const PROFILE: u32 = 0x5F29;
    /// Certification authority reference.
    pub const AUTHORITY_REFERENCE: u32 = 0x42;
    /// Public key.
    pub const PUBLIC_KEY: u32 = 0x7F49;
    /// Certificate holder reference.
    pub const HOLDER_REFERENCE: u32 = 0x5F20;
    /// Certificate holder authorization template (CHAT).
    pub const AUTHORIZATION: u32 = 0x7F4C;
    /// Certificate effective date.
    pub const EFFECTIVE_DATE: u32 = 0x5F25;
    /// Certificate expiration date.
    pub const EXPIRATION_DATE: u32 = 0x5F24;
    /// Certificate extensions.
    pub const EXTENSIONS: u32 = 0x65;
    /// Signature.
    pub const SIGNATURE: u32 = 0x5F37;
    /// Authentication: a request with its outer signature.
    pub const AUTHENTICATION: u32 = 0x67;
}

/// Version 1 of the certificate profile.
const PROFILE_1: &[u8] = &[0x00];

/// What is wrong with a certificate's form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "sim", derive(thiserror::Error))]
#[cfg_attr(feature = "sim", error("CV certificate: {}", self.meaning()))]
pub enum CvcError {
    /// A data object is malformed, missing, out of order, or one too many.
    Structure(TlvError),
    /// Longer than [`MAX_CERTIFICATE`].
    TooLong,
    /// Another version of the profile than 1.
    Profile,
    /// A reference that is not country code, mnemonic and sequence number.
    Reference,
    /// A public key of an unknown algorithm, or with missing or malformed parts.
    PublicKey,
    /// A malformed authorization template.
    Authorization,
    /// A date that is none, or an effective date behind the expiration date.
    Date,
    /// A signature of no length.
    Signature,
}

impl CvcError {
    /// The same in words.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Structure(TlvError::UnexpectedTag(_) | TlvError::TrailingBytes) => {
                "a data object is missing, out of order or one too many"
            }
            Self::Structure(_) => "a data object is malformed or cut off",
            Self::TooLong => "longer than any certificate",
            Self::Profile => "unknown version of the profile",
            Self::Reference => "malformed reference of authority or holder",
            Self::PublicKey => "unknown or malformed public key",
            Self::Authorization => "malformed authorization template",
            Self::Date => "malformed date, or valid from a day after the last",
            Self::Signature => "empty signature",
        }
    }
}

impl From<TlvError> for CvcError {
    fn from(error: TlvError) -> Self {
        Self::Structure(error)
    }
}

/// A certificate's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateBody<'a> {
    /// CAR: names the key that signed.
    pub authority_reference: KeyReference<'a>,
    /// The holder's public key.
    pub public_key: CvPublicKey<'a>,
    /// CHR: names the holder's key.
    pub holder_reference: KeyReference<'a>,
    /// CHAT: the holder's role and rights.
    pub authorization: AuthorizationTemplate<'a>,
    /// First day on which it is valid.
    pub effective_date: Date,
    /// Last day on which it is valid.
    pub expiration_date: Date,
    /// Value of the certificate extensions (65), as read; nothing here looks into them.
    pub extensions: Option<&'a [u8]>,
}

impl<'a> CertificateBody<'a> {
    /// Reads the value of a 7F4E. Never panics.
    ///
    /// # Errors
    /// [`CvcError`], for whatever is not as the profile says.
    pub fn parse(value: &'a [u8]) -> Result<Self, CvcError> {
        let mut reader = TlvReader::new(value);
        if next(&mut reader, tag::PROFILE)? != PROFILE_1 {
            return Err(CvcError::Profile);
        }
        let body = Self {
            authority_reference: KeyReference::new(next(&mut reader, tag::AUTHORITY_REFERENCE)?)?,
            public_key: CvPublicKey::parse(next(&mut reader, tag::PUBLIC_KEY)?)?,
            holder_reference: KeyReference::new(next(&mut reader, tag::HOLDER_REFERENCE)?)?,
            authorization: AuthorizationTemplate::parse(next(&mut reader, tag::AUTHORIZATION)?)?,
            effective_date: Date::from_bytes(next(&mut reader, tag::EFFECTIVE_DATE)?)?,
            expiration_date: Date::from_bytes(next(&mut reader, tag::EXPIRATION_DATE)?)?,
            extensions: if reader.remaining().is_empty() {
                None
            } else {
                Some(next(&mut reader, tag::EXTENSIONS)?)
            },
        };
        if !reader.remaining().is_empty() {
            return Err(TlvError::TrailingBytes.into());
        }
        if body.effective_date > body.expiration_date {
            return Err(CvcError::Date);
        }
        Ok(body)
    }

    /// Whether the certificate names its own key as the one that signed it: the first certificate of a CVCA.
    pub fn is_self_signed(&self) -> bool {
        self.authority_reference == self.holder_reference
    }

    /// Writes the 7F4E, which is what is signed, and returns its length. Never panics.
    ///
    /// # Errors
    /// [`TlvError::BufferTooSmall`].
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, TlvError> {
        // Pass one learns the length, pass two writes: no second buffer.
        let mut counter = Output::counting();
        self.write(&mut counter)?;
        let len = counter.len();
        let mut output = Output::writing(TlvWriter::new(out));
        output.header(tag::BODY, len)?;
        self.write(&mut output)?;
        Ok(output.len())
    }

    fn write(&self, out: &mut Output<'_>) -> Result<(), TlvError> {
        out.tlv(tag::PROFILE, PROFILE_1)?;
        out.tlv(tag::AUTHORITY_REFERENCE, self.authority_reference.as_bytes())?;
        self.public_key.write(out)?;
        out.tlv(tag::HOLDER_REFERENCE, self.holder_reference.as_bytes())?;
        self.authorization.write(out)?;
        out.tlv(tag::EFFECTIVE_DATE, &self.effective_date.to_bytes())?;
        out.tlv(tag::EXPIRATION_DATE, &self.expiration_date.to_bytes())?;
        match self.extensions {
            Some(extensions) => out.tlv(tag::EXTENSIONS, extensions),
            None => Ok(()),
        }
    }
}

/// A certificate: its body, as taken apart and as signed, and the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CvCertificate<'a> {
    /// The body.
    pub body: CertificateBody<'a>,
    /// The body with tag and length, as read: the bytes that are signed.
    pub signed: &'a [u8],
    /// The signature: r ‖ s, or an RSA signature.
    pub signature: &'a [u8],
}

impl<'a> CvCertificate<'a> {
    /// Reads a whole certificate (7F21). Never panics.
    ///
    /// # Errors
    /// [`CvcError`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, CvcError> {
        if bytes.len() > MAX_CERTIFICATE {
            return Err(CvcError::TooLong);
        }
        Self::parse_content(tlv::read_exact(bytes, tag::CERTIFICATE)?)
    }

    /// Reads what is inside a 7F21: the data field of PSO:VERIFY CERTIFICATE. Never panics.
    ///
    /// # Errors
    /// [`CvcError`].
    pub fn parse_content(content: &'a [u8]) -> Result<Self, CvcError> {
        if content.len() > MAX_CERTIFICATE {
            return Err(CvcError::TooLong);
        }
        let (body, rest) = tlv::read_one(content)?;
        if body.tag != tag::BODY {
            return Err(TlvError::UnexpectedTag(body.tag).into());
        }
        let signature = tlv::read_exact(rest, tag::SIGNATURE)?;
        if signature.is_empty() {
            return Err(CvcError::Signature);
        }
        Ok(Self {
            body: CertificateBody::parse(body.value)?,
            signed: body.raw,
            signature,
        })
    }
}

/// Writes the 7F21 around a signed body and its signature, and returns its length. Never panics.
///
/// # Errors
/// [`TlvError::BufferTooSmall`].
pub fn encode_certificate(signed: &[u8], signature: &[u8], out: &mut [u8]) -> Result<usize, TlvError> {
    let signature_len = tlv::header_len(tag::SIGNATURE, signature.len()).saturating_add(signature.len());
    let mut writer = TlvWriter::new(out);
    writer.header(tag::CERTIFICATE, signed.len().saturating_add(signature_len))?;
    writer.raw(signed)?;
    writer.tlv(tag::SIGNATURE, signature)?;
    Ok(writer.len())
}

/// The value of the next data object, which must have this tag.
fn next<'a>(reader: &mut TlvReader<'a>, tag: u32) -> Result<&'a [u8], TlvError> {
    let object = reader.next().ok_or(TlvError::Truncated)??;
    if object.tag == tag {
        Ok(object.value)
    } else {
        Err(TlvError::UnexpectedTag(object.tag))
    }
}

/// Where data objects are written, or only counted.
struct Output<'a> {
    writer: Option<TlvWriter<'a>>,
    counted: usize,
}

impl<'a> Output<'a> {
    const fn counting() -> Self {
        Self {
            writer: None,
            counted: 0,
        }
    }

    const fn writing(writer: TlvWriter<'a>) -> Self {
        Self {
            writer: Some(writer),
            counted: 0,
        }
    }

    fn len(&self) -> usize {
        self.writer.as_ref().map_or(self.counted, TlvWriter::len)
    }

    fn header(&mut self, tag: u32, value_len: usize) -> Result<(), TlvError> {
        self.counted = self.counted.saturating_add(tlv::header_len(tag, value_len));
        match &mut self.writer {
            Some(writer) => writer.header(tag, value_len),
            None => Ok(()),
        }
    }

    fn tlv(&mut self, tag: u32, value: &[u8]) -> Result<(), TlvError> {
        self.header(tag, value.len())?;
        self.counted = self.counted.saturating_add(value.len());
        match &mut self.writer {
            Some(writer) => writer.raw(value),
            None => Ok(()),
        }
    }
}

/// Length of a data object.
const fn object_len(tag: u32, value_len: usize) -> usize {
    tlv::header_len(tag, value_len).saturating_add(value_len)
}
