//! A station behind the real PC/SC service: an office with applications, chips in stock, two readers and the hands that lay cards on
//! them and take them away.

use std::fs;
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use card_applet::sim::{VirtualCard, vpcd};
use host_issuer::ledger::LedgerStore as _;
use host_issuer::ledger::event::{ChipState, JobState};
use host_issuer::ledger::sqlite::SqliteLedger;
use host_issuer::ledger::view::JobFilter;
use serde_json::Value;

use crate::office::{Office, Outcome};
use crate::private_pcscd::{PrivatePcscd, wait_for};

/// Its readers, as PC/SC names the two slots of the virtual reader.
pub const READERS: [&str; 2] = ["Test PCD 00 00", "Test PCD 00 01"];

/// A station with a started batch.
pub struct Floor {
    pub office: Office,
    pub batch: String,
}

/// A chip's serial number.
pub fn serial(number: u8) -> String {
    format!("00000000000000000A{number:02X}")
}

impl Floor {
    /// An office at this service whose station has a batch of this many applications, each of another citizen.
    pub fn open(service: &PrivatePcscd, applications: usize) -> Self {
        let office = Office::open(&service.socket());
        for name in ["An", "Binh"] {
            office
                .eid(&["approve", "init", "--name", name, "--out", name])
                .expect(0);
        }
        let officers = ["An/officer.json:operator", "Binh/officer.json:supervisor"];
        let mut init = vec!["ledger", "init", "station", "--name", "hn-01"];
        init.extend(officers.iter().flat_map(|officer| ["--officer", officer]));
        office.eid(&init).expect(0);
        let record: Value =
            serde_json::from_slice(&fs::read(office.path("record.json")).expect("a record")).expect("JSON");
        let mut lines = String::new();
        for number in 1..=applications {
            let mut record = record.clone();
            record["citizen_number"] = format!("0011960001{number:02}").into();
            let name = format!("citizen-{number}.json");
            office.write(&name, record.to_string().as_bytes());
            lines.push_str(&format!("{{\"record\":\"{name}\",\"photo\":\"face.jp2\"}}\n"));
        }
        office.write("applications.jsonl", lines.as_bytes());
        let created = office
            .eid(&[
                "batch",
                "create",
                "applications.jsonl",
                "--profile",
                "vn-cc-2024",
                "--station",
                "station",
                "--operator",
                "An",
                "--json",
            ])
            .expect(0);
        let last = created.stdout.lines().last().expect("a summary");
        let summary: Value = serde_json::from_str(last).expect("JSON");
        let batch = summary["batch"].as_str().expect("a batch").to_owned();
        let floor = Self { office, batch };
        floor.start();
        floor
    }

    /// Two people start the batch.
    fn start(&self) {
        let request = [
            "approve",
            "request",
            "--station",
            "station",
            "--purpose",
            "start-batch",
            "--subject",
            &self.batch,
            "--officer",
            "An",
            "--out",
            "start.json",
        ];
        self.office.eid(&request).expect(0);
        let sign = [
            "approve",
            "sign",
            "start.json",
            "--officer",
            "Binh",
            "--out",
            "start.binh.json",
        ];
        self.office.eid(&sign).expect(0);
        let start = [
            "batch",
            "start",
            &self.batch,
            "--station",
            "station",
            "--operator",
        ];
        let approved = ["An", "--request", "start.json", "--approval", "start.binh.json"];
        self.office.eid(&[&start[..], &approved].concat()).expect(0);
    }

    /// A blank chip that takes the keys of this file.
    pub fn make_chip(&self, memory: &str, serial: &str, keys: &str) {
        let create = ["card", "create", "--memory", memory, "--issuer-keys", keys];
        self.office
            .eid(&[&create[..], &["--serial", serial]].concat())
            .expect(0);
    }

    /// Takes these chips into stock.
    pub fn register(&self, memories: &[String]) {
        let manifests: Vec<String> = memories
            .iter()
            .map(|memory| format!("{memory}.manifest.json"))
            .collect();
        let mut register = vec!["stock", "register", "--station", "station", "--operator", "An"];
        register.extend(["--delivery", "2026-11", "--applet-version", "0.1.0"]);
        register.extend(manifests.iter().map(String::as_str));
        self.office.eid(&register).expect(0);
    }

    /// The arguments of a run on all readers.
    pub fn run_arguments(&self) -> Vec<&str> {
        let run = ["batch", "run", &self.batch, "--station", "station"];
        let more = [
            "--officer",
            "An",
            "--ds",
            "ds",
            "--issuer-keys",
            "issuer.keys",
            "--json",
        ];
        [&run[..], &more].concat()
    }

