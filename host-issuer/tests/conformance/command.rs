//! `eid conformance` as a lab uses it: lists, statements, runs that are interrupted, reports, differences.

use std::path::Path;

use host_issuer::transport::pulled::Moment;
use serde_json::Value;
use test_vectors::conformance::report::Report;
use test_vectors::conformance::{Given, Kind};

use crate::cards;
use crate::world::{HOLDER, Outcome, World, secrets};

/// A lab with the card of a profile.
struct Lab {
    world: World,
    can: String,
}

const CARD: &str = "icao-td1";

impl Lab {
    fn with_card() -> Self {
        let world = World::with_office();
        cards::issue(&world, CARD);
        world.write("zone.txt", cards::zone(&world, CARD).as_bytes());
        let can = cards::print(&world, CARD)["can"]
            .as_str()
            .expect("a CAN")
            .to_owned();
        Self { world, can }
    }

    /// `eid conformance VERB` on the card.
    fn on_card(&self, verb: &str, more: &[&str]) -> Outcome {
        let reader = format!("virtual:@{CARD}.chip");
        let mut arguments = vec!["conformance", verb, "--reader", &reader, "--can", &self.can];
        arguments.extend(["--mrz-file", "@zone.txt"]);
        arguments.extend(more);
        self.world.eid(&arguments)
    }

    fn report(&self, name: &str) -> Report {
        Report::from_json(&self.read(name)).expect("a report")
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.world.path(name)).expect("a file")
    }
}

fn verdicts(report: &Report) -> Vec<(String, Kind)> {
    let cases = report.cases.iter();
    cases
        .map(|case| (case.case().to_string(), case.verdict))
        .collect()
}

#[test]
fn the_list_says_what_is_played() {
    let world = World::with_office();
    let list = world
        .eid(&["conformance", "list", "--layer", "iso7816_a"])
        .expect(0);
    assert_eq!(
        list.output,
        "icao-3/ISO7816_A_1           select LDS AID on a BAC-only chip\n\
         \x20                            needs BAC\n\
         icao-3/ISO7816_A_2           select LDS AID on a chip with BAC and PACE\n\
         \x20                            needs BAC, PACE\n\
         icao-3/ISO7816_A_3           select LDS AID on a PACE-only chip\n\
         \x20                            needs PACE\n"
    );
    let all = world.eid(&["conformance", "list", "--json"]).expect(0).json();
    assert_eq!(all["schema"], "eid.conformance.list/1");
    let cases = all["cases"].as_array().expect("cases");
    assert!(cases.len() > 550);
    for case in cases {
        assert_eq!(case["implemented"] == true, case["why"].is_null(), "{case}");
    }
    let pattern = ["conformance", "list", "--case", "bsi-3.2/LDS_?_11", "--json"];
    let few = world.eid(&pattern).expect(0).json();
    let ids: Vec<&Value> = few["cases"]
        .as_array()
        .expect("cases")
        .iter()
        .map(|case| &case["id"])
        .collect();
    assert_eq!(ids, ["LDS_G_11", "LDS_H_11"]);
    world.eid(&["conformance", "list", "--suite", "icao-4"]).expect(2);
    world
        .eid(&["conformance", "list", "--layer", "ISO7816_X"])
        .expect_failure(2, "no case of the suites");
}

#[test]
fn the_statement_of_a_card_can_be_given_back() {
    let lab = Lab::with_card();
    let text = lab.on_card("probe", &[]).expect(0).output;
    let given = Given::from_toml(&text).expect("a statement");
    assert_eq!(given.data_groups, Some(vec![1, 2, 11, 12, 14, 15]));
    assert_eq!(given.pace.as_ref().map(Vec::len), Some(2));
    assert_eq!(given.chip_keys.as_ref().map(Vec::len), Some(1));
    let object = lab.on_card("probe", &["--json"]).expect(0).json();
    assert_eq!(object["statement"]["features"]["PACE-CAM"], true);

    lab.world.write("card.toml", text.as_bytes());
    let few = ["--layer", "ISO7816_A", "--json", "--ics"];
    let same = lab
        .on_card("run", &[&few[..], &["@card.toml"]].concat())
        .expect(0)
        .json();
    assert_eq!(same["statement"]["differences"], serde_json::json!([]));
    let other = text
        .replace("PACE = true", "PACE = false")
        .replace("BAC = false", "BAC = true");
    lab.world.write("other.toml", other.as_bytes());
    let other = lab
        .on_card("run", &[&few[..], &["@other.toml"]].concat())
        .expect(4)
        .json();
    assert_eq!(
        other["statement"]["differences"],
        serde_json::json!([
            "BAC: the statement says yes, the card shows no",
            "PACE: the statement says no, the card shows yes"
        ])
    );
    let misspelt = text.replace("mapping = \"CAM\"", "mapping = \"CAN\"");
    lab.world.write("misspelt.toml", misspelt.as_bytes());
    lab.on_card("run", &[&few[..], &["@misspelt.toml"]].concat())
        .expect_failure(3, "pace[1].mapping: GM, IM or CAM");
}

