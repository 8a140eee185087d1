//! From the document signer to a trusted CSCA (Doc 9303-11 §5.1 steps 2 and 3, Doc 9303-12 §7.1).

use std::sync::Arc;

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
///
/// Several may have the issuer's name, or even the key identifier that the document signer certificate names: each is tried.
pub(crate) fn anchor(
    ds: &Certificate,
    store: &TrustStore,
    now: OffsetDateTime,
    checks: &mut Vec<Check>,
) -> Option<Arc<Certificate>> {
    let (chain, chain_signature) = (CheckId::Chain, CheckId::ChainSignature);
    let mut without = |check: Check| {
        checks.push(check);
        checks.push(Check::blocked(chain_signature, chain));
        None
    };
    if let Err(error) = store.must_be_valid(now) {
        return without(Check::missing(chain, error.to_string()));
    }
    let mut candidates = match store.issuers_of(ds) {
        Ok(candidates) => candidates,
        Err(error) => {
            return without(Check::missing(
                chain,
                format!("the trust data cannot be used: {error}"),
            ));
        }
    };
    candidates.retain(|candidate| candidate.extensions().unknown_critical.is_empty());
    if candidates.is_empty() {
        return without(
            Check::failed(chain, "unknown CSCA").with_evidence(format!("issuer {}", ds.issuer())),
        );
    }
    // A folder of certificates that nobody imported may hold any: whoever computes a CSCA's private key is that CSCA.
    let (weak, sound): (Vec<_>, Vec<_>) = candidates
        .into_iter()
        .partition(|candidate| candidate.weakness().is_some());
    let Some(first) = sound.first() else {
        let weakness = weak.iter().find_map(|candidate| candidate.weakness());
        let why = weakness.map_or_else(String::new, |weakness| weakness.to_string());
        return without(Check::failed(chain, why));
    };
    let found = |csca: &Certificate| {
        Check::passed(
            chain,
            format!("CSCA {}, serial {}", csca.subject(), csca.serial()),
        )
    };
    let mut unsupported = None;
    for candidate in &sound {
        match ds.verify_signed_by(candidate) {
            Ok(()) => {
                let scheme = ds
                    .scheme()
                    .map(super::signature::Scheme::name)
                    .unwrap_or_default();
                let key = candidate
                    .verifying_key()
                    .map(|key| key.key().name())
                    .unwrap_or_default();
                checks.push(found(candidate));
                checks.push(Check::passed(chain_signature, format!("{scheme}, {key}")));
                return Some(Arc::clone(candidate));
            }
            Err(SignatureError::Unsupported(what)) => unsupported = Some(what),
            Err(_) => {}
        }
    }
    if let Some(what) = unsupported {
        checks.push(found(first));
        checks.push(Check::missing(
            chain_signature,
            format!("{what} is not supported"),
        ));
        return None;
    }
    // Only a key that the document signer certificate names can deny that it signed; by its name alone, another key of that CSCA may have.
    let wanted = ds.extensions().authority_key_identifier.as_ref();
    let is_named = |candidate: &&Arc<Certificate>| {
        wanted.is_some() && candidate.extensions().subject_key_identifier.as_ref() == wanted
    };
    let Some(named) = sound.iter().find(is_named) else {
        return without(
            Check::failed(chain, "unknown CSCA: none of this name and this key is known")
                .with_evidence(format!("issuer {}", ds.issuer())),
        );
    };
    checks.push(found(named));
    checks.push(Check::failed(
        chain_signature,
        "the CSCA did not sign this document signer certificate",
    ));
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
