//! The rules of 9303-12 Tables 5 and 6, checked on a finished certificate.
//!
//! Written against the tables and not against the code that assembles certificates; it shares nothing with
//! it but the decoders. Whatever this project signs passes before it is returned.

use der::asn1::{PrintableStringRef, Utf8StringRef};
use der::{Decode, Encode, Tag, Tagged};
use time::{Duration, OffsetDateTime};
use x509_cert::certificate::TbsCertificate;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, CrlDistributionPoints, IssuerAltName, KeyUsage, KeyUsages,
    PrivateKeyUsagePeriod, SubjectAltName, SubjectKeyIdentifier,
};
use x509_cert::name::Name;
use x509_cert::time::Time;
use x509_cert::{Certificate, Version};

use super::PkiError;
use super::document_types::document_types;
use super::explicit_parameters::{CurveForm, ec_public_key};
use super::name::{COMMON_NAME, COUNTRY_NAME, attribute, mrz_country};
use super::time::{from_certificate_time, from_generalized_time};

/// What a certificate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// CSCA self-signed root.
    Csca,
    /// Document signer.
    DocumentSigner,
}

/// Refuses a certificate that breaks its profile.
///
/// # Errors
/// [`PkiError::Profile`] with every rule broken, [`PkiError::Encoding`].
pub fn require(what: &'static str, der: &[u8], role: Role, form: CurveForm) -> Result<(), PkiError> {
    let violations = violations(&Certificate::from_der(der)?, role, form);
    if violations.is_empty() {
        return Ok(());
    }
    Err(PkiError::Profile {
        what,
        violations: violations.join("; "),
    })
}

/// The rules that a certificate breaks, each as "field: rule". Empty when it keeps them all.
///
/// `form` is how its curve must be described; 9303-12 §4.1.6.3 wants explicit parameters, only a
/// named-curve twin is judged by another measure. Never panics.
pub fn violations(certificate: &Certificate, role: Role, form: CurveForm) -> Vec<String> {
    let mut list = Violations(Vec::new());
    let tbs = certificate.tbs_certificate();
    body(&mut list, certificate, role, form);
    let Some(extensions) = tbs.extensions() else {
        list.add("extensions", "must be present");
        return list.0;
    };
    allowed_extensions(&mut list, extensions, role);
    names(&mut list, tbs, role);
    key_usage(&mut list, tbs, role);
    basic_constraints(&mut list, tbs, role);
    key_identifiers(&mut list, tbs, role);
    usage_period(&mut list, tbs, role);
    distribution_points(&mut list, tbs);
    if role == Role::DocumentSigner
        && !matches!(document_types(certificate), Ok(Some(types)) if !types.is_empty())
    {
        list.add("documentTypeList", "must name at least one document type");
    }
    list.0
}

struct Violations(Vec<String>);

impl Violations {
    fn add(&mut self, field: &str, rule: &str) {
        self.0.push(format!("{field}: {rule}"));
    }

    fn require(&mut self, holds: bool, field: &str, rule: &str) {
        if !holds {
            self.add(field, rule);
        }
    }
}

/// Table 5.
fn body(list: &mut Violations, certificate: &Certificate, role: Role, form: CurveForm) {
    let tbs = certificate.tbs_certificate();
    list.require(tbs.version() == Version::V3, "version", "must be v3");
    let serial = tbs.serial_number().as_bytes();
    list.require(
        !serial.is_empty() && serial.len() <= 20 && serial[0] < 0x80 && serial.iter().any(|&byte| byte != 0),
        "serialNumber",
        "must be positive and at most 20 octets",
    );
    list.require(
        tbs.signature() == certificate.signature_algorithm(),
        "signature",
        "must be the same inside and outside the signed part",
    );
    for (field, name) in [("issuer", tbs.issuer()), ("subject", tbs.subject())] {
        distinguished_name(list, field, name);
    }
    list.require(
        attribute(tbs.issuer(), COUNTRY_NAME) == attribute(tbs.subject(), COUNTRY_NAME),
        "subject",
        "countryName must be the issuer's",
    );
    if role == Role::Csca {
        list.require(tbs.issuer() == tbs.subject(), "subject", "must be the issuer");
    }
    for (field, time) in [
        ("notBefore", tbs.validity().not_before),
        ("notAfter", tbs.validity().not_after),
    ] {
        let year = from_certificate_time(&time).year();
        let rule = "must be UTCTime through 2049 and GeneralizedTime from 2050";
        list.require(matches!(time, Time::UtcTime(_)) == (year < 2050), field, rule);
    }
    let (not_before, not_after) = validity(tbs);
    list.require(not_before < not_after, "validity", "must end after it begins");
    list.require(
        tbs.issuer_unique_id().is_none() && tbs.subject_unique_id().is_none(),
        "unique identifiers",
        "must not be present",
    );
    match ec_public_key(tbs.subject_public_key_info()) {
        Ok(key) => list.require(
            key.form == form,
            "subjectPublicKeyInfo",
            "describes the curve in the other form",
        ),
        Err(error) => list.add("subjectPublicKeyInfo", &error.to_string()),
    }
}

