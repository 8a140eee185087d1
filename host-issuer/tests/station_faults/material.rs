//! What all simulations share: keys, certificates, blank chips, a ledger with a batch that was started. Made once, then copied.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use card_applet::sim::memory::RamMemory;
use host_issuer::inspect::TrustStore;
use host_issuer::ledger::event::{JobId, JobKind, OfficerEntry, Purpose, Role};
use host_issuer::ledger::sqlite::SqliteLedger;
use host_issuer::ledger::{Entry, Event, LedgerStore};
use host_issuer::station::application::{Application, BatchProfile, Occasion};
use host_issuer::station::jobs::JobStore;
use host_issuer::station::office::ApplicationMasters;
use host_issuer::station::place::{NewStation, StationDirectory};
use host_issuer::station::vault::Vault;
use personalization::biometrics::face::{FaceImage, MIN_HEIGHT, MIN_WIDTH};
use personalization::biometrics::iso_19794_5::Gender;
use personalization::citizen::CitizenRecord;
use personalization::key_file::Passphrase;
use personalization::keys::IssuerMasterKeys;
use personalization::lds;
use personalization::pki::crl;
use personalization::pki::csca::{self, Csca, CscaOptions};
use personalization::pki::document_signer::{self, DocumentSignerOptions};
use personalization::pki::name::IssuingState;
use personalization::signer::{Engine, FileSigner};
use personalization::sod::SignerCertificate;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;

use super::memory_disk::MemoryDisk;
use crate::seeded_chip::{HostRandom, Seeded, SeededChip};

/// When everything was prepared.
pub const PREPARED: OffsetDateTime = datetime!(2026-11-24 08:00 UTC);
/// The station.
pub const STATION: &str = "hn-01";
/// The batch.
pub const BATCH: &str = "2026-11-24-hn-01-001";

/// What kind of cards a simulation makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// Nothing on a curve but the signature: Basic Access Control, no keys of the chip's own.
    Plain,
    /// PACE, keys that the chip draws, Chip and Active Authentication.
    Full,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    /// Two plain cards.
    Plain,
    /// Two full ones.
    Full,
    /// One plain card.
    OnePlain,
    /// One full one.
    OneFull,
}

impl Scene {
    const fn flavour(self) -> Flavour {
        match self {
            Self::Plain | Self::OnePlain => Flavour::Plain,
            Self::Full | Self::OneFull => Flavour::Full,
        }
    }

    /// Jobs, and chips: spoiled ones must not keep a job from being done.
    const fn size(self) -> (usize, usize) {
        match self {
            Self::Plain => (2, 5),
            Self::Full => (2, 5),
            Self::OnePlain | Self::OneFull => (1, 3),
        }
    }
}

const PLAIN: &str = r#"
name = "simulated-plain"
description = "for the simulation: no curve on the chip"
document_code = "ID"
issuing_state = "VNM"
mrz = "vietnamese"
data_groups = [1, 2, 13]
bac = true
validity = { max_years = 10 }
"#;

const FULL: &str = r#"
name = "simulated-full"
description = "for the simulation: everything that a chip proves"
document_code = "ID"
issuing_state = "VNM"
mrz = "vietnamese"
data_groups = [1, 2, 13, 14, 15]
bac = false
pace = [{ mapping = "GM", curve = "P-256", cipher = "AES-128" }]
chip_authentication = [{ curve = "P-256", ciphers = ["AES-128"] }]
active_authentication = { curve = "P-256" }
validity = { max_years = 10 }
"#;

/// Who issues.
pub struct Issuer {
    pub csca: Vec<u8>,
    pub crl: Vec<u8>,
    pub signer: FileSigner,
    pub certificate: Arc<SignerCertificate>,
    pub signer_serial: String,
    pub keys: IssuerMasterKeys,
    pub application_masters: ApplicationMasters,
    pub vault: Vault,
}

