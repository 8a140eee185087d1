//! A response's data field, from wherever it comes: a few bytes in RAM, a window of a file, or both. It is read once,
//! from front to back, while the response leaves; no file is ever in RAM.

use crate::platform::{Nvm, NvmError};
use heapless::Vec;

/// Longest data field that does not come from a file: a point of the longest curve with its attestation.
pub(crate) const MAX_IN_RAM: usize = 176;

/// A stretch of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    /// Address of its first byte.
    pub(crate) address: u32,
    /// Length in bytes.
    pub(crate) len: u32,
}

/// Data field of a response: bytes in RAM, then bytes of a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Body {
    head: Vec<u8, MAX_IN_RAM>,
    head_read: usize,
    window: Option<Window>,
}

impl Body {
    /// No data.
    pub(crate) fn empty() -> Self {
        Self::default()
    }

    /// Bytes in RAM; `None` when there are too many.
    pub(crate) fn bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self {
            head: Vec::from_slice(bytes).ok()?,
            head_read: 0,
            window: None,
        })
    }

    /// Bytes in RAM, in two parts; `None` when there are too many.
    pub(crate) fn parts(first: &[u8], second: &[u8]) -> Option<Self> {
        let mut body = Self::bytes(first)?;
        body.head.extend_from_slice(second).ok()?;
        Some(body)
    }

    /// A window of a file behind some bytes (the header of a DO'53', or nothing).
    pub(crate) fn file(head: &[u8], window: Window) -> Option<Self> {
        Some(Self {
            head: Vec::from_slice(head).ok()?,
            head_read: 0,
            window: Some(window),
        })
    }

    /// Bytes that have not been read yet.
    pub(crate) fn remaining(&self) -> usize {
        let head = self.head.len().saturating_sub(self.head_read);
        head.saturating_add(self.window.map_or(0, |window| window.len as usize))
    }

    /// Fills `out` with the next bytes; it must not be longer than what remains.
    pub(crate) fn read<N: Nvm>(&mut self, nvm: &N, out: &mut [u8]) -> Result<(), NvmError> {
        let head = self.head.get(self.head_read..).unwrap_or_default();
        let from_head = head.len().min(out.len());
        let (first, rest) = out.split_at_mut_checked(from_head).ok_or(NvmError)?;
        first.copy_from_slice(head.get(..from_head).ok_or(NvmError)?);
        self.head_read = self.head_read.saturating_add(from_head);
        if rest.is_empty() {
            return Ok(());
        }
        let window = self.window.as_mut().ok_or(NvmError)?;
        let len = u32::try_from(rest.len()).map_err(|_| NvmError)?;
        let left = window.len.checked_sub(len).ok_or(NvmError)?;
        nvm.read(window.address, rest)?;
        *window = Window {
            address: window.address.saturating_add(len),
            len: left,
        };
        Ok(())
    }
}
