//! A ledger in an SQLite file.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use host_issuer::ledger::error::LedgerError;
use host_issuer::ledger::sqlite::SqliteLedger;
use host_issuer::ledger::{Entry, LedgerStore};

use crate::station::{chip, entry, opened, serial};
use crate::suite::ALL;

#[test]
fn a_ledger_in_sqlite_does_what_every_store_must() {
    for (name, test) in ALL {
        println!("{name}");
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ledger.sqlite");
        test(&|entries: &[Entry]| Box::new(SqliteLedger::create(&path, entries).unwrap()));
    }
}

#[test]
fn a_new_ledger_takes_no_other_file_and_leaves_none_when_it_fails() {
    let directory = tempfile::tempdir().unwrap();
    // Bytes that mean something in a URL, and letters that are none of ASCII.
    let path = directory.path().join("sổ cái 100% #1?.sqlite");
    assert!(SqliteLedger::create(&path, &[]).is_err());
    assert!(SqliteLedger::create(&path, &[entry(chip(1))]).is_err());
    assert!(SqliteLedger::create(&path, &[opened(1), opened(2)]).is_err());
    assert!(!path.exists());
    let ledger = SqliteLedger::create(&path, &[opened(1), entry(chip(1))]).unwrap();
    for file in fs::read_dir(directory.path()).unwrap() {
        let mode = file.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert!(SqliteLedger::create(&path, &[opened(1)]).is_err());
    drop(ledger);
    // Closed: no log beside it, and everything in it.
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    let ledger = SqliteLedger::open(&path).unwrap();
    assert_eq!(ledger.head().unwrap().sequence, 2);
    assert!(ledger.chip(&serial(1)).unwrap().is_some());
}

#[test]
fn what_is_no_ledger_is_not_opened() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("other");
    let why = |path: &Path| match SqliteLedger::open(path) {
        Err(LedgerError::Damaged(why)) => why,
        Err(other) => other.to_string(),
        Ok(_) => panic!("opened"),
    };
    assert!(why(&path).contains("No such file"));
    #[allow(clippy::disallowed_methods, reason = "the files of a test")]
    fs::write(&path, b"").unwrap();
    assert!(why(&path).contains("an empty file"));
    #[allow(clippy::disallowed_methods, reason = "the files of a test")]
    fs::write(&path, vec![b'x'; 5000]).unwrap();
    assert!(why(&path).contains("not a database"), "{}", why(&path));
    assert_eq!(fs::read(&path).unwrap(), vec![b'x'; 5000]);
}

#[test]
fn many_programs_append_to_one_chain() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.sqlite");
    drop(SqliteLedger::create(&path, &[opened(1)]).unwrap());
    // A connection each, as in processes of their own; all of them want the same chips.
    let added: Vec<usize> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let ledger = SqliteLedger::open(&path).unwrap();
                    (0..25)
                        .filter(|number| ledger.append(&[entry(chip(*number))]).is_ok())
                        .count()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(added.iter().sum::<usize>(), 25, "{added:?}");
    let ledger = SqliteLedger::open(&path).unwrap();
    let events = ledger.events(0, 1000).unwrap();
    assert_eq!(events.len(), 26);
    let mut head = host_issuer::ledger::Head::START;
    for event in &events {
        head = head.followed_by(&event.content);
        assert_eq!(event.head(), head);
    }
}
