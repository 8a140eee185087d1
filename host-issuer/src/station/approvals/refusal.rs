//! Why two people's yes does not count.

use super::request::RequestError;
use crate::ledger::LedgerError;

/// Why an approval is refused. It is recorded by its [`id`](Self::id).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A file is none of its kind, or not in its one form.
    #[error("{0}")]
    Malformed(String),
    /// The request is for another ledger.
    #[error("the request is for another ledger")]
    OtherLedger,
    /// It asks for something else.
    #[error("the request is for {asked}, not for {needed}")]
    OtherPurpose {
        /// What it asks for.
        asked: &'static str,
        /// What is to be done.
        needed: &'static str,
    },
    /// It is about something else.
    #[error("the request is about {0}")]
    OtherSubject(String),
    /// What was approved is not what is to be done, or not what is there now.
    #[error("{0} is not as it was approved")]
    OtherDetails(String),
    /// Its time is over.
    #[error("the request has expired")]
    Expired,
    /// It was made in the future: a clock is wrong.
    #[error("the request was made in the future")]
    NotYet,
    /// It was used before.
    #[error("the request was used before")]
    Replayed,
    /// Somebody signed who is no officer here.
    #[error("{0} is no officer of this ledger")]
    UnknownOfficer(String),
    /// A signature is not over this request.
    #[error("the signature of {0} is not over this request, or was altered")]
    Altered(String),
    /// One person is not two.
    #[error("{0} signed twice; who asks for something and who says yes to it are two people")]
    SelfApproval(String),
    /// Somebody signed who may not.
    #[error("{0} may not sign this: an operator or supervisor asks, another supervisor says yes")]
    WrongRole(String),
    /// Somebody signed before the request was made or after its time was over.
    #[error("{0} signed when the request was not valid")]
    SignedOutOfTime(String),
    /// A signature is missing.
    #[error("a signature is missing: whoever asks signs, and another supervisor")]
    Missing,
}

impl Refusal {
    /// Its stable id, as the ledger has it.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::OtherLedger => "other_ledger",
            Self::OtherPurpose { .. } => "other_purpose",
            Self::OtherSubject(_) => "other_subject",
            Self::OtherDetails(_) => "other_details",
            Self::Expired => "expired",
            Self::NotYet => "not_yet",
            Self::Replayed => "replayed",
            Self::UnknownOfficer(_) => "unknown_officer",
            Self::Altered(_) => "altered",
            Self::SelfApproval(_) => "self_approval",
            Self::WrongRole(_) => "wrong_role",
            Self::SignedOutOfTime(_) => "signed_out_of_time",
            Self::Missing => "missing",
        }
    }
}

impl From<RequestError> for Refusal {
    fn from(error: RequestError) -> Self {
        Self::Malformed(error.to_string())
    }
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum ApprovalFailure {
    /// The approval does not count; that is recorded.
    #[error("not approved: {0}")]
    Refused(#[from] Refusal),
    /// The ledger does not allow it, or does not work.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}
