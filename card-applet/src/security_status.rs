//! What the other side has proved in this session. Evidence can be made only by the protocol that earned it, and is
//! cleared by one function.

use crate::auth::bac::BacEvidence;
use crate::auth::chip::ChipAuthEvidence;
use crate::auth::pace::PaceEvidence;
use crate::auth::password::PasswordId;
use crate::auth::terminal::TerminalEvidence;
use crate::auth::terminal::certificate::ImportedKey;
use crate::wire::cvc::InspectionRights;

/// How the session was opened.
#[derive(Debug)]
pub(crate) enum AccessEvidence {
    /// By BAC: the other side knows the MRZ.
    Bac(BacEvidence),
    /// By PACE, with the password in the evidence.
    Pace(PaceEvidence),
}

/// The evidence of one session.
#[derive(Debug, Default)]
pub(crate) struct SecurityStatus {
    access: Option<AccessEvidence>,
    chip: Option<ChipAuthEvidence>,
    terminal: Option<TerminalEvidence>,
    /// No evidence, but what the way to it has led to: it goes when the session goes.
    imported_key: Option<ImportedKey>,
}

impl SecurityStatus {
    /// A session was opened, by a protocol in which the chip may have authenticated itself too.
    pub(crate) fn opened_by(&mut self, evidence: AccessEvidence, chip: Option<ChipAuthEvidence>) {
        self.access = Some(evidence);
        self.chip = chip;
    }

    /// The session is over; nothing is proved any more.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The chip proved itself by Chip Authentication.
    pub(crate) fn chip_authenticated(&mut self, evidence: ChipAuthEvidence) {
        self.chip = Some(evidence);
    }

    /// Whether the chip proved itself, by Chip Authentication or by PACE-CAM.
    pub(crate) fn is_chip_authenticated(&self) -> bool {
        self.terminal_key().is_some()
    }

    /// The terminal proved its rights.
    pub(crate) fn terminal_authenticated(&mut self, evidence: TerminalEvidence) {
        self.imported_key = None;
        self.terminal = Some(evidence);
    }

    /// A certificate of the terminal's chain was verified; its key takes the place of the one before.
    pub(crate) fn import_key(&mut self, key: ImportedKey) {
        self.imported_key = Some(key);
    }

    /// The key of the last certificate that was verified.
    pub(crate) const fn imported_key(&self) -> Option<&ImportedKey> {
        self.imported_key.as_ref()
    }

    /// What the terminal proved to be its rights.
    pub(crate) fn terminal_rights(&self) -> Option<InspectionRights> {
        self.terminal.as_ref().map(TerminalEvidence::rights)
    }

    /// Comp of the newest ephemeral key of the terminal that the chip authenticated itself with: that of Chip
    /// Authentication, or else of PACE-CAM.
    pub(crate) fn terminal_key(&self) -> Option<&[u8]> {
        self.chip.as_ref().map(ChipAuthEvidence::terminal_key)
    }

    /// ID_IC of a chip that PACE opened: Comp of its ephemeral key.
    pub(crate) fn id_ic(&self) -> Option<&[u8]> {
        match &self.access {
            Some(AccessEvidence::Pace(evidence)) => Some(evidence.id_ic()),
            _ => None,
        }
    }

    /// Whether the document's data are open: to who has the document in hand, by BAC or by PACE with MRZ or CAN. PIN and
    /// PUK prove the holder, for whom the PIN is administered, and open no data of the document.
    pub(crate) const fn is_opened(&self) -> bool {
        matches!(self.access, Some(AccessEvidence::Bac(_))) || self.is_opened_by_pace()
    }

    /// Whether PACE opened them.
    pub(crate) const fn is_opened_by_pace(&self) -> bool {
        matches!(self.password(), Some(PasswordId::Mrz | PasswordId::Can))
    }

    /// The password with which PACE opened the session.
    pub(crate) const fn password(&self) -> Option<PasswordId> {
        match &self.access {
            Some(AccessEvidence::Pace(evidence)) => Some(evidence.password()),
            _ => None,
        }
    }
}
