//! The file table: found by identifier, short identifier, name or path; read from the journal at power-on.

use super::descriptor::{Aid, Descriptor, Kind, Parent, Transparent};
use super::entry::{Entry, EntryKind, Packed};
use crate::error::Error;
use crate::limits::{MAX_APPLICATIONS, MAX_FILES};
use crate::nvm::journal::{Journal, Transaction};
use crate::nvm::record::{MAX_VALUE, RecordKey};
use crate::nvm::{bodies, staging};
use crate::platform::Nvm;
use crate::wire::access::UpdateRule;
use crate::wire::lds::{AID_EMRTD, fid};
use heapless::Vec;

/// All files but the MF, in the order of their creation; the index names a file.
#[derive(Debug, Default)]
pub(crate) struct FileTree {
    files: Vec<Entry, MAX_FILES, u8>,
    names: Vec<Aid, MAX_APPLICATIONS, u8>,
}

/// What SELECT finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A dedicated file, or the MF.
    Dedicated(Parent),
    /// The EF with this index.
    Elementary(u8),
}

impl FileTree {
    /// Reads the table.
    ///
    /// # Errors
    /// [`Error::Memory`] when an entry cannot be read.
    pub(crate) fn load<N: Nvm>(journal: &Journal, nvm: &N) -> Result<Self, Error> {
        let mut tree = Self::default();
        for index in 0..MAX_FILES as u8 {
            let mut value = [0; MAX_VALUE];
            let Some(stored) = journal.get(nvm, RecordKey::file(index), &mut value)? else {
                break;
            };
            tree.push(&Descriptor::from_stored(stored)?)
                .map_err(|_| Error::Memory)?;
        }
        Ok(tree)
    }

    /// Takes a file into the table.
    fn push(&mut self, descriptor: &Descriptor) -> Result<(), Error> {
        let kind = match &descriptor.kind {
            Kind::Dedicated { aid } => {
                let name = u8::try_from(self.names.len()).map_err(|_| Error::NoRoom)?;
                self.names.push(aid.clone()).map_err(|_| Error::NoRoom)?;
                EntryKind::Dedicated(name)
            }
            Kind::Transparent(file) => EntryKind::Transparent(Packed::new(file).ok_or(Error::NoRoom)?),
        };
        let entry = Entry::new(descriptor.parent, descriptor.fid, kind);
        self.files.push(entry).map_err(|_| Error::NoRoom)
    }

    fn indexed(&self) -> impl Iterator<Item = (u8, &Entry)> {
        (0u8..).zip(&self.files)
    }

    fn entry(&self, index: u8) -> Option<&Entry> {
        self.files.get(usize::from(index))
    }

    /// The file with this index.
    pub(crate) fn get(&self, index: u8) -> Option<Descriptor> {
        let entry = self.entry(index)?;
        Some(Descriptor {
            parent: entry.parent(),
            fid: entry.fid,
            kind: match entry.transparent() {
                Some(file) => Kind::Transparent(file),
                None => Kind::Dedicated {
                    aid: self.name_of(entry)?.clone(),
                },
            },
        })
    }

    /// The EF with this index.
    pub(crate) fn elementary(&self, index: u8) -> Option<Transparent> {
        self.entry(index)?.transparent()
    }

    fn name_of(&self, entry: &Entry) -> Option<&Aid> {
        match entry.kind {
            EntryKind::Dedicated(name) => self.names.get(usize::from(name)),
            EntryKind::Transparent(_) => None,
        }
    }

    /// The name of the application with this index.
    pub(crate) fn name(&self, index: u8) -> Option<&[u8]> {
        Some(self.name_of(self.entry(index)?)?.as_slice())
    }

    /// The application whose identifier is, or begins with, `aid` (7816-4, 7.1.1: the first that matches).
    pub(crate) fn by_aid(&self, aid: &[u8]) -> Option<u8> {
        let matches = |entry: &Entry| {
            let name = self.name_of(entry);
            !aid.is_empty() && name.is_some_and(|name| name.starts_with(aid))
        };
        self.indexed()
            .find(|(_, entry)| matches(entry))
            .map(|(index, _)| index)
    }

    /// The file with this identifier directly under a dedicated file; the MF is found from anywhere.
    pub(crate) fn child(&self, parent: Parent, fid: u16) -> Option<Found> {
        if fid == fid::MF {
            return Some(Found::Dedicated(Parent::MasterFile));
        }
        let (index, entry) = self
            .indexed()
            .find(|(_, entry)| entry.parent() == parent && entry.fid == fid)?;
        Some(match entry.kind {
            EntryKind::Dedicated(_) => Found::Dedicated(Parent::Dedicated(index)),
            EntryKind::Transparent(_) => Found::Elementary(index),
        })
    }

    /// The dedicated file that a file is or is in.
    pub(crate) fn dedicated_of(&self, found: Found) -> Option<Parent> {
        match found {
            Found::Dedicated(dedicated) => Some(dedicated),
            Found::Elementary(index) => Some(self.entry(index)?.parent()),
        }
    }

    /// The index of this dedicated file, if it is one of an application beside the eMRTD.
    pub(crate) fn beside_emrtd(&self, dedicated: Parent) -> Option<u8> {
        match dedicated {
            Parent::Dedicated(index) if self.by_aid(&AID_EMRTD) != Some(index) => Some(index),
            _ => None,
        }
    }

