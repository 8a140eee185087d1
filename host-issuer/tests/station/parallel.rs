//! Several readers at once.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use getrandom::SysRng;
use host_issuer::environment::{ReaderChoice, Readers, SystemReaders};
use host_issuer::ledger::event::{ChipState, JobState};
use host_issuer::load::manufacture::manufacture;
use host_issuer::station::personalize::{Done, Queue, Undone};
use host_issuer::station::run::{CardFeed, Ended, Halt, Observer, Run, Seen, serve};
use host_issuer::transport::in_process::InProcess;
use host_issuer::transport::pcsc::{ReaderInfo, ReaderSelector};
use host_issuer::transport::reader_watch::WatchedReader;
use host_issuer::transport::{Limits, Transport, TransportError};
use tempfile::TempDir;

use crate::failing::GoneSigner;
use crate::floor::{BATCH, Floor, ISSUER, Seams, chip_keys, random};

/// Remembers how each card ended: reader and reason, or nothing for a card that was issued.
#[derive(Default)]
struct Record(Mutex<Vec<(String, Option<&'static str>)>>);

impl Record {
    fn ends(&self) -> Vec<Option<&'static str>> {
        self.0
            .lock()
            .expect("record")
            .iter()
            .map(|(_, end)| *end)
            .collect()
    }
}

impl Observer for Record {
    fn see(&self, reader: &str, seen: &Seen<'_>) {
        let end = match seen {
            Seen::Done(Done::Issued(_)) => None,
            Seen::Undone(undone) => Some(undone.id()),
            _ => return,
        };
        self.0.lock().expect("record").push((reader.to_owned(), end));
    }
}

/// A chip that is laid on a reader and stays the test's.
struct Lent(Rc<RefCell<InProcess>>);

impl Transport for Lent {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        self.0.borrow_mut().transmit(command, response)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.0.borrow_mut().reset()
    }

    fn limits(&self) -> Limits {
        self.0.borrow().limits()
    }

    fn atr(&self) -> &[u8] {
        &[]
    }
}

/// A stack of chips.
struct Stack {
    name: String,
    chips: VecDeque<Rc<RefCell<InProcess>>>,
}

impl CardFeed for Stack {
    fn reader(&self) -> &str {
        &self.name
    }

    fn next_card(&mut self, _: &dyn Fn() -> bool) -> Result<Option<Box<dyn Transport>>, TransportError> {
        Ok(self
            .chips
            .pop_front()
            .map(|chip| Box::new(Lent(chip)) as Box<dyn Transport>))
    }
}

#[test]
fn two_readers_make_six_cards_and_none_twice() {
    let floor = Floor::with(&[1, 2, 3, 4, 5, 6]);
    let (production, halt, record) = (floor.production(), Halt::default(), Record::default());
    let queue = Queue::new(BATCH.into(), None);
    std::thread::scope(|scope| {
        for reader in 0..2u8 {
            let (floor, production, queue, halt, record) = (&floor, &production, &queue, &halt, &record);
            scope.spawn(move || {
                let chip = |number: u8| {
                    let mut serial = *b"SPECIMEN00";
                    (serial[8], serial[9]) = (b'0' + reader, b'0' + number);
                    Rc::new(RefCell::new(floor.chip(&serial)))
                };
                let chips: VecDeque<_> = (0..5).map(chip).collect();
                let mut feed = Stack {
                    name: format!("reader {reader}"),
                    chips,
                };
                serve(production, queue, &mut feed, &mut random(), halt, record);
            });
        }
    });
    assert_eq!(queue.issued_count(), 6);
    assert_eq!(record.ends(), [None; 6]);
    let mut chips = BTreeSet::new();
    for place in 0..6 {
        let job = floor.job(place);
        assert_eq!(
            (job.state, job.attempts, job.purged),
            (JobState::Issued, 1, false)
        );
        assert!(
            chips.insert(job.attempt.expect("an attempt").chip),
            "one chip, two jobs"
        );
    }
}

