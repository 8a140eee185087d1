//! A managed trust folder: certificates and CRLs under their SHA-256, and the record that says which are believed and why.
//!
//! ```text
//! DIR/trust.json                        the record; replaced in one step
//! DIR/certificates/SHA256.der           CSCA certificates
//! DIR/revocation-lists/SHA256.crl       CRLs
//! ```
//!
//! Files are added before the record names them, so a crash leaves the old state with some files that nobody looks at.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::record::{AnchorRecord, RevocationListRecord, SCHEMA, TrustRecord, sha256};
use super::store::{TrustError, TrustStore};
use crate::inspect::certificate::Certificate;
use crate::inspect::revocation::RevocationList;

/// Name of the record in its folder.
pub const RECORD: &str = "trust.json";
const CERTIFICATES: &str = "certificates";
const REVOCATION_LISTS: &str = "revocation-lists";

/// The record of all CSCA of the world has about a megabyte.
const RECORD_LIMIT: u64 = 64 * 1024 * 1024;
/// A certificate or CRL.
const FILE_LIMIT: u64 = 16 * 1024 * 1024;
/// More anchors than this are not loaded.
const ANCHOR_LIMIT: usize = 20_000;

/// A CSCA certificate that is believed, with what is written about it.
#[derive(Debug, Clone)]
pub struct Anchor {
    /// The certificate.
    pub certificate: Certificate,
    /// Why it is believed.
    pub record: AnchorRecord,
}

/// A CRL at hand.
#[derive(Debug, Clone)]
pub(super) struct StoredList {
    pub list: RevocationList,
    pub der: Vec<u8>,
    pub record: RevocationListRecord,
}

/// A managed trust folder in memory.
#[derive(Debug, Clone)]
pub struct TrustFolder {
    pub(super) record: TrustRecord,
    pub(super) anchors: Vec<Anchor>,
    pub(super) lists: Vec<StoredList>,
}

/// A file of a folder, relative to it, and its content.
pub type FolderFile = (PathBuf, Vec<u8>);

