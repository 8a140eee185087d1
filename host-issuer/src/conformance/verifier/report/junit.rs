//! JUnit XML, as build servers read it: what is not implemented or obsolete is skipped, with the reason.

use test_vectors::conformance::report::markup::Markup;

use super::{CaseResult, Outcome, Report};

pub(super) fn document(report: &Report, date: &str) -> String {
    let mut xml = Markup::new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.element(
        "<testsuites name=\"eid conformance verifier ",
        env!("CARGO_PKG_VERSION"),
        "\">\n",
    );
    for (layer, [passed, failed, not_implemented, obsolete]) in report.layers() {
        xml.element("<testsuite name=\"", layer, "\" tests=\"")
            .number(passed + failed + not_implemented + obsolete)
            .markup("\" failures=\"")
            .number(failed)
            .markup("\" errors=\"0\" skipped=\"")
            .number(not_implemented + obsolete)
            .element("\" timestamp=\"", date, "\">\n");
        for case in report.cases.iter().filter(|case| case.layer == layer) {
            test_case(&mut xml, case);
        }
        xml.markup("</testsuite>\n");
    }
    xml.markup("</testsuites>\n");
    xml.finish()
}

fn test_case(xml: &mut Markup, case: &CaseResult) {
    xml.element("<testcase classname=\"", case.suite(), ".")
        .element("", &case.layer, "\" name=\"")
        .element("", &case.id, "\">\n");
    match &case.outcome {
        Outcome::Passed => {}
        Outcome::Failed(why) => {
            xml.element("<failure message=\"", why, "\">")
                .element("", &case.purpose, "</failure>\n");
        }
        Outcome::NotImplemented(why) => {
            xml.element("<skipped message=\"not implemented: ", why, "\"/>\n");
        }
        Outcome::Obsolete(why) => {
            xml.element("<skipped message=\"obsolete: ", why, "\"/>\n");
        }
    }
    xml.markup("</testcase>\n");
}
