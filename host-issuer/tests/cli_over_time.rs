//! The same cards and keys on other days, and every profile: what the calendar does to issuing and to believing. In this
//! process, under a clock that the test moves. Terminal and chip are both ours here.

#![allow(clippy::disallowed_methods, reason = "a test's own files")]

#[path = "support/world.rs"]
mod world;

use serde_json::Value;
use time::macros::datetime;
use world::{HOLDER, World};

fn print_data(world: &World, out: &str) -> Value {
    let text = std::fs::read_to_string(world.path(out).join("print.json")).expect("print.json");
    serde_json::from_str(&text).expect("JSON")
}

fn statuses(report: &Value, status: &str) -> Vec<String> {
    let checks = report["checks"].as_array().expect("checks").iter();
    checks
        .filter(|check| check["status"] == status)
        .map(|check| check["id"].as_str().expect("an id").to_owned())
        .collect()
}

/// Verifies with what is printed on the card.
fn verify(world: &World, memory: &str, out: &str, password: &str, code: u8) -> Value {
    let print = print_data(world, out);
    let value = match password {
        "can" => print["can"].as_str().expect("a CAN").to_owned(),
        _ => print["mrz"]
            .as_array()
            .expect("lines")
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join("\n"),
    };
    let (reader, option) = (format!("virtual:@{memory}"), format!("--{password}"));
    world
        .eid(&[
            "verify", "--reader", &reader, &option, &value, "--trust", "@csca", "--json",
        ])
        .expect(code)
        .json()
}

#[test]
fn plumbing_every_profile_is_issued_and_verified() {
    let world = World::with_office();
    for profile in ["vn-cc-2024", "vn-cccd-2021", "icao-td1"] {
        let memory = format!("{profile}.chip");
        world.make_chip(&memory);
        world.issue(&memory, profile, &[("--profile", profile)]).expect(0);
        for password in ["can", "mrz"] {
            let report = verify(&world, &memory, profile, password, 0);
            assert_eq!(report["schema"], "eid.verify/1");
            assert_eq!(report["verdict"], "GENUINE", "{profile}: {report}");
            assert_eq!(statuses(&report, "failed"), [""; 0], "{profile}");
            assert_eq!(report["access"]["protocol"], "PACE");
            assert_eq!(report["access"]["password"], password.to_uppercase());
            assert!(
                report["wire"]["apdus"].as_u64().expect("a number") < 60,
                "{}",
                report["wire"]
            );
        }
    }
}

/// A card without PACE is opened with BAC, and that is said; a CAN opens nothing there.
#[test]
fn plumbing_a_card_with_basic_access_control_alone() {
    let world = World::with_office();
    let shown = world.eid(&["profile", "show", "vn-cccd-2021"]).expect(0).output;
    let (before, after) = shown.split_once("[[pace]]").expect("a PACE parameter set");
    let after = after
        .split_once("\n[")
        .map_or_else(String::new, |(_, rest)| format!("[{rest}"));
    let without =
        format!("{before}{after}").replace("data_groups = [1, 2, 13, 14]", "data_groups = [1, 2, 13]");
    world.write("bac.toml", without.as_bytes());
    world.make_chip("bac.chip");
    let change = [&[("--profile", "@bac.toml")], &world::FINGERS[..]].concat();
    world.issue("bac.chip", "out", &change).expect(0);
    assert!(
        print_data(&world, "out").get("can").is_none(),
        "a CAN that opens nothing is printed"
    );

    let report = verify(&world, "bac.chip", "out", "mrz", 0);
    assert_eq!(
        (&report["access"]["protocol"], &report["access"]["cipher"]),
        (&"BAC".into(), &"3DES".into())
    );
    assert!(
        report["notes"].to_string().contains("Basic Access Control"),
        "{}",
        report["notes"]
    );
    let can = [
        "verify",
        "--reader",
        "virtual:@bac.chip",
        "--can",
        "123456",
        "--trust",
        "@csca",
    ];
    world
        .eid(&can)
        .expect_failure(12, "CAN")
        .assert_silent_about(&["123456"]);
}

#[test]
fn plumbing_a_card_in_later_years() {
    let world = World::with_office();
    world.make_chip("one.chip");
    world.issue("one.chip", "out", &[]).expect(0);
    let on = |now, code| {
        world.set_time(now);
        verify(&world, "one.chip", "out", "can", code)
    };
    assert_eq!(on(datetime!(2027-02-20 00:00 UTC), 0)["verdict"], "GENUINE");

    // The CRL has run out: not being revoked is not known any more.
    let stale = on(datetime!(2027-03-01 00:00 UTC), 5);
    assert_eq!(stale["verdict"], "INCONCLUSIVE");
    assert!(
        stale["reason"]
            .as_str()
            .is_some_and(|reason| reason.contains("stale")),
        "{}",
        stale["reason"]
    );
    world.eid(&["pki", "crl", "issue", "--csca", "@csca"]).expect(0);
    assert_eq!(on(datetime!(2027-03-01 00:00 UTC), 0)["verdict"], "GENUINE");

    // The day after the last day.
    let expired = on(datetime!(2036-08-13 00:00 UTC), 5);
    assert_eq!(statuses(&expired, "failed"), ["document_expiry"]);
    assert!(
        expired["holder"].to_string().contains(HOLDER),
        "an expired card still says whose it is"
    );
}

#[test]
fn plumbing_days_on_which_nothing_is_issued() {
    let world = World::with_office();
    world.make_chip("one.chip");
    let before = world.all_files();
    // The document signer's key is out of use after three months.
    world.set_time(datetime!(2027-03-10 00:00 UTC));
    let outcome = world.issue("one.chip", "out", &[]);
    assert_eq!(outcome.code, 20, "{}", outcome.messages);
    assert_eq!(world.all_files(), before);
    world
        .eid(&["pki", "ds", "issue", "--csca", "@csca", "--out", "@ds-2"])
        .expect(0);
    world.issue("one.chip", "out", &[("--ds", "@ds-2")]).expect(0);

    // From 2028 on BAC may not be issued.
    world.set_time(datetime!(2028-01-01 00:00 UTC));
    world
        .eid(&["pki", "ds", "issue", "--csca", "@csca", "--out", "@ds-3"])
        .expect(0);
    world.make_chip("two.chip");
    let change = [("--ds", "@ds-3"), ("--profile", "vn-cccd-2021")];
    world.issue("two.chip", "out-2", &change).expect_failure(3, "bac");
    assert!(!world.path("out-2").exists());
    world.issue("two.chip", "out-2", &[("--ds", "@ds-3")]).expect(0);
}
