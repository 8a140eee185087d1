//! A report as a clerk reads it: the verdict in a block, who it is, and what did not hold. `-v` shows the rest.

use std::io::{self, Write};

use super::super::output::one_line;
use super::holder_lines::holder_lines;
use super::report::{Shown, opened};
use crate::inspect::{Absence, Check, Status, Unverified, Verdict};

/// Columns of the block.
const WIDTH: usize = 60;
/// Ends every colour. Where no terminal shows colours, or none are wanted (`NO_COLOR`), the console drops them.
const PLAIN: &str = "\u{1b}[0m";
/// The colour of what is not proved.
const UNPROVED: &str = "\u{1b}[1;31m";

/// Writes the report; `all` with everything that was looked at.
pub(super) fn write(out: &mut dyn Write, shown: &Shown<'_>, all: bool) -> io::Result<()> {
    let report = shown.report;
    block(out, report.verdict)?;
    writeln!(out, "{}  [{}]\n", one_line(&report.reason), report.rule)?;
    if let Some(reader) = shown.reader {
        line(out, "Reader", reader)?;
    }
    let face = shown.saved.and_then(|saved| saved.face.as_deref());
    let face = face.map(|path| path.display().to_string());
    match (&report.holder, &report.unverified) {
        (Some(holder), _) => {
            if let Some(face) = &face {
                line(out, "Face", face)?;
            }
            for held in holder_lines(holder) {
                if all || held.essential {
                    line(out, held.label, &held.value)?;
                }
            }
        }
        (None, Some(unverified)) => unproved(out, unverified, face.as_deref(), all)?,
        (None, None) => writeln!(out, "  The holder's data are not shown: they are not proved.")?,
    }
    if let Some(replayed) = &shown.replayed {
        line(out, "Recorded", &replayed.recorded)?;
        line(out, "Judged as of", &replayed.judged_at)?;
    }
    if let Some(saved) = shown.saved {
        line(out, "Saved in", &saved.directory.display().to_string())?;
    }
    line(out, "Trust", &report.trust.line())?;
    checks(out, &report.checks, all)?;
    if !report.quirks.is_empty() {
        writeln!(out, "\nWhere the card departs from the standards")?;
    }
    for quirk in &report.quirks {
        writeln!(out, "  {}", one_line(&quirk.to_string()))?;
    }
    if all {
        way(out, shown)?;
    }
    Ok(())
}

/// What the chip says and nothing proves: said on every line, so that none can be quoted without it.
fn unproved(out: &mut dyn Write, unverified: &Unverified, face: Option<&str>, all: bool) -> io::Result<()> {
    let mut marked = |name: &str, value: &str| {
        writeln!(
            out,
            "  {UNPROVED}UNVERIFIED{PLAIN}  {name:<12} {}",
            one_line(value)
        )
    };
    if let Some(face) = face {
        marked("Face", face)?;
    }
    let Some(holder) = &unverified.holder else {
        return marked("Holder", "DG1 cannot be read");
    };
    holder_lines(holder)
        .iter()
        .filter(|held| all || held.essential)
        .try_for_each(|held| marked(held.label, &held.value))
}

/// What nobody can overlook, with colours and without.
fn block(out: &mut dyn Write, verdict: Verdict) -> io::Result<()> {
    let (colour, word) = match verdict {
        Verdict::Genuine => ("\u{1b}[1;97;42m", "GENUINE"),
        Verdict::NotGenuine => ("\u{1b}[1;97;41m", "NOT GENUINE"),
        Verdict::Inconclusive => ("\u{1b}[1;30;43m", "INCONCLUSIVE"),
    };
    let edge = "#".repeat(WIDTH);
    let inside = WIDTH - 4;
    writeln!(out, "{colour}{edge}{PLAIN}")?;
    writeln!(out, "{colour}##{word:^inside$}##{PLAIN}")?;
    writeln!(out, "{colour}{edge}{PLAIN}")
}

/// The checks that speak against the document, or all of them.
fn checks(out: &mut dyn Write, checks: &[Check], all: bool) -> io::Result<()> {
    let listed = |check: &&Check| all || speaks_against(check);
    if checks.iter().any(|check| listed(&check)) {
        writeln!(out, "\n{}", if all { "Checks" } else { "What did not hold" })?;
    }
    for check in checks.iter().filter(listed) {
        let (colour, word) = match check.status {
            Status::Passed => ("\u{1b}[32m", "passed"),
            Status::Failed(_) => ("\u{1b}[31m", "failed"),
            Status::NotPerformed(_) => ("\u{1b}[33m", "not performed"),
        };
        let id = check.id.to_string();
        let detail = one_line(&detail(check));
        writeln!(out, "  {colour}{word:<13}{PLAIN}  {id:<24}  {detail}")?;
    }
    if all {
        return Ok(());
    }
    let passed = checks.iter().filter(|check| check.is_passed()).count();
    let others = checks.iter().filter(|check| !listed(check)).count() - passed;
    let others = match others {
        0 => String::new(),
        others => format!(", {others} did not apply or waited for another"),
    };
    writeln!(out, "\n{passed} checks passed{others}; -v shows all")
}

/// Whether it failed, or misses its evidence.
fn speaks_against(check: &Check) -> bool {
    matches!(
        check.status,
        Status::Failed(_) | Status::NotPerformed(Absence::Missing(_))
    )
}

/// Why it ended so, and what was looked at.
pub(super) fn detail(check: &Check) -> String {
    match (check.why(), &check.evidence) {
        (Some(why), Some(evidence)) => format!("{why} ({evidence})"),
        (Some(why), None) => why,
        (None, Some(evidence)) => evidence.clone(),
        (None, None) => String::new(),
    }
}

/// How the card was opened, and what it took.
fn way(out: &mut dyn Write, shown: &Shown<'_>) -> io::Result<()> {
    let opened = opened(&shown.card.access);
    let wire = shown.card.wire;
    writeln!(
        out,
        "\n{opened}; {} commands, {} bytes sent, {} bytes received",
        wire.apdus, wire.bytes_sent, wire.bytes_received
    )?;
    shown
        .card
        .notes
        .iter()
        .try_for_each(|note| writeln!(out, "Note: {}", one_line(note)))
}

fn line(out: &mut dyn Write, name: &str, value: &str) -> io::Result<()> {
    writeln!(out, "  {name:<12} {}", one_line(value))
}
