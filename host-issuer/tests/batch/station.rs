//! A station in a world: its ledger has two officers, its vault a key.

use std::fs;
use std::path::{Path, PathBuf};

use getrandom::SysRng;
use host_issuer::environment::SystemDisk;
use host_issuer::ledger::event::Role;
use host_issuer::ledger::sqlite::SqliteLedger;
use host_issuer::ledger::{Entry, Event, LedgerStore as _, OfficerEntry};
use host_issuer::station::approvals::request::Request;
use host_issuer::station::approvals::{Act, Presented};
use host_issuer::station::desk::Desk;
use host_issuer::station::jobs::JobStore;
use host_issuer::station::place::{NewStation, StationDirectory};
use host_issuer::station::vault::Vault;
use personalization::approval::Approval;
use personalization::key_file::Passphrase;
use personalization::signer::{FileSigner, PublicKey, Signer as _};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::world::{Outcome, PASSPHRASE, World};

/// When everything happens.
pub const NOW: OffsetDateTime = datetime!(2026-11-24 09:00 UTC);
/// Who works here.
pub const OPERATOR: &str = "An";
/// Who says yes.
pub const SUPERVISOR: &str = "Bình";

/// A point that a key may have: whoever only reads entries asks no more of it.
const POINT: &str = "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162\
                     bce33576b315ececbb6406837bf51f5";

pub struct Station {
    pub world: World,
    keys: [FileSigner; 2],
}

impl Station {
    pub fn new() -> Self {
        let world = World::with_office();
        let keys = [(); 2].map(|()| FileSigner::generate(&mut SysRng).expect("a key"));
        let path = world.path("station");
        let new = NewStation::begin(&path, "hn-01", &SystemDisk).expect("a directory");
        Vault::create(
            &new.layout().vault_key(),
            &Passphrase::new(PASSPHRASE),
            &mut SysRng,
        )
        .expect("a vault");
        let identifier = "0123456789abcdef0123456789abcdef";
        let officer = |name: &str, role, key: &FileSigner| OfficerEntry {
            name: name.into(),
            role,
            public_key: match key.public_key() {
                PublicKey::Ec { point, .. } => hex::encode(point),
                _ => panic!("no P-256"),
            },
        };
        let events = [
            Event::Opened {
                ledger: identifier.into(),
                checkpoint_key: POINT.into(),
            },
            Event::OfficersSet {
                officers: vec![
                    officer(OPERATOR, Role::Operator, &keys[0]),
                    officer(SUPERVISOR, Role::Supervisor, &keys[1]),
                ],
            },
        ];
        let entries = events.map(|event| Entry::new(NOW, "hn-01", "station", event));
        SqliteLedger::create(&new.layout().ledger(), &entries).expect("a ledger");
        new.finish(identifier, &SystemDisk).expect("a station");
        Self { world, keys }
    }

    /// Runs `eid batch` as the operator; `@` stands for the world's folder.
    pub fn batch(&self, arguments: &[&str]) -> Outcome {
        let reads = matches!(arguments.first(), Some(&"status" | &"report"));
        let mut all = vec!["batch"];
        all.extend(arguments);
        all.extend(["--station", "@station"]);
        if !reads {
            all.extend(["--operator", OPERATOR]);
        }
        self.world.eid(&all)
    }

    /// Takes a list in, whose content this is, with a profile that needs a face alone.
    pub fn create(&self, list: &str, more: &[&str]) -> Outcome {
        self.world.write("list.jsonl", list.as_bytes());
        let mut arguments = vec!["create", "@list.jsonl", "--profile", "vn-cc-2024", "--json"];
        arguments.extend(more);
        self.batch(&arguments)
    }

    /// The record of a fictional person with this number, and her photo; gives the line of a list.
    pub fn person(&self, number: u8) -> String {
        let template = fs::read_to_string(self.world.path("record.json")).expect("a record");
        let record = template.replace("001196000017", &citizen_number(number));
        self.world
            .write(&format!("person-{number}.json"), record.as_bytes());
        format!("{{\"record\":\"person-{number}.json\",\"photo\":\"face.jp2\"}}\n")
    }

