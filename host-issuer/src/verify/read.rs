//! Reading everything that a verdict needs, in as few commands as can be.

mod opening;

use std::time::Duration;

use card_applet::wire::lds::DataGroup;

use super::attendant::Attendant;
use super::attended::{Attended, ReadLimits, Reader, Watch};
use super::error::ReadCardError;
use super::{chip_proofs, rights};
use crate::environment::Random;
use crate::inspect::{ChipProof, Read, ReadDocument, TerminalRights, listed_data_groups};
use crate::quirk::{ObservedQuirk, Quirk, Tolerance};
use crate::terminal::active_auth::SignedChallenge;
use crate::terminal::card_file::FileId;
use crate::terminal::channel::SecureMessagingError;
use crate::terminal::link::{LinkError, WireCount};
use crate::terminal::password::Password;
use crate::terminal::reader::{AccessReport, ReadError};
use crate::terminal::terminal_auth::TerminalCredentials;
use crate::transport::{Transport, TransportError};

/// Fingers and irises: readable with rights from terminal authentication only (Doc 9303-11 §7). DG8 to DG10 are the issuer's own, and
/// what opens them, too.
const GUARDED: [u8; 5] = [3, 4, 8, 9, 10];
/// The data group with the keys of Chip Authentication.
const CHIP_AUTHENTICATION: u8 = 14;
/// The data group with the key of Active Authentication.
const ACTIVE_AUTHENTICATION: u8 = 15;

/// How often a card may be taken away and put back.
const MAX_LIFTED: u32 = 8;
/// How often a chip is opened again because it ended the session when it was asked for too much.
const MAX_REOPENED: u32 = 4;

/// What came back from a card, and how.
#[derive(Clone, Debug)]
pub struct ReadCard {
    /// The files.
    pub document: ReadDocument,
    /// How the chip was opened.
    pub access: AccessReport,
    /// What it took.
    pub wire: WireCount,
    /// What a person should know of the way.
    pub notes: Vec<String>,
    /// The challenge of Active Authentication and what the chip made of it, as far as it was asked.
    pub signed_challenge: Option<SignedChallenge>,
}

/// What a reading is to do beside reading.
#[derive(Clone, Copy)]
pub struct ReadOptions<'a> {
    /// The terminal's own keys, to be proved to cards that guard fingers and irises.
    pub credentials: Option<&'a TerminalCredentials>,
    /// Departures from the standards that are put up with, beside those that always are.
    pub tolerance: Tolerance,
    /// When a card is given up.
    pub limits: ReadLimits,
    /// Whether a chip that was opened by PACE is asked in the end whether it has Basic Access Control as well. Two commands more.
    pub ask_for_bac: bool,
    /// Tells the time that has passed since some fixed moment.
    pub stopwatch: &'a dyn Fn() -> Duration,
}

impl ReadCard {
    /// Opens the chip, reads EF.SOD, the data groups that EF.SOD lists, and EF.COM, and asks for every proof that the chip is no
    /// copy: Chip Authentication as soon as its key is known, so that what follows is read under its session.
    ///
    /// Fingers (DG3) and irises (DG4) need rights, which [`ReadOptions::credentials`] prove to the card. They are asked for once in any
    /// case, and a refusal is kept.
    ///
    /// A card that is taken away before all is read may be put back, if `attendant` waits for it: what was read of it is kept, and
    /// every proof is asked for again, of the card that is there in the end. Another card is refused.
    ///
    /// # Errors
    /// [`ReadCardError`] when the chip cannot be opened, goes away, or breaks off in the middle of a file.
    pub fn read(
        transport: Box<dyn Transport>,
        random: Random,
        password: &Password,
        options: &ReadOptions<'_>,
        attendant: &mut dyn Attendant,
    ) -> Result<Self, ReadCardError> {
        let watch = Watch::new(attendant, options.stopwatch, options.limits);
        let mut reader = Reader::new(Attended::new(transport, &watch), random);
        reader.tolerate(options.tolerance);
        let mut visit = Visit::new(password, options.credentials, &watch);
        let (mut lifted, mut reopened) = (0, 0);
        let access = loop {
            let error = match visit.run(&mut reader) {
                Ok(access) => break access,
                Err(error) => error,
            };
            let transport = error.transport();
            if transport.is_some_and(TransportError::is_card_gone) && lifted < MAX_LIFTED {
                lifted += 1;
                let patience = watch.tell(|attendant| attendant.card_lifted());
                if patience.is_zero() || reader.wait_for_card(patience).is_err() {
                    return Err(error);
                }
                watch.tell(|attendant| attendant.card_back());
                visit.note("the card was taken away while it was read, and put back".into());
            } else if error.link().is_some_and(|link| reader.ask_for_less(link)) && reopened < MAX_REOPENED {
                reopened += 1;
            } else {
                return Err(error);
            }
            visit.again = true;
        };
        if options.ask_for_bac {
            visit.ask_for_bac(&mut reader, &access);
        }
        let mut document = visit.document;
        for quirk in reader.quirks() {
            quirk.clone().note(&mut document.quirks);
        }
        Ok(Self {
            document,
            access,
            wire: reader.wire(),
            notes: visit.notes,
            signed_challenge: visit.signed_challenge,
        })
    }
}

