//! The report as lines for a person.

use std::fmt::Write as _;

use super::super::super::output::one_line;
use super::OPERATIONAL;
use crate::station::report::BatchReport;
use crate::station::report::tally::{Sums, Tally};

pub(super) fn page(report: &BatchReport) -> String {
    let mut text = String::new();
    // Writing into a String does not fail.
    let _ = write(report, &mut text);
    text
}

fn write(report: &BatchReport, out: &mut String) -> std::fmt::Result {
    let total = &report.total;
    writeln!(
        out,
        "batch {} ({}, {}) of {}",
        report.batch,
        report.state,
        one_line(&report.profile),
        report.station
    )?;
    writeln!(
        out,
        "jobs {}: {} issued, {} pending, {} failed, {} cancelled; {} at the first attempt",
        total.jobs, total.issued, total.pending, total.failed, total.cancelled, total.first_time
    )?;
    line(out, "all", &total.attempts)?;
    for (name, tallies) in [
        ("by province", &report.provinces),
        ("by day", &report.days),
        ("by reader", &report.readers),
    ] {
        if !tallies.is_empty() {
            writeln!(out, "{name}")?;
        }
        for Tally { key, sums } in tallies {
            line(out, &one_line(key), sums)?;
        }
    }
    if !report.reasons.is_empty() {
        writeln!(out, "what went wrong")?;
    }
    for reason in &report.reasons {
        writeln!(
            out,
            "  {:<24} {} times, {} chips lost",
            one_line(&reason.reason),
            reason.attempts,
            reason.chips
        )?;
    }
    if !report.refused.is_empty() {
        writeln!(out, "chips that were refused")?;
    }
    for refused in &report.refused {
        writeln!(
            out,
            "  {} {} on {}, {}",
            refused.serial.as_deref().unwrap_or(OPERATIONAL),
            one_line(&refused.reason),
            one_line(&refused.reader),
            refused.at
        )?;
    }
    Ok(())
}

fn line(out: &mut String, key: &str, sums: &Sums) -> std::fmt::Result {
    write!(
        out,
        "  {key:<24} {} attempts: {} cards, {} blank again, {} quarantined, {} spoiled",
        sums.attempts, sums.cards, sums.blank, sums.quarantined, sums.spoiled
    )?;
    if sums.unsettled > 0 {
        write!(out, ", {} unsettled", sums.unsettled)?;
    }
    if let Some(chip_yield) = sums.chip_yield {
        write!(out, "; yield {:.1} %", chip_yield * 100.0)?;
    }
    if let (Some(median), Some(longest)) = (sums.median_seconds, sums.longest_seconds) {
        write!(out, "; {median} s a card, {longest} s the slowest")?;
    }
    writeln!(out)
}
