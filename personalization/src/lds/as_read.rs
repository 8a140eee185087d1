//! A file as it was read, and what it says.

use core::fmt;
use core::ops::Deref;

/// What a file says, with the bytes that say it.
///
/// A digest is computed over [`bytes`](Self::bytes) and never over what an encoder makes of the content: issuers differ in
/// lengths, orders and date forms, all of which are read here and none of which is repaired.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AsRead<'a, T> {
    bytes: &'a [u8],
    content: T,
}

impl<'a, T> AsRead<'a, T> {
    pub(super) const fn new(bytes: &'a [u8], content: T) -> Self {
        Self { bytes, content }
    }

    /// The file, byte for byte.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// What it says, without the bytes.
    #[must_use]
    pub fn into_content(self) -> T {
        self.content
    }
}

impl<T> Deref for AsRead<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.content
    }
}

impl<T> fmt::Debug for AsRead<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Files hold personal data.
        write!(f, "AsRead({} bytes)", self.bytes.len())
    }
}
