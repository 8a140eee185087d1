//! The outcome of an inspection.

use std::collections::BTreeMap;

use serde::Serialize;

use super::check::{Check, CheckId};
use super::face::Face;
use super::holder::Holder;
use super::trust::TrustBasis;
use super::verdict::Verdict;
use crate::quirk::ObservedQuirk;

/// Length and digest of a file as read, so that two reports can be compared without its contents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileDigest {
    /// Bytes.
    pub length: usize,
    /// SHA-256 in capitals.
    pub sha256: String,
}

/// The holder's data, decoded from what the chip gave and nothing proves. Whoever shows them must say so beside every line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unverified {
    /// What the data groups say of the holder; `None` when DG1 cannot be read.
    pub holder: Option<Holder>,
    /// The face.
    pub face: Option<Face>,
}

/// Everything that may be said about a document, in the order in which it was found.
#[derive(Debug, Clone)]
pub struct VerificationReport {
    /// The verdict.
    pub verdict: Verdict,
    /// The rule that decided: `failed:` or `missing:` with the check's name, `absent:` with that of a check that was not made
    /// and without which there is no proof, `all_passed:no_copy` or `all_passed:copy_not_excluded`.
    pub rule: String,
    /// In one sentence, why.
    pub reason: String,
    /// Every check, made or not.
    pub checks: Vec<Check>,
    /// The holder's data; `None` unless passive authentication passed to a trusted CSCA.
    pub holder: Option<Holder>,
    /// The face; `None` on the same condition.
    pub face: Option<Face>,
    /// The same without proof; `None` unless the policy asks for it and the above is not there.
    pub unverified: Option<Unverified>,
    /// On whose word the verdict rests, and how old that is.
    pub trust: TrustBasis,
    /// Files by name.
    pub files: BTreeMap<String, FileDigest>,
    /// Where the card departed from the standards, and was put up with.
    pub quirks: Vec<ObservedQuirk>,
}

impl VerificationReport {
    /// The check of this name, if the report has it.
    #[must_use]
    pub fn check(&self, id: CheckId) -> Option<&Check> {
        self.checks.iter().find(|check| check.id == id)
    }

    /// True when every one of `ids` is there and passed.
    pub(crate) fn all_passed(checks: &[Check], ids: &[CheckId]) -> bool {
        ids.iter()
            .all(|id| checks.iter().any(|check| check.id == *id && check.is_passed()))
    }
}
