//! What is looked at before the first card: one cause at a time, in a machine, a station and a signer that a test describes.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use host_issuer::environment::{Access, Clock, Disk as _, Environment, Machine, ReaderChoice, Readers};
use host_issuer::ledger::Event;
use host_issuer::ledger::event::ChipState;
use host_issuer::ledger::sqlite::SqliteLedger;
use host_issuer::station::preflight::{Area, Finding, Needs, State, check, obstacle};
use host_issuer::transport::pcsc::ReaderInfo;
use host_issuer::transport::reader_watch::WatchedReader;
use host_issuer::transport::{Transport, TransportError};
use personalization::pki::directory::DocumentSignerDirectory;
use time::OffsetDateTime;

use crate::floor::{Floor, READER, STATION};
use crate::prepared_card::NOW;
use crate::world::World;

const MIB: u64 = 1024 * 1024;

/// A machine with so much room, on which only these files are missing.
struct Described {
    free: Option<u64>,
    missing: BTreeSet<PathBuf>,
}

impl Machine for Described {
    fn free_bytes(&self, _: &Path) -> io::Result<u64> {
        self.free.ok_or_else(|| io::ErrorKind::Unsupported.into())
    }

    fn exists(&self, path: &Path) -> bool {
        !self.missing.contains(path)
    }

    fn names(&self, _: &Path) -> Vec<String> {
        Vec::new()
    }

    fn text(&self, _: &Path) -> Option<String> {
        None
    }

    fn knock(&self, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::NotFound.into())
    }
}