#[test]
fn a_run_that_lost_its_card_goes_on_to_the_same_end() {
    let lab = Lab::with_card();
    let unit = ["--layer", "ISO7816_O", "--seed", "5"];
    let run = |more: &[&str]| lab.on_card("run", &[&unit[..], more].concat());
    run(&["--report", "@whole.json"]).expect(0);
    let whole = lab.report("whole.json");
    assert!(whole.cases.iter().any(|case| case.verdict == Kind::Passed));

    lab.world.readers().pull.set(Some((120, Moment::BeforeAnswer)));
    let kept = ["--resume", "@state", "--report", "@part.json"];
    let lost = run(&kept).expect_failure(11, "icao-3/ISO7816_O_");
    assert!(lost.messages.contains("put the card back"), "{}", lost.messages);
    let part = lab.report("part.json");
    assert!(part.ended_early.is_some());
    assert!((1..whole.cases.len()).contains(&part.cases.len()));

    lab.world.readers().pull.set(None);
    // As if the program had been killed while it wrote.
    let mut state = lab.read("state");
    state.extend(b"{\"suite\":\"icao-3\",\"id\":\"ISO78");
    lab.world.write("state", &state);
    run(&["--resume", "@state", "--destructive"]).expect_failure(3, "another choice of --destructive");
    lab.on_card(
        "run",
        &["--layer", "ISO7816_O", "--seed", "6", "--resume", "@state"],
    )
    .expect_failure(3, "another seed");
    let resumed = run(&kept).expect(0);
    assert!(
        resumed.messages.contains("cases are done"),
        "{}",
        resumed.messages
    );
    let resumed = lab.report("part.json");
    assert_eq!(resumed.ended_early, None);
    assert_eq!(verdicts(&resumed), verdicts(&whole));
    assert_eq!(
        resumed.cases.iter().map(|case| &case.seed).collect::<Vec<_>>(),
        whole.cases.iter().map(|case| &case.seed).collect::<Vec<_>>()
    );
    let same = lab
        .world
        .eid(&["conformance", "diff", "@whole.json", "@part.json"])
        .expect(0);
    assert_eq!(
        same.output,
        format!("0 cases differ, {} do not\n", whole.cases.len())
    );

    lab.world.write("state", b"{\"schema\":\"something else\"}\n");
    run(&kept).expect_failure(3, "line 1");
}

#[test]
fn reports_say_the_same_and_hold_no_more_than_they_should() {
    let lab = Lab::with_card();
    let run = |more: &[&str]| {
        let few = ["--case", "icao-3/ISO7816_A_*", "--case", "*/ISO7816_O_1?"];
        lab.on_card("run", &[&few[..], more].concat())
    };
    let kinds = ["@out.json", "@out.xml", "@out.html", "@out.txt"];
    let reports: Vec<&str> = kinds.iter().flat_map(|name| ["--report", name]).collect();
    let outcome = run(&reports).expect(0);
    // What is told has no secret in it; the files have.
    let all = secrets();
    outcome.assert_silent_about(&all.iter().map(String::as_str).collect::<Vec<_>>());
    let report = lab.report("out.json");
    assert!(
        report
            .warning
            .as_ref()
            .is_some_and(|warning| warning.contains("PERSONAL DATA"))
    );
    assert!(report.cases.iter().any(|case| !case.trace.is_empty()));
    assert_eq!(report.date, "2026-11-24T09:00:00Z");
    assert_eq!(
        outcome.output,
        String::from_utf8(lab.read("out.txt")).expect("UTF-8")
    );
    for name in ["out.xml", "out.html"] {
        let text = String::from_utf8(lab.read(name)).expect("UTF-8");
        assert!(text.contains("PERSONAL DATA"), "{name}");
        assert!(text.contains("ISO7816_A_3"), "{name}");
    }
    run(&["--report", "@out.json"]).expect_failure(21, "it is there already");
    run(&["--report", "@out.pdf"]).expect_failure(2, "no kind of report");

    let bare = ["--no-trace", "--report", "@bare.json", "--report", "@bare.html"];
    run(&bare).expect(0);
    let report = lab.report("bare.json");
    assert_eq!(report.warning, None);
    let traces = report.cases.iter().map(|case| case.trace.len()).sum::<usize>();
    assert_eq!(traces, 0);
    for name in ["bare.json", "bare.html"] {
        let text = String::from_utf8(lab.read(name)).expect("UTF-8");
        assert!(
            !text.contains("PERSONAL DATA") && !text.contains(HOLDER),
            "{name}"
        );
    }
}

#[test]
fn what_is_missing_or_wrong_is_said_before_a_card_is_asked() {
    let world = World::with_office();
    let run = |more: &[&str]| {
        let reader = ["conformance", "run", "--reader", "virtual:@no.chip"];
        world.eid(&[&reader[..], more].concat())
    };
    run(&[]).expect_failure(2, "--can, --mrz or --mrz-file is required");
    run(&["--can", "12345"]).expect_failure(2, "a CAN is six digits");
    run(&["--mrz", "L898902C<369080619406237"]).expect_failure(2, "the check digit of the date of expiry");
    run(&["--can", "123456", "--ics", "@missing.toml"]).expect_failure(3, "missing.toml");
    run(&["--can", "123456", "--case", "nothing"]).expect_failure(2, "no case of the suites");
    run(&["--can", "123456"]).expect_failure(3, "virtual card");
    assert!(!Path::new(&world.path("no.chip")).exists());
}
