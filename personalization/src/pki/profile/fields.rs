//! 9303-12 Table 5 and §7.1.1.1: the fields of a certificate.

use der::asn1::{PrintableStringRef, Utf8StringRef};
use der::{Tag, Tagged};
use time::OffsetDateTime;
use x509_cert::certificate::TbsCertificate;
use x509_cert::name::Name;
use x509_cert::time::Time;
use x509_cert::{Certificate, Version};

use super::rules::{Role, Violations};
use crate::pki::certificate::public_key;
use crate::pki::explicit_parameters::{CurveForm, ec_public_key};
use crate::pki::name::{COMMON_NAME, COUNTRY_NAME, attribute};
use crate::pki::time::from_certificate_time;

/// Table 5.
pub(super) fn body(list: &mut Violations, certificate: &Certificate, role: Role, form: CurveForm) {
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
        Err(_) if public_key(certificate).is_ok() => {} // RSA has no curve to describe
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

/// notBefore and notAfter.
pub(super) fn validity(tbs: &TbsCertificate) -> (OffsetDateTime, OffsetDateTime) {
    let validity = tbs.validity();
    (
        from_certificate_time(&validity.not_before),
        from_certificate_time(&validity.not_after),
    )
}
