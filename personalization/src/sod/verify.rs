//! Reading EF.SOD back with suspicion: the second pair of eyes before a signature leaves the issuer.
//!
//! Walks the bytes with a plain DER reader and shares with [`super::signed_data`] no encoder, and no type but the certificate's.
//! It accepts exactly what this project writes, which is narrower than what an inspection system must read:
//! judging other countries' documents is not its business.

use const_oid::ObjectIdentifier;
use der::asn1::{ObjectIdentifier as Oid, OctetStringRef, PrintableStringRef};
use der::{Decode, Reader, SliceReader};
use spki::AlgorithmIdentifierOwned;
use time::OffsetDateTime;
use x509_cert::time::Time;

use super::security_object::{HashAlgorithm, LdsVersion, SecurityObject};
use super::signer_certificate::SignerCertificate;
use crate::pki::time::from_certificate_time;
use crate::signer::SignatureAlgorithm;

pub use super::verified::{VerifiedContent, VerifiedSecurityObject, VerifyError};

/// `id-icao-mrtd-security-ldsSecurityObject`.
const LDS_SECURITY_OBJECT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.1");
/// `id-signedData`.
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
/// `id-contentType`.
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
/// `id-messageDigest`.
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
/// `id-signingTime`.
const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");

/// Takes EF.SOD (`77 …`) apart and verifies message digest and signature with the certificate inside.
///
/// Whether that certificate is trusted is not asked here. Never panics.
///
/// # Errors
/// [`VerifyError`], but not [`VerifyError::Different`].
pub fn verify(file: &[u8]) -> Result<VerifiedSecurityObject, VerifyError> {
    security_object(verify_content(content_of(file)?, LDS_SECURITY_OBJECT)?)
}

/// The same, where the certificate inside must be this one: it is compared and not decoded again.
///
/// # Errors
/// [`VerifyError`]; [`VerifyError::Different`] for another certificate.
pub fn verify_with(
    file: &[u8],
    certificate: &SignerCertificate,
) -> Result<VerifiedSecurityObject, VerifyError> {
    security_object(verify_content_with(
        content_of(file)?,
        LDS_SECURITY_OBJECT,
        certificate,
    )?)
}

fn security_object(verified: VerifiedContent) -> Result<VerifiedSecurityObject, VerifyError> {
    Ok(VerifiedSecurityObject {
        security_object: lds_security_object(&verified.content)?,
        certificate_der: verified.certificate_der,
        signing_time: verified.signing_time,
    })
}

/// The same for a `ContentInfo` with signed content of another type, and without looking into the content.
///
/// # Errors
/// [`VerifyError`], but not [`VerifyError::Different`].
pub fn verify_content(
    content_info: &[u8],
    expected_type: ObjectIdentifier,
) -> Result<VerifiedContent, VerifyError> {
    content(content_info, expected_type, None)
}

/// The same, where the certificate inside must be this one: it is compared and not decoded again.
///
/// # Errors
/// [`VerifyError`]; [`VerifyError::Different`] for another certificate.
pub fn verify_content_with(
    content_info: &[u8],
    expected_type: ObjectIdentifier,
    certificate: &SignerCertificate,
) -> Result<VerifiedContent, VerifyError> {
    content(content_info, expected_type, Some(certificate))
}

fn content(
    content_info: &[u8],
    expected_type: ObjectIdentifier,
    certificate: Option<&SignerCertificate>,
) -> Result<VerifiedContent, VerifyError> {
    let mut outer = SliceReader::new(content_info)?;
    let verified = outer.sequence(|content_info| {
        let content_type = Oid::decode(content_info)?;
        require(content_type == SIGNED_DATA, "the content type is not signedData")?;
        let explicit = field(content_info, 0xA0)?;
        let mut inner = SliceReader::new(explicit)?;
        let verified = inner.sequence(|reader| signed_data(reader, expected_type, certificate))?;
        inner.finish()?;
        Ok::<_, VerifyError>(verified)
    })?;
    outer.finish()?;
    Ok(verified)
}

/// The value of tag '77', which must fill the file.
fn content_of(file: &[u8]) -> Result<&[u8], VerifyError> {
    let rest = file
        .strip_prefix(&[0x77])
        .ok_or_else(|| structure("the tag is not '77'"))?;
    let (length, rest) = der_length(rest).ok_or_else(|| structure("the length is malformed"))?;
    require(length == rest.len(), "the length is not that of the file")?;
    Ok(rest)
}

