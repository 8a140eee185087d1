//! The CMS `SignedData` around what the issuer signs (RFC 5652 §5): the security object of EF.SOD (profile of 9303-10 Table 37) or of
//! EF.CardSecurity, and master lists (9303-12 §9).
//!
//! Written from the inside out as nested objects, each once: what is there in DER already (the certificate, issuer and serial
//! number) is copied and not decoded. [`verify`](super::verify) takes the result apart again.

use const_oid::ObjectIdentifier;
use der::Encode;
use time::OffsetDateTime;

use crate::lds::tlv;
use crate::pki::PkiError;
use crate::pki::time::certificate_time;
use crate::signer::{Signer, SignerError};

/// `id-icao-mrtd-security-ldsSecurityObject` (9303-10 §4.6.2).
pub const LDS_SECURITY_OBJECT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.1");
/// `id-signedData` (RFC 5652 §5.1).
pub const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
/// `id-contentType` (RFC 5652 §11.1).
pub const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
/// `id-messageDigest` (RFC 5652 §11.2).
pub const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
/// `id-signingTime` (RFC 5652 §11.3).
pub const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");

/// Tag of EF.SOD (9303-10 §4.6.2).
pub const EF_SOD_TAG: u8 = 0x77;

// Universal and context-specific tags.
const INTEGER: u32 = 0x02;
const OCTET_STRING: u32 = 0x04;
const OBJECT_IDENTIFIER: u32 = 0x06;
const SEQUENCE: u32 = 0x30;
const SET: u32 = 0x31;
const CONTEXT_0: u32 = 0xA0;
const CONTEXT_0_PRIMITIVE: u32 = 0x80;

/// How a SignerInfo names its signer (RFC 5652 §5.3).
pub(crate) enum SignerName<'a> {
    /// The contents of `IssuerAndSerialNumber`, DER.
    IssuerAndSerial(&'a [u8]),
    /// subjectKeyIdentifier.
    KeyIdentifier(&'a [u8]),
}

/// A signed `ContentInfo`, and what a caller needs to verify it once more.
pub(crate) struct Assembled {
    /// DER.
    pub(crate) content_info: Vec<u8>,
    /// The signed attributes as they were signed.
    pub(crate) to_be_signed: Vec<u8>,
    /// The signature over them.
    pub(crate) signature: Vec<u8>,
}

/// Signs content of this type and wraps everything up as a DER `ContentInfo`, with these certificates (DER) beside.
pub(crate) fn assemble<E: From<PkiError> + From<SignerError> + From<der::Error>>(
    content_type: ObjectIdentifier,
    content: &[u8],
    signer: &dyn Signer,
    name: &SignerName<'_>,
    certificates: &[&[u8]],
    signing_time: OffsetDateTime,
) -> Result<Assembled, E> {
    // digestAlgorithm is the hash of the signature (RFC 5754 §3.3).
    let algorithm = signer.algorithm();
    let hash = algorithm.hash();
    let digest_algorithm = hash.identifier().to_der()?;
    let signed_attributes = signed_attributes(content_type, &hash.digest(content), signing_time)?;
    // What is signed is the encoding with the tag of SET OF (RFC 5652 §5.4).
    let to_be_signed = tlv(SET, &signed_attributes);
    let signature = signer.sign(&to_be_signed)?;

    let (version, name) = match name {
        SignerName::IssuerAndSerial(contents) => (1, tlv(SEQUENCE, contents)),
        SignerName::KeyIdentifier(identifier) => (3, tlv(CONTEXT_0_PRIMITIVE, identifier)),
    };
    let signer_info = [
        tlv(INTEGER, &[version]),
        name,
        digest_algorithm.clone(),
        tlv(CONTEXT_0, &signed_attributes),
        algorithm.identifier()?.to_der()?,
        tlv(OCTET_STRING, &signature),
    ]
    .concat();
    let encapsulated = [oid(content_type), tlv(CONTEXT_0, &tlv(OCTET_STRING, content))].concat();
    let signed_data = [
        // Version 3, because the content is not id-data (RFC 5652 §5.1).
        tlv(INTEGER, &[3]),
        tlv(SET, &digest_algorithm),
        tlv(SEQUENCE, &encapsulated),
        tlv(CONTEXT_0, &set_of(certificates)),
        tlv(SET, &tlv(SEQUENCE, &signer_info)),
    ]
    .concat();
    let content_info = [oid(SIGNED_DATA), tlv(CONTEXT_0, &tlv(SEQUENCE, &signed_data))].concat();
    Ok(Assembled {
        content_info: tlv(SEQUENCE, &content_info),
        to_be_signed,
        signature,
    })
}

/// The elements of a SET OF in the order of DER.
fn set_of(elements: &[&[u8]]) -> Vec<u8> {
    let mut elements = elements.to_vec();
    elements.sort_unstable();
    elements.concat()
}

/// contentType, messageDigest and signingTime: the elements of a SET OF in the order of DER.
fn signed_attributes(
    content_type: ObjectIdentifier,
    digest: &[u8],
    signing_time: OffsetDateTime,
) -> Result<Vec<u8>, PkiError> {
    let attribute = |kind, value: &[u8]| tlv(SEQUENCE, &[oid(kind), tlv(SET, value)].concat());
    let mut attributes = [
        attribute(CONTENT_TYPE, &oid(content_type)),
        attribute(SIGNING_TIME, &certificate_time(signing_time)?.to_der()?),
        attribute(MESSAGE_DIGEST, &tlv(OCTET_STRING, digest)),
    ];
    attributes.sort();
    Ok(attributes.concat())
}

fn oid(oid: ObjectIdentifier) -> Vec<u8> {
    tlv(OBJECT_IDENTIFIER, oid.as_bytes())
}

/// `77 length content`: EF.SOD.
pub(super) fn wrap(content: &[u8]) -> Vec<u8> {
    tlv(u32::from(EF_SOD_TAG), content)
}
