//! What is kept in trust folders and bundles, and what its files are called.

use std::path::{Path, PathBuf};

use super::index::Digest;

/// What is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// `trust.json` itself, in a bundle.
    Record,
    Index,
    Certificate,
    RevocationList,
    DeviationList,
}

impl Kind {
    const ALL: [Self; 5] = [
        Self::Record,
        Self::Index,
        Self::Certificate,
        Self::RevocationList,
        Self::DeviationList,
    ];

    /// Those that have a directory in a trust folder.
    pub(super) const STORED: [Self; 4] = [
        Self::Index,
        Self::Certificate,
        Self::RevocationList,
        Self::DeviationList,
    ];

    /// Its number in a bundle.
    pub(super) const fn code(self) -> u8 {
        self as u8
    }

    /// The kind of this number.
    pub(super) fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The directory in a trust folder.
    pub(super) const fn directory(self) -> &'static str {
        match self {
            Self::Record => "",
            Self::Index => "indexes",
            Self::Certificate => "certificates",
            Self::RevocationList => "revocation-lists",
            Self::DeviationList => "deviation-lists",
        }
    }

    const fn extension(self) -> &'static str {
        match self {
            Self::Record => "json",
            Self::Index => "index",
            Self::Certificate => "der",
            Self::RevocationList => "crl",
            Self::DeviationList => "dl",
        }
    }

    /// Whether this is what a file of this kind is called.
    pub(super) fn is_name(self, path: &Path) -> bool {
        let digest = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .and_then(digest_of);
        digest.is_some_and(|digest| self.path(&digest) == path)
    }

    /// The file in a trust folder: a name made of a digest leads nowhere else, whatever a record says.
    pub(super) fn path(self, digest: &Digest) -> PathBuf {
        let name = format!("{}.{}", hex::encode_upper(digest), self.extension());
        Path::new(self.directory()).join(name)
    }
}

/// A SHA-256 as records have it.
pub(super) fn digest_of(text: &str) -> Option<Digest> {
    hex::decode(text).ok()?.try_into().ok()
}
