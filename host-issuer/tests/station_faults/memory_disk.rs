//! Files in memory: a disk that can be copied, and that outlives the process of a simulation.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use host_issuer::environment::{Access, Disk, DiskError, FileLock, NewFile};

/// A disk; its clones are the same disk.
#[derive(Clone, Default)]
pub struct MemoryDisk(Arc<Mutex<Files>>);

/// What is on it.
#[derive(Clone, Default)]
pub struct Files {
    content: BTreeMap<PathBuf, Arc<[u8]>>,
    locked: BTreeSet<PathBuf>,
}

impl MemoryDisk {
    /// Another disk with the same files. Locks went with their process.
    pub fn copy(&self) -> Self {
        let mut files = self.files().clone();
        files.locked.clear();
        Self(Arc::new(Mutex::new(files)))
    }

    /// The names of all files, in order.
    pub fn names(&self) -> Vec<PathBuf> {
        self.files().content.keys().cloned().collect()
    }

    fn files(&self) -> MutexGuard<'_, Files> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An error of this kind.
pub fn failed(path: &Path, action: &'static str, kind: io::ErrorKind) -> DiskError {
    DiskError {
        path: path.to_owned(),
        action,
        source: kind.into(),
    }
}

impl Disk for MemoryDisk {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, DiskError> {
        let files = self.files();
        let content = files.content.get(path);
        let content = content.ok_or_else(|| failed(path, "read", io::ErrorKind::NotFound))?;
        if content.len() as u64 > limit {
            return Err(failed(path, "read", io::ErrorKind::FileTooLarge));
        }
        Ok(content.to_vec())
    }

    fn reserve(&self, directory: &Path, name: &str, _: Access) -> Result<Box<dyn NewFile>, DiskError> {
        let path = directory.join(name);
        if self.files().content.contains_key(&path) {
            return Err(failed(&path, "create", io::ErrorKind::AlreadyExists));
        }
        Ok(Box::new(Reserved {
            disk: self.clone(),
            path,
        }))
    }

    fn write(&self, path: &Path, content: &[u8], _: Access) -> Result<(), DiskError> {
        self.files().content.insert(path.to_owned(), content.into());
        Ok(())
    }

    fn append_line(&self, path: &Path, line: &[u8], _: Access) -> Result<(), DiskError> {
        let mut files = self.files();
        let before = files.content.get(path).map_or(&[][..], |content| content);
        let content = [before, line, b"\n"].concat();
        files.content.insert(path.to_owned(), content.into());
        Ok(())
    }

    fn remove_empty_directory(&self, _: &Path) {}

    fn remove(&self, path: &Path) -> Result<(), DiskError> {
        let removed = self.files().content.remove(path);
        removed
            .map(drop)
            .ok_or_else(|| failed(path, "remove", io::ErrorKind::NotFound))
    }

    fn create_directory(&self, _: &Path, _: Access) -> Result<(), DiskError> {
        Ok(())
    }

    fn list(&self, directory: &Path, limit: usize) -> Result<Vec<String>, DiskError> {
        let files = self.files();
        let inside = files
            .content
            .keys()
            .filter(|path| path.parent() == Some(directory));
        let names: Vec<String> = inside
            .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
            .collect();
        if names.len() > limit {
            return Err(failed(directory, "read", io::ErrorKind::FileTooLarge));
        }
        Ok(names)
    }

    fn lock(&self, path: &Path) -> Result<Box<dyn FileLock>, DiskError> {
        if !self.files().locked.insert(path.to_owned()) {
            return Err(failed(path, "lock", io::ErrorKind::WouldBlock));
        }
        Ok(Box::new(Locked {
            disk: self.clone(),
            path: path.to_owned(),
        }))
    }
}

struct Reserved {
    disk: MemoryDisk,
    path: PathBuf,
}

impl NewFile for Reserved {
    fn path(&self) -> &Path {
        &self.path
    }

    fn commit(self: Box<Self>, content: &[u8]) -> Result<(), DiskError> {
        let mut files = self.disk.files();
        if files.content.contains_key(&self.path) {
            return Err(failed(&self.path, "write", io::ErrorKind::AlreadyExists));
        }
        files.content.insert(self.path.clone(), content.into());
        Ok(())
    }
}

struct Locked {
    disk: MemoryDisk,
    path: PathBuf,
}

impl FileLock for Locked {}

impl Drop for Locked {
    fn drop(&mut self) {
        self.disk.files().locked.remove(&self.path);
    }
}
