//! What can be learned of a card by asking it: the statement that it makes itself.

mod files;
mod security_infos;

use sha2::{Digest, Sha256};

use super::{AccessProtocol, Need, SignatureKind, Statement};
use crate::conformance::bench::{Bench, Secrets};
use crate::conformance::expect::StatusSet;
use crate::conformance::link::{Link, LinkError};
use crate::conformance::verdict::{Finding, Played};
use crate::naive::find;
use crate::oracle::cv_certificate::rights;
use crate::oracle::{Command, Response};

pub(in crate::conformance) use security_infos::public_key;
use security_infos::{Infos, Unknown};
pub(super) use security_infos::{group, is_element};

/// Files of the master file.
const CARD_ACCESS: u16 = 0x011C;
const CARD_SECURITY: u16 = 0x011D;
const ATR_INFO: u16 = 0x2F01;
const DIRECTORY: u16 = 0x2F00;
/// Files of the application.
const COM: u16 = 0x011E;
const SOD: u16 = 0x011D;
const CVCA: u16 = 0x011C;
/// Enough of a data group to find its first record in.
const HEAD: usize = 0xC0;

/// What a card was seen to have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Probed {
    /// The statement.
    pub statement: Statement,
    /// What asking the card does not tell: a file has to.
    pub undecided: Vec<Need>,
    /// What was seen and is in no field: parameters that the suite does not compute in, files that disagree.
    pub notes: Vec<String>,
    /// SHA-256 of EF.CardAccess and EF.SOD: the card, to be told from others.
    pub card: [u8; 32],
}

/// Asks the card. Nothing of it is changed.
///
/// # Errors
/// When the card cannot be reached. What it refuses is a note, and no error.
pub fn probe(link: &mut dyn Link, secrets: &Secrets, seed: u64) -> Result<Probed, LinkError> {
    let mut prober = Prober {
        link,
        secrets,
        seed,
        probed: Probed::default(),
        seen: Sha256::new(),
    };
    prober.master_file()?;
    prober.basic_access_control()?;
    prober.application()?;
    prober.knowledge();
    let mut probed = prober.probed;
    probed.statement.derive_features();
    probed.card = prober.seen.finalize().into();
    Ok(probed)
}

/// The notes, the statement as a file.
impl Probed {
    /// The statement as a file, with what is not known as comments.
    pub fn to_toml(&self) -> String {
        let mut text =
            String::from("# What the card shows. Correct what is wrong, add what only its maker knows.\n");
        let undecided: Vec<&str> = self.undecided.iter().map(|need| need.name()).collect();
        if !undecided.is_empty() {
            text.push_str(&format!(
                "# Not to be learned from it: {}.\n",
                undecided.join(", ")
            ));
        }
        for note in &self.notes {
            let note: String = note.chars().filter(|letter| !letter.is_control()).collect();
            text.push_str(&format!("# Note: {note}\n"));
        }
        text + &self.statement.to_toml(&self.undecided)
    }
}

struct Prober<'a> {
    link: &'a mut dyn Link,
    secrets: &'a Secrets,
    seed: u64,
    probed: Probed,
    seen: Sha256,
}

