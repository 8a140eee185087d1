//! Two runs compared: a card before and after, a version of a suite before and after.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::Report;
use super::markup::one_line;
use crate::conformance::catalogue::CaseId;
use crate::conformance::record::{CaseRecord, Kind};

/// In what two reports differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diff {
    schema: &'static str,
    /// What is not a case: another version, card, statement or seed.
    pub conditions: Vec<String>,
    /// Cases whose verdict is another, or that only one of the reports has.
    pub changes: Vec<Change>,
    /// Cases with the same verdict.
    pub unchanged: usize,
}

/// A case that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The case: `icao-3/ISO7816_B_19`.
    pub case: String,
    /// Its verdict in the first report, if it is there.
    pub before: Option<Kind>,
    /// In the second.
    pub after: Option<Kind>,
    /// Why, in the second; in the first where the second has not got it.
    pub why: Option<String>,
}

impl Diff {
    /// Compares two reports.
    pub fn new(before: &Report, after: &Report) -> Self {
        let conditions = [
            ("suite version", &before.suite_version, &after.suite_version),
            ("answer to reset", &before.atr, &after.atr),
            ("card", &before.card, &after.card),
            ("statement", &before.statement.sha256, &after.statement.sha256),
            ("seed", &before.seed.to_string(), &after.seed.to_string()),
            (
                "destructive",
                &before.destructive.to_string(),
                &after.destructive.to_string(),
            ),
        ];
        let conditions = conditions
            .into_iter()
            .filter(|(_, before, after)| before != after);
        let (first, second) = (by_id(before), by_id(after));
        let ids = first
            .keys()
            .chain(second.keys().filter(|id| !first.contains_key(*id)));
        let mut changes = Vec::new();
        let mut unchanged = 0;
        for id in ids {
            let (before, after) = (first.get(id), second.get(id));
            let verdict = |case: Option<&&CaseRecord>| case.map(|case| case.verdict);
            if verdict(before) == verdict(after) {
                unchanged += 1;
                continue;
            }
            changes.push(Change {
                case: id.to_string(),
                before: verdict(before),
                after: verdict(after),
                why: after.or(before).and_then(|case| case.why.clone()),
            });
        }
        changes.sort_by(|a, b| a.case.cmp(&b.case));
        Diff {
            schema: "eid.conformance.diff/1",
            conditions: conditions
                .map(|(name, before, after)| format!("{name}: {before} and {after}"))
                .collect(),
            changes,
            unchanged,
        }
    }

    /// Whether a case that did not fail fails in the second report.
    pub fn has_new_failures(&self) -> bool {
        self.changes
            .iter()
            .any(|change| change.after == Some(Kind::Failed))
    }

    /// For a terminal.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for condition in &self.conditions {
            let _ = writeln!(text, "another {}", one_line(condition));
        }
        for change in &self.changes {
            let word = |kind: Option<Kind>| kind.map_or("not there", Kind::words);
            let _ = writeln!(
                text,
                "{}: {} -> {}",
                one_line(&change.case),
                word(change.before),
                word(change.after)
            );
            if let Some(why) = &change.why {
                let _ = writeln!(text, "       {}", one_line(why));
            }
        }
        let _ = writeln!(
            text,
            "{} cases differ, {} do not",
            self.changes.len(),
            self.unchanged
        );
        text
    }
}

fn by_id(report: &Report) -> BTreeMap<CaseId, &CaseRecord> {
    report.cases.iter().map(|case| (case.case(), case)).collect()
}
