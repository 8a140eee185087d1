//! The personal data of jobs: sealed while a job needs them, gone when it does not.
//!
//! | what | where | sealed under |
//! |---|---|---|
//! | application | `jobs/JOB.sealed` | the job's key |
//! | drafts of its attempts | `drafts/JOB-ATTEMPT.sealed` | the job's key |
//! | the job's key | ledger, outside the chain | the vault's |
//!
//! To purge a job is to destroy its key first; the files, and every copy of them, are noise from then on. What a process left
//! undone that died in between is made up for by [`JobStore::purge_left`].

use std::io::ErrorKind;

use rand_core::TryCryptoRng;
use time::OffsetDateTime;

use super::application::{Application, ApplicationError};
use super::draft::{Draft, DraftError};
use super::place::{PlaceError, StationDirectory, is_job_id};
use super::vault::{JobKey, MAX_SEALED_BYTES, SealedKind, Vault, VaultError};
use crate::environment::{Access, Disk, DiskError};
use crate::ledger::event::JobId;
use crate::ledger::view::{JobFilter, JobView};
use crate::ledger::{Entry, Event, LedgerError, LedgerStore};

/// Who has done what no officer asked for.
pub const STATION_ACTOR: &str = "station";
/// DER and tag around a sealed content.
const OVERHEAD: u64 = 64;

/// Why a job's personal data are not kept, read or gone.
#[derive(Debug, thiserror::Error)]
pub enum JobDataError {
    /// Sealing or opening.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The directory.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// A file.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// What was opened is no application.
    #[error(transparent)]
    Application(#[from] ApplicationError),
    /// What was opened is no draft.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// The application is another than the ledger says.
    #[error("the application of the job {0} is not the one that the ledger accepted")]
    OtherContent(String),
    /// The data were purged.
    #[error("the personal data of the job {0} are gone")]
    Gone(String),
    /// No job has such an identifier.
    #[error("an identifier of a job has 32 lower-case hexadecimal digits")]
    JobId,
}

/// A station's personal data: where they are, what opens them, what says which of them are needed.
#[derive(Clone, Copy)]
pub struct JobStore<'a> {
    /// The directory.
    pub place: &'a StationDirectory,
    /// The ledger, which has the wrapped keys.
    pub ledger: &'a dyn LedgerStore,
    /// Files.
    pub disk: &'a dyn Disk,
}

