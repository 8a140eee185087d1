//! Taking a batch in: every application is checked as a whole before anything is kept, then all of it is kept or nothing.
//!
//! What can be known of a conflict beforehand is found while checking, application by application; the ledger has the last word when
//! the batch is appended, in one transaction.

use std::collections::HashMap;

use rand_core::TryCryptoRng;
use time::OffsetDateTime;

use super::super::application::{Application, ApplicationError};
use super::super::desk::Desk;
use super::super::jobs::{JobDataError, JobStore};
use super::super::vault::Vault;
use crate::ledger::event::{BatchId, CardId, CardState, CitizenKey, JobId, JobState};
use crate::ledger::view::{CardFilter, CardView};
use crate::ledger::{Event, LedgerError, LedgerStore};

/// Most applications of a batch.
pub const MAX_JOBS: usize = 10_000;
/// How often the same application may have been cancelled.
const MAX_CANCELLED: u32 = 1000;

/// Why an application becomes no job.
#[derive(Debug, thiserror::Error)]
pub enum Unacceptable {
    /// Something is wrong with it.
    #[error(transparent)]
    Application(#[from] ApplicationError),
    /// It is a job already.
    #[error("the same application was taken in before: job {job} of the batch {batch}, {}", state.name())]
    JobTwice {
        /// The job.
        job: JobId,
        /// Its batch.
        batch: BatchId,
        /// What became of it.
        state: JobState,
    },
    /// It, or another one of the same citizen, is in this batch already.
    #[error("the batch has an application of the same citizen: {0}")]
    CitizenTwice(String),
    /// The citizen has a card that this one does not replace.
    #[error("the citizen has the card {card}, which is {} and which this one does not replace", state.name())]
    ActiveCard {
        /// The card.
        card: CardId,
        /// What it is.
        state: CardState,
    },
    /// The card that it replaces is none of the citizen's.
    #[error("replaces: {0} is no card of this citizen in this ledger")]
    NotReplaceable(CardId),
    /// The ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Why a batch was not taken in. Nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// Nobody is in it.
    #[error("no application is good")]
    Empty,
    /// It has too many applications.
    #[error("the batch has {0} applications, and may have {MAX_JOBS}")]
    TooMany(usize),
    /// An application was another one when it was read again.
    #[error("{0}: was changed while the batch was taken in")]
    Changed(String),
    /// The numbers of the day are used up.
    #[error("this station has taken in 999 batches today")]
    Numbers,
    /// Sealing, storing, the ledger.
    #[error(transparent)]
    Data(#[from] JobDataError),
}

impl From<LedgerError> for CreateError {
    fn from(error: LedgerError) -> Self {
        Self::Data(error.into())
    }
}

/// An application that was found good: what is remembered of it until all are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What the list calls it.
    pub name: String,
    /// Where in the list it is.
    pub index: usize,
    /// Its job.
    pub job: JobId,
    content_sha256: String,
    citizen: CitizenKey,
}

/// Collects what a batch will have.
pub struct Checking<'a> {
    ledger: &'a dyn LedgerStore,
    vault: &'a Vault,
    good: Vec<Candidate>,
    by_citizen: HashMap<CitizenKey, String>,
}

impl<'a> Checking<'a> {
    /// Begins with nothing.
    #[must_use]
    pub fn new(ledger: &'a dyn LedgerStore, vault: &'a Vault) -> Self {
        Self {
            ledger,
            vault,
            good: Vec::new(),
            by_citizen: HashMap::new(),
        }
    }

    /// Holds an application against the ledger and the others. A good one is remembered, without its content.
    ///
    /// # Errors
    /// [`Unacceptable`].
    pub fn add(
        &mut self,
        index: usize,
        name: &str,
        application: &Application,
    ) -> Result<&Candidate, Unacceptable> {
        let job = free_job(self.ledger, application)?;
        let citizen = self.vault.citizen_key(application.record().citizen_number());
        if let Some(other) = self.by_citizen.get(&citizen) {
            return Err(Unacceptable::CitizenTwice(other.clone()));
        }
        self.check_cards(&citizen, application.occasion().replaces.as_ref())?;
        self.by_citizen.insert(citizen.clone(), name.to_owned());
        let place = self.good.len();
        self.good.push(Candidate {
            name: name.to_owned(),
            index,
            job,
            content_sha256: application.content_sha256(),
            citizen,
        });
        Ok(&self.good[place])
    }

    /// Those that are good, in their order.
    #[must_use]
    pub fn good(&self) -> &[Candidate] {
        &self.good
    }

    /// A citizen has one card that is not revoked; another one says that it replaces that.
    fn check_cards(&self, citizen: &CitizenKey, replaces: Option<&CardId>) -> Result<(), Unacceptable> {
        let cards = self.ledger.cards(&CardFilter {
            citizen: Some(citizen.clone()),
            ..CardFilter::default()
        })?;
        if let Some(card) = replaces {
            let known = |view: &CardView| &view.card_id == card && view.issued_at.is_some();
            if !cards.iter().any(known) {
                return Err(Unacceptable::NotReplaceable(card.clone()));
            }
        }
        let valid = |state| matches!(state, CardState::Active | CardState::Suspended);
        match cards
            .into_iter()
            .find(|view| valid(view.state) && Some(&view.card_id) != replaces)
        {
            Some(view) => Err(Unacceptable::ActiveCard {
                card: view.card_id,
                state: view.state,
            }),
            None => Ok(()),
        }
    }
}

