//! How the chip was opened: what a program is told, that it stays in a recording, and what weighs against a card.

use serde_json::{Value, json};

use super::Counter;
use super::session::check;

/// What is said of a check that passed.
fn evidence(report: &Value, id: &str) -> String {
    let (status, said) = check(report, id);
    assert_eq!(status, "passed", "{id}: {said}");
    said
}

/// Basic Access Control beside PACE is looked for where somebody asks, and weighs nothing.
#[test]
fn plumbing_basic_access_control_beside_pace_is_noted() {
    for (profile, expected, said) in [
        ("vn-cccd-2021", true, "has Basic Access Control, too"),
        ("vn-cc-2024", false, "has no Basic Access Control"),
    ] {
        let counter = Counter::of(profile);
        let trusted = ["--trust", "@csca"];
        let plain = counter.verify(&["--trust", "@csca", "--json"]).expect(0).json();
        assert!(evidence(&plain, "access").contains("PACE-ECDH-GM"), "{plain}");
        let unasked = evidence(&plain, "downgrade");
        assert!(
            unasked.contains("on offer") && !unasked.contains("Basic Access Control"),
            "{unasked}"
        );

        let recorded = ["--ask-bac", "--record", "@asked.session", "--json"];
        let report = counter
            .verify(&[&trusted[..], &recorded].concat())
            .expect(0)
            .json();
        assert!(evidence(&report, "downgrade").contains(said), "{profile}");
        let asked = |report: &Value| report["wire"]["apdus"].as_u64().expect("a count");
        assert_eq!(asked(&report), asked(&plain) + 2, "SELECT and GET CHALLENGE");

        let session = counter.read("asked.session");
        assert_eq!(session["bac_beside_pace"], expected);
        let report = counter.replay(&session, 0, &trusted);
        assert!(
            evidence(&report, "downgrade").contains(said),
            "{profile}, replayed"
        );
    }
}

/// A card that was opened in a weaker way than it offers is not believed, whoever says so.
#[test]
fn plumbing_a_downgrade_is_no_genuine_card() {
    let counter = Counter::of("vn-cccd-2021").with_doubts();
    let session = counter.record(&[]);
    let trusted = ["--trust", "@believed"];
    let failed = |change: fn(&mut Value), words: &str| {
        let mut changed = session.clone();
        change(&mut changed);
        let report = counter.replay(&changed, 4, &trusted);
        assert_eq!(report["rule"], "failed:downgrade", "{words}");
        let (status, said) = check(&report, "downgrade");
        assert_eq!(status, "failed");
        assert!(said.contains(words), "{said}");
    };
    failed(
        |session| session["access"] = json!({"protocol": "BAC", "password": "MRZ"}),
        "offers PACE and was opened without it",
    );
    failed(
        |session| session["access"] = json!({"protocol": "none", "password": "CAN"}),
        "offers PACE and was opened without it",
    );
    failed(
        |session| session["pace_failed"] = json!("the chip answered 6F00"),
        "which failed: the chip answered 6F00",
    );
}

/// What was read from the card's surface is judged again with the rest; what is given now comes before it.
#[test]
fn plumbing_a_recording_keeps_what_is_printed() {
    let counter = Counter::of("vn-cc-2024").with_doubts();
    let print = std::fs::read_to_string(counter.world.path("out/print.json")).expect("what is printed");
    let print: Value = serde_json::from_str(&print).expect("JSON");
    let lines = print["mrz"].as_array().expect("lines").iter();
    let zone: Vec<&str> = lines.map(|line| line.as_str().expect("text")).collect();
    let zone = zone.join("\n");
    let altered = zone.replace("NGUYEN", "TRAN<<");
    let trusted = ["--trust", "@believed"];

    let recorded = ["--printed-mrz", &altered, "--record", "@one.session"];
    counter.verify(&[&trusted[..], &recorded].concat()).expect(4);
    let session = counter.read("one.session");
    super::json_schema::Schema::load("eid.session.1.json").assert_describes(&session);
    assert_eq!(session["printed"], json!({ "mrz": altered }));
    let report = counter.replay(&session, 4, &trusted);
    assert_eq!(report["rule"], "failed:dg1_matches_printed_mrz");
    let report = counter.replay(&session, 0, &[&trusted[..], &["--printed-mrz", &zone]].concat());
    assert_eq!(check(&report, "dg1_matches_printed_mrz").0, "passed");
}
