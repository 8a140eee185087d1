//! What a clerk sees, and the exit code of every end.

use host_issuer::transport::TransportError;
use host_issuer::transport::pulled::Moment;

use serde_json::Value;

use super::json_schema::Schema;
use super::world::{HOLDER, can};
use super::{Counter, TRUSTS};

/// The check of the QR code.
const QR: &str = "qr_matches_dg13";

/// Without colours, which these captured streams keep.
fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// The block with the verdict: three lines of the same width, nothing else in them.
fn verdict_of(text: &str) -> &str {
    let lines: Vec<&str> = text.lines().take(3).collect();
    let [top, verdict, bottom] = lines[..] else {
        panic!("no block in {text}");
    };
    assert!(top.len() >= 40 && top.bytes().all(|byte| byte == b'#'), "{text}");
    assert_eq!(top, bottom);
    assert_eq!(verdict.len(), top.len());
    verdict
        .strip_prefix("##")
        .and_then(|rest| rest.strip_suffix("##"))
        .expect("the block's sides")
        .trim()
}

#[test]
fn plumbing_a_clerk_sees_the_verdict_the_person_and_what_did_not_hold() {
    let counter = Counter::of("vn-cc-2024").with_doubts();
    for (trust, code, verdict) in TRUSTS {
        let shown = plain(&counter.verify(&["--trust", trust]).expect(code).output);
        assert_eq!(verdict_of(&shown), verdict.replace('_', " "));
        let (before, after) = shown.split_once("What did not hold").unwrap_or((&shown, ""));
        assert_eq!(before.contains(HOLDER), code == 0, "{shown}");
        assert_eq!(after.contains("failed "), code != 0, "{shown}");
        assert!(
            shown.lines().all(|line| !line.trim_start().starts_with("passed")),
            "{shown}"
        );
        assert!(shown.contains(" checks passed"), "{shown}");
        assert!(shown.lines().count() < 20, "more than a glance: {shown}");

        let all = plain(&counter.verify(&["--trust", trust, "-v"]).expect(code).output);
        assert_eq!(verdict_of(&all), verdict.replace('_', " "));
        for check in [
            "cms_structure",
            "chain",
            "revocation",
            "dg2_digest",
            "clone_proof",
        ] {
            assert!(all.contains(check), "{check} in {all}");
        }
        assert!(all.contains("Opened with PACE (GM, "), "{all}");
        assert_eq!(all.contains("Residence"), code == 0, "{all}");
    }
}

#[test]
fn plumbing_every_end_has_its_exit_code_with_and_without_json() {
    let counter = Counter::of("vn-cc-2024").with_doubts();
    let world = &counter.world;
    for json in [&[][..], &["--json"]] {
        for (trust, code, verdict) in TRUSTS {
            let ended = counter.verify(&[&["--trust", trust], json].concat()).expect(code);
            assert_eq!(ended.messages, "", "nothing to say beside the verdict");
            if !json.is_empty() {
                assert_eq!(ended.json()["verdict"], verdict);
            }
        }
        let wrong = if can() == "123456" { "654321" } else { "123456" };
        let reader = ["verify", "--reader", "virtual:@one.chip"];
        let failures: [(u8, &[&str]); 4] = [
            (2, &["--can", "12", "--trust", "@believed"]),
            (2, &["--trust", "@believed"]),
            (3, &["--can", wrong, "--trust", "@nowhere"]),
            (12, &["--can", wrong, "--trust", "@believed"]),
        ];
        for (code, arguments) in failures {
            let ended = world.eid(&[&reader, arguments, json].concat()).expect(code);
            assert!(
                !ended.output.contains("verdict") && !ended.output.contains('#'),
                "{}",
                ended.output
            );
        }
        world.readers().pull.set(Some((9, Moment::BeforeAnswer)));
        let pulled = counter
            .verify(&[&["--trust", "@believed"], json].concat())
            .expect(11);
        assert!(
            pulled.messages.contains("put the card back"),
            "{}",
            pulled.messages
        );
        world.readers().pull.set(None);
        world.readers().broken.set(Some(|| TransportError::NoReader));
        counter
            .verify(&[&["--trust", "@believed"], json].concat())
            .expect(10);
        world.readers().broken.set(Some(|| TransportError::Mute));
        counter
            .verify(&[&["--trust", "@believed"], json].concat())
            .expect(14);
        world.readers().broken.set(None);
    }
}

