//! A data object that can be wrong.

use crate::naive::{object, objects};

/// A data object: tag, value, and by how much its length is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The tag.
    pub tag: u32,
    /// The value.
    pub value: Vec<u8>,
    /// Added to the last byte of the length; 0 for a right one.
    pub length_error: u8,
}

impl Part {
    /// A right one.
    pub fn new(tag: u32, value: impl Into<Vec<u8>>) -> Self {
        Part {
            tag,
            value: value.into(),
            length_error: 0,
        }
    }

    /// Its bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = object(self.tag, &self.value);
        let last = bytes.len().checked_sub(self.value.len() + 1);
        if let Some(length) = last.and_then(|at| bytes.get_mut(at)) {
            *length = length.wrapping_add(self.length_error);
        }
        bytes
    }
}

/// One behind the other.
pub(super) fn to_bytes(parts: &[Part]) -> Vec<u8> {
    parts.iter().flat_map(Part::to_bytes).collect()
}

/// The objects in `bytes`, up to the first that is cut off.
pub(super) fn parts_of(bytes: &[u8]) -> Vec<Part> {
    objects(bytes)
        .into_iter()
        .map(|(tag, value)| Part::new(tag, value))
        .collect()
}