impl Prober<'_> {
    /// Lets the bench do something; what the card refuses is the inner error.
    fn ask<T>(
        &mut self,
        ask: impl FnOnce(&mut Bench<'_>) -> Played<T>,
    ) -> Result<Result<T, String>, LinkError> {
        let statement = &self.probed.statement;
        let mut bench = Bench::new(&mut *self.link, statement, self.secrets, self.seed);
        match ask(&mut bench) {
            Ok(learned) => Ok(Ok(learned)),
            Err(Finding::Failed(why) | Finding::NotApplicable(why)) => Ok(Err(why)),
            Err(Finding::Link(error)) => Err(error),
        }
    }

    fn has(&mut self, need: Need) {
        self.probed.statement.features.insert(need);
    }

    fn undecided(&mut self, needs: &[Need]) {
        self.probed.undecided.extend_from_slice(needs);
    }

    fn note(&mut self, note: impl Into<String>) {
        self.probed.notes.push(note.into());
    }

    /// A file of the master file, in plain. Some cards refuse to select the master file that they are in anyway.
    fn read_plain(&mut self, fid: u16) -> Result<Result<Vec<u8>, String>, LinkError> {
        self.ask(|bench| {
            bench.reset()?;
            bench.send(&Command::select_master_file())?;
            bench.read_file(fid)
        })
    }

    /// What everybody may read.
    fn master_file(&mut self) -> Result<(), LinkError> {
        let selected = self.ask(|bench| {
            bench.reset()?;
            bench
                .send(&Command::select_master_file())?
                .expect("SELECT of the master file", StatusSet::SUCCESS)
        })?;
        if selected.is_ok() {
            self.has(Need::MasterFile);
        }
        if let Ok(content) = self.read_plain(ATR_INFO)? {
            self.has(Need::AtrInfo);
            self.probed.statement.extended_length = files::extended_length(&content);
        }
        if self.read_plain(DIRECTORY)?.is_ok() {
            self.has(Need::Directory);
        }
        match self.read_plain(CARD_ACCESS)? {
            Ok(content) => {
                self.seen.update(&content);
                let infos = Infos::parse(&content);
                let (sets, unknown) = infos.pace();
                self.probed.statement.pace = sets;
                self.take_unknown("EF.CardAccess", unknown);
            }
            Err(why) => self.note(format!("EF.CardAccess is not readable: {why}")),
        }
        self.probed.statement.derive_features();
        Ok(())
    }

    fn take_unknown(&mut self, file: &str, unknown: Vec<Unknown>) {
        for Unknown(what) in unknown {
            self.note(format!("{file}: {what}"));
        }
    }

    fn basic_access_control(&mut self) -> Result<(), LinkError> {
        if self.secrets.mrz_information.is_none() {
            self.undecided(&[Need::Bac]);
            self.note("BAC was not tried: the MRZ is not known");
            return Ok(());
        }
        if self.ask(|bench| bench.open_by(AccessProtocol::Bac))?.is_ok() {
            self.has(Need::Bac);
        }
        Ok(())
    }

    /// What a session shows.
    fn application(&mut self) -> Result<(), LinkError> {
        let read_in_master_file = |bench: &mut Bench<'_>| {
            bench.reset()?;
            let (parameters, password) = (bench.any_pace()?, bench.pace_password()?);
            bench.run_pace(&parameters, password)?;
            bench.read_file(CARD_SECURITY)
        };
        if self.probed.statement.has(Need::Pace) && self.ask(read_in_master_file)?.is_ok() {
            self.has(Need::CardSecurity);
        }
        let mut read = |fid: u16| {
            self.ask(|bench| {
                bench.open()?;
                bench.read_file(fid)
            })
        };
        let (com, sod) = (read(COM)?, read(SOD)?);
        let cvca = read(CVCA)?;
        if let Ok(sod) = &sod {
            self.seen.update(sod);
        }
        self.take_data_groups(com, sod);
        if let Ok(answer) = self.ask(|bench| {
            bench.open()?;
            bench.send(&Command::select_file(COM))?;
            bench.send(&Command::read_binary_odd(0, 0, 8))
        })? && gives_discretionary_data(&answer)
        {
            self.has(Need::OddInstruction);
        }
        self.security_infos(cvca.is_ok())?;
        self.active_authentication()?;
        self.formats()
    }

    /// Which data groups there are: EF.SOD says it, and EF.COM where that is no help.
    fn take_data_groups(&mut self, com: Result<Vec<u8>, String>, sod: Result<Vec<u8>, String>) {
        let listed = com.map(|com| files::groups_of_com(&com));
        let signed = sod.map(|sod| files::groups_of_sod(&sod));
        match (&listed, &signed) {
            (Ok(Some(com)), Ok(Some(sod))) if com != sod => self.note(format!(
                "EF.COM lists the data groups {com:?}, EF.SOD {sod:?}; EF.SOD is believed"
            )),
            (_, Err(why)) => self.note(format!("EF.SOD is not readable: {why}")),
            (_, Ok(None)) => self.note("EF.SOD has no list of data groups"),
            _ => {}
        }
        let known = signed.ok().flatten().or_else(|| listed.ok().flatten());
        self.probed.statement.data_groups = known.unwrap_or_default();
        self.probed.statement.derive_features();
    }

    fn has_group(&self, number: u8) -> bool {
        self.probed.statement.data_groups.contains(&number)
    }

    /// DG14: keys and ciphers of Chip Authentication, Terminal Authentication.
    fn security_infos(&mut self, has_cvca: bool) -> Result<(), LinkError> {
        if !self.has_group(14) {
            return Ok(());
        }
        let content = self.ask(|bench| {
            bench.open()?;
            bench.read_file(0x010E)
        })?;
        let content = match content {
            Ok(content) => content,
            Err(why) => {
                self.note(format!("DG14 is not readable: {why}"));
                return Ok(());
            }
        };
        let infos = Infos::parse(find(&content, 0x6E).unwrap_or_default());
        let (keys, unknown) = infos.chip_keys();
        self.probed.statement.chip_keys = keys;
        self.take_unknown("DG14", unknown);
        for (has, need) in [
            (infos.has_terminal_authentication(1), Need::TerminalAuthentication),
            (
                infos.has_terminal_authentication(2),
                Need::TerminalAuthentication2,
            ),
            (infos.has_chip_authentication(1), Need::ChipAuthentication),
            (infos.has_chip_authentication(2), Need::ChipAuthentication2),
        ] {
            if has {
                self.has(need);
            }
        }
        if infos.has_terminal_authentication(1) {
            if !has_cvca {
                self.note("DG14 announces Terminal Authentication, and EF.CVCA is not readable");
            }
            self.undecided(&[Need::DateChecks, Need::Migration]);
            // The suite signs with keys on curves alone.
            match self.secrets.terminal_authority {
                Some(_) => self.has(Need::TerminalAuthenticationEcdsa),
                None => self.undecided(&[Need::TerminalAuthenticationEcdsa, Need::TerminalAuthenticationRsa]),
            }
            // The suite signs on curves alone; a trust point that was given is on one.
            match self.secrets.terminal_authority {
                Some(_) => self.has(Need::TerminalAuthenticationEcdsa),
                None => self.undecided(&[Need::TerminalAuthenticationEcdsa, Need::TerminalAuthenticationRsa]),
            }
        }
        Ok(())
    }

    /// DG15: what signs.
    fn active_authentication(&mut self) -> Result<(), LinkError> {
        if !self.has_group(15) {
            return Ok(());
        }
        self.has(Need::ActiveAuthentication);
        let content = self.ask(|bench| {
            bench.open()?;
            bench.read_file(0x010F)
        })?;
        match content.map(|content| files::signature_kind(&content)) {
            Ok(Some(SignatureKind::Rsa)) => self.has(Need::ActiveAuthenticationRsa),
            Ok(Some(SignatureKind::Ecdsa)) => self.has(Need::ActiveAuthenticationEcdsa),
            Ok(None) => self.note("DG15 holds a key of a kind that the suite does not know"),
            Err(why) => self.note(format!("DG15 is not readable: {why}")),
        }
        Ok(())
    }

    /// In which formats the biometric data groups are. DG3 and DG4 are as a rule behind Terminal Authentication.
    fn formats(&mut self) -> Result<(), LinkError> {
        let formats = [
            (2, [Need::Face19794, Need::Face39794]),
            (3, [Need::Finger19794, Need::Finger39794]),
            (4, [Need::Iris19794, Need::Iris39794]),
        ];
        for (number, needs) in formats {
            if !self.has_group(number) {
                continue;
            }
            let head = self.ask(|bench| {
                if number > 2 && bench.secrets.terminal_authority.is_some() {
                    bench.run_terminal_authentication(rights::BOTH)?;
                } else {
                    bench.open()?;
                }
                bench.send(&Command::select_file(0x0100 | u16::from(number)))?;
                bench
                    .send(&Command::read_binary(0, HEAD))?
                    .expect("READ BINARY", StatusSet::SUCCESS_OR_WARNING)
            })?;
            match head.ok().and_then(|head| files::is_39794(&head.data)) {
                Some(is_39794) => self.has(needs[usize::from(is_39794)]),
                None => self.undecided(&needs),
            }
        }
        Ok(())
    }

    /// What is known beside the card.
    fn knowledge(&mut self) {
        if self.secrets.pin.is_some() {
            self.has(Need::Pin);
            self.undecided(&[
                Need::ChangePinByPuk,
                Need::NoChangePinByPuk,
                Need::ChangePinByTerminal,
                Need::NoChangePinByTerminal,
                Need::ChangeCanByTerminal,
                Need::NoChangeCanByTerminal,
            ]);
        }
    }
}

fn gives_discretionary_data(answer: &Response) -> bool {
    answer.status == 0x9000 && find(&answer.data, 0x53).is_some_and(|data| !data.is_empty())
}
