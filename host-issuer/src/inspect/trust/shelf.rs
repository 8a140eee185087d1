//! Where a trust store's certificates and lists are, under their SHA-256.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::bundle::Bundle;
use super::error::{StoreFault, TrustError, malformed};
use super::index::{Digest, sha256};
use super::kind::Kind;

/// A certificate, a CRL or a deviation list.
pub(super) const FILE_LIMIT: u64 = 16 * 1024 * 1024;

/// Where things are.
#[derive(Debug, Default)]
pub(super) enum Shelf {
    /// Nowhere: everything is in memory.
    #[default]
    Nothing,
    /// In a managed trust folder.
    Folder(PathBuf),
    /// In a bundle.
    Bundle(Arc<Bundle>),
}

impl Shelf {
    /// Reads one thing and makes sure that it is the one of this digest.
    pub(super) fn read<T>(
        &self,
        kind: Kind,
        digest: &Digest,
        parse: impl FnOnce(&[u8]) -> Result<T, StoreFault>,
    ) -> Result<T, TrustError> {
        let whole = |path: PathBuf, content: &[u8]| {
            if sha256(content) != *digest {
                return Err(malformed(path, "altered: it has another SHA-256"));
            }
            parse(content).map_err(|fault| malformed(path, fault))
        };
        match self {
            Self::Nothing => Err(malformed(kind.path(digest), "missing")),
            Self::Folder(directory) => {
                let path = directory.join(kind.path(digest));
                let content = read_file(&path, FILE_LIMIT)?;
                whole(path, &content)
            }
            Self::Bundle(bundle) => {
                let path = kind.path(digest);
                let content = bundle.get(kind, digest);
                let content = content.ok_or_else(|| malformed(&path, "not in the bundle"))?;
                whole(path, content)
            }
        }
    }
}

/// Reads a file of a trust folder.
pub(super) fn read_file(path: &Path, limit: u64) -> Result<Vec<u8>, TrustError> {
    let io = |source| TrustError::Io {
        path: path.to_owned(),
        source,
    };
    if fs::metadata(path).map_err(io)?.len() > limit {
        return Err(malformed(path, "too large"));
    }
    fs::read(path).map_err(io)
}
