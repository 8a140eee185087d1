//! What a run has so far, as lines: one of what the run is, then one a case. A run that was stopped goes on from there.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::conformance::catalogue::CaseId;
use crate::conformance::record::CaseRecord;

/// The schema of the first line.
const SCHEMA: &str = "eid.conformance.state/1";
/// More cases than there are.
const MAX_CASES: usize = 5_000;

/// What a run is. It goes on only with the same card, statement, seed and suite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    schema: String,
    /// [`version`](super::version) of the suite.
    pub suite_version: String,
    /// SHA-256 of what the card is known by.
    pub card: String,
    /// SHA-256 of the statement that holds.
    pub statement: String,
    /// The seed of the run.
    pub seed: u64,
    /// Cases that change the card for good are played.
    pub destructive: bool,
}

/// Why a run cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// A line is not what it must be.
    #[error("line {line}: {why}")]
    Line {
        /// Which, from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// It is another run's.
    #[error("the state is of a run with another {0}")]
    Other(&'static str),
}

impl Header {
    /// A run.
    pub fn new(
        suite_version: String,
        card: [u8; 32],
        statement: [u8; 32],
        seed: u64,
        destructive: bool,
    ) -> Self {
        Header {
            schema: SCHEMA.into(),
            suite_version,
            card: hex::encode(card),
            statement: hex::encode(statement),
            seed,
            destructive,
        }
    }

    /// Its line, without the end.
    pub fn to_line(&self) -> String {
        // Texts and numbers: there is nothing that JSON could not say.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What run a state is of.
    pub fn of_state(text: &str) -> Option<Self> {
        serde_json::from_str(text.lines().next()?).ok()
    }

    fn must_be(&self, wanted: &Header) -> Result<(), StateError> {
        let rules = [
            ("schema", self.schema == wanted.schema),
            ("version of the suite", self.suite_version == wanted.suite_version),
            ("card", self.card == wanted.card),
            ("statement", self.statement == wanted.statement),
            ("seed", self.seed == wanted.seed),
            ("choice of --destructive", self.destructive == wanted.destructive),
        ];
        match rules.into_iter().find(|(_, holds)| !holds) {
            Some((what, _)) => Err(StateError::Other(what)),
            None => Ok(()),
        }
    }
}

/// Reads the state of the run that `header` says. A last line without an end was cut off, and does not count.
///
/// # Errors
/// [`StateError`]
pub fn read_state(text: &str, header: &Header) -> Result<Vec<CaseRecord>, StateError> {
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let mut lines = whole.lines().enumerate();
    let failed = |at: usize, why: String| StateError::Line { line: at + 1, why };
    let (at, first) = lines
        .next()
        .ok_or_else(|| failed(0, "there is no line of what the run is".into()))?;
    let found: Header = serde_json::from_str(first).map_err(|error| failed(at, error.to_string()))?;
    found.must_be(header)?;
    let mut seen = BTreeSet::<CaseId>::new();
    let mut records = Vec::new();
    for (at, line) in lines {
        if records.len() == MAX_CASES {
            return Err(failed(at, format!("more than {MAX_CASES} cases")));
        }
        let record: CaseRecord = serde_json::from_str(line).map_err(|error| failed(at, error.to_string()))?;
        if !seen.insert(record.case()) {
            return Err(failed(at, format!("{} is there twice", record.case())));
        }
        records.push(record);
    }
    Ok(records)
}
