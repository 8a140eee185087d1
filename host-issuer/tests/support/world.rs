//! `eid` in this process, in a world that the test decides: what is said is captured, the card can be pulled, and
//! random numbers are the same in every run, so that the CAN that nobody may see is known.
#![allow(dead_code, reason = "each test file uses its part of this module")]

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use host_issuer::cli;
use host_issuer::environment::{
    Access, Clock, Console, Disk, DiskError, Environment, FileLock, NewFile, Random, ReaderChoice, Readers,
    SystemDisk, SystemMachine, SystemReaders,
};
use host_issuer::transport::pcsc::{ReaderInfo, ReaderSelector};
use host_issuer::transport::pulled::{Moment, PulledCard};
use host_issuer::transport::reader_watch::WatchedReader;
use host_issuer::transport::{Transport, TransportError};
use personalization::image::Can;
use personalization::keys::IssuerMasterKeys;
use rand_core::{TryCryptoRng, TryRng};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;
use zeroize::Zeroizing;

/// The holder of every card made here, a fictional person.
pub const HOLDER: &str = "Nguyễn Thị Mẫu";
/// Encrypts every key file.
pub const PASSPHRASE: &str = "a passphrase for tests only";

/// How a command ended.
#[derive(Debug)]
pub struct Outcome {
    pub code: u8,
    pub output: String,
    pub messages: String,
}

impl Outcome {
    /// Asserts the exit code.
    #[track_caller]
    pub fn expect(self, code: u8) -> Self {
        assert_eq!(
            self.code, code,
            "output:\n{}\nmessages:\n{}",
            self.output, self.messages
        );
        self
    }

    /// Asserts a failure: one `error:` line that names `cause`, one `hint:`, the exit code.
    #[track_caller]
    pub fn expect_failure(self, code: u8, cause: &str) -> Self {
        let outcome = self.expect(code);
        let lines = |start: &str| -> Vec<String> {
            outcome
                .messages
                .lines()
                .filter(|line| line.starts_with(start))
                .map(str::to_owned)
                .collect()
        };
        let (errors, hints) = (lines("error: "), lines("hint: "));
        assert_eq!((errors.len(), hints.len()), (1, 1), "{}", outcome.messages);
        assert!(errors[0].contains(cause), "{cause:?} is not named: {}", errors[0]);
        outcome
    }

    /// Asserts that nothing of this was said.
    #[track_caller]
    pub fn assert_silent_about(&self, secrets: &[&str]) {
        for secret in secrets {
            for (name, text) in [("output", &self.output), ("messages", &self.messages)] {
                assert!(!text.contains(secret), "{secret} in the {name}:\n{text}");
            }
        }
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.output).unwrap_or_else(|error| panic!("{error} in {}", self.output))
    }
}

/// A cell that the threads of a station can share.
#[derive(Default)]
pub struct Told<T>(Mutex<T>);

impl<T> Told<T> {
    fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    /// Puts a value in the place of the one that is there.
    pub fn set(&self, value: T) {
        self.replace(value);
    }

    /// The same, and gives that one back.
    pub fn replace(&self, value: T) -> T {
        self.change(|held| std::mem::replace(held, value))
    }

    fn get(&self) -> T
    where
        T: Clone,
    {
        self.change(|held| held.clone())
    }

    fn change<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        change(&mut self.0.lock().expect("told"))
    }
}

/// A folder with an issuing office in it, and the world around `eid`.
pub struct World {
    folder: TempDir,
    commands: Cell<u64>,
    readers: Arc<TestReaders>,
    now: Cell<OffsetDateTime>,
    full_for: Cell<Option<&'static str>>,
    input: Rc<RefCell<VecDeque<String>>>,
    dies_after: Arc<Told<Option<usize>>>,
}

/// A clock that stands still until the test moves it.
struct TestClock(OffsetDateTime);