impl TrustFolder {
    /// A folder that believes nothing yet.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            record: TrustRecord::empty(),
            anchors: Vec::new(),
            lists: Vec::new(),
        }
    }

    /// Whether a directory is a managed trust folder.
    #[must_use]
    pub fn is_there(directory: &Path) -> bool {
        directory.join(RECORD).exists()
    }

    /// Opens a folder; every file must be the one that the record means.
    ///
    /// # Errors
    /// [`TrustError`] when a file cannot be read, is missing or was altered, or lies beside the managed ones.
    pub fn open(directory: &Path) -> Result<Self, TrustError> {
        let path = directory.join(RECORD);
        let malformed = |path: &Path, cause: String| TrustError::Malformed {
            path: path.to_owned(),
            cause,
        };
        let record: TrustRecord = serde_json::from_slice(&read(&path, RECORD_LIMIT)?)
            .map_err(|error| malformed(&path, error.to_string()))?;
        if record.schema != SCHEMA {
            return Err(malformed(&path, format!("its schema is not {SCHEMA}")));
        }
        if record.anchors.len() > ANCHOR_LIMIT {
            return Err(malformed(&path, "too many certificates".into()));
        }
        must_have_no_strays(directory)?;
        let mut folder = Self {
            record,
            anchors: Vec::new(),
            lists: Vec::new(),
        };
        for record in &folder.record.anchors {
            let path = directory.join(certificate_path(&record.sha256)?);
            let der = read(&path, FILE_LIMIT)?;
            must_be(&path, &der, &record.sha256)?;
            let certificate =
                Certificate::from_der(&der).map_err(|error| malformed(&path, error.to_string()))?;
            folder.anchors.push(Anchor {
                certificate,
                record: record.clone(),
            });
        }
        for record in &folder.record.revocation_lists {
            let path = directory.join(list_path(&record.sha256)?);
            let der = read(&path, FILE_LIMIT)?;
            must_be(&path, &der, &record.sha256)?;
            let list = RevocationList::from_der(&der).map_err(|error| malformed(&path, error.to_string()))?;
            folder.lists.push(StoredList {
                list,
                der,
                record: record.clone(),
            });
        }
        Ok(folder)
    }

    /// Keeps other programs from changing the folder for as long as the result lives.
    ///
    /// # Errors
    /// [`TrustError::Busy`] while another program does; [`TrustError::Io`].
    pub fn lock(directory: &Path) -> Result<File, TrustError> {
        let io = |source| TrustError::Io {
            path: directory.to_owned(),
            source,
        };
        let file = File::open(directory).map_err(io)?;
        file.try_lock().map_err(|error| match error {
            fs::TryLockError::WouldBlock => TrustError::Busy {
                path: directory.to_owned(),
            },
            fs::TryLockError::Error(source) => io(source),
        })?;
        Ok(file)
    }

    /// The believed certificates with what is written about them.
    #[must_use]
    pub fn anchors(&self) -> &[Anchor] {
        &self.anchors
    }

    /// The whole record.
    #[must_use]
    pub fn record(&self) -> &TrustRecord {
        &self.record
    }

    /// The CRLs at hand.
    pub(super) fn revocation_lists(&self) -> Vec<RevocationList> {
        self.lists.iter().map(|stored| stored.list.clone()).collect()
    }

    /// What a verifier needs of it.
    #[must_use]
    pub fn store(&self) -> TrustStore {
        let anchors = self.anchors.iter().map(|anchor| anchor.certificate.clone());
        TrustStore::of(anchors.collect(), self.revocation_lists())
    }

    /// Every file of the folder but the record: to be written, where it is not there, before the record.
    ///
    /// # Errors
    /// Never in practice: names are SHA-256.
    pub fn files(&self) -> Result<Vec<FolderFile>, TrustError> {
        let mut files = Vec::new();
        for anchor in &self.anchors {
            let path = certificate_path(&anchor.record.sha256)?;
            files.push((path, anchor.certificate.raw().to_vec()));
        }
        for stored in &self.lists {
            files.push((list_path(&stored.record.sha256)?, stored.der.clone()));
        }
        Ok(files)
    }

    /// The record's file.
    ///
    /// # Errors
    /// [`TrustError::Malformed`], never in practice.
    pub fn record_json(&self) -> Result<Vec<u8>, TrustError> {
        let mut json = serde_json::to_vec_pretty(&self.record).map_err(|error| TrustError::Malformed {
            path: RECORD.into(),
            cause: error.to_string(),
        })?;
        json.push(b'\n');
        Ok(json)
    }
}

/// Certificates that somebody put into a managed folder by hand are believed by nobody; better said than passed over.
fn must_have_no_strays(directory: &Path) -> Result<(), TrustError> {
    let io = |source| TrustError::Io {
        path: directory.to_owned(),
        source,
    };
    for entry in fs::read_dir(directory).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if super::store::is_trust_file(&path) {
            return Err(TrustError::Malformed {
                path,
                cause: "lies in a managed trust folder without having been imported".into(),
            });
        }
    }
    Ok(())
}

fn certificate_path(digest: &str) -> Result<PathBuf, TrustError> {
    named(CERTIFICATES, digest, "der")
}

fn list_path(digest: &str) -> Result<PathBuf, TrustError> {
    named(REVOCATION_LISTS, digest, "crl")
}

/// A name made of a digest leads nowhere else, whatever the record says.
fn named(folder: &str, digest: &str, extension: &str) -> Result<PathBuf, TrustError> {
    let is_digest = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_digest {
        return Err(TrustError::Malformed {
            path: RECORD.into(),
            cause: "a SHA-256 in it is none".into(),
        });
    }
    Ok(Path::new(folder).join(format!("{digest}.{extension}")))
}

fn must_be(path: &Path, content: &[u8], digest: &str) -> Result<(), TrustError> {
    if sha256(content) == digest {
        return Ok(());
    }
    Err(TrustError::Malformed {
        path: path.to_owned(),
        cause: "altered: its SHA-256 is not the one in trust.json".into(),
    })
}

fn read(path: &Path, limit: u64) -> Result<Vec<u8>, TrustError> {
    let io = |source| TrustError::Io {
        path: path.to_owned(),
        source,
    };
    if fs::metadata(path).map_err(io)?.len() > limit {
        return Err(TrustError::Malformed {
            path: path.to_owned(),
            cause: "too large".into(),
        });
    }
    fs::read(path).map_err(io)
}
