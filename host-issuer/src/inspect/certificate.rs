//! An X.509 certificate as read: the bytes that were signed, and what Doc 9303-12 §7 says about it.

use std::fmt;

use ::time::OffsetDateTime;
use const_oid::ObjectIdentifier;
use der::Decode;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectKeyIdentifier,
};
use x509_cert::name::Name;

use super::asn1::{Asn1Error, Element, Reader, only, tag};
use super::hash::AlgorithmIdentifier;
use super::signature::{PublicKey, Scheme, SignatureError};
use super::time;

/// privateKeyUsagePeriod (RFC 3280 §4.2.1.4)
const PRIVATE_KEY_USAGE_PERIOD: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.16");
/// id-icao-mrtd-security-extensions-documentTypeList (Doc 9303-12 §7.1.1)
const DOCUMENT_TYPE_LIST: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.6.2");

/// Certificates larger than this are refused unread; the largest in use have about 4 KiB.
const SIZE_LIMIT: usize = 32 * 1024;

/// A certificate, its signed bytes and its extensions.
#[derive(Clone)]
pub struct Certificate {
    raw: Vec<u8>,
    tbs: Vec<u8>,
    signature_algorithm: AlgorithmIdentifier,
    signature: Vec<u8>,
    spki: Vec<u8>,
    issuer_raw: Vec<u8>,
    serial_raw: Vec<u8>,
    not_before: OffsetDateTime,
    not_after: OffsetDateTime,
    extensions: Extensions,
    inner: x509_cert::Certificate,
}

/// The extensions the inspection looks at. `None`: absent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Extensions {
    pub(crate) key_usage: Option<(bool, KeyUsage)>,
    pub(crate) extended_key_usage: Option<ExtendedKeyUsage>,
    pub(crate) basic_constraints: Option<BasicConstraints>,
    pub(crate) authority_key_identifier: Option<Vec<u8>>,
    pub(crate) subject_key_identifier: Option<Vec<u8>>,
    /// Start and end of the time in which the private key may sign.
    pub(crate) private_key_usage_period: Option<(Option<OffsetDateTime>, Option<OffsetDateTime>)>,
    /// Document types as in the MRZ, such as `P` or `ID`.
    pub(crate) document_types: Option<Vec<String>>,
    /// Critical extensions this program does not know; such a certificate must not be used
    /// (RFC 5280 §4.2).
    pub(crate) unknown_critical: Vec<ObjectIdentifier>,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Certificate")
            .field("subject", &self.subject())
            .finish_non_exhaustive()
    }
}

impl Certificate {
    /// Reads a DER certificate.
    ///
    /// # Errors
    /// When the bytes are not a certificate of RFC 5280, or larger than any in use.
    pub fn from_der(raw: &[u8]) -> Result<Self, Asn1Error> {
        if raw.len() > SIZE_LIMIT {
            return Err(Asn1Error::Value(format!("certificate of {} bytes", raw.len())));
        }
        let mut fields = only(raw, tag::SEQUENCE, "Certificate")?.reader();
        let tbs = fields.expect(tag::SEQUENCE, "TBSCertificate")?;
        let signature_algorithm = AlgorithmIdentifier::read(&mut fields, "signatureAlgorithm")?;
        let signature = fields.next("signatureValue")?.bits("signatureValue")?;
        fields.finish("Certificate")?;

        let mut tbs_fields = tbs.reader();
        tbs_fields.optional(tag::CONTEXT_0, "version")?;
        let serial = tbs_fields.expect(tag::INTEGER, "serialNumber")?;
        let inner_algorithm = AlgorithmIdentifier::read(&mut tbs_fields, "TBSCertificate.signature")?;
        if inner_algorithm != signature_algorithm {
            return Err(Asn1Error::Value(
                "Certificate: two different signature algorithms".into(),
            ));
        }
        let issuer = tbs_fields.expect(tag::SEQUENCE, "issuer")?;
        let mut validity = tbs_fields.expect(tag::SEQUENCE, "validity")?.reader();
        let not_before = time::parse(&validity.next("notBefore")?, "notBefore")?;
        let not_after = time::parse(&validity.next("notAfter")?, "notAfter")?;
        tbs_fields.expect(tag::SEQUENCE, "subject")?;
        let spki = tbs_fields.expect(tag::SEQUENCE, "subjectPublicKeyInfo")?;

        let inner = x509_cert::Certificate::from_der(raw)
            .map_err(|error| Asn1Error::Value(format!("Certificate: {error}")))?;
        Ok(Self {
            raw: raw.to_vec(),
            tbs: tbs.raw.to_vec(),
            signature_algorithm,
            signature: signature.to_vec(),
            spki: spki.raw.to_vec(),
            issuer_raw: issuer.raw.to_vec(),
            serial_raw: serial.body.to_vec(),
            not_before,
            not_after,
            extensions: Extensions::read(&inner)?,
            inner,
        })
    }

