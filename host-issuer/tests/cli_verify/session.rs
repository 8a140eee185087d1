//! `--record` and `--replay`: what is in a recording, what it can prove again, and what it cannot.

use std::time::Instant;

use host_issuer::transport::TransportError;
use host_issuer::verify::{Session, SessionError};
use serde_json::{Value, json};
use time::macros::datetime;

use super::json_schema::Schema;
use super::world::{HOLDER, can, master_key};
use super::{Counter, TRUSTS};

impl Counter {
    /// Records a verification in `one.session`.
    pub fn record(&self, more: &[&str]) -> Value {
        let fixed = ["--trust", "@believed", "--record", "@one.session"];
        self.verify(&[&fixed[..], more].concat()).expect(0);
        self.read("one.session")
    }

    pub fn read(&self, name: &str) -> Value {
        let content = std::fs::read(self.world.path(name)).expect("a session");
        serde_json::from_slice(&content).expect("JSON")
    }

    /// Judges a session again, with no reader there.
    pub fn replay(&self, session: &Value, code: u8, more: &[&str]) -> Value {
        self.world
            .write("changed.session", session.to_string().as_bytes());
        self.world.readers().broken.set(Some(|| TransportError::NoReader));
        let fixed = ["verify", "--replay", "@changed.session", "--json"];
        let outcome = self.world.eid(&[&fixed[..], more].concat()).expect(code);
        self.world.readers().broken.set(None);
        Schema::load("eid.verify.1.json").assert_describes(&outcome.json());
        outcome.json()
    }
}

/// How a check ended, and what was said of it.
pub fn check<'a>(report: &'a Value, id: &str) -> (&'a str, String) {
    let checks = report["checks"].as_array().expect("checks");
    let check = checks.iter().find(|check| check["id"] == id);
    let check = check.unwrap_or_else(|| panic!("{id} in {report}"));
    let said = format!("{} {}", check["why"], check["evidence"]);
    (check["status"].as_str().expect("a status"), said)
}

/// What somebody does to a member.
type Change = fn(&mut Value);

/// Changes a hexadecimal digit in the middle.
fn flip(text: &mut Value) {
    let old = text.as_str().expect("hexadecimal");
    let middle = old.len() / 2;
    let digit = if old.as_bytes()[middle] == b'0' { "1" } else { "0" };
    *text = json!(format!("{}{digit}{}", &old[..middle], &old[middle + 1..]));
}

