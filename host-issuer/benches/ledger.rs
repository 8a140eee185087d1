//! Durable events of a ledger in a second, beside what the disk does at all: appends to a plain file of as many bytes, each followed
//! by fsync, in the same run and in the same directory.
//!
//! An event that is acknowledged stands in SQLite's log and is synced; so at best there are as many events in a second as syncs, and
//! with several events in a call (as when a batch is accepted) more. Judges nothing.

#![allow(clippy::disallowed_methods, reason = "a benchmark measures time")]

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use host_issuer::ledger::event::Event;
use host_issuer::ledger::sqlite::SqliteLedger;
use host_issuer::ledger::{Entry, LedgerStore as _, verify};

/// How many events of a round.
const EVENTS: u32 = 400;
const ROUNDS: u32 = 5;
/// Events of a call where several are appended.
const TOGETHER: usize = 100;

fn main() {
    // The target directory is on a disk; /tmp may be memory, where nothing is synced.
    let place = std::env::var_os("CARGO_TARGET_TMPDIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let directory = tempfile::Builder::new()
        .prefix("ledger-bench-")
        .tempdir_in(place)
        .expect("a directory");
    println!("Durable events of a ledger in a second (wall clock, best of {ROUNDS} rounds of {EVENTS}):");
    let path = directory.path().join("ledger.sqlite");
    let opened = Event::Opened {
        ledger: "0".repeat(32),
        checkpoint_key: format!("04{}", "0".repeat(128)),
    };
    let ledger = SqliteLedger::create(&path, &[entry(opened)]).expect("a ledger");
    let mut number = 0;
    let length = serde_json::to_vec(&event(0)).expect("an entry").len();
    let (mut syncs, mut one, mut together) = (0.0_f64, 0.0_f64, 0.0_f64);
    for round in 0..ROUNDS {
        syncs = syncs.max(per_second(|| {
            plain(&directory.path().join(format!("plain-{round}")), length)
        }));
        one = one.max(per_second(|| {
            for _ in 0..EVENTS {
                number += 1;
                ledger.append(&[event(number)]).expect("an event");
            }
        }));
        together = together.max(per_second(|| {
            let events: Vec<Entry> = (0..EVENTS).map(|offset| event(number + 1 + offset)).collect();
            number += EVENTS;
            for chunk in events.chunks(TOGETHER) {
                ledger.append(chunk).expect("events");
            }
        }));
    }
    println!("  {:<44} {syncs:>12.0}", "plain appends, each with fsync");
    println!(
        "  {:<44} {one:>12.0}  {:.2} of it",
        "events, one in a call",
        one / syncs
    );
    println!(
        "  {:<44} {together:>12.0}  {:.1} times as many",
        format!("events, {TOGETHER} in a call"),
        together / syncs
    );
    drop(ledger);
    let snapshot = SqliteLedger::open_snapshot(&path).expect("the ledger");
    let started = Instant::now();
    let report = verify::ledger(&snapshot, &[]).expect("a report");
    assert!(report.is_whole());
    let events = f64::from(u32::try_from(report.head.sequence).unwrap_or(u32::MAX));
    println!(
        "  {:<44} {:>12.0}",
        "events verified, tables made again",
        events / started.elapsed().as_secs_f64()
    );
}

fn per_second(work: impl FnOnce()) -> f64 {
    let started = Instant::now();
    work();
    f64::from(EVENTS) / started.elapsed().as_secs_f64()
}

/// As many appends of as many bytes to a plain file, each synced.
fn plain(path: &Path, length: usize) {
    let mut file: File = OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .expect("a file");
    let bytes = vec![b'x'; length];
    for _ in 0..EVENTS {
        file.write_all(&bytes).expect("a write");
        file.sync_data().expect("a sync");
    }
}

fn entry(event: Event) -> Entry {
    Entry {
        at: "2026-11-24T09:00:00Z".into(),
        station: "hn-01".into(),
        actor: "An".into(),
        event,
    }
}

/// A chip comes into stock: a row, a key, an event.
fn event(number: u32) -> Entry {
    entry(Event::ChipRegistered {
        serial: format!("{number:020X}"),
        manifest: format!("{{\"schema\":\"eid.chip/1\",\"serial\":\"{number:020X}\"}}"),
        keys: vec![format!("{number:064x}")],
        delivery: "delivery-1".into(),
        applet_version: "0.1.0".into(),
        station: "hn-01".into(),
        moves: 0,
    })
}