    /// The whole certificate as read.
    #[must_use]
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// Subject, as RFC 4514 writes it.
    #[must_use]
    pub fn subject(&self) -> String {
        self.inner.tbs_certificate().subject().to_string()
    }

    /// Issuer, as RFC 4514 writes it.
    #[must_use]
    pub fn issuer(&self) -> String {
        self.inner.tbs_certificate().issuer().to_string()
    }

    /// Serial number in hexadecimal.
    #[must_use]
    pub fn serial(&self) -> String {
        hex::encode_upper(&self.serial_raw)
    }

    /// First moment of validity.
    #[must_use]
    pub fn not_before(&self) -> OffsetDateTime {
        self.not_before
    }

    /// Last moment of validity.
    #[must_use]
    pub fn not_after(&self) -> OffsetDateTime {
        self.not_after
    }

    pub(crate) fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    pub(crate) fn is_version_3(&self) -> bool {
        self.inner.tbs_certificate().version() == x509_cert::Version::V3
    }

    pub(crate) fn serial_bytes(&self) -> &[u8] {
        &self.serial_raw
    }

    pub(crate) fn subject_name(&self) -> &Name {
        self.inner.tbs_certificate().subject()
    }

    pub(crate) fn issuer_name(&self) -> &Name {
        self.inner.tbs_certificate().issuer()
    }

    /// True when `issuer` (raw Name) and `serial` (INTEGER contents) point at this certificate.
    pub(crate) fn is_identified_by(&self, issuer: &[u8], serial: &[u8]) -> bool {
        if self.serial_raw != serial {
            return false;
        }
        self.issuer_raw == issuer
            || Name::from_der(issuer).is_ok_and(|name| same_name(&name, self.issuer_name()))
    }

    /// True when this certificate may have issued `other`: names match, and key identifiers where
    /// both are there (Doc 9303-12 §7.1.1: a CSCA keeps its name over several keys).
    pub(crate) fn may_have_issued(&self, other: &Self) -> bool {
        let identifiers_agree = match (
            &self.extensions.subject_key_identifier,
            &other.extensions.authority_key_identifier,
        ) {
            (Some(own), Some(wanted)) => own == wanted,
            _ => true,
        };
        identifiers_agree && same_name(self.subject_name(), other.issuer_name())
    }

    /// Country of the subject, two or three capital letters.
    pub(crate) fn country(&self) -> Option<String> {
        country_of(self.subject_name())
    }

    /// The public key.
    pub(crate) fn public_key(&self) -> Result<PublicKey, SignatureError> {
        PublicKey::from_spki(&self.spki)
    }

    /// How this certificate was signed.
    pub(crate) fn scheme(&self) -> Result<Scheme, SignatureError> {
        Scheme::from_algorithm(&self.signature_algorithm, None)
    }

    /// Verifies that `issuer`'s key signed this certificate.
    pub(crate) fn verify_signed_by(&self, issuer: &Self) -> Result<(), SignatureError> {
        issuer
            .public_key()?
            .verify(self.scheme()?, &self.tbs, &self.signature)
    }

    /// A CSCA: may sign certificates (Doc 9303-12 §7.1.1: basicConstraints cA, keyCertSign).
    pub(crate) fn is_ca(&self) -> bool {
        self.extensions
            .basic_constraints
            .as_ref()
            .is_some_and(|constraints| constraints.ca)
            && self
                .extensions
                .key_usage
                .as_ref()
                .is_some_and(|(_, usage)| usage.key_cert_sign())
    }

    /// True when subject and issuer are the same name.
    pub(crate) fn is_self_issued(&self) -> bool {
        same_name(self.subject_name(), self.issuer_name())
    }
}

