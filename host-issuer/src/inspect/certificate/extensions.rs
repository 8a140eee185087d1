//! The extensions of a certificate, as far as the inspection looks at them (Doc 9303-12 Table 6).

use ::time::OffsetDateTime;
use const_oid::ObjectIdentifier;
use const_oid::db::rfc5280;
use der::Decode;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectKeyIdentifier,
};

use super::name::{directory_names, locality_of};
use crate::inspect::asn1::{Asn1Error, Element, only, tag};
use crate::inspect::time;

/// privateKeyUsagePeriod (RFC 3280 §4.2.1.4)
const PRIVATE_KEY_USAGE_PERIOD: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.16");
/// id-icao-mrtd-security-extensions-documentTypeList (Doc 9303-12 §7.1.1)
const DOCUMENT_TYPE_LIST: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.6.2");
/// id-icao-mrtd-security-extensions-nameChange (Doc 9303-12 §7.1.1.5)
const NAME_CHANGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.6.1");

/// Serial numbers of any length and sign are read: CSCA in use have such, whatever RFC 5280 says.
pub(super) type CertificateInner = x509_cert::certificate::CertificateInner<x509_cert::certificate::Raw>;

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
    /// The subject's State and the issuer's as the MRZ writes them: the locality of the directory name among their alternative names
    /// (Doc 9303-12 §7.1.1.2).
    pub(crate) subject_state: Option<String>,
    pub(crate) issuer_state: Option<String>,
    /// The certificate tells that its CSCA changes its name.
    pub(crate) name_change: bool,
    /// Critical extensions this program does not know; such a certificate must not be used
    /// (RFC 5280 §4.2).
    pub(crate) unknown_critical: Vec<ObjectIdentifier>,
}

impl Extensions {
    pub(super) fn read(certificate: &CertificateInner) -> Result<Self, Asn1Error> {
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
            match extension.extn_id {
                rfc5280::ID_CE_KEY_USAGE => {
                    let usage = KeyUsage::from_der(value).map_err(malformed)?;
                    extensions.key_usage = Some((extension.critical, usage));
                }
                rfc5280::ID_CE_EXT_KEY_USAGE => {
                    extensions.extended_key_usage =
                        Some(ExtendedKeyUsage::from_der(value).map_err(malformed)?);
                }
                rfc5280::ID_CE_BASIC_CONSTRAINTS => {
                    extensions.basic_constraints =
                        Some(BasicConstraints::from_der(value).map_err(malformed)?);
                }
                rfc5280::ID_CE_AUTHORITY_KEY_IDENTIFIER => {
                    let identifier = AuthorityKeyIdentifier::from_der(value).map_err(malformed)?;
                    extensions.authority_key_identifier = identifier
                        .key_identifier
                        .map(|identifier| identifier.as_bytes().to_vec());
                }
                rfc5280::ID_CE_SUBJECT_KEY_IDENTIFIER => {
                    let identifier = SubjectKeyIdentifier::from_der(value).map_err(malformed)?;
                    extensions.subject_key_identifier = Some(identifier.0.as_bytes().to_vec());
                }
                PRIVATE_KEY_USAGE_PERIOD => {
                    extensions.private_key_usage_period = Some(key_usage_period(value)?);
                }
                DOCUMENT_TYPE_LIST => {
                    extensions.document_types = Some(document_types(value)?);
                }
                NAME_CHANGE => extensions.name_change = true,
                rfc5280::ID_CE_SUBJECT_ALT_NAME => extensions.subject_state = mrz_state(value),
                rfc5280::ID_CE_ISSUER_ALT_NAME => extensions.issuer_state = mrz_state(value),
                // CRL distribution points, policies: they say nothing that would forbid the use of the key.
                rfc5280::ID_CE_CRL_DISTRIBUTION_POINTS | rfc5280::ID_CE_CERTIFICATE_POLICIES => {}
                _ if extension.critical => extensions.unknown_critical.push(extension.extn_id),
                _ => {}
            }
        }
        Ok(extensions)
    }
}

/// The State that alternative names name. Certificates in use have other things there as well: what is no code of the MRZ says nothing.
fn mrz_state(names: &[u8]) -> Option<String> {
    let is_code = |text: &String| {
        (1..=3).contains(&text.len()) && text.bytes().all(|letter| letter.is_ascii_uppercase())
    };
    let names = directory_names(names, "alternative names").ok()?;
    names.iter().filter_map(locality_of).find(is_code)
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
