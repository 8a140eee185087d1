//! Which file of the card is meant, and how its length is found.

use std::fmt;

use card_applet::wire::lds::{DataGroup, fid, sfi};

/// The longest file that is read, in bytes: twice what the largest file of a 2026 chip holds.
pub const MAX_FILE_LEN: usize = 0x2_0000;

/// Where a file lives (ICAO Doc 9303-10 §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Directory {
    /// The master file: EF.CardAccess and its neighbours.
    MasterFile,
    /// The eMRTD application A0000002471001.
    Emrtd,
    /// Another application.
    Application(ApplicationId),
}

/// Application identifier of an application beside the eMRTD (ISO/IEC 7816-5).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApplicationId {
    bytes: [u8; 16],
    len: u8,
}

impl ApplicationId {
    /// Takes 1 to 16 bytes; `None` for any other number.
    pub fn new(aid: &[u8]) -> Option<Self> {
        let mut bytes = [0; 16];
        bytes.get_mut(..aid.len())?.copy_from_slice(aid);
        let len = u8::try_from(aid.len()).ok().filter(|len| *len > 0)?;
        Some(Self { bytes, len })
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

impl fmt::Debug for ApplicationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes()
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

/// How far a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// One data object: its own length field says how many bytes, whatever the file's size.
    OneObject,
    /// A sequence of data objects: up to the end of the file.
    ToEnd,
    /// This many bytes, for a file whose content is known beforehand.
    Exactly(usize),
}

/// A transparent EF on the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileLocation {
    /// The DF that holds it.
    pub directory: Directory,
    /// File identifier.
    pub fid: u16,
    /// Short file identifier, 1 to 30, where the file has one.
    pub sfi: Option<u8>,
}

/// A file that ICAO Doc 9303-10 defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileId {
    /// EF.CardAccess (MF): SecurityInfos that are needed before any session.
    CardAccess,
    /// EF.CardSecurity (MF): the same, signed.
    CardSecurity,
    /// EF.ATR/INFO (MF): buffer sizes.
    AtrInfo,
    /// EF.DIR (MF): the applications.
    Dir,
    /// EF.COM: version and list of data groups, unsigned.
    Com,
    /// EF.SOD: the signed digests.
    Sod,
    /// EF.CVCA: the trust points' names for Terminal Authentication.
    Cvca,
    /// DG1 to DG16.
    DataGroup(DataGroup),
}

impl FileId {
    /// Where the file lives.
    pub fn location(self) -> FileLocation {
        let (directory, fid, sfi) = match self {
            FileId::CardAccess => (Directory::MasterFile, fid::CARD_ACCESS, sfi::CARD_ACCESS),
            FileId::CardSecurity => (Directory::MasterFile, fid::CARD_SECURITY, sfi::CARD_SECURITY),
            FileId::AtrInfo => (Directory::MasterFile, fid::ATR_INFO, sfi::ATR_INFO),
            FileId::Dir => (Directory::MasterFile, fid::DIR, sfi::DIR),
            FileId::Com => (Directory::Emrtd, fid::COM, sfi::COM),
            FileId::Sod => (Directory::Emrtd, fid::SOD, sfi::SOD),
            FileId::Cvca => (Directory::Emrtd, fid::CVCA, sfi::CVCA),
            FileId::DataGroup(group) => (Directory::Emrtd, group.fid(), group.sfi()),
        };
        FileLocation {
            directory,
            fid,
            sfi: Some(sfi),
        }
    }

    /// The longest such file that is read, in bytes: several times what the standards put into it, and little enough that a
    /// chip which announces more is found out by its first answer.
    pub fn max_len(self) -> usize {
        const KIB: usize = 1024;
        match self {
            FileId::AtrInfo | FileId::Com | FileId::Cvca => KIB,
            FileId::CardAccess | FileId::Dir => 8 * KIB,
            FileId::CardSecurity | FileId::Sod => 64 * KIB,
            FileId::DataGroup(group) => match group.number() {
                // One machine readable zone; names and addresses; keys.
                1 => KIB,
                11 | 12 | 14 | 15 | 16 => 32 * KIB,
                // Images, and what issuers define.
                _ => MAX_FILE_LEN,
            },
        }
    }

    /// How the file's length is found.
    pub fn extent(self) -> Extent {
        match self {
            // Objects one after the other, without one that spans them (9303-10 §3.11.1; 9303-11 §7.1.5 for EF.CVCA,
            // which is padded with zeros to its size).
            FileId::AtrInfo | FileId::Dir | FileId::Cvca => Extent::ToEnd,
            _ => Extent::OneObject,
        }
    }
}

impl fmt::Display for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            FileId::CardAccess => "EF.CardAccess",
            FileId::CardSecurity => "EF.CardSecurity",
            FileId::AtrInfo => "EF.ATR/INFO",
            FileId::Dir => "EF.DIR",
            FileId::Com => "EF.COM",
            FileId::Sod => "EF.SOD",
            FileId::Cvca => "EF.CVCA",
            FileId::DataGroup(group) => return group.fmt(f),
        };
        f.write_str(name)
    }
}
