//! `eid ledger`: from an empty directory to an auditor's verdict.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use host_issuer::ledger::sqlite::SqliteLedger;
use host_issuer::ledger::{Head, LedgerStore as _};
use serde_json::Value;
use tempfile::TempDir;

use crate::station::{Station, chip, serial};

struct Desk(TempDir);

impl Desk {
    /// A station with two officers.
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        for name in ["An", "Binh"] {
            desk.expect(0, &["approve", "init", "--name", name, "--out", name]);
        }
        desk.expect(
            0,
            &[
                "ledger",
                "init",
                "station",
                "--name",
                "hn-01",
                "--officer",
                "An/officer.json:operator",
                "--officer",
                "Binh/officer.json:supervisor",
            ],
        );
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn ledger(&self) -> SqliteLedger {
        SqliteLedger::open(&self.path("station/ledger.sqlite")).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_eid"))
            .args(arguments)
            .current_dir(self.0.path())
            .env("EID_PASSPHRASE", "a passphrase for tests only")
            .output()
            .unwrap()
    }

    #[track_caller]
    fn expect(&self, code: i32, arguments: &[&str]) -> (String, String) {
        let output = self.run(arguments);
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let (stdout, stderr) = (text(output.stdout), text(output.stderr));
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?}\n{stdout}\n{stderr}"
        );
        (stdout, stderr)
    }

    #[track_caller]
    fn verify(&self, code: i32, more: &[&str]) -> Value {
        let arguments = [&["ledger", "verify", "--json"], more].concat();
        serde_json::from_str(&self.expect(code, &arguments).0).unwrap()
    }
}

#[allow(clippy::disallowed_methods, reason = "the files of a test")]
fn write(path: &Path, content: impl AsRef<[u8]>) {
    std::fs::write(path, content).unwrap();
}

const ANCHOR: &[&str] = &["ledger", "anchor", "anchor", "--station", "station"];
const STATION: &[&str] = &["--station", "station", "--anchor", "anchor"];
const EXPORT: &[&str] = &["--export", "chain.jsonl", "--anchor", "anchor"];

/// The clock of the test's events is not the one of `eid ledger init`: that may be a note beside it.
fn has(report: &Value, id: &str) -> bool {
    let findings = report["findings"].as_array().unwrap();
    findings
        .iter()
        .any(|finding| finding["id"] == id && finding["damage"] == true)
}

#[test]
fn a_station_begins_and_an_auditor_judges_it() {
    let desk = Desk::new();
    let (_, hint) = desk.expect(
        21,
        &[
            "ledger",
            "init",
            "station",
            "--name",
            "hn-01",
            "--officer",
            "An/officer.json:operator",
            "--officer",
            "Binh/officer.json:supervisor",
        ],
    );
    assert!(hint.contains("there is a station already"), "{hint}");
    // Nobody who could say yes.
    desk.expect(
        22,
        &[
            "ledger",
            "init",
            "other",
            "--name",
            "hn-02",
            "--officer",
            "An/officer.json:operator",
        ],
    );
    assert!(!desk.path("other").exists());

    let ledger = desk.ledger();
    let station = Station { store: &ledger };
    station.add(chip(1)).unwrap();
    station.add(chip(2)).unwrap();
    desk.expect(0, ANCHOR);
    station.add(chip(3)).unwrap();

    let (shown, _) = desk.expect(0, &["ledger", "show", "--station", "station"]);
    assert_eq!(shown.lines().count(), 5, "{shown}");
    assert!(
        shown.contains("opened") && shown.contains("officers_set"),
        "{shown}"
    );
    let of_chip = [
        "ledger",
        "show",
        "--station",
        "station",
        "--json",
        "--chip",
        &serial(2),
    ];
    let (shown, _) = desk.expect(0, &of_chip);
    let event: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(
        (&event["sequence"], &event["entry"]["event"]["kind"]),
        (&4.into(), &"chip_registered".into())
    );
    let (shown, _) = desk.expect(0, &["ledger", "show", "--station", "station", "--last", "1"]);
    assert!(shown.trim_start().starts_with("5 "), "{shown}");

    // Somebody appends while it is verified: nothing of it is seen, and nothing is wrong.
    let report = desk.verify(0, STATION);
    assert_eq!((&report["whole"], &report["events"]), (&true.into(), &5.into()));
    assert_eq!(
        (&report["anchored"], &report["tables"]),
        (&4.into(), &true.into())
    );

    let (exported, _) = desk.expect(0, &["ledger", "export", "--station", "station"]);
    // Any program can follow the chain.
    let mut head = Head::START;
    for line in exported.lines().take(5) {
        let event: Value = serde_json::from_str(line).unwrap();
        head = head.followed_by(event["content"].as_str().unwrap().as_bytes());
        assert_eq!(event["digest"], hex::encode(head.digest));
    }
    assert_eq!(head, ledger.head().unwrap());
    write(&desk.path("chain.jsonl"), &exported);
    let report = desk.verify(0, EXPORT);
    assert_eq!(
        (&report["whole"], &report["checkpoints"]),
        (&true.into(), &2.into())
    );
    let lines: Vec<&str> = exported.lines().collect();
    let cut = format!("{}\n", lines[..3].join("\n"));
    for (altered, finding) in [
        (exported.replacen("hn-01", "hn-02", 1), "event.digest"),
        (
            exported.replacen("\"sequence\":2", "\"sequence\":7", 1),
            "event.number",
        ),
        (cut, "chain.cut"),
        (exported[..exported.len() - 1].to_owned(), "export.line"),
        (format!("{exported}nothing\n"), "export.line"),
    ] {
        write(&desk.path("chain.jsonl"), altered);
        let report = desk.verify(21, EXPORT);
        assert!(has(&report, finding), "{report}");
    }
    desk.expect(2, &["ledger", "verify"]);
}

#[test]
fn a_ledger_that_lost_its_end_gets_no_fresh_signature() {
    let desk = Desk::new();
    let before = {
        drop(desk.ledger());
        std::fs::read(desk.path("station/ledger.sqlite")).unwrap()
    };
    Station {
        store: &desk.ledger(),
    }
    .add(chip(1))
    .unwrap();
    desk.expect(0, ANCHOR);
    // Yesterday's copy is put in its place.
    write(&desk.path("station/ledger.sqlite"), before);
    let report = desk.verify(21, STATION);
    assert!(has(&report, "chain.cut"), "{report}");
    let (_, hint) = desk.expect(21, ANCHOR);
    assert!(hint.contains("is over event 3"), "{hint}");
    Station {
        store: &desk.ledger(),
    }
    .add(chip(2))
    .unwrap();
    assert!(has(&desk.verify(21, STATION), "chain.rewritten"));
    let (_, hint) = desk.expect(21, ANCHOR);
    assert!(hint.contains("over another event 3"), "{hint}");
}
