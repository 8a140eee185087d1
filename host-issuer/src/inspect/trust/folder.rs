//! A managed trust folder: certificates and CRLs under their SHA-256, and the record that says which are believed and why.
//!
//! ```text
//! DIR/trust.json                        the record; replaced in one step
//! DIR/certificates/SHA256.der           CSCA certificates
//! DIR/revocation-lists/SHA256.crl       CRLs
//! DIR/deviation-lists/SHA256.dl         deviation lists
//! DIR/indexes/SHA256.index              where a verifier finds them by name
//! ```
//!
//! Files are added before the record names them, so a crash leaves the old state with some files that nobody looks at. Whoever
//! changes a folder reads all of it; a verifier reads the record's head, the index and what it needs.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::basis::Age;
use super::error::{StoreFault, TrustError, malformed};
use super::index::{ENTRY_LIMIT, Index, sha256};
use super::kind::{Kind, digest_of};
use super::plain::is_trust_file;
use super::record::{
    AnchorRecord, DeviationListRecord, RECORD, RecordHead, RevocationListRecord, SCHEMA, TrustRecord,
};
use super::shelf::{Shelf, read_file};
use super::store::{Contents, TrustStore};
use crate::inspect::certificate::Certificate;
use crate::inspect::revocation::RevocationList;

/// The record of all CSCA of the world has about a megabyte.
const RECORD_LIMIT: u64 = 64 * 1024 * 1024;

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

/// A deviation list at hand; its signature was verified when it came and is verified again when it is used.
#[derive(Debug, Clone)]
pub(super) struct StoredDeviations {
    pub der: Vec<u8>,
    pub record: DeviationListRecord,
}

