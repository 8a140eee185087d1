//! Random sequences of commands against a model of what may be read: whatever was sent before, a byte that the state
//! opens comes, and no other byte ever does.
//!
//! `EID_MODEL_COMMANDS` says how many commands, `EID_MODEL_SEED` from which seed on; a failing sequence says its seed.

use super::matrix::{FILES, File, Proof, UTILITY, UTILITY_FILES, whole_card};
use super::rights::{Pki, card, chip_authentication};
use super::*;
use crate::reader::{self, CAN, PIN, PUK};

/// Commands of a sequence; then the next begins with a fresh card.
const SEQUENCE: u64 = 60;

/// The numbers that make a sequence.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.below(256) as u8).collect()
    }
}

/// A card and what the model knows of it.
struct World {
    card: TestCard,
    session: Option<(SecureMessaging, Vec<Proof>)>,
    /// Whether the application is selected, and not the MF; `None` when a random command may have changed it.
    in_application: Option<bool>,
    id_ic: Vec<u8>,
}

impl World {
    fn may_read(&self, file: &File) -> bool {
        let proofs = self.session.as_ref().map_or(&[][..], |(_, proofs)| proofs);
        file.opened_by.contains(&Proof::None) || file.opened_by.iter().any(|proof| proofs.contains(proof))
    }

    /// Sends a command the way the state wants it, and holds what comes against the model.
    fn send(&mut self, header: [u8; 4], data: &[u8], le: Option<&[u8]>) -> (Vec<u8>, String) {
        let (answer, status) = match &mut self.session {
            Some((session, _)) => session.send(&mut self.card, header, data, le),
            None => {
                let lc: &[u8] = if data.is_empty() { &[] } else { &[data.len() as u8] };
                let command = [&header[..], lc, data, le.unwrap_or_default()].concat();
                let mut answer = self.card.try_send(&command).expect("an answer");
                let status = answer.split_off(answer.len() - 2);
                (answer, hex::encode_upper(status))
            }
        };
        self.leaks_nothing(&answer);
        (answer, status)
    }

    fn leaks_nothing(&self, answer: &[u8]) {
        let files = FILES.iter().chain(UTILITY_FILES);
        for file in files.filter(|file| !self.may_read(file)) {
            let leaked = answer
                .windows(5)
                .any(|window| file.content.windows(5).any(|own| own == window));
            assert!(!leaked, "{:04X} leaked", file.fid);
        }
        // Who has not the document in hand is not told which chip it is.
        let proofs = self.session.as_ref().map_or(&[][..], |(_, proofs)| proofs);
        let told = answer
            .windows(5)
            .any(|window| SERIAL.windows(5).any(|own| own == window));
        assert!(!told || proofs.contains(&Proof::Pace), "the serial number leaked");
    }

    /// INITIALIZE UPDATE of the application beside the document, and sometimes a proof that is none.
    fn greet(&mut self, random: &mut Random) {
        self.send([0, 0xA4, 4, 0x0C], UTILITY.aid, None);
        self.in_application = None;
        let opened = self
            .session
            .as_ref()
            .is_some_and(|(_, proofs)| proofs.contains(&Proof::Pace));
        let (answer, status) = self.send([0x80, 0x50, 0, 0], &random.bytes(8), Some(&[0]));
        let expected = if opened { (32, "9000") } else { (0, "6982") };
        assert_eq!((answer.len(), &*status), expected);
        if random.below(2) == 1 {
            let proof = [&[0x84, 0x82, 0x01, 0x00, 0x10][..], &random.bytes(16)].concat();
            self.plain(&proof);
        }
    }

    /// A command in plain, whatever the state: it ends a session.
    fn plain(&mut self, command: &[u8]) {
        self.session = None;
        self.in_application = None;
        let answer = self.card.try_send(command).expect("an answer");
        self.leaks_nothing(&answer);
        if command[0] & 0x10 != 0 {
            // It may have begun a chain, which the next command then breaks.
            let answer = self.card.try_send(&[0, 0x84, 0, 0, 8]).expect("an answer");
            self.leaks_nothing(&answer);
        }
    }

    fn open(&mut self, kind: usize) {
        self.card.reset();
        self.in_application = Some(false);
        let card = &mut self.card;
        let by =
            |card: &mut TestCard, number, secret: &[u8]| reader::pace(card, None, number, secret).unwrap();
        self.session = match kind {
            0 => None,
            1 => Some((SecureMessaging::by_pace(card), vec![Proof::Pace])),
            2 => Some((by(card, CAN, b"123456"), vec![Proof::Pace])),
            3 => Some((by(card, PIN, b"271828"), vec![])),
            4 => Some((by(card, PUK, b"3141592653"), vec![])),
            _ => {
                let mut session = in_application(card);
                let (mut session, key) = chip_authentication(&mut session, card, 9);
                let mut proofs = vec![Proof::Pace, Proof::Chip];
                if let chat @ 1..=3 = kind - 5 {
                    let pki = Pki::with_rights(chat as u8);
                    assert_eq!(pki.authenticate(&mut session, card, &self.id_ic, &key), "9000");
                    proofs.extend([Proof::Fingers].iter().filter(|_| chat & 1 != 0));
                    proofs.extend([Proof::Irises].iter().filter(|_| chat & 2 != 0));
                }
                self.in_application = Some(true);
                Some((session, proofs))
            }
        };
    }

