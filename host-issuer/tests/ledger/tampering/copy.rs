//! A ledger of a small station, and a copy of it that can be changed.

use std::collections::BTreeMap;

use host_issuer::environment::SystemDisk;
use host_issuer::ledger::checkpoint::{self, Checkpoint};
use host_issuer::ledger::event::{CardState, ChipState, JobState, Purpose, Role};
use host_issuer::ledger::sqlite::SqliteLedger;
use host_issuer::ledger::verify::tables::{Cell, Rebuilt, Row, TABLES, Table, Tables, compare};
use host_issuer::ledger::verify::{Findings, Links, Mark, Place, marks_of_an_anchor};
use host_issuer::ledger::{Chained, Entry, Event, Head, LedgerError, LedgerStore, anchor};
use personalization::signer::{FileSigner, Signer as _};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::station::{Station, approved, card_id, chip, entry, hex, job_id, officer, serial};

const AT: OffsetDateTime = datetime!(2026-11-24 17:00 UTC);

/// Tables in memory.
pub type Dump = BTreeMap<&'static str, Vec<Row>>;

pub struct Original {
    pub events: Vec<Chained>,
    /// Checkpoints beside the chain.
    pub kept: Vec<Checkpoint>,
    /// The anchor: as many checkpoints, the last of the last event.
    pub anchor: Vec<u8>,
    pub tables: Memory,
    /// The file, for changes on disk.
    pub file: Vec<u8>,
}

/// Tables that are compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory(pub Dump);

impl Tables for Memory {
    fn rows(&self, table: &Table, after: Option<&str>, limit: u32) -> Result<Vec<Row>, LedgerError> {
        let mut rows: Vec<Row> = self.0[table.name]
            .iter()
            .filter(
                |row| matches!(&row[0], Cell::Text(key) if after.is_none_or(|after| key.as_str() > after)),
            )
            .cloned()
            .collect();
        rows.sort_by_key(|row| row[0].to_string());
        rows.truncate(usize::try_from(limit).unwrap());
        Ok(rows)
    }

    fn count(&self, table: &Table) -> Result<u64, LedgerError> {
        Ok(self.0[table.name].len() as u64)
    }
}

pub fn dump(tables: &impl Tables) -> Dump {
    let rows = |table: &Table| tables.rows(table, None, 1000).unwrap();
    TABLES.iter().map(|table| (table.name, rows(table))).collect()
}

impl Original {
    /// A morning: deliveries, a batch, a card that was issued, one that failed, a renewal, a chip in quarantine.
    pub fn make() -> Self {
        let signer = FileSigner::generate(&mut getrandom::SysRng).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let (path, anchored) = (
            directory.path().join("ledger.sqlite"),
            directory.path().join("anchor"),
        );
        let opened = entry(Event::Opened {
            ledger: hex(1, 32),
            checkpoint_key: hex::encode(signer.public_point()),
        });
        let store = SqliteLedger::create(&path, &[opened]).unwrap();
        let station = Station { store: &store };
        let officers = vec![
            officer("An", Role::Operator, 1),
            officer("Bình", Role::Supervisor, 2),
        ];
        station.add(Event::OfficersSet { officers }).unwrap();
        for number in 1..=4 {
            station.add(chip(number)).unwrap();
        }
        station.batch("a", 1, &[(1, 1, None), (2, 2, None)]);
        let take = || {
            let checkpoint = checkpoint::take(&store, AT, &signer).unwrap();
            anchor::append(&SystemDisk, &anchored, &checkpoint).unwrap();
            checkpoint
        };
        take();
        station.issue(1, 1, 1, 1);
        station
            .add(Event::CardAccepted {
                job: job_id(1),
                card_id: card_id(1),
            })
            .unwrap();
        station.add(station.intend(2, 1, 2, 2)).unwrap();
        station.fail(2, 1, ChipState::Quarantined, JobState::Failed);
        station.batch("b", 2, &[(3, 1, Some(1))]);
        station.issue(3, 1, 3, 3);
        station
            .add(approved(3, Purpose::ReleaseQuarantine, &serial(2)))
            .unwrap();
        station
            .add(Event::ChipReleased {
                serial: serial(2),
                approval: hex(3, 64),
            })
            .unwrap();
        station
            .add(Event::CardChanged {
                card_id: card_id(3),
                state: CardState::Suspended,
                reason: "reported lost".into(),
                approval: None,
            })
            .unwrap();
        station.add(Event::JobPurged { job: job_id(1) }).unwrap();
        take();
        let events = store.events(0, 1000).unwrap();
        let kept = store.checkpoints(0, 1000).unwrap();
        let tables = Memory(dump(&store));
        drop(store);
        Self {
            events,
            kept,
            anchor: std::fs::read(&anchored).unwrap(),
            tables,
            file: std::fs::read(&path).unwrap(),
        }
    }

    pub fn copy(&self) -> Copy {
        Copy {
            events: self.events.clone(),
            kept: self.kept.clone(),
            anchor: self.anchor.clone(),
            tables: self.tables.clone(),
        }
    }
}

/// What somebody with a hand on everything may have changed.
pub struct Copy {
    pub events: Vec<Chained>,
    pub kept: Vec<Checkpoint>,
    pub anchor: Vec<u8>,
    pub tables: Memory,
}

impl Copy {
    pub fn is(&self, original: &Original) -> bool {
        self.events == original.events
            && self.kept == original.kept
            && self.anchor == original.anchor
            && self.tables == original.tables
    }

    /// Chain and checkpoints as [`verify`](host_issuer::ledger::verify) follows them; the tables against those that the events of the
    /// original make. An event that differs is found before the tables are asked.
    pub fn verify(&self, original: &Original) -> Findings {
        let mut findings = self.verify_links();
        if self.events == original.events {
            compare(&original.tables, &self.tables, &mut findings).unwrap();
        }
        findings
    }

    /// The same, with the tables made again.
    pub fn verify_as_it_is(&self) -> Findings {
        let mut findings = self.verify_links();
        compare(&Self::rebuilt(&self.events), &self.tables, &mut findings).unwrap();
        findings
    }

    pub fn rebuilt(events: &[Chained]) -> Memory {
        let entries: Vec<(u64, Entry)> = events
            .iter()
            .map(|event| (event.sequence, serde_json::from_slice(&event.content).unwrap()))
            .collect();
        let (mut rebuilt, mut findings) = (Rebuilt::new().unwrap(), Findings::default());
        rebuilt.apply(&entries, &mut findings).unwrap();
        assert_eq!(findings.told(), []);
        Memory(dump(rebuilt.tables()))
    }

    fn verify_links(&self) -> Findings {
        let mut findings = Findings::default();
        let mut marks: Vec<Mark> = self
            .kept
            .iter()
            .map(|checkpoint| Mark {
                place: Place::Ledger,
                checkpoint: checkpoint.clone(),
            })
            .collect();
        marks.extend(marks_of_an_anchor(&anchor::parse(&self.anchor), &mut findings));
        let mut links = Links::new(marks);
        for event in &self.events {
            links.next(event, &mut findings);
        }
        let _ = links.finish(&mut findings);
        findings
    }

    /// Numbers and digests as they must be from this place on.
    pub fn chain_again(&mut self, from: usize) {
        let mut head = match from {
            0 => Head::START,
            from => self.events[from - 1].head(),
        };
        for event in &mut self.events[from..] {
            *event = Chained::after(&head, std::mem::take(&mut event.content));
            head = event.head();
        }
    }
}
