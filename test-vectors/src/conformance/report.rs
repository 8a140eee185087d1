//! What a lab keeps of a run: as JSON (`eid.conformance/1`), as JUnit XML, as a page, as a table; and the difference of two runs.

mod diff;
mod html;
mod junit;
pub mod markup;
mod tally;
#[cfg(test)]
mod tests;
mod text;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::record::CaseRecord;
use super::statement::{Probed, Statement};

pub use diff::{Change, Diff};
pub use tally::{LayerTally, tally};

/// The schema of a report.
pub const SCHEMA: &str = "eid.conformance/1";
/// What stands over traces.
const WARNING: &str = "PERSONAL DATA: the traces hold every byte that the card gave, and what the keys of its sessions follow from";

/// A report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    schema: String,
    /// [`version`](super::runner::version) of the suite.
    pub suite_version: String,
    /// When it was made (RFC 3339).
    pub date: String,
    /// The answer to reset, hexadecimal.
    pub atr: String,
    /// SHA-256 of EF.CardAccess and EF.SOD, hexadecimal: the card, to be told from others.
    pub card: String,
    /// The statement that decided which cases apply.
    pub statement: StatementRecord,
    /// The seed of the run.
    pub seed: u64,
    /// Cases that change the card for good were played.
    pub destructive: bool,
    /// Why the run ended before its last case, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_early: Option<String>,
    /// What whoever handles the report has to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
    /// What came of each case, in the order in which they were played.
    pub cases: Vec<CaseRecord>,
}

/// A statement as a report has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementRecord {
    /// SHA-256 of `toml`.
    pub sha256: String,
    /// The statement that held, as a file.
    pub toml: String,
    /// In what the file that was given and the card differ; the file won.
    pub differences: Vec<String>,
    /// What was seen when the card was asked, and is in no field.
    pub notes: Vec<String>,
}

/// Why a file is no report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// Not JSON, or not with these members.
    #[error("no report of the conformance suite: {0}")]
    Json(String),
    /// Of another schema.
    #[error("the report has the schema `{0}`, and not `{SCHEMA}`")]
    Schema(String),
}

impl StatementRecord {
    /// The statement that holds, and what was noticed on the way to it.
    pub fn new(statement: &Statement, differences: Vec<String>, probed: &Probed) -> Self {
        let toml = statement.to_toml(&[]);
        StatementRecord {
            sha256: hex::encode(Sha256::digest(&toml)),
            toml,
            differences,
            notes: probed.notes.clone(),
        }
    }
}

impl Report {
    /// A report of a run on this card, of no case yet.
    pub fn new(
        date: String,
        atr: &[u8],
        card: [u8; 32],
        statement: StatementRecord,
        seed: u64,
        destructive: bool,
    ) -> Self {
        Report {
            schema: SCHEMA.into(),
            suite_version: super::runner::version(),
            date,
            atr: hex::encode_upper(atr),
            card: hex::encode(card),
            statement,
            seed,
            destructive,
            ended_early: None,
            warning: None,
            cases: Vec::new(),
        }
    }

    /// With these cases, and with their traces or without.
    #[must_use]
    pub fn with_cases(mut self, mut cases: Vec<CaseRecord>, traces: bool) -> Self {
        if !traces {
            for case in &mut cases {
                case.trace.clear();
            }
        }
        let has_traces = cases.iter().any(|case| !case.trace.is_empty());
        self.warning = has_traces.then(|| WARNING.into());
        self.cases = cases;
        self
    }

    /// Of a run that ended before its last case.
    #[must_use]
    pub fn ended_early(mut self, why: Option<String>) -> Self {
        self.ended_early = why;
        self
    }

    /// Reads a report.
    ///
    /// # Errors
    /// [`ReportError`]
    pub fn from_json(bytes: &[u8]) -> Result<Self, ReportError> {
        let report: Report =
            serde_json::from_slice(bytes).map_err(|error| ReportError::Json(error.to_string()))?;
        if report.schema != SCHEMA {
            return Err(ReportError::Schema(report.schema));
        }
        Ok(report)
    }

    /// As JSON.
    pub fn to_json(&self) -> String {
        // Texts, numbers and lists of them: there is nothing that JSON could not say.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// As JUnit XML: a test suite a unit, a test case a case.
    pub fn to_junit(&self) -> String {
        junit::document(self)
    }

    /// As one page that loads nothing and runs nothing.
    pub fn to_html(&self) -> String {
        html::page(self)
    }

    /// As a table of its units, then what failed.
    pub fn to_text(&self) -> String {
        text::text(self)
    }
}
