//! Files in which one thing is another: every data object, and every byte of the short ones, in every way.

use test_vectors::faulty_chip::{Setup, object};
use test_vectors::naive::objects_exactly;

/// What is done to a data object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Its tag is another.
    Tag,
    /// It is not there.
    Gone,
    /// It is there twice.
    Twice,
    /// Its length says one byte more than there is.
    Longer,
    /// Its length is not the shortest form.
    LongForm,
    /// It ends a byte early.
    Cut,
    /// A byte of its value is the next higher one.
    Byte(usize),
    /// A byte of its value is this one.
    Put(usize, u8),
}

impl Change {
    fn words(self) -> String {
        match self {
            Change::Tag => "has another tag".into(),
            Change::Gone => "is gone".into(),
            Change::Twice => "is there twice".into(),
            Change::Longer => "is said to be longer".into(),
            Change::LongForm => "has a length in a long form".into(),
            Change::Cut => "is a byte shorter".into(),
            Change::Byte(at) => format!("has another byte {at}"),
            Change::Put(at, byte) => format!("has byte {at} {byte:02X}"),
        }
    }
}

/// Where files lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folder {
    MasterFile,
    Application,
}

/// A file with one change.
#[derive(Clone, Debug)]
pub struct Alteration {
    card: &'static str,
    folder: Folder,
    fid: u16,
    /// Positions from the outermost object to the one that is changed.
    path: Vec<usize>,
    /// Their tags.
    tags: Vec<u32>,
    change: Change,
}

/// Units of the suite by the file whose content they are about; the suite's name is before the unit's.
const UNITS: [(&str, Folder, u16); 18] = [
    ("icao-3/LDS_A_", Folder::Application, 0x011E),
    ("icao-3/LDS_B_", Folder::Application, 0x0101),
    ("icao-3/LDS_C_", Folder::Application, 0x0102),
    ("icao-3/LDS_D_", Folder::Application, 0x011D),
    ("icao-3/LDS_E_", Folder::Application, 0x010E),
    ("icao-3/LDS_G_", Folder::Application, 0x0103),
    ("icao-3/LDS_H_", Folder::Application, 0x0104),
    ("icao-3/LDS_I_", Folder::MasterFile, 0x011C),
    ("icao-3/LDS_J_", Folder::Application, 0x010F),
    ("icao-3/LDS_K_", Folder::MasterFile, 0x011D),
    ("icao-3/LDS_N_", Folder::Application, 0x010B),
    ("icao-3/LDS_O_", Folder::Application, 0x010C),
    ("bsi-3.2/LDS_E_", Folder::Application, 0x010E),
    ("bsi-3.2/LDS_F_", Folder::Application, 0x011C),
    ("bsi-3.2/LDS_G_", Folder::Application, 0x0103),
    ("bsi-3.2/LDS_H_", Folder::Application, 0x0104),
    ("bsi-3.2/LDS_L_", Folder::MasterFile, 0x2F01),
    ("icao-3/LDS_M_", Folder::Application, 0x010D),
];

/// The file whose content a case is about.
pub fn file_of(case: &str) -> Option<(Folder, u16)> {
    // It asks whether the file is there.
    if case == "bsi-3.2/LDS_L_5" {
        return None;
    }
    let unit = UNITS.iter().find(|(unit, _, _)| case.starts_with(unit))?;
    Some((unit.1, unit.2))
}

impl Alteration {
    pub fn card(&self) -> &'static str {
        self.card
    }

    /// Whether a case is about the file.
    pub fn concerns(&self, case: &str) -> bool {
        file_of(case) == Some((self.folder, self.fid))
    }

    /// Card, file, place, how.
    pub fn name(&self) -> String {
        let folder = if self.folder == Folder::MasterFile {
            "MF"
        } else {
            "DF"
        };
        let steps = self.path.iter().zip(&self.tags);
        let place: Vec<String> = steps.map(|(at, tag)| format!("{tag:02X}.{at}")).collect();
        format!(
            "{} {folder}/{:04X} {} {}",
            self.card,
            self.fid,
            place.join("/"),
            self.change.words()
        )
    }

    /// The card with the altered file.
    pub fn of(&self, mut setup: Setup) -> Setup {
        let files = match self.folder {
            Folder::MasterFile => &mut setup.master_file,
            Folder::Application => &mut setup.application,
        };
        if let Some(file) = files.get_mut(&self.fid) {
            *file = changed(file, &self.path, self.change);
        }
        setup
    }

    /// Every alteration of a file of a card.
    pub fn all(card: &'static str, setup: &Setup, folder: Folder, fid: u16) -> Vec<Alteration> {
        let files = match folder {
            Folder::MasterFile => &setup.master_file,
            Folder::Application => &setup.application,
        };
        let mut found = Vec::new();
        let content = files.get(&fid).map(Vec::as_slice).unwrap_or_default();
        let mut place = Place {
            card,
            folder,
            fid,
            path: Vec::new(),
            tags: Vec::new(),
        };
        place.walk(content, &mut found);
        found
    }
}