fn signed_data<'a>(
    reader: &mut SliceReader<'a>,
    expected_type: ObjectIdentifier,
    expected_certificate: Option<&SignerCertificate>,
) -> Result<VerifiedContent, VerifyError> {
    require(u8::decode(reader)? == 3, "SignedData is not version 3")?;
    let digest_algorithms = field(reader, 0x31)?;
    let (econtent_type, econtent) = reader.sequence(|encapsulated| {
        let econtent_type = Oid::decode(encapsulated)?;
        let econtent = <&OctetStringRef>::from_der(field(encapsulated, 0xA0)?)?;
        Ok::<_, VerifyError>((econtent_type, econtent.as_bytes()))
    })?;
    require(
        econtent_type == expected_type,
        "the content is of another type than the file's",
    )?;
    // One certificate fills the field: nothing else may travel along unsigned.
    let certificate_der = field(reader, 0xA0)?;
    let inside;
    let certificate = match expected_certificate {
        Some(expected) if expected.der() == certificate_der => expected,
        Some(_) => return Err(VerifyError::Different("another certificate")),
        None => {
            inside = SignerCertificate::from_der(certificate_der)
                .map_err(|error| VerifyError::Structure(error.to_string()))?;
            &inside
        }
    };
    let mut signers = SliceReader::new(field(reader, 0x31)?)?;
    let info = signers.sequence(signer_info)?;
    signers.finish()?;

    let digest_algorithm = without_parameters(digest_algorithms)?;
    require(
        digest_algorithm == info.digest_algorithm,
        "the two digest algorithms differ",
    )?;
    let hash =
        HashAlgorithm::from_oid(digest_algorithm).ok_or_else(|| structure("unknown digest algorithm"))?;
    let algorithm = SignatureAlgorithm::from_identifier(&info.signature_algorithm)
        .filter(|algorithm| !matches!(algorithm, SignatureAlgorithm::RsaPkcs1(_)))
        .ok_or_else(|| {
            structure("the signature algorithm is neither ECDSA nor RSASSA-PSS with a known hash")
        })?;
    require(
        algorithm.hash() == hash,
        "the digest algorithm is not that of the signature",
    )?;

    require(
        info.issuer_and_serial == certificate.issuer_and_serial(),
        "the signer is not the certificate inside",
    )?;

    let attributes = SignedAttributes::from_set(info.signed_attributes)?;
    require(
        attributes.content_type == econtent_type,
        "the contentType attribute differs",
    )?;
    if attributes.message_digest != hash.digest(econtent) {
        return Err(VerifyError::MessageDigest);
    }
    // Signed is the attributes' encoding with the tag of SET OF instead of [0] (RFC 5652 §5.4).
    let mut signed = info.signed_attributes_field.to_vec();
    if let Some(tag) = signed.first_mut() {
        *tag = 0x31;
    }
    if !certificate
        .verifying_key()
        .verify(algorithm, &signed, info.signature)
    {
        return Err(VerifyError::Signature);
    }
    Ok(VerifiedContent {
        content: econtent.to_vec(),
        certificate_der: certificate_der.to_vec(),
        signing_time: attributes.signing_time,
    })
}

struct SignerInfo<'a> {
    /// Issuer and serial number, without the header of the sequence.
    issuer_and_serial: &'a [u8],
    digest_algorithm: Oid,
    /// With its header.
    signed_attributes_field: &'a [u8],
    /// Its value.
    signed_attributes: &'a [u8],
    signature_algorithm: AlgorithmIdentifierOwned,
    signature: &'a [u8],
}

fn signer_info<'a>(reader: &mut SliceReader<'a>) -> Result<SignerInfo<'a>, VerifyError> {
    require(u8::decode(reader)? == 1, "SignerInfo is not version 1")?;
    let issuer_and_serial = field(reader, 0x30)?;
    let digest_algorithm = without_parameters(reader.tlv_bytes()?)?;
    let signed_attributes_field = reader.tlv_bytes()?;
    let signed_attributes = field(&mut SliceReader::new(signed_attributes_field)?, 0xA0)?;
    let signature_algorithm = AlgorithmIdentifierOwned::decode(reader)?;
    let signature = <&OctetStringRef>::decode(reader)?.as_bytes();
    Ok(SignerInfo {
        issuer_and_serial,
        digest_algorithm,
        signed_attributes_field,
        signed_attributes,
        signature_algorithm,
        signature,
    })
}

struct SignedAttributes<'a> {
    content_type: Oid,
    message_digest: &'a [u8],
    signing_time: OffsetDateTime,
}

