//! Tables for a spreadsheet: RFC 4180, with a header. No cell is a formula: a reader's name or a reason that begins like one is
//! preceded by an apostrophe.

use super::OPERATIONAL;
use crate::station::report::tally::{Sums, Tally};
use crate::station::report::{AttemptLine, BatchReport};

/// A table as it grows.
struct Table(String);

impl Table {
    fn new(header: &str) -> Self {
        Self(format!("{header}\r\n"))
    }

    fn row(&mut self, cells: &[&str]) {
        let cells: Vec<String> = cells.iter().map(|cell| cell_of(cell)).collect();
        self.0.push_str(&cells.join(","));
        self.0.push_str("\r\n");
    }
}

/// A cell that means itself, to a parser and to a spreadsheet.
fn cell_of(text: &str) -> String {
    // Control characters mean nothing here, and a tab or a line break before an equals sign is dropped by some programs.
    let clean: String = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    let formula = clean
        .trim_start()
        .starts_with(['=', '+', '-', '@', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}']);
    let clean = if formula { format!("'{clean}") } else { clean };
    match clean.contains(['"', ',', ';', ' ']) {
        true => format!("\"{}\"", clean.replace('"', "\"\"")),
        false => clean,
    }
}

/// Sums of the whole, by province, day and reader; then the reasons, and the chips that were refused.
pub(super) fn sums(report: &BatchReport) -> String {
    let mut table = Table::new(
        "batch,table,key,attempts,cards,blank,quarantined,spoiled,unsettled,yield,median_seconds,longest_seconds",
    );
    sums_row(&mut table, report, "total", "", &report.total.attempts);
    let groups = [
        ("province", &report.provinces),
        ("day", &report.days),
        ("reader", &report.readers),
    ];
    for (name, tallies) in groups {
        for Tally { key, sums } in tallies {
            sums_row(&mut table, report, name, key, sums);
        }
    }
    for (state, count) in [
        ("jobs", report.total.jobs),
        ("issued", report.total.issued),
        ("pending", report.total.pending),
        ("failed", report.total.failed),
        ("cancelled", report.total.cancelled),
        ("first_time", report.total.first_time),
    ] {
        table.row(&[
            &report.batch,
            "jobs",
            state,
            &count.to_string(),
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
        ]);
    }
    for reason in &report.reasons {
        let (attempts, chips) = (reason.attempts.to_string(), reason.chips.to_string());
        table.row(&[
            &report.batch,
            "reason",
            &reason.reason,
            &attempts,
            "",
            "",
            "",
            &chips,
            "",
            "",
            "",
            "",
        ]);
    }
    for refused in &report.refused {
        let serial = refused.serial.as_deref().unwrap_or(OPERATIONAL);
        let key = format!("{} {serial} {}", refused.reason, refused.reader);
        table.row(&[&report.batch, "refused", &key, "", "", "", "", "", "", "", "", ""]);
    }
    table.0
}

fn sums_row(table: &mut Table, report: &BatchReport, name: &str, key: &str, sums: &Sums) {
    let number = |value: Option<u64>| value.map(|value| value.to_string()).unwrap_or_default();
    let chip_yield = sums.chip_yield.map(|value| format!("{value:.4}"));
    table.row(&[
        &report.batch,
        name,
        key,
        &sums.attempts.to_string(),
        &sums.cards.to_string(),
        &sums.blank.to_string(),
        &sums.quarantined.to_string(),
        &sums.spoiled.to_string(),
        &sums.unsettled.to_string(),
        &chip_yield.unwrap_or_default(),
        &number(sums.median_seconds),
        &number(sums.longest_seconds),
    ]);
}

/// Every attempt.
pub(super) fn attempts(report: &BatchReport) -> String {
    let mut table = Table::new(
        "batch,job,province,attempt,reader,chip,card_id,began_at,ended_at,seconds,outcome,reason,later",
    );
    for attempt in &report.attempts {
        let AttemptLine {
            job,
            province,
            attempt: number,
            reader,
            chip,
            card_id,
            began_at,
            ended_at,
            seconds,
            outcome,
            reason,
            later,
        } = attempt;
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let seconds = seconds.map(|seconds| seconds.to_string()).unwrap_or_default();
        table.row(&[
            &report.batch,
            job,
            province,
            &number.to_string(),
            reader,
            chip,
            card_id,
            began_at,
            &text(ended_at),
            &seconds,
            outcome.name(),
            &text(reason),
            &text(later),
        ]);
    }
    table.0
}

#[cfg(test)]
mod tests {
    use super::cell_of;

    #[test]
    fn no_cell_is_a_formula_or_more_than_one_cell() {
        assert_eq!(cell_of("ACS 00 00"), "\"ACS 00 00\"");
        assert_eq!(cell_of("079"), "079");
        assert_eq!(cell_of("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(cell_of("\t=1+1"), "\"' =1+1\"");
        assert_eq!(cell_of("-2"), "'-2");
        assert_eq!(cell_of("@a"), "'@a");
        assert_eq!(cell_of("a\"b,\r\nc"), "\"a\"\"b,  c\"");
    }
}
