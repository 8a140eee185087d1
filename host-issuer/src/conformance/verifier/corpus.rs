//! The corpus on the disk: `DIR/*.json` and `DIR/algorithms/*.json` are documents, `DIR/chips/*.json` are chips.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use test_vectors::inspection_cases::tr_03105_5_1;

use super::chip::ChipPlay;
use super::document::DocumentPlay;
use super::fields::FieldError;

/// Bytes of a file of the corpus at most.
pub const MAX_FILE_BYTES: u64 = 1 << 20;
/// Files of a corpus at most.
pub const MAX_PLAYS: usize = 5_000;

/// Everything that can be played to a verifier.
#[derive(Debug, Clone, Default)]
pub struct Corpus {
    /// By name.
    pub plays: Vec<Play>,
}

/// One thing that is played to a verifier.
#[derive(Debug, Clone)]
pub struct Play {
    /// Its file's name without the extension: `ISO7816_B_03-2`, `an-old-revocation-list`.
    pub name: String,
    /// Where it was read.
    pub path: PathBuf,
    /// What it is.
    pub subject: Subject,
}

/// A document or a chip.
#[derive(Debug, Clone)]
#[allow(clippy::large_enum_variant, reason = "a few hundred of them, each read once")]
pub enum Subject {
    /// Files that were read before.
    Document(DocumentPlay),
    /// A chip that is to be read.
    Chip(ChipPlay),
}

/// Why a corpus cannot be used: its files are at fault, or the disk is.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// A folder or a file cannot be read.
    #[error("{}: {source}", path.display())]
    Disk {
        /// The folder or file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A file is longer than [`MAX_FILE_BYTES`].
    #[error("{}: longer than {MAX_FILE_BYTES} bytes", path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
    },
    /// There are more files than [`MAX_PLAYS`].
    #[error("{}: more than {MAX_PLAYS} files", folder.display())]
    TooMany {
        /// The folder.
        folder: PathBuf,
    },
    /// There is no file.
    #[error("{}: no document and no chip is there", folder.display())]
    Empty {
        /// The folder.
        folder: PathBuf,
    },
    /// Two files have one name.
    #[error("{}: another file of the corpus has this name", path.display())]
    Twice {
        /// The second.
        path: PathBuf,
    },
    /// A file is not JSON of this schema.
    #[error("{}: {cause}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column.
        cause: serde_json::Error,
    },
    /// A field does not hold what it must.
    #[error("{}: {cause}", path.display())]
    Field {
        /// The file.
        path: PathBuf,
        /// The field, and what is wrong with it.
        cause: FieldError,
    },
}

impl Corpus {
    /// Reads and checks every file of a corpus.
    ///
    /// # Errors
    /// [`CorpusError`] for the first file that cannot be used.
    pub fn read(folder: &Path) -> Result<Self, CorpusError> {
        let mut plays = Vec::new();
        let below = |name: &str| {
            let folder = folder.join(name);
            if folder.is_dir() {
                json_files(&folder)
            } else {
                Ok(Vec::new())
            }
        };
        for path in json_files(folder)?.into_iter().chain(below("algorithms")?) {
            let document: DocumentPlay = parse(&path)?;
            plays.push(Play::new(path, Subject::Document(document)));
        }
        for path in below("chips")? {
            let chip: ChipPlay = parse(&path)?;
            plays.push(Play::new(path, Subject::Chip(chip)));
        }
        plays.sort_by(|one, other| one.name.cmp(&other.name));
        if let Some(pair) = plays.windows(2).find(|pair| pair[0].name == pair[1].name) {
            let path = pair[1].path.clone();
            return Err(CorpusError::Twice { path });
        }
        for play in &plays {
            play.check().map_err(|cause| play.blame(cause))?;
        }
        if plays.is_empty() {
            let folder = folder.to_owned();
            return Err(CorpusError::Empty { folder });
        }
        Ok(Self { plays })
    }

    /// What a name means: a play of this name, else every play of the case with this id.
    #[must_use]
    pub fn named(&self, name: &str) -> Vec<&Play> {
        let own: Vec<&Play> = self.plays.iter().filter(|play| play.name == name).collect();
        if own.is_empty() { self.of_case(name) } else { own }
    }

    /// Every play of a case.
    #[must_use]
    pub fn of_case(&self, id: &str) -> Vec<&Play> {
        let is_of = |play: &&Play| play.cases().iter().any(|case| case == id);
        self.plays.iter().filter(is_of).collect()
    }
}

impl Play {
    fn new(path: PathBuf, subject: Subject) -> Self {
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Self { name, path, subject }
    }

    /// The cases of BSI TR-03105-5.1 that it is.
    #[must_use]
    pub fn cases(&self) -> &[String] {
        match &self.subject {
            Subject::Document(document) => &document.tr_03105_5_1,
            Subject::Chip(chip) => &chip.tr_03105_5_1,
        }
    }

    /// What is wrong with this crate's judgement of it, if anything.
    ///
    /// # Errors
    /// [`CorpusError::Field`], which [`Corpus::read`] would have told.
    pub fn misjudged(&self) -> Result<Option<String>, CorpusError> {
        let misjudged = match &self.subject {
            Subject::Document(document) => document.misjudged(),
            Subject::Chip(chip) => chip.misjudged(),
        };
        misjudged.map_err(|cause| self.blame(cause))
    }

    fn check(&self) -> Result<(), FieldError> {
        let unknown = |id: &&String| !tr_03105_5_1().iter().any(|case| case.id == **id);
        if let Some(id) = self.cases().iter().find(unknown) {
            let cause = format!("`{id}` is no case of BSI TR-03105-5.1");
            return Err(FieldError::new("tr_03105_5_1", cause));
        }
        match &self.subject {
            Subject::Document(document) => document.check(),
            Subject::Chip(chip) => chip.check(),
        }
    }

    fn blame(&self, cause: FieldError) -> CorpusError {
        CorpusError::Field {
            path: self.path.clone(),
            cause,
        }
    }
}

/// The files of a folder that end in `.json`.
fn json_files(folder: &Path) -> Result<Vec<PathBuf>, CorpusError> {
    let failed = |source| CorpusError::Disk {
        path: folder.to_owned(),
        source,
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
        if files.len() > MAX_PLAYS {
            let folder = folder.to_owned();
            return Err(CorpusError::TooMany { folder });
        }
    }
    Ok(files)
}

fn parse<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, CorpusError> {
    let failed = |source| CorpusError::Disk {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(failed)?;
    let mut content = Vec::new();
    file.take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut content)
        .map_err(failed)?;
    if content.len() as u64 > MAX_FILE_BYTES {
        let path = path.to_owned();
        return Err(CorpusError::TooLong { path });
    }
    serde_json::from_slice(&content).map_err(|cause| CorpusError::Malformed {
        path: path.to_owned(),
        cause,
    })
}
