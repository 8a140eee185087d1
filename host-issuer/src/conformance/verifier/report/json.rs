//! The report for a program: `eid.conformance.verifier/1`.

use serde::Serialize;

use super::Report;

/// The schema of a report.
const SCHEMA: &str = "eid.conformance.verifier/1";

/// A report as it is written.
#[derive(Debug, Serialize)]
pub struct ReportJson<'a> {
    schema: &'static str,
    verifier_version: &'static str,
    /// RFC 3339.
    date: &'a str,
    cases: Vec<CaseJson<'a>>,
}

#[derive(Debug, Serialize)]
struct CaseJson<'a> {
    /// `bsi-5.1`, or `corpus` for what is no case of the guideline.
    suite: &'static str,
    layer: &'a str,
    id: &'a str,
    purpose: &'a str,
    /// `passed`, `failed`, `not_implemented`, `obsolete`.
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
    plays: Vec<PlayJson<'a>>,
}

#[derive(Debug, Serialize)]
struct PlayJson<'a> {
    name: &'a str,
    /// What is wrong with the judgement, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    misjudged: Option<&'a str>,
}

pub(super) fn object<'a>(report: &'a Report, date: &'a str) -> ReportJson<'a> {
    ReportJson {
        schema: SCHEMA,
        verifier_version: env!("CARGO_PKG_VERSION"),
        date,
        cases: report
            .cases
            .iter()
            .map(|case| CaseJson {
                suite: case.suite(),
                layer: &case.layer,
                id: &case.id,
                purpose: &case.purpose,
                verdict: case.outcome.word(),
                why: case.outcome.why(),
                plays: case
                    .plays
                    .iter()
                    .map(|play| PlayJson {
                        name: &play.name,
                        misjudged: play.misjudged.as_deref(),
                    })
                    .collect(),
            })
            .collect(),
    }
}
