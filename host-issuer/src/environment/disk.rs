//! Files, read with a limit and written whole or not at all.

use std::fs;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// Who may read a file that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everyone the umask allows.
    Public,
    /// The owner alone (mode 0600).
    OwnerOnly,
}

/// A file operation that failed, and on what.
#[derive(Debug, thiserror::Error)]
#[error("{}: cannot {action}: {source}", path.display())]
pub struct DiskError {
    /// The file or directory.
    pub path: PathBuf,
    /// What was to be done: `read`, `write`, `create`, `remove`, `lock`.
    pub action: &'static str,
    /// What the system said.
    pub source: io::Error,
}

impl DiskError {
    /// Whether there is no such file or directory.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.source.kind() == io::ErrorKind::NotFound
    }
}

/// A lock on a file; dropped, or with its process dead, others can have it.
pub trait FileLock: Send {}

/// Files of this machine. Shared by the threads of a station.
pub trait Disk: Send + Sync {
    /// Reads a file of at most `limit` bytes.
    ///
    /// # Errors
    /// [`DiskError`]; a longer file is an error of kind `FileTooLarge`.
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, DiskError>;

    /// Makes sure that a directory exists and that a file can be written into it; gives back the place
    /// for a file called `name`, which must not exist yet.
    ///
    /// # Errors
    /// [`DiskError`]; an existing file is an error of kind `AlreadyExists`.
    fn reserve(&self, directory: &Path, name: &str, access: Access) -> Result<Box<dyn NewFile>, DiskError>;

    /// Writes a new file, or replaces one, whole.
    ///
    /// # Errors
    /// [`DiskError`]; the old content is then still there.
    fn write(&self, path: &Path, content: &[u8], access: Access) -> Result<(), DiskError>;

    /// Adds a line to the end of a file, which is made where there is none, and waits until the disk has it. What stands there is
    /// not touched; where its last line has no end, it gets one first.
    ///
    /// # Errors
    /// [`DiskError`]; a part of the line may be there then.
    fn append_line(&self, path: &Path, line: &[u8], access: Access) -> Result<(), DiskError>;

    /// Removes a directory that a failed command made; one with files in it stays.
    fn remove_empty_directory(&self, path: &Path);

    /// Removes a file that nobody needs any more.
    ///
    /// # Errors
    /// [`DiskError`]; a file that is not there is one.
    fn remove(&self, path: &Path) -> Result<(), DiskError>;

    /// Makes a directory and its parents; for the owner alone where `access` says so.
    ///
    /// # Errors
    /// [`DiskError`]; a directory that exists is none.
    fn create_directory(&self, path: &Path, access: Access) -> Result<(), DiskError>;

    /// The names in a directory, in order; those that are not UTF-8 are left out.
    ///
    /// # Errors
    /// [`DiskError`]; more than `limit` names are an error of kind `FileTooLarge`.
    fn list(&self, directory: &Path, limit: usize) -> Result<Vec<String>, DiskError>;

    /// Locks a file, which is made where there is none, for this process alone. Does not wait.
    ///
    /// # Errors
    /// [`DiskError`]; of kind `WouldBlock` while somebody else has it.
    fn lock(&self, path: &Path) -> Result<Box<dyn FileLock>, DiskError>;
}

/// A file that has a name and a place but no content yet. Dropping it leaves nothing behind.
pub trait NewFile {
    /// Where the file will be.
    fn path(&self) -> &Path;

    /// Writes the content and gives the file its name, in one step and never over another file.
    ///
    /// # Errors
    /// [`DiskError`]
    fn commit(self: Box<Self>, content: &[u8]) -> Result<(), DiskError>;
}

/// The file system.
pub struct SystemDisk;

impl Disk for SystemDisk {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, DiskError> {
        let failed = |source| DiskError {
            path: path.to_owned(),
            action: "read",
            source,
        };
        let file = fs::File::open(path).map_err(failed)?;
        let mut content = Vec::new();
        file.take(limit.saturating_add(1))
            .read_to_end(&mut content)
            .map_err(failed)?;
        if u64::try_from(content.len()).unwrap_or(u64::MAX) > limit {
            let why = format!("it has more than {limit} bytes");
            return Err(failed(io::Error::new(io::ErrorKind::FileTooLarge, why)));
        }
        Ok(content)
    }

