//! A station with a started batch, its blank chips, and the officers, issuer and vault that all of these tests share.

use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use getrandom::SysRng;
use host_issuer::environment::{Clock, Disk, Random, SystemDisk};
use host_issuer::ledger::event::{ChipState, JobId, JobKind, JobState, Purpose, Role};
use host_issuer::ledger::sqlite::SqliteLedger;
use host_issuer::ledger::view::{ChipView, JobView};
use host_issuer::ledger::{Entry, Event, LedgerStore};
use host_issuer::load::manufacture::manufacture_in_memory;
use host_issuer::station::acceptance;
use host_issuer::station::application::{Application, BatchProfile, Occasion};
use host_issuer::station::desk::Desk;
use host_issuer::station::jobs::JobStore;
use host_issuer::station::office::{ApplicationMasters, Office};
use host_issuer::station::officers;
use host_issuer::station::personalize::{Done, IssuedCard, Production, Queue, Told, Undone};
use host_issuer::station::place::{NewStation, StationDirectory};
use host_issuer::station::vault::Vault;
use host_issuer::transport::Transport;
use host_issuer::transport::in_process::InProcess;
use host_issuer::verify::{Password, Verdict, Verification, Verifier};
use personalization::attestation::StockManifest;
use personalization::citizen::CitizenRecord;
use personalization::key_file::Passphrase;
use personalization::keys::{ChipKeys, IssuerMasterKeys};
use personalization::pki::directory::{Destination, NewKey, OfficerDirectory};
use personalization::signer::Signer;
use personalization::sod::SignerCertificate;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use time::OffsetDateTime;

use crate::failing::Counted;
use crate::prepared_card::{Issuer, NOW};

/// The station.
pub const STATION: &str = "hn-01";
/// The batch.
pub const BATCH: &str = "2026-11-24-hn-01-001";
/// The reader where one is enough.
pub const READER: &str = "reader 0";

/// The issuer of all cards here.
pub static ISSUER: LazyLock<Issuer> = LazyLock::new(Issuer::new);
static VAULT_FILE: LazyLock<(TempDir, Vault)> = LazyLock::new(|| {
    let folder = TempDir::new().expect("a folder");
    let passphrase = Passphrase::new("a passphrase for tests only");
    let vault = Vault::create(&folder.path().join("vault.key"), &passphrase, &mut SysRng).expect("a vault");
    (folder, vault)
});
/// The vault of all stations here.
pub static VAULT: LazyLock<&'static Vault> = LazyLock::new(|| &VAULT_FILE.1);
static OFFICERS: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = TempDir::new().expect("a folder");
    let secret = Passphrase::new("a passphrase for tests only");
    for (directory, name) in [("an", "An"), ("binh", "Binh")] {
        let destination = Destination {
            directory: &folder.path().join(directory),
            key: NewKey::default(),
            secret: &secret,
            named_curve_twin: false,
        };
        OfficerDirectory::init(destination, name, &mut SysRng).expect("an officer");
    }
    folder
});
static MASTERS: LazyLock<ApplicationMasters> = LazyLock::new(ApplicationMasters::default);

/// The directory of an officer, `an` or `binh`, with their key.
pub fn officer_path(name: &str) -> std::path::PathBuf {
    OFFICERS.path().join(name)
}

/// The same, opened.
pub fn officer(name: &str) -> OfficerDirectory {
    OfficerDirectory::open(&officer_path(name)).expect("an officer")
}

/// Random numbers.
pub fn random() -> Random {
    Box::new(SysRng)
}

/// The keys of a chip of this issuer.
pub fn chip_keys(serial: &[u8; 10]) -> ChipKeys {
    master_keys().chip_keys(serial)
}

fn master_keys() -> &'static IssuerMasterKeys {
    static KEYS: LazyLock<IssuerMasterKeys> =
        LazyLock::new(|| IssuerMasterKeys::from_bytes(*b"a master key for tests, 32 bytes"));
    &KEYS
}

/// A clock that a test moves.
pub struct TestClock(Mutex<Duration>);

impl TestClock {
    /// So much time passes.
    pub fn pass(&self, time: Duration) {
        *self.0.lock().expect("clock") += time;
    }
}

