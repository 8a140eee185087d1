//! The directory of a station.
//!
//! ```text
//! station.json      {"schema":"eid.station/1","name":"hn-01","ledger":"…"}; written last, so that it says that all is there
//! ledger.sqlite     the ledger
//! checkpoint.key    encrypted: signs the ledger's checkpoints
//! vault.key         encrypted: opens what is sealed here; may be kept elsewhere
//! jobs/             JOB.sealed: applications
//! drafts/           JOB-ATTEMPT.sealed: secrets of cards in the making, the signed cards, and what is printed on them
//! receipts/         CARD.receipt.json: no secrets
//! create.lock       held while a batch is taken in
//! run.lock          held while cards are made
//! ```
//!
//! The directory itself is for its owner alone.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::environment::{Access, Disk, DiskError, FileLock};

/// Schema of `station.json`.
pub const SCHEMA: &str = "eid.station/1";
/// Longest name of a station.
pub const MAX_NAME: usize = 32;

const DESCRIPTION: &str = "station.json";
const MAX_DESCRIPTION_BYTES: u64 = 4096;
const JOBS: &str = "jobs";
const DRAFTS: &str = "drafts";
const RECEIPTS: &str = "receipts";
/// Most files of each kind that are looked at.
const MAX_FILES: usize = 1_000_000;
/// How files of sealed personal data end.
const SEALED: &str = ".sealed";

/// What is wrong with a station's directory.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// A file could not be read or written.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// There is a station already.
    #[error("{}: there is a station already", path.display())]
    Exists {
        /// Its directory.
        path: PathBuf,
    },
    /// There is no station.
    #[error("{}: no station, there is no {DESCRIPTION} in it", path.display())]
    NoStation {
        /// The directory.
        path: PathBuf,
    },
    /// `station.json` is none.
    #[error("{}: {why}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The field and the rule.
        why: &'static str,
    },
    /// The name is none for a station.
    #[error(
        "the name of a station has 1 to {MAX_NAME} letters a to z, digits and hyphens, no hyphen at either end"
    )]
    Name,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Description {
    schema: String,
    name: String,
    ledger: String,
}

/// A station's directory: where everything of it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StationDirectory {
    layout: Layout,
    name: String,
    ledger: String,
}

/// A directory that becomes a station's with [`finish`](Self::finish).
#[derive(Debug)]
pub struct NewStation {
    layout: Layout,
    name: String,
}

/// The paths, which are the same before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout(PathBuf);

impl Layout {
    /// The directory itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The ledger.
    #[must_use]
    pub fn ledger(&self) -> PathBuf {
        self.0.join("ledger.sqlite")
    }

    /// The key that signs checkpoints.
    #[must_use]
    pub fn checkpoint_key(&self) -> PathBuf {
        self.0.join("checkpoint.key")
    }

    /// The vault's master key, where it is not kept elsewhere.
    #[must_use]
    pub fn vault_key(&self) -> PathBuf {
        self.0.join("vault.key")
    }

    /// The sealed application of a job.
    #[must_use]
    pub fn application(&self, job: &str) -> PathBuf {
        self.0.join(JOBS).join(format!("{job}{SEALED}"))
    }

    /// The sealed draft of an attempt.
    #[must_use]
    pub fn draft(&self, job: &str, attempt: u32) -> PathBuf {
        self.0.join(DRAFTS).join(format!("{job}-{attempt}{SEALED}"))
    }

    /// A card's receipt, which holds no secret.
    #[must_use]
    pub fn receipt(&self, card_id: &str) -> PathBuf {
        self.0.join(RECEIPTS).join(format!("{card_id}.receipt.json"))
    }
}

impl NewStation {
    /// Makes the directories of a station with this name. What a creation left that came to no end is taken over.
    ///
    /// # Errors
    /// [`PlaceError::Name`], [`PlaceError::Exists`], [`PlaceError::Disk`].
    pub fn begin(path: &Path, name: &str, disk: &dyn Disk) -> Result<Self, PlaceError> {
        check_name(name)?;
        let layout = Layout(path.to_owned());
        match disk.read(&path.join(DESCRIPTION), MAX_DESCRIPTION_BYTES) {
            Ok(_) => {
                return Err(PlaceError::Exists {
                    path: path.to_owned(),
                });
            }
            Err(error) if error.is_not_found() => {}
            Err(error) => return Err(error.into()),
        }
        disk.create_directory(path, Access::OwnerOnly)?;
        for part in [JOBS, DRAFTS, RECEIPTS] {
            disk.create_directory(&path.join(part), Access::OwnerOnly)?;
        }
        Ok(Self {
            layout,
            name: name.to_owned(),
        })
    }

