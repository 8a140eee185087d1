//! The program `eid` with a profile of several PACE parameter sets: what is issued is listed, the strongest set opens the card,
//! and the report says which. Terminal and chip are both ours here.

#![allow(clippy::disallowed_methods, reason = "a test's own files")]

#[path = "support/office.rs"]
mod office;

use std::fs;
use std::path::Path;

use office::Office;

const PROFILE: &str = r#"
name = "several-sets"
description = "for tests"
document_code = "ID"
issuing_state = "VNM"
mrz = "vietnamese"
data_groups = [1, 2, 13, 14]
pace = [
    { mapping = "GM", curve = "P-256", cipher = "AES-128" },
    { mapping = "GM", curve = "brainpoolP256r1", cipher = "AES-128" },
    { mapping = "IM", curve = "P-384", cipher = "AES-256" },
    { mapping = "IM", curve = "brainpoolP256r1", cipher = "3DES" },
]
validity = { renewal_ages = [14, 25, 40, 60] }
"#;

#[test]
fn the_strongest_of_several_sets_opens_the_card_and_is_named() {
    let office = Office::open(Path::new("/nonexistent/pcscd.comm"));
    fs::write(office.path("sets.toml"), PROFILE).expect("written");
    office.make_chip("one.chip");
    let issue = [
        "issue",
        "--reader",
        "virtual:one.chip",
        "--profile",
        "sets.toml",
        "--record",
        "record.json",
        "--photo",
        "face.jp2",
        "--ds",
        "ds",
        "--issuer-keys",
        "issuer.keys",
        "--out",
        "out",
        "--json",
    ];
    office.eid(&issue).expect(0);
    let print = fs::read_to_string(office.path("out/print.json")).expect("print.json");
    let print: serde_json::Value = serde_json::from_str(&print).expect("JSON");
    let can = print["can"].as_str().expect("a CAN");

    let verify = [
        "verify",
        "--reader",
        "virtual:one.chip",
        "--can",
        can,
        "--trust",
        "csca",
        "--json",
    ];
    let report = office.eid(&verify).expect(0).json();
    assert_eq!(report["verdict"], "GENUINE");
    let access = &report["access"];
    assert_eq!(
        [
            &access["protocol"],
            &access["mapping"],
            &access["curve"],
            &access["cipher"]
        ],
        ["PACE", "IM", "P-384", "AES-256"]
    );

    let info = office
        .eid(&["card", "info", "--reader", "virtual:one.chip", "--json"])
        .expect(0)
        .json();
    // In the order of DER for a SET OF, which the file has.
    let listed: Vec<_> = info["pace"].as_array().expect("a list").iter().collect();
    assert_eq!(
        listed,
        [
            "GM, AES-128, P-256",
            "GM, AES-128, brainpoolP256r1",
            "IM, 3DES, brainpoolP256r1",
            "IM, AES-256, P-384"
        ]
    );
}
