//! The state of a run in its file.

use std::path::Path;

use test_vectors::conformance::CaseRecord;
use test_vectors::conformance::runner::{Header, StateError, read_state};

use super::super::super::context::Context;
use super::super::super::failure::Failure;
use crate::environment::Access;

/// Longest state, in bytes: traces included, a whole run has some ten million.
const MAX_LEN: u64 = 256 * 1024 * 1024;

/// The file, if one is kept.
pub(super) struct State<'a> {
    path: Option<&'a Path>,
    /// What stood in it.
    text: Option<String>,
}

impl<'a> State<'a> {
    /// Reads what is there, if anything is.
    pub(super) fn open(context: &Context<'_>, path: Option<&'a Path>) -> Result<Self, Failure> {
        let Some(file) = path else {
            return Ok(Self { path, text: None });
        };
        let text = match context.environment.disk.read(file, MAX_LEN) {
            Ok(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
            Err(error) if error.is_not_found() => None,
            Err(error) => return Err(error.into()),
        };
        // A run that was killed before its first line was whole has nothing.
        let text = text.filter(|text| text.contains('\n'));
        Ok(Self { path, text })
    }

    /// Whether a run goes on.
    pub(super) fn is_resumed(&self) -> bool {
        self.text.is_some()
    }

    /// The seed of the run that goes on.
    pub(super) fn seed(&self) -> Option<u64> {
        Header::of_state(self.text.as_deref()?).map(|header| header.seed)
    }

    /// The cases that are done, of this very run. What was cut off at the end of the file is taken away.
    pub(super) fn begin(
        &mut self,
        context: &Context<'_>,
        header: &Header,
    ) -> Result<Vec<CaseRecord>, Failure> {
        let Some(path) = self.path else {
            return Ok(Vec::new());
        };
        let disk = &context.environment.disk;
        match self.text.take() {
            Some(text) => {
                let records = read_state(&text, header).map_err(|error| unfit(path, &error))?;
                if !text.ends_with('\n') {
                    let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
                    disk.write(path, whole.as_bytes(), Access::OwnerOnly)?;
                }
                Ok(records)
            }
            None => {
                let line = header.to_line() + "\n";
                disk.write(path, line.as_bytes(), Access::OwnerOnly)?;
                Ok(Vec::new())
            }
        }
    }

    /// One case more is done.
    pub(super) fn add(&self, context: &Context<'_>, case: &CaseRecord) -> Result<(), Failure> {
        if let Some(path) = self.path {
            let line = serde_json::to_string(case).map_err(|error| Failure::internal(error.to_string()))?;
            context
                .environment
                .disk
                .append_line(path, line.as_bytes(), Access::OwnerOnly)?;
        }
        Ok(())
    }
}

fn unfit(path: &Path, error: &StateError) -> Failure {
    Failure::input(
        "conformance.state",
        format!("{}: {error}", path.display()),
        "a run goes on with the same card, statement, seed, --destructive and version of eid; for another run give another file",
    )
}
