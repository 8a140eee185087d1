//! A station with a ledger, four people and real manifests of chips.

use std::path::Path;

use host_issuer::ledger::event::{Event, Role, Serial};
use host_issuer::ledger::sqlite::SqliteLedger;
use host_issuer::ledger::{Entry, LedgerStore};
use host_issuer::station::approvals::request::Request;
use host_issuer::station::approvals::{Act, Presented};
use host_issuer::station::desk::Desk;
use host_issuer::station::officers;
use host_issuer::station::stock::register::register;
use personalization::approval::{Approval, Officer};
use personalization::attestation::StockManifest;
use personalization::signer::{FileSigner, Signer as _};
use tempfile::TempDir;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::ledger_events as events;

pub const NOW: OffsetDateTime = datetime!(2026-11-24 09:00 UTC);

/// Somebody with a key.
pub struct Person {
    pub name: &'static str,
    pub key: FileSigner,
}

impl Person {
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            key: FileSigner::generate(&mut getrandom::SysRng).unwrap(),
        }
    }

    pub fn officer(&self) -> Officer {
        Officer::new(self.name, &self.key.public_point()).unwrap()
    }

    /// Their signature over a file, in somebody's name, at some time.
    pub fn sign_as(&self, name: &str, file: &[u8], at: OffsetDateTime) -> Vec<u8> {
        Approval::sign(name, file, at, &self.key)
            .unwrap()
            .to_json()
            .unwrap()
    }

    pub fn sign(&self, file: &[u8]) -> Vec<u8> {
        self.sign_as(self.name, file, NOW)
    }
}

/// An and Em are operators, Bình and Dung supervisors, Chi an auditor.
pub struct People {
    pub an: Person,
    pub binh: Person,
    pub chi: Person,
    pub dung: Person,
    pub em: Person,
}

impl People {
    pub fn new() -> Self {
        Self {
            an: Person::new("An"),
            binh: Person::new("Bình"),
            chi: Person::new("Chi"),
            dung: Person::new("Dung"),
            em: Person::new("Em"),
        }
    }

    pub fn set(&self) -> Event {
        let roles = [
            (&self.an, Role::Operator),
            (&self.binh, Role::Supervisor),
            (&self.chi, Role::Auditor),
            (&self.dung, Role::Supervisor),
            (&self.em, Role::Operator),
        ];
        let entries = roles.map(|(person, role)| officers::entry(&person.officer(), role));
        officers::first_set(entries.into()).unwrap()
    }
}

pub struct Shop {
    pub people: People,
    pub store: SqliteLedger,
    name: &'static str,
    _folder: TempDir,
}

impl Shop {
    pub fn open() -> Self {
        Self::named("hn-01", 1, People::new())
    }

    /// A station of this name; no two ledgers with one number.
    pub fn named(name: &'static str, ledger: u8, people: People) -> Self {
        let folder = TempDir::new().unwrap();
        let store = create(&folder.path().join("ledger.sqlite"), name, ledger, people.set());
        Self {
            people,
            store,
            name,
            _folder: folder,
        }
    }

    pub fn desk<'a>(&'a self, actor: &'a str) -> Desk<'a> {
        self.desk_at(actor, NOW)
    }

    pub fn desk_at<'a>(&'a self, actor: &'a str, now: OffsetDateTime) -> Desk<'a> {
        Desk {
            store: &self.store,
            station: self.name,
            actor,
            now,
        }
    }

    /// The station as the tests of the ledger know it.
    pub fn events(&self) -> events::Station<'_> {
        events::Station { store: &self.store }
    }

    /// What An asks for.
    pub fn request(&self, act: &Act) -> Vec<u8> {
        self.request_of("An", act)
    }

    pub fn request_of(&self, name: &str, act: &Act) -> Vec<u8> {
        let desk = self.desk(name);
        let lifetime = Duration::hours(24);
        Request::new(&desk, act, lifetime, &mut getrandom::SysRng)
            .unwrap()
            .to_bytes()
    }

    /// What An asks for and Bình says yes to.
    pub fn yes(&self, act: &Act) -> Presented {
        let request = self.request(act);
        Presented {
            approvals: vec![self.people.an.sign(&request), self.people.binh.sign(&request)],
            request,
        }
    }

    /// Chips come in, with numbers.
    pub fn register(&self, numbers: &[u8], delivery: &str, applet_version: &str) -> Vec<Serial> {
        let chips: Vec<StockManifest> = numbers.iter().map(|number| manifest(*number)).collect();
        register(&self.desk("An"), &chips, delivery, applet_version).unwrap();
        numbers.iter().map(|number| serial(*number)).collect()
    }

    /// The reasons for which approvals were refused, in order.
    pub fn refusals(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        for event in self.store.events(0, 10_000).unwrap() {
            let entry: Entry = serde_json::from_slice(&event.content).unwrap();
            if let Event::ApprovalRefused { reason, .. } = entry.event {
                reasons.push(reason);
            }
        }
        reasons
    }
}

/// A ledger with officers.
pub fn create(path: &Path, station: &str, number: u8, officers: Event) -> SqliteLedger {
    let opened = Event::Opened {
        ledger: events::hex(number, 32),
        checkpoint_key: events::POINT.into(),
    };
    let entries = [opened, officers].map(|event| Entry::new(NOW, station, "station", event));
    SqliteLedger::create(path, &entries).unwrap()
}

pub fn serial(number: u8) -> Serial {
    events::serial(number)
}

/// A manifest with a key of its own.
pub fn manifest(number: u8) -> StockManifest {
    let key = FileSigner::generate(&mut getrandom::SysRng).unwrap();
    let mut serial = [0; 10];
    serial[9] = number;
    StockManifest::new(serial, &key.public_point()).unwrap()
}