#[test]
fn a_station_at_fault_ends_the_run_instead_of_failing_every_job() {
    let floor = Floor::with(&[1, 2, 3]);
    let signer = GoneSigner(ISSUER.signer());
    let production = floor.production_over(Seams {
        signer: &signer,
        ..floor.seams()
    });
    let chips = [b"SPECIMEN01", b"SPECIMEN02"].map(|serial| Rc::new(RefCell::new(floor.chip(serial))));
    let mut feed = Stack {
        name: "reader 0".into(),
        chips: chips.into(),
    };
    let (queue, halt, record) = (Queue::new(BATCH.into(), None), Halt::default(), Record::default());
    serve(&production, &queue, &mut feed, &mut random(), &halt, &record);
    assert_eq!(record.ends(), [Some("signer.failed")]);
    assert_eq!(feed.chips.len(), 1, "the second chip was begun");
    assert_eq!(floor.job(1).attempts, 0);
}

/// Two PC/SC readers: as soon as a card is done with, the next one of the reader's stack is laid on; one of them is connected late.
struct Counter {
    stacks: Mutex<BTreeMap<&'static str, (VecDeque<PathBuf>, u32)>>,
    changed: Condvar,
    record: Record,
}

impl Counter {
    fn scene(&self, looked: u32) -> Vec<WatchedReader> {
        let stacks = self.stacks.lock().expect("stacks");
        let connected = stacks.iter().take(if looked == 0 { 1 } else { 2 });
        let reader = |(name, (stack, count)): (&&'static str, &(VecDeque<PathBuf>, u32))| WatchedReader {
            info: ReaderInfo {
                name: (*name).to_owned(),
                card_present: !stack.is_empty(),
                atr: Vec::new(),
            },
            event_count: *count,
        };
        connected.map(reader).collect()
    }
}

impl Readers for Counter {
    fn list(&self) -> Result<Vec<ReaderInfo>, TransportError> {
        Ok(self.scene(1).into_iter().map(|reader| reader.info).collect())
    }

    fn open(&self, choice: &ReaderChoice) -> Result<Box<dyn Transport>, TransportError> {
        let ReaderChoice::Pcsc(ReaderSelector::NamePart(name)) = choice else {
            return SystemReaders.open(choice);
        };
        let memory = self.stacks.lock().expect("stacks")[name.as_str()]
            .0
            .front()
            .cloned();
        SystemReaders.open(&ReaderChoice::Virtual(memory.expect("a card")))
    }

    fn watch(&self, observer: &mut dyn FnMut(&[WatchedReader]) -> bool) -> Result<(), TransportError> {
        for looked in 0.. {
            if !observer(&self.scene(looked)) {
                break;
            }
            let stacks = self.stacks.lock().expect("stacks");
            drop(self.changed.wait_timeout(stacks, Duration::from_millis(20)));
        }
        Ok(())
    }
}

impl Observer for Counter {
    fn see(&self, reader: &str, seen: &Seen<'_>) {
        self.record.see(reader, seen);
        if matches!(seen, Seen::Done(_) | Seen::Undone(_)) {
            let mut stacks = self.stacks.lock().expect("stacks");
            if let Some((stack, count)) = stacks.get_mut(reader) {
                stack.pop_front();
                // Out and in.
                *count += 2;
            }
            self.changed.notify_all();
        }
    }
}

