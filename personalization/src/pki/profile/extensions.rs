//! 9303-12 Table 6 and §7.1.1.2 to §7.1.1.6: the extensions of a certificate.

use time::Duration;
use x509_cert::Certificate;
use x509_cert::certificate::TbsCertificate;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, CrlDistributionPoints, ExtendedKeyUsage, IssuerAltName,
    KeyUsage, KeyUsages, PrivateKeyUsagePeriod, SubjectAltName, SubjectKeyIdentifier,
};

use super::fields::validity;
use super::rules::{NAME_CHANGE, Role, Violations};
use crate::pki::document_types::document_types;
use crate::pki::name::mrz_country;
use crate::pki::time::from_generalized_time;

/// DER of NULL, which is all that the name-change extension holds.
const NULL: &[u8] = &[0x05, 0x00];

/// Every rule about extensions.
pub(super) fn check(list: &mut Violations, certificate: &Certificate, role: Role) {
    let tbs = certificate.tbs_certificate();
    let Some(extensions) = tbs.extensions() else {
        list.add("extensions", "must be present");
        return;
    };
    allowed_extensions(list, extensions, role);
    names(list, tbs, role);
    key_usage(list, tbs, role);
    extended_key_usage(list, tbs, role);
    basic_constraints(list, tbs, role);
    key_identifiers(list, tbs, role);
    name_change(list, tbs, role);
    usage_period(list, tbs, role);
    distribution_points(list, tbs);
    if role == Role::DocumentSigner
        && !matches!(document_types(certificate), Ok(Some(types)) if !types.is_empty())
    {
        list.add("documentTypeList", "must name at least one document type");
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
    const BASIC_CONSTRAINTS: &str = "2.5.29.19";
    let common = [
        POLICY_MAPPINGS,
        NAME_CONSTRAINTS,
        POLICY_CONSTRAINTS,
        SUBJECT_DIRECTORY_ATTRIBUTES,
        INHIBIT_ANY_POLICY,
        FRESHEST_CRL,
        NETSCAPE_CERTIFICATE_TYPE,
    ];
    let of_role: &[&str] = match role {
        Role::Csca | Role::CscaLink => &[DOCUMENT_TYPE_LIST, EXTENDED_KEY_USAGE],
        Role::DocumentSigner => &[BASIC_CONSTRAINTS, EXTENDED_KEY_USAGE],
        Role::MasterListSigner | Role::DeviationListSigner => &[BASIC_CONSTRAINTS, DOCUMENT_TYPE_LIST],
    };
    for (index, extension) in extensions.iter().enumerate() {
        let oid = extension.extn_id.to_string();
        let changes_name = extension.extn_id == NAME_CHANGE && !role.is_ca();
        if common.contains(&oid.as_str()) || of_role.contains(&oid.as_str()) || changes_name {
            list.add(&format!("extension {oid}"), "must not be present");
        }
        if extensions[..index]
            .iter()
            .any(|earlier| earlier.extn_id == extension.extn_id)
        {
            list.add(&format!("extension {oid}"), "is there twice");
        }
        let critical_ones = ["2.5.29.15", BASIC_CONSTRAINTS, EXTENDED_KEY_USAGE];
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
    let expected = if role.is_ca() {
        KeyUsages::KeyCertSign | KeyUsages::CRLSign
    } else {
        KeyUsages::DigitalSignature.into()
    };
    let holds = matches!(tbs.get_extension::<KeyUsage>(), Ok(Some((true, usage))) if usage.0 == expected);
    let rule = if role.is_ca() {
        "must be critical with keyCertSign and cRLSign alone"
    } else {
        "must be critical with digitalSignature alone"
    };
    list.require(holds, "keyUsage", rule);
}

fn basic_constraints(list: &mut Violations, tbs: &TbsCertificate, role: Role) {
    if role.is_ca() {
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

/// §7.1.1.3.
fn extended_key_usage(list: &mut Violations, tbs: &TbsCertificate, role: Role) {
    let Some(wanted) = role.extended_key_usage() else {
        return;
    };
    let holds = matches!(
        tbs.get_extension::<ExtendedKeyUsage>(),
        Ok(Some((true, usage))) if usage.0 == [wanted]
    );
    list.require(
        holds,
        "extKeyUsage",
        "must be critical with the list signer's purpose alone",
    );
}

fn key_identifiers(list: &mut Violations, tbs: &TbsCertificate, role: Role) {
    if role.is_ca() {
        let subject = tbs.get_extension::<SubjectKeyIdentifier>();
        list.require(
            matches!(subject, Ok(Some(_))),
            "subjectKeyIdentifier",
            "must be present",
        );
    }
    if role != Role::Csca {
        let authority = tbs.get_extension::<AuthorityKeyIdentifier>();
        let holds = matches!(&authority, Ok(Some((_, found))) if found.key_identifier.is_some());
        list.require(
            holds,
            "authorityKeyIdentifier",
            "must be present with a keyIdentifier",
        );
    }
}

/// §7.1.1.5: a link to a key under another name says so.
fn name_change(list: &mut Violations, tbs: &TbsCertificate, role: Role) {
    if role != Role::CscaLink || tbs.issuer() == tbs.subject() {
        return;
    }
    let said = tbs
        .extensions()
        .into_iter()
        .flatten()
        .any(|extension| extension.extn_id == NAME_CHANGE && extension.extn_value.as_bytes() == NULL);
    list.require(said, "nameChange", "must be present where the names differ");
}

/// Table 6; §4.1.1 and §4.1.4 for the length.
fn usage_period(list: &mut Violations, tbs: &TbsCertificate, role: Role) {
    const FIELD: &str = "privateKeyUsagePeriod";
    let longest = match role {
        Role::Csca | Role::CscaLink => Duration::days(5 * 366),
        Role::DocumentSigner => Duration::days(92),
        Role::MasterListSigner | Role::DeviationListSigner => Duration::MAX,
    };
    let Ok(Some((_, period))) = tbs.get_extension::<PrivateKeyUsagePeriod>() else {
        let is_optional = matches!(role, Role::MasterListSigner | Role::DeviationListSigner);
        list.require(is_optional, FIELD, "must be present");
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
    // A link lives no longer than the old key's certificate, the new key may.
    let ends_in_time = end < not_after || (role == Role::CscaLink && end == not_after);
    list.require(
        begin >= not_before && begin < end && ends_in_time,
        FIELD,
        "must lie within the validity",
    );
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