/// The identifier of a new job with this application.
fn free_job(ledger: &dyn LedgerStore, application: &Application) -> Result<JobId, Unacceptable> {
    for cancelled in 0..MAX_CANCELLED {
        let job = application.job_id(cancelled);
        match ledger.job(&job)? {
            None => return Ok(job),
            Some(view) if view.state == JobState::Cancelled => {}
            Some(view) => {
                return Err(Unacceptable::JobTwice {
                    job,
                    batch: view.batch,
                    state: view.state,
                });
            }
        }
    }
    Err(Unacceptable::Application(ApplicationError::Malformed))
}

/// Keeps the good applications and enters them into the ledger as one batch. `read` gives an application again, by its place in the
/// list. `with` is what happens in the same transaction, such as that a lost card is suspended. Nothing is kept after an error, but
/// where the ledger is in doubt.
///
/// # Errors
/// [`CreateError`].
pub fn keep(
    store: &JobStore<'_>,
    vault: &Vault,
    desk: &Desk<'_>,
    (candidates, with): (&[Candidate], Vec<Event>),
    read: &mut dyn FnMut(usize) -> Result<Application, ApplicationError>,
    rng: &mut (impl TryCryptoRng + ?Sized),
) -> Result<BatchId, CreateError> {
    match candidates.len() {
        0 => return Err(CreateError::Empty),
        1..=MAX_JOBS => {}
        count => return Err(CreateError::TooMany(count)),
    }
    let _others_wait = store
        .place
        .lock_creation(store.disk)
        .map_err(JobDataError::from)?;
    // What a creation left that died is not in the way of this one.
    store.purge_strays(desk.now)?;
    let batch = next_batch(desk.store, desk.station, desk.now)?;
    let kept = seal_all(store, vault, &batch, candidates, read, rng).and_then(|events| {
        desk.append(with.into_iter().chain(events))?;
        Ok(())
    });
    match kept {
        Ok(()) => Ok(batch),
        Err(CreateError::Data(JobDataError::Ledger(error)))
            if error.in_doubt() && store.ledger.batch(&batch)?.is_some() =>
        {
            Ok(batch)
        }
        Err(error) => {
            for candidate in candidates {
                // Under the lock nobody else can have made it a job meanwhile, but the ledger may be in doubt.
                if store.ledger.job(&candidate.job)?.is_none() {
                    store.forget(&candidate.job)?;
                }
            }
            Err(error)
        }
    }
}

fn seal_all(
    store: &JobStore<'_>,
    vault: &Vault,
    batch: &BatchId,
    candidates: &[Candidate],
    read: &mut dyn FnMut(usize) -> Result<Application, ApplicationError>,
    rng: &mut (impl TryCryptoRng + ?Sized),
) -> Result<Vec<Event>, CreateError> {
    let changed = |candidate: &Candidate| CreateError::Changed(candidate.name.clone());
    let mut accepted = Vec::with_capacity(candidates.len() + 1);
    let mut profile = None;
    for candidate in candidates {
        let application = read(candidate.index).map_err(|_| changed(candidate))?;
        if application.content_sha256() != candidate.content_sha256 {
            return Err(changed(candidate));
        }
        // A job that came into the ledger since has a key that must stay.
        if store.ledger.job(&candidate.job)?.is_some() {
            return Err(changed(candidate));
        }
        // A creation that died may have left a key, and no file.
        store.forget(&candidate.job)?;
        store.keep_application(&candidate.job, &application, vault, rng)?;
        profile.get_or_insert_with(|| application.profile().name().to_owned());
        let occasion = application.occasion();
        accepted.push(Event::JobAccepted {
            job: candidate.job.clone(),
            batch: batch.clone(),
            content_sha256: candidate.content_sha256.clone(),
            citizen: candidate.citizen.clone(),
            province: application.province(),
            reason: occasion.kind,
            replaces: occasion.replaces.clone(),
        });
    }
    accepted.insert(
        0,
        Event::BatchCreated {
            batch: batch.clone(),
            profile: profile.unwrap_or_default(),
            jobs: u32::try_from(candidates.len()).unwrap_or(u32::MAX),
        },
    );
    Ok(accepted)
}

/// The next free identifier of the day: `2026-11-24-hn-01-003`.
fn next_batch(ledger: &dyn LedgerStore, station: &str, now: OffsetDateTime) -> Result<BatchId, CreateError> {
    let start = format!("{}-{station}-", now.date());
    let number = |batch: &str| batch.strip_prefix(&start)?.parse::<u32>().ok();
    let batches = ledger.batches()?;
    let last = batches.iter().filter_map(|view| number(&view.batch)).max();
    match last.unwrap_or(0) + 1 {
        next @ 1..=999 => Ok(format!("{start}{next:03}")),
        _ => Err(CreateError::Numbers),
    }
}
