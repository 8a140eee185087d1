//! EF.SOD as CMS SignedData (RFC 5652 §5, profile of Doc 9303-10 §4.6.2.2), as slices of what was read.
//!
//! Written by hand on purpose: a general CMS library re-encodes what it has parsed, and a signature
//! must be checked over the bytes that were signed, even where those are not sorted as DER asks.

use std::borrow::Cow;

use ::time::OffsetDateTime;
use const_oid::ObjectIdentifier;

use super::asn1::{Asn1Error, Element, Reader, only, tag};
use super::hash::AlgorithmIdentifier;
use super::time;

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
/// id-icao-mrtd-security-ldsSecurityObject: what EF.SOD signs.
pub(crate) const LDS_SECURITY_OBJECT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.1");
/// id-SecurityObject: what EF.CardSecurity signs (BSI TR-03110-3 §A.1.2.5).
pub(crate) const SECURITY_OBJECT: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.3.2.1");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");

/// The tag of EF.SOD (Doc 9303-10 Table 36).
const EF_SOD: u32 = 0x77;
/// Real EF.SOD have 1 to 4 KiB; more is not read.
const SIZE_LIMIT: usize = 64 * 1024;
/// A signer, perhaps its CSCA; more certificates than this are an attack on our time.
const CERTIFICATE_LIMIT: usize = 8;
/// Master lists have half a megabyte, deviation lists with many document numbers some more.
pub(crate) const LIST_SIZE_LIMIT: usize = 16 * 1024 * 1024;
/// id-icao-cscaMasterList (Doc 9303-12 §9.2).
pub(crate) const MASTER_LIST: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.2");
/// id-icao-DeviationList (Doc 9303-12 §10.2).
pub(crate) const DEVIATION_LIST: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.7");

/// SignedData with its single SignerInfo.
#[derive(Debug, Clone)]
pub(crate) struct SignedData<'a> {
    /// The signed content, such as the LDS security object, without its OCTET STRING header.
    pub(crate) content: Cow<'a, [u8]>,
    /// Certificates as read, unordered.
    pub(crate) certificates: Vec<&'a [u8]>,
    /// The only SignerInfo.
    pub(crate) signer: SignerInfo<'a>,
}

/// ```text
/// SignerInfo ::= SEQUENCE { version, sid, digestAlgorithm, signedAttrs [0] IMPLICIT OPTIONAL,
///                           signatureAlgorithm, signature, unsignedAttrs [1] IMPLICIT OPTIONAL }
/// ```
#[derive(Debug, Clone)]
pub(crate) struct SignerInfo<'a> {
    pub(crate) sid: SignerIdentifier<'a>,
    pub(crate) digest_algorithm: AlgorithmIdentifier,
    /// `signedAttrs` as read, from its tag A0 on; `None` when the content itself is signed.
    pub(crate) signed_attributes: Option<Element<'a>>,
    pub(crate) signature_algorithm: AlgorithmIdentifier,
    pub(crate) signature: Cow<'a, [u8]>,
}

/// Which certificate the signer used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignerIdentifier<'a> {
    /// Issuer (a Name as read) and serial number (INTEGER contents).
    IssuerAndSerialNumber { issuer: &'a [u8], serial: &'a [u8] },
    /// subjectKeyIdentifier
    SubjectKeyIdentifier(&'a [u8]),
}

/// The signed attributes that RFC 5652 §11 requires, and the signing time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignedAttributes {
    pub(crate) content_type: ObjectIdentifier,
    pub(crate) message_digest: Vec<u8>,
    pub(crate) signing_time: Option<OffsetDateTime>,
}

impl<'a> SignedData<'a> {
    /// Reads EF.SOD: `77 { ContentInfo { signedData, [0] SignedData } }`.
    ///
    /// # Errors
    /// When the structure is not that of Doc 9303-10 Table 37 and 38.
    pub(crate) fn from_ef_sod(file: &'a [u8]) -> Result<Self, Asn1Error> {
        Self::from_content_info(only(file, EF_SOD, "EF.SOD")?.body, LDS_SECURITY_OBJECT)
    }

    /// Reads a `ContentInfo` whose signed content is of this type: EF.CardSecurity is nothing else.
    ///
    /// # Errors
    /// As [`from_ef_sod`](Self::from_ef_sod).
    pub(crate) fn from_content_info(
        bytes: &'a [u8],
        expected_type: ObjectIdentifier,
    ) -> Result<Self, Asn1Error> {
        Self::from_content_info_within(bytes, expected_type, SIZE_LIMIT)
    }

