//! A second chip: naive, written apart from everything else in the project, and able to misbehave at every step.
//!
//! It is what a terminal is tested against. Told nothing, it is a sober chip: BAC, PACE in curves and MODP groups, secure messaging,
//! Chip, Active and Terminal Authentication, files. Its [`Manners`] are the ways of real cards; its [`Fault`]s are what no card may do and an
//! attacker would. Both are data, so that a table can go through all of them. What is in its files comes in as bytes.
//!
//! It speaks raw APDUs, keeps no secret from a debugger, and takes its time where it likes: nothing of it belongs into a product.

mod active_authentication;
mod as_hex;
mod bac;
mod card_verifiable;
mod chip_authentication;
mod command;
mod fault;
mod files;
mod pace;
mod session;
mod setup;
mod terminal_authentication;

pub use crate::naive::{Cipher, Curve, Group, ModP, find, object, objects};
pub use active_authentication::{Hash, SigningKey};
pub use fault::{BadMappingProof, BadPoint, BadProtection, Fault, Misdeed, Step};
pub use setup::{ChipKey, EndOfFile, Manners, Mapping, OverLimit, PaceSet, Setup};

use crate::naive::Random;
use command::Command;
use files::Directory;
use pace::PaceRun;
use session::Session;
use terminal_authentication::Terminals;

/// What a handler answers.
struct Answer {
    data: Vec<u8>,
    status: u16,
    /// Keys that begin after this answer.
    opens: Option<Session>,
    /// In plain, and the session is over.
    ends: bool,
}

impl Answer {
    fn status(status: u16) -> Self {
        Self::data(Vec::new()).with(status)
    }

    fn data(data: Vec<u8>) -> Self {
        Answer {
            data,
            status: 0x9000,
            opens: None,
            ends: false,
        }
    }

    fn with(self, status: u16) -> Self {
        Answer { status, ..self }
    }

    fn opening(self, session: Session) -> Self {
        Answer {
            opens: Some(session),
            ..self
        }
    }

    fn ending(self) -> Self {
        Answer { ends: true, ..self }
    }
}

/// The chip.
pub struct FaultyChip {
    setup: Setup,
    faults: Vec<Fault>,
    random: Random,
    session: Option<Session>,
    directory: Directory,
    current: Option<u16>,
    challenge: Option<Vec<u8>>,
    pace: Option<PaceRun>,
    agreeing: Option<(Cipher, ChipKey)>,
    /// ID_IC: by what Terminal Authentication names the chip.
    identity: Vec<u8>,
    /// Comp(PK_IFD) of Chip Authentication or PACE-CAM.
    terminal_key: Option<Vec<u8>>,
    terminals: Terminals,
    /// Ephemeral keys that the terminal showed in Chip Authentication.
    terminal_keys: Vec<Vec<u8>>,
    /// Pieces of an answer that wait for GET RESPONSE.
    waiting: Vec<u8>,
    /// What every GET RESPONSE is answered, once a chain has no end.
    endless: Option<Vec<u8>>,
    /// The last protected answer.
    last: Vec<u8>,
    steps: Vec<Step>,
    commands: usize,
}

impl FaultyChip {
    /// A chip that was just powered.
    pub fn new(setup: Setup, faults: Vec<Fault>) -> Self {
        FaultyChip {
            random: Random::new(&setup.script, setup.seed),
            terminals: Terminals::new(&setup.trust_points, &setup.today),
            setup,
            faults,
            session: None,
            directory: Directory::MasterFile,
            current: None,
            challenge: None,
            pace: None,
            agreeing: None,
            identity: Vec::new(),
            terminal_key: None,
            terminal_keys: Vec::new(),
            waiting: Vec::new(),
            endless: None,
            last: Vec::new(),
            steps: Vec::new(),
            commands: 0,
        }
    }

    /// Takes the power away and gives it back. What it has done stays counted.
    pub fn reset(&mut self) {
        self.session = None;
        self.directory = Directory::MasterFile;
        self.current = None;
        self.challenge = None;
        self.pace = None;
        self.agreeing = None;
        self.identity.clear();
        self.terminal_key = None;
        self.terminals.forget();
        self.waiting.clear();
        self.endless = None;
    }

    /// The steps that the terminal took, in order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Commands received.
    pub fn commands(&self) -> usize {
        self.commands
    }