impl Clock for TestClock {
    fn now(&self) -> OffsetDateTime {
        self.0
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

/// A disk that is full when a reserved file of this name gets its content, or that changes nothing any more after so many
/// changes: what is then on it is what a program leaves that is killed there.
struct TestDisk {
    full_for: Option<&'static str>,
    dies_after: Arc<Told<Option<usize>>>,
}

impl TestDisk {
    /// One more change.
    fn change(&self, path: &Path) -> Result<(), DiskError> {
        match self.dies_after.get() {
            None => Ok(()),
            Some(0) => Err(DiskError {
                path: path.to_owned(),
                action: "write",
                source: io::ErrorKind::Other.into(),
            }),
            Some(left) => {
                self.dies_after.set(Some(left - 1));
                Ok(())
            }
        }
    }
}

impl Disk for TestDisk {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, DiskError> {
        SystemDisk.read(path, limit)
    }

    fn reserve(&self, directory: &Path, name: &str, access: Access) -> Result<Box<dyn NewFile>, DiskError> {
        let file = SystemDisk.reserve(directory, name, access)?;
        Ok(if self.full_for == Some(name) {
            Box::new(FullDisk(file))
        } else {
            file
        })
    }

    fn write(&self, path: &Path, content: &[u8], access: Access) -> Result<(), DiskError> {
        self.change(path)?;
        SystemDisk.write(path, content, access)
    }

    fn append_line(&self, path: &Path, line: &[u8], access: Access) -> Result<(), DiskError> {
        self.change(path)?;
        SystemDisk.append_line(path, line, access)
    }

    fn remove_empty_directory(&self, path: &Path) {
        SystemDisk.remove_empty_directory(path);
    }

    fn remove(&self, path: &Path) -> Result<(), DiskError> {
        self.change(path)?;
        SystemDisk.remove(path)
    }

    fn create_directory(&self, path: &Path, access: Access) -> Result<(), DiskError> {
        self.change(path)?;
        SystemDisk.create_directory(path, access)
    }

    fn list(&self, directory: &Path, limit: usize) -> Result<Vec<String>, DiskError> {
        SystemDisk.list(directory, limit)
    }

    fn lock(&self, path: &Path) -> Result<Box<dyn FileLock>, DiskError> {
        SystemDisk.lock(path)
    }
}

struct FullDisk(Box<dyn NewFile>);

impl NewFile for FullDisk {
    fn path(&self) -> &Path {
        self.0.path()
    }

    fn commit(self: Box<Self>, _: &[u8]) -> Result<(), DiskError> {
        Err(DiskError {
            path: self.path().to_owned(),
            action: "write",
            source: io::ErrorKind::StorageFull.into(),
        })
    }
}

/// What the readers do to the card.
pub struct TestReaders {
    /// Pull the card after so many commands.
    pub pull: Told<Option<(usize, Moment)>>,
    /// Answer with this error instead of a card.
    pub broken: Told<Option<fn() -> TransportError>>,
    /// What happens at the readers, one scene after the other, while somebody watches them.
    pub scenes: Told<VecDeque<Vec<Laid>>>,
    /// The scene that is on.
    scene: Told<Vec<Laid>>,
}

/// A reader of a scene: its name, the memory of the chip on it, how often its cards came and went.
pub type Laid = (&'static str, Option<PathBuf>, u32);

/// The world keeps the other end.
struct Shared(Arc<TestReaders>);

impl Readers for Shared {
    fn list(&self) -> Result<Vec<ReaderInfo>, TransportError> {
        match self.0.broken.get() {
            Some(error) => Err(error()),
            None => Ok(Vec::new()),
        }
    }

    fn open(&self, choice: &ReaderChoice) -> Result<Box<dyn Transport>, TransportError> {
        if let Some(error) = self.0.broken.get() {
            return Err(error());
        }
        let chip = match choice {
            ReaderChoice::Pcsc(ReaderSelector::NamePart(name)) => self.0.chip_on(name)?,
            other => other.clone(),
        };
        let card = SystemReaders.open(&chip)?;
        Ok(match self.0.pull.get() {
            Some((commands, moment)) => Box::new(PulledCard::new(card, commands, moment)),
            None => card,
        })
    }

    fn watch(&self, observer: &mut dyn FnMut(&[WatchedReader]) -> bool) -> Result<(), TransportError> {
        loop {
            if let Some(error) = self.0.broken.get() {
                return Err(error());
            }
            let Some(scene) = self.0.scenes.change(VecDeque::pop_front) else {
                return Ok(());
            };
            let readers = scene.iter().map(|(name, chip, event_count)| WatchedReader {
                info: ReaderInfo {
                    name: (*name).into(),
                    card_present: chip.is_some(),
                    atr: Vec::new(),
                },
                event_count: *event_count,
            });
            let readers: Vec<WatchedReader> = readers.collect();
            self.0.scene.replace(scene);
            if !observer(&readers) {
                return Ok(());
            }
        }
    }
}

impl TestReaders {
    /// The virtual chip on the reader of this name, in the scene that is on.
    fn chip_on(&self, name: &str) -> Result<ReaderChoice, TransportError> {
        let scene = self.scene.get();
        let laid = scene.iter().find(|(reader, _, _)| *reader == name);
        match laid {
            Some((_, Some(chip), _)) => Ok(ReaderChoice::Virtual(chip.clone())),
            Some((name, None, _)) => Err(TransportError::NoCard {
                reader: (*name).into(),
            }),
            None => Err(TransportError::ReaderNotFound {
                wanted: name.into(),
                present: Vec::new(),
            }),
        }
    }
}

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("captured").clone()).expect("UTF-8")
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("captured").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct TestConsole {
    output: Captured,
    messages: Captured,
    input: Rc<RefCell<VecDeque<String>>>,
}

impl Console for TestConsole {
    fn output(&self) -> Box<dyn Write> {
        Box::new(self.output.clone())
    }

    fn messages(&self) -> Box<dyn Write> {
        Box::new(self.messages.clone())
    }

    fn is_watched(&self) -> bool {
        false
    }

    fn ask_secret(&self, _: &str) -> io::Result<Option<Zeroizing<String>>> {
        Ok(None)
    }

    fn line(&self) -> io::Result<Option<Zeroizing<String>>> {
        Ok(self.input.borrow_mut().pop_front().map(Zeroizing::new))
    }
}

/// SHA-256 of a counter: good enough to be used, and the same in every run.
struct Counting(u64);

impl TryRng for Counting {
    type Error = getrandom::Error;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Self::Error> {
        for piece in target.chunks_mut(32) {
            self.0 += 1;
            piece.copy_from_slice(&Sha256::digest(self.0.to_be_bytes())[..piece.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Counting {}

/// Where the numbers of an issuance start: in every run the same.
const ISSUANCE: u64 = 1 << 32;

thread_local! {
    /// Where the numbers of the running command start. Each command but an issuance has its own, or two keys would be one.
    static START: Cell<u64> = const { Cell::new(0) };
}

fn counting() -> Random {
    Box::new(Counting(START.get()))
}

/// Where the numbers of the issuer's master keys start: the first `keys init` of an office.
const MASTER_KEYS: u64 = 1 << 33;

/// Every secret that is known to this process and that nobody may say: the CAN, the holder in several spellings, her
/// number, the passphrase, and the issuer's keys with those of the chip that `card create` makes.
pub fn secrets() -> Vec<String> {
    let mut secrets: Vec<String> = vec![
        can(),
        HOLDER.into(),
        hex::encode_upper(HOLDER),
        "NGUYEN<<THI<MAU".into(),
        hex::encode_upper("NGUYEN<<THI<MAU"),
        "001196000017".into(),
        PASSPHRASE.into(),
    ];
    let master = master_key();
    let chip = IssuerMasterKeys::from_bytes(master).chip_keys(&SERIAL);
    for key in [&master, &chip.enc, &chip.mac, &chip.dek] {
        secrets.extend([hex::encode(key), hex::encode_upper(key)]);
    }
    secrets
}

/// The issuer's master key of every office.
pub fn master_key() -> [u8; 32] {
    let mut master = [0; 32];
    Counting(MASTER_KEYS).try_fill_bytes(&mut master).expect("random");
    master
}

/// The serial number of every chip that is made here.
pub const SERIAL: [u8; 10] = *b"0123456789";

/// The CAN of every card that is issued here.
pub fn can() -> String {
    Can::generate(&mut Counting(ISSUANCE))
        .expect("random")
        .digits()
        .to_owned()
}

/// The fingers that cards of `vn-cccd-2021` must have.
pub const FINGERS: [(&str, &str); 2] = [
    ("--finger", "right-index=@right.wsq"),
    ("--finger", "left-index=@left.wsq"),
];

impl World {
    /// An office with keys, PKI, record and photo.
    pub fn with_office() -> Self {
        Self::with_office_at(datetime!(2026-11-24 09:00 UTC))
    }

    /// The same, begun at another time.
    pub fn with_office_at(now: OffsetDateTime) -> Self {
        let world = Self {
            folder: TempDir::new().expect("temporary folder"),
            commands: Cell::new(0),
            readers: Arc::new(TestReaders {
                pull: Told::new(None),
                broken: Told::new(None),
                scenes: Told::default(),
                scene: Told::default(),
            }),
            now: Cell::new(now),
            full_for: Cell::new(None),
            input: Rc::default(),
            dies_after: Arc::new(Told::new(None)),
        };
        let template = world.eid(&["record", "template"]).expect(0).output;
        world.write("record.json", template.as_bytes());
        world.write("face.jp2", &test_vectors::specimen(test_vectors::SPECIMEN_FACE));
        for (name, file) in ["right.wsq", "left.wsq"]
            .into_iter()
            .zip(test_vectors::SPECIMEN_FINGERS)
        {
            world.write(name, &test_vectors::specimen(file));
        }
        world.eid(&["keys", "init", "--out", "@issuer.keys"]).expect(0);
        world.eid(&["pki", "csca", "init", "--out", "@csca"]).expect(0);
        world
            .eid(&["pki", "ds", "issue", "--csca", "@csca", "--out", "@ds"])
            .expect(0);
        world
    }

    /// The readers, to break them or to pull cards.
    pub fn readers(&self) -> &TestReaders {
        &self.readers
    }

    /// Types these lines into the standard input of the next command.
    pub fn type_lines(&self, lines: &[&str]) {
        self.input
            .replace(lines.iter().map(|line| (*line).to_owned()).collect());
    }

    /// Fills the disk for a result of this name.
    pub fn fill_disk_for(&self, name: Option<&'static str>) {
        self.full_for.set(name);
    }

    /// Lets the disk take so many changes and no more; tells how many are left.
    pub fn kill_after(&self, changes: Option<usize>) -> Option<usize> {
        self.dies_after.replace(changes)
    }

    /// Moves the clock.
    pub fn set_time(&self, now: OffsetDateTime) {
        self.now.set(now);
    }

    /// A file of the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    #[allow(clippy::disallowed_methods)] // a test's own file
    pub fn write(&self, name: &str, content: &[u8]) {
        std::fs::write(self.path(name), content).expect("written");
    }

    /// Runs `eid`; `@` stands for the folder.
    pub fn eid(&self, arguments: &[&str]) -> Outcome {
        self.commands.set(self.commands.get() + 1);
        START.set(match arguments.first() {
            Some(&"issue" | &"prepare") => ISSUANCE,
            Some(&"keys") if !self.path("issuer.keys").exists() => MASTER_KEYS,
            _ => self.commands.get() << 16,
        });
        let folder = format!("{}/", self.folder.path().display());
        let expanded = arguments
            .iter()
            .map(|argument| OsString::from(argument.replace('@', &folder)));
        let console = TestConsole {
            output: Captured::default(),
            messages: Captured::default(),
            input: Rc::clone(&self.input),
        };
        let (output, messages) = (console.output.clone(), console.messages.clone());
        let environment = Environment {
            readers: Box::new(Shared(Arc::clone(&self.readers))),
            console: Box::new(console),
            machine: Box::new(SystemMachine),
            clock: Box::new(TestClock(self.now.get())),
            disk: Box::new(TestDisk {
                full_for: self.full_for.get(),
                dies_after: Arc::clone(&self.dies_after),
            }),
            random: counting,
            // Settings of whoever runs the tests must not reach them.
            variable: |name| (name == "EID_PASSPHRASE").then(|| PASSPHRASE.to_owned()),
        };
        let code = cli::run(
            std::iter::once(OsString::from("eid")).chain(expanded),
            &environment,
        );
        Outcome {
            code: code as u8,
            output: output.text(),
            messages: messages.text(),
        }
    }

    /// Makes a blank chip with a serial number of its own.
    pub fn make_another_chip(&self, memory: &str) {
        let memory = format!("@{memory}");
        let create = [
            "card",
            "create",
            "--memory",
            &memory,
            "--issuer-keys",
            "@issuer.keys",
        ];
        self.eid(&create).expect(0);
    }

    /// Makes a blank chip.
    pub fn make_chip(&self, memory: &str) {
        let memory = format!("@{memory}");
        self.eid(&[
            "card",
            "create",
            "--memory",
            &memory,
            "--issuer-keys",
            "@issuer.keys",
            "--serial",
            &hex::encode(SERIAL),
        ])
        .expect(0);
    }

    /// Issues into a virtual chip with everything in order, but for what `change` replaces: pairs of an
    /// option and its other value.
    pub fn issue(&self, memory: &str, out: &str, change: &[(&str, &str)]) -> Outcome {
        let (reader, out) = (format!("virtual:@{memory}"), format!("@{out}"));
        let mut options = vec![
            ("--reader", reader.as_str()),
            ("--profile", "vn-cc-2024"),
            ("--record", "@record.json"),
            ("--photo", "@face.jp2"),
            ("--ds", "@ds"),
            ("--issuer-keys", "@issuer.keys"),
            ("--out", out.as_str()),
            ("--log-level", "traffic"),
        ];
        options.retain(|(known, _)| change.iter().all(|(option, _)| known != option));
        options.extend_from_slice(change);
        if change.contains(&("--profile", "vn-cccd-2021")) {
            options.extend(FINGERS);
        }
        let mut arguments = vec!["issue"];
        arguments.extend(options.iter().flat_map(|(option, value)| [*option, *value]));
        self.eid(&arguments)
    }

    /// Every file below the folder whose content holds one of `secrets`, but for those named in `except`.
    pub fn files_with(&self, secrets: &[&str], except: &[&str]) -> Vec<PathBuf> {
        let mut found = Vec::new();
        collect(self.folder.path(), &mut found);
        found.retain(|path| {
            let name = path
                .strip_prefix(self.folder.path())
                .expect("below the folder")
                .display()
                .to_string();
            let content = std::fs::read(path).expect("readable");
            let holds = |secret: &&str| {
                content
                    .windows(secret.len())
                    .any(|window| window == secret.as_bytes())
            };
            !except.contains(&name.as_str()) && secrets.iter().any(holds)
        });
        found
    }

    /// Names of all files below the folder.
    pub fn all_files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        collect(self.folder.path(), &mut found);
        found.sort();
        found
    }
}

fn collect(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).expect("directory") {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            collect(&path, found)
        } else {
            found.push(path)
        }
    }
}
