//! Applications beside the eMRTD: their files, their rules and the number of their key set.

use core::fmt;

use card_applet::wire::access::SecurityAttribute;

/// An application beside the eMRTD, as a profile makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UtilityApplication {
    /// Its name on the card, in EF.DIR, and on the command line: 1 to 16 lower-case letters, digits and hyphens.
    pub name: String,
    /// Application identifier, 5 to 16 bytes (ISO/IEC 7816-5).
    pub aid: Vec<u8>,
    /// Identifier of its dedicated file.
    pub fid: u16,
    /// Key version number of its own SCP03 key set; `None` when none of its files is ever updated.
    pub key_version: Option<u8>,
    /// Its files, in the order in which they are created.
    pub files: Vec<UtilityFile>,
}

/// A transparent EF of such an application.
#[derive(Clone, PartialEq, Eq)]
pub struct UtilityFile {
    /// File identifier.
    pub fid: u16,
    /// Short file identifier, if it has one.
    pub sfi: Option<u8>,
    /// Who may read and who may update it once the card is operational.
    pub attribute: SecurityAttribute,
    /// What it holds when the card is issued; the file is exactly as long.
    pub content: Vec<u8>,
}

impl UtilityApplication {
    /// What progress and errors call one of its files.
    #[must_use]
    pub fn file_name(&self, file: &UtilityFile) -> String {
        format!("EF {:04X} of {}", file.fid, self.name)
    }

    /// The bytes of all its files.
    #[must_use]
    pub fn content_len(&self) -> usize {
        self.files.iter().map(|file| file.content.len()).sum()
    }
}

impl fmt::Debug for UtilityFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "EF {:04X} ({} bytes, {:?})",
            self.fid,
            self.content.len(),
            self.attribute
        )
    }
}
