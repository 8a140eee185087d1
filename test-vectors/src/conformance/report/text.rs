//! The report for a terminal.

use std::fmt::Write as _;

use super::Report;
use super::markup::one_line;
use super::tally::{sum, tally};
use crate::conformance::record::Kind;

pub(super) fn text(report: &Report) -> String {
    let mut text = String::new();
    let tallies = tally(&report.cases);
    row(&mut text, "", &Kind::ALL.map(|kind| kind.words().to_owned()));
    for tally in &tallies {
        let name = format!("{} {}", tally.suite.name(), tally.layer);
        row(&mut text, &name, &tally.counts.map(|count| count.to_string()));
    }
    row(
        &mut text,
        "together",
        &sum(&tallies).map(|count| count.to_string()),
    );
    for difference in &report.statement.differences {
        let _ = writeln!(text, "statement: {}", one_line(difference));
    }
    for note in &report.statement.notes {
        let _ = writeln!(text, "note: {}", one_line(note));
    }
    for case in report.cases.iter().filter(|case| case.verdict == Kind::Failed) {
        let why = case.why.as_deref().unwrap_or_default();
        let _ = writeln!(text, "\nFAILED {}: {}", case.case(), one_line(&case.purpose));
        let _ = writeln!(text, "       {}", one_line(why));
    }
    if let Some(why) = &report.ended_early {
        let _ = writeln!(text, "\nThe run is not complete: {}", one_line(why));
    }
    text
}

/// A row of the table; a name is as long as it is.
fn row(text: &mut String, name: &str, cells: &[String; 4]) {
    let [passed, failed, not_applicable, not_implemented] = cells;
    let _ = writeln!(
        text,
        "{name:<24} {passed:>7} {failed:>7} {not_applicable:>15} {not_implemented:>16}"
    );
}
