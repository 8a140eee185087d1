//! The document signer's certificate (9303-12 §7.1.1, tables 5 and 6).
//!
//! It is judged by the present profile. Certificates that were issued under the sixth edition differ (9303-12, appendix C); an inspection
//! system must take them, and this suite says in what they differ.

mod extensions;

use extensions::Extensions;

use super::der::{self, Sets, only, tag};
use super::objects::Object;
use super::public_key::{KeyInfo, PublicKey};
use super::signature::Scheme;
use crate::conformance::verdict::Played;

/// id-at-countryName: 2.5.4.6.
const COUNTRY_NAME: &[u8] = &[0x55, 0x04, 0x06];
/// id-at-commonName: 2.5.4.3.
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
/// id-at-serialNumber: 2.5.4.5.
const SERIAL_NUMBER: &[u8] = &[0x55, 0x04, 0x05];
/// Attributes with the syntax DirectoryString, beside commonName: locality, state, organization, unit, title.
const DIRECTORY_STRINGS: [&[u8]; 5] = [
    &[0x55, 0x04, 0x07],
    &[0x55, 0x04, 0x08],
    &[0x55, 0x04, 0x0A],
    &[0x55, 0x04, 0x0B],
    &[0x55, 0x04, 0x0C],
];

/// A certificate, its fields as they stand.
pub(super) struct Certificate<'a> {
    object: Object<'a>,
    version: Option<Object<'a>>,
    /// serialNumber.
    pub(super) serial: Object<'a>,
    signature: Object<'a>,
    /// issuer.
    pub(super) issuer: Object<'a>,
    validity: Object<'a>,
    subject: Object<'a>,
    key: Object<'a>,
    unique_id: Option<Object<'a>>,
    extensions: Option<Object<'a>>,
    algorithm: Object<'a>,
}

impl<'a> Certificate<'a> {
    /// Reads its structure.
    pub(super) fn read(object: &Object<'a>) -> Played<Self> {
        object.expect_tag(tag::SEQUENCE, "Certificate")?;
        let mut parts = object.inside();
        let body = parts.expect(tag::SEQUENCE, "TBSCertificate")?;
        let algorithm = parts.expect(tag::SEQUENCE, "signatureAlgorithm of the certificate")?;
        parts.expect(tag::BIT_STRING, "signatureValue")?;
        parts.end("Certificate")?;
        let mut fields = body.inside();
        let version = fields.optional(0xA0, "version")?;
        let serial = fields.expect(tag::INTEGER, "serialNumber")?;
        let signature = fields.expect(tag::SEQUENCE, "signature")?;
        let issuer = fields.expect(tag::SEQUENCE, "issuer")?;
        let validity = fields.expect(tag::SEQUENCE, "validity")?;
        let subject = fields.expect(tag::SEQUENCE, "subject")?;
        let key = fields.expect(tag::SEQUENCE, "subjectPublicKeyInfo")?;
        let issuer_id = fields.optional(0x81, "issuerUniqueID")?;
        let subject_id = fields.optional(0x82, "subjectUniqueID")?;
        let extensions = fields.optional(0xA3, "extensions")?;
        fields.end("TBSCertificate")?;
        Ok(Certificate {
            object: *object,
            version,
            serial,
            signature,
            issuer,
            validity,
            subject,
            key,
            unique_id: issuer_id.or(subject_id),
            extensions,
            algorithm,
        })
    }

    /// The public key.
    pub(super) fn public_key(&self) -> Played<PublicKey> {
        KeyInfo::read(&self.key)?.public_key()
    }

