//! From the document signer to a trusted CSCA (Doc 9303-11 §5.1 steps 2 and 3, Doc 9303-12 §7.1).

use std::sync::Arc;

use ::time::{Duration, OffsetDateTime};

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

/// When a document was made, as far as the signed data say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Made {
    /// Signing time in EF.SOD.
    pub(crate) signed: Option<OffsetDateTime>,
    /// Date of issue in the data groups: a day.
    pub(crate) issued: Option<OffsetDateTime>,
}

/// The days on which the private key of a certificate may sign.
struct Use {
    from: OffsetDateTime,
    until: OffsetDateTime,
}

impl Use {
    /// The private key usage period, within the validity.
    fn of(certificate: &Certificate) -> Self {
        let period = certificate.extensions().private_key_usage_period;
        let (from, until) = period.unwrap_or_default();
        let (first, last) = (certificate.not_before(), certificate.not_after());
        Self {
            from: from.map_or(first, |from| from.max(first)),
            until: until.map_or(last, |until| until.min(last)),
        }
    }

    fn contains(&self, at: OffsetDateTime) -> bool {
        (self.from..=self.until).contains(&at)
    }

    /// As [`contains`](Self::contains), for what is known to the day, in a time zone that is not known.
    fn contains_day(&self, day: OffsetDateTime) -> bool {
        let from = self.from.checked_sub(TWO_DAYS).unwrap_or(self.from);
        let until = self.until.checked_add(TWO_DAYS).unwrap_or(self.until);
        (from..=until).contains(&day)
    }

    fn words(&self) -> String {
        format!("{} to {}", time::date(self.from), time::date(self.until))
    }
}

/// A day anywhere on the earth lies within so much of its beginning in UTC, before and after.
const TWO_DAYS: Duration = Duration::days(2);

/// `ds_key_usage_period`: the document was signed while the key could be used: at the signing time in EF.SOD, or else on the date
/// of issue.
pub(crate) fn key_usage_period(ds: &Certificate, made: Made) -> Check {
    let id = CheckId::DsKeyUsagePeriod;
    let usage = Use::of(ds);
    let (at, holds) = match made {
        Made {
            signed: Some(signed), ..
        } => (signed, usage.contains(signed)),
        Made {
            issued: Some(issued), ..
        } => (issued, usage.contains_day(issued)),
        _ => return Check::not_applicable(id, "the signed data do not say when they were signed"),
    };
    let (day, window) = (time::date(at), usage.words());
    if !holds {
        return Check::failed(id, format!("signed on {day}, the key was in use from {window}"));
    }
    Check::passed(id, format!("signed on {day}, key in use from {window}"))
}

/// `issue_date`: where EF.SOD says when it was signed, the date of issue is judged by itself.
pub(crate) fn issue_date(ds: &Certificate, made: Made) -> Check {
    let id = CheckId::IssueDate;
    let (Some(issued), Some(_)) = (made.issued, made.signed) else {
        return Check::not_applicable(
            id,
            "the signed data do not name both a date of issue and a signing time",
        );
    };
    let usage = Use::of(ds);
    let (day, window) = (time::date(issued), usage.words());
    if !usage.contains_day(issued) {
        return Check::failed(id, format!("issued on {day}, the key was in use from {window}"));
    }
    Check::passed(id, format!("issued on {day}, key in use from {window}"))
}

/// `csca_key_usage_period`: the document signer's certificate was issued while the CSCA's key could be used. A certificate is dated
/// to the day, and perhaps back.
pub(crate) fn csca_key_usage_period(ds: &Certificate, csca: &Certificate) -> Check {
    let id = CheckId::CscaKeyUsagePeriod;
    let usage = Use::of(csca);
    let (day, window) = (time::date(ds.not_before()), usage.words());
    if !usage.contains_day(ds.not_before()) {
        return Check::failed(
            id,
            format!("the document signer's certificate is of {day}, the CSCA's key was in use from {window}"),
        );
    }
    Check::passed(
        id,
        format!("document signer's certificate of {day}, CSCA's key in use from {window}"),
    )
}
