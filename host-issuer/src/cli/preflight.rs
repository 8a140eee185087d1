//! The checks before a batch, for `eid batch run` and `eid doctor --station`.

use serde::Serialize;

use super::context::Context;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::output::one_line;
use crate::station::preflight::{Area, Finding, State, obstacle};

/// What one check found.
#[derive(Serialize)]
pub(super) struct CheckJson {
    id: &'static str,
    state: &'static str,
    found: String,
    mend: Vec<String>,
}

impl From<&Finding> for CheckJson {
    fn from(finding: &Finding) -> Self {
        Self {
            id: finding.id,
            state: finding.state.name(),
            found: one_line(&finding.found),
            mend: finding.mend.clone(),
        }
    }
}

impl CheckJson {
    /// For a person: what was found, and below it what mends it.
    pub(super) fn lines(&self) -> Vec<String> {
        let found = format!("{:<10} {:<24} {}", self.state, self.id, self.found);
        let mends = self
            .mend
            .iter()
            .map(|what| format!("           {:<24} {what}", ""));
        std::iter::once(found).chain(mends).collect()
    }
}

/// Ends the command where something is missing; what only wants attention is told and stops nobody.
pub(super) fn must_be_ready(findings: &[Finding], context: &Context<'_>) -> Result<(), Failure> {
    for finding in findings.iter().filter(|finding| finding.state != State::Ready) {
        for line in CheckJson::from(finding).lines() {
            context.output.progress(&line);
        }
    }
    match obstacle(findings) {
        Some(finding) => Err(failure(finding)),
        None => Ok(()),
    }
}

/// The command's end where this is missing.
pub(super) fn failure(finding: &Finding) -> Failure {
    let code = match finding.area {
        Area::Machine => ExitCode::Internal,
        Area::Readers => ExitCode::Reader,
        Area::Storage => ExitCode::Storage,
        Area::Signer => ExitCode::Signer,
        Area::Stock => ExitCode::Input,
        Area::Officers => ExitCode::Approval,
    };
    let hint = match finding.mend.first() {
        Some(first) => first.clone(),
        None => "see `eid doctor --json`".to_owned(),
    };
    Failure::new(code, finding.id, one_line(&finding.found), hint)
}
