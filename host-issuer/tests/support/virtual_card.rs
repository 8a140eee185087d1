//! The virtual card in a reader: `eid card simulate`, if wanted behind a wire that can be cut at any command.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::Child;
use std::thread::{self, JoinHandle};

use crate::office::Office;
use crate::private_pcscd::{PrivatePcscd, stop, wait_for};

/// A card in the reader. Dropping it pulls the card, and waits until PC/SC has noticed.
pub struct VirtualCardInReader<'a> {
    office: &'a Office,
    simulator: Child,
    wire: Option<JoinHandle<()>>,
}

impl<'a> VirtualCardInReader<'a> {
    /// Puts the chip with this memory file into the reader and waits until PC/SC sees it.
    pub fn insert(office: &'a Office, service: &PrivatePcscd, memory: &str) -> Self {
        Self::connect(office, service, memory, &service.card_address(), None)
    }

    /// The same, but the card is pulled after the reader has sent it `commands` commands; the last one reaches the card,
    /// its answer gets lost.
    pub fn insert_to_be_pulled(
        office: &'a Office,
        service: &PrivatePcscd,
        memory: &str,
        commands: usize,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("address").to_string();
        let reader = service.card_address();
        let wire = thread::spawn(move || {
            let (card, _) = listener.accept().expect("the card");
            let reader = TcpStream::connect(reader).expect("the reader");
            carry(&reader, &card, commands);
        });
        Self::connect(office, service, memory, &address, Some(wire))
    }

    fn connect(
        office: &'a Office,
        service: &PrivatePcscd,
        memory: &str,
        address: &str,
        wire: Option<JoinHandle<()>>,
    ) -> Self {
        let simulator = office.spawn(&["card", "simulate", "--memory", memory, "--vpcd", address]);
        Self::wait(office, service, simulator, wire)
    }

    /// Puts the chip of a case of the verifier's suite into the reader; what is to be imported goes into `out`.
    pub fn serve_case(office: &'a Office, service: &PrivatePcscd, case: &str, out: &str) -> Self {
        let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../test-vectors/corpus");
        let address = service.card_address();
        let simulator = office.spawn(&[
            "conformance",
            "serve",
            "--corpus",
            corpus,
            "--case",
            case,
            "--trust-out",
            out,
            "--vpcd",
            &address,
        ]);
        Self::wait(office, service, simulator, None)
    }

    /// Waits until PC/SC sees the card.
    fn wait(
        office: &'a Office,
        service: &PrivatePcscd,
        mut simulator: Child,
        wire: Option<JoinHandle<()>>,
    ) -> Self {
        wait_for("the card in the reader", || {
            if let Some(status) = simulator.try_wait().expect("state of the simulator") {
                let mut said = String::new();
                let _ = simulator
                    .stderr
                    .take()
                    .map(|mut stderr| stderr.read_to_string(&mut said));
                panic!("the simulator ended ({status}): {said}\n{}", service.log());
            }
            let readers = office.eid(&["readers", "--json"]);
            let readers = (readers.code == 0).then(|| readers.json())?;
            readers["readers"]
                .as_array()?
                .iter()
                .any(|reader| reader["card_present"] == true)
                .then_some(())
        });
        Self {
            office,
            simulator,
            wire,
        }
    }
}

impl VirtualCardInReader<'_> {
    /// Waits until the wire of a card that is to be pulled is cut.
    pub fn wait_until_pulled(&self) {
        let wire = self.wire.as_ref().expect("a card that is to be pulled");
        wait_for("the card to be pulled", || wire.is_finished().then_some(()));
    }
}

impl Drop for VirtualCardInReader<'_> {
    fn drop(&mut self) {
        stop(&mut self.simulator);
        if let Some(wire) = self.wire.take() {
            let _ = wire.join();
        }
        if !thread::panicking() {
            wait_for("the reader to be empty", || {
                (!card_is_present(self.office)?).then_some(())
            });
        }
    }
}

/// What PC/SC says, which lags behind by up to half a second; `None` while the service does not answer.
fn card_is_present(office: &Office) -> Option<bool> {
    let readers = office.eid(&["readers", "--json"]);
    let readers = (readers.code == 0).then(|| readers.json())?;
    Some(
        readers["readers"]
            .as_array()?
            .iter()
            .any(|reader| reader["card_present"] == true),
    )
}

/// Carries vpcd messages (two length bytes, then the body) both ways until `commands` APDUs have gone to the card.
/// Messages of one byte are the reader's controls (power, reset, ATR) and do not count.
fn carry(reader: &TcpStream, card: &TcpStream, commands: usize) {
    let mut carried = 0;
    let mut answers = card.try_clone().expect("socket");
    let mut to_reader = reader.try_clone().expect("socket");
    let back = thread::spawn(move || {
        let _ = std::io::copy(&mut answers, &mut to_reader);
    });
    let (mut from_reader, mut to_card) = (reader, card);
    while carried < commands {
        let mut header = [0u8; 2];
        if from_reader.read_exact(&mut header).is_err() {
            break;
        }
        let mut message = header.to_vec();
        message.resize(2 + usize::from(u16::from_be_bytes(header)), 0);
        if from_reader.read_exact(&mut message[2..]).is_err() {
            break;
        }
        if message.len() > 3 {
            carried += 1;
            if carried == commands {
                // The card's field is gone before its answer comes back.
                let _ = reader.shutdown(Shutdown::Both);
            }
        }
        if to_card.write_all(&message).is_err() {
            break;
        }
    }
    let _ = reader.shutdown(Shutdown::Both);
    // The card notices that its power is gone when its answer has nowhere to go.
    let _ = card.shutdown(Shutdown::Write);
    let _ = back.join();
    let _ = card.shutdown(Shutdown::Both);
}
