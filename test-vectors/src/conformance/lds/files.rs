//! The files that the cases look at.

use std::collections::BTreeMap;

use crate::conformance::verdict::{Finding, Played};

/// A file of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum File {
    /// EF.COM (9303-10 §4.6.1).
    Com,
    /// EF.SOD (9303-10 §4.6.2).
    Sod,
    /// A data group: 1 to 16.
    DataGroup(u8),
    /// EF.CardAccess of the master file (9303-10 §3.11.3).
    CardAccess,
    /// EF.CardSecurity of the master file (9303-10 §3.11.4).
    CardSecurity,
    /// EF.ATR/INFO of the master file (9303-10 §3.11.1), with whatever fills it up.
    AtrInfo,
    /// EF.CVCA of the application (TR-03110-3 §A.3.2), with whatever fills it up.
    Cvca,
}

impl File {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        const DATA_GROUPS: [&str; 17] = [
            "no data group",
            "DG1",
            "DG2",
            "DG3",
            "DG4",
            "DG5",
            "DG6",
            "DG7",
            "DG8",
            "DG9",
            "DG10",
            "DG11",
            "DG12",
            "DG13",
            "DG14",
            "DG15",
            "DG16",
        ];
        match self {
            File::Com => "EF.COM",
            File::Sod => "EF.SOD",
            File::DataGroup(number) => DATA_GROUPS
                .get(usize::from(number))
                .copied()
                .unwrap_or(DATA_GROUPS[0]),
            File::CardAccess => "EF.CardAccess",
            File::CardSecurity => "EF.CardSecurity",
            File::AtrInfo => "EF.ATR/INFO",
            File::Cvca => "EF.CVCA",
        }
    }

    /// Its identifier.
    pub fn fid(self) -> u16 {
        match self {
            File::Com => 0x011E,
            File::Sod | File::CardSecurity => 0x011D,
            File::DataGroup(number) => 0x0100 | u16::from(number),
            File::CardAccess | File::Cvca => 0x011C,
            File::AtrInfo => 0x2F01,
        }
    }
}

/// Files as they were read.
#[derive(Clone, Debug, Default)]
pub struct Files {
    content: BTreeMap<File, Vec<u8>>,
    printed_mrz: Option<String>,
}

impl Files {
    /// No files yet, and the printed machine readable zone if it is known: its lines one behind the other, white space does not matter.
    pub fn new(printed_mrz: Option<String>) -> Self {
        Files {
            content: BTreeMap::new(),
            printed_mrz,
        }
    }

    /// Adds a file, or puts it in the place of the one that is there.
    pub fn put(&mut self, file: File, content: Vec<u8>) {
        self.content.insert(file, content);
    }

    /// A file's content.
    ///
    /// # Errors
    /// [`Finding::NotApplicable`] when it was not read.
    pub fn get(&self, file: File) -> Played<&[u8]> {
        let content = self.content.get(&file).map(Vec::as_slice);
        content.ok_or_else(|| Finding::NotApplicable(format!("{} was not read", file.name())))
    }

    /// The data groups that were read, with their numbers.
    pub fn data_groups(&self) -> impl Iterator<Item = (u8, &[u8])> {
        self.content.iter().filter_map(|(file, content)| match file {
            File::DataGroup(number) => Some((*number, content.as_slice())),
            _ => None,
        })
    }

    /// The printed machine readable zone.
    ///
    /// # Errors
    /// [`Finding::NotApplicable`] when it is not known.
    pub fn printed_mrz(&self) -> Played<&str> {
        let printed = self.printed_mrz.as_deref();
        printed.ok_or_else(|| Finding::NotApplicable("the printed MRZ is not known".into()))
    }
}
