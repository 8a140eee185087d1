//! From the document signer to a trusted CSCA (Doc 9303-11 §5.1 steps 2 and 3, Doc 9303-12 §7.1).

use ::time::OffsetDateTime;

use super::certificate::Certificate;
use super::check::{Check, CheckId};
use super::signature::SignatureError;
use super::time;
use super::trust::TrustStore;

/// `ds_profile`: what would let a certificate sign documents that was not made for it. Fields that
/// Doc 9303-12 Table 2 requires but that only inform are named in the evidence when absent.
pub(crate) fn ds_profile(ds: &Certificate) -> Check {
    let id = CheckId::DsProfile;
    let extensions = ds.extensions();
    if !ds.is_version_3() {
        return Check::failed(id, "not an X.509 version 3 certificate");
    }
    let Some((critical, usage)) = &extensions.key_usage else {
        return Check::failed(id, "there is no key usage");
    };
    if !critical {
        return Check::failed(id, "key usage is not critical");
    }
    if !usage.digital_signature() || usage.0.into_iter().count() != 1 {
        return Check::failed(id, "key usage is not digitalSignature alone");
    }
    if extensions
        .basic_constraints
        .as_ref()
        .is_some_and(|constraints| constraints.ca)
    {
        return Check::failed(id, "it is a CA certificate");
    }
    if extensions.extended_key_usage.is_some() {
        return Check::failed(id, "it has an extended key usage, so it is for something else");
    }
    if extensions.authority_key_identifier.is_none() {
        return Check::failed(id, "there is no authority key identifier");
    }
    if let Some(unknown) = extensions.unknown_critical.first() {
        return Check::failed(id, format!("unknown critical extension {unknown}"));
    }
    if let Some(weakness) = ds.weakness() {
        return Check::failed(id, weakness.to_string());
    }
    let absent = match (&extensions.private_key_usage_period, &extensions.document_types) {
        (Some(_), Some(_)) => "",
        (None, Some(_)) => "; private key usage period absent",
        (Some(_), None) => "; document type list absent",
        (None, None) => "; private key usage period and document type list absent",
    };
    Check::passed(
        id,
        format!("digitalSignature, critical; serial {}{absent}", ds.serial()),
    )
}

/// `chain` and `chain_signature`. Returns the CSCA certificate that signed.
pub(crate) fn anchor<'a>(
    ds: &Certificate,
    store: &'a TrustStore,
    checks: &mut Vec<Check>,
) -> Option<&'a Certificate> {
    let candidates: Vec<&Certificate> = store
        .anchors()
        .iter()
        .filter(|anchor| anchor.may_have_issued(ds) && anchor.extensions().unknown_critical.is_empty())
        .collect();
    let Some(first) = candidates.first() else {
        checks.push(
            Check::failed(CheckId::Chain, "unknown CSCA").with_evidence(format!("issuer {}", ds.issuer())),
        );
        checks.push(Check::blocked(CheckId::ChainSignature, CheckId::Chain));
        return None;
    };
    // A folder of certificates that nobody imported may hold any: whoever computes a CSCA's private key is that CSCA.
    let weak = candidates.iter().find_map(|candidate| candidate.weakness());
    if let Some(weakness) = weak {
        checks.push(Check::failed(CheckId::Chain, weakness.to_string()));
        checks.push(Check::blocked(CheckId::ChainSignature, CheckId::Chain));
        return None;
    }
    checks.push(Check::passed(
        CheckId::Chain,
        format!("CSCA {}, serial {}", first.subject(), first.serial()),
    ));
    let mut outcome = Err(SignatureError::Wrong);
    for candidate in candidates {
        outcome = ds.verify_signed_by(candidate);
        if outcome.is_ok() {
            let scheme = ds
                .scheme()
                .map(super::signature::Scheme::name)
                .unwrap_or_default();
            let key = candidate
                .verifying_key()
                .map(|key| key.key().name())
                .unwrap_or_default();
            checks.push(Check::passed(CheckId::ChainSignature, format!("{scheme}, {key}")));
            return Some(candidate);
        }
    }
    checks.push(match outcome {
        Err(SignatureError::Unsupported(what)) => {
            Check::missing(CheckId::ChainSignature, format!("{what} is not supported"))
        }
        _ => Check::failed(
            CheckId::ChainSignature,
            "the CSCA did not sign this document signer certificate",
        ),
    });
    None
}

/// `certificate_validity`: both certificates are valid at `now`.
pub(crate) fn validity(ds: &Certificate, csca: &Certificate, now: OffsetDateTime) -> Check {
    let id = CheckId::CertificateValidity;
    for (what, certificate) in [("document signer", ds), ("CSCA", csca)] {
        if now < certificate.not_before() {
            return Check::failed(
                id,
                format!(
                    "the {what} certificate is valid from {}",
                    time::date(certificate.not_before())
                ),
            );
        }
        if now > certificate.not_after() {
            return Check::failed(
                id,
                format!(
                    "the {what} certificate expired on {}",
                    time::date(certificate.not_after())
                ),
            );
        }
    }
    Check::passed(
        id,
        format!(
            "document signer until {}, CSCA until {}",
            time::date(ds.not_after()),
            time::date(csca.not_after())
        ),
    )
}

/// `ds_key_usage_period`: the document was signed while the key could be used. `signed_at` is the
/// signing time in EF.SOD or else the date of issue in the signed data.
pub(crate) fn key_usage_period(ds: &Certificate, signed_at: Option<OffsetDateTime>) -> Check {
    let id = CheckId::DsKeyUsagePeriod;
    let Some(signed_at) = signed_at else {
        return Check::not_applicable(id, "the signed data do not say when they were signed");
    };
    let (from, until) = ds.extensions().private_key_usage_period.unwrap_or_default();
    let from = from.map_or(ds.not_before(), |from| from.max(ds.not_before()));
    let until = until.map_or(ds.not_after(), |until| until.min(ds.not_after()));
    let window = format!("{} to {}", time::date(from), time::date(until));
    if signed_at < from || signed_at > until {
        return Check::failed(
            id,
            format!(
                "signed on {}, the key was in use from {window}",
                time::date(signed_at)
            ),
        );
    }
    Check::passed(
        id,
        format!("signed on {}, key in use from {window}", time::date(signed_at)),
    )
}
