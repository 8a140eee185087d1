//! JUnit XML, as build servers read it: what is not applicable or not implemented is skipped, with the reason.

use super::Report;
use super::markup::Markup;
use super::tally::tally;
use crate::conformance::record::{CaseRecord, Kind};

pub(super) fn document(report: &Report) -> String {
    let mut xml = Markup::new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.element(
        "<testsuites name=\"eid conformance ",
        &report.suite_version,
        "\">\n",
    );
    for tally in tally(&report.cases) {
        let of_layer = |case: &&CaseRecord| case.suite == tally.suite && case.layer == tally.layer;
        let [_, failed, not_applicable, not_implemented] = tally.counts;
        xml.element("<testsuite name=\"", tally.suite.name(), " ")
            .element("", &tally.layer, "\" tests=\"")
            .number(tally.counts.iter().sum())
            .markup("\" failures=\"")
            .number(failed)
            .markup("\" errors=\"0\" skipped=\"")
            .number(not_applicable + not_implemented)
            .element("\" timestamp=\"", &report.date, "\">\n");
        properties(&mut xml, report);
        for case in report.cases.iter().filter(of_layer) {
            test_case(&mut xml, case);
        }
        xml.markup("</testsuite>\n");
    }
    xml.markup("</testsuites>\n");
    xml.finish()
}

fn properties(xml: &mut Markup, report: &Report) {
    xml.markup("<properties>\n");
    let seed = report.seed.to_string();
    let destructive = report.destructive.to_string();
    let properties = [
        ("atr", Some(&report.atr)),
        ("card", Some(&report.card)),
        ("statement sha256", Some(&report.statement.sha256)),
        ("seed", Some(&seed)),
        ("destructive", Some(&destructive)),
        ("warning", report.warning.as_ref()),
        ("ended early", report.ended_early.as_ref()),
    ];
    for (name, value) in properties {
        if let Some(value) = value {
            xml.element("<property name=\"", name, "\" value=\"")
                .element("", value, "\"/>\n");
        }
    }
    xml.markup("</properties>\n");
}

fn test_case(xml: &mut Markup, case: &CaseRecord) {
    let why = case.why.as_deref().unwrap_or_default();
    xml.element("<testcase classname=\"", case.suite.name(), ".")
        .element("", &case.layer, "\" name=\"")
        .element("", &case.id, "\">\n");
    match case.verdict {
        Kind::Passed => {}
        Kind::Failed => {
            xml.element("<failure message=\"", why, "\">")
                .element("", &case.purpose, "</failure>\n");
        }
        Kind::NotApplicable | Kind::NotImplemented => {
            xml.element("<skipped message=\"", case.verdict.words(), ": ")
                .element("", why, "\"/>\n");
        }
    }
    if !case.trace.is_empty() {
        xml.markup("<system-out>\n");
        for apdu in &case.trace {
            match apdu.is_reset() {
                true => xml.markup("reset\n"),
                false => xml
                    .element("&gt; ", &apdu.command, "\n")
                    .element("&lt; ", &apdu.response, "\n"),
            };
        }
        xml.markup("</system-out>\n");
    }
    xml.markup("</testcase>\n");
}