    /// A batch with so many persons, and its jobs.
    pub fn batch_of(&self, persons: u8) -> (String, Vec<String>) {
        let list: String = (1..=persons).map(|number| self.person(number)).collect();
        let created = self.create(&list, &[]).expect(0);
        let objects: Vec<serde_json::Value> = objects(&created);
        let text = |object: &serde_json::Value, name: &str| object[name].as_str().map(str::to_owned);
        let jobs = objects.iter().filter_map(|object| text(object, "job")).collect();
        let batch = objects.iter().find_map(|object| text(object, "batch"));
        (batch.expect("a batch"), jobs)
    }

    pub fn path(&self) -> PathBuf {
        self.world.path("station")
    }

    pub fn directory(&self) -> StationDirectory {
        StationDirectory::open(&self.path(), &SystemDisk).expect("a station")
    }

    pub fn ledger(&self) -> SqliteLedger {
        SqliteLedger::open(&self.directory().layout().ledger()).expect("a ledger")
    }

    pub fn vault(&self) -> Vault {
        Vault::open(
            &self.directory().layout().vault_key(),
            &Passphrase::new(PASSPHRASE),
        )
        .expect("a vault")
    }

    /// Appends events as the operator, so many seconds after [`NOW`].
    pub fn append(&self, seconds: i64, events: impl IntoIterator<Item = Event>) {
        let at = NOW + Duration::seconds(seconds);
        let entries: Vec<Entry> = events
            .into_iter()
            .map(|event| Entry::new(at, "hn-01", OPERATOR, event))
            .collect();
        self.ledger().append(&entries).expect("appended");
    }

    /// What the operator asks for and the supervisor says yes to.
    pub fn approved(&self, act: &Act) -> Presented {
        let ledger = self.ledger();
        let desk = Desk {
            store: &ledger,
            station: "hn-01",
            actor: OPERATOR,
            now: NOW,
        };
        let request = Request::new(&desk, act, Duration::hours(8), &mut SysRng).expect("a request");
        let request = request.to_bytes();
        let approvals = [OPERATOR, SUPERVISOR].iter().zip(&self.keys).map(|(name, key)| {
            let approval = Approval::sign(name, &request, NOW, key).expect("an approval");
            approval.to_json().expect("JSON")
        });
        Presented {
            approvals: approvals.collect(),
            request,
        }
    }

    /// The same as files, and the options that name them.
    pub fn approved_options(&self, act: &Act) -> Vec<&'static str> {
        let presented = self.approved(act);
        self.world.write("request.json", &presented.request);
        self.world.write("request.json.sig", &presented.approvals[0]);
        self.world.write("approval.json", &presented.approvals[1]);
        vec!["--request", "@request.json", "--approval", "@approval.json"]
    }
}

/// The personal data of the jobs of a station whose parts are open.
pub fn jobs<'a>(directory: &'a StationDirectory, ledger: &'a SqliteLedger) -> JobStore<'a> {
    JobStore {
        place: directory,
        ledger,
        disk: &SystemDisk,
    }
}

/// A number that no citizen has.
pub fn citizen_number(number: u8) -> String {
    format!("001196{:06}", 900 + u32::from(number))
}

/// The objects of an output, a line each.
pub fn objects(outcome: &Outcome) -> Vec<serde_json::Value> {
    let lines = outcome.output.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("an object"))
        .collect()
}

/// Every file of a directory and below.
pub fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found.sort();
    found
}

/// The names of the sealed files of a station.
pub fn sealed(station: &Path) -> Vec<String> {
    let sealed = files(station)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "sealed"));
    sealed
        .map(|path| path.file_name().expect("a name").to_string_lossy().into_owned())
        .collect()
}