impl JobStore<'_> {
    /// Seals the application of this job under a new key. Before the ledger hears of the job; one that it knows must not be kept
    /// again, or its key would be another.
    ///
    /// # Errors
    /// [`JobDataError`].
    pub fn keep_application(
        &self,
        job: &JobId,
        application: &Application,
        vault: &Vault,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<(), JobDataError> {
        let (key, wrapped) = vault.new_job_key(job, rng)?;
        let sealed = key.seal(SealedKind::Application, application.to_der(), rng)?;
        self.ledger.keep_job_key(job, &wrapped)?;
        let path = self.place.layout().application(job);
        Ok(self.disk.write(&path, &sealed, Access::OwnerOnly)?)
    }

    /// The application of a job, as the ledger accepted it.
    ///
    /// # Errors
    /// [`JobDataError::Gone`] after a purge, [`JobDataError::OtherContent`] for another than was accepted; [`JobDataError`].
    pub fn application(
        &self,
        job: &JobView,
        vault: &Vault,
        now: OffsetDateTime,
    ) -> Result<Application, JobDataError> {
        let key = self.key(&job.job, vault)?;
        let sealed = self.read(&self.place.layout().application(&job.job))?;
        let opened = key.open(SealedKind::Application, &sealed)?;
        let application = Application::from_der(&opened, now)?;
        if application.content_sha256() != job.content_sha256 {
            return Err(JobDataError::OtherContent(job.job.clone()));
        }
        Ok(application)
    }

    /// Keeps the draft of an attempt, in the place of the one before. Durable when it returns.
    ///
    /// # Errors
    /// [`JobDataError`].
    pub fn keep_draft(
        &self,
        job: &str,
        attempt: u32,
        draft: &Draft,
        vault: &Vault,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<(), JobDataError> {
        let key = self.key(job, vault)?;
        let sealed = key.seal(SealedKind::Draft { attempt }, &draft.to_der()?, rng)?;
        let path = self.place.layout().draft(job, attempt);
        Ok(self.disk.write(&path, &sealed, Access::OwnerOnly)?)
    }

    /// The draft of an attempt; `None` where its process died before there was one.
    ///
    /// # Errors
    /// [`JobDataError::Gone`] after a purge; [`JobDataError`].
    pub fn draft(&self, job: &str, attempt: u32, vault: &Vault) -> Result<Option<Draft>, JobDataError> {
        let key = self.key(job, vault)?;
        let sealed = match self.read(&self.place.layout().draft(job, attempt)) {
            Err(error) if error.is_not_found() => return Ok(None),
            sealed => sealed?,
        };
        let opened = key.open(SealedKind::Draft { attempt }, &sealed)?;
        Ok(Some(Draft::from_der(&opened)?))
    }

    /// Makes a job's personal data unreadable for ever, removes them, and writes that into the ledger. Needs no vault.
    ///
    /// # Errors
    /// [`JobDataError`]; once the key is destroyed, the data are gone whatever fails afterwards.
    pub fn purge(&self, job: &JobView, now: OffsetDateTime) -> Result<(), JobDataError> {
        self.ledger.destroy_job_key(&job.job)?;
        self.place.remove_data(&job.job, self.disk)?;
        if job.purged {
            return Ok(());
        }
        let event = Event::JobPurged { job: job.job.clone() };
        self.ledger
            .append(&[Entry::new(now, self.place.name(), STATION_ACTOR, event)])?;
        Ok(())
    }

    /// Purges what should have been: the data of jobs whose cards were accepted, of those that were cancelled, and of applications that were sealed and never
    /// accepted, unless another process takes a batch in just now. Gives back how many.
    ///
    /// # Errors
    /// [`JobDataError`].
    pub fn purge_left(&self, now: OffsetDateTime) -> Result<usize, JobDataError> {
        let done = self.purge_done(now)?;
        match self.place.lock_creation(self.disk) {
            Ok(_others_wait) => Ok(done + self.purge_strays(now)?),
            Err(PlaceError::Disk(error)) if error.source.kind() == ErrorKind::WouldBlock => Ok(done),
            Err(error) => Err(error.into()),
        }
    }

    /// Purges the data of jobs whose cards were accepted, and of those that were cancelled.
    ///
    /// # Errors
    /// [`JobDataError`].
    pub fn purge_done(&self, now: OffsetDateTime) -> Result<usize, JobDataError> {
        let done = self.ledger.jobs(&JobFilter {
            to_purge: true,
            ..JobFilter::default()
        })?;
        for job in &done {
            self.purge(job, now)?;
        }
        Ok(done.len())
    }

    /// Removes files of jobs that the ledger does not know, or knows to be purged. Only under
    /// [`StationDirectory::lock_creation`]: while a batch is taken in, its files are there and its jobs are not.
    pub(super) fn purge_strays(&self, now: OffsetDateTime) -> Result<usize, JobDataError> {
        let mut purged = 0;
        for job in self.place.jobs_with_data(self.disk)? {
            match self.ledger.job(&job)? {
                None => self.forget(&job)?,
                Some(view) if view.purged => self.purge(&view, now)?,
                Some(_) => continue,
            }
            purged += 1;
        }
        Ok(purged)
    }

    /// Takes back an application that the ledger did not accept.
    ///
    /// # Errors
    /// [`JobDataError`].
    pub fn forget(&self, job: &str) -> Result<(), JobDataError> {
        self.ledger.destroy_job_key(&job.to_owned())?;
        Ok(self.place.remove_data(job, self.disk)?)
    }

    fn key(&self, job: &str, vault: &Vault) -> Result<JobKey, JobDataError> {
        if !is_job_id(job) {
            return Err(JobDataError::JobId);
        }
        let wrapped = self.ledger.job_key(&job.to_owned())?;
        let wrapped = wrapped.ok_or_else(|| JobDataError::Gone(job.to_owned()))?;
        Ok(vault.job_key(job, &wrapped)?)
    }

    fn read(&self, path: &std::path::Path) -> Result<Vec<u8>, DiskError> {
        let limit = u64::try_from(MAX_SEALED_BYTES).unwrap_or(u64::MAX);
        self.disk.read(path, limit.saturating_add(OVERHEAD))
    }
}
