//! What is written down of a case: in the state of a run, in reports and in lists of what is expected.

use serde::{Deserialize, Serialize};

use super::bench::Exchange;
use super::catalogue::{CaseId, Entry, Suite};
use super::verdict::Verdict;

/// The verdicts by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// [`Verdict::Passed`].
    Passed,
    /// [`Verdict::Failed`].
    Failed,
    /// [`Verdict::NotApplicable`].
    NotApplicable,
    /// [`Verdict::NotImplemented`].
    NotImplemented,
}

impl Kind {
    /// Every one, in the order of tables.
    pub const ALL: [Kind; 4] = [
        Kind::Passed,
        Kind::Failed,
        Kind::NotApplicable,
        Kind::NotImplemented,
    ];

    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Passed => "passed",
            Kind::Failed => "failed",
            Kind::NotApplicable => "not_applicable",
            Kind::NotImplemented => "not_implemented",
        }
    }

    /// Its name in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Kind::Passed => "passed",
            Kind::Failed => "failed",
            Kind::NotApplicable => "not applicable",
            Kind::NotImplemented => "not implemented",
        }
    }
}

/// One command and its answer, hexadecimal; both empty for a reset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApduRecord {
    /// What was sent.
    pub command: String,
    /// What came back.
    pub response: String,
}

/// What came of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseRecord {
    /// The suite, by its short name.
    #[serde(with = "suite_name")]
    pub suite: Suite,
    /// The id inside it.
    pub id: String,
    /// The unit.
    pub layer: String,
    /// What the case is about.
    pub purpose: String,
    /// The verdict.
    pub verdict: Kind,
    /// Why it is not `passed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Where the oracle's keys and nonces came from: sixteen hexadecimal digits. Only what was played has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<String>,
    /// Everything that went over the wire: PERSONAL DATA. Left out where the report is without traces.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trace: Vec<ApduRecord>,
}

impl CaseRecord {
    /// The record of a case.
    pub fn new(entry: &Entry, verdict: Verdict, seed: Option<u64>, trace: &[Exchange]) -> Self {
        let (verdict, why) = match verdict {
            Verdict::Passed => (Kind::Passed, None),
            Verdict::Failed(why) => (Kind::Failed, Some(why)),
            Verdict::NotApplicable(why) => (Kind::NotApplicable, Some(why)),
            Verdict::NotImplemented(why) => (Kind::NotImplemented, Some(why)),
        };
        CaseRecord {
            suite: entry.id.suite,
            id: entry.id.id.clone(),
            layer: entry.layer.clone(),
            purpose: entry.purpose.clone(),
            verdict,
            why,
            seed: seed.map(|seed| format!("{seed:016x}")),
            trace: trace.iter().map(ApduRecord::new).collect(),
        }
    }

    /// The case.
    pub fn case(&self) -> CaseId {
        CaseId {
            suite: self.suite,
            id: self.id.clone(),
        }
    }
}

impl ApduRecord {
    fn new(exchange: &Exchange) -> Self {
        ApduRecord {
            command: hex::encode_upper(&exchange.command),
            response: hex::encode_upper(&exchange.response),
        }
    }

    /// Whether it is no command: power was taken away and given back.
    pub fn is_reset(&self) -> bool {
        self.command.is_empty()
    }
}

/// A suite as its short name.
pub(super) mod suite_name {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use crate::conformance::catalogue::Suite;

    pub(in crate::conformance) fn serialize<S: Serializer>(
        suite: &Suite,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(suite.name())
    }

    pub(in crate::conformance) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Suite, D::Error> {
        let name = String::deserialize(deserializer)?;
        Suite::from_name(&name).ok_or_else(|| de::Error::custom(format!("`{name}` is no suite")))
    }
}
