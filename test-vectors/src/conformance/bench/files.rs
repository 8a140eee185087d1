//! The files of the eMRTD application, as data (ICAO Doc 9303-10 §4.7).

use super::Bench;
use crate::conformance::statement::Need;

/// An elementary file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name in a report.
    pub name: &'static str,
    /// Its file identifier.
    pub fid: u16,
    /// Its short file identifier.
    pub sfi: u8,
    /// The first byte of its content.
    pub tag: u8,
}

const fn file(name: &'static str, fid: u16, sfi: u8, tag: u8) -> File {
    File { name, fid, sfi, tag }
}

/// EF.COM.
pub const EF_COM: File = file("EF.COM", 0x011E, 0x1E, 0x60);
/// EF.SOD.
pub const EF_SOD: File = file("EF.SOD", 0x011D, 0x1D, 0x77);
/// EF.DG3.
pub const EF_DG3: File = file("EF.DG3", 0x0103, 0x03, 0x63);
/// EF.DG4.
pub const EF_DG4: File = file("EF.DG4", 0x0104, 0x04, 0x76);
/// EF.DG14.
pub const EF_DG14: File = file("EF.DG14", 0x010E, 0x0E, 0x6E);
/// EF.DG15.
pub const EF_DG15: File = file("EF.DG15", 0x010F, 0x0F, 0x6F);
/// EF.CardAccess, in the master file.
pub const EF_CARD_ACCESS: File = file("EF.CardAccess", 0x011C, 0x1C, 0x31);
/// EF.ATR/INFO, in the master file: with the data objects that it has, it begins with any of them.
pub const EF_ATR_INFO: File = file("EF.ATR/INFO", 0x2F01, 0x01, 0x00);
/// EF.DIR, in the master file.
pub const EF_DIR: File = file("EF.DIR", 0x2F00, 0x1E, 0x61);
/// EF.CardSecurity, in the master file.
pub const EF_CARD_SECURITY: File = file("EF.CardSecurity", 0x011D, 0x1D, 0x30);

/// EF.COM, EF.SOD and the sixteen data groups, in the order in which the suites go through them.
pub const LDS_FILES: [File; 18] = [
    EF_COM,
    EF_SOD,
    file("EF.DG1", 0x0101, 0x01, 0x61),
    file("EF.DG2", 0x0102, 0x02, 0x75),
    EF_DG3,
    EF_DG4,
    file("EF.DG5", 0x0105, 0x05, 0x65),
    file("EF.DG6", 0x0106, 0x06, 0x66),
    file("EF.DG7", 0x0107, 0x07, 0x67),
    file("EF.DG8", 0x0108, 0x08, 0x68),
    file("EF.DG9", 0x0109, 0x09, 0x69),
    file("EF.DG10", 0x010A, 0x0A, 0x6A),
    file("EF.DG11", 0x010B, 0x0B, 0x6B),
    file("EF.DG12", 0x010C, 0x0C, 0x6C),
    file("EF.DG13", 0x010D, 0x0D, 0x6D),
    EF_DG14,
    EF_DG15,
    file("EF.DG16", 0x0110, 0x10, 0x70),
];

impl Bench<'_> {
    /// Whether only an authenticated terminal may read this file (9303-11 §7.2): fingers and irises of a card that has Terminal
    /// Authentication.
    pub fn is_behind_terminal_authentication(&self, file: &File) -> bool {
        [EF_DG3, EF_DG4].contains(file) && self.statement.has(Need::TerminalAuthentication)
    }
}
