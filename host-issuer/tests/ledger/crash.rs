//! What was acknowledged lasts: the process is killed, and the disk is full.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use host_issuer::ledger::sqlite::SqliteLedger;
use host_issuer::ledger::verify;
use host_issuer::ledger::{Event, LedgerError, LedgerStore as _};

use crate::random::Random;
use crate::station::{chip, entry, opened, serial};

/// Set for the process that appends.
const PATH: &str = "EID_LEDGER_APPEND_TO";

/// Appends to this ledger until something ends it, and says after each event that it lasts.
fn append_for_ever(path: &Path) {
    let ledger = SqliteLedger::open(path).unwrap();
    let quarantined = |number| Event::ChipQuarantined {
        serial: serial(number),
        reason: "odd".into(),
    };
    let mut next = u8::try_from(ledger.chips(&Default::default()).unwrap().len()).unwrap();
    loop {
        // Two events of one transaction: both or none.
        match ledger.append(&[entry(chip(next)), entry(quarantined(next))]) {
            Ok(head) => println!("lasts {}", head.sequence),
            Err(error @ LedgerError::Store { .. }) => {
                println!("error {error}");
                // It still says what is there.
                println!("head {}", ledger.head().unwrap().sequence);
                return;
            }
            Err(other) => panic!("{other}"),
        }
        next = next.checked_add(1).unwrap();
    }
}

/// This test, in a process of its own, which is started by `before`.
fn child(test: &str, path: &Path, before: &[&str]) -> Child {
    let program = std::env::current_exe().unwrap();
    let mut command = match before {
        [] => Command::new(&program),
        [shell, arguments @ ..] => {
            let mut command = Command::new(shell);
            command.args(arguments).arg(&program);
            command
        }
    };
    command
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(PATH, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn is_whole(path: &Path) -> u64 {
    let report = verify::ledger(&SqliteLedger::open_snapshot(path).unwrap(), &[]).unwrap();
    assert_eq!(report.findings.told(), []);
    assert!(report.tables);
    report.head.sequence
}

#[test]
fn a_process_that_is_killed_loses_nothing_that_it_was_told_to_last() {
    if let Some(path) = std::env::var_os(PATH) {
        return append_for_ever(Path::new(&path));
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.sqlite");
    drop(SqliteLedger::create(&path, &[opened(1)]).unwrap());
    let mut random = Random::new(7);
    let mut before = 1;
    for round in 0..8 {
        let test = "crash::a_process_that_is_killed_loses_nothing_that_it_was_told_to_last";
        let mut child = child(test, &path, &[]);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut lasts = before;
        let appends = random.below(12);
        for line in lines.by_ref().map_while(Result::ok) {
            if let Some(number) = line.strip_prefix("lasts ") {
                lasts = number.parse().unwrap();
                if lasts >= before + 2 * appends as u64 {
                    break;
                }
            }
        }
        child.kill().unwrap();
        // What it said before it died counts, too.
        for line in lines.map_while(Result::ok) {
            if let Some(number) = line.strip_prefix("lasts ") {
                lasts = number.parse().unwrap();
            }
        }
        assert!(!child.wait().unwrap().success(), "it ended by itself");
        let found = is_whole(&path);
        assert!(
            found >= lasts,
            "round {round}: {found} events, {lasts} were to last"
        );
        assert_eq!(found % 2, 1, "round {round}: half of a transaction");
        before = found;
    }
    let ledger = SqliteLedger::open(&path).unwrap();
    assert_eq!(
        ledger.chips(&Default::default()).unwrap().len() as u64,
        (before - 1) / 2
    );
}

#[test]
fn a_disk_that_is_full_is_an_error_and_the_chain_stays_whole() {
    if let Some(path) = std::env::var_os(PATH) {
        return append_for_ever(Path::new(&path));
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.sqlite");
    drop(SqliteLedger::create(&path, &[opened(1)]).unwrap());
    // No file may become longer than 400 blocks of 512 bytes; the signal is ignored, so that the write fails.
    let limited = "trap '' XFSZ; ulimit -f 800; exec \"$0\" \"$@\"";
    let test = "crash::a_disk_that_is_full_is_an_error_and_the_chain_stays_whole";
    let mut child = child(test, &path, &["sh", "-c", limited]);
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let lines: Vec<String> = lines.map(Result::unwrap).collect();
    let told = |start: &str| lines.iter().rev().find_map(|line| line.strip_prefix(start));
    let lasts: u64 = told("lasts ").expect("some events").parse().unwrap();
    assert!(told("error ").expect("no error").contains("written"), "{lines:?}");
    assert_eq!(told("head ").unwrap().parse::<u64>().unwrap(), lasts);
    assert!(child.wait().unwrap().success());
    let found = is_whole(&path);
    assert!(
        found == lasts || found == lasts + 2,
        "{found} events, {lasts} were to last"
    );
    // With room again it goes on where it was.
    let ledger = SqliteLedger::open(&path).unwrap();
    ledger.append(&[entry(chip(250))]).unwrap();
    drop(ledger);
    assert_eq!(is_whole(&path), found + 1);
}
