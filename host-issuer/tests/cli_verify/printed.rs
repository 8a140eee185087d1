//! What is printed on the card against what is in its chip.

use super::Counter;
use super::world::Outcome;

/// The status of this check.
fn status(outcome: &Outcome, id: &str) -> Option<String> {
    let report = outcome.json();
    let checks = report["checks"].as_array().expect("checks");
    let check = checks.iter().find(|check| check["id"] == id)?;
    check["status"].as_str().map(str::to_owned)
}

#[test]
fn plumbing_the_printed_zone_and_the_qr_code_are_compared_with_the_chip() {
    let counter = Counter::of("vn-cc-2024");
    let print = std::fs::read_to_string(counter.world.path("out/print.json")).expect("what is printed");
    let print: serde_json::Value = serde_json::from_str(&print).expect("JSON");
    let lines: Vec<&str> = print["mrz"]
        .as_array()
        .expect("lines")
        .iter()
        .map(|line| line.as_str().expect("text"))
        .collect();
    let zone = lines.join("\n");
    let verify = |more: &[&str]| counter.verify(&[&["--trust", "@csca", "--json"], more].concat());

    let outcome = verify(&[]).expect(0);
    assert_eq!(status(&outcome, "dg1_matches_printed_mrz"), None);
    let outcome = verify(&["--printed-mrz", &zone]).expect(0);
    assert_eq!(
        status(&outcome, "dg1_matches_printed_mrz").as_deref(),
        Some("passed")
    );
    let other = zone.replace("NGUYEN", "TRAN<<");
    let outcome = verify(&["--printed-mrz", &other]).expect(4);
    assert_eq!(outcome.json()["rule"], "failed:dg1_matches_printed_mrz");

    let qr = "001196000017|010000017|Nguyễn Thị Mẫu|12081996|Nữ|\
              Số 1 Phố Mẫu, Phường Mẫu, Quận Ba Đình, Hà Nội|24112026";
    counter.world.write("qr.txt", qr.as_bytes());
    let outcome = verify(&["--qr-file", "@qr.txt"]).expect(0);
    for id in ["qr_matches_dg1", "qr_matches_dg13"] {
        assert_eq!(status(&outcome, id).as_deref(), Some("passed"), "{id}");
    }
    let other = qr.replace("010000017", "010000018");
    counter.world.write("qr.txt", other.as_bytes());
    let outcome = verify(&["--qr-file", "@qr.txt"]).expect(4);
    assert_eq!(outcome.json()["rule"], "failed:qr_matches_dg13");
    outcome.assert_silent_about(&["010000018"]);
}