fn distinguished_name(list: &mut Violations, field: &str, name: &Name) {
    let country_is_good = name.iter().any(|part| {
        part.oid == COUNTRY_NAME
            && part
                .value
                .decode_as::<PrintableStringRef<'_>>()
                .is_ok_and(|text| {
                    let code = text.as_str();
                    code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase())
                })
    });
    list.require(
        country_is_good,
        field,
        "countryName must be two upper-case letters, PrintableString",
    );
    list.require(
        attribute(name, COMMON_NAME).is_some(),
        field,
        "commonName must be present",
    );
    for part in name.iter() {
        let readable = match part.value.tag() {
            Tag::PrintableString => part.value.decode_as::<PrintableStringRef<'_>>().is_ok(),
            Tag::Utf8String => part.value.decode_as::<Utf8StringRef<'_>>().is_ok(),
            _ => false,
        };
        list.require(
            readable,
            field,
            "attributes must be PrintableString or UTF8String",
        );
    }
}

/// Table 6, the columns "x": what must not be there; and no extension twice.
fn allowed_extensions(list: &mut Violations, extensions: &[Extension], role: Role) {
    const POLICY_MAPPINGS: &str = "2.5.29.33";
    const NAME_CONSTRAINTS: &str = "2.5.29.30";
    const POLICY_CONSTRAINTS: &str = "2.5.29.36";
    const SUBJECT_DIRECTORY_ATTRIBUTES: &str = "2.5.29.9";
    const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
    const INHIBIT_ANY_POLICY: &str = "2.5.29.54";
    const FRESHEST_CRL: &str = "2.5.29.46";
    const NETSCAPE_CERTIFICATE_TYPE: &str = "2.16.840.1.113730.1.1";
    const DOCUMENT_TYPE_LIST: &str = "2.23.136.1.1.6.2";
    const NAME_CHANGE: &str = "2.23.136.1.1.6.1";
    const BASIC_CONSTRAINTS: &str = "2.5.29.19";
    let common = [
        POLICY_MAPPINGS,
        NAME_CONSTRAINTS,
        POLICY_CONSTRAINTS,
        SUBJECT_DIRECTORY_ATTRIBUTES,
        EXTENDED_KEY_USAGE,
        INHIBIT_ANY_POLICY,
        FRESHEST_CRL,
        NETSCAPE_CERTIFICATE_TYPE,
    ];
    let of_role: &[&str] = match role {
        Role::Csca => &[DOCUMENT_TYPE_LIST],
        Role::DocumentSigner => &[BASIC_CONSTRAINTS, NAME_CHANGE],
    };
    for (index, extension) in extensions.iter().enumerate() {
        let oid = extension.extn_id.to_string();
        if common.contains(&oid.as_str()) || of_role.contains(&oid.as_str()) {
            list.add(&format!("extension {oid}"), "must not be present");
        }
        if extensions[..index]
            .iter()
            .any(|earlier| earlier.extn_id == extension.extn_id)
        {
            list.add(&format!("extension {oid}"), "is there twice");
        }
        let critical_ones = ["2.5.29.15", BASIC_CONSTRAINTS];
        if extension.critical && !critical_ones.contains(&oid.as_str()) {
            list.add(&format!("extension {oid}"), "must not be critical");
        }
    }
}

/// §7.1.1.2.
fn names(list: &mut Violations, tbs: &TbsCertificate, role: Role) {
    let subject = tbs
        .get_extension::<SubjectAltName>()
        .ok()
        .flatten()
        .map(|(_, names)| names.0);
    let issuer = tbs
        .get_extension::<IssuerAltName>()
        .ok()
        .flatten()
        .map(|(_, names)| names.0);
    for (field, names) in [("subjectAltName", &subject), ("issuerAltName", &issuer)] {
        let country = names.as_ref().and_then(mrz_country);
        list.require(
            country.is_some_and(|code| (1..=3).contains(&code.len())),
            field,
            "must be present with a directoryName that has the MRZ's country code as localityName",
        );
    }
    if role == Role::Csca {
        list.require(
            subject == issuer,
            "issuerAltName",
            "must be the subjectAltName in a self-signed root",
        );
    }
}