impl Clock for TestClock {
    fn now(&self) -> OffsetDateTime {
        NOW + self.monotonic()
    }

    fn monotonic(&self) -> Duration {
        *self.0.lock().expect("clock")
    }
}

/// Everything of a station that outlives its process.
pub struct Floor {
    folder: TempDir,
    pub place: StationDirectory,
    pub ledger: SqliteLedger,
    pub clock: TestClock,
    pub jobs: Vec<JobId>,
    /// Signatures that the document signer may make.
    pub quota: Option<u64>,
}

/// What a production uses that a test may want to fail.
#[derive(Clone, Copy)]
pub struct Seams<'s> {
    pub ledger: &'s dyn LedgerStore,
    pub disk: &'s dyn Disk,
    pub signer: &'s dyn Signer,
}

impl Floor {
    /// A station whose batch has these citizens' applications, by the last two digits of their numbers, and was started.
    pub fn with(citizens: &[u8]) -> Self {
        let floor = Self::with_batch("vn-cc-2024", citizens);
        floor.start();
        floor
    }

    /// The same with cards of this profile, before it is started.
    pub fn with_batch(profile: &str, citizens: &[u8]) -> Self {
        let folder = TempDir::new().expect("a folder");
        let new = NewStation::begin(&folder.path().join("station"), STATION, &SystemDisk).expect("begun");
        let id = "5a".repeat(16);
        let path = new.layout().ledger();
        let place = new.finish(&id, &SystemDisk).expect("a station");
        let opened = Event::Opened {
            ledger: id,
            checkpoint_key: format!("04{}", "00".repeat(64)),
        };
        let ledger = SqliteLedger::create(&path, &[entry(opened)]).expect("a ledger");
        let mut floor = Self {
            folder,
            place,
            ledger,
            clock: TestClock(Mutex::default()),
            jobs: Vec::new(),
            quota: None,
        };
        let (_, text) = personalization::profile::BUILTIN
            .into_iter()
            .find(|(name, _)| *name == profile)
            .expect("a profile");
        let profile = Arc::new(BatchProfile::from_toml(text).expect("a profile"));
        let created = Event::BatchCreated {
            batch: BATCH.into(),
            profile: profile.name().into(),
            jobs: citizens.len().try_into().expect("few"),
        };
        let applications: Vec<Application> = citizens
            .iter()
            .map(|citizen| application(*citizen, &profile))
            .collect();
        let accepted = applications.iter().map(|application| Event::JobAccepted {
            job: application.job_id(0),
            batch: BATCH.into(),
            content_sha256: application.content_sha256(),
            citizen: VAULT.citizen_key(application.record().citizen_number()),
            province: application.province(),
            reason: JobKind::First,
            replaces: None,
        });
        let store = JobStore {
            place: &floor.place,
            ledger: &floor.ledger,
            disk: &SystemDisk,
        };
        for application in &applications {
            store
                .keep_application(&application.job_id(0), application, &VAULT, &mut SysRng)
                .expect("kept");
        }
        floor.append(std::iter::once(created).chain(accepted));
        floor.jobs = applications
            .iter()
            .map(|application| application.job_id(0))
            .collect();
        floor
    }

    /// Two people start the batch.
    pub fn start(&self) {
        let approval = "ab".repeat(32);
        let used = Event::ApprovalUsed {
            approval: approval.clone(),
            purpose: Purpose::StartBatch,
            subject: BATCH.into(),
            requested_by: "An".into(),
            approved_by: "Binh".into(),
        };
        let batch = BATCH.into();
        self.append([used, Event::BatchStarted { batch, approval }]);
    }

    /// Appends what happened.
    pub fn append(&self, events: impl IntoIterator<Item = Event>) {
        let entries: Vec<Entry> = events.into_iter().map(entry).collect();
        self.ledger.append(&entries).expect("appended");
    }

    /// A blank chip of this station, in stock.
    pub fn chip(&self, serial: &[u8; 10]) -> InProcess {
        let (mut chip, manifest) = manufacture_in_memory(serial, &mut SysRng, chip_keys).expect("a chip");
        chip.reset().expect("reset");
        self.register(serial, &manifest);
        chip
    }