/// What is known of a card, over one or more attempts to read it.
struct Visit<'a> {
    password: &'a Password,
    credentials: Option<&'a TerminalCredentials>,
    watch: &'a Watch<'a>,
    document: ReadDocument,
    notes: Vec<String>,
    signed_challenge: Option<SignedChallenge>,
    /// Whether it was begun before: the chip is to be reset.
    again: bool,
    /// Whether EF.CardAccess was asked for before: the chip has to be the same one.
    seen: bool,
    /// Whether the password opened it before.
    opened: bool,
    /// Whether EF.CardSecurity is not to be asked for (again).
    no_card_security: bool,
}

impl<'a> Visit<'a> {
    fn new(
        password: &'a Password,
        credentials: Option<&'a TerminalCredentials>,
        watch: &'a Watch<'a>,
    ) -> Self {
        Self {
            password,
            credentials,
            watch,
            document: ReadDocument::empty(),
            notes: Vec::new(),
            signed_challenge: None,
            again: false,
            seen: false,
            opened: false,
            no_card_security: false,
        }
    }

    /// Reads all that is not read yet.
    fn run(&mut self, reader: &mut Reader<'_>) -> Result<AccessReport, ReadCardError> {
        let opened = self.open(reader)?;
        reader.select_application()?;
        self.security_object(reader)?;
        // What there is to read says the signed EF.SOD, not EF.COM.
        let sod = self.document.sod.bytes();
        let listed = sod
            .and_then(|sod| listed_data_groups(sod).ok())
            .unwrap_or_default();
        if listed.contains(&CHIP_AUTHENTICATION) {
            self.prove_chip(reader)?;
        }
        // Some chips end the session when they refuse fingers or irises, so those come last.
        let (guarded, open): (Vec<u8>, Vec<u8>) =
            listed.into_iter().partition(|number| GUARDED.contains(number));
        if self.document.com == Read::NotSupplied {
            self.document.com = self.file(reader, FileId::Com)?;
        }
        if self.document.com == Read::NotSupplied {
            ObservedQuirk::new(Quirk::ComMissing, "").note(&mut self.document.quirks);
        }
        for number in open {
            self.read_group(reader, number)?;
        }
        let dg14 = self.document.data_group(CHIP_AUTHENTICATION).bytes();
        if let Some(dg15) = self.document.data_group(ACTIVE_AUTHENTICATION).bytes() {
            (
                self.document.chip_proofs.active_authentication,
                self.signed_challenge,
            ) = chip_proofs::active_authentication(reader, dg14, dg15)?;
        }
        if let Some(credentials) = self.credentials {
            self.document.terminal_rights = if guarded.is_empty() {
                TerminalRights::NotAttempted("EF.SOD lists neither fingers nor irises".to_owned())
            } else {
                rights::prove(
                    reader,
                    credentials,
                    self.document.data_group(CHIP_AUTHENTICATION).bytes(),
                )?
            };
            if let Some(note) = rights::note(&self.document.terminal_rights) {
                self.note(note);
            }
            if matches!(self.document.terminal_rights, TerminalRights::Granted { .. }) {
                self.ask_again(reader)?;
            }
        }
        for number in guarded {
            self.read_guarded_group(reader, number)?;
        }
        Ok(opened)
    }