struct Place {
    card: &'static str,
    folder: Folder,
    fid: u16,
    path: Vec<usize>,
    tags: Vec<u32>,
}

impl Place {
    fn walk(&mut self, content: &[u8], found: &mut Vec<Alteration>) {
        for (at, (tag, value)) in inside(content).into_iter().enumerate() {
            self.path.push(at);
            self.tags.push(tag);
            let mut changes = vec![
                Change::Tag,
                Change::Gone,
                Change::Longer,
                Change::Cut,
                Change::Twice,
                Change::LongForm,
            ];
            if !is_constructed(tag, value) {
                let bytes = (0..value.len().min(100)).chain((value.len() > 100).then(|| value.len() - 1));
                for at in bytes {
                    changes.extend([
                        Change::Byte(at),
                        Change::Put(at, 0x00),
                        Change::Put(at, b'<'),
                        Change::Put(at, 0xFF),
                    ]);
                }
            }
            found.extend(changes.into_iter().map(|change| Alteration {
                card: self.card,
                folder: self.folder,
                fid: self.fid,
                path: self.path.clone(),
                tags: self.tags.clone(),
                change,
            }));
            if is_constructed(tag, value) {
                self.walk(value, found);
            }
            self.path.pop();
            self.tags.pop();
        }
    }
}

/// The objects, up to padding.
fn inside(content: &[u8]) -> Vec<(u32, &[u8])> {
    objects_exactly(content).unwrap_or_else(|| test_vectors::naive::objects(content))
}

/// Whether there are objects inside: by the tag, or an octet string that is one whole structure.
fn is_constructed(tag: u32, value: &[u8]) -> bool {
    let leading = tag
        .to_be_bytes()
        .into_iter()
        .find(|byte| *byte != 0)
        .unwrap_or_default();
    let has_structure = || {
        let found = objects_exactly(value);
        found.is_some_and(|found| matches!(found.as_slice(), [(0x30 | 0x31 | 0x02 | 0x03, _)]))
    };
    leading & 0x20 != 0 || (matches!(tag, 0x04) && has_structure())
}

fn changed(content: &[u8], path: &[usize], change: Change) -> Vec<u8> {
    let Some((first, rest)) = path.split_first() else {
        return content.to_vec();
    };
    let objects = inside(content);
    let mut out = Vec::new();
    for (at, (tag, value)) in objects.iter().enumerate() {
        let whole = object(*tag, value);
        if at != *first {
            out.extend(whole);
        } else if rest.is_empty() {
            out.extend(changed_object(*tag, value, whole, change));
        } else {
            out.extend(object(*tag, &changed(value, rest, change)));
        }
    }
    let read: usize = objects.iter().map(|(tag, value)| object(*tag, value).len()).sum();
    out.extend_from_slice(content.get(read..).unwrap_or_default());
    out
}

fn changed_object(tag: u32, value: &[u8], whole: Vec<u8>, change: Change) -> Vec<u8> {
    let tag_len = whole.len() - object(0x04, value).len() + 1;
    match change {
        Change::Tag => object(tag ^ 0x01, value),
        Change::Gone => Vec::new(),
        Change::Twice => [whole.clone(), whole].concat(),
        Change::Longer => {
            let mut longer = whole;
            let length = longer.len() - value.len() - 1;
            longer[length] = longer[length].wrapping_add(1);
            longer
        }
        Change::LongForm => {
            let length = [
                0x83,
                (value.len() >> 16) as u8,
                (value.len() >> 8) as u8,
                value.len() as u8,
            ];
            [&whole[..tag_len], &length, value].concat()
        }
        Change::Cut => object(tag, &value[..value.len().saturating_sub(1)]),
        Change::Byte(at) => {
            let mut value = value.to_vec();
            value[at] = value[at].wrapping_add(1);
            object(tag, &value)
        }
        Change::Put(at, byte) => {
            let mut value = value.to_vec();
            value[at] = byte;
            object(tag, &value)
        }
    }
}