impl Extensions {
    fn read(certificate: &x509_cert::Certificate) -> Result<Self, Asn1Error> {
        let tbs = certificate.tbs_certificate();
        let malformed = |error: der::Error| Asn1Error::Value(format!("certificate extension: {error}"));
        let mut extensions = Self::default();
        let mut seen = Vec::new();
        for extension in tbs.extensions().into_iter().flatten() {
            if seen.contains(&extension.extn_id) {
                return Err(Asn1Error::Value(format!(
                    "certificate extension {} twice",
                    extension.extn_id
                )));
            }
            seen.push(extension.extn_id);
            let value = extension.extn_value.as_bytes();
            match extension.extn_id.to_string().as_str() {
                "2.5.29.15" => {
                    let usage = KeyUsage::from_der(value).map_err(malformed)?;
                    extensions.key_usage = Some((extension.critical, usage));
                }
                "2.5.29.37" => {
                    extensions.extended_key_usage =
                        Some(ExtendedKeyUsage::from_der(value).map_err(malformed)?);
                }
                "2.5.29.19" => {
                    extensions.basic_constraints =
                        Some(BasicConstraints::from_der(value).map_err(malformed)?);
                }
                "2.5.29.35" => {
                    let identifier = AuthorityKeyIdentifier::from_der(value).map_err(malformed)?;
                    extensions.authority_key_identifier = identifier
                        .key_identifier
                        .map(|identifier| identifier.as_bytes().to_vec());
                }
                "2.5.29.14" => {
                    let identifier = SubjectKeyIdentifier::from_der(value).map_err(malformed)?;
                    extensions.subject_key_identifier = Some(identifier.0.as_bytes().to_vec());
                }
                _ if extension.extn_id == PRIVATE_KEY_USAGE_PERIOD => {
                    extensions.private_key_usage_period = Some(key_usage_period(value)?);
                }
                _ if extension.extn_id == DOCUMENT_TYPE_LIST => {
                    extensions.document_types = Some(document_types(value)?);
                }
                // issuerAltName, subjectAltName, CRL distribution points, policies: they say nothing
                // that would forbid the use of the key.
                "2.5.29.17" | "2.5.29.18" | "2.5.29.31" | "2.5.29.32" => {}
                _ if extension.critical => extensions.unknown_critical.push(extension.extn_id),
                _ => {}
            }
        }
        Ok(extensions)
    }
}

/// ```text
/// PrivateKeyUsagePeriod ::= SEQUENCE { notBefore [0] GeneralizedTime OPTIONAL,
///                                      notAfter  [1] GeneralizedTime OPTIONAL }
/// ```
fn key_usage_period(value: &[u8]) -> Result<(Option<OffsetDateTime>, Option<OffsetDateTime>), Asn1Error> {
    let mut fields = only(value, tag::SEQUENCE, "PrivateKeyUsagePeriod")?.reader();
    let read = |element: Option<Element<'_>>| {
        element
            .map(|element| time::parse(&element, "PrivateKeyUsagePeriod"))
            .transpose()
    };
    let not_before = read(fields.optional(tag::CONTEXT_0_PRIMITIVE, "PrivateKeyUsagePeriod.notBefore")?)?;
    let not_after = read(fields.optional(0x81, "PrivateKeyUsagePeriod.notAfter")?)?;
    fields.finish("PrivateKeyUsagePeriod")?;
    Ok((not_before, not_after))
}

/// `DocumentTypeListSyntax ::= SEQUENCE { version INTEGER {v0(0)}, docTypeList SET OF PrintableString }`
fn document_types(value: &[u8]) -> Result<Vec<String>, Asn1Error> {
    let mut fields = only(value, tag::SEQUENCE, "DocumentTypeList")?.reader();
    fields.expect(tag::INTEGER, "DocumentTypeList.version")?;
    let mut list = fields.expect(tag::SET, "docTypeList")?.reader();
    let mut types = Vec::new();
    while !list.is_empty() {
        let entry = list.expect(tag::PRINTABLE_STRING, "DocumentType")?;
        types.push(String::from_utf8_lossy(entry.body).into_owned());
    }
    Ok(types)
}

/// Compares names as RFC 5280 §7.1 asks at the least: byte for byte, else attribute by attribute
/// without regard to case, string type and surrounding or doubled spaces.
pub(crate) fn same_name(left: &Name, right: &Name) -> bool {
    if left == right {
        return true;
    }
    let folded = |name: &Name| -> Vec<Vec<(ObjectIdentifier, String)>> {
        name.iter_rdn()
            .map(|rdn| {
                let mut attributes: Vec<_> = rdn
                    .iter()
                    .map(|attribute| {
                        let text = String::from_utf8_lossy(attribute.value.value()).to_lowercase();
                        (
                            attribute.oid,
                            text.split_whitespace().collect::<Vec<_>>().join(" "),
                        )
                    })
                    .collect();
                attributes.sort();
                attributes
            })
            .collect()
    };
    folded(left) == folded(right)
}

/// The countryName of a name, in capitals.
pub(crate) fn country_of(name: &Name) -> Option<String> {
    const COUNTRY_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
    name.iter()
        .find(|attribute| attribute.oid == COUNTRY_NAME)
        .map(|attribute| String::from_utf8_lossy(attribute.value.value()).to_uppercase())
}

/// The raw bytes of a name, for comparisons with names that were read elsewhere.
pub(crate) fn parse_name(raw: &[u8]) -> Result<Name, Asn1Error> {
    let mut reader = Reader::new(raw);
    reader.expect(tag::SEQUENCE, "Name")?;
    reader.finish("Name")?;
    Name::from_der(raw).map_err(|error| Asn1Error::Value(format!("Name: {error}")))
}
