//! Two people who did not approve.

use personalization::approval::ApprovalError;

use super::super::exit_code::ExitCode;
use super::Failure;

impl From<ApprovalError> for Failure {
    fn from(error: ApprovalError) -> Self {
        let hint = match &error {
            ApprovalError::Malformed { .. } => "give files that `eid approve` wrote and nobody changed",
            ApprovalError::Officers(_) => "give the public files (officer.json) of two different people",
            _ => "two different officers of this authority approve the proposal with `eid approve sign`",
        };
        Self::new(ExitCode::Approval, "approval", error.to_string(), hint)
    }
}
