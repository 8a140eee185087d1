//! What happens to a card after it is issued: it is printed on, looked at, and accepted. With that the station's part is done, and
//! everything personal of its job goes.
//!
//! ```text
//! issued ──► print data handed out, as often as it takes ──► accepted ──► purged
//!               PrintDataGiven before each                     CardAccepted   JobPurged
//! ```
//!
//! Until then the application, the drafts and what is printed stay sealed, so that a print that went wrong is printed again and a card
//! that two people revoked is made again ([`reissue`](super::batch::reissue)) without asking the citizen for anything. A process that
//! dies between acceptance and purge leaves that for the next one ([`JobStore::purge_left`]). A card that will never be accepted is
//! revoked, and its job made again or cancelled.

use zeroize::Zeroizing;

use super::desk::Desk;
use super::jobs::{JobDataError, JobStore};
use super::vault::Vault;
use crate::ledger::error::Conflict;
use crate::ledger::event::{BatchId, CardId};
use crate::ledger::view::{CardView, JobFilter};
use crate::ledger::{Event, LedgerError, LedgerStore};

/// Why nothing is printed or accepted.
#[derive(Debug, thiserror::Error)]
pub enum AcceptanceError {
    /// The job's personal data: gone, damaged, sealed in another vault.
    #[error(transparent)]
    Data(#[from] JobDataError),
    /// The card was accepted: what was printed on it is kept no longer.
    #[error("the card {0} was accepted, and what was printed on it is kept no longer")]
    Accepted(CardId),
}

impl From<LedgerError> for AcceptanceError {
    fn from(error: LedgerError) -> Self {
        Self::Data(error.into())
    }
}

/// What became of an acceptance.
#[derive(Debug)]
pub struct Accepted {
    /// The cards.
    pub cards: Vec<CardId>,
    /// Why personal data are still here: the cards are accepted all the same, the next process makes up for it.
    pub not_purged: Option<JobDataError>,
}

/// Hands out what is printed on a card (`eid.print/1`), and writes down first that it does.
///
/// # Errors
/// [`AcceptanceError::Accepted`]; a conflict for a card that is not there or not valid; [`AcceptanceError::Data`].
pub fn print_data(
    desk: &Desk<'_>,
    jobs: &JobStore<'_>,
    vault: &Vault,
    card_id: &CardId,
) -> Result<Zeroizing<Vec<u8>>, AcceptanceError> {
    let card = find(desk.store, card_id)?;
    let job = desk.store.job(&card.job)?;
    let job = job.ok_or_else(|| unknown("job", &card.job))?;
    if job.accepted || job.purged {
        return Err(AcceptanceError::Accepted(card_id.clone()));
    }
    let attempt = job.attempt.as_ref().filter(|attempt| attempt.card_id == *card_id);
    let attempt = attempt.ok_or_else(|| unknown("card", card_id))?.attempt;
    // Opened before it is written down that it was given; handed out after.
    let draft = jobs.draft(&job.job, attempt, vault)?;
    let prepared = draft.and_then(|draft| draft.prepared);
    let prepared = prepared.ok_or_else(|| JobDataError::Gone(job.job.clone()))?;
    desk.append([Event::PrintDataGiven {
        job: job.job,
        card_id: card_id.clone(),
    }])?;
    Ok(prepared.print)
}

/// The cards of a batch, or of all, that are issued and wait to be accepted, in the order of their jobs.
///
/// # Errors
/// [`LedgerError`].
pub fn waiting(store: &dyn LedgerStore, batch: Option<&BatchId>) -> Result<Vec<CardId>, LedgerError> {
    let jobs = store.jobs(&JobFilter {
        batch: batch.cloned(),
        to_accept: true,
        ..JobFilter::default()
    })?;
    let cards = jobs.into_iter().filter_map(|job| Some(job.attempt?.card_id));
    Ok(cards.collect())
}

/// Accepts these cards, all or none, then purges the personal data of their jobs.
///
/// # Errors
/// A conflict for a card that is not there, not valid, or accepted already: nothing is accepted then.
pub fn accept(desk: &Desk<'_>, jobs: &JobStore<'_>, cards: &[CardId]) -> Result<Accepted, AcceptanceError> {
    let views = cards
        .iter()
        .map(|card| find(desk.store, card))
        .collect::<Result<Vec<_>, _>>()?;
    desk.append(views.iter().map(|card| Event::CardAccepted {
        job: card.job.clone(),
        card_id: card.card_id.clone(),
    }))?;
    let purge = |card: &CardView| -> Result<(), JobDataError> {
        match desk.store.job(&card.job)? {
            Some(job) => jobs.purge(&job, desk.now),
            None => Ok(()),
        }
    };
    // One that cannot be purged keeps no other.
    let failures: Vec<JobDataError> = views.iter().filter_map(|card| purge(card).err()).collect();
    Ok(Accepted {
        cards: cards.to_vec(),
        not_purged: failures.into_iter().next(),
    })
}

fn find(store: &dyn LedgerStore, card_id: &CardId) -> Result<CardView, LedgerError> {
    store.card(card_id)?.ok_or_else(|| unknown("card", card_id))
}

fn unknown(what: &'static str, id: &str) -> LedgerError {
    LedgerError::Conflict(Conflict::Unknown {
        what,
        id: id.to_owned(),
    })
}
