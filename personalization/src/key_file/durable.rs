//! Files that are either whole or not there.
//!
//! Content goes to a temporary file in the same directory, is synced, and gets its name in one step. A
//! program killed at any point leaves at most a file whose name starts with a dot and ends in `.tmp`.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rand_core::TryRng;
use zeroize::Zeroizing;

use super::KeyFileError;

/// Who may read a new file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Its owner (0600): keys, also encrypted ones.
    Secret,
    /// Everyone (0644): certificates and CRLs.
    Public,
}

impl Mode {
    const fn bits(self) -> u32 {
        match self {
            Self::Secret => 0o600,
            Self::Public => 0o644,
        }
    }
}

/// Writes a new file whole. An existing one, whatever it holds, is left alone.
///
/// # Errors
/// [`KeyFileError::AlreadyExists`], [`KeyFileError::Io`], [`KeyFileError::Random`]; then nothing with that
/// name was made.
pub fn write_new(path: &Path, content: &[u8], mode: Mode) -> Result<(), KeyFileError> {
    let temporary = TemporaryFile::with_content(path, content, mode)?;
    // A hard link, unlike a rename, refuses an existing target in the same step.
    match fs::hard_link(&temporary.path, path) {
        Ok(()) => {}
        Err(source) if source.kind() == io::ErrorKind::AlreadyExists => {
            return Err(KeyFileError::AlreadyExists {
                path: path.to_owned(),
            });
        }
        Err(_) => write_in_place(path, content, mode)?,
    }
    drop(temporary);
    sync_directory_of(path)
}

/// Replaces a file (or creates it) in one step: a reader sees the old content or the new, never a mixture.
///
/// # Errors
/// [`KeyFileError::Io`], [`KeyFileError::Random`]; then the old content is still there.
pub fn replace(path: &Path, content: &[u8], mode: Mode) -> Result<(), KeyFileError> {
    let mut temporary = TemporaryFile::with_content(path, content, mode)?;
    fs::rename(&temporary.path, path).map_err(|source| io_error(path, "write", source))?;
    temporary.is_gone = true;
    sync_directory_of(path)
}

/// Removes a file. One that is not there is no error.
///
/// # Errors
/// [`KeyFileError::Io`].
pub fn remove(path: &Path) -> Result<(), KeyFileError> {
    match fs::remove_file(path) {
        Ok(()) => sync_directory_of(path),
        Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(io_error(path, "remove", source)),
    }
}

/// Reads a file that must not be longer than `limit` bytes. The buffer is zeroized when dropped.
///
/// # Errors
/// [`KeyFileError::Io`]; [`KeyFileError::NotAKeyFile`] when it is longer.
pub fn read_limited(path: &Path, limit: u64) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let file = File::open(path).map_err(|source| io_error(path, "open", source))?;
    // Reserved at once, so that growing leaves no copies of a secret behind.
    let length = file
        .metadata()
        .map_err(|source| io_error(path, "read", source))?
        .len();
    if length > limit {
        return Err(KeyFileError::NotAKeyFile {
            path: path.to_owned(),
            why: format!("longer than {limit} bytes"),
        });
    }
    let mut content = Zeroizing::new(Vec::with_capacity(usize::try_from(length).unwrap_or(0) + 1));
    file.take(limit)
        .read_to_end(&mut content)
        .map_err(|source| io_error(path, "read", source))?;
    Ok(content)
}

/// A new directory that appears under its name only when it is complete.
///
/// Files are added to a hidden sibling; [`commit`](Self::commit) renames it. Dropped without a commit, it
/// is removed with everything in it.
#[derive(Debug)]
pub struct NewDirectory {
    target: PathBuf,
    staging: PathBuf,
    committed: bool,
}

impl NewDirectory {
    /// Starts a directory that shall be called `target`.
    ///
    /// # Errors
    /// [`KeyFileError::AlreadyExists`] when `target` is a file or a directory with anything in it;
    /// [`KeyFileError::Io`], [`KeyFileError::Random`].
    pub fn create(target: &Path) -> Result<Self, KeyFileError> {
        match fs::read_dir(target) {
            Ok(mut entries) => {
                if entries.next().is_some() {
                    return Err(KeyFileError::AlreadyExists {
                        path: target.to_owned(),
                    });
                }
            }
            Err(source) if source.kind() == io::ErrorKind::NotFound => {}
            Err(source) if source.kind() == io::ErrorKind::NotADirectory => {
                return Err(KeyFileError::AlreadyExists {
                    path: target.to_owned(),
                });
            }
            Err(source) => return Err(io_error(target, "open", source)),
        }
        let parent = parent_of(target);
        fs::create_dir_all(parent).map_err(|source| io_error(parent, "create", source))?;
        let staging = temporary_name(target)?;
        fs::DirBuilder::new()
            .mode(0o700)
            .create(&staging)
            .map_err(|source| io_error(&staging, "create", source))?;
        Ok(Self {
            target: target.to_owned(),
            staging,
            committed: false,
        })
    }

