//! Reading everything that a verdict needs, in as few commands as can be.

use card_applet::wire::lds::DataGroup;

use super::error::ReadCardError;
use super::{access, chip_proofs, rights};
use crate::environment::Random;
use crate::inspect::{ChipProof, Read, ReadDocument, TerminalRights, listed_data_groups};
use crate::terminal::active_auth::SignedChallenge;
use crate::terminal::card_access::PaceOffer;
use crate::terminal::card_file::FileId;
use crate::terminal::life_cycle::LifeCycle;
use crate::terminal::link::WireCount;
use crate::terminal::password::Password;
use crate::terminal::reader::{AccessProtocol, AccessReport, ChipReader, ReadError};
use crate::terminal::terminal_auth::TerminalCredentials;
use crate::transport::Transport;

/// Fingers and irises: readable with rights from terminal authentication only (Doc 9303-11 §7). DG8 to DG10 are the issuer's own, and
/// what opens them, too.
const GUARDED: [u8; 5] = [3, 4, 8, 9, 10];
/// The data group with the keys of Chip Authentication.
const CHIP_AUTHENTICATION: u8 = 14;
/// The data group with the key of Active Authentication.
const ACTIVE_AUTHENTICATION: u8 = 15;

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

type Reader = ChipReader<Box<dyn Transport>, Random>;
/// Told of a file's name, how many of its bytes are there, and how many there will be.
type Report<'a> = dyn FnMut(&str, u64, u64) + 'a;

impl ReadCard {
    /// Opens the chip, reads EF.SOD, the data groups that EF.SOD lists, and EF.COM, and asks for every proof that the chip is no
    /// copy: Chip Authentication as soon as its key is known, so that what follows is read under its session.
    ///
    /// Fingers (DG3) and irises (DG4) need rights, which `credentials` prove to the card. They are asked for once in any case, and a
    /// refusal is kept.
    ///
    /// `progress` is told of each file's name, how many of its bytes are there, and how many there will be.
    ///
    /// # Errors
    /// [`ReadCardError`] when the chip cannot be opened, goes away, or breaks off in the middle of a file.
    pub fn read(
        transport: Box<dyn Transport>,
        random: Random,
        password: &Password,
        credentials: Option<&TerminalCredentials>,
        progress: &mut Report<'_>,
    ) -> Result<Self, ReadCardError> {
        let mut reader = ChipReader::new(transport, random);
        let mut document = ReadDocument::empty();
        let mut notes = Vec::new();
        let mut signed_challenge = None;
        reader.learn_lengths()?;
        let card_access = reader.read_card_access()?;
        if card_access.is_none() {
            in_service(&mut reader)?;
        }
        if let Some(credentials) = credentials.filter(|_| judges_terminals(card_access.as_deref())) {
            reader.announce(credentials.authorization());
        }
        let opened = reader.open_with(card_access.as_deref(), password)?;
        if opened.protocol == AccessProtocol::Bac {
            notes.push("the card offers no PACE: opened with Basic Access Control, which a listener can break offline".into());
        }
        if reader.chip_authentication_mapping().is_some() {
            // In the master file, so before the application is selected.
            document.card_security = file(&mut reader, FileId::CardSecurity, progress)?;
        }
        let card_security = document.card_security.bytes();
        document.chip_proofs.pace_cam = chip_proofs::pace_cam(&reader, card_security);
        document.access = access::facts(card_access.as_deref(), &opened);
        document.card_access = card_access.map_or(Read::NotSupplied, Read::Bytes);
        reader.select_application()?;
        document.sod = file(&mut reader, FileId::Sod, progress)?;
        // What there is to read says the signed EF.SOD, not EF.COM.
        let listed = document
            .sod
            .bytes()
            .and_then(|sod| listed_data_groups(sod).ok())
            .unwrap_or_default();
        if listed.contains(&CHIP_AUTHENTICATION) {
            prove_chip(&mut reader, &mut document, password, &mut notes, progress)?;
        }
        // Some chips end the session when they refuse fingers or irises, so those come last.
        let (guarded, open): (Vec<u8>, Vec<u8>) = listed
            .into_iter()
            .filter(|number| !document.data_groups.contains_key(number))
            .partition(|number| GUARDED.contains(number));
        document.com = file(&mut reader, FileId::Com, progress)?;
        for number in open {
            read_group(&mut reader, &mut document, number, progress)?;
        }
        let dg14 = document.data_group(CHIP_AUTHENTICATION).bytes();
        if let Some(dg15) = document.data_group(ACTIVE_AUTHENTICATION).bytes() {
            (document.chip_proofs.active_authentication, signed_challenge) =
                chip_proofs::active_authentication(&mut reader, dg14, dg15)?;
        }
        if let Some(credentials) = credentials {
            document.terminal_rights = if guarded.is_empty() {
                TerminalRights::NotAttempted("EF.SOD lists neither fingers nor irises".to_owned())
            } else {
                rights::prove(&mut reader, credentials)?
            };
            notes.extend(rights::note(&document.terminal_rights));
        }
        for number in guarded {
            read_group(&mut reader, &mut document, number, progress)?;
        }
        let wire = reader.wire();
        Ok(Self {
            document,
            access: opened,
            wire,
            notes,
            signed_challenge,
        })
    }
}

