//! What the forms of a report look like, and that a stranger's words cannot break them.

use super::*;
use crate::conformance::catalogue::{Suite, entries};
use crate::conformance::record::Kind;
use crate::conformance::verdict::Verdict;
use crate::conformance::{Exchange, Probed};

/// Words of a card that would like to be markup.
const HOSTILE: &str = "</pre><script>alert(\"1\")</script> & ]]> '\u{0}\u{1b}[2J\u{202e}";

fn record(suite: Suite, id: &str, verdict: Verdict) -> CaseRecord {
    let entry = entries().find(|entry| entry.id.suite == suite && entry.id.id == id);
    let trace = [
        Exchange {
            command: Vec::new(),
            response: Vec::new(),
        },
        Exchange {
            command: vec![0x00, 0xA4],
            response: vec![0x69, 0x82],
        },
    ];
    let was_played = matches!(verdict, Verdict::Passed | Verdict::Failed(_));
    let trace = if was_played { &trace[..] } else { &[] };
    CaseRecord::new(entry.expect("a case"), verdict, was_played.then_some(0xA5), trace)
}

fn report() -> Report {
    let mut statement = Statement::default();
    statement.data_groups.extend([1, 2]);
    let probed = Probed {
        notes: vec![HOSTILE.into()],
        ..Probed::default()
    };
    let statement = StatementRecord::new(&statement, vec!["BAC: one & another".into()], &probed);
    let date = "2026-11-24T09:00:00Z".to_owned();
    let report = Report::new(date, &[0x3B, 0x85], [7; 32], statement, 42, false);
    report.with_cases(
        vec![
            record(Suite::Icao3, "ISO7816_A_1", Verdict::Passed),
            record(Suite::Icao3, "ISO7816_A_2", Verdict::Failed(HOSTILE.into())),
            record(
                Suite::Bsi32,
                "LDS_F_1",
                Verdict::NotApplicable("the card has no TA".into()),
            ),
            record(
                Suite::Bsi32,
                "ISO7816_N_1",
                Verdict::NotImplemented("not <written> yet".into()),
            ),
        ],
        true,
    )
}

/// The tags of a document that are open at its end; panics at the first thing that is no XML.
fn open_elements(text: &str) -> Vec<String> {
    let mut open: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        assert_entities(&rest[..start]);
        let end = start + rest[start..].find('>').expect("a tag has an end");
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if tag.starts_with(['!', '?']) {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
            continue;
        }
        let name = tag.split([' ', '/']).next().expect("a name");
        let mut attributes = tag[name.len()..].trim_end_matches('/').trim();
        while !attributes.is_empty() {
            let (_, value) = attributes.split_once("=\"").expect("an attribute in quotes");
            let (value, behind) = value.split_once('"').expect("the end of an attribute");
            assert_entities(value);
            attributes = behind.trim_start();
        }
        if !tag.ends_with('/') {
            open.push(name.to_owned());
        }
    }
    open
}

/// Text has no markup in it but the references that this crate writes, and no control characters.
fn assert_entities(text: &str) {
    let known = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"];
    for (at, _) in text.match_indices('&') {
        let is_known = known.iter().any(|reference| text[at..].starts_with(reference));
        assert!(is_known, "{}", &text[at..]);
    }
    let strange = text.chars().find(|letter| letter.is_control() && *letter != '\n');
    assert_eq!(strange, None, "{text:?}");
}

#[test]
fn the_text_is_a_table_and_what_failed() {
    let text = report().to_text();
    let replaced = HOSTILE.replace(['\u{0}', '\u{1b}', '\u{202e}'], "\u{fffd}");
    let expected = format!(
        "                          passed  failed  not applicable  not implemented
icao-3 ISO7816_A               1       1               0                0
bsi-3.2 ISO7816_N              0       0               0                1
bsi-3.2 LDS_F                  0       0               1                0
together                       1       1               1                1
statement: BAC: one & another
note: {replaced}

FAILED icao-3/ISO7816_A_2: select LDS AID on a chip with BAC and PACE
       {replaced}
"
    );
    assert_eq!(text, expected);
}

#[test]
fn junit_is_well_formed_and_counts() {
    let xml = report().to_junit();
    assert_eq!(open_elements(&xml), Vec::<String>::new());
    for piece in [
        "<testsuite name=\"icao-3 ISO7816_A\" tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\" \
         timestamp=\"2026-11-24T09:00:00Z\">",
        "<testcase classname=\"icao-3.ISO7816_A\" name=\"ISO7816_A_1\">\n<system-out>\nreset\n&gt; 00A4\n&lt; 6982\n\
         </system-out>\n</testcase>",
        "<skipped message=\"not implemented: not &lt;written&gt; yet\"/>",
        "<skipped message=\"not applicable: the card has no TA\"/>",
        "<property name=\"seed\" value=\"42\"/>",
        "<failure message=\"&lt;/pre&gt;&lt;script&gt;",
    ] {
        assert!(xml.contains(piece), "{piece} is not in\n{xml}");
    }
}

#[test]
fn the_page_is_well_formed_and_runs_nothing() {
    let html = report().to_html();
    assert_eq!(open_elements(&html), Vec::<String>::new());
    assert!(!html.contains("<script"), "{html}");
    for piece in [
        "default-src 'none'",
        "<td>icao-3</td><td>ISO7816_A</td><td class=\"n\">1</td><td class=\"n failed\">1</td>",
        "<details><summary><span class=\"failed\">failed</span> ISO7816_A_2</summary>",
        "<p>Seed of the case: 00000000000000a5</p>",
        "PERSONAL DATA",
        "data_groups = [1, 2]",
    ] {
        assert!(html.contains(piece), "{piece} is not in\n{html}");
    }
}

#[test]
fn json_comes_back_and_nothing_else_is_taken() {
    let report = report();
    let json = report.to_json();
    assert_eq!(Report::from_json(json.as_bytes()), Ok(report.clone()));
    for (from, to) in [
        ("eid.conformance/1", "eid.conformance/2"),
        ("\"atr\"", "\"art\""),
        ("\"bsi-3.2\"", "\"bsi-3.9\""),
        ("\"not_applicable\"", "\"maybe\""),
    ] {
        assert!(
            Report::from_json(json.replace(from, to).as_bytes()).is_err(),
            "{to}"
        );
    }
    let bare = report.clone().with_cases(report.cases, false);
    assert_eq!(bare.warning, None);
    assert!(!bare.to_json().contains("6982"));
}

#[test]
fn a_difference_names_what_changed() {
    let before = report();
    let mut after = before.clone();
    assert_eq!(Diff::new(&before, &after).to_text(), "0 cases differ, 4 do not\n");
    after.seed = 43;
    after.cases[0].verdict = Kind::Failed;
    after.cases[0].why = Some("it answered 9000".into());
    after.cases.remove(2);
    let diff = Diff::new(&before, &after);
    assert!(diff.has_new_failures());
    assert_eq!(
        diff.to_text(),
        "another seed: 42 and 43\n\
         bsi-3.2/LDS_F_1: not applicable -> not there\n       the card has no TA\n\
         icao-3/ISO7816_A_1: passed -> failed\n       it answered 9000\n\
         2 cases differ, 2 do not\n"
    );
    assert!(!Diff::new(&after, &before).has_new_failures());
}
