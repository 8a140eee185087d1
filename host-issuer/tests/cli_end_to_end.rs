//! The program `eid` from the first key to the last verdict, on virtual chips in its own process. Terminal and chip are both
//! ours here: that they agree proves nothing about the standards, which have their own tests.

#![allow(clippy::disallowed_methods, reason = "a test's own files")]

#[path = "support/office.rs"]
mod office;

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use office::{HOLDER, Office, PASSPHRASE};
use serde_json::Value;

/// An office whose programs find no PC/SC service.
fn office() -> Office {
    Office::open(Path::new("/nonexistent/pcscd.comm"))
}

fn issue(office: &Office, profile: &str, memory: &str, out: &str) -> Value {
    office.make_chip(memory);
    let reader = format!("virtual:{memory}");
    let mut arguments = vec![
        "issue",
        "--reader",
        &reader,
        "--profile",
        profile,
        "--record",
        "record.json",
        "--photo",
        "face.jp2",
        "--ds",
        "ds",
        "--issuer-keys",
        "issuer.keys",
        "--out",
        out,
        "--json",
    ];
    if profile == "vn-cccd-2021" {
        arguments.extend([
            "--finger",
            "right-index=right.wsq",
            "--finger",
            "left-index=left.wsq",
        ]);
    }
    office.eid(&arguments).expect(0).json()
}

fn write(path: &Path, content: &[u8]) {
    fs::write(path, content).expect("written");
}

fn print_data(office: &Office, out: &str) -> Value {
    let text = fs::read_to_string(office.path(out).join("print.json")).expect("print.json");
    serde_json::from_str(&text).expect("JSON")
}

fn statuses(report: &Value, status: &str) -> Vec<String> {
    let checks = report["checks"].as_array().expect("checks").iter();
    checks
        .filter(|check| check["status"] == status)
        .map(|check| check["id"].as_str().expect("an id").to_owned())
        .collect()
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).expect("metadata").permissions().mode() & 0o777
}

#[test]
fn plumbing_receipt_and_print_data() {
    let office = office();
    let receipt = issue(&office, "vn-cc-2024", "one.chip", "out");
    let print = print_data(&office, "out");
    let can = print["can"].as_str().expect("a CAN");
    let stored = fs::read_to_string(office.path("out/receipt.json")).expect("receipt.json");
    assert_eq!(serde_json::from_str::<Value>(&stored).expect("JSON"), receipt);
    for secret in [can, HOLDER, "001196000017", "NGUYEN", PASSPHRASE] {
        assert!(!stored.contains(secret), "{secret} in the receipt");
    }
    assert_eq!(print["full_name"], HOLDER);
    #[cfg(unix)]
    {
        assert_eq!(mode(&office.path("out/print.json")), 0o600);
        assert_eq!(mode(&office.path("issuer.keys")), 0o600);
    }
    let mut names: Vec<_> = fs::read_dir(office.path("out"))
        .expect("directory")
        .map(|entry| entry.expect("entry").file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["print.json", "receipt.json"]);
    let sod = receipt["files"]
        .as_array()
        .expect("files")
        .iter()
        .any(|file| file["name"] == "EF.SOD");
    assert!(sod, "{receipt}");
}

#[test]
fn plumbing_verify_saves_the_face_and_the_files() {
    let office = office();
    issue(&office, "vn-cc-2024", "one.chip", "out");
    let can = office.printed_can("out");
    let arguments = [
        "verify",
        "-r",
        "virtual:one.chip",
        "--can",
        &can,
        "--trust",
        "csca",
        "--save",
        "saved",
    ];
    let shown = office.eid(&arguments).expect(0);
    // The verdict comes first, then the holder, then the checks.
    let position = |text: &str| {
        shown
            .stdout
            .find(text)
            .unwrap_or_else(|| panic!("{text} in {}", shown.stdout))
    };
    assert!(position("  GENUINE  ") < position("unchanged, and no copy  [all_passed:no_copy]\n"));
    assert!(position("unchanged, and no copy  [all_passed:no_copy]\n") < position(HOLDER));
    assert!(position(HOLDER) < position("checks passed"));
    assert!(!shown.stdout.contains('\u{1b}'), "colours where no terminal is");
    let on = ("CLICOLOR_FORCE", OsStr::new("1"));
    let coloured = office.eid_with(&[on], &arguments).expect(0).stdout;
    assert!(coloured.starts_with('\u{1b}'), "{coloured}");
    let off = ("NO_COLOR", OsStr::new("1"));
    assert_eq!(
        office.eid_with(&[on, off], &arguments).expect(0).stdout,
        shown.stdout
    );
    shown.assert_silent_about(&[&can]);

    let face = fs::read(office.path("saved/face.jp2")).expect("a face");
    assert_eq!(face, test_vectors::specimen(test_vectors::SPECIMEN_FACE));
    let report: Value =
        serde_json::from_slice(&fs::read(office.path("saved/report.json")).expect("a report")).expect("JSON");
    for (name, file) in report["files"].as_object().expect("files") {
        let saved = fs::read(office.path("saved").join(format!("{name}.bin"))).expect("the file");
        assert_eq!(file["length"].as_u64(), u64::try_from(saved.len()).ok(), "{name}");
    }
    #[cfg(unix)]
    assert_eq!(mode(&office.path("saved/face.jp2")), 0o600);
}