/// A card that its issuer took out of service, or ended, has nothing to say: no password is at fault.
fn in_service(reader: &mut Reader) -> Result<(), ReadCardError> {
    match reader.life_cycle()? {
        LifeCycle::Deactivated => Err(ReadCardError::Deactivated),
        LifeCycle::Terminated => Err(ReadCardError::Terminated),
        LifeCycle::Initialisation
        | LifeCycle::Personalisation
        | LifeCycle::Activated
        | LifeCycle::Unknown => Ok(()),
    }
}

/// Whether EF.CardAccess says that the chip judges terminals: such a chip is told in PACE which rights are meant, and names its
/// trust points. Another is not sent what it may not know; its EF.CVCA names them.
fn judges_terminals(card_access: Option<&[u8]>) -> bool {
    card_access
        .and_then(|bytes| PaceOffer::parse(bytes).ok())
        .is_some_and(|offer| offer.offers_terminal_authentication)
}

/// Reads DG14 and runs Chip Authentication, unless PACE proved the key already. A chip that breaks off is opened again: what it has
/// to say is read all the same.
fn prove_chip(
    reader: &mut Reader,
    document: &mut ReadDocument,
    password: &Password,
    notes: &mut Vec<String>,
    progress: &mut Report<'_>,
) -> Result<(), ReadCardError> {
    read_group(reader, document, CHIP_AUTHENTICATION, progress)?;
    if matches!(document.chip_proofs.pace_cam, ChipProof::Held { .. }) {
        return Ok(());
    }
    let Some(dg14) = document.data_group(CHIP_AUTHENTICATION).bytes() else {
        return Ok(());
    };
    let (proof, session_is_over) = chip_proofs::chip_authentication(reader, dg14)?;
    document.chip_proofs.chip_authentication = proof;
    if session_is_over {
        notes.push("the chip ended the session in Chip Authentication and was opened again".into());
        reader.reset()?;
        reader.open(password)?;
        reader.select_application()?;
    }
    Ok(())
}

fn read_group(
    reader: &mut Reader,
    document: &mut ReadDocument,
    number: u8,
    progress: &mut Report<'_>,
) -> Result<(), ReadCardError> {
    if let Some(group) = DataGroup::from_number(number) {
        let content = file(reader, FileId::DataGroup(group), progress)?;
        document.data_groups.insert(number, content);
    }
    Ok(())
}

fn file(reader: &mut Reader, file: FileId, progress: &mut Report<'_>) -> Result<Read, ReadCardError> {
    let name = file.to_string();
    let bytes = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    match reader.read(file, &mut |done, total| {
        progress(&name, bytes(done), bytes(total))
    }) {
        Ok(content) => Ok(Read::Bytes(content)),
        Err(ReadError::NotAllowed { .. }) => Ok(Read::AccessDenied),
        Err(ReadError::NotFound { .. }) => Ok(Read::NotSupplied),
        Err(source) => Err(ReadCardError::File { file: name, source }),
    }
}