    /// The ledger, as anybody may read it while a run writes.
    pub fn ledger(&self) -> SqliteLedger {
        SqliteLedger::open(&self.office.path("station/ledger.sqlite")).expect("the ledger")
    }

    /// How many jobs of the batch are in this state.
    pub fn jobs(&self, state: JobState) -> usize {
        let filter = JobFilter {
            batch: Some(self.batch.clone()),
            state: Some(state),
            limit: 1000,
            ..JobFilter::default()
        };
        self.ledger().jobs(&filter).expect("jobs").len()
    }

    /// What the ledger says of a chip.
    pub fn chip_state(&self, serial: &str) -> Option<ChipState> {
        let chip = self.ledger().chip(&serial.to_owned()).expect("read");
        chip.map(|chip| chip.state)
    }

    /// The CAN of an issued card, from what the printer gets.
    pub fn can(&self, card_id: &str) -> String {
        let print_data = ["batch", "print-data", "--card", card_id];
        let place = ["--station", "station", "--operator", "An"];
        let print = self.office.eid(&[&print_data[..], &place].concat()).expect(0);
        print.json()["can"].as_str().expect("a CAN").to_owned()
    }

    /// A stranger reads the chip and believes it.
    pub fn verify(&self, memory: &str, card_id: &str) {
        let reader = format!("virtual:{memory}");
        let can = self.can(card_id);
        let verified = self
            .office
            .eid(&[
                "verify", "--reader", &reader, "--can", &can, "--trust", "csca", "--json",
            ])
            .expect(0);
        assert_eq!(verified.json()["verdict"], "GENUINE");
    }

    /// The chain holds, from the first event to the last.
    pub fn verify_ledger(&self) {
        self.office
            .eid(&["ledger", "verify", "--station", "station"])
            .expect(0);
    }
}

/// A card that lies on a reader. Dropping it takes it away, and waits until PC/SC has noticed: it looks a few times a second, and a card
/// that was exchanged in between is the same to it.
pub struct Laid<'f> {
    service: &'f PrivatePcscd,
    slot: u16,
    /// Cards that left this reader before.
    removals: usize,
    stop: Arc<AtomicBool>,
    serving: Option<JoinHandle<()>>,
}

impl<'f> Laid<'f> {
    /// Lays the chip with this memory on the reader of this slot.
    pub fn lay(floor: &Floor, service: &'f PrivatePcscd, slot: u16, memory: &str) -> Self {
        let memory = floor.office.path(memory);
        let stop = Arc::new(AtomicBool::new(false));
        let address = service.slot_address(slot);
        let stopped = Arc::clone(&stop);
        // The chip's file is locked while another program still has it.
        let mut card = wait_for("the chip's memory", || VirtualCard::open(&memory).ok());
        let serving = thread::spawn(move || {
            // A slot whose card has just left does not listen yet. It hangs up when the service ends.
            while !stopped.load(Ordering::Relaxed) {
                if vpcd::serve(&mut card, address.as_str(), &stopped).is_ok() {
                    return;
                }
                thread::sleep(Duration::from_millis(20));
            }
        });
        Self {
            service,
            slot,
            removals: removals(service, READERS[usize::from(slot)]),
            stop,
            serving: Some(serving),
        }
    }

    /// The card is taken away now, whatever is being done with it.
    pub fn pull(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl Drop for Laid<'_> {
    fn drop(&mut self) {
        self.pull();
        if let Some(serving) = self.serving.take() {
            let _ = serving.join();
        }
        if thread::panicking() {
            return;
        }
        let name = READERS[usize::from(self.slot)];
        wait_for("the reader to be empty", || {
            let removed = removals(self.service, name);
            (removed > self.removals).then_some(())
        });
    }
}

/// How many cards PC/SC saw leave this reader.
fn removals(service: &PrivatePcscd, reader: &str) -> usize {
    let words = format!("Card Removed From {reader}");
    service.log().matches(&words).count()
}

/// A program that runs; it ends with its guard, whatever happens to the test.
pub struct Running(Option<Child>);

impl Running {
    /// Starts `eid` in the office.
    pub fn start(floor: &Floor, arguments: &[&str]) -> Self {
        Self(Some(floor.office.spawn(arguments)))
    }

    /// The program.
    pub fn process(&mut self) -> &mut Child {
        self.0.as_mut().expect("not finished")
    }

    /// Waits for its end.
    pub fn finish(mut self, floor: &Floor) -> Outcome {
        floor.office.finish(self.0.take().expect("not finished"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut process) = self.0.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}
