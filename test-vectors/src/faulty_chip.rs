//! A second chip: naive, written apart from everything else in the project, and able to misbehave at every step.
//!
//! It is what a terminal is tested against. Told nothing, it is a sober chip: BAC, PACE in curves and MODP groups, secure messaging,
//! Chip, Active and Terminal Authentication, files. Its [`Manners`] are the ways of real cards; its [`Fault`]s are what no card may do and an
//! attacker would. Both are data, so that a table can go through all of them. What is in its files comes in as bytes.
//!
//! It speaks raw APDUs, keeps no secret from a debugger, and takes its time where it likes: nothing of it belongs into a product.

mod active_authentication;
mod arrival;
mod as_hex;
mod bac;
mod card_verifiable;
mod chip_authentication;
mod command;
mod delivery;
mod fault;
mod files;
mod lapse;
mod pace;
mod pin;
mod public_key;
mod session;
mod setup;
mod step;
mod terminal_authentication;

pub use crate::naive::{Cipher, Curve, Group, ModP, find, object, objects};
pub use active_authentication::{Hash, SigningKey};
pub use fault::{BadMappingProof, BadPoint, BadProtection, Fault, Misdeed, Step};
pub use lapse::Lapse;
pub use setup::{ChipKey, EndOfFile, Manners, Mapping, OverLimit, PaceSet, Setup};

use crate::naive::Random;
use command::Command;
use files::Directory;
use lapse::Lapses;
use pace::PaceRun;
use pin::Pin;
use session::Session;
use terminal_authentication::Terminals;

/// How a session was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opening {
    Bac,
    /// With the password of this reference.
    Pace(u8),
}

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
    lapses: Lapses,
    random: Random,
    session: Option<Session>,
    /// How the session was opened.
    opening: Option<Opening>,
    /// This command is answered in plain, though there is a session that goes on.
    answers_in_plain: bool,
    directory: Directory,
    current: Option<u16>,
    /// RND.IC of BAC.
    challenges: Vec<Vec<u8>>,
    pace: Option<PaceRun>,
    pin: Pin,
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
            pin: Pin::new(setup.pin.clone()),
            setup,
            faults,
            lapses: Lapses::default(),
            session: None,
            opening: None,
            answers_in_plain: false,
            directory: Directory::MasterFile,
            current: None,
            challenges: Vec::new(),
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

    /// The same with these lapses.
    #[must_use]
    pub fn neglecting(mut self, lapses: &[Lapse]) -> Self {
        self.lapses = Lapses::new(lapses);
        self
    }

    /// The rules that made, or would have made, a difference so far: a chip that neglects another one behaves as this one did.
    pub fn rules_at_stake(&self) -> std::collections::BTreeSet<Lapse> {
        self.lapses.asked()
    }

    fn neglects(&self, lapse: Lapse) -> bool {
        self.lapses.has(lapse)
    }

    /// Takes the power away and gives it back. What it has done stays counted.
    pub fn reset(&mut self) {
        self.end_session();
        self.directory = Directory::MasterFile;
        self.current = None;
        self.challenges.clear();
        self.pace = None;
        self.waiting.clear();
        self.endless = None;
    }

    /// Keys and all that was earned with them are gone.
    fn end_session(&mut self) {
        self.session = None;
        self.opening = None;
        self.agreeing = None;
        self.identity.clear();
        self.terminal_key = None;
        self.terminals.end_session(&self.lapses);
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
            self.end_session();
            return status_bytes(status);
        }
        let command = match self.arrive(outer) {
            Ok(command) => command,
            Err(status) => return status_bytes(status),
        };
        let step = self.step_of(&command);
        self.steps.push(step);
        let misdeed = self.misdeed_at(step, &command);
        let answer = match self.refused_outright(step, &command) {
            Some(status) => Answer::status(status),
            None => self.answer(step, &command, misdeed.as_ref()),
        };
        self.deliver(&command, answer, misdeed.as_ref())
    }

    /// Every fault counts its passages; the first whose turn it is wins.
    fn misdeed_at(&mut self, step: Step, command: &Command) -> Option<Misdeed> {
        let file = match step {
            Step::Read => self.file_of(command),
            Step::SelectFile => <[u8; 2]>::try_from(command.data.as_slice())
                .ok()
                .map(u16::from_be_bytes),
            _ => None,
        };
        let due = self.faults.iter_mut().filter_map(|fault| {
            let due = fault.is_due(step, file);
            due.then(|| fault.misdeed.clone())
        });
        due.collect::<Vec<_>>().into_iter().next()
    }

    fn answer(&mut self, step: Step, command: &Command, misdeed: Option<&Misdeed>) -> Answer {
        match misdeed {
            Some(Misdeed::Refuse(status)) => return Answer::status(*status),
            Some(Misdeed::EndSession(status)) => return Answer::status(*status).ending(),
            _ => {}
        }
        let answer = match step {
            Step::SelectMasterFile | Step::SelectApplication | Step::SelectFile => Ok(self.select(command)),
            Step::Read => Ok(self.read(command, misdeed)),
            Step::GetChallenge => Ok(self.get_challenge(command)),
            Step::BacProof => Ok(self.bac_proof(&command.data, misdeed)),
            Step::PaceSetAt => self.pace_set_at(&command.data),
            Step::PaceNonce => self.pace_nonce(command, misdeed),
            Step::PaceMapping => self.pace_mapping(command, misdeed),
            Step::PaceKeyAgreement => self.pace_key_agreement(command, misdeed),
            Step::PaceToken => self.pace_token(command, misdeed),
            Step::ChipAuthenticationSet if command.p2 == 0xA6 => {
                self.chip_authentication_set_kat(&command.data, misdeed)
            }
            Step::ChipAuthenticationSet => self.chip_authentication_set_at(&command.data),
            Step::ChipAuthentication => self.chip_authentication(command, misdeed),
            Step::ActiveAuthentication => Ok(self.active_authentication(&command.data, misdeed)),
            Step::ShowCertificate if command.instruction == 0x22 => self.set_verifying_key(&command.data),
            Step::ShowCertificate => self.verify_certificate(command),
            Step::TerminalAuthenticationSet => self.terminal_authentication_set(&command.data),
            Step::TerminalChallenge => Ok(self.terminal_challenge(command)),
            Step::TerminalProof => self.terminal_proof(command, misdeed),
            Step::Other if command.instruction == 0x2C => self.reset_retry_counter(command),
            Step::Other => Err(0x6D00),
        };
        let mut answer = answer.unwrap_or_else(Answer::status);
        match misdeed {
            Some(Misdeed::NoData) => answer.data.clear(),
            Some(Misdeed::Data(data)) => answer.data.clone_from(data),
            Some(Misdeed::Append(data)) => answer.data.extend_from_slice(data),
            Some(Misdeed::Cut(len)) => answer.data.truncate(*len),
            _ => {}
        }
        answer
    }
}

fn status_bytes(status: u16) -> Vec<u8> {
    status.to_be_bytes().to_vec()
}
