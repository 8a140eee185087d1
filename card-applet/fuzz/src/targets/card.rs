//! A whole chip, from a script of commands.
//!
//! The first byte chooses the chip ([`states`](crate::states)), then follow steps, each an operation and its
//! arguments; what is missing at the end of the input counts as zero, and lengths end where the input does:
//!
//! | byte | step | arguments |
//! |---|---|---|
//! | 0 | a command as it is | length, command |
//! | 1 | the same, longer | length (2 bytes), command |
//! | 2 | reset | |
//! | 3 | a reader's session | password: MRZ, CAN, PIN by PACE, or BAC |
//! | 4 | a command in that session | class, instruction, P1, P2; whether Le, Le; length, data |
//! | 5 | Chip Authentication in it | |
//! | 6 | Terminal Authentication in it | |
//! | 7 | an issuer's session, greeted inside the reader's if there is one | which keys, security level |
//! | 8 | a command in that session | instruction, P1, P2, length (2 bytes), data |
//! | 9 | the same, a cryptogram as it is | the same |
//! | 10 | PUT KEY for a password in it | password, key type, length, value |
//! | 11 | the power will go | after how many words, kind |
//! | 12 | GENERATE ASYMMETRIC KEY PAIR in it | length, a number that the chip draws first |
//! | 13 | PACE by a naive reader | mapping; CAN, PIN or PUK; bit 0: with a wrong one, bit 1: inside the session |

use crate::BenchEngine;
use crate::host::{HOST_CHALLENGE, HostSession};
use crate::pki::Pki;
use crate::reader;
use crate::secure_messaging::SecureMessaging;
use crate::states::{self, FINGERS, KEY_ID, PROTECTED, SECRET, STATIC_SCALAR};
use crate::support::*;
use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::crypto::curve::{Curve, Generator};
use card_applet::limits::RESPONSE_LIMIT;
use card_applet::platform::Engine;
use card_applet::sim::memory::CutKind;
use sha1::{Digest, Sha1};
use std::sync::LazyLock;
use test_vectors::bac::{self, BacVector};
use test_vectors::pace::{self, PaceVector};

/// Steps of one run: a longer script finds nothing that two shorter ones do not, and takes longer.
const MAX_STEPS: usize = 64;
/// The terminal's ephemeral scalar in Chip Authentication.
const EPHEMERAL_SCALAR: u8 = 8;

/// Published runs, read once: their files are long.
static PACE_BY_MRZ: LazyLock<PaceVector> = LazyLock::new(pace::worked_example);
static PACE_BY_CAN: LazyLock<PaceVector> = LazyLock::new(pace::bsi_worked_example);
static BAC: LazyLock<BacVector> = LazyLock::new(bac::worked_example);

/// The input, from which bytes are taken.
struct Script<'a>(&'a [u8]);

impl<'a> Script<'a> {
    fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    fn word(&mut self) -> u16 {
        u16::from_be_bytes([self.byte(), self.byte()])
    }

    fn take(&mut self, len: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(len.min(self.0.len()));
        self.0 = rest;
        taken
    }

    fn short(&mut self) -> &'a [u8] {
        let len = self.byte().into();
        self.take(len)
    }

    fn long(&mut self) -> &'a [u8] {
        let len = self.word().into();
        self.take(len)
    }
}

/// A reader's session.
struct Reader {
    session: SecureMessaging,
    /// What the chip is called in it, and the terminal's newest ephemeral key.
    id_ic: Vec<u8>,
    terminal_key: Vec<u8>,
}

struct Run {
    card: TestCard,
    reader: Option<Reader>,
    issuer: Option<HostSession>,
    /// Status word of every step that sent a command, `0000` for silence.
    trace: Vec<u16>,
}

/// Runs a script: the status words. A panic, a MAC that is wrong or a protected byte in plain is a finding.
pub fn card(data: &[u8]) -> Vec<u16> {
    let mut script = Script(data);
    let mut run = Run::start(script.byte());
    // A script that holds what is protected may have written it itself.
    let watched: Vec<[u8; 16]> = [PROTECTED, FINGERS]
        .into_iter()
        .filter(|secret| !contains(data, &secret[..4]))
        .collect();
    for _ in 0..MAX_STEPS {
        if script.0.is_empty() {
            break;
        }
        run.step(&mut script, &watched);
    }
    run.trace
}