    /// Where its files go.
    #[must_use]
    pub const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Writes `station.json`: the station is there. `ledger` is the identifier in the ledger's first event.
    ///
    /// # Errors
    /// [`PlaceError::Disk`].
    pub fn finish(self, ledger: &str, disk: &dyn Disk) -> Result<StationDirectory, PlaceError> {
        let description = Description {
            schema: SCHEMA.to_owned(),
            name: self.name.clone(),
            ledger: ledger.to_owned(),
        };
        let path = self.layout.0.join(DESCRIPTION);
        let mut json = serde_json::to_vec(&description).map_err(|_| PlaceError::Malformed {
            path: path.clone(),
            why: "it cannot be written as JSON",
        })?;
        json.push(b'\n');
        disk.write(&path, &json, Access::Public)?;
        Ok(StationDirectory {
            layout: self.layout,
            name: self.name,
            ledger: ledger.to_owned(),
        })
    }
}

impl StationDirectory {
    /// Opens the directory of a station. Its ledger and vault are not touched.
    ///
    /// # Errors
    /// [`PlaceError::NoStation`], [`PlaceError::Malformed`], [`PlaceError::Disk`].
    pub fn open(path: &Path, disk: &dyn Disk) -> Result<Self, PlaceError> {
        let file = path.join(DESCRIPTION);
        let bytes = disk.read(&file, MAX_DESCRIPTION_BYTES).map_err(|error| {
            if error.is_not_found() {
                PlaceError::NoStation {
                    path: path.to_owned(),
                }
            } else {
                error.into()
            }
        })?;
        let malformed = |why| PlaceError::Malformed {
            path: file.clone(),
            why,
        };
        let description: Description =
            serde_json::from_slice(&bytes).map_err(|_| malformed("no description of a station"))?;
        if description.schema != SCHEMA {
            return Err(malformed("schema: must be eid.station/1"));
        }
        check_name(&description.name).map_err(|_| malformed("name: must be that of a station"))?;
        let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if description.ledger.len() != 32 || !description.ledger.bytes().all(hexadecimal) {
            return Err(malformed("ledger: must be 32 lower-case hexadecimal digits"));
        }
        Ok(Self {
            layout: Layout(path.to_owned()),
            name: description.name,
            ledger: description.ledger,
        })
    }

    /// Where its files are.
    #[must_use]
    pub const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The station's name, as entries of the ledger have it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The identifier of its ledger: whoever opens the ledger compares it with the first event's.
    #[must_use]
    pub fn ledger_id(&self) -> &str {
        &self.ledger
    }

    /// Keeps other processes from taking a batch in, until the lock is dropped.
    ///
    /// # Errors
    /// [`PlaceError::Disk`] with an error of kind `WouldBlock` while another process does.
    pub fn lock_creation(&self, disk: &dyn Disk) -> Result<Box<dyn FileLock>, PlaceError> {
        Ok(disk.lock(&self.layout.0.join("create.lock"))?)
    }

    /// Keeps other processes from making cards, until the lock is dropped: what is in the making in one would be taken for what a
    /// dead one left.
    ///
    /// # Errors
    /// [`PlaceError::Disk`] with an error of kind `WouldBlock` while another process does.
    pub fn lock_run(&self, disk: &dyn Disk) -> Result<Box<dyn FileLock>, PlaceError> {
        Ok(disk.lock(&self.layout.0.join("run.lock"))?)
    }

    /// The jobs of which a sealed application or draft is there, in order.
    ///
    /// # Errors
    /// [`PlaceError::Disk`], also for more than a million files.
    pub fn jobs_with_data(&self, disk: &dyn Disk) -> Result<Vec<String>, PlaceError> {
        let mut jobs = Vec::new();
        for part in [JOBS, DRAFTS] {
            for name in disk.list(&self.layout.0.join(part), MAX_FILES)? {
                jobs.extend(job_of(&name).map(str::to_owned));
            }
        }
        jobs.sort();
        jobs.dedup();
        Ok(jobs)
    }

    /// Removes every file with personal data of a job, however many drafts there are of it; what is not there is no error.
    pub(super) fn remove_data(&self, job: &str, disk: &dyn Disk) -> Result<(), PlaceError> {
        let drafts = self.layout.0.join(DRAFTS);
        let names = disk.list(&drafts, MAX_FILES)?;
        let of_job = names.iter().filter(|name| job_of(name) == Some(job));
        for path in of_job
            .map(|name| drafts.join(name))
            .chain([self.layout.application(job)])
        {
            match disk.remove(&path) {
                Err(error) if !error.is_not_found() => return Err(error.into()),
                _ => {}
            }
        }
        Ok(())
    }
}

/// The job that a sealed file is of, by its name.
fn job_of(name: &str) -> Option<&str> {
    let job = name.strip_suffix(SEALED)?.split('-').next()?;
    is_job_id(job).then_some(job)
}

/// Whether this has the form of a job's identifier: it becomes a part of a file's name.
#[must_use]
pub fn is_job_id(text: &str) -> bool {
    text.len() == 32
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// The name becomes a part of identifiers and of files' names.
fn check_name(name: &str) -> Result<(), PlaceError> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let fits = (1..=MAX_NAME).contains(&name.len())
        && name.bytes().all(allowed)
        && !name.starts_with('-')
        && !name.ends_with('-');
    fits.then_some(()).ok_or(PlaceError::Name)
}
