//! The report as one page, for a browser or for paper; it loads nothing and runs nothing.

use test_vectors::conformance::report::markup::Markup;

use super::{CaseResult, Outcome, Report, WORDS};

pub(super) fn page(report: &Report, date: &str) -> String {
    let mut html = Markup::page("Conformance of a verifier");
    html.markup("<table>\n");
    for (label, value) in [
        ("Suite", "BSI TR-03105 part 5.1 and the corpus"),
        ("Verifier", concat!("eid ", env!("CARGO_PKG_VERSION"))),
        ("Date", date),
    ] {
        html.element("<tr><th>", label, "</th>")
            .element("<td>", value, "</td></tr>\n");
    }
    html.markup("</table>\n<h2>By unit</h2>\n<table>\n<tr><th>Unit</th>");
    for word in WORDS {
        html.element("<th>", &word.replace('_', " "), "</th>");
    }
    html.markup("</tr>\n");
    for (layer, counts) in report.layers() {
        row(&mut html, layer, counts);
    }
    row(&mut html, "together", WORDS.map(|word| report.count(word)));
    html.markup("</table>\n");
    for (layer, _) in report.layers() {
        html.element("<h2>", layer, "</h2>\n");
        for case in report.cases.iter().filter(|case| case.layer == layer) {
            details(&mut html, case);
        }
    }
    html.markup("</body>\n</html>\n");
    html.finish()
}

fn row(html: &mut Markup, name: &str, counts: [usize; 4]) {
    html.element("<tr><td>", name, "</td>");
    for (word, count) in WORDS.into_iter().zip(counts) {
        html.markup(match word {
            "failed" if count > 0 => "<td class=\"n failed\">",
            _ => "<td class=\"n\">",
        })
        .number(count)
        .markup("</td>");
    }
    html.markup("</tr>\n");
}

fn details(html: &mut Markup, case: &CaseResult) {
    html.markup("<details><summary>")
        .markup(match case.outcome {
            Outcome::Passed => "<span class=\"passed\">",
            Outcome::Failed(_) => "<span class=\"failed\">",
            Outcome::NotImplemented(_) | Outcome::Obsolete(_) => "<span class=\"open\">",
        })
        .element("", &case.outcome.word().replace('_', " "), "</span> ")
        .element("", &case.id, "</summary>\n")
        .element("<p>", &case.purpose, "</p>\n");
    if let Some(why) = case.outcome.why() {
        html.element("<p>", why, "</p>\n");
    }
    for play in &case.plays {
        html.element("<p>", &play.name, ": ");
        html.element(
            "",
            play.misjudged.as_deref().unwrap_or("judged as it must be"),
            "</p>\n",
        );
    }
    html.markup("</details>\n");
}