    fn reserve(&self, directory: &Path, name: &str, access: Access) -> Result<Box<dyn NewFile>, DiskError> {
        self.create_directory(directory, Access::OwnerOnly)?;
        let path = directory.join(name);
        let failed = |source| DiskError {
            path: path.clone(),
            action: "create",
            source,
        };
        if path.exists() {
            return Err(failed(io::ErrorKind::AlreadyExists.into()));
        }
        let file = temporary(directory, access).map_err(failed)?;
        Ok(Box::new(Reserved { path, file }))
    }

    fn write(&self, path: &Path, content: &[u8], access: Access) -> Result<(), DiskError> {
        let failed = |source| DiskError {
            path: path.to_owned(),
            action: "write",
            source,
        };
        let directory = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let mut file = temporary(directory, access).map_err(failed)?;
        file.write_all(content).map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist(path).map_err(|error| failed(error.error))?;
        sync_directory(directory).map_err(failed)
    }

    fn append_line(&self, path: &Path, line: &[u8], access: Access) -> Result<(), DiskError> {
        let failed = |source| DiskError {
            path: path.to_owned(),
            action: "write",
            source,
        };
        let is_new = !path.exists();
        let mut options = fs::OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        if access == Access::OwnerOnly {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let mut file = options.open(path).map_err(failed)?;
        let mut text = Vec::with_capacity(line.len() + 2);
        if ends_within_a_line(&mut file).map_err(failed)? {
            text.push(b'\n');
        }
        text.extend_from_slice(line);
        text.push(b'\n');
        file.write_all(&text).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        match path.parent() {
            Some(parent) if is_new => sync_directory(parent).map_err(failed),
            _ => Ok(()),
        }
    }

    fn remove_empty_directory(&self, path: &Path) {
        // Tidying up after a failure: the failure itself is what is told.
        let _ = fs::remove_dir(path);
    }

    fn remove(&self, path: &Path) -> Result<(), DiskError> {
        fs::remove_file(path).map_err(|source| DiskError {
            path: path.to_owned(),
            action: "remove",
            source,
        })
    }

    fn create_directory(&self, path: &Path, access: Access) -> Result<(), DiskError> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        if access == Access::OwnerOnly {
            use std::os::unix::fs::DirBuilderExt;
            builder.mode(0o700);
        }
        builder.create(path).map_err(|source| DiskError {
            path: path.to_owned(),
            action: "create",
            source,
        })
    }

    fn list(&self, directory: &Path, limit: usize) -> Result<Vec<String>, DiskError> {
        let failed = |source| DiskError {
            path: directory.to_owned(),
            action: "read",
            source,
        };
        let mut names = Vec::new();
        for (index, entry) in fs::read_dir(directory).map_err(failed)?.enumerate() {
            if index >= limit {
                let why = format!("it has more than {limit} files");
                return Err(failed(io::Error::new(io::ErrorKind::FileTooLarge, why)));
            }
            names.extend(entry.map_err(failed)?.file_name().into_string());
        }
        names.sort();
        Ok(names)
    }

    fn lock(&self, path: &Path) -> Result<Box<dyn FileLock>, DiskError> {
        let failed = |source| DiskError {
            path: path.to_owned(),
            action: "lock",
            source,
        };
        let mut options = fs::OpenOptions::new();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let file = options.open(path).map_err(failed)?;
        file.try_lock().map_err(|error| failed(error.into()))?;
        Ok(Box::new(file))
    }
}

impl FileLock for fs::File {}

struct Reserved {
    path: PathBuf,
    file: tempfile::NamedTempFile,
}

impl NewFile for Reserved {
    fn path(&self) -> &Path {
        &self.path
    }

    fn commit(self: Box<Self>, content: &[u8]) -> Result<(), DiskError> {
        let Self { path, mut file } = *self;
        let failed = |source| DiskError {
            path: path.clone(),
            action: "write",
            source,
        };
        file.write_all(content).map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist_noclobber(&path)
            .map_err(|error| failed(error.error))?;
        path.parent().map_or(Ok(()), sync_directory).map_err(failed)
    }
}

fn ends_within_a_line(file: &mut fs::File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    file.seek(io::SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != [b'\n'])
}

/// A nameless neighbour of the file to be: on the same file system, so that naming it is one step.
fn temporary(directory: &Path, access: Access) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".eid-");
    #[cfg(unix)]
    if access == Access::Public {
        use std::os::unix::fs::PermissionsExt;
        // Lowered by the umask; without this the file would be for the owner alone.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(directory)
}

/// A new name is safe from a power cut only when its directory is.
fn sync_directory(directory: &Path) -> io::Result<()> {
    let directory = if directory.as_os_str().is_empty() {
        Path::new(".")
    } else {
        directory
    };
    fs::File::open(directory)?.sync_all()
}
