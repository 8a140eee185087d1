//! Why something is not approved.

use serde::Deserialize;

use crate::signer::SignerError;

/// How many different officers must approve.
pub const APPROVALS: usize = 2;

/// Why something is not approved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalError {
    /// Not JSON of this kind.
    #[error("{what}: {why}")]
    Malformed {
        /// What was read.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// Too few officers are known, or one twice.
    #[error("officers: {0}")]
    Officers(&'static str),
    /// Somebody whom nobody made an officer here.
    #[error("{0} is no officer here")]
    Stranger(String),
    /// An approval of something else, or one that was altered.
    #[error("the approval of {0} is not over this file, or was altered")]
    Invalid(String),
    /// One officer signed in the name of another.
    #[error("the approval of {officer} is signed with the key of {by}")]
    OtherKey {
        /// In whose name.
        officer: String,
        /// Who signed.
        by: String,
    },
    /// The same officer again.
    #[error("{0} approved twice; two different officers must approve")]
    SamePerson(String),
    /// Somebody who may not approve this.
    #[error("{0} has no role that may approve this")]
    Role(String),
    /// Fewer approvals than are needed.
    #[error("{found} of {APPROVALS} approvals")]
    Missing {
        /// How many there are.
        found: usize,
    },
    /// The officer's key cannot sign.
    #[error(transparent)]
    Signer(#[from] SignerError),
}

/// Reads JSON of `what`.
pub(super) fn parse<'a, T: Deserialize<'a>>(json: &'a [u8], what: &'static str) -> Result<T, ApprovalError> {
    serde_json::from_slice(json).map_err(|error| ApprovalError::Malformed {
        what,
        why: error.to_string(),
    })
}
