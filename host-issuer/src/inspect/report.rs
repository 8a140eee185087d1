//! The outcome of an inspection.

use std::collections::BTreeMap;

use serde::Serialize;

use super::check::{Check, CheckId};
use super::face::Face;
use super::holder::Holder;
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

/// Everything that may be said about a document, in the order in which it was found.
#[derive(Debug, Clone)]
pub struct VerificationReport {
    /// The verdict.
    pub verdict: Verdict,
    /// In one sentence, why.
    pub reason: String,
    /// Every check, made or not.
    pub checks: Vec<Check>,
    /// The holder's data; `None` unless passive authentication passed to a trusted CSCA.
    pub holder: Option<Holder>,
    /// The face; `None` on the same condition.
    pub face: Option<Face>,
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