/// Wrapped commands alone: security level, then steps of lengths and data fields as in 8 and 9 of [`card`], on a chip
/// that has the issuer's keys.
pub fn scp03(data: &[u8]) -> Vec<u16> {
    let mut script = Script(data);
    let mut run = Run::start(1 + script.byte() % 2);
    let levels = [0x01, 0x03, 0x11, 0x13, 0x33];
    let level = levels[usize::from(script.byte()) % levels.len()];
    run.issuer = HostSession::open(&mut run.card, 0x30, &ISSUER, level);
    for _ in 0..MAX_STEPS {
        if script.0.is_empty() {
            break;
        }
        match script.byte() % 4 {
            0 => run.plain(script.long(), &[]),
            1 => run.wrapped(&mut script, false),
            2 => run.wrapped(&mut script, true),
            _ => run.put_password(&mut script),
        }
    }
    run.trace
}

impl Run {
    fn start(state: u8) -> Self {
        Self {
            card: states::start(state),
            reader: None,
            issuer: None,
            trace: Vec::new(),
        }
    }

    fn end_sessions(&mut self) {
        self.reader = None;
        self.issuer = None;
    }

    fn reset(&mut self) {
        self.end_sessions();
        self.card.rng.script.borrow_mut().clear();
        self.card.reset();
    }

    /// Sends a command; when the power went at it, brings it back.
    fn send(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        let response = self.card.try_send(command);
        // The chip draws what is scripted, and nothing of it stays for another purpose.
        self.card.rng.script.borrow_mut().clear();
        let status = match &response {
            Some(response) => {
                assert!(
                    (2..=RESPONSE_LIMIT).contains(&response.len()),
                    "{}",
                    response.len()
                );
                let status = &response[response.len() - 2..];
                u16::from_be_bytes([status[0], status[1]])
            }
            None => {
                self.end_sessions();
                0
            }
        };
        self.trace.push(status);
        self.after_cut();
        response
    }

    fn after_cut(&mut self) {
        if self.card.nvm_mut().is_cut() {
            self.card.nvm_mut().restore_power();
            self.reset();
        }
    }

    /// A command outside every session, which ends them.
    fn plain(&mut self, command: &[u8], watched: &[[u8; 16]]) {
        self.end_sessions();
        if let Some(response) = self.send(command) {
            for secret in watched {
                assert!(!contains(&response, secret), "a protected file in plain");
            }
        }
    }

    fn step(&mut self, script: &mut Script<'_>, watched: &[[u8; 16]]) {
        // The same step draws the same numbers wherever it stands: then the engine remembers what it computed with them.
        self.card.rng.restart();
        match script.byte() % 14 {
            0 => self.plain(script.short(), watched),
            1 => self.plain(script.long(), watched),
            2 => self.reset(),
            3 => {
                self.end_sessions();
                self.reader = self.open(script.byte());
                self.trace
                    .push(if self.reader.is_some() { 0x9000 } else { 0x6FFF });
                self.card.rng.script.borrow_mut().clear();
                self.after_cut();
            }
            4 => self.protected(script),
            5 => self.chip_authentication(),
            6 => self.terminal_authentication(),
            7 => {
                let (key_version, keys) = match script.byte() % 3 {
                    0 => (0x30, &ISSUER),
                    1 => (0x50, &ADMINISTRATION),
                    _ => (0x01, &TRANSPORT),
                };
                let level = script.byte();
                self.issuer = match self.reader.is_some() {
                    true => self
                        .greet(key_version)
                        .and_then(|answer| HostSession::greeted(&mut self.card, &answer, keys, level)),
                    false => HostSession::open(&mut self.card, key_version, keys, level),
                };
                self.reader = None;
                self.trace
                    .push(if self.issuer.is_some() { 0x9000 } else { 0x6FFF });
                self.after_cut();
            }
            8 => self.wrapped(script, false),
            9 => self.wrapped(script, true),
            10 => self.put_password(script),
            11 => {
                let words = script.word().into();
                let kind = match script.byte() % 3 {
                    0 => CutKind::Lost,
                    1 => CutKind::Done,
                    _ => CutKind::Unstable,
                };
                self.card.nvm_mut().cut(words, kind);
            }
            12 => {
                let mut candidate = script.short().to_vec();
                candidate.resize(32, 0);
                self.generate_key(candidate);
            }
            _ => self.pace(script),
        }
    }

