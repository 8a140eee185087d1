//! The CMS `SignedData` around a security object (RFC 5652 §5; profile of 9303-10 Table 37), the one of EF.SOD or
//! that of EF.CardSecurity.
//!
//! Assembled from the `cms` crate's types. The embedded certificate is compared byte for byte with the one
//! handed in when the result is verified, so re-encoding it here cannot change it unnoticed.

use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedAttributes, SignedData, SignerIdentifier, SignerInfo,
    SignerInfos,
};
use const_oid::ObjectIdentifier;
use der::asn1::{OctetString, OctetStringRef, SetOfVec};
use der::{Any, Decode, Encode};
use time::OffsetDateTime;
use x509_cert::Certificate;
use x509_cert::attr::Attribute;

use super::SodError;
use crate::pki::certificate::algorithm_identifier;
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

/// Signs content of this type and wraps everything up as a DER `ContentInfo`.
pub(super) fn assemble(
    content_type: ObjectIdentifier,
    content: &[u8],
    signer: &dyn Signer,
    ds_certificate_der: &[u8],
    certificate: &Certificate,
    signing_time: OffsetDateTime,
) -> Result<Vec<u8>, SodError> {
    // digestAlgorithm is the hash of the signature (RFC 5754 §3.3).
    let hash = signer.algorithm().hash();
    let digest_algorithm = hash.identifier();
    // SET OF in DER order; what is signed is its encoding with the universal tag '31' (RFC 5652 §5.4).
    let signed_attributes = SignedAttributes::try_from(vec![
        attribute(CONTENT_TYPE, &content_type)?,
        attribute(SIGNING_TIME, &certificate_time(signing_time)?)?,
        attribute(MESSAGE_DIGEST, &OctetStringRef::new(&hash.digest(content))?)?,
    ])?;
    let signature = signer.sign(&signed_attributes.to_der()?)?;

    let signer_info = SignerInfo {
        version: CmsVersion::V1,
        sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: certificate.tbs_certificate().issuer().clone(),
            serial_number: certificate.tbs_certificate().serial_number().clone(),
        }),
        digest_alg: digest_algorithm.clone(),
        signed_attrs: Some(signed_attributes),
        signature_algorithm: algorithm_identifier(signer.algorithm())?,
        signature: OctetString::new(signature)?,
        unsigned_attrs: None,
    };
    let certificate = CertificateChoices::Certificate(Certificate::from_der(ds_certificate_der)?);
    let signed_data = SignedData {
        // Version 3, because the content is not id-data (RFC 5652 §5.1).
        version: CmsVersion::V3,
        digest_algorithms: SetOfVec::try_from(vec![digest_algorithm])?,
        encap_content_info: EncapsulatedContentInfo {
            econtent_type: content_type,
            econtent: Some(Any::encode_from(&OctetStringRef::new(content)?)?),
        },
        certificates: Some(CertificateSet::try_from(vec![certificate])?),
        crls: None,
        signer_infos: SignerInfos::try_from(vec![signer_info])?,
    };
    let content_info = ContentInfo {
        content_type: SIGNED_DATA,
        content: Any::encode_from(&signed_data)?,
    };
    Ok(content_info.to_der()?)
}

fn attribute(
    oid: ObjectIdentifier,
    value: &(impl der::Tagged + der::EncodeValue),
) -> Result<Attribute, der::Error> {
    Ok(Attribute {
        oid,
        values: SetOfVec::try_from(vec![Any::encode_from(value)?])?,
    })
}

/// `77 length content`: EF.SOD.
pub(super) fn wrap(content: &[u8]) -> Result<Vec<u8>, der::Error> {
    let mut file = vec![EF_SOD_TAG];
    file.extend(der::Length::try_from(content.len())?.to_der()?);
    file.extend(content);
    Ok(file)
}