#[test]
fn plumbing_a_recording_is_judged_again_by_what_it_holds() {
    let schema = Schema::load("eid.session.1.json");
    let counter = Counter::of("vn-cc-2024").with_doubts();
    let session = counter.record(&[]);
    schema.assert_describes(&session);
    let text = session.to_string();
    for secret in [can(), hex::encode_upper(can()), hex::encode_upper(master_key())] {
        assert!(!text.contains(&secret), "{secret} in the recording");
    }
    assert!(session.get("apdus").is_none());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let metadata = std::fs::metadata(counter.world.path("one.session")).expect("metadata");
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    }

    // Another trust store, another verdict; Chip Authentication is hearsay in each.
    for (trust, code, verdict) in TRUSTS {
        let report = counter.replay(&session, code, &["--trust", trust]);
        assert_eq!(report["verdict"], verdict);
        assert_eq!(report["replayed"]["recorded"], "2026-11-24T09:00:00Z");
        if code == 0 {
            assert!(report["holder"].to_string().contains(HOLDER));
            for id in ["chip_authentication", "clone_proof"] {
                let (status, said) = check(&report, id);
                assert_eq!(status, "not_performed", "{id}");
                assert!(
                    said.contains("a recording says") && said.contains("cannot prove it again"),
                    "{said}"
                );
            }
            let reason = report["reason"].as_str().expect("a reason");
            assert!(reason.ends_with("a copy is not excluded"), "{reason}");
        }
    }
    let trusted = ["--trust", "@believed"];
    let demanding = counter.replay(&session, 5, &[&trusted[..], &["--require-clone-proof"]].concat());
    assert!(
        demanding["reason"]
            .as_str()
            .expect("a reason")
            .starts_with("clone_proof"),
        "{demanding}"
    );

    // As of other days: the revocation list is old, the card is expired, the signer did not exist.
    for (at, code, id) in [
        ("2026-11-24", 0, None),
        ("2026-11-24T10:00:00Z", 0, None),
        ("2029-01-01", 5, Some("revocation")),
        ("2066-01-01", 5, Some("document_expiry")),
        ("2020-01-01", 5, Some("certificate_validity")),
    ] {
        let report = counter.replay(&session, code, &[&trusted[..], &["--at", at]].concat());
        if let Some(id) = id {
            assert_ne!(check(&report, id).0, "passed", "{at}");
        }
    }

    // Whoever changes what is signed is found out, and whoever changes what is not gains nothing.
    let refused: [(&str, &str, Change); 4] = [
        ("/files/DG1", "dg1_digest", flip),
        ("/files/EF.SOD", "", flip),
        ("/chip_authentication/point", "chip_authentication", flip),
        ("/chip_authentication", "chip_authentication", |proof| {
            *proof = json!({"outcome": "failed", "why": "the chip does not have the private key"});
        }),
    ];
    for (place, id, change) in refused {
        let mut changed = session.clone();
        change(changed.pointer_mut(place).expect(place));
        let report = counter.replay(&changed, 4, &trusted);
        if !id.is_empty() {
            assert_eq!(check(&report, id).0, "failed", "{place}");
        }
    }
    let mut without = session.clone();
    without
        .as_object_mut()
        .expect("an object")
        .remove("chip_authentication");
    let report = counter.replay(&without, 5, &trusted);
    assert_eq!(check(&report, "chip_authentication").0, "not_performed");

    let mut granted = session.clone();
    granted["terminal_rights"] = json!({"outcome": "granted", "authority": "VNCVCA00001", "holder": "VNIS00001", "fingers": true, "irises": false});
    let report = counter.replay(&granted, 0, &trusted);
    let (status, said) = check(&report, "terminal_authentication");
    assert_eq!(status, "not_performed");
    assert!(
        said.contains("a recording says that CAR VNCVCA00001 granted CHR VNIS00001 fingers"),
        "{said}"
    );

    // Every byte that passed is in it only where somebody asked for it by name.
    counter
        .verify(&[
            "--trust",
            "@believed",
            "--record",
            "@full.session",
            "--unsafe-trace",
        ])
        .expect(0);
    let full = counter.read("full.session");
    schema.assert_describes(&full);
    let apdus = full["apdus"].as_array().expect("APDUs");
    assert!(apdus.len() as u64 > full["wire"]["apdus"].as_u64().expect("a count"));
    counter.replay(&full, 0, &trusted);
}

#[test]
fn plumbing_active_authentication_is_proved_again() {
    let counter = Counter::of("vn-cccd-2021").with_doubts();
    let session = counter.record(&[]);
    Schema::load("eid.session.1.json").assert_describes(&session);
    let demanding = ["--trust", "@believed", "--require-clone-proof"];
    let report = counter.replay(&session, 0, &demanding);
    let (status, said) = check(&report, "active_authentication");
    assert_eq!(status, "passed");
    assert!(said.contains("checked again"), "{said}");
    assert_eq!(check(&report, "clone_proof").0, "passed");
    for place in [
        "/active_authentication/challenge",
        "/active_authentication/signature",
    ] {
        let mut changed = session.clone();
        flip(changed.pointer_mut(place).expect(place));
        let report = counter.replay(&changed, 4, &demanding);
        assert_eq!(check(&report, "active_authentication").0, "failed", "{place}");
    }
}

