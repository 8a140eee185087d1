//! A `pcscd` of the test's own, with a virtual reader, beside whatever service the machine runs.
//!
//! It lives in its own mount namespace (so that its socket and process id file are its own), reads its own
//! configuration folder and listens for virtual cards on a port that was free. It is stopped by its own process id
//! when the guard is dropped, also by a panic; should the whole test process be killed, the kernel tells it to end.
#![allow(
    clippy::disallowed_methods,
    reason = "a test waits for another process and writes files of its own"
)]

use std::fs;
use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use tempfile::TempDir;

/// The driver of Debian's `vsmartcard-vpcd`: a reader whose card is a TCP client.
const VPCD_DRIVER: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";

/// How often a condition is looked at, and how many times before giving up (20 s; the machine may be busy).
const POLL: Duration = Duration::from_millis(20);
const POLLS: u32 = 1000;

/// One service at a time looks for a free port, else two tests could find the same one.
static STARTING: Mutex<()> = Mutex::new(());

/// A running service. Dropping it stops it.
pub struct PrivatePcscd {
    service: Child,
    folder: TempDir,
    port: u16,
}

impl PrivatePcscd {
    /// Starts a service with one virtual reader of two slots.
    ///
    /// # Panics
    /// When a program is missing (the message says which package has it) or the service does not come up.
    pub fn start() -> Self {
        Self::start_with(true)
    }

    /// Starts a service without any reader.
    pub fn start_without_reader() -> Self {
        Self::start_with(false)
    }

    fn start_with(reader: bool) -> Self {
        require_programs();
        let _starting = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
        // Another process may take the port between the search and vpcd's own bind: look for another one then.
        for _ in 0..3 {
            if let Some(service) = Self::try_start(reader) {
                return service;
            }
        }
        panic!("pcscd found no free port for its virtual reader in three attempts");
    }

    fn try_start(reader: bool) -> Option<Self> {
        let folder = TempDir::new().expect("temporary folder");
        let (run, configuration) = (folder.path().join("run"), folder.path().join("conf"));
        fs::create_dir(&run).expect("run folder");
        fs::create_dir(&configuration).expect("configuration folder");
        let port = free_port_pair();
        if reader {
            let entry = format!(
                "FRIENDLYNAME \"Test PCD\"\nDEVICENAME /dev/null:0x{port:X}\nLIBPATH {VPCD_DRIVER}\nCHANNELID 0x{port:X}\n"
            );
            fs::write(configuration.join("vpcd"), entry).expect("reader configuration");
        }
        let log = File::create(folder.path().join("log")).expect("log");
        // A fresh /run hides the machine's own service, and can be made by an ordinary user inside a user namespace.
        let script = "mount -t tmpfs tmpfs /run && mkdir /run/pcscd && mount --bind \"$1/run\" /run/pcscd \
                      && exec pcscd --foreground --info --config \"$1/conf\"";
        let service = Command::new("setpriv")
            .args(["--pdeathsig", "TERM", "unshare"])
            .args(if is_root() {
                &["--mount"][..]
            } else {
                &["--mount", "--map-root-user"][..]
            })
            .args(["sh", "-c", script, "sh"])
            .arg(folder.path())
            .env("PATH", path_with_sbin())
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("log"))
            .stderr(log)
            .spawn()
            .expect("setpriv (package util-linux)");
        let mut started = Self {
            service,
            folder,
            port,
        };
        started.wait_until_ready(reader).then_some(started)
    }

    /// False when the virtual reader could not take its port.
    fn wait_until_ready(&mut self, reader: bool) -> bool {
        for _ in 0..POLLS {
            let log = self.log();
            if log.contains("daemon ready") && self.socket().exists() {
                let slots = log.matches("Waiting for virtual ICC on port").count();
                return !reader || slots == 2;
            }
            if let Some(status) = self.service.try_wait().expect("state of pcscd") {
                panic!("pcscd ended at once ({status}); its log:\n{log}");
            }
            sleep(POLL);
        }
        panic!("pcscd was not ready in time; its log:\n{}", self.log());
    }

    /// The socket for `PCSCLITE_CSOCK_NAME` of the client programs.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("run/pcscd.comm")
    }

    /// Where a virtual card connects, for `eid card simulate --vpcd`.
    pub fn card_address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The same of one of the reader's slots, 0 or 1, each of which is a reader to PC/SC.
    pub fn slot_address(&self, slot: u16) -> String {
        format!("127.0.0.1:{}", self.port + slot)
    }

    /// The service's process id.
    pub fn process_id(&self) -> u32 {
        self.service.id()
    }

    /// What the service has written so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for PrivatePcscd {
    fn drop(&mut self) {
        stop(&mut self.service);
    }
}

/// Ends a child politely by its process id (SIGTERM), and at once when it does not listen.
pub fn stop(child: &mut Child) -> Option<ExitStatus> {
    let _ = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    for _ in 0..250 {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) => sleep(POLL),
            Err(_) => break,
        }
    }
    let _ = child.kill();
    child.wait().ok()
}

/// Repeats a question until the answer is `Some`, some seconds at most.
pub fn wait_for<T>(what: &str, mut question: impl FnMut() -> Option<T>) -> T {
    for _ in 0..POLLS {
        if let Some(answer) = question() {
            return answer;
        }
        sleep(POLL);
    }
    panic!("waited in vain for {what}");
}

fn require_programs() {
    let missing = missing_packages();
    assert!(
        missing.is_empty(),
        "this test needs a real smart card service; missing packages: {0}\n\
         install them with: apt-get install -y {0}   (or: .ci/install-missing test)",
        missing.join(" ")
    );
}

/// The packages of programs that such a service needs and this machine does not have.
pub fn missing_packages() -> Vec<&'static str> {
    let path = path_with_sbin();
    let programs = [
        ("pcscd", "pcscd"),
        ("opensc-tool", "opensc"),
        ("unshare", "util-linux"),
        ("setpriv", "util-linux"),
    ];
    let mut missing: Vec<&str> = programs
        .into_iter()
        .filter(|(program, _)| {
            !path
                .split(':')
                .any(|folder| Path::new(folder).join(program).exists())
        })
        .map(|(_, package)| package)
        .collect();
    if !Path::new(VPCD_DRIVER).exists() {
        missing.push("vsmartcard-vpcd");
    }
    missing
}

/// `pcscd` lies in `/usr/sbin`, which an ordinary user's `PATH` does not name.
fn path_with_sbin() -> String {
    format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default())
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().expect("id");
    output.stdout == b"0\n"
}

/// A port P such that P and P + 1 are free: a vpcd reader has two slots.
fn free_port_pair() -> u16 {
    for _ in 0..100 {
        let first = TcpListener::bind(("0.0.0.0", 0)).expect("a free port");
        let port = first.local_addr().expect("address").port();
        // vpcd takes the channel number as a positive 16-bit value; the last port has no successor.
        if port < u16::MAX && TcpListener::bind(("0.0.0.0", port + 1)).is_ok() {
            return port;
        }
    }
    panic!("no two neighbouring free ports");
}
