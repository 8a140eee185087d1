//! Byte strings that are wiped when dropped, never printed, and compared in constant time.

use core::fmt;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A secret of at most `N` bytes: a key, a password, a shared secret.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret<const N: usize> {
    bytes: [u8; N],
    /// A byte holds it: no secret is longer.
    len: u8,
}

impl<const N: usize> Secret<N> {
    /// A secret with the content of `bytes`; `None` when they are more than `N`.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        let mut secret = Self {
            bytes: [0; N],
            len: u8::try_from(bytes.len()).ok()?,
        };
        secret.bytes.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(secret)
    }

    /// A secret of `len` zero bytes (at most `N`), to be filled through [`expose_mut`](Self::expose_mut).
    pub fn zeroed(len: usize) -> Self {
        Self {
            bytes: [0; N],
            len: u8::try_from(len.min(N)).unwrap_or(u8::MAX),
        }
    }

    /// The bytes. Called by that name so that a reader sees where a secret is used.
    pub fn expose(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// The bytes, to be written.
    pub fn expose_mut(&mut self) -> &mut [u8] {
        self.bytes.get_mut(..usize::from(self.len)).unwrap_or_default()
    }
}

impl<const N: usize> PartialEq for Secret<N> {
    fn eq(&self, other: &Self) -> bool {
        constant_time_eq(self.expose(), other.expose())
    }
}

impl<const N: usize> Eq for Secret<N> {}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Whether two byte strings are equal, in a time that depends on their lengths only.
pub fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    bool::from(a.ct_eq(b))
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn shows_nothing() {
        let secret = Secret::<8>::from_slice(b"123456").unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(..)");
        assert_eq!(secret.expose(), b"123456");
        assert!(Secret::<4>::from_slice(b"12345").is_none());
        assert!(secret != Secret::from_slice(b"123457").unwrap());
        assert!(secret != Secret::from_slice(b"12345").unwrap());
    }
}