    /// Takes a chip into stock of which its maker says this.
    pub fn register(&self, serial: &[u8; 10], manifest: &StockManifest) {
        self.append([Event::ChipRegistered {
            serial: hex::encode_upper(serial),
            manifest: manifest.to_json(),
            keys: vec![hex::encode(Sha256::digest(manifest.attestation_point()))],
            delivery: "2026-11".into(),
            applet_version: "1".into(),
            station: STATION.into(),
            moves: 0,
        }]);
    }

    /// The personal data of its jobs.
    pub fn store(&self) -> JobStore<'_> {
        JobStore {
            place: &self.place,
            ledger: &self.ledger,
            disk: &SystemDisk,
        }
    }

    /// The seams as they are when nothing fails.
    pub fn seams(&self) -> Seams<'_> {
        Seams {
            ledger: &self.ledger,
            disk: &SystemDisk,
            signer: ISSUER.signer(),
        }
    }

    /// A process that makes cards.
    pub fn production(&self) -> Production<'_> {
        self.production_over(self.seams())
    }

    /// The same over seams of a test's own.
    pub fn production_over<'s>(&'s self, seams: Seams<'s>) -> Production<'s> {
        let certificate = SignerCertificate::from_der(ISSUER.certificate()).expect("a certificate");
        let office = Office {
            certificate: Arc::new(certificate),
            document_signer: "5A".into(),
            quota: self.quota,
            signer: seams.signer,
            issuer_keys: master_keys(),
            terminal_trust: None,
            application_masters: &MASTERS,
        };
        let jobs = JobStore {
            place: &self.place,
            ledger: seams.ledger,
            disk: seams.disk,
        };
        Production::new(jobs, &VAULT, office, &self.clock, "An")
    }

    /// A process makes a card of the next job and this chip, and ends.
    pub fn attend(&self, chip: &mut dyn Transport) -> Result<Done, Undone> {
        attend(&self.production(), chip)
    }

    /// What the ledger says of the job with this place.
    pub fn job(&self, place: usize) -> JobView {
        self.ledger.job(&self.jobs[place]).expect("read").expect("a job")
    }

    /// What the ledger says of a chip.
    pub fn chip_view(&self, serial: &[u8; 10]) -> ChipView {
        let serial = hex::encode_upper(serial);
        self.ledger.chip(&serial).expect("read").expect("a chip")
    }

    /// The kinds of all events, in order.
    pub fn events(&self) -> Vec<Event> {
        let chained = self.ledger.events(0, 1000).expect("read");
        let entry = |content: &[u8]| serde_json::from_slice::<Entry>(content).expect("an entry");
        chained.iter().map(|event| entry(&event.content).event).collect()
    }

    /// Puts the vault's key into the directory, and makes An an operator and Binh a supervisor: what the command line needs.
    pub fn open_for_commands(&self) {
        std::fs::copy(VAULT_FILE.0.path().join("vault.key"), self.path("vault.key")).expect("copied");
        let entry = |name: &str, role| officers::entry(officer(name).officer(), role);
        self.append([Event::OfficersSet {
            officers: vec![entry("an", Role::Operator), entry("binh", Role::Supervisor)],
        }]);
    }

    /// An at work, now.
    pub fn desk(&self) -> Desk<'_> {
        Desk {
            store: &self.ledger,
            station: STATION,
            actor: "An",
            now: self.clock.now(),
        }
    }

    /// What is printed on a card.
    pub fn print_data(&self, card_id: &str) -> serde_json::Value {
        let print = acceptance::print_data(&self.desk(), &self.store(), &VAULT, &card_id.to_owned());
        serde_json::from_slice(&print.expect("print data")).expect("JSON")
    }

    /// The file of the station's directory with this path.
    pub fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join("station").join(name)
    }

    /// How many sealed files there are.
    pub fn sealed_files(&self) -> usize {
        let files = |part| std::fs::read_dir(self.path(part)).expect("a directory").count();
        files("jobs") + files("drafts")
    }

    /// A card that is said to be issued: the ledger says so, the receipt is there, and a stranger who has nothing but the CAN that is
    /// printed finds it genuine. Then it is accepted, and nothing personal is left of it.
    pub fn assert_issued(&self, card: &IssuedCard, chip: InProcess) -> Verification {
        let state = || {
            let job = self.ledger.job(&card.job).expect("read").expect("a job");
            (job.state, job.accepted, job.purged)
        };
        assert_eq!(state(), (JobState::Issued, false, false));
        let view = self.ledger.chip(&card.chip).expect("read").expect("a chip");
        assert_eq!(view.state, ChipState::Issued);
        let read = |name: String| std::fs::read(self.path(&name)).expect("a result");
        let receipt = read(format!("receipts/{}.receipt.json", card.card_id));
        let digest = hex::encode(Sha256::digest(&receipt));
        assert!(
            self.events().iter().any(
                |event| matches!(event, Event::CardIssued { receipt_sha256, .. } if *receipt_sha256 == digest)
            ),
            "the receipt is not the ledger's"
        );
        let print = self.print_data(&card.card_id);
        assert_eq!(print["card_id"], *card.card_id);
        let verified = verify(chip, print["can"].as_str().expect("a CAN"));
        assert_eq!(verified.verdict(), Verdict::Genuine, "{:?}", verified.report);
        let accepted = acceptance::accept(&self.desk(), &self.store(), std::slice::from_ref(&card.card_id));
        assert!(accepted.expect("accepted").not_purged.is_none());
        assert_eq!(state(), (JobState::Issued, true, true));
        let layout = self.place.layout();
        assert!(!layout.application(&card.job).exists() && !layout.draft(&card.job, card.attempt).exists());
        assert_eq!(self.ledger.job_key(&card.job).expect("read"), None);
        verified
    }

    /// The job is waiting, nothing of the attempt is in use.
    pub fn assert_again(&self, place: usize, serial: &[u8; 10], reason: &str, state: ChipState) {
        let (job, chip) = (self.job(place), self.chip_view(serial));
        assert_eq!(job.state, JobState::Pending, "{job:?}");
        assert_eq!(job.reason.as_deref(), Some(reason), "{job:?}");
        assert_eq!(chip.state, state, "{chip:?}");
        assert!(!job.purged);
    }
}

