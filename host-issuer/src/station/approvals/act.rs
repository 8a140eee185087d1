//! What needs two people: each act with what both of them have to know of it.

use sha2::{Digest as _, Sha256};

use super::super::desk::Desk;
use super::request::Details;
use crate::ledger::LedgerError;
use crate::ledger::error::Conflict;
use crate::ledger::event::{BatchId, CardId, ChipState, JobId, OfficerEntry, Purpose, Serial, StockCount};
use crate::ledger::view::JobFilter;

/// Most chips that one approval destroys or releases.
pub const MAX_CHIPS: usize = 200;
/// Longest reason, in bytes.
pub const MAX_REASON: usize = 200;

/// An act that needs two people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// These are the officers from now on, and nobody else.
    SetOfficers {
        /// They.
        officers: Vec<OfficerEntry>,
    },
    /// Cards of this batch may be made.
    StartBatch {
        /// The batch.
        batch: BatchId,
    },
    /// Nothing is left to do in this batch.
    CloseBatch {
        /// The batch.
        batch: BatchId,
    },
    /// The document signer may sign so much more than its quota.
    ExtendQuota {
        /// Serial number of its certificate.
        document_signer: String,
        /// How many signatures more.
        signatures: u32,
    },
    /// The job gets a card again although one of it was issued.
    Reissue {
        /// The job.
        job: JobId,
    },
    /// These chips leave quarantine and are blank.
    ReleaseQuarantine {
        /// The chips, at most 200.
        serials: Vec<Serial>,
    },
    /// These chips are destroyed.
    Destroy {
        /// The chips, at most 200.
        serials: Vec<Serial>,
    },
    /// The card is revoked.
    Revoke {
        /// The card.
        card_id: CardId,
        /// Why, in the operator's words or as a stable id.
        reason: String,
    },
    /// The suspended card is valid again.
    Reinstate {
        /// The card.
        card_id: CardId,
        /// Why.
        reason: String,
    },
    /// The shift is over.
    CloseShift {
        /// The station.
        station: String,
        /// What should be there, and what was counted.
        counted: Vec<StockCount>,
    },
}

impl Act {
    /// What it is.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        match self {
            Self::SetOfficers { .. } => Purpose::SetOfficers,
            Self::StartBatch { .. } => Purpose::StartBatch,
            Self::CloseBatch { .. } => Purpose::CloseBatch,
            Self::ExtendQuota { .. } => Purpose::ExtendQuota,
            Self::Reissue { .. } => Purpose::Reissue,
            Self::ReleaseQuarantine { .. } => Purpose::ReleaseQuarantine,
            Self::Destroy { .. } => Purpose::Destroy,
            Self::Revoke { .. } => Purpose::Revoke,
            Self::Reinstate { .. } => Purpose::Reinstate,
            Self::CloseShift { .. } => Purpose::CloseShift,
        }
    }

    /// To what: an identifier, or several with a space between them.
    #[must_use]
    pub fn subject(&self) -> String {
        match self {
            Self::SetOfficers { .. } => "the station".to_owned(),
            Self::StartBatch { batch } | Self::CloseBatch { batch } => batch.clone(),
            Self::ExtendQuota { document_signer, .. } => document_signer.clone(),
            Self::Reissue { job } => job.clone(),
            Self::ReleaseQuarantine { serials } | Self::Destroy { serials } => in_order(serials).join(" "),
            Self::Revoke { card_id, .. } | Self::Reinstate { card_id, .. } => card_id.clone(),
            Self::CloseShift { station, .. } => station.clone(),
        }
    }

    /// What the ledger's events about it name: the subject, where that is one identifier; each chip, where there are several.
    #[must_use]
    pub fn subjects(&self) -> Vec<String> {
        match self {
            Self::ReleaseQuarantine { serials } | Self::Destroy { serials } => in_order(serials),
            _ => vec![self.subject()],
        }
    }

    /// What both people see of it, and what must still be so when it is done.
    ///
    /// # Errors
    /// [`LedgerError::Conflict`] for something that is not there, or not in a state in which this can be done.
    pub fn details(&self, desk: &Desk<'_>) -> Result<Details, LedgerError> {
        match self {
            Self::SetOfficers { officers } => Ok(officers
                .iter()
                .map(|officer| {
                    let key = format!("{} with the key {}", officer.role.name(), officer.public_key);
                    (officer.name.clone(), key)
                })
                .collect()),
            Self::StartBatch { batch } => start_batch(desk, batch),
            Self::CloseBatch { batch } => close_batch(desk, batch),
            Self::ExtendQuota { signatures, .. } => {
                Ok(list([("signatures beyond the quota", signatures.to_string())]))
            }
            Self::Reissue { job } => reissue(desk, job),
            Self::ReleaseQuarantine { serials } => chips(desk, serials, ChipState::Blank),
            Self::Destroy { serials } => chips(desk, serials, ChipState::Destroyed),
            Self::Revoke { card_id, reason } | Self::Reinstate { card_id, reason } => {
                card(desk, card_id, reason)
            }
            Self::CloseShift { counted, .. } => Ok(counted
                .iter()
                .map(|count| {
                    let numbers = format!("{} counted, {} expected", count.counted, count.expected);
                    (count.state.name().to_owned(), numbers)
                })
                .collect()),
        }
    }
}

