//! The CMS `SignedData` around a security object (RFC 5652 §5; profile of 9303-10 Table 37), the one of EF.SOD or
//! that of EF.CardSecurity.
//!
//! Written from the inside out as nested objects, each once: what is there in DER already (the certificate, issuer and serial
//! number) is copied and not decoded. [`verify`](super::verify) takes the result apart again.

use const_oid::ObjectIdentifier;
use der::Encode;
use time::OffsetDateTime;

use super::error::SodError;
use super::signer_certificate::SignerCertificate;
use crate::lds::tlv;
use crate::pki::time::certificate_time;
use crate::signer::Signer;

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

/// Signs content of this type and wraps everything up as a DER `ContentInfo`.
pub(super) fn assemble(
    content_type: ObjectIdentifier,
    content: &[u8],
    signer: &dyn Signer,
    certificate: &SignerCertificate,
    signing_time: OffsetDateTime,
) -> Result<Vec<u8>, SodError> {
    // digestAlgorithm is the hash of the signature (RFC 5754 §3.3).
    let algorithm = signer.algorithm();
    let hash = algorithm.hash();
    let digest_algorithm = hash.identifier().to_der()?;
    let signed_attributes = signed_attributes(content_type, &hash.digest(content), signing_time)?;
    // What is signed is the encoding with the tag of SET OF (RFC 5652 §5.4).
    let signature = signer.sign(&tlv(SET, &signed_attributes))?;

    let signer_info = [
        tlv(INTEGER, &[1]),
        tlv(SEQUENCE, certificate.issuer_and_serial()),
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
        tlv(CONTEXT_0, certificate.der()),
        tlv(SET, &tlv(SEQUENCE, &signer_info)),
    ]
    .concat();
    let content_info = [oid(SIGNED_DATA), tlv(CONTEXT_0, &tlv(SEQUENCE, &signed_data))].concat();
    Ok(tlv(SEQUENCE, &content_info))
}

/// contentType, messageDigest and signingTime: the elements of a SET OF in the order of DER.
fn signed_attributes(
    content_type: ObjectIdentifier,
    digest: &[u8],
    signing_time: OffsetDateTime,
) -> Result<Vec<u8>, SodError> {
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
