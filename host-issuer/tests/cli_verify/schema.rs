//! `eid.verify/1` is what host-issuer/schemas/eid.verify.1.json says, for every verdict and every profile.

use serde_json::{Value, json};

use super::json_schema::Schema;
use super::{Counter, TRUSTS};

/// Taking something away or adding something is noticed.
#[test]
fn the_schema_refuses_what_it_does_not_describe() {
    let schema = Schema::load("eid.verify.1.json");
    let described = json!({
        "schema": "eid.verify/1",
        "verdict": "GENUINE",
        "rule": "all_passed:no_copy",
        "reason": "",
        "checks": [{"id": "chain", "status": "passed", "why": null, "evidence": "a CSCA"}],
        "trust": {
            "judged_at": "2026-11-24T09:00:00Z",
            "generation": null,
            "updated": null,
            "anchors": [],
            "revocation_list": null,
            "master_list": null,
            "bundle": null
        },
        "files": {"DG1": {"length": 95, "sha256": "0".repeat(64)}},
        "access": {"protocol": "BAC", "mapping": null, "cipher": "3DES", "curve": null, "password": "MRZ"},
        "wire": {"apdus": 20, "bytes_sent": 400, "bytes_received": 20000},
        "notes": [],
        "quirks": []
    });
    schema.assert_describes(&described);
    let refused = |path: &str, change: fn(&mut Value)| {
        let mut value = described.clone();
        change(value.pointer_mut(path).unwrap_or_else(|| panic!("{path}")));
        assert!(!schema.violations(&value).is_empty(), "{value}");
    };
    for (member, _) in described.as_object().expect("an object") {
        let mut value = described.clone();
        value.as_object_mut().expect("an object").remove(member);
        assert_eq!(schema.violations(&value).len(), 1, "without {member}");
    }
    refused("", |value| value["surprise"] = json!(1));
    refused("/schema", |value| *value = json!("eid.verify/2"));
    refused("/verdict", |value| *value = json!("PROBABLY"));
    refused("/checks/0", |value| value["more"] = json!(null));
    refused("/checks/0/status", |value| *value = json!("ok"));
    refused("/checks/0/why", |value| *value = json!(7));
    refused("/files/DG1/sha256", |value| *value = json!("00"));
    refused("/files/DG1/length", |value| *value = json!(1.5));
    refused("/wire/apdus", |value| *value = json!("20"));
    refused("", |value| value["holder"] = json!({"document_code": "ID"}));
}

#[test]
fn plumbing_every_verdict_of_every_profile_is_described() {
    let schema = Schema::load("eid.verify.1.json");
    for profile in ["vn-cc-2024", "vn-cccd-2021", "icao-td1"] {
        let counter = Counter::of(profile).with_doubts();
        for (trust, code, verdict) in TRUSTS {
            let saved = format!("@saved-{code}");
            let report = counter
                .verify(&["--trust", trust, "--json", "--save", &saved])
                .expect(code)
                .json();
            schema.assert_describes(&report);
            assert_eq!(report["verdict"], verdict);
            assert_eq!(report.get("holder").is_some(), code == 0);
            let kept =
                std::fs::read(counter.world.path(&format!("saved-{code}/report.json"))).expect("a report");
            assert_eq!(serde_json::from_slice::<Value>(&kept).expect("JSON"), report);
        }
    }
}