    /// Where `name` is while the directory is not committed: for files that others write into it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.staging.join(name)
    }

    /// Adds a file.
    ///
    /// # Errors
    /// As [`write_new`].
    pub fn add(&self, name: &str, content: &[u8], mode: Mode) -> Result<(), KeyFileError> {
        write_new(&self.path(name), content, mode)
    }

    /// Adds an empty directory.
    ///
    /// # Errors
    /// [`KeyFileError::Io`].
    pub fn add_directory(&self, name: &str) -> Result<(), KeyFileError> {
        let path = self.path(name);
        fs::create_dir(&path).map_err(|source| io_error(&path, "create", source))
    }

    /// Gives the directory its name.
    ///
    /// # Errors
    /// [`KeyFileError::AlreadyExists`] when something took the name meanwhile, [`KeyFileError::Io`].
    pub fn commit(mut self) -> Result<(), KeyFileError> {
        sync_directory(&self.staging)?;
        // rename(2) replaces an empty directory and refuses any other target.
        match fs::rename(&self.staging, &self.target) {
            Ok(()) => {
                self.committed = true;
                sync_directory_of(&self.target)
            }
            Err(source)
                if matches!(
                    source.kind(),
                    io::ErrorKind::AlreadyExists
                        | io::ErrorKind::DirectoryNotEmpty
                        | io::ErrorKind::NotADirectory
                ) =>
            {
                Err(KeyFileError::AlreadyExists {
                    path: self.target.clone(),
                })
            }
            Err(source) => Err(io_error(&self.target, "create", source)),
        }
    }
}

impl Drop for NewDirectory {
    fn drop(&mut self) {
        if !self.committed {
            // Best effort: the error that brought us here is the one to report.
            let _ = fs::remove_dir_all(&self.staging);
        }
    }
}

struct TemporaryFile {
    path: PathBuf,
    is_gone: bool,
}

impl TemporaryFile {
    fn with_content(target: &Path, content: &[u8], mode: Mode) -> Result<Self, KeyFileError> {
        let temporary = Self {
            path: temporary_name(target)?,
            is_gone: false,
        };
        create_and_fill(&temporary.path, content, mode)
            .map_err(|source| io_error(target, "write", source))?;
        Ok(temporary)
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        if !self.is_gone {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// For file systems without hard links: still never over an existing file, and removed when it fails.
fn write_in_place(path: &Path, content: &[u8], mode: Mode) -> Result<(), KeyFileError> {
    create_and_fill(path, content, mode).map_err(|source| {
        if source.kind() == io::ErrorKind::AlreadyExists {
            return KeyFileError::AlreadyExists {
                path: path.to_owned(),
            };
        }
        io_error(path, "write", source)
    })
}

fn create_and_fill(path: &Path, content: &[u8], mode: Mode) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode.bits())
        .open(path)?;
    let filled = file.write_all(content).and_then(|()| file.sync_all());
    if filled.is_err() {
        let _ = fs::remove_file(path);
    }
    filled
}

fn temporary_name(target: &Path) -> Result<PathBuf, KeyFileError> {
    let Some(name) = target.file_name() else {
        let source = io::Error::from(io::ErrorKind::InvalidInput);
        return Err(io_error(target, "write", source));
    };
    let random = getrandom::SysRng
        .try_next_u64()
        .map_err(|_| KeyFileError::Random)?;
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".{random:016x}.tmp"));
    Ok(target.with_file_name(hidden))
}

fn parent_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn sync_directory_of(path: &Path) -> Result<(), KeyFileError> {
    sync_directory(parent_of(path))
}

fn sync_directory(path: &Path) -> Result<(), KeyFileError> {
    File::open(path)
        .and_then(|directory| directory.sync_all())
        .map_err(|source| io_error(path, "sync", source))
}

fn io_error(path: &Path, action: &'static str, source: io::Error) -> KeyFileError {
    KeyFileError::Io {
        path: path.to_owned(),
        action,
        source,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn entries(directory: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_new_file_has_its_mode_and_leaves_nothing_beside_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secret");
        write_new(&path, b"content", Mode::Secret).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(matches!(
            write_new(&path, b"other", Mode::Secret),
            Err(KeyFileError::AlreadyExists { .. })
        ));
        assert_eq!(fs::read(&path).unwrap(), b"content");
        replace(&path, b"newer", Mode::Secret).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"newer");
        assert_eq!(entries(directory.path()), ["secret"]);
    }

    #[test]
    fn a_new_directory_is_there_only_after_commit() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("deep/csca");
        let abandoned = NewDirectory::create(&target).unwrap();
        abandoned.add("a", b"1", Mode::Public).unwrap();
        assert!(!target.exists());
        drop(abandoned);
        assert!(entries(&directory.path().join("deep")).is_empty());

        let kept = NewDirectory::create(&target).unwrap();
        kept.add("a", b"1", Mode::Public).unwrap();
        kept.commit().unwrap();
        assert_eq!(entries(&target), ["a"]);
        assert!(matches!(
            NewDirectory::create(&target),
            Err(KeyFileError::AlreadyExists { .. })
        ));
    }

    #[test]
    fn a_name_taken_meanwhile_is_not_overwritten() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("csca");
        let late = NewDirectory::create(&target).unwrap();
        late.add("mine", b"1", Mode::Public).unwrap();
        fs::create_dir(&target).unwrap();
        File::create(target.join("theirs")).unwrap();
        assert!(matches!(late.commit(), Err(KeyFileError::AlreadyExists { .. })));
        assert_eq!(entries(&target), ["theirs"]);
        assert_eq!(entries(directory.path()), ["csca"]);
    }
}