impl<'a> SignedAttributes<'a> {
    /// contentType, messageDigest and signingTime, each once, in DER order, and nothing else.
    fn from_set(set: &'a [u8]) -> Result<Self, VerifyError> {
        let mut reader = SliceReader::new(set)?;
        let mut previous: &[u8] = &[];
        let (mut content_type, mut message_digest, mut signing_time) = (None, None, None);
        while !reader.is_finished() {
            let attribute = reader.tlv_bytes()?;
            require(previous < attribute, "the signed attributes are not in DER order")?;
            previous = attribute;
            let (kind, value) = SliceReader::new(attribute)?
                .sequence(|fields| Ok::<_, VerifyError>((Oid::decode(fields)?, field(fields, 0x31)?)))?;
            let unknown_or_twice = if kind == CONTENT_TYPE {
                content_type.replace(Oid::from_der(value)?).is_some()
            } else if kind == MESSAGE_DIGEST {
                message_digest
                    .replace(<&OctetStringRef>::from_der(value)?.as_bytes())
                    .is_some()
            } else if kind == SIGNING_TIME {
                signing_time
                    .replace(from_certificate_time(&Time::from_der(value)?))
                    .is_some()
            } else {
                true
            };
            require(!unknown_or_twice, "a signed attribute is unknown or there twice")?;
        }
        let missing = || structure("a signed attribute is missing");
        Ok(Self {
            content_type: content_type.ok_or_else(missing)?,
            message_digest: message_digest.ok_or_else(missing)?,
            signing_time: signing_time.ok_or_else(missing)?,
        })
    }
}

fn lds_security_object(content: &[u8]) -> Result<SecurityObject, VerifyError> {
    let mut outer = SliceReader::new(content)?;
    let parsed = outer.sequence(|reader| {
        let version = u8::decode(reader)?;
        let hash = HashAlgorithm::from_oid(without_parameters(reader.tlv_bytes()?)?)
            .ok_or_else(|| structure("unknown hash algorithm"))?;
        let hashes = reader.sequence(|list| {
            let mut hashes: Vec<(u8, Vec<u8>)> = Vec::new();
            while !list.is_finished() {
                let (number, value) = list.sequence(|entry| {
                    Ok::<_, VerifyError>((u8::decode(entry)?, <&OctetStringRef>::decode(entry)?.as_bytes()))
                })?;
                let previous = hashes.last().map_or(0, |(number, _)| *number);
                require(
                    previous < number && number <= 16,
                    "data group numbers are not 1 to 16 in order",
                )?;
                hashes.push((number, value.to_vec()));
            }
            Ok::<_, VerifyError>(hashes)
        })?;
        let version = match version {
            0 => LdsVersion::V0,
            1 => reader.sequence(|info| {
                let lds = PrintableStringRef::decode(info)?.as_str().to_owned();
                let unicode = PrintableStringRef::decode(info)?.as_str().to_owned();
                Ok::<_, VerifyError>(LdsVersion::V1 { lds, unicode })
            })?,
            _ => return Err(structure("unknown version of LDSSecurityObject")),
        };
        SecurityObject::new(hash, version, hashes).map_err(VerifyError::Structure)
    })?;
    outer.finish()?;
    Ok(parsed)
}

/// The next element's value; it must have this one-byte tag.
fn field<'a>(reader: &mut SliceReader<'a>, tag: u8) -> Result<&'a [u8], VerifyError> {
    let element = reader.tlv_bytes()?;
    let rest = element
        .strip_prefix(&[tag])
        .ok_or_else(|| structure("an element has another tag"))?;
    let (_, value) = der_length(rest).ok_or_else(|| structure("a length is malformed"))?;
    Ok(value)
}

/// Splits a DER length from what follows it.
fn der_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    if first < 0x80 {
        return Some((usize::from(first), rest));
    }
    let count = usize::from(first & 0x7F);
    if !(1..=4).contains(&count) || rest.len() < count {
        return None;
    }
    let (digits, rest) = rest.split_at(count);
    let length = digits
        .iter()
        .fold(0usize, |length, &digit| length << 8 | usize::from(digit));
    let minimal = digits[0] != 0 && length >= 0x80;
    minimal.then_some((length, rest))
}

/// An AlgorithmIdentifier that has no parameters, not even NULL.
fn without_parameters(element: &[u8]) -> Result<Oid, VerifyError> {
    let mut outer = SliceReader::new(element)?;
    let oid = outer.sequence(|reader| Ok::<_, VerifyError>(Oid::decode(reader)?))?;
    outer.finish()?;
    Ok(oid)
}

fn structure(why: &str) -> VerifyError {
    VerifyError::Structure(why.to_owned())
}

fn require(holds: bool, why: &str) -> Result<(), VerifyError> {
    if holds { Ok(()) } else { Err(structure(why)) }
}