    /// PACE by a naive reader, in plain or inside the session.
    fn pace(&mut self, script: &mut Script<'_>) {
        let protocols = [reader::GENERIC, reader::INTEGRATED, reader::CHIP_AUTHENTICATION];
        let protocol = protocols[usize::from(script.byte()) % protocols.len()];
        let (password, right): (_, &[u8]) = match script.byte() % 3 {
            0 => (reader::CAN, SECRET),
            1 => (reader::PIN, SECRET),
            _ => (reader::PUK, states::PUK),
        };
        let how = script.byte();
        let secret = if how & 1 == 0 { right } else { b"9999999999" };
        self.issuer = None;
        let mut outer = self.reader.take().filter(|_| how & 2 != 0);
        let within = outer.as_mut().map(|outer| &mut outer.session);
        let opened = reader::pace_by(protocol, &mut self.card, within, password, secret);
        self.trace.push(match &opened {
            Ok(_) => 0x9000,
            Err(status) => u16::from_str_radix(status, 16).unwrap_or(0),
        });
        self.reader = match opened {
            Ok(opened) => Some(Reader {
                session: opened.session,
                id_ic: opened.id_ic,
                terminal_key: opened.terminal_key,
            }),
            Err(_) => outer,
        };
        self.after_cut();
    }

    /// GENERATE ASYMMETRIC KEY PAIR with this candidate for a private key, then with the bench's own.
    fn generate_key(&mut self, candidate: Vec<u8>) {
        let Some(issuer) = &mut self.issuer else { return };
        self.card.rng.script.borrow_mut().push_back(candidate);
        let request = bytes("A606 840102 80010C 8710 00112233445566778899AABBCCDDEEFF");
        let command = issuer.wrap([0x84, 0x47, 0x80, 0], &request);
        self.send_wrapped(&command);
    }

    /// Plays a published run; `None` when the chip answers otherwise.
    fn open(&mut self, password: u8) -> Option<Reader> {
        if password % 4 == 3 {
            let vector = &*BAC;
            self.card.try_send(&bytes("00A4040C07A0000002471001"))?;
            for (exchange, draw) in vector.exchanges.iter().zip([&vector.rnd_ic, &vector.k_ic]) {
                self.play(&exchange.command, &exchange.response, Some(draw))?;
            }
            let mut session =
                SecureMessaging::new(SymmetricAlgorithm::TripleDes, &vector.ks_enc, &vector.ks_mac);
            session.ssc = u64::from_be_bytes(vector.ssc_initial.clone().try_into().ok()?).into();
            return Some(Reader {
                session,
                id_ic: Vec::new(),
                terminal_key: Vec::new(),
            });
        }
        let vector = match password % 4 {
            0 => &*PACE_BY_MRZ,
            _ => &*PACE_BY_CAN,
        };
        let draws = [
            None,
            Some(&vector.nonce),
            Some(&vector.map_chip_priv),
            Some(&vector.ka_chip_priv),
            None,
        ];
        for (index, (exchange, draw)) in vector.exchanges().iter().zip(draws).enumerate() {
            let mut command = exchange.command.clone();
            if index == 0 {
                *command.last_mut()? = password % 4 + 1;
                let answer = self.card.try_send(&command)?;
                if !matches!(answer[..], [0x90, 0x00] | [0x63, _]) {
                    return None;
                }
                continue;
            }
            self.play(&command, &exchange.response, draw)?;
        }
        Some(Reader {
            session: SecureMessaging::new(SymmetricAlgorithm::Aes128, &vector.ks_enc, &vector.ks_mac),
            id_ic: vector.ka_chip_pub[1..33].to_vec(),
            terminal_key: Vec::new(),
        })
    }

    fn play(&mut self, command: &[u8], response: &[u8], draw: Option<&Vec<u8>>) -> Option<()> {
        self.card.rng.script.borrow_mut().extend(draw.cloned());
        let answer = self.card.try_send(command)?;
        self.card.rng.script.borrow_mut().clear();
        (answer == response).then_some(())
    }

    /// A command in the reader's session.
    fn protected(&mut self, script: &mut Script<'_>) {
        let header = [script.byte(), script.byte(), script.byte(), script.byte()];
        let le = match script.byte() & 1 {
            0 => None,
            _ => Some(script.byte()),
        };
        let data = script.short();
        self.exchange(header, data, le);
    }

    /// Sends it, checks the answer's MAC; the data and the status word, `None` when the session is over.
    fn exchange(&mut self, header: [u8; 4], data: &[u8], le: Option<u8>) -> Option<(Vec<u8>, String)> {
        let mut reader = self.reader.take()?;
        let extended = data.len() > 200;
        let le = le.as_ref().map(std::slice::from_ref);
        let command = reader.session.protect(header, data, le, extended);
        let response = self.send(&command)?;
        if response.len() == 2 {
            // An error of secure messaging: the session is over.
            assert_ne!(response, [0x90, 0x00], "an answer without a MAC");
            return None;
        }
        let opened = reader.session.open_response(&response);
        self.reader = Some(reader);
        Some(opened)
    }