/// A chip is laid on the reader.
pub fn attend(production: &Production<'_>, chip: &mut dyn Transport) -> Result<Done, Undone> {
    let queue = Queue::new(BATCH.into(), None);
    production.attend(chip, READER, &queue, &mut random(), &mut |_: Told<'_>| {})
}

/// How many commands a card of the usual profile takes, the activation last.
pub fn commands() -> usize {
    static COMMANDS: LazyLock<usize> = LazyLock::new(|| {
        let floor = Floor::with(&[99]);
        let mut chip = floor.chip(b"SPECIMEN99");
        let mut counted = Counted {
            inner: &mut chip,
            commands: 0,
            alarm: (usize::MAX, &|| {}),
        };
        issued(floor.attend(&mut counted));
        counted.commands
    });
    *COMMANDS
}

/// The card that was made.
pub fn issued(done: Result<Done, Undone>) -> IssuedCard {
    match done {
        Ok(Done::Issued(card)) => card,
        other => panic!("{other:?}"),
    }
}

/// A stranger reads the card.
pub fn verify(mut chip: InProcess, can: &str) -> Verification {
    chip.reset().expect("reset");
    let verifier = Verifier::new(ISSUER.trust()).at(NOW);
    verifier
        .verify(chip, &Password::can(can).expect("a CAN"))
        .expect("verified")
}

fn entry(event: Event) -> Entry {
    Entry::new(NOW, STATION, "An", event)
}

/// The application of a fictional person whose number ends with these two digits.
fn application(citizen: u8, profile: &Arc<BatchProfile>) -> Application {
    let record = CitizenRecord::template().replace("001196000017", &format!("0011960000{citizen:02}"));
    let occasion = Occasion {
        kind: JobKind::First,
        replaces: None,
        province: None,
    };
    let photo = test_vectors::specimen(test_vectors::SPECIMEN_FACE);
    Application::check(occasion, &record, photo, None, profile, NOW).expect("an application")
}