struct Listing(Result<Vec<&'static str>, TransportError>);

impl Readers for Listing {
    fn list(&self) -> Result<Vec<ReaderInfo>, TransportError> {
        let reader = |name: &str| ReaderInfo {
            name: name.into(),
            card_present: false,
            atr: Vec::new(),
        };
        let names = self.0.clone()?;
        Ok(names.into_iter().map(reader).collect())
    }

    fn open(&self, _: &ReaderChoice) -> Result<Box<dyn Transport>, TransportError> {
        Err(TransportError::NoReader)
    }

    fn watch(&self, _: &mut dyn FnMut(&[WatchedReader]) -> bool) -> Result<(), TransportError> {
        Err(TransportError::NoReader)
    }
}

struct Fixed(OffsetDateTime);

impl Clock for Fixed {
    fn now(&self) -> OffsetDateTime {
        self.0
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

/// What may be wrong with a day.
struct Day {
    free: Option<u64>,
    missing: BTreeSet<PathBuf>,
    readers: Result<Vec<&'static str>, TransportError>,
    wanted: Vec<String>,
    now: OffsetDateTime,
    cards: u32,
    signer: Option<DocumentSignerDirectory>,
}

impl Default for Day {
    fn default() -> Self {
        Self {
            free: Some(1000 * MIB),
            missing: BTreeSet::new(),
            readers: Ok(vec!["ACS ACR1252 01", "Identiv 02"]),
            wanted: Vec::new(),
            now: NOW,
            cards: 1,
            signer: None,
        }
    }
}

impl Day {
    fn findings(self, ledger: &SqliteLedger) -> Vec<Finding> {
        let environment = Environment {
            clock: Box::new(Fixed(self.now)),
            machine: Box::new(Described {
                free: self.free,
                missing: self.missing,
            }),
            readers: Box::new(Listing(self.readers)),
            ..Environment::system()
        };
        let needs = Needs {
            station: STATION,
            directory: Path::new("/station"),
            cards: self.cards,
            signatures_per_card: 2,
            readers: Some(&self.wanted),
            document_signer: self.signer.as_ref(),
        };
        check(&environment, ledger, &needs)
    }

    /// Everything that is not as it should be.
    fn wrong(self, ledger: &SqliteLedger) -> Vec<(&'static str, State, Area)> {
        let findings = self.findings(ledger);
        let wrong = findings.iter().filter(|finding| finding.state != State::Ready);
        wrong
            .map(|finding| {
                assert!(
                    !finding.mend.is_empty(),
                    "{finding:?} says nothing of what mends it"
                );
                assert!(!finding.found.is_empty());
                (finding.id, finding.state, finding.area)
            })
            .collect()
    }
}

/// A station in order with two blank chips.
fn floor() -> Floor {
    let floor = Floor::with(&[1]);
    floor.open_for_commands();
    floor.chip(b"SPECIMEN01");
    floor.chip(b"SPECIMEN02");
    floor
}

#[test]
fn a_day_on_which_nothing_is_wrong() {
    let floor = floor();
    let findings = Day::default().findings(&floor.ledger);
    assert_eq!(Day::default().wrong(&floor.ledger), []);
    assert!(obstacle(&findings).is_none());
    let ids: Vec<_> = findings.iter().map(|finding| finding.id).collect();
    for id in [
        "disk",
        "ledger",
        "clock",
        "readers",
        "stock",
        "unsettled",
        "unpurged",
        "officers",
    ] {
        assert!(ids.contains(&id), "{id} is not looked at: {ids:?}");
    }
}

#[test]
fn no_room_on_the_disk() {
    let floor = floor();
    let day = |free| Day {
        free,
        cards: 2,
        ..Day::default()
    };
    let full = [("disk.full", State::Missing, Area::Storage)];
    assert_eq!(day(Some(65 * MIB)).wrong(&floor.ledger), full);
    assert_eq!(day(Some(66 * MIB)).wrong(&floor.ledger), []);
    let unknown = [("disk.unknown", State::Attention, Area::Storage)];
    assert_eq!(day(None).wrong(&floor.ledger), unknown);
}

#[test]
fn a_clock_that_cannot_be_right() {
    let floor = floor();
    let day = |now| Day {
        now,
        ..Day::default()
    };
    // The ledger's last event is of NOW; two machines differ by a little.
    let behind = [("clock.behind", State::Missing, Area::Machine)];
    assert_eq!(day(NOW - Duration::from_secs(119)).wrong(&floor.ledger), []);
    assert_eq!(day(NOW - Duration::from_secs(121)).wrong(&floor.ledger), behind);
    let ahead = [("clock.ahead", State::Attention, Area::Machine)];
    let days = |count: u64| Duration::from_secs(count * 24 * 3600);
    assert_eq!(day(NOW + days(59)).wrong(&floor.ledger), []);
    assert_eq!(day(NOW + days(61)).wrong(&floor.ledger), ahead);
}

#[test]
fn readers_that_are_not_there() {
    let floor = floor();
    let day = |readers, wanted: &[&str]| Day {
        readers,
        wanted: wanted.iter().map(|name| (*name).to_owned()).collect(),
        ..Day::default()
    };
    let two = || Ok(vec!["ACS ACR1252 01", "Identiv 02"]);
    let none = ("readers.none", State::Missing, Area::Readers);
    let deaf = ("readers.unreachable", State::Missing, Area::Readers);
    for wanted in [&["acs"][..], &["0", "1"], &["ACS", "identiv"], &["0"], &["i"]] {
        assert_eq!(day(two(), wanted).wrong(&floor.ledger), [], "{wanted:?}");
    }
    assert_eq!(day(two(), &["ACS", "omnikey"]).wrong(&floor.ledger), [none]);
    assert_eq!(day(two(), &["2"]).wrong(&floor.ledger), [none]);
    assert_eq!(day(Ok(Vec::new()), &[]).wrong(&floor.ledger), [none]);
    let no_service = || {
        Err(TransportError::NoPcscd {
            detail: "service not available".into(),
        })
    };
    assert_eq!(day(no_service(), &[]).wrong(&floor.ledger), [deaf]);
    // Virtual chips need no service, and must be there.
    assert_eq!(day(no_service(), &["virtual:/one.chip"]).wrong(&floor.ledger), []);
    let gone = Day {
        missing: [PathBuf::from("/one.chip")].into(),
        ..day(no_service(), &["virtual:/one.chip"])
    };
    let virtual_chip = ("readers.virtual", State::Missing, Area::Readers);
    assert_eq!(gone.wrong(&floor.ledger), [virtual_chip]);
}

#[test]
fn too_few_chips_and_what_was_left_on_the_table() {
    let floor = Floor::with(&[1]);
    floor.open_for_commands();
    let day = |cards| Day {
        cards,
        ..Day::default()
    };
    let none = ("stock.none", State::Missing, Area::Stock);
    let few = ("stock.few", State::Attention, Area::Stock);
    let quarantined = ("stock.quarantined", State::Attention, Area::Stock);
    assert_eq!(day(1).wrong(&floor.ledger), [none]);
    assert_eq!(day(0).wrong(&floor.ledger), []);
    floor.chip(b"SPECIMEN01");
    assert_eq!(day(1).wrong(&floor.ledger), []);
    assert_eq!(day(2).wrong(&floor.ledger), [few]);
    // The one chip was in a process's hand that died: it may be a card, and a run finds that out.
    floor.append([Event::ProductionIntended {
        job: floor.jobs[0].clone(),
        attempt: 1,
        chip: hex::encode_upper(b"SPECIMEN01"),
        card_id: "0000000000000001".into(),
        reader: READER.into(),
    }]);
    let unsettled = ("unsettled", State::Attention, Area::Stock);
    assert_eq!(day(1).wrong(&floor.ledger), [few, unsettled]);
    floor.chip(b"SPECIMEN02");
    floor.append([Event::ChipQuarantined {
        serial: hex::encode_upper(b"SPECIMEN02"),
        reason: "chip.mute".into(),
    }]);
    assert_eq!(floor.chip_view(b"SPECIMEN02").state, ChipState::Quarantined);
    assert_eq!(day(0).wrong(&floor.ledger), [quarantined, unsettled]);
}

#[test]
fn personal_data_that_should_be_gone() {
    let floor = floor();
    floor.append([Event::JobCancelled {
        job: floor.jobs[0].clone(),
        reason: "handed in by mistake".into(),
    }]);
    let unpurged = [("unpurged", State::Attention, Area::Storage)];
    assert_eq!(Day::default().wrong(&floor.ledger), unpurged);
}

#[test]
fn nobody_who_could_say_yes() {
    let floor = Floor::with(&[1]);
    floor.chip(b"SPECIMEN01");
    let alone = [("officers", State::Missing, Area::Officers)];
    assert_eq!(Day::default().wrong(&floor.ledger), alone);
}

#[test]
fn a_ledger_whose_end_was_edited() {
    let floor = floor();
    let path = floor.path("ledger.sqlite");
    let copy = floor.path("copy.sqlite");
    drop(floor.ledger);
    let bytes = fs::read(&path).expect("the ledger");
    // The last event's words, in a copy: another maker's delivery.
    let edited = replaced(&bytes, b"\"delivery\":\"2026-11\"", b"\"delivery\":\"2026-12\"");
    assert_ne!(edited, bytes);
    host_issuer::environment::SystemDisk
        .write(&copy, &edited, Access::Public)
        .expect("a copy");
    let ledger = SqliteLedger::open(&copy).expect("opened");
    let damaged = ("ledger.unreadable", State::Missing, Area::Storage);
    assert_eq!(Day::default().wrong(&ledger), [damaged]);
}

/// Every occurrence of `from`, which is as long as `to`.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    for at in 0..bytes.len() - from.len() {
        if bytes[at..].starts_with(from) {
            changed[at..at + to.len()].copy_from_slice(to);
        }
    }
    changed
}

#[test]
fn a_document_signer_that_may_not_sign() {
    let (world, floor) = (World::with_office(), floor());
    let open = || DocumentSignerDirectory::open(&world.path("ds")).expect("a document signer");
    let status = open().status(NOW).expect("its status");
    let day = |now, cards| Day {
        now,
        cards,
        signer: Some(open()),
        ..Day::default()
    };
    let signer_area = |findings: Vec<(&'static str, State, Area)>| -> Vec<_> {
        findings
            .into_iter()
            .filter(|(_, _, area)| *area == Area::Signer)
            .map(|(id, state, _)| (id, state))
            .collect()
    };
    let of = |day: Day| signer_area(day.wrong(&floor.ledger));
    assert_eq!(of(day(NOW, 1)), []);
    // Two signatures a card.
    let left = u32::try_from(status.max_signatures - status.signatures).expect("a quota");
    assert_eq!(of(day(NOW, left / 2)), []);
    assert_eq!(of(day(NOW, left / 2 + 1)), [("signer.quota", State::Missing)]);
    // A clock that is years behind or ahead.
    let unfit = [("signer.must_not_sign", State::Missing)];
    assert_eq!(of(day(NOW - Duration::from_secs(400 * 24 * 3600), 1)), unfit);
    assert_eq!(of(day(status.usage_end + Duration::from_secs(1), 1)), unfit);
    let soon = day(status.usage_end - Duration::from_secs(3600), 1);
    assert_eq!(of(soon), [("signer.rotation_due", State::Attention)]);
    // Its key is gone.
    let key = fs::read_dir(world.path("ds")).expect("a directory");
    let missing = key.map(|entry| entry.expect("an entry").path()).collect();
    let without_key = Day {
        missing,
        ..day(NOW, 1)
    };
    assert_eq!(of(without_key), [("signer.no_key", State::Missing)]);
}