#[test]
fn plumbing_a_revoked_signer_and_a_stranger() {
    let office = office();
    issue(&office, "vn-cc-2024", "one.chip", "out");
    let can = office.printed_can("out");
    let verify = |trust: &str, code: i32| {
        office
            .eid(&[
                "verify",
                "-r",
                "virtual:one.chip",
                "--can",
                &can,
                "--trust",
                trust,
                "--json",
            ])
            .expect(code)
            .json()
    };
    // Another state's CSCA knows nothing of this card.
    office
        .eid(&["pki", "csca", "init", "--out", "stranger", "--name", "Other CSCA"])
        .expect(0);
    let report = verify("stranger", 5);
    assert_eq!(report["verdict"], "INCONCLUSIVE");
    assert_eq!(statuses(&report, "failed"), ["chain"]);
    assert!(
        report.get("holder").is_none(),
        "nothing decoded is shown before the chain holds"
    );
    // One that only has the same name.
    office
        .eid(&["pki", "csca", "init", "--out", "namesake"])
        .expect(0);
    assert_eq!(verify("namesake", 5)["verdict"], "INCONCLUSIVE");

    // Without its CRL the right one does not acquit either.
    fs::create_dir(office.path("no-crl")).expect("directory");
    fs::copy(office.path("csca/csca.pem"), office.path("no-crl/csca.pem")).expect("copied");
    let report = verify("no-crl", 5);
    assert!(
        statuses(&report, "not_performed").contains(&"revocation".to_owned()),
        "{report}"
    );

    let serial = office.eid(&[
        "verify",
        "-r",
        "virtual:one.chip",
        "--can",
        &can,
        "--trust",
        "csca",
        "--json",
    ]);
    let profile = serial.expect(0).json()["checks"]
        .as_array()
        .expect("checks")
        .clone();
    let profile = profile
        .iter()
        .find(|check| check["id"] == "ds_profile")
        .expect("ds_profile")
        .clone();
    let evidence = profile["evidence"].as_str().expect("evidence");
    let serial = evidence
        .split("serial ")
        .nth(1)
        .and_then(|rest| rest.split(';').next())
        .expect("a serial number");
    office
        .eid(&["pki", "crl", "issue", "--csca", "csca", "--revoke", serial])
        .expect(0);
    let report = verify("csca", 4);
    assert_eq!(report["verdict"], "NOT_GENUINE");
    assert_eq!(statuses(&report, "failed"), ["revocation"]);
}

/// Each profile's card proves its keys in the ways that its data offer, opened with either password.
#[test]
fn plumbing_clone_proof_of_every_profile() {
    let office = office();
    for (profile, mapping, proofs) in [
        ("vn-cc-2024", "GM", &["chip_authentication"][..]),
        (
            "vn-cccd-2021",
            "GM",
            &["chip_authentication", "active_authentication"],
        ),
        (
            "icao-td1",
            "CAM",
            &["card_security", "pace_cam", "active_authentication"],
        ),
    ] {
        let (memory, out) = (format!("{profile}.chip"), format!("out-{profile}"));
        issue(&office, profile, &memory, &out);
        let print = print_data(&office, &out);
        let lines: Vec<_> = print["mrz"]
            .as_array()
            .expect("lines")
            .iter()
            .map(|line| line.as_str().expect("text"))
            .collect();
        let mrz = lines.join("\n");
        for password in [["--can", print["can"].as_str().expect("a CAN")], ["--mrz", &mrz]] {
            let reader = format!("virtual:{memory}");
            let arguments = [
                "verify",
                "-r",
                &reader,
                "--trust",
                "csca",
                "--require-clone-proof",
                "--json",
            ];
            let report = office.eid(&[&arguments[..], &password].concat()).expect(0).json();
            assert_eq!(report["verdict"], "GENUINE", "{report}");
            assert_eq!(report["access"]["mapping"], mapping);
            let passed = statuses(&report, "passed");
            for proof in proofs.iter().chain(&["clone_proof"]) {
                assert!(
                    passed.contains(&(*proof).to_owned()),
                    "{profile}: {proof} in {report}"
                );
            }
            assert!(statuses(&report, "failed").is_empty());
        }
    }
}