impl Issuer {
    fn new() -> Self {
        let mut random = Seeded(1);
        let csca_signer = FileSigner::generate(&mut random).expect("a key");
        let options = CscaOptions::new(IssuingState::new("VN", "VNM").expect("a State"), "Test CSCA");
        let csca = csca::issue(&csca_signer, &options, PREPARED, &mut random).expect("a CSCA");
        let authority = Csca::from_der(&csca).expect("a CSCA");
        let crl = crl::issue(&authority, &csca_signer, 1, &[], 30, PREPARED).expect("a CRL");
        // Nonces of RFC 6979: the same signature, of the same length, in every run.
        let signer = FileSigner::generate(&mut random).expect("a key");
        let signer = signer.with_engine(Engine::Portable).expect("an engine");
        let options = DocumentSignerOptions::new("Test DS");
        let certificate_der =
            document_signer::issue(&authority, &csca_signer, &signer, &options, PREPARED, &mut random)
                .expect("a document signer");
        let certificate = SignerCertificate::from_der(&certificate_der).expect("a certificate");
        let serial = host_issuer::inspect::Certificate::from_der(&certificate_der).expect("a certificate");
        let folder = TempDir::new().expect("a folder");
        let passphrase = Passphrase::new("a passphrase for tests only");
        let mut host = HostRandom(Seeded(2));
        let vault = Vault::create(&folder.path().join("vault.key"), &passphrase, &mut host);
        Self {
            csca,
            crl,
            signer,
            certificate: Arc::new(certificate),
            signer_serial: serial.serial().to_uppercase(),
            keys: IssuerMasterKeys::from_bytes(*b"a master key for tests, 32 bytes"),
            application_masters: ApplicationMasters::default(),
            vault: vault.expect("a vault"),
        }
    }

    /// What a stranger believes.
    pub fn trust(&self) -> TrustStore {
        TrustStore::new(&[&self.csca], &[&self.crl]).expect("trust")
    }
}

/// The one issuer.
pub fn issuer() -> &'static Issuer {
    static ISSUER: OnceLock<Issuer> = OnceLock::new();
    ISSUER.get_or_init(Issuer::new)
}

/// A blank chip, to be copied.
pub struct Blank {
    pub serial: String,
    pub memory: RamMemory,
    pub manifest: String,
    pub key_digest: String,
}

/// Chips enough for every simulation.
const CHIPS: usize = 8;

fn blanks() -> &'static [Blank] {
    static BLANKS: OnceLock<Vec<Blank>> = OnceLock::new();
    BLANKS.get_or_init(|| {
        let make = |number: usize| {
            let mut serial = *b"SIMULATED0";
            serial[9] = b'0' + u8::try_from(number).expect("few");
            let seed = 100 + number as u64;
            let keys_of = |serial: &[u8; 10]| issuer().keys.chip_keys(serial);
            let (chip, manifest) = SeededChip::blank(RamMemory::new(), &serial, seed, keys_of);
            let key = hex::decode(manifest_key(&manifest)).expect("hexadecimal");
            Blank {
                serial: hex::encode_upper(serial),
                memory: chip.into_memory(),
                manifest: manifest.to_json(),
                key_digest: hex::encode(Sha256::digest(key)),
            }
        };
        (0..CHIPS).map(make).collect()
    })
}

fn manifest_key(manifest: &personalization::attestation::StockManifest) -> String {
    let json: serde_json::Value = serde_json::from_str(&manifest.to_json()).expect("JSON");
    json["attestation_public_key"].as_str().expect("a key").to_owned()
}

/// A station that is ready to run a batch, to be copied.
pub struct Prepared {
    pub flavour: Flavour,
    pub chips: &'static [Blank],
    pub ledger: Vec<u8>,
    pub disk: MemoryDisk,
    pub place: StationDirectory,
    /// The record of each job.
    pub records: BTreeMap<JobId, CitizenRecord>,
    /// DG2 of all of them.
    pub dg2: Vec<u8>,
    pub profile: Arc<BatchProfile>,
}