    /// The value of the extension subjectKeyIdentifier.
    pub(super) fn subject_key_identifier(&self) -> Option<&'a [u8]> {
        let extensions = Extensions::read(self.extensions.as_ref()?).ok()?;
        extensions.subject_key_identifier()
    }

    /// Every field and extension of the profile of a document signer.
    pub(super) fn check(&self) -> Played {
        der::check(&self.object, Sets::Sorted)?;
        self.check_version_and_serial()?;
        self.signature.must(
            self.signature.encoded == self.algorithm.encoded,
            "signature",
            || "expected the algorithm of signatureAlgorithm, found another".into(),
        )?;
        Scheme::of_identifier(&self.algorithm, None, "signatureAlgorithm of the certificate")?
            .hash()
            .must_be_allowed(&self.algorithm, "signatureAlgorithm of the certificate")?;
        let issuer = check_name(&self.issuer, "issuer")?;
        let subject = check_name(&self.subject, "subject")?;
        self.subject.must(issuer == subject, "countryName", || {
            format!(
                "expected {} of the issuer, found {}",
                issuer.escape_ascii(),
                subject.escape_ascii()
            )
        })?;
        check_validity(&self.validity)?;
        if let Some(id) = self.unique_id {
            return Err(id.flaw("unique identifiers", "expected none, found one"));
        }
        self.check_key()?;
        let extensions = self.extensions.as_ref();
        let extensions =
            extensions.ok_or_else(|| self.object.flaw("extensions", "expected them, found none"))?;
        Extensions::read(extensions)?.check()
    }

    fn check_version_and_serial(&self) -> Played {
        let version = self
            .version
            .ok_or_else(|| self.object.flaw("version", "expected v3, found none"))?;
        only(version.inside(), tag::INTEGER, "version")?.expect_value(&[2], "version")?;
        self.serial.positive("serialNumber")?;
        self.serial
            .must(self.serial.value.len() <= 20, "serialNumber", || {
                format!("expected at most 20 bytes, found {}", self.serial.value.len())
            })
    }

    /// Of a curve all parameters with the cofactor and the point uncompressed (9303-12 §4.1.6.3).
    fn check_key(&self) -> Played {
        match self.public_key()? {
            PublicKey::Ec { domain, .. } => self.key.must(domain.is_explicit, "subjectPublicKeyInfo", || {
                "expected explicit domain parameters with the cofactor, found less".into()
            }),
            PublicKey::Rsa { .. } | PublicKey::Other => Ok(()),
        }
    }
}

/// A name's attributes and their strings; gives the country.
fn check_name<'a>(name: &Object<'a>, field: &str) -> Played<&'a [u8]> {
    let (mut country, mut has_common_name) = (None, false);
    for relative in name.inside().all(field)? {
        relative.expect_tag(tag::SET, field)?;
        for attribute in relative.inside().all(field)? {
            attribute.expect_tag(tag::SEQUENCE, field)?;
            let mut parts = attribute.inside();
            let kind = parts.expect(tag::OBJECT_IDENTIFIER, field)?;
            let value = parts.next(field)?;
            parts.end(field)?;
            match kind.value {
                COUNTRY_NAME => {
                    value.expect_tag(tag::PRINTABLE_STRING, "countryName")?;
                    let is_code = value.value.len() == 2 && value.value.iter().all(u8::is_ascii_uppercase);
                    value.must(is_code, "countryName", || {
                        format!(
                            "expected two capital letters, found {}",
                            value.value.escape_ascii()
                        )
                    })?;
                    country = Some(value.value);
                }
                SERIAL_NUMBER => value.expect_tag(tag::PRINTABLE_STRING, "serialNumber of a name")?,
                kind if kind == COMMON_NAME || DIRECTORY_STRINGS.contains(&kind) => {
                    has_common_name |= kind == COMMON_NAME;
                    let fits = matches!(value.tag, tag::PRINTABLE_STRING | tag::UTF8_STRING);
                    value.must(fits, field, || {
                        format!(
                            "expected PrintableString or UTF8String, found tag {:02X}",
                            value.tag
                        )
                    })?;
                }
                _ => {}
            }
        }
    }
    name.must(has_common_name, field, || {
        "expected a commonName, found none".into()
    })?;
    country.ok_or_else(|| name.flaw(field, "expected a countryName, found none"))
}

/// Both times, UTCTime through 2049 and GeneralizedTime from 2050, the later one last.
fn check_validity(validity: &Object<'_>) -> Played {
    let mut times = validity.inside();
    let (not_before, not_after) = (times.next("notBefore")?, times.next("notAfter")?);
    times.end("validity")?;
    let (from, to) = (
        check_time(&not_before, "notBefore")?,
        check_time(&not_after, "notAfter")?,
    );
    not_after.must(from < to, "notAfter", || {
        "expected a time behind notBefore, found one before it".into()
    })
}

/// A time as YYYYMMDDHHMMSS.
fn check_time(time: &Object<'_>, field: &str) -> Played<String> {
    let expected = "expected YYMMDDHHMMSSZ through 2049 and YYYYMMDDHHMMSSZ from 2050";
    let wrong = || time.flaw(field, &format!("{expected}, found {}", time.value.escape_ascii()));
    let text = std::str::from_utf8(time.value).map_err(|_| wrong())?;
    let digits = text
        .strip_suffix('Z')
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let digits = digits.ok_or_else(wrong)?;
    match (time.tag, digits.len()) {
        (tag::UTC_TIME, 12) => Ok(format!("{}{digits}", if digits < "50" { "20" } else { "19" })),
        (tag::GENERALIZED_TIME, 14) if digits >= "2050" => Ok(digits.to_owned()),
        _ => Err(wrong()),
    }
}
