//! What all parts of a stored image have in common.

use der::asn1::{OctetStringRef, Utf8StringRef};

/// Why bytes are no card image.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a card image: {0}")]
pub struct StoredImageError(pub(super) &'static str);

pub(super) const TOO_LONG: StoredImageError = StoredImageError("a content is too long");

pub(super) fn text(text: &str) -> Result<Utf8StringRef<'_>, StoredImageError> {
    Utf8StringRef::new(text).map_err(|_| TOO_LONG)
}

pub(super) fn octets(bytes: &[u8]) -> Result<&OctetStringRef, StoredImageError> {
    OctetStringRef::new(bytes).map_err(|_| TOO_LONG)
}

/// A short file identifier, of which 0 says that there is none.
pub(super) const fn short_identifier(stored: u8) -> Result<Option<u8>, StoredImageError> {
    match stored {
        0 => Ok(None),
        sfi @ 1..=30 => Ok(Some(sfi)),
        _ => Err(StoredImageError("a short file identifier is none")),
    }
}
