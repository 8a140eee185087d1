//! Whether the issuing State says that something is wrong with documents like this one (Doc 9303-3 §7.3).
//!
//! A deviation explains; it excuses nothing. What fails fails, and the report names beside it what the State knows. One kind takes
//! something away: where the State says that Active Authentication keys are in other hands, a copy may have one.

use ::time::OffsetDateTime;

use super::certificate::Certificate;
use super::check::{Check, CheckId};
use super::deviation_list::{Deviation, DeviationDescription, DeviationDocuments, DocumentSignerIdentifier};
use super::hash::HashAlgorithm;
use super::mrz::Zone;
use super::trust::TrustStore;

/// Kind of deviation: the chip's own private key is known to others.
const AA_KEY_COMPROMISED: &str = "CertOrKey-AAKeyCompromised";
/// Deviations that are named in one report.
const NAMED_LIMIT: usize = 8;
/// Characters of a State's own text that are repeated.
const TEXT_LIMIT: usize = 120;

/// What is known of a document, proved or not: nothing is shown of it here.
pub(crate) struct Described<'a> {
    pub(crate) ds: &'a Certificate,
    pub(crate) zone: Option<&'a Zone>,
    /// The day of issue.
    pub(crate) issued: Option<OffsetDateTime>,
}

/// Whether a deviation is about a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum About {
    Another,
    /// Nothing speaks against it, but something that the deviation asks for is not known of the document.
    Perhaps,
    This,
}

/// `deviation_list`, and `aa_key_compromised` where that is so.
pub(crate) fn checks(document: &Described<'_>, store: &TrustStore) -> Vec<Check> {
    let id = CheckId::DeviationList;
    let Some(country) = document.ds.country() else {
        return vec![Check::not_applicable(
            id,
            "the document signer certificate names no country",
        )];
    };
    let (list, record) = match store.deviations_of(&country) {
        Ok(Some(found)) => found,
        Ok(None) => {
            return vec![Check::not_applicable(
                id,
                format!("no deviation list of {country} at hand"),
            )];
        }
        Err(error) => {
            return vec![Check::missing(
                id,
                format!("the trust data cannot be used: {error}"),
            )];
        }
    };
    let evidence = format!(
        "deviation list of {} of {}, signed by {}, SHA-256 {}",
        record.of, record.signed, record.signer, record.sha256
    );
    let mut said = Vec::new();
    let mut compromised = false;
    for deviation in list.deviations() {
        let about = about(&deviation.documents, document);
        if about == About::Another {
            continue;
        }
        compromised |= names(deviation, AA_KEY_COMPROMISED);
        for description in &deviation.descriptions {
            let perhaps = if about == About::Perhaps { "perhaps " } else { "" };
            said.push(format!("{perhaps}{}", in_words(description)));
        }
    }
    if said.is_empty() {
        return vec![Check::passed(id, evidence)];
    }
    let more = said.len().saturating_sub(NAMED_LIMIT);
    said.truncate(NAMED_LIMIT);
    if more > 0 {
        said.push(format!("and {more} more"));
    }
    let why = format!("the issuing State knows of faults: {}", said.join("; "));
    let mut checks = vec![Check::failed(id, why).with_evidence(evidence.clone())];
    if compromised {
        let why =
            "the issuing State says that Active Authentication keys of such documents are in other hands";
        checks.push(Check::failed(CheckId::AaKeyCompromised, why).with_evidence(evidence));
    }
    checks
}

fn names(deviation: &Deviation, kind: &str) -> bool {
    let mut descriptions = deviation.descriptions.iter();
    descriptions.any(|description| description.kind.name == Some(kind))
}

/// Every condition that is there must hold; the least certain of them decides.
fn about(documents: &DeviationDocuments, document: &Described<'_>) -> About {
    let sure = |holds: bool| if holds { About::This } else { About::Another };
    let known = |holds: Option<bool>| holds.map_or(About::Perhaps, sure);
    let mut least = About::This;
    if let Some(kind) = &documents.document_type {
        let same = document
            .zone
            .map(|zone| zone.document_code == kind.trim_end_matches('<'));
        least = least.min(known(same));
    }
    if let Some(identifier) = &documents.document_signer {
        least = least.min(sure(is_signer(identifier, document.ds)));
    }
    if let Some((first, last)) = documents.issued {
        // A day is all that a document says.
        let within = document
            .issued
            .map(|day| (first.date()..=last.date()).contains(&day.date()));
        least = least.min(known(within));
    }
    if let Some(numbers) = &documents.document_numbers {
        let listed = document.zone.map(|zone| {
            let number = zone.document_number.trim_end_matches('<');
            numbers
                .iter()
                .any(|listed| listed.trim_end_matches('<') == number)
        });
        least = least.min(known(listed));
    }
    least
}

fn is_signer(identifier: &DocumentSignerIdentifier, ds: &Certificate) -> bool {
    match identifier {
        DocumentSignerIdentifier::IssuerAndSerialNumber { issuer, serial } => {
            ds.serial() == *serial && ds.issuer().eq_ignore_ascii_case(issuer)
        }
        DocumentSignerIdentifier::SubjectKeyIdentifier(key) => ds.key_identifier().as_ref() == Some(key),
        DocumentSignerIdentifier::CertificateDigest(digest) => {
            // The list may name its hash; the length tells it as well.
            HashAlgorithm::ALL
                .into_iter()
                .filter(|hash| 2 * hash.digest_len() == digest.len())
                .any(|hash| hex::encode_upper(hash.digest(ds.raw())) == *digest)
        }
    }
}

fn in_words(description: &DeviationDescription) -> String {
    let kind = &description.kind;
    let mut words = kind.name.map_or_else(|| kind.oid.to_string(), str::to_owned);
    if let Some(parameter) = &kind.parameter {
        words = format!("{words} {parameter}");
    }
    if let Some(text) = &description.text {
        let text: String = text.chars().take(TEXT_LIMIT).collect();
        words = format!("{words} ({text})");
    }
    words
}