/// A card whose data offer no proof is judged on its data, and the verdict says so.
#[test]
fn plumbing_a_card_without_keys() {
    let office = office();
    let shown = office.eid(&["profile", "show", "vn-cc-2024"]).expect(0).stdout;
    let (before, after) = shown.split_once("[[chip_authentication]]").expect("the key");
    let (_, after) = after.split_once("[validity]").expect("the rest");
    write(
        &office.path("plain.toml"),
        format!("{before}[validity]{after}").as_bytes(),
    );
    issue(&office, "plain.toml", "one.chip", "out");
    let can = office.printed_can("out");
    let arguments = [
        "verify",
        "-r",
        "virtual:one.chip",
        "--can",
        &can,
        "--trust",
        "csca",
    ];
    let shown = office.eid(&arguments).expect(0).stdout;
    assert!(shown.contains("  GENUINE  "), "{shown}");
    assert!(
        shown.contains("a copy is not excluded  [all_passed:copy_not_excluded]\n"),
        "{shown}"
    );
    let shown = office
        .eid(&[&arguments[..], &["--require-clone-proof"]].concat())
        .expect(5)
        .stdout;
    assert!(shown.contains("  INCONCLUSIVE  "), "{shown}");
}

#[test]
fn plumbing_the_demonstration() {
    let office = office();
    let shown = office.eid(&["demo", "--dir", "demo"]).expect(0);
    assert!(shown.stdout.contains("  GENUINE  "), "{}", shown.stdout);
    assert!(shown.stdout.contains("face.jp2"), "{}", shown.stdout);
    let face = fs::read(office.path("demo/verified/face.jp2")).expect("a face");
    assert_eq!(face, test_vectors::specimen(test_vectors::SPECIMEN_FACE));
    // What the last line suggests works, and the directory is not used twice.
    let can = print_data(&office, "demo")["can"]
        .as_str()
        .expect("a CAN")
        .to_owned();
    office
        .eid(&[
            "verify",
            "-r",
            "virtual:demo/card.chip",
            "--trust",
            "demo/csca",
            "--can",
            &can,
        ])
        .expect(0);
    office.eid(&["demo", "--dir", "demo"]).expect_failure(21);
}

#[test]
fn what_a_blank_an_issued_and_a_missing_card_say() {
    let office = office();
    office
        .eid(&[
            "card",
            "create",
            "--memory",
            "one.chip",
            "--issuer-keys",
            "issuer.keys",
            "--serial",
            "00112233445566778899",
        ])
        .expect(0);
    let info = |memory: &str, code: i32| {
        office
            .eid(&["card", "info", "-r", &format!("virtual:{memory}"), "--json"])
            .expect(code)
            .json()
    };
    let blank = info("one.chip", 0);
    assert_eq!(
        (blank["life_cycle"].as_str(), blank["serial"].as_str()),
        (Some("personalisation"), Some("00112233445566778899"))
    );
    issue(&office, "vn-cc-2024", "two.chip", "out");
    let issued = info("two.chip", 0);
    assert_eq!(
        (issued["life_cycle"].as_str(), &issued["serial"]),
        (Some("operational, activated"), &Value::Null)
    );
    assert_eq!(info("three.chip", 3)["schema"], "eid.error/1");
}

#[test]
fn every_command_that_prints_a_result_prints_json() {
    let office = office();
    for arguments in [
        &["profile", "list"][..],
        &["profile", "show", "icao-td1"],
        &["profile", "check", "vn-cccd-2021"],
        &["record", "template"],
        &["record", "check", "record.json", "--profile", "vn-cc-2024"],
        &["config", "show"],
        &["completions", "bash"],
        &["man"],
        &["pki", "crl", "issue", "--csca", "csca"],
        &["keys", "init", "--out", "more.keys"],
    ] {
        let object = office.eid(&[arguments, &["--json"]].concat()).expect(0).json();
        let schema = object["schema"]
            .as_str()
            .unwrap_or_else(|| panic!("{arguments:?}: {object}"));
        assert!(schema.starts_with("eid.") && schema.ends_with("/1"), "{schema}");
    }
}

#[test]
fn settings_come_from_the_flag_then_the_environment_then_the_file() {
    let office = office();
    issue(&office, "vn-cc-2024", "one.chip", "out");
    let can = office.printed_can("out");
    fs::create_dir(office.path("eid")).expect("directory");
    let file = "reader = \"virtual:one.chip\"\ntrust = \"csca\"\n";
    write(&office.path("eid/config.toml"), file.as_bytes());
    office.eid(&["verify", "--can", &can]).expect(0);
    office
        .eid(&["verify", "--can", &can, "--reader", "virtual:two.chip"])
        .expect_failure(3);
    let settings = office.eid(&["config", "show", "--json"]).expect(0).json();
    let reader = settings["settings"]
        .as_array()
        .expect("settings")
        .iter()
        .find(|setting| setting["name"] == "reader");
    let source = reader
        .and_then(|setting| setting["source"].as_str())
        .expect("a source");
    assert!(source.ends_with("eid/config.toml"), "{source}");

    write(&office.path("eid/config.toml"), b"passphrase = \"secret\"\n");
    let failed = office.eid(&["verify", "--can", &can]).expect_failure(3);
    failed.assert_silent_about(&["secret"]);
}