    /// Reads EF.SOD. Where it was read before, the card's has to be the same: then every other file that is kept is its, too, for
    /// EF.SOD holds their digests.
    fn security_object(&mut self, reader: &mut Reader<'_>) -> Result<(), ReadCardError> {
        let sod = self.file(reader, FileId::Sod)?;
        let known = &self.document.sod;
        if known.bytes().is_some() && *known != sod {
            return Err(ReadCardError::AnotherCard("its EF.SOD differs"));
        }
        self.document.sod = sod;
        Ok(())
    }

    /// Reads DG14 and runs Chip Authentication, unless PACE proved the key already. A chip that breaks off is opened again: what it
    /// has to say is read all the same.
    fn prove_chip(&mut self, reader: &mut Reader<'_>) -> Result<(), ReadCardError> {
        self.read_group(reader, CHIP_AUTHENTICATION)?;
        if matches!(self.document.chip_proofs.pace_cam, ChipProof::Held { .. }) {
            return Ok(());
        }
        let Some(dg14) = self.document.data_group(CHIP_AUTHENTICATION).bytes() else {
            return Ok(());
        };
        let (proof, session_is_over) = chip_proofs::chip_authentication(reader, dg14)?;
        self.document.chip_proofs.chip_authentication = proof;
        if session_is_over {
            self.note("the chip ended the session in Chip Authentication and was opened again".into());
            reader.reset()?;
            reader.open(self.password)?;
            reader.select_application()?;
        }
        Ok(())
    }

    fn read_group(&mut self, reader: &mut Reader<'_>, number: u8) -> Result<(), ReadCardError> {
        let is_there = self.document.data_group(number).bytes().is_some();
        if let Some(group) = DataGroup::from_number(number).filter(|_| !is_there) {
            let content = self.file(reader, FileId::DataGroup(group))?;
            self.document.data_groups.insert(number, content);
        }
        Ok(())
    }

    /// Reads the groups that were refused to a terminal without rights: issuers guard more than fingers and irises, as DG11 and DG12
    /// in BSI TR-03105-5.1.
    fn ask_again(&mut self, reader: &mut Reader<'_>) -> Result<(), ReadCardError> {
        let groups = self.document.data_groups.iter();
        let refused = groups.filter(|(_, content)| **content == Read::AccessDenied);
        let refused: Vec<u8> = refused.map(|(number, _)| *number).collect();
        refused
            .into_iter()
            .try_for_each(|number| self.read_group(reader, number))
    }

    /// A group that the chip may refuse, and some end the session by it. Nothing else is to be read by then.
    fn read_guarded_group(&mut self, reader: &mut Reader<'_>, number: u8) -> Result<(), ReadCardError> {
        let Err(error) = self.read_group(reader, number) else {
            return Ok(());
        };
        let Some(LinkError::SecureMessaging(cause)) = error.link() else {
            return Err(error);
        };
        match cause {
            SecureMessagingError::EndedByChip { status } => {
                let detail = format!("DG{number}, {:04X}", status.0);
                ObservedQuirk::new(Quirk::RefusalEndsSession, detail).note(&mut self.document.quirks);
            }
            SecureMessagingError::SessionOver
                if self
                    .document
                    .quirks
                    .iter()
                    .any(|quirk| quirk.id == Quirk::RefusalEndsSession) => {}
            _ => return Err(error),
        }
        self.document.data_groups.insert(number, Read::AccessDenied);
        Ok(())
    }

    fn file(&self, reader: &mut Reader<'_>, file: FileId) -> Result<Read, ReadCardError> {
        let name = file.to_string();
        let bytes = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        let mut progress = |done, total| {
            self.watch
                .tell(|attendant| attendant.progress(&name, bytes(done), bytes(total)));
        };
        match reader.read(file, &mut progress) {
            Ok(content) => Ok(Read::Bytes(content)),
            Err(ReadError::NotAllowed { .. }) => Ok(Read::AccessDenied),
            Err(ReadError::NotFound { .. }) => Ok(Read::NotSupplied),
            Err(source) => Err(ReadCardError::File { file: name, source }),
        }
    }

    fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}