/// A managed trust folder in memory.
#[derive(Debug, Clone)]
pub struct TrustFolder {
    pub(super) record: TrustRecord,
    pub(super) anchors: Vec<Anchor>,
    pub(super) lists: Vec<StoredList>,
    pub(super) deviation_lists: Vec<StoredDeviations>,
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
            deviation_lists: Vec::new(),
        }
    }

    /// Whether a directory is a managed trust folder.
    #[must_use]
    pub fn is_there(directory: &Path) -> bool {
        directory.join(RECORD).exists()
    }

    /// Whether a managed folder has a directory of this name.
    #[must_use]
    pub fn is_own_directory(name: &OsStr) -> bool {
        Kind::STORED.into_iter().any(|kind| name == kind.directory())
    }

    /// Opens a folder; every file must be the one that the record means.
    ///
    /// # Errors
    /// [`TrustError`] when a file cannot be read, is missing or was altered, or lies beside the managed ones.
    pub fn open(directory: &Path) -> Result<Self, TrustError> {
        let path = directory.join(RECORD);
        let json = read_file(&path, RECORD_LIMIT)?;
        must_have_no_strays(directory)?;
        Self::read(&json, &path, &Shelf::Folder(directory.to_owned()))
    }

    /// Reads everything that a record, of this path, names.
    pub(super) fn read(json: &[u8], path: &Path, shelf: &Shelf) -> Result<Self, TrustError> {
        let record: TrustRecord = serde_json::from_slice(json).map_err(|error| malformed(path, error))?;
        must_be_known(path, &record.schema)?;
        if record.anchors.len().max(record.revocation_lists.len()) > ENTRY_LIMIT {
            return Err(malformed(path, "too many certificates or CRLs"));
        }
        let mut folder = Self {
            record,
            anchors: Vec::new(),
            lists: Vec::new(),
            deviation_lists: Vec::new(),
        };
        for record in &folder.record.anchors {
            let digest = digest_in_record(&record.sha256)?;
            let certificate = shelf.read(Kind::Certificate, &digest, |der| {
                Certificate::from_der(der).map_err(StoreFault::new)
            })?;
            folder.anchors.push(Anchor {
                certificate,
                record: record.clone(),
            });
        }
        for record in &folder.record.revocation_lists {
            let digest = digest_in_record(&record.sha256)?;
            let stored = shelf.read(Kind::RevocationList, &digest, |der| {
                let list = RevocationList::from_der(der).map_err(StoreFault::new)?;
                Ok(StoredList {
                    list,
                    der: der.to_vec(),
                    record: record.clone(),
                })
            })?;
            folder.lists.push(stored);
        }
        for record in &folder.record.deviation_lists {
            let digest = digest_in_record(&record.sha256)?;
            let der = shelf.read(Kind::DeviationList, &digest, |der| Ok(der.to_vec()))?;
            folder.deviation_lists.push(StoredDeviations {
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

    /// What a verifier needs of a folder: nothing but the record's head and the index is read now.
    ///
    /// # Errors
    /// [`TrustError`] as from [`open`](Self::open); what is wrong with a certificate or CRL is found when it is used.
    pub fn open_store(directory: &Path) -> Result<TrustStore, TrustError> {
        let path = directory.join(RECORD);
        let head: RecordHead = serde_json::from_slice(&read_file(&path, RECORD_LIMIT)?)
            .map_err(|error| malformed(&path, error))?;
        must_be_known(&path, &head.schema)?;
        if head.index.is_none() {
            return Ok(Self::open(directory)?.store());
        }
        must_have_no_strays(directory)?;
        let shelf = Shelf::Folder(directory.to_owned());
        let index = index_of(&shelf, head.index.as_deref())?;
        Ok(TrustStore::indexed(index, shelf, head.into()))
    }

    /// What a verifier needs of it, in memory.
    #[must_use]
    pub fn store(&self) -> TrustStore {
        let mut contents = Contents::aged(Age {
            generation: Some(self.record.generation),
            updated: Some(self.record.updated.clone()),
            master_lists: self.record.master_lists.clone(),
            deviation_lists: self.record.deviation_lists.clone(),
            bundle: self.record.bundle.clone(),
        });
        for anchor in &self.anchors {
            contents.add_anchor(anchor.certificate.clone());
        }
        for stored in &self.lists {
            contents.add_list(stored.list.clone(), &stored.der);
        }
        for stored in &self.deviation_lists {
            contents.add_deviations(&stored.der);
        }
        contents.store()
    }

    /// Where a verifier finds what is in the folder.
    pub(super) fn index(&self) -> Index {
        let mut index = Index::default();
        for anchor in &self.anchors {
            index.add_anchor(&anchor.certificate);
        }
        for stored in &self.lists {
            index.add_list(&stored.list, sha256(&stored.der));
        }
        index.finish();
        index
    }

    /// Every file of the folder but the record: to be written, where it is not there, before the record.
    #[must_use]
    pub fn files(&self) -> Vec<FolderFile> {
        self.kinds_and_contents()
            .into_iter()
            .map(|(kind, content)| (kind.path(&sha256(&content)), content))
            .collect()
    }

    pub(super) fn kinds_and_contents(&self) -> Vec<(Kind, Vec<u8>)> {
        let certificates = self
            .anchors
            .iter()
            .map(|anchor| (Kind::Certificate, anchor.certificate.raw().to_vec()));
        let lists = self
            .lists
            .iter()
            .map(|stored| (Kind::RevocationList, stored.der.clone()));
        let deviations = self
            .deviation_lists
            .iter()
            .map(|stored| (Kind::DeviationList, stored.der.clone()));
        let index = (Kind::Index, self.index().to_bytes());
        let all = certificates.chain(lists).chain(deviations).chain([index]);
        all.collect()
    }

    /// Files in the directory that neither this folder nor `before` knows: programs that died left them, or states before the last.
    /// A verifier that opened the state before this one still finds its files.
    #[must_use]
    pub fn stale_files(&self, before: &Self, directory: &Path) -> Vec<PathBuf> {
        let named: BTreeSet<PathBuf> = self
            .files()
            .into_iter()
            .chain(before.files())
            .map(|(path, _)| path)
            .collect();
        let mut stale = Vec::new();
        for kind in Kind::STORED {
            // A directory that is not there has no stale files.
            let entries = fs::read_dir(directory.join(kind.directory()));
            for entry in entries.into_iter().flatten().flatten() {
                let path = Path::new(kind.directory()).join(entry.file_name());
                if kind.is_name(&path) && !named.contains(&path) {
                    stale.push(path);
                }
            }
        }
        stale
    }

    /// The record's file.
    ///
    /// # Errors
    /// [`TrustError::Malformed`], never in practice.
    pub fn record_json(&self) -> Result<Vec<u8>, TrustError> {
        let mut json = serde_json::to_vec_pretty(&self.record).map_err(|error| malformed(RECORD, error))?;
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
        if is_trust_file(&path) {
            return Err(malformed(
                path,
                "lies in a managed trust folder without having been imported",
            ));
        }
    }
    Ok(())
}

/// Reads the index that a record names.
pub(super) fn index_of(shelf: &Shelf, sha256: Option<&str>) -> Result<Index, TrustError> {
    let sha256 = sha256.ok_or_else(|| malformed(RECORD, "it names no index"))?;
    shelf.read(Kind::Index, &digest_in_record(sha256)?, Index::from_bytes)
}

pub(super) fn must_be_known(path: &Path, schema: &str) -> Result<(), TrustError> {
    if schema == SCHEMA {
        return Ok(());
    }
    Err(malformed(path, format!("its schema is not {SCHEMA}")))
}

fn digest_in_record(text: &str) -> Result<[u8; 32], TrustError> {
    digest_of(text).ok_or_else(|| malformed(RECORD, "a SHA-256 in it is none"))
}

impl From<RecordHead> for Age {
    fn from(head: RecordHead) -> Self {
        Self {
            generation: Some(head.generation),
            updated: Some(head.updated),
            master_lists: head.master_lists,
            deviation_lists: head.deviation_lists,
            bundle: head.bundle,
        }
    }
}
