//! The report as one page, for a browser or for paper. It loads nothing, runs nothing and asks nobody, and says so to the browser
//! (Content-Security-Policy).

use super::super::super::markup::Html;
use super::OPERATIONAL;
use crate::station::report::tally::{Sums, Tally};
use crate::station::report::{BatchReport, Outcome, Signed};

const HEAD: &str = "<!doctype html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">
<meta name=\"referrer\" content=\"no-referrer\">
<meta name=\"robots\" content=\"noindex, noarchive\">
<meta name=\"viewport\" content=\"width=device-width\">
<title>Report of a batch of identity cards</title>
<style>
body { font-family: system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #111; background: #fff; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.75rem 0.25rem 0; border-bottom: 1px solid #ddd; overflow-wrap: anywhere; }
.failed { color: #9b1c2b; font-weight: bold; }
.passed { color: #176b27; }
.open { color: #8a6100; }
small { color: #555; }
@media print { body { max-width: none; margin: 0; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
</style>
</head>
<body>
";

const SUMS_HEAD: &str = "<th>Attempts</th><th>Cards</th><th>Blank again</th><th>Quarantined</th><th>Spoiled</th><th>Unsettled</th><th>Yield</th><th>Median</th><th>Slowest</th></tr>\n";

pub(super) fn page(report: &BatchReport, made_at: &str) -> String {
    let mut html = Html::new();
    html.markup(HEAD);
    html.element("<h1>Batch ", &report.batch, "</h1>\n<table>\n");
    row(&mut html, "State", report.state);
    row(&mut html, "Profile", &report.profile);
    row(&mut html, "Station", &report.station);
    row(&mut html, "Taken in", &signed(&report.created));
    for (label, act) in [("Started", &report.started), ("Closed", &report.closed)] {
        if let Some(act) = act {
            row(&mut html, label, &signed(act));
        }
    }
    row(
        &mut html,
        "Ledger up to event",
        &report.as_of_sequence.to_string(),
    );
    row(&mut html, "Report made", made_at);
    html.markup("</table>\n");
    jobs(&mut html, report);
    html.markup("<h2>All attempts together</h2>\n<table>\n<tr>")
        .markup(SUMS_HEAD)
        .markup("<tr>");
    sums(&mut html, &report.total.attempts);
    html.markup("</table>\n");
    group(
        &mut html,
        "<h2>By province</h2>\n<table>\n<tr><th>Province</th>",
        &report.provinces,
    );
    group(
        &mut html,
        "<h2>By day</h2>\n<table>\n<tr><th>Day (UTC)</th>",
        &report.days,
    );
    group(
        &mut html,
        "<h2>By reader</h2>\n<table>\n<tr><th>Reader</th>",
        &report.readers,
    );
    reasons(&mut html, report);
    attempts(&mut html, report);
    html.markup("<p><small>From the station's ledger. No person is named in it. The yield is the share of good cards among the chips that are used up.</small></p>\n</body>\n</html>\n");
    String::from_utf8(html.into_bytes()).unwrap_or_default()
}

fn signed(act: &Signed) -> String {
    match &act.approved_by {
        Some(second) => format!("{} by {} and {second}", act.at, act.by),
        None => format!("{} by {}", act.at, act.by),
    }
}

fn jobs(html: &mut Html, report: &BatchReport) {
    let total = &report.total;
    html.markup("<h2>Jobs</h2>\n<table>\n");
    for (label, count) in [
        ("All", total.jobs),
        ("Issued", total.issued),
        ("of these at the first attempt", total.first_time),
        ("Pending", total.pending),
        ("Failed", total.failed),
        ("Cancelled", total.cancelled),
    ] {
        row(html, label, &count.to_string());
    }
    html.markup("</table>\n");
}

fn group(html: &mut Html, head: &'static str, tallies: &[Tally]) {
    html.markup(head).markup(SUMS_HEAD);
    for tally in tallies {
        html.element("<tr><td>", &tally.key, "</td>");
        sums(html, &tally.sums);
    }
    html.markup("</table>\n");
}

fn sums(html: &mut Html, sums: &Sums) {
    let seconds = |value: Option<u64>| value.map(|value| format!("{value} s")).unwrap_or_default();
    let chip_yield = sums.chip_yield.map(|value| format!("{:.1} %", value * 100.0));
    for cell in [
        sums.attempts.to_string(),
        sums.cards.to_string(),
        sums.blank.to_string(),
        sums.quarantined.to_string(),
        sums.spoiled.to_string(),
        sums.unsettled.to_string(),
        chip_yield.unwrap_or_default(),
        seconds(sums.median_seconds),
        seconds(sums.longest_seconds),
    ] {
        html.element("<td>", &cell, "</td>");
    }
    html.markup("</tr>\n");
}

fn reasons(html: &mut Html, report: &BatchReport) {
    html.markup(
        "<h2>What went wrong</h2>\n<table>\n<tr><th>Reason</th><th>Attempts</th><th>Chips lost</th></tr>\n",
    );
    for reason in &report.reasons {
        html.element("<tr><td>", &reason.reason, "</td>")
            .element("<td>", &reason.attempts.to_string(), "</td>")
            .element("<td>", &reason.chips.to_string(), "</td></tr>\n");
    }
    html.markup("</table>\n<h2>Chips that were refused</h2>\n<table>\n<tr><th>Chip</th><th>Reader</th><th>Why</th><th>When</th></tr>\n");
    for refused in &report.refused {
        let serial = refused.serial.as_deref().unwrap_or(OPERATIONAL);
        html.element("<tr><td>", serial, "</td>")
            .element("<td>", &refused.reader, "</td>")
            .element("<td>", &refused.reason, "</td>")
            .element("<td>", &refused.at, "</td></tr>\n");
    }
    html.markup("</table>\n");
}

fn attempts(html: &mut Html, report: &BatchReport) {
    html.markup("<h2>Every attempt</h2>\n<table>\n<tr><th>Job</th><th>No.</th><th>Reader</th><th>Chip</th><th>Card</th><th>Began</th><th>Seconds</th><th>Outcome</th><th>Why</th></tr>\n");
    for attempt in &report.attempts {
        let seconds = attempt.seconds.map(|seconds| seconds.to_string());
        let why = attempt.reason.iter().chain(&attempt.later);
        let why: Vec<&str> = why.map(String::as_str).collect();
        html.element("<tr><td>", &attempt.job, "</td>")
            .element("<td>", &attempt.attempt.to_string(), "</td>")
            .element("<td>", &attempt.reader, "</td>")
            .element("<td>", &attempt.chip, "</td>")
            .element("<td>", &attempt.card_id, "</td>")
            .element("<td>", &attempt.began_at, "</td>")
            .element("<td>", &seconds.unwrap_or_default(), "</td>")
            .markup(match attempt.outcome {
                Outcome::Issued => "<td class=\"passed\">",
                Outcome::Unsettled | Outcome::Blank => "<td class=\"open\">",
                Outcome::Quarantined | Outcome::Spoiled => "<td class=\"failed\">",
            })
            .text(attempt.outcome.name())
            .element("</td><td>", &why.join("; "), "</td></tr>\n");
    }
    html.markup("</table>\n");
}

fn row(html: &mut Html, label: &str, value: &str) {
    html.element("<tr><th>", label, "</th>")
        .element("<td>", value, "</td></tr>\n");
}
