//! Where the corpus of faulty documents and chips is.

use std::path::PathBuf;

use super::super::failure::Failure;
use crate::conformance::verifier::{Corpus, CorpusError};

#[derive(Debug, Clone, clap::Args)]
pub(super) struct CorpusArguments {
    /// The corpus: the folder `test-vectors/corpus` of the project's source, or one like it
    #[arg(long, value_name = "DIR", env = "EID_CORPUS")]
    corpus: PathBuf,
}

impl CorpusArguments {
    /// Reads and checks all of it.
    pub(super) fn read(&self) -> Result<Corpus, Failure> {
        Ok(Corpus::read(&self.corpus)?)
    }
}

impl From<CorpusError> for Failure {
    fn from(error: CorpusError) -> Self {
        let hint = match &error {
            CorpusError::Disk { .. } | CorpusError::Empty { .. } => {
                "give the folder `test-vectors/corpus` of the project's source"
            }
            _ => "take the corpus from the source of this version of eid, or correct the file",
        };
        Self::input("conformance.corpus", error.to_string(), hint)
    }
}