fn key_usage(list: &mut Violations, tbs: &TbsCertificate, role: Role) {
    let expected = match role {
        Role::Csca => KeyUsages::KeyCertSign | KeyUsages::CRLSign,
        Role::DocumentSigner => KeyUsages::DigitalSignature.into(),
    };
    let holds = matches!(tbs.get_extension::<KeyUsage>(), Ok(Some((true, usage))) if usage.0 == expected);
    let rule = match role {
        Role::Csca => "must be critical with keyCertSign and cRLSign alone",
        Role::DocumentSigner => "must be critical with digitalSignature alone",
    };
    list.require(holds, "keyUsage", rule);
}

fn basic_constraints(list: &mut Violations, tbs: &TbsCertificate, role: Role) {
    if role == Role::Csca {
        let holds = matches!(
            tbs.get_extension::<BasicConstraints>(),
            Ok(Some((
                true,
                BasicConstraints {
                    ca: true,
                    path_len_constraint: Some(0)
                }
            )))
        );
        list.require(
            holds,
            "basicConstraints",
            "must be critical with cA TRUE and path length 0",
        );
    }
}

fn key_identifiers(list: &mut Violations, tbs: &TbsCertificate, role: Role) {
    let subject = tbs.get_extension::<SubjectKeyIdentifier>();
    let authority = tbs.get_extension::<AuthorityKeyIdentifier>();
    match role {
        Role::Csca => {
            list.require(
                matches!(subject, Ok(Some(_))),
                "subjectKeyIdentifier",
                "must be present",
            );
        }
        Role::DocumentSigner => {
            let holds = matches!(&authority, Ok(Some((_, found))) if found.key_identifier.is_some());
            list.require(
                holds,
                "authorityKeyIdentifier",
                "must be present with a keyIdentifier",
            );
        }
    }
}

/// Table 6; §4.1.1.2 for the length.
fn usage_period(list: &mut Violations, tbs: &TbsCertificate, role: Role) {
    const FIELD: &str = "privateKeyUsagePeriod";
    let Ok(Some((_, period))) = tbs.get_extension::<PrivateKeyUsagePeriod>() else {
        list.add(FIELD, "must be present");
        return;
    };
    let (not_before, not_after) = validity(tbs);
    let begin = period
        .not_before
        .as_ref()
        .map_or(not_before, from_generalized_time);
    let Some(end) = period.not_after.as_ref().map(from_generalized_time) else {
        list.add(FIELD, "must say when the use of the key ends");
        return;
    };
    list.require(
        begin >= not_before && begin < end && end < not_after,
        FIELD,
        "must lie within the validity",
    );
    let longest = match role {
        Role::Csca => Duration::days(5 * 366),
        Role::DocumentSigner => Duration::days(92),
    };
    list.require(end - begin <= longest, FIELD, "is longer than 9303-12 allows");
}

fn distribution_points(list: &mut Violations, tbs: &TbsCertificate) {
    let reachable = |name: &GeneralName| match name {
        GeneralName::UniformResourceIdentifier(uri) => ["http://", "https://", "ldap://"]
            .iter()
            .any(|scheme| uri.as_str().starts_with(scheme)),
        _ => false,
    };
    let holds = tbs.get_extension::<CrlDistributionPoints>().ok().flatten().is_some_and(|(_, points)| {
        !points.0.is_empty()
            && points.0.iter().all(|point| {
                let named = matches!(
                    &point.distribution_point,
                    Some(DistributionPointName::FullName(names)) if !names.is_empty() && names.iter().all(reachable)
                );
                named && point.reasons.is_none() && point.crl_issuer.is_none()
            })
    });
    list.require(
        holds,
        "cRLDistributionPoints",
        "must be present with ldap, http or https URLs and nothing else",
    );
}

fn validity(tbs: &TbsCertificate) -> (OffsetDateTime, OffsetDateTime) {
    let validity = tbs.validity();
    (
        from_certificate_time(&validity.not_before),
        from_certificate_time(&validity.not_after),
    )
}

/// Whether every byte of a certificate is DER: it re-encodes to itself. Never panics.
#[must_use]
pub fn is_canonical(der: &[u8]) -> bool {
    Certificate::from_der(der).is_ok_and(|certificate| certificate.to_der().is_ok_and(|again| again == der))
}