    /// As [`from_content_info`](Self::from_content_info), of at most so many bytes: master lists and deviation lists.
    ///
    /// # Errors
    /// As [`from_ef_sod`](Self::from_ef_sod).
    pub(crate) fn from_content_info_within(
        bytes: &'a [u8],
        expected_type: ObjectIdentifier,
        size_limit: usize,
    ) -> Result<Self, Asn1Error> {
        if bytes.len() > size_limit {
            return Err(Asn1Error::Value(format!(
                "a ContentInfo of {} bytes",
                bytes.len()
            )));
        }
        let mut content_info = only(bytes, tag::SEQUENCE, "ContentInfo")?.reader();
        let content_type = content_info.next("contentType")?.oid("contentType")?;
        if content_type != SIGNED_DATA {
            return Err(Asn1Error::Value(format!(
                "ContentInfo: content type {content_type} is not signedData"
            )));
        }
        let content = content_info.expect(tag::CONTEXT_0, "ContentInfo.content")?;
        content_info.finish("ContentInfo")?;
        Self::parse(&only(content.body, tag::SEQUENCE, "SignedData")?, expected_type)
    }

    fn parse(signed_data: &Element<'a>, expected_type: ObjectIdentifier) -> Result<Self, Asn1Error> {
        let mut fields = signed_data.reader();
        let version = fields
            .next("SignedData.version")?
            .small_integer("SignedData.version")?;
        // RFC 5652 §5.1: content other than id-data makes version 3, and Doc 9303-10 requires it.
        if version != 3 {
            return Err(Asn1Error::Value(format!(
                "SignedData: version {version}, 3 is required"
            )));
        }
        // Announced for readers of a stream; the SignerInfo says which one counts.
        fields.expect(tag::SET, "digestAlgorithms")?;
        let mut encapsulated = fields.expect(tag::SEQUENCE, "encapContentInfo")?.reader();
        let content_type = encapsulated.next("eContentType")?.oid("eContentType")?;
        if content_type != expected_type {
            return Err(Asn1Error::Value(format!(
                "eContentType {content_type} is not {}",
                type_name(expected_type)
            )));
        }
        let wrapper = encapsulated.expect(tag::CONTEXT_0, "eContent")?;
        encapsulated.finish("encapContentInfo")?;
        let mut wrapped = wrapper.reader();
        let content = wrapped.next("eContent")?.octets("eContent")?;
        wrapped.finish("eContent")?;
        let certificates = match fields.optional(tag::CONTEXT_0, "certificates")? {
            Some(set) => certificates(&set)?,
            None => Vec::new(),
        };
        // CRLs inside EF.SOD are as old as the document: they are not looked at.
        fields.optional(tag::CONTEXT_1, "crls")?;
        let mut signers = fields.expect(tag::SET, "signerInfos")?.reader();
        fields.finish("SignedData")?;
        let signer = SignerInfo::parse(&signers.expect(tag::SEQUENCE, "SignerInfo")?)?;
        // Doc 9303-10 Table 37: one SignerInfo.
        signers.finish("signerInfos")?;
        Ok(Self {
            content,
            certificates,
            signer,
        })
    }
}

/// What a `ContentInfo` with SignedData says that it signs; nothing behind that is looked at.
pub(crate) fn encapsulated_type(bytes: &[u8]) -> Result<ObjectIdentifier, Asn1Error> {
    let mut content_info = only(bytes, tag::SEQUENCE, "ContentInfo")?.reader();
    content_info.next("contentType")?;
    let content = content_info.expect(tag::CONTEXT_0, "ContentInfo.content")?;
    let mut fields = only(content.body, tag::SEQUENCE, "SignedData")?.reader();
    fields.expect(tag::INTEGER, "SignedData.version")?;
    fields.expect(tag::SET, "digestAlgorithms")?;
    let mut encapsulated = fields.expect(tag::SEQUENCE, "encapContentInfo")?.reader();
    encapsulated.next("eContentType")?.oid("eContentType")
}

fn certificates<'a>(set: &Element<'a>) -> Result<Vec<&'a [u8]>, Asn1Error> {
    let mut reader = set.reader();
    let mut certificates = Vec::new();
    while !reader.is_empty() {
        if certificates.len() == CERTIFICATE_LIMIT {
            return Err(Asn1Error::Value("certificates: too many".into()));
        }
        certificates.push(reader.expect(tag::SEQUENCE, "Certificate")?.raw);
    }
    Ok(certificates)
}

