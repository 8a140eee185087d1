//! A ledger some of whose calls fail; what it keeps is real.

use host_issuer::ledger::checkpoint::Checkpoint;
use host_issuer::ledger::event::{BatchId, CardId, JobId, OfficerEntry, Serial};
use host_issuer::ledger::view::{
    BatchView, CardFilter, CardView, ChipFilter, ChipView, JobFilter, JobView, SignerView,
};
use host_issuer::ledger::{Chained, Entry, Head, LedgerError, LedgerStore};

use super::faults::{Kind, Seam};
use super::seams::Gate;

/// The ledger of a life of the station.
pub struct FailingLedger<'w> {
    pub gate: &'w Gate<'w>,
    pub inner: &'w dyn LedgerStore,
}

impl FailingLedger<'_> {
    fn write<T>(
        &self,
        what: &'static str,
        work: impl FnOnce() -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        self.gate
            .call(Seam::LedgerWrite, what, work, |kind| LedgerError::Store {
                action: "written",
                why: "the disk does not answer".into(),
                in_doubt: matches!(kind, Some(Kind::After | Kind::Doubt)),
            })
    }

    fn read<T>(
        &self,
        what: &'static str,
        work: impl FnOnce() -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        self.gate
            .call(Seam::LedgerRead, what, work, |_| LedgerError::Store {
                action: "read",
                why: "the disk does not answer".into(),
                in_doubt: false,
            })
    }
}

impl LedgerStore for FailingLedger<'_> {
    fn append(&self, entries: &[Entry]) -> Result<Head, LedgerError> {
        self.write("append", || self.inner.append(entries))
    }

    fn keep_job_key(&self, job: &JobId, wrapped: &[u8]) -> Result<(), LedgerError> {
        self.write("keep a job's key", || self.inner.keep_job_key(job, wrapped))
    }

    fn destroy_job_key(&self, job: &JobId) -> Result<(), LedgerError> {
        self.write("destroy a job's key", || self.inner.destroy_job_key(job))
    }

    fn keep_checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), LedgerError> {
        self.write("keep a checkpoint", || self.inner.keep_checkpoint(checkpoint))
    }

    fn checkpoints(&self, after: u64, limit: u32) -> Result<Vec<Checkpoint>, LedgerError> {
        self.read("checkpoints", || self.inner.checkpoints(after, limit))
    }

    fn head(&self) -> Result<Head, LedgerError> {
        self.read("head", || self.inner.head())
    }

    fn events(&self, after: u64, limit: u32) -> Result<Vec<Chained>, LedgerError> {
        self.read("events", || self.inner.events(after, limit))
    }

    fn identifier(&self) -> Result<String, LedgerError> {
        self.read("identifier", || self.inner.identifier())
    }

    fn officers(&self) -> Result<Vec<OfficerEntry>, LedgerError> {
        self.read("officers", || self.inner.officers())
    }

    fn batch(&self, batch: &BatchId) -> Result<Option<BatchView>, LedgerError> {
        self.read("batch", || self.inner.batch(batch))
    }

    fn batches(&self) -> Result<Vec<BatchView>, LedgerError> {
        self.read("batches", || self.inner.batches())
    }

    fn job(&self, job: &JobId) -> Result<Option<JobView>, LedgerError> {
        self.read("job", || self.inner.job(job))
    }

    fn jobs(&self, filter: &JobFilter) -> Result<Vec<JobView>, LedgerError> {
        self.read("jobs", || self.inner.jobs(filter))
    }

    fn chip(&self, serial: &Serial) -> Result<Option<ChipView>, LedgerError> {
        self.read("chip", || self.inner.chip(serial))
    }

    fn chips(&self, filter: &ChipFilter) -> Result<Vec<ChipView>, LedgerError> {
        self.read("chips", || self.inner.chips(filter))
    }

    fn card(&self, card: &CardId) -> Result<Option<CardView>, LedgerError> {
        self.read("card", || self.inner.card(card))
    }

    fn cards(&self, filter: &CardFilter) -> Result<Vec<CardView>, LedgerError> {
        self.read("cards", || self.inner.cards(filter))
    }

    fn document_signer(&self, serial: &str) -> Result<SignerView, LedgerError> {
        self.read("document signer", || self.inner.document_signer(serial))
    }

    fn approval_seen(&self, digest: &str) -> Result<bool, LedgerError> {
        self.read("approval", || self.inner.approval_seen(digest))
    }

    fn job_key(&self, job: &JobId) -> Result<Option<Vec<u8>>, LedgerError> {
        self.read("job's key", || self.inner.job_key(job))
    }
}
