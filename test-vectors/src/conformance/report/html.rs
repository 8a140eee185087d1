//! The report as one page, for a browser or for paper. It loads nothing, runs nothing and asks nobody, and says so to the browser
//! (Content-Security-Policy). A case opens by the browser's own `details`.

use super::Report;
use super::markup::Markup;
use super::tally::{sum, tally};
use crate::conformance::record::{CaseRecord, Kind};

pub(super) fn page(report: &Report) -> String {
    let mut html = Markup::page("Conformance of a card");
    for warning in report.warning.iter().chain(&report.ended_early) {
        html.element("<p class=\"warning\">", warning, "</p>\n");
    }
    html.markup("<table>\n");
    for (label, value) in [
        ("Suite", &report.suite_version),
        ("Date", &report.date),
        ("Answer to reset", &report.atr),
        ("Card (SHA-256 of EF.CardAccess and EF.SOD)", &report.card),
        ("Statement (SHA-256)", &report.statement.sha256),
        ("Seed", &report.seed.to_string()),
    ] {
        html.element("<tr><th>", label, "</th>")
            .element("<td>", value, "</td></tr>\n");
    }
    html.markup("</table>\n");
    html.markup(match report.destructive {
        true => "<p>Cases that change the card for good were played.</p>\n",
        false => "<p>Cases that change the card for good were not played.</p>\n",
    });
    summary(&mut html, report);
    statement(&mut html, report);
    for tally in tally(&report.cases) {
        html.element("<h2>", tally.suite.name(), " ")
            .element("", &tally.layer, "</h2>\n");
        let of_layer = |case: &&CaseRecord| case.suite == tally.suite && case.layer == tally.layer;
        for case in report.cases.iter().filter(of_layer) {
            details(&mut html, case);
        }
    }
    html.markup("</body>\n</html>\n");
    html.finish()
}

fn summary(html: &mut Markup, report: &Report) {
    html.markup("<h2>By unit</h2>\n<table>\n<tr><th>Suite</th><th>Unit</th>");
    for kind in Kind::ALL {
        html.element("<th>", kind.words(), "</th>");
    }
    html.markup("</tr>\n");
    let tallies = tally(&report.cases);
    for tally in &tallies {
        html.element("<tr><td>", tally.suite.name(), "</td>")
            .element("<td>", &tally.layer, "</td>");
        counts(html, tally.counts);
    }
    html.markup("<tr><th>together</th><td></td>");
    counts(html, sum(&tallies));
    html.markup("</table>\n");
}

fn counts(html: &mut Markup, counts: [usize; 4]) {
    for (kind, count) in Kind::ALL.into_iter().zip(counts) {
        html.markup(match kind {
            Kind::Failed if count > 0 => "<td class=\"n failed\">",
            _ => "<td class=\"n\">",
        })
        .number(count)
        .markup("</td>");
    }
    html.markup("</tr>\n");
}

fn statement(html: &mut Markup, report: &Report) {
    let statement = &report.statement;
    for difference in &statement.differences {
        html.element(
            "<p class=\"open\">The statement and the card differ: ",
            difference,
            "</p>\n",
        );
    }
    for note in &statement.notes {
        html.element("<p>Note: ", note, "</p>\n");
    }
    html.markup("<details><summary>Implementation conformance statement</summary>\n<pre>")
        .lines(&statement.toml)
        .markup("</pre></details>\n");
}

fn details(html: &mut Markup, case: &CaseRecord) {
    html.markup("<details><summary>")
        .markup(match case.verdict {
            Kind::Passed => "<span class=\"passed\">",
            Kind::Failed => "<span class=\"failed\">",
            Kind::NotApplicable | Kind::NotImplemented => "<span class=\"open\">",
        })
        .element("", case.verdict.words(), "</span> ")
        .element("", &case.id, "</summary>\n");
    html.element("<p>", &case.purpose, "</p>\n");
    if let Some(why) = &case.why {
        html.element("<p>", why, "</p>\n");
    }
    if let Some(seed) = &case.seed {
        html.element("<p>Seed of the case: ", seed, "</p>\n");
    }
    if !case.trace.is_empty() {
        html.markup("<pre>");
        for apdu in &case.trace {
            match apdu.is_reset() {
                true => html.markup("reset\n"),
                false => html
                    .element("&gt; ", &apdu.command, "\n")
                    .element("&lt; ", &apdu.response, "\n"),
            };
        }
        html.markup("</pre>\n");
    }
    html.markup("</details>\n");
}
