//! The same card behind a real `pcscd`, in a reader of `vpcd`: what a reading takes by the clock. The socket of the service is found
//! by an environment variable, so the reading is done in a process of its own that has it.

#[path = "../../tests/support/private_pcscd.rs"]
#[allow(dead_code, reason = "shared with the tests, which use the rest")]
mod private_pcscd;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use host_issuer::inspect::TrustStore;
use host_issuer::transport::Limits;
use host_issuer::verify::{Password, PcscTransport, ReaderSelector, Verifier};
use private_pcscd::{PrivatePcscd, missing_packages, stop};

use super::reading::{Limited, ROUNDS};

/// Tells this program what it was started for. The CAN follows: that of a card of this run, which is gone with it.
const ARGUMENT: &str = "--through-pcsc";
const SOCKET: &str = "PCSCLITE_CSOCK_NAME";

/// How long a reading took.
#[derive(Clone, Copy)]
pub struct Reading {
    pub apdus: u64,
    /// The shortest of several.
    pub seconds: f64,
}

/// The card in its reader; pulled when dropped.
struct Simulated(Child);

impl Drop for Simulated {
    fn drop(&mut self) {
        stop(&mut self.0);
    }
}

/// Reads the card `one.chip` of this folder with extended and with short length.
pub fn measure(folder: &Path, can: &str) -> Result<[Reading; 2], String> {
    let missing = missing_packages();
    if !missing.is_empty() {
        return Err(format!("missing packages: {}", missing.join(" ")));
    }
    let service = PrivatePcscd::start();
    let card = Command::new(env!("CARGO_BIN_EXE_eid"))
        .args(["card", "simulate", "--memory", "one.chip", "--vpcd"])
        .arg(service.card_address())
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let _card = Simulated(card.map_err(|error| error.to_string())?);
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new(program)
        .args([ARGUMENT, can])
        .env(SOCKET, service.socket())
        .output()
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stdout);
    let readings: Vec<Reading> = said.lines().filter_map(parse).collect();
    readings
        .try_into()
        .map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned())
}

fn parse(line: &str) -> Option<Reading> {
    let (apdus, seconds) = line.split_once(' ')?;
    Some(Reading {
        apdus: apdus.parse().ok()?,
        seconds: seconds.parse().ok()?,
    })
}

/// Whether this process is the one that reads.
pub fn was_started_for_it() -> bool {
    std::env::args().any(|argument| argument == ARGUMENT)
}

/// Reads, and prints a line for each length.
pub fn read_in_this_process() {
    let can = std::env::args()
        .skip_while(|argument| argument != ARGUMENT)
        .nth(1);
    let password = Password::can(&can.expect("a CAN")).expect("a CAN");
    let verifier = Verifier::new(TrustStore::default());
    for limits in [Limits::EXTENDED, Limits::SHORT] {
        let readings = (0..ROUNDS).map(|_| {
            let transport = private_pcscd::wait_for("the card in the reader", || {
                PcscTransport::open(&ReaderSelector::default()).ok()
            });
            let started = Instant::now();
            let card = verifier.read(Box::new(Limited(transport, limits)), &password, &mut |_, _, _| {});
            (started.elapsed(), card.expect("read").wire.apdus)
        });
        let (shortest, apdus) = readings.min().expect("a round");
        println!("{apdus} {}", shortest.as_secs_f64());
    }
}