impl<'a> SignerInfo<'a> {
    fn parse(signer: &Element<'a>) -> Result<Self, Asn1Error> {
        let mut fields = signer.reader();
        let version = fields
            .next("SignerInfo.version")?
            .small_integer("SignerInfo.version")?;
        let identifier = fields.next("SignerIdentifier")?;
        let sid = match (version, identifier.tag) {
            (1, tag::SEQUENCE) => {
                let mut parts = identifier.reader();
                let issuer = parts.expect(tag::SEQUENCE, "sid.issuer")?.raw;
                let serial = parts.expect(tag::INTEGER, "sid.serialNumber")?.body;
                parts.finish("issuerAndSerialNumber")?;
                SignerIdentifier::IssuerAndSerialNumber { issuer, serial }
            }
            (3, tag::CONTEXT_0_PRIMITIVE) => SignerIdentifier::SubjectKeyIdentifier(identifier.body),
            _ => {
                return Err(Asn1Error::Value(format!(
                    "SignerInfo: version {version} does not fit its sid"
                )));
            }
        };
        let digest_algorithm = AlgorithmIdentifier::read(&mut fields, "SignerInfo.digestAlgorithm")?;
        let signed_attributes = fields.optional(tag::CONTEXT_0, "signedAttrs")?;
        let signature_algorithm = AlgorithmIdentifier::read(&mut fields, "SignerInfo.signatureAlgorithm")?;
        let signature = fields
            .next("SignerInfo.signature")?
            .octets("SignerInfo.signature")?;
        fields.optional(tag::CONTEXT_1, "unsignedAttrs")?;
        fields.finish("SignerInfo")?;
        Ok(Self {
            sid,
            digest_algorithm,
            signed_attributes,
            signature_algorithm,
            signature,
        })
    }

    /// What was signed, in the order in which to try it: the signed attributes with the SET OF tag
    /// 31 instead of A0 (RFC 5652 §5.4), as read; then sorted as DER would have it, for signers that
    /// hashed DER but wrote another order.
    pub(crate) fn signed_bytes(&self, content: &[u8]) -> Result<Vec<Vec<u8>>, Asn1Error> {
        let Some(attributes) = &self.signed_attributes else {
            return Ok(vec![content.to_vec()]);
        };
        let mut as_read = attributes.raw.to_vec();
        if let Some(first) = as_read.first_mut() {
            *first = 0x31;
        }
        let mut members = Vec::new();
        let mut reader = attributes.reader();
        while !reader.is_empty() {
            members.push(reader.next("Attribute")?.raw);
        }
        members.sort_unstable();
        let sorted = set_of(&members);
        Ok(if sorted == as_read {
            vec![as_read]
        } else {
            vec![as_read, sorted]
        })
    }
}

impl SignedAttributes {
    /// Reads `SET OF Attribute`; each of the three may occur once and has one value.
    pub(crate) fn parse(attributes: &Element<'_>) -> Result<Self, Asn1Error> {
        let mut content_type = None;
        let mut message_digest = None;
        let mut signing_time = None;
        let mut reader = attributes.reader();
        while !reader.is_empty() {
            let mut attribute = reader.expect(tag::SEQUENCE, "Attribute")?.reader();
            let kind = attribute.next("attrType")?.oid("attrType")?;
            let values = attribute.expect(tag::SET, "attrValues")?;
            attribute.finish("Attribute")?;
            let seen_twice = match kind {
                CONTENT_TYPE => content_type
                    .replace(single(&values)?.oid("contentType")?)
                    .is_some(),
                MESSAGE_DIGEST => message_digest
                    .replace(single(&values)?.octets("messageDigest")?.into_owned())
                    .is_some(),
                SIGNING_TIME => signing_time
                    .replace(time::parse(&single(&values)?, "signingTime")?)
                    .is_some(),
                _ => false,
            };
            if seen_twice {
                return Err(Asn1Error::Value(format!("signed attribute {kind} occurs twice")));
            }
        }
        match (content_type, message_digest) {
            (Some(content_type), Some(message_digest)) => Ok(Self {
                content_type,
                message_digest,
                signing_time,
            }),
            (None, _) => Err(Asn1Error::Value("signed attribute contentType is missing".into())),
            (_, None) => Err(Asn1Error::Value(
                "signed attribute messageDigest is missing".into(),
            )),
        }
    }
}

/// A content type's name in its standard.
pub(crate) fn type_name(content_type: ObjectIdentifier) -> &'static str {
    match content_type {
        LDS_SECURITY_OBJECT => "ldsSecurityObject",
        MASTER_LIST => "cscaMasterList",
        DEVIATION_LIST => "DeviationList",
        _ => "id-SecurityObject",
    }
}

fn single<'a>(values: &Element<'a>) -> Result<Element<'a>, Asn1Error> {
    let mut reader = Reader::new(values.body);
    let value = reader.next("attribute value")?;
    reader.finish("attribute value")?;
    Ok(value)
}

/// `31 length members…`, DER.
fn set_of(members: &[&[u8]]) -> Vec<u8> {
    let length: usize = members.iter().map(|member| member.len()).sum();
    let mut set = vec![0x31];
    match u8::try_from(length) {
        Ok(short @ 0..0x80) => set.push(short),
        _ => {
            let bytes = length.to_be_bytes();
            let digits: Vec<u8> = bytes.into_iter().skip_while(|&byte| byte == 0).collect();
            set.push(0x80 | u8::try_from(digits.len()).unwrap_or(4));
            set.extend_from_slice(&digits);
        }
    }
    for member in members {
        set.extend_from_slice(member);
    }
    set
}