    /// The terminal's ephemeral keys of each Chip Authentication, in order.
    pub fn terminal_keys(&self) -> &[Vec<u8>] {
        &self.terminal_keys
    }

    /// The authorities (CHR) whose terminals it believes, the newest first.
    pub fn trust_points(&self) -> Vec<String> {
        self.terminals.trust_points()
    }

    /// Answers a command. No bytes: the chip is mute.
    pub fn process(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.commands += 1;
        let Some(outer) = Command::parse(bytes) else {
            return status_bytes(0x6700);
        };
        if outer.instruction == 0xC0 {
            return self.get_response(&outer);
        }
        if let (true, Some(status)) = (outer.extended, self.setup.manners.refuses_extended_length) {
            self.session = None;
            return status_bytes(status);
        }
        let protected = outer.class & 0x0C == 0x0C;
        let command = match (self.session.take(), protected) {
            (Some(mut session), true) => match session.unprotect(&outer) {
                Ok(command) => {
                    self.session = Some(session);
                    command
                }
                Err(status) => return status_bytes(status),
            },
            (None, true) => return status_bytes(0x6988),
            // A plain command ends the session.
            (_, false) => outer,
        };
        let step = self.step_of(&command);
        self.steps.push(step);
        let file = match step {
            Step::Read => self.file_of(&command),
            Step::SelectFile => <[u8; 2]>::try_from(command.data.as_slice())
                .ok()
                .map(u16::from_be_bytes),
            _ => None,
        };
        // Every fault counts its passages; the first whose turn it is wins.
        let due = self.faults.iter_mut().filter_map(|fault| {
            let due = fault.is_due(step, file);
            due.then(|| fault.misdeed.clone())
        });
        let misdeed = due.collect::<Vec<_>>().into_iter().next();
        let answer = self.answer(step, &command, misdeed.as_ref());
        self.deliver(&command, answer, misdeed.as_ref())
    }

    /// Which step a command takes, which may depend on what came before.
    fn step_of(&self, command: &Command) -> Step {
        match (command.instruction, command.p1, command.p2) {
            (0xA4, 0x00, _) => Step::SelectMasterFile,
            (0xA4, 0x04, _) => Step::SelectApplication,
            (0xA4, _, _) => Step::SelectFile,
            (0xB0 | 0xB1, _, _) => Step::Read,
            (0x84, _, _) if self.session.is_some() => Step::TerminalChallenge,
            (0x84, _, _) => Step::GetChallenge,
            (0x82, _, _) if self.session.is_some() => Step::TerminalProof,
            (0x82, _, _) => Step::BacProof,
            (0x88, _, _) => Step::ActiveAuthentication,
            (0x22, 0xC1, 0xA4) => Step::PaceSetAt,
            (0x22, 0x41, 0xA4 | 0xA6) => Step::ChipAuthenticationSet,
            (0x22, 0x81, 0xB6) | (0x2A, _, _) => Step::ShowCertificate,
            (0x22, 0x81, 0xA4) => Step::TerminalAuthenticationSet,
            (0x86, _, _) => match objects(dynamic_data(command)).first() {
                None => Step::PaceNonce,
                Some((0x81, _)) => Step::PaceMapping,
                Some((0x83, _)) => Step::PaceKeyAgreement,
                Some((0x85, _)) => Step::PaceToken,
                Some((0x80, _)) => Step::ChipAuthentication,
                Some(_) => Step::Other,
            },
            _ => Step::Other,
        }
    }