/// Nothing unproved is shown unasked; and asked for, every line says that it is none.
#[test]
fn plumbing_what_is_not_proved_is_marked_on_every_line() {
    let counter = Counter::of("vn-cc-2024").with_doubts();
    for (trust, code, _) in TRUSTS {
        let asked = ["--trust", trust, "--show-unverified"];
        for more in [&[][..], &["-v"]] {
            let shown = plain(&counter.verify(&[&asked[..], more].concat()).expect(code).output);
            let holders: Vec<&str> = shown.lines().filter(|line| line.contains(HOLDER)).collect();
            assert_eq!(holders.len(), 1, "{shown}");
            assert_eq!(
                holders[0].trim_start().starts_with("UNVERIFIED "),
                code != 0,
                "{shown}"
            );
            for label in ["Number  ", "Born  ", "Valid until  "] {
                let line = shown.lines().find(|line| line.contains(label)).expect(label);
                assert_eq!(line.contains("UNVERIFIED"), code != 0, "{line}");
            }
        }
        let (saved, page) = (format!("@unproved-{code}"), format!("@unproved-{code}.html"));
        let kept = ["--json", "--save", &saved, "--report", &page];
        let report = counter.verify(&[&asked[..], &kept].concat()).expect(code).json();
        Schema::load("eid.verify.1.json").assert_describes(&report);
        let (proved, unproved) = (report["holder"].to_string(), report["unverified"].to_string());
        assert_eq!(
            (proved.contains(HOLDER), unproved.contains(HOLDER)),
            (code == 0, code != 0)
        );
        let face = report["saved"]["face"].as_str().expect("a face");
        assert_eq!(face.contains("UNVERIFIED"), code != 0, "{face}");
        let page = std::fs::read_to_string(counter.world.path(&page[1..])).expect("a page");
        let rows: Vec<&str> = page.lines().filter(|line| line.contains(HOLDER)).collect();
        assert_eq!(rows.len(), 1, "{page}");
        assert_eq!(rows[0].contains("UNVERIFIED"), code != 0, "{page}");
    }
}

/// What is printed is compared with what is signed: another's zone or QR code does not pass.
#[test]
fn plumbing_the_surface_is_compared_with_the_chip() {
    let counter = Counter::of("vn-cc-2024").with_doubts();
    let world = &counter.world;
    let print: Value =
        serde_json::from_slice(&std::fs::read(world.path("out/print.json")).expect("print.json"))
            .expect("JSON");
    let zone: Vec<String> = serde_json::from_value(print["mrz"].clone()).expect("lines");
    let zone = zone.join("\n");
    let verify = |zone: &str, more: &[&str]| {
        let fixed = [
            "verify",
            "--reader",
            "virtual:@one.chip",
            "--trust",
            "@believed",
            "--json",
            "--mrz",
            zone,
        ];
        world.eid(&[&fixed[..], more].concat())
    };
    let report = verify(&zone, &[]).expect(0).json();
    let status = |report: &Value, id: &str| {
        let checks = report["checks"].as_array().expect("checks");
        let check = checks.iter().find(|check| check["id"] == id);
        check.map(|check| check["status"].as_str().expect("a status").to_owned())
    };
    assert_eq!(
        status(&report, "dg1_matches_printed_mrz").as_deref(),
        Some("passed")
    );
    // The name is no part of what opens the chip, and was printed anew.
    let altered = zone.replace("NGUYEN<<THI", "NGUYEN<<THU");
    assert_ne!(altered, zone);
    let report = verify(&altered, &[]).expect(4).json();
    assert_eq!(
        status(&report, "dg1_matches_printed_mrz").as_deref(),
        Some("failed")
    );

    let national = &report["unverified"];
    assert!(national.is_null());
    let believed = verify(&zone, &[]).expect(0).json();
    let national = &believed["holder"]["national"];
    let field = |name: &str| national[name].as_str().unwrap_or_default().to_owned();
    let day = |name: &str| field(name).replace('/', "");
    let code = [
        field("citizen_number"),
        field("old_number"),
        field("full_name"),
        day("birth_date"),
        field("sex"),
        field("residence"),
        day("issue_date"),
    ]
    .join("|");
    world.write("qr.txt", code.as_bytes());
    world.write("other.txt", code.replace(HOLDER, "Trần Thị Mẫu").as_bytes());
    world.write("endless.txt", &[b'|'; 5000]);
    let report = verify(&zone, &["--qr-file", "@qr.txt"]).expect(0).json();
    assert_eq!(status(&report, QR).as_deref(), Some("passed"), "{report}");
    let report = verify(&zone, &["--qr-file", "@other.txt"]).expect(4).json();
    assert_eq!(status(&report, QR).as_deref(), Some("failed"));
    assert!(
        !report["reason"].to_string().contains("Mẫu"),
        "a field is named, never its value"
    );
    verify(&zone, &["--qr-file", "@endless.txt"]).expect(3);
    // A recording holds what was read from the surface; what is given when it is judged again comes before that.
    counter
        .verify(&[
            "--trust",
            "@believed",
            "--record",
            "@one.session",
            "--qr-file",
            "@qr.txt",
        ])
        .expect(0);
    let replay = [
        "verify",
        "--replay",
        "@one.session",
        "--trust",
        "@believed",
        "--json",
    ];
    let report = world.eid(&replay).expect(0).json();
    assert_eq!(status(&report, QR).as_deref(), Some("passed"));
    let report = world
        .eid(&[&replay[..], &["--qr-file", "@other.txt"]].concat())
        .expect(4)
        .json();
    assert_eq!(status(&report, QR).as_deref(), Some("failed"));
}