    /// INITIALIZE UPDATE inside the reader's session: what the chip answers to it.
    fn greet(&mut self, key_version: u8) -> Option<Vec<u8>> {
        self.exchange([0, 0xA4, 4, 0x0C], &ISSUER_DOMAIN, None)?;
        let (answer, _) = self.exchange([0x80, 0x50, key_version, 0], &HOST_CHALLENGE, Some(0))?;
        Some(answer)
    }

    fn chip_authentication(&mut self) {
        let curve = Curve::BrainpoolP256r1;
        let mut engine = BenchEngine::default();
        let ephemeral = engine.load_private_key(curve, &[EPHEMERAL_SCALAR; 32]).unwrap();
        let generator = Generator::Standard(curve);
        let public = engine.public_key(&generator, &ephemeral).unwrap();
        let template = [&bytes("800A04007F00070202030202 8401")[..], &[KEY_ID]].concat();
        let dynamic = [&bytes("7C43 8041")[..], public.as_bytes()].concat();
        if self.exchange([0, 0x22, 0x41, 0xA4], &template, None).is_none() {
            return;
        }
        match self.exchange([0, 0x86, 0, 0], &dynamic, Some(0)) {
            Some((_, status)) if status == "9000" => {}
            _ => return,
        }
        let chip = engine.load_private_key(curve, &[STATIC_SCALAR; 32]).unwrap();
        let chip = engine.public_key(&generator, &chip).unwrap();
        let shared = engine.agree(&ephemeral, &chip).unwrap();
        let key = |counter: u8| Sha1::digest([shared.x(), &[0, 0, 0, counter]].concat())[..16].to_vec();
        if let Some(reader) = &mut self.reader {
            reader.session = SecureMessaging::new(SymmetricAlgorithm::Aes128, &key(1), &key(2));
            reader.terminal_key = public.as_bytes()[1..33].to_vec();
        }
    }

    fn terminal_authentication(&mut self) {
        let Some(reader) = &self.reader else { return };
        let (id_ic, terminal_key) = (reader.id_ic.clone(), reader.terminal_key.clone());
        let pki = Pki::new();
        let [cvca, dv, terminal] = &pki.0;
        let reference = |name: &str| [&[0x83, name.len() as u8], name.as_bytes()].concat();
        let mut steps = Vec::new();
        for (issuer, holder, chat) in [(cvca, dv, 0x83), (dv, terminal, 0x01)] {
            steps.push(([0, 0x22, 0x81, 0xB6], reference(issuer.name)));
            steps.push(([0, 0x2A, 0, 0xBE], issuer.certifies(holder, chat)));
        }
        steps.push(([0, 0x22, 0x81, 0xA4], reference(terminal.name)));
        for (header, data) in steps {
            if self.exchange(header, &data, None).is_none() {
                return;
            }
        }
        if let Some((r_ic, _)) = self.exchange([0, 0x84, 0, 0], &[], Some(8)) {
            let signature = terminal.sign(&[id_ic, r_ic, terminal_key].concat());
            self.exchange([0, 0x82, 0, 0], &signature, None);
        }
    }

    /// A command in the issuer's session.
    fn wrapped(&mut self, script: &mut Script<'_>, as_it_is: bool) {
        let header = [0x84, script.byte(), script.byte(), script.byte()];
        let data = script.long();
        let Some(issuer) = &mut self.issuer else { return };
        let command = match as_it_is {
            false => issuer.wrap(header, data),
            true => issuer.wrap_as_it_is(header, data),
        };
        self.send_wrapped(&command);
    }

    fn put_password(&mut self, script: &mut Script<'_>) {
        let (id, key_type) = (script.byte(), script.byte());
        let value = script.short();
        let Some(issuer) = &mut self.issuer else { return };
        let data = issuer.password(key_type, &value[..value.len().min(64)]);
        let command = issuer.wrap([0x84, 0xD8, 0, id], &data);
        self.send_wrapped(&command);
    }

    fn send_wrapped(&mut self, command: &[u8]) {
        if let (Some(response), Some(issuer)) = (self.send(command), &self.issuer) {
            issuer.check(&response);
        }
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