    fn answer(&mut self, step: Step, command: &Command, misdeed: Option<&Misdeed>) -> Answer {
        match misdeed {
            Some(Misdeed::Refuse(status)) => return Answer::status(*status),
            Some(Misdeed::EndSession(status)) => return Answer::status(*status).ending(),
            _ => {}
        }
        let sent = objects(dynamic_data(command)).first().map(|(_, value)| *value);
        let sent = sent.unwrap_or_default();
        let mut answer = match step {
            Step::SelectMasterFile | Step::SelectApplication | Step::SelectFile => self.select(command),
            Step::Read => self.read(command, misdeed),
            Step::GetChallenge => self.get_challenge(),
            Step::BacProof => self.bac_proof(&command.data, misdeed),
            Step::PaceSetAt => self.pace_set_at(&command.data),
            Step::PaceNonce => self.pace_nonce(misdeed),
            Step::PaceMapping => self.pace_mapping(sent, misdeed),
            Step::PaceKeyAgreement => self.pace_key_agreement(sent, misdeed),
            Step::PaceToken => self.pace_token(sent, misdeed),
            Step::ChipAuthenticationSet if command.p2 == 0xA6 => {
                self.chip_authentication_set_kat(&command.data, misdeed)
            }
            Step::ChipAuthenticationSet => self.chip_authentication_set_at(&command.data),
            Step::ChipAuthentication => self.chip_authentication(sent, misdeed),
            Step::ActiveAuthentication => self.active_authentication(&command.data, misdeed),
            Step::ShowCertificate if command.instruction == 0x22 => self.set_verifying_key(&command.data),
            Step::ShowCertificate => self.verify_certificate(command),
            Step::TerminalAuthenticationSet => self.terminal_authentication_set(&command.data),
            Step::TerminalChallenge => self.terminal_challenge(),
            Step::TerminalProof => self.terminal_proof(command, misdeed),
            Step::Other => Answer::status(0x6D00),
        };
        match misdeed {
            Some(Misdeed::NoData) => answer.data.clear(),
            Some(Misdeed::Data(data)) => answer.data.clone_from(data),
            Some(Misdeed::Append(data)) => answer.data.extend_from_slice(data),
            Some(Misdeed::Cut(len)) => answer.data.truncate(*len),
            _ => {}
        }
        answer
    }

    /// Protects the answer and puts it on the wire.
    fn deliver(&mut self, command: &Command, answer: Answer, misdeed: Option<&Misdeed>) -> Vec<u8> {
        let bad = match misdeed {
            Some(Misdeed::Protection(bad)) => Some(*bad),
            _ => None,
        };
        if answer.ends || bad == Some(BadProtection::Plain) {
            self.session = None;
        }
        let odd = command.instruction & 1 == 1;
        let mut wire = match &mut self.session {
            None => [&answer.data[..], &answer.status.to_be_bytes()].concat(),
            Some(session) => {
                let protected = session.protect(&answer.data, answer.status, odd, bad);
                let before = std::mem::replace(&mut self.last, protected.clone());
                if bad == Some(BadProtection::Replayed) {
                    before
                } else {
                    protected
                }
            }
        };
        if let Some(session) = answer.opens {
            self.session = Some(session);
        }
        match misdeed {
            Some(Misdeed::Silence) => wire.clear(),
            Some(Misdeed::OneByte) => wire.truncate(1),
            Some(Misdeed::MoreForEver) => {
                wire = [&[0x53; 255][..], &[0x61, 0xFF]].concat();
                self.endless = Some(wire.clone());
            }
            Some(Misdeed::EmptyMoreForEver) => {
                wire = status_bytes(0x61FF);
                self.endless = Some(wire.clone());
            }
            Some(Misdeed::WrongLeForEver(le)) => wire = status_bytes(0x6C00 | u16::from(*le)),
            _ => {
                if let Some(piece) = self.setup.manners.pieces.filter(|piece| wire.len() > piece + 2) {
                    self.waiting = wire;
                    return self.next_piece(0, piece);
                }
            }
        }
        wire
    }

    /// GET RESPONSE.
    fn get_response(&mut self, command: &Command) -> Vec<u8> {
        if let Some(endless) = &self.endless {
            return endless.clone();
        }
        if self.waiting.is_empty() {
            return status_bytes(0x6985);
        }
        let piece = self.setup.manners.pieces.unwrap_or(255);
        self.next_piece(command.expected.unwrap_or(0), piece)
    }

    /// Up to `len` bytes of what waits, then 61xx or the status word.
    fn next_piece(&mut self, len: usize, piece: usize) -> Vec<u8> {
        let data = self.waiting.len() - 2;
        let given = data.min(len).min(piece);
        let mut out: Vec<u8> = self.waiting.drain(..given).collect();
        if given == data {
            out.append(&mut self.waiting);
        } else {
            out.extend([0x61, (data - given).min(piece) as u8]);
        }
        out
    }
}

/// What is in DO'7C' of a GENERAL AUTHENTICATE.
fn dynamic_data(command: &Command) -> &[u8] {
    find(&command.data, 0x7C).unwrap_or_default()
}

fn status_bytes(status: u16) -> Vec<u8> {
    status.to_be_bytes().to_vec()
}
