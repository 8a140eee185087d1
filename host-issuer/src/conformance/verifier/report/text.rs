//! The report for a terminal.

use std::fmt::Write as _;

use test_vectors::conformance::report::markup::one_line;

use super::{Report, WORDS};

pub(super) fn text(report: &Report) -> String {
    let mut text = String::new();
    row(&mut text, "", WORDS.map(|word| word.replace('_', " ")));
    for (layer, counts) in report.layers() {
        row(&mut text, layer, counts.map(|count| count.to_string()));
    }
    row(
        &mut text,
        "together",
        WORDS.map(|word| report.count(word).to_string()),
    );
    for case in report.cases.iter().filter(|case| case.outcome.word() == "failed") {
        let _ = writeln!(text, "\nFAILED {}: {}", case.id, one_line(&case.purpose));
        for play in &case.plays {
            if let Some(said) = &play.misjudged {
                let _ = writeln!(text, "       {}: {}", play.name, one_line(said));
            }
        }
    }
    text
}

/// A row of the table; a name is as long as it is.
fn row(text: &mut String, name: &str, cells: [String; 4]) {
    let [passed, failed, not_implemented, obsolete] = cells;
    let _ = writeln!(
        text,
        "{name:<24} {passed:>7} {failed:>7} {not_implemented:>16} {obsolete:>9}"
    );
}