impl Prepared {
    fn new(scene: Scene) -> Self {
        let (flavour, (jobs, chips)) = (scene.flavour(), scene.size());
        let profile = match flavour {
            Flavour::Plain => PLAIN,
            Flavour::Full => FULL,
        };
        let profile = Arc::new(BatchProfile::from_toml(profile).expect("a profile"));
        let disk = MemoryDisk::default();
        let new = NewStation::begin(&station_path(), STATION, &disk).expect("a directory");
        let id = "00".repeat(16);
        let place = new.finish(&id, &disk).expect("a station");
        let chips = &blanks()[..chips];

        let applications: Vec<Application> = (0..jobs).map(|number| application(number, &profile)).collect();
        let folder = folder();
        let path = folder.path().join("ledger.sqlite");
        let mut events = vec![
            Event::Opened {
                ledger: id,
                checkpoint_key: format!("04{}", "00".repeat(64)),
            },
            Event::OfficersSet {
                officers: vec![
                    officer("An", Role::Operator, 1),
                    officer("Binh", Role::Supervisor, 2),
                ],
            },
        ];
        events.extend(chips.iter().map(registered));
        let ledger = SqliteLedger::create(&path, &entries(events.drain(..1))).expect("a ledger");
        ledger
            .append(&entries(events.into_iter()))
            .expect("officers and stock");

        let mut random = HostRandom(Seeded(3));
        let store = JobStore {
            place: &place,
            ledger: &ledger,
            disk: &disk,
        };
        let mut events = vec![Event::BatchCreated {
            batch: BATCH.into(),
            profile: profile.name().into(),
            jobs: u32::try_from(jobs).expect("few"),
        }];
        for application in &applications {
            store
                .keep_application(&application.job_id(0), application, &issuer().vault, &mut random)
                .expect("kept");
            events.push(Event::JobAccepted {
                job: application.job_id(0),
                batch: BATCH.into(),
                content_sha256: application.content_sha256(),
                citizen: issuer().vault.citizen_key(application.record().citizen_number()),
                province: application.province(),
                reason: JobKind::First,
                replaces: None,
            });
        }
        let approval = "ab".repeat(32);
        events.push(Event::ApprovalUsed {
            approval: approval.clone(),
            purpose: Purpose::StartBatch,
            subject: BATCH.into(),
            requested_by: "An".into(),
            approved_by: "Binh".into(),
        });
        events.push(Event::BatchStarted {
            batch: BATCH.into(),
            approval,
        });
        ledger.append(&entries(events.into_iter())).expect("a batch");
        drop(ledger);
        let face = FaceImage::from_bytes(portrait()).expect("a portrait");
        let records = applications.iter().map(|application| {
            let record = application.record().clone();
            (application.job_id(0), record)
        });
        Self {
            flavour,
            chips,
            ledger: std::fs::read(&path).expect("the ledger's file"),
            disk,
            place,
            records: records.collect(),
            dg2: lds::dg2::encode(&face, Gender::Female, profile.checked().profile().face_format),
            profile,
        }
    }
}

/// The station of this scene.
pub fn prepared(scene: Scene) -> &'static Prepared {
    static PREPARED: [OnceLock<Prepared>; 4] = [const { OnceLock::new() }; 4];
    PREPARED[scene as usize].get_or_init(|| Prepared::new(scene))
}

/// The directory of the station on its disk.
pub fn station_path() -> PathBuf {
    PathBuf::from("/station")
}

/// A folder for a ledger: in memory where the system has such a place, since nobody cuts the power here.
pub fn folder() -> TempDir {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() {
        TempDir::new_in(memory).expect("a folder")
    } else {
        TempDir::new().expect("a folder")
    }
}

fn entries(events: impl Iterator<Item = Event>) -> Vec<Entry> {
    events
        .map(|event| Entry::new(PREPARED, STATION, "An", event))
        .collect()
}

fn officer(name: &str, role: Role, number: u8) -> OfficerEntry {
    let key = FileSigner::generate(&mut Seeded(u64::from(number))).expect("a key");
    OfficerEntry {
        name: name.into(),
        role,
        public_key: hex::encode(personalization::signer::Signer::public_point(&key)),
    }
}

fn registered(chip: &Blank) -> Event {
    Event::ChipRegistered {
        serial: chip.serial.clone(),
        manifest: chip.manifest.clone(),
        keys: vec![chip.key_digest.clone()],
        delivery: "2026-11".into(),
        applet_version: "1".into(),
        station: STATION.into(),
        moves: 0,
    }
}

/// The smallest portrait that a card may have, of nobody: a shade from light to dark.
fn portrait() -> Vec<u8> {
    let (width, height) = (MIN_WIDTH, MIN_HEIGHT);
    let shade = |y: u16| u8::try_from(255 - y).unwrap_or(0);
    let pixels: Vec<u8> = (0..height)
        .flat_map(|y| std::iter::repeat_n(shade(y), usize::from(width)))
        .collect();
    let mut jpeg = Vec::new();
    jpeg_encoder::Encoder::new(&mut jpeg, 50)
        .encode(&pixels, width, height, jpeg_encoder::ColorType::Luma)
        .expect("a JPEG");
    jpeg
}

/// The application of a fictional person.
fn application(number: usize, profile: &Arc<BatchProfile>) -> Application {
    let mut record: serde_json::Value = serde_json::from_str(CitizenRecord::template()).expect("JSON");
    let own = record["citizen_number"].as_str().expect("a number");
    record["citizen_number"] = format!("{}{number:02}", &own[..10]).into();
    let occasion = Occasion {
        kind: JobKind::First,
        replaces: None,
        province: None,
    };
    Application::check(occasion, &record.to_string(), portrait(), None, profile, PREPARED)
        .expect("an application")
}
