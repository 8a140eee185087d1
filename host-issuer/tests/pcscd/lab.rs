//! The conformance suite on a card behind the real PC/SC service.

use serde_json::Value;

use crate::office::Office;
use crate::private_pcscd::PrivatePcscd;
use crate::virtual_card::VirtualCardInReader;

/// What can be learned of the card is asked of it, and units in plain and in sessions are played.
#[test]
fn plumbing_a_lab_plays_units_of_the_suite_on_a_card_in_a_reader() {
    let service = PrivatePcscd::start();
    let office = Office::open(&service.socket());
    office.make_chip("one.chip");
    let _card = VirtualCardInReader::insert(&office, &service, "one.chip");
    office.issue("out").expect(0);
    let can = office.printed_can("out");
    let probed = office.eid(&["conformance", "probe", "--can", &can]).expect(0);
    probed.assert_silent_about(&[&can]);
    office.write("card.toml", probed.stdout.as_bytes());
    let mut run = vec!["conformance", "run", "--can", &can, "--ics", "card.toml"];
    for layer in ["ISO7816_A", "ISO7816_O", "ISO7816_P", "ISO7816_Q", "LDS_D"] {
        run.extend(["--layer", layer]);
    }
    run.extend(["--report", "lab.json", "--no-trace"]);
    office.eid(&run).expect(0).assert_silent_about(&[&can]);
    let report = std::fs::read(office.path("lab.json")).expect("a report");
    let report: Value = serde_json::from_slice(&report).expect("JSON");
    assert_eq!(report["schema"], "eid.conformance/1");
    assert!(
        report["atr"].as_str().is_some_and(|atr| atr.starts_with("3B")),
        "{}",
        report["atr"]
    );
    let cases = report["cases"].as_array().expect("cases");
    let with = |verdict: &str| cases.iter().filter(|case| case["verdict"] == verdict).count();
    assert_eq!(with("failed"), 0);
    assert!(with("passed") > 80, "{} passed", with("passed"));
}