#[test]
fn plumbing_a_recording_is_never_written_over_and_never_half() {
    let counter = Counter::of("vn-cc-2024").with_doubts();
    let world = &counter.world;
    counter.record(&[]);
    let before = std::fs::read(world.path("one.session")).expect("a session");
    let again = ["--trust", "@believed", "--record", "@one.session"];
    counter.verify(&again).expect_failure(21, "one.session");
    assert_eq!(
        std::fs::read(world.path("one.session")).expect("a session"),
        before
    );
    let files = world.all_files();
    let wrong = if can() == "123456" { "654321" } else { "123456" };
    let kept = [
        "--record",
        "@two.session",
        "--report",
        "@two.html",
        "--save",
        "@two",
    ];
    let verify = [
        "verify",
        "--reader",
        "virtual:@one.chip",
        "--trust",
        "@believed",
        "--can",
        wrong,
    ];
    world.eid(&[&verify[..], &kept].concat()).expect(12);
    assert_eq!(world.all_files(), files);
    assert!(!world.path("two").exists());
    // A moment that is none, and a file that is no session, are said to be so before anything else.
    world
        .eid(&[
            "verify",
            "--replay",
            "@one.session",
            "--trust",
            "@believed",
            "--at",
            "yesterday",
        ])
        .expect(2);
    for name in ["record.json", "one.chip"] {
        let file = format!("@{name}");
        world
            .eid(&["verify", "--replay", &file, "--trust", "@believed"])
            .expect_failure(3, "in the form of eid.session/1");
    }
    hostile(&before);
}

/// Whatever the bytes, a session is read or refused in no time.
fn hostile(good: &[u8]) {
    assert_eq!(
        Session::parse(good).expect("a session").recorded,
        datetime!(2026-11-24 9:00 UTC)
    );
    let with = |member: &str, value: Value| {
        let mut session: Value = serde_json::from_slice(good).expect("JSON");
        session[member] = value;
        session.to_string().into_bytes()
    };
    let rule = |bytes: Vec<u8>| Session::parse(&bytes).expect_err("a refusal");
    let member = |error: SessionError| match error {
        SessionError::Member { member, .. } => member,
        other => panic!("{other}"),
    };
    assert_eq!(rule(with("schema", json!("eid.session/2"))), SessionError::Schema);
    assert!(matches!(
        rule(with("surprise", json!(1))),
        SessionError::Form { .. }
    ));
    assert!(matches!(rule(with("files", json!(7))), SessionError::Form { .. }));
    assert_eq!(member(rule(with("recorded", json!("today")))), "recorded");
    assert_eq!(member(rule(with("files", json!({"DG17": "00"})))), "files");
    assert_eq!(member(rule(with("files", json!({"DG1": "0"})))), "DG1");
    assert_eq!(
        member(rule(with("files", json!({"DG2": "00".repeat(200_000)})))),
        "DG2"
    );
    assert_eq!(
        member(rule(with("printed", json!({"qr": "|".repeat(5_000)})))),
        "printed"
    );
    assert_eq!(member(rule(with("refused", json!(["DG1"])))), "DG1");
    assert_eq!(member(rule(with("notes", json!(vec!["note"; 1000])))), "notes");
    assert_eq!(
        member(rule(with("quirks", json!([{"id": "anything", "detail": ""}])))),
        "quirks"
    );
    assert_eq!(
        member(rule(with("apdus", json!(["eid-session 1", "> 00"])))),
        "apdus"
    );
    let pace = |mapping: &str, parameter_id: u8, password: &str| json!({"protocol": "PACE", "mapping": mapping, "cipher": "AES-128", "parameter_id": parameter_id, "password": password});
    for access in [
        pace("GM", 99, "CAN"),
        pace("CAM", 0, "CAN"),
        pace("XX", 13, "CAN"),
        pace("GM", 13, "PIN"),
    ] {
        assert_eq!(member(rule(with("access", access))), "access");
    }
    let started = Instant::now();
    for bytes in [
        b"[".repeat(1_000_000),
        b"{\"files\":".repeat(100_000),
        b"\"".repeat(10_000_000),
        vec![b' '; 17 * 1024 * 1024],
    ] {
        rule(bytes);
    }
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
    // Flips, cuts and doublings all over; the numbers are those of Lehmer's generator.
    let mut state = 20_261_124u64;
    let mut next = |limit: usize| {
        state = state * 48_271 % 0x7FFF_FFFF;
        state as usize % limit
    };
    for _ in 0..300 {
        let mut bytes = good.to_vec();
        for _ in 0..=next(3) {
            let place = next(bytes.len());
            match next(3) {
                0 => bytes[place] ^= 1 << next(7),
                1 => bytes.truncate(place.max(1)),
                _ => bytes.insert(place, bytes[place]),
            }
        }
        if let Ok(session) = Session::parse(&bytes) {
            // What is read can be written and read again.
            let written = session.to_json().expect("JSON");
            Session::parse(&written).expect("a session");
        }
    }
}
