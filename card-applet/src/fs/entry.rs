//! How the file table keeps a file in RAM: twelve bytes, since a card has many. Names stand in a table of their own.

use super::descriptor::{Parent, Transparent};
use crate::wire::access::{AccessRule, UpdateRule};

/// A length or an address of the chip's memory, which is smaller than 16 MiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Short([u8; 3]);

impl Short {
    /// `None` when it does not fit.
    const fn new(value: u32) -> Option<Self> {
        match value.to_be_bytes() {
            [0, a, b, c] => Some(Self([a, b, c])),
            _ => None,
        }
    }

    const fn get(self) -> u32 {
        let [a, b, c] = self.0;
        u32::from_be_bytes([0, a, b, c])
    }
}

/// What kind of file.
#[derive(Clone, Copy, Debug)]
pub(super) enum EntryKind {
    /// A dedicated file, with the index of its name.
    Dedicated(u8),
    /// A transparent elementary file.
    Transparent(Packed),
}

/// A transparent EF's properties.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packed {
    /// Zero for none.
    sfi: u8,
    size: Short,
    start: Short,
    read: AccessRule,
    update: UpdateRule,
}

impl Packed {
    /// `None` for a file that no memory of this chip can hold.
    pub(super) fn new(file: &Transparent) -> Option<Self> {
        Some(Self {
            sfi: file.sfi.unwrap_or(0),
            size: Short::new(file.size)?,
            start: Short::new(file.start)?,
            read: file.read,
            update: file.update,
        })
    }

    pub(super) fn unpack(self) -> Transparent {
        Transparent {
            sfi: Some(self.sfi).filter(|sfi| *sfi != 0),
            size: self.size.get(),
            start: self.start.get(),
            read: self.read,
            update: self.update,
        }
    }
}

/// A file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) fid: u16,
    parent: u8,
    pub(super) kind: EntryKind,
}

impl Entry {
    pub(super) const fn new(parent: Parent, fid: u16, kind: EntryKind) -> Self {
        Self {
            fid,
            parent: parent.stored(),
            kind,
        }
    }

    /// The dedicated file that it is in.
    pub(super) const fn parent(&self) -> Parent {
        Parent::from_stored(self.parent)
    }

    /// The EF's properties, if it is one.
    pub(super) fn transparent(&self) -> Option<Transparent> {
        match self.kind {
            EntryKind::Transparent(file) => Some(file.unpack()),
            EntryKind::Dedicated(_) => None,
        }
    }
}