#[test]
fn readers_come_and_the_run_ends_with_as_many_cards_as_were_wanted() {
    let floor = Floor::with(&[1, 2, 3, 4]);
    let folder = TempDir::new().expect("a folder");
    let chip = |serial: &[u8; 10], registered: bool| {
        let path = folder.path().join(hex::encode(serial));
        let manifest = manufacture(&path, serial, &mut SysRng, chip_keys).expect("a chip");
        if registered {
            floor.register(serial, &manifest);
        }
        path
    };
    let first = [
        chip(b"SPECIMEN01", true),
        chip(b"SPECIMEN02", false),
        chip(b"SPECIMEN03", true),
    ];
    let second = [chip(b"SPECIMEN04", true), chip(b"SPECIMEN05", true)];
    let counter = Counter {
        stacks: Mutex::new(BTreeMap::from([
            ("a", (VecDeque::from(first), 1)),
            ("b", (VecDeque::from(second), 1)),
        ])),
        changed: Condvar::new(),
        record: Record::default(),
    };
    let production = floor.production();
    let queue = Queue::new(BATCH.into(), Some(3));
    let halt = Halt::default();
    let run = Run {
        production: &production,
        queue: &queue,
        halt: &halt,
        observer: &counter,
        readers: &counter,
        random,
    };
    let ended = run.over(&[ReaderChoice::parse(None)]).expect("watched");
    assert!(matches!(ended, Ended::Limit), "{ended:?}");
    assert_eq!(queue.issued_count(), 3);
    let ends = counter.record.ends();
    let refused = ends.iter().filter(|end| **end == Some("chip.unknown")).count();
    assert!(refused <= 1, "told once");
    assert_eq!(ends.iter().filter(|end| end.is_none()).count(), 3);
    let pending = (0..4).filter(|place| floor.job(*place).state == JobState::Pending);
    assert_eq!(pending.count(), 1);
}

#[test]
fn virtual_readers_are_one_card_each_and_the_same_failure_thrice_ends_the_run() {
    let floor = Floor::with(&[1, 2, 3, 4]);
    let folder = TempDir::new().expect("a folder");
    let chips: Vec<ReaderChoice> = (0..4u8)
        .map(|number| {
            let mut serial = *b"SPECIMEN00";
            serial[9] = b'0' + number;
            let path = folder.path().join(hex::encode(serial));
            manufacture(&path, &serial, &mut SysRng, chip_keys).expect("a chip");
            // Whoever registered them mixed the chips up.
            let other = manufacture(&path.with_extension("other"), &serial, &mut SysRng, chip_keys);
            floor.register(&serial, &other.expect("a chip"));
            ReaderChoice::Virtual(path)
        })
        .collect();
    let production = floor.production();
    let (queue, halt, record) = (Queue::new(BATCH.into(), None), Halt::default(), Record::default());
    let run = Run {
        production: &production,
        queue: &queue,
        halt: &halt,
        observer: &record,
        readers: &SystemReaders,
        random,
    };
    let ended = run.over(&chips).expect("run");
    assert!(
        matches!(ended, Ended::SameFailure("chip.attestation")),
        "{ended:?}"
    );
    let ends = record.ends();
    assert!(
        ends.len() >= 3 && ends.iter().all(|end| *end == Some("chip.attestation")),
        "{ends:?}"
    );
    assert_eq!(floor.chip_view(b"SPECIMEN00").state, ChipState::Quarantined);
}

#[test]
fn a_chip_is_not_begun_after_the_time_or_after_the_operator() {
    let floor = Floor::with(&[1]);
    for halt in [Halt::at(Some(Duration::from_secs(5))), Halt::default()] {
        let mut feed = Stack {
            name: "reader 0".into(),
            chips: VecDeque::new(),
        };
        let (queue, record) = (Queue::new(BATCH.into(), None), Record::default());
        let production = floor.production();
        assert!(!halt.is_wanted(production.clock()));
        floor.clock.pass(Duration::from_secs(5));
        halt.want();
        assert!(halt.is_wanted(production.clock()));
        serve(&production, &queue, &mut feed, &mut random(), &halt, &record);
        assert!(record.ends().is_empty());
    }
    let undone = Undone::Refused(host_issuer::station::personalize::Refusal::NotBlank);
    assert!(!undone.stops());
}