    /// The dedicated file of every EF that can be updated in an operational card.
    pub(crate) fn updatable_applications(&self) -> impl Iterator<Item = u8> {
        self.files.iter().filter_map(|entry| match entry.transparent() {
            Some(file) if file.update != UpdateRule::Never => self.beside_emrtd(entry.parent()),
            _ => None,
        })
    }

    /// The file with this identifier in the eMRTD application.
    pub(crate) fn in_emrtd(&self, fid: u16) -> Option<Found> {
        self.child(Parent::Dedicated(self.by_aid(&AID_EMRTD)?), fid)
    }

    /// The file with this identifier, looked for as SELECT by identifier does (7816-4, 7.1.1): in the current
    /// dedicated file, the dedicated file itself, its siblings. `elementary_only` for P1 = 02.
    pub(crate) fn by_fid(&self, current: Parent, fid: u16, elementary_only: bool) -> Option<Found> {
        let found = self
            .child(current, fid)
            .or_else(|| match self.child(Parent::MasterFile, fid) {
                Some(Found::Dedicated(parent)) => Some(Found::Dedicated(parent)),
                _ => None,
            })?;
        match found {
            Found::Dedicated(_) if elementary_only => None,
            found => Some(found),
        }
    }

    /// The file at the end of a path of identifiers from a dedicated file. Never longer than the tree is deep.
    pub(crate) fn by_path(&self, from: Parent, path: &[u8]) -> Option<Found> {
        let (identifiers, rest) = path.as_chunks::<2>();
        if identifiers.is_empty() || !rest.is_empty() {
            return None;
        }
        identifiers
            .iter()
            .try_fold(Found::Dedicated(from), |at, identifier| match at {
                Found::Dedicated(parent) => self.child(parent, u16::from_be_bytes(*identifier)),
                Found::Elementary(_) => None,
            })
    }

    /// The EF with this short identifier in a dedicated file.
    pub(crate) fn by_sfi(&self, parent: Parent, sfi: u8) -> Option<u8> {
        let matches = |entry: &Entry| {
            let file = entry.transparent();
            entry.parent() == parent && file.is_some_and(|file| file.sfi == Some(sfi))
        };
        self.indexed()
            .find(|(_, entry)| matches(entry))
            .map(|(index, _)| index)
    }

    /// First address behind all bodies.
    fn end_of_bodies<N: Nvm>(&self) -> Option<u32> {
        self.files
            .iter()
            .filter_map(Entry::transparent)
            .try_fold(bodies::BODIES, |end, file| {
                Some(end.max(file.start.checked_add(bodies::reserved_len::<N>(file.size)?)?))
            })
    }

    /// Adds a file: erases its stretch, then makes it known.
    ///
    /// # Errors
    /// [`Error::FileExists`], [`Error::ApplicationExists`], [`Error::NoRoom`]; [`Error::Data`] for a file of the eMRTD that
    /// could be updated.
    pub(crate) fn create<N: Nvm>(
        &mut self,
        journal: &mut Journal,
        nvm: &mut N,
        mut descriptor: Descriptor,
    ) -> Result<Found, Error> {
        if self.child(descriptor.parent, descriptor.fid).is_some() {
            return Err(Error::FileExists);
        }
        let index = u8::try_from(self.files.len())
            .ok()
            .filter(|index| usize::from(*index) < MAX_FILES);
        let index = index.ok_or(Error::NoRoom)?;
        let found = match &mut descriptor.kind {
            Kind::Dedicated { aid } => {
                if self.by_aid(aid).is_some() {
                    return Err(Error::ApplicationExists);
                }
                if self.names.is_full() {
                    return Err(Error::NoRoom);
                }
                Found::Dedicated(Parent::Dedicated(index))
            }
            Kind::Transparent(file) => {
                if file
                    .sfi
                    .is_some_and(|sfi| self.by_sfi(descriptor.parent, sfi).is_some())
                {
                    return Err(Error::FileExists);
                }
                let emrtd = self.by_aid(&AID_EMRTD).map(Parent::Dedicated);
                if file.update != UpdateRule::Never && emrtd == Some(descriptor.parent) {
                    return Err(Error::Data);
                }
                let start = self.end_of_bodies::<N>().ok_or(Error::NoRoom)?;
                let reserved = bodies::reserved_len::<N>(file.size).ok_or(Error::NoRoom)?;
                let limit = staging::start(nvm)?;
                if start.checked_add(reserved).is_none_or(|end| end > limit) {
                    return Err(Error::NoRoom);
                }
                file.start = start;
                Packed::new(file).ok_or(Error::NoRoom)?;
                bodies::erase(nvm, start, reserved)?;
                Found::Elementary(index)
            }
        };
        journal.commit(
            nvm,
            Transaction::new().put(RecordKey::file(index), &descriptor.store()?),
        )?;
        self.push(&descriptor)?;
        Ok(found)
    }

    /// Puts the deletion of all files into a transaction; [`wipe_bodies`](Self::wipe_bodies) is to follow.
    pub(crate) fn delete_all(&self, transaction: &mut Transaction) {
        for (index, _) in self.indexed() {
            transaction.delete(RecordKey::file(index));
        }
    }

    /// Erases every page behind the bodies of the files that there are, the staging area with them.
    pub(crate) fn wipe_bodies<N: Nvm>(&self, nvm: &mut N) -> Result<(), Error> {
        let start = self.end_of_bodies::<N>().ok_or(Error::Memory)?;
        let reserved = nvm.size().checked_sub(start).ok_or(Error::Memory)?;
        bodies::erase(nvm, start, reserved)?;
        Ok(nvm.sync()?)
    }
}
