//! The vocabulary of a report: which checks there are and how one ends.

mod id;

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

pub use id::CheckId;

/// How a check ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It holds.
    Passed,
    /// It does not hold, and this is what was seen.
    Failed(String),
    /// It was not made.
    NotPerformed(Absence),
}

/// Why a check was not made; decides whether that counts against the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Absence {
    /// The document has nothing to check here. Counts nothing.
    NotApplicable(String),
    /// Another check failed before it; that one counts.
    Blocked(CheckId),
    /// The evidence is missing, or cannot be computed. Counts as the verdict table says.
    Missing(String),
}

impl fmt::Display for Absence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotApplicable(why) | Self::Missing(why) => formatter.write_str(why),
            Self::Blocked(cause) => write!(formatter, "{cause} did not pass"),
        }
    }
}

/// One line of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Which check.
    pub id: CheckId,
    /// How it ended.
    pub status: Status,
    /// What it looked at, without personal data.
    pub evidence: Option<String>,
}

impl Check {
    /// A check that holds.
    pub(crate) fn passed(id: CheckId, evidence: impl Into<String>) -> Self {
        Self {
            id,
            status: Status::Passed,
            evidence: Some(evidence.into()),
        }
    }

    /// A check that does not hold.
    pub(crate) fn failed(id: CheckId, why: impl Into<String>) -> Self {
        Self {
            id,
            status: Status::Failed(why.into()),
            evidence: None,
        }
    }

    /// A check whose evidence is missing.
    pub(crate) fn missing(id: CheckId, why: impl Into<String>) -> Self {
        Self {
            id,
            status: Status::NotPerformed(Absence::Missing(why.into())),
            evidence: None,
        }
    }

    /// A check with nothing to look at.
    pub(crate) fn not_applicable(id: CheckId, why: impl Into<String>) -> Self {
        Self {
            id,
            status: Status::NotPerformed(Absence::NotApplicable(why.into())),
            evidence: None,
        }
    }

    /// A check that an earlier failure made pointless.
    pub(crate) fn blocked(id: CheckId, cause: CheckId) -> Self {
        Self {
            id,
            status: Status::NotPerformed(Absence::Blocked(cause)),
            evidence: None,
        }
    }

    /// Adds what was looked at.
    pub(crate) fn with_evidence(mut self, evidence: impl Into<String>) -> Self {
        self.evidence = Some(evidence.into());
        self
    }

    /// True when the check holds.
    #[must_use]
    pub fn is_passed(&self) -> bool {
        self.status == Status::Passed
    }

    /// `passed`, `failed` or `not_performed`.
    #[must_use]
    pub fn status_word(&self) -> &'static str {
        match self.status {
            Status::Passed => "passed",
            Status::Failed(_) => "failed",
            Status::NotPerformed(_) => "not_performed",
        }
    }

    /// Why it failed or was not made.
    #[must_use]
    pub fn why(&self) -> Option<String> {
        match &self.status {
            Status::Passed => None,
            Status::Failed(why) => Some(why.clone()),
            Status::NotPerformed(absence) => Some(absence.to_string()),
        }
    }
}

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Check", 4)?;
        fields.serialize_field("id", &self.id.to_string())?;
        fields.serialize_field("status", self.status_word())?;
        fields.serialize_field("why", &self.why())?;
        fields.serialize_field("evidence", &self.evidence)?;
        fields.end()
    }
}
