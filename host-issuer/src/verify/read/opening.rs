//! Opening a card, and what is to be asked of it outside the application.

use card_applet::wire::oid;
use card_applet::wire::security_info::{Mapping, security_infos};
use card_applet::wire::status::StatusWord;

use super::super::attended::Reader;
use super::super::error::ReadCardError;
use super::super::{access, chip_proofs};
use super::Visit;
use crate::inspect::{ChipProofs, Read};
use crate::quirk::{ObservedQuirk, Quirk};
use crate::terminal::card_access::PaceOffer;
use crate::terminal::card_file::FileId;
use crate::terminal::channel::SecureMessagingError;
use crate::terminal::life_cycle::LifeCycle;
use crate::terminal::link::LinkError;
use crate::terminal::reader::{AccessProtocol, AccessReport};

impl Visit<'_> {
    /// Opens the chip; one that was begun before has to be the same, as far as it says before it is opened.
    pub(super) fn open(&mut self, reader: &mut Reader<'_>) -> Result<AccessReport, ReadCardError> {
        if self.again {
            reader.reset()?;
        }
        if !self.seen {
            reader.learn_lengths()?;
        }
        let card_access = reader.read_card_access()?;
        if self.seen && self.document.card_access.bytes() != card_access.as_deref() {
            return Err(ReadCardError::AnotherCard("its EF.CardAccess differs"));
        }
        self.seen = true;
        self.document.card_access = card_access.map_or(Read::NotSupplied, Read::Bytes);
        let card_access = self.document.card_access.bytes();
        if card_access.is_none() {
            in_service(reader)?;
            ObservedQuirk::new(Quirk::CardAccessMissing, "").note(&mut self.document.quirks);
        }
        if let Some(credentials) = self.credentials.filter(|_| judges_terminals(card_access)) {
            reader.announce(credentials.authorization());
        }
        self.watch.opening(true);
        let opened = reader.open_with(card_access, self.password);
        self.watch.opening(false);
        let opened = opened.map_err(|error| match error {
            error if self.opened && error.is_wrong_password() => {
                ReadCardError::AnotherCard("the same number does not open it")
            }
            error => error.into(),
        })?;
        self.opened = true;
        self.document.access = access::facts(card_access, &opened, reader.pace_failed());
        match opened.protocol {
            AccessProtocol::Bac => self.note("the card offers no PACE: opened with Basic Access Control, which a listener can break offline".into()),
            AccessProtocol::Plain => self.note("the card has no access control: whoever comes near can read it".into()),
            AccessProtocol::Pace { .. } => {}
        }
        self.document.chip_proofs = ChipProofs::default();
        let mapping = reader.chip_authentication_mapping().is_some();
        if (mapping || self.calls_for_card_security(&opened)) && !self.no_card_security {
            // In the master file, so before the application is selected.
            match self.file(reader, FileId::CardSecurity) {
                // Without the mapping nothing that was read so far rests on it.
                Ok(Read::AccessDenied) if !mapping => self.no_card_security = true,
                Ok(content) => self.document.card_security = content,
                Err(error) => {
                    let Some(status) = refused_for_good(&error).filter(|_| !mapping) else {
                        return Err(error);
                    };
                    let detail = format!("EF.CardSecurity, {:04X}", status.0);
                    ObservedQuirk::new(Quirk::RefusalEndsSession, detail).note(&mut self.document.quirks);
                    (self.no_card_security, self.again) = (true, true);
                    return self.open(reader);
                }
            }
        }
        let card_security = self.document.card_security.bytes();
        self.document.chip_proofs.pace_cam = chip_proofs::pace_cam(reader, card_security);
        Ok(opened)
    }

    /// Whether there should be an EF.CardSecurity to hold against the others, on a chip that did not need it to prove its key. Doc
    /// 9303-10 §3.11.4 asks for the file where a chip has PACE-CAM, or Chip Authentication in the master file; EF.CardAccess is where
    /// such a chip says so. (A TerminalAuthenticationInfo there tells nothing: chips that judge terminals in the application alone have
    /// it, too, so that a CHAT in PACE is answered.) Any other chip is not asked: the file takes commands and proves nothing more.
    fn calls_for_card_security(&self, opened: &AccessReport) -> bool {
        let announced = self.document.card_access.bytes();
        let infos = announced.and_then(|set| security_infos(set).ok());
        let is_announced = infos.into_iter().flatten().flatten().any(|info| {
            let pace = info.as_pace_info().map(|info| info.protocol.mapping);
            pace == Some(Mapping::EcdhChipAuthentication)
                || info.protocol.starts_with(&oid::CHIP_AUTHENTICATION)
        });
        // It is readable after PACE only.
        is_announced && matches!(opened.protocol, AccessProtocol::Pace { .. })
    }

    /// Asks a chip that was opened by PACE whether it begins Basic Access Control as well. It has told all by then, and the session is
    /// over afterwards. A card that is gone is not asked.
    pub(super) fn ask_for_bac(&mut self, reader: &mut Reader<'_>, opened: &AccessReport) {
        if !matches!(opened.protocol, AccessProtocol::Pace { .. }) {
            return;
        }
        match reader.begins_bac() {
            Ok(answer) => self.document.access.bac_beside_pace = Some(answer),
            Err(error) => self.note(format!(
                "whether it has Basic Access Control could not be asked: {error}"
            )),
        }
    }
}

/// The status word of a refusal by which the chip ended the session. One about lengths is none: the file is asked for again, in
/// smaller pieces.
fn refused_for_good(error: &ReadCardError) -> Option<StatusWord> {
    match error.link() {
        Some(LinkError::SecureMessaging(SecureMessagingError::EndedByChip { status })) => {
            matches!(status.sw1(), 0x69 | 0x6A | 0x6D | 0x6E).then_some(*status)
        }
        _ => None,
    }
}

/// A card that its issuer took out of service, or ended, has nothing to say: no password is at fault.
fn in_service(reader: &mut Reader<'_>) -> Result<(), ReadCardError> {
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
