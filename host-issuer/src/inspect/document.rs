//! What a reader brought back from a chip, before anything is believed.

use std::collections::BTreeMap;

use super::access::Access;
use super::clone_proof::ChipProofs;
use super::printed::Printed;
use super::terminal_rights::TerminalRights;
use crate::quirk::ObservedQuirk;

/// One file of the chip.
#[derive(Clone, PartialEq, Eq)]
pub enum Read {
    /// Its bytes, as read.
    Bytes(Vec<u8>),
    /// It was not asked for, or not there.
    NotSupplied,
    /// The chip refused: the terminal has no right to it.
    AccessDenied,
}

impl Read {
    /// The bytes, where there are any.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::NotSupplied | Self::AccessDenied => None,
        }
    }
}

/// Prints lengths, never contents: these are personal data.
impl std::fmt::Debug for Read {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(formatter, "Bytes({})", bytes.len()),
            Self::NotSupplied => formatter.write_str("NotSupplied"),
            Self::AccessDenied => formatter.write_str("AccessDenied"),
        }
    }
}

/// The files of a document. Every byte is untrusted.
#[derive(Debug, Clone)]
pub struct ReadDocument {
    /// EF.CardAccess, read in clear before PACE; `NotSupplied` for a document with BAC only.
    pub card_access: Read,
    /// EF.CardSecurity, which PACE-CAM needs.
    pub card_security: Read,
    /// EF.COM
    pub com: Read,
    /// EF.SOD
    pub sod: Read,
    /// Data groups by number, 1 to 16. A group that is not in the map was not supplied.
    pub data_groups: BTreeMap<u8, Read>,
    /// What the chip proved of its own keys.
    pub chip_proofs: ChipProofs,
    /// What the chip granted this terminal.
    pub terminal_rights: TerminalRights,
    /// Where the card departed from the standards while it was read, and was read all the same.
    pub quirks: Vec<ObservedQuirk>,
    /// How the chip was opened.
    pub access: Access,
    /// What a person or a camera read from the card's surface.
    pub printed: Printed,
}

impl ReadDocument {
    /// A document of which nothing has been read yet.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            card_access: Read::NotSupplied,
            card_security: Read::NotSupplied,
            com: Read::NotSupplied,
            sod: Read::NotSupplied,
            data_groups: BTreeMap::new(),
            chip_proofs: ChipProofs::default(),
            terminal_rights: TerminalRights::default(),
            quirks: Vec::new(),
            access: Access::default(),
            printed: Printed::default(),
        }
    }

    /// The data group, `NotSupplied` where the map has none.
    #[must_use]
    pub fn data_group(&self, number: u8) -> &Read {
        self.data_groups.get(&number).unwrap_or(&Read::NotSupplied)
    }

    /// Every file that was read, by its name in Doc 9303-10 (`EF.SOD`, `DG1`).
    pub fn files(&self) -> impl Iterator<Item = (String, &[u8])> {
        self.numbered_files().map(|(_, name, bytes)| (name, bytes))
    }

    /// The same, data groups with their number.
    pub(super) fn numbered_files(&self) -> impl Iterator<Item = (Option<u8>, String, &[u8])> {
        let named = [
            ("EF.CardAccess", &self.card_access),
            ("EF.CardSecurity", &self.card_security),
            ("EF.COM", &self.com),
            ("EF.SOD", &self.sod),
        ];
        let named = named
            .into_iter()
            .map(|(name, read)| (None, name.to_owned(), read));
        let groups = self
            .data_groups
            .iter()
            .map(|(number, read)| (Some(*number), format!("DG{number}"), read));
        named
            .chain(groups)
            .filter_map(|(number, name, read)| read.bytes().map(|bytes| (number, name, bytes)))
    }
}

/// The data groups that EF.SOD says are there: what a reader asks the chip for. EF.COM is not
/// signed and is not asked. Nothing is verified here.
///
/// # Errors
/// When EF.SOD cannot be read at all; [`inspect`](super::inspect) then says why.
pub fn listed_data_groups(sod: &[u8]) -> Result<Vec<u8>, super::Asn1Error> {
    let signed_data = super::cms::SignedData::from_ef_sod(sod)?;
    let object = super::security_object::SecurityObject::parse(&signed_data.content)?;
    Ok(object.hashes.keys().copied().collect())
}