    /// Reads a file by its short identifier and knows what must come.
    fn read(&mut self, file: &File, random: &mut Random) {
        let offset = random.below(4) as u8;
        let odd = random.below(2) == 1;
        let (answer, status) = if odd {
            self.send([0, 0xB1, 0, file.sfi], &[0x54, 1, offset], Some(&[0]))
        } else {
            self.send([0, 0xB0, 0x80 | file.sfi, offset], &[], Some(&[0]))
        };
        let Some(in_application) = self.in_application else {
            return;
        };
        if in_application != file.in_application {
            return;
        }
        if self.may_read(file) {
            assert_eq!(status, "9000", "{:04X}", file.fid);
            if !file.content.is_empty() {
                assert!(
                    answer.ends_with(&file.content[usize::from(offset)..]),
                    "{:04X}",
                    file.fid
                );
            }
        } else {
            assert_eq!((answer.len(), &*status), (0, "6982"), "{:04X}", file.fid);
        }
    }

    fn step(&mut self, random: &mut Random) {
        let file = &FILES[random.below(FILES.len())];
        match random.below(40) {
            0 => self.open(random.below(9)),
            1..=5 => {
                let application = random.below(2) == 1;
                let (p1, name): (u8, &[u8]) = if application {
                    (4, &SELECT_APPLICATION)
                } else {
                    (0, &[0x3F, 0])
                };
                assert_eq!(self.send([0, 0xA4, p1, 0x0C], name, None).1, "9000");
                self.in_application = Some(application);
            }
            6..=20 => self.read(file, random),
            21..=26 => {
                self.send([0, 0xA4, 2, 0x0C], &file.fid.to_be_bytes(), None);
                self.send([0, 0xB0, 0, random.below(6) as u8], &[], Some(&[0]));
            }
            27..=29 => {
                let written = self.send([0, 0xD6, 0x80 | file.sfi, 0], &random.bytes(4), None).1;
                assert!(!written.starts_with('9'), "{written}");
            }
            30 => {
                let [high, low] = file.fid.to_be_bytes();
                self.plain(&[0x00, 0xA4, 0x02, 0x0C, 0x02, high, low]);
            }
            31 => self.plain(&[0x00, 0xB0, 0x80 | file.sfi, 0x00, 0x00]),
            32 => {
                let len = 4 + random.below(20);
                let command = random.bytes(len);
                self.plain(&command);
            }
            33 => {
                // A protected command with a wrong MAC.
                if let Some((mut session, _)) = self.session.take() {
                    let mut command = session.protect([0, 0xB0, 0x80 | file.sfi, 0], &[], Some(&[0]), false);
                    let at = command.len() - 2;
                    command[at] ^= 1;
                    self.in_application = None;
                    let answer = self.card.try_send(&command).expect("an answer");
                    assert_eq!(hex::encode(answer), "6988");
                }
            }
            34 => self.greet(random),
            _ => {
                // Any command that is well-formed, in the session if there is one.
                let instruction = [
                    0xB0, 0xB1, 0xA4, 0x22, 0x86, 0x88, 0x84, 0x82, 0x2A, 0x2C, 0xCA, 0xCB, 0x0C,
                ][random.below(13)];
                let header = [0, instruction, random.below(256) as u8, random.below(256) as u8];
                let len = random.below(12);
                let data = random.bytes(len);
                self.send(header, &data, Some(&[0]));
                if matches!(instruction, 0xA4 | 0x86) {
                    self.in_application = None;
                }
            }
        }
    }
}

/// Says how a sequence that failed is replayed.
struct Replay(u64);

impl Drop for Replay {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("EID_MODEL_SEED={} EID_MODEL_COMMANDS={SEQUENCE}", self.0);
        }
    }
}

#[test]
fn random_commands_leak_nothing() {
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .and_then(|value| value.parse::<u64>().ok())
    };
    let commands = number("EID_MODEL_COMMANDS").unwrap_or(3_000);
    let first = number("EID_MODEL_SEED").unwrap_or(1);
    let pki = Pki::new();
    let id_ic = card(&pki).1;
    let memory = whole_card(&pki, &pace::worked_example().password).into_memory();
    for seed in first..first + commands.div_ceil(SEQUENCE) {
        let _seed = Replay(seed);
        let mut random = Random(seed);
        let mut world = World {
            card: TestCard::with_memory(memory.clone()),
            session: None,
            in_application: Some(false),
            id_ic: id_ic.clone(),
        };
        world.open(random.below(9));
        for _ in 0..SEQUENCE {
            world.step(&mut random);
        }
    }
    println!("{commands} commands from seed {first}");
}
