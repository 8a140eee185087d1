//! How many signatures a document signer may make: its own quota, and what two people allow beyond it.
//!
//! The quota is kept with the key (`usage.json`, which counts before each signature); the word of two people is in the ledger. The
//! ledger comes first: what the key's directory did not learn, because the process died or because it was elsewhere, it learns by
//! [`apply`], which whoever is about to sign calls.

use personalization::pki::PkiError;
use personalization::pki::directory::DocumentSignerDirectory;

use super::approvals::{Act, ApprovalFailure, Presented, authorise};
use super::desk::Desk;
use crate::ledger::{Event, LedgerError, LedgerStore};

/// Why a quota is as it was.
#[derive(Debug, thiserror::Error)]
pub enum QuotaError {
    /// Two people's yes does not count.
    #[error(transparent)]
    Approval(#[from] ApprovalFailure),
    /// The ledger does not work.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The document signer's directory does not work, or it is retired.
    #[error(transparent)]
    Signer(#[from] PkiError),
}

/// Lets a document signer make so many signatures more than it might before.
///
/// # Errors
/// [`QuotaError`]. After [`QuotaError::Signer`] it may stand in the ledger; [`apply`] does the rest.
pub fn extend(
    desk: &Desk<'_>,
    signer: &DocumentSignerDirectory,
    signatures: u32,
    presented: &Presented,
) -> Result<(), QuotaError> {
    let document_signer = signer.serial()?;
    let act = Act::ExtendQuota {
        document_signer: document_signer.clone(),
        signatures,
    };
    authorise(desk, &act, presented)?.commit(desk, |approval| {
        vec![Event::QuotaExtended {
            document_signer,
            signatures,
            approval: approval.to_owned(),
        }]
    })?;
    apply(desk.store, signer)
}

/// Brings what the ledger allows beyond the quota into the document signer's directory. To be called before it signs for a station;
/// to call it again changes nothing.
///
/// # Errors
/// [`QuotaError::Ledger`], [`QuotaError::Signer`].
pub fn apply(store: &dyn LedgerStore, signer: &DocumentSignerDirectory) -> Result<(), QuotaError> {
    let allowed = store.document_signer(&signer.serial()?)?.extended;
    if allowed > 0 {
        signer.extend_quota(&store.identifier()?, allowed)?;
    }
    Ok(())
}