fn list<const N: usize>(details: [(&str, String); N]) -> Details {
    details
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn in_order(serials: &[Serial]) -> Vec<Serial> {
    let mut serials = serials.to_vec();
    serials.sort_unstable();
    serials.dedup();
    serials
}

fn unknown(what: &'static str, id: &str) -> LedgerError {
    LedgerError::Conflict(Conflict::Unknown {
        what,
        id: id.to_owned(),
    })
}

/// The batch as it was taken in: a digest of all its applications, so that none comes in later.
fn start_batch(desk: &Desk<'_>, batch: &BatchId) -> Result<Details, LedgerError> {
    let view = desk.store.batch(batch)?.ok_or_else(|| unknown("batch", batch))?;
    let jobs = desk.store.jobs(&JobFilter {
        batch: Some(batch.clone()),
        ..JobFilter::default()
    })?;
    let mut contents: Vec<&str> = jobs.iter().map(|job| job.content_sha256.as_str()).collect();
    contents.sort_unstable();
    let mut digest = Sha256::new();
    for content in contents {
        digest.update(content);
    }
    Ok(list([
        ("applications", jobs.len().to_string()),
        ("profile", view.profile),
        ("sha256 of the applications", hex::encode(digest.finalize())),
    ]))
}

fn close_batch(desk: &Desk<'_>, batch: &BatchId) -> Result<Details, LedgerError> {
    let counts = desk
        .store
        .batch(batch)?
        .ok_or_else(|| unknown("batch", batch))?
        .counts;
    Ok(list([
        ("cancelled", counts.cancelled.to_string()),
        ("failed", counts.failed.to_string()),
        ("issued", counts.issued.to_string()),
        ("pending", counts.pending.to_string()),
    ]))
}

fn reissue(desk: &Desk<'_>, job: &JobId) -> Result<Details, LedgerError> {
    let view = desk.store.job(job)?.ok_or_else(|| unknown("job", job))?;
    let attempt = view.attempt.as_ref();
    Ok(list([
        ("batch", view.batch),
        (
            "card so far",
            attempt.map_or_else(|| "none".to_owned(), |attempt| attempt.card_id.clone()),
        ),
        (
            "chip so far",
            attempt.map_or_else(|| "none".to_owned(), |attempt| attempt.chip.clone()),
        ),
        ("state", view.state.name().to_owned()),
    ]))
}

/// Each chip with its state, why it has it, and its delivery.
fn chips(desk: &Desk<'_>, serials: &[Serial], next: ChipState) -> Result<Details, LedgerError> {
    let serials = in_order(serials);
    if serials.is_empty() || serials.len() > MAX_CHIPS {
        return Err(LedgerError::Conflict(Conflict::State {
            what: "list of chips",
            id: serials.len().to_string(),
            state: format!("not one of 1 to {MAX_CHIPS}"),
        }));
    }
    serials
        .into_iter()
        .map(|serial| {
            let chip = desk.chip(&serial)?;
            if !chip.state.may_become(next) {
                return Err(LedgerError::Conflict(Conflict::ChipState {
                    serial,
                    state: chip.state.name(),
                }));
            }
            let reason = chip.reason.as_deref().unwrap_or("no reason given");
            let words = format!("{}, {reason}, delivery {}", chip.state.name(), chip.delivery);
            Ok((serial, words))
        })
        .collect()
}

fn card(desk: &Desk<'_>, card_id: &CardId, reason: &str) -> Result<Details, LedgerError> {
    let view = desk
        .store
        .card(card_id)?
        .ok_or_else(|| unknown("card", card_id))?;
    Ok(list([
        ("chip", view.chip),
        ("reason", reason.to_owned()),
        ("state", view.state.name().to_owned()),
    ]))
}
