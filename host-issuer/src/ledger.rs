//! The station's ledger: what happened to every job, chip and card, so that an auditor can believe it.
//!
//! It is a chain of [events](event): nothing is changed and nothing is taken away, each event is bound to all before it by a
//! digest, and whoever keeps the digest of a moment (an anchor) can tell later whether what came before it is still the same. What
//! is asked of a ledger while cards are made (is this chip in stock, does this citizen have a card) stands in tables beside the
//! chain, which are nothing but the sum of the events: they are changed in the transaction that appends the event, and refuse an
//! event that would make two cards of one chip, or give one citizen two.
//!
//! No name, no citizen number and no biometric is in it: a citizen is a keyed digest of the number ([`event::CitizenKey`]).
//!
//! [`LedgerStore`] is what the station needs of a store. It is synchronous: one call is one durable transaction.

pub mod anchor;
pub mod chain;
pub mod check;
pub mod checkpoint;
pub mod error;
pub mod event;
pub mod export;
mod sql;
pub mod sqlite;
pub mod transition;
pub mod verify;
pub mod view;

use self::checkpoint::Checkpoint;
pub use self::error::LedgerError;
use self::event::{BatchId, CardId, JobId, Serial};
pub use self::event::{Entry, Event, OfficerEntry};
use self::view::{BatchView, CardFilter, CardView, ChipFilter, ChipView, JobFilter, JobView, SignerView};

/// Where the chain ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many events there are; the first has the number 1.
    pub sequence: u64,
    /// The digest that binds all of them (SHA-256).
    pub digest: [u8; 32],
}

/// An event as it stands in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chained {
    /// Its number.
    pub sequence: u64,
    /// The bytes that were digested: the entry in JSON, as it was appended.
    pub content: Vec<u8>,
    /// The digest over this event and all before it.
    pub digest: [u8; 32],
}

/// A store of the chain and of its tables.
///
/// Every call either happened whole and lasts, or left nothing; after an error nothing is known only where
/// [`LedgerError::in_doubt`] says so. Implementations are shared by the threads of a station.
pub trait LedgerStore: Send + Sync {
    /// Appends these entries, all or none, and gives the new end of the chain.
    ///
    /// # Errors
    /// [`LedgerError::Conflict`] for an event that the tables do not allow (a chip that is not in stock, a second active card);
    /// [`LedgerError`] when it cannot be stored.
    fn append(&self, entries: &[Entry]) -> Result<Head, LedgerError>;

    /// Where the chain ends.
    ///
    /// # Errors
    /// [`LedgerError`].
    fn head(&self) -> Result<Head, LedgerError>;

    /// At most `limit` events after the one with the number `after`, in order.
    ///
    /// # Errors
    /// [`LedgerError`].
    fn events(&self, after: u64, limit: u32) -> Result<Vec<Chained>, LedgerError>;

    /// The ledger's identifier, as its first event says it.
    ///
    /// # Errors
    /// [`LedgerError::Damaged`] for a ledger without a first event; [`LedgerError`].
    fn identifier(&self) -> Result<String, LedgerError>;

    /// Who may do what now, as the newest [`Event::OfficersSet`] says it and in its order; empty where there was none.
    ///
    /// # Errors
    /// [`LedgerError`].
    fn officers(&self) -> Result<Vec<OfficerEntry>, LedgerError>;

    /// Keeps a checkpoint beside the chain, whose end it is; one of the same event that is kept already stays.
    ///
    /// # Errors
    /// [`LedgerError::Conflict`] for one that is not of this chain; [`LedgerError`].
    fn keep_checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), LedgerError>;

    /// At most `limit` checkpoints that are kept, of events after the one with the number `after`, in order.
    ///
    /// # Errors
    /// [`LedgerError`].
    fn checkpoints(&self, after: u64, limit: u32) -> Result<Vec<Checkpoint>, LedgerError>;

    /// A batch.
    ///
    /// # Errors
    /// [`LedgerError`].
    fn batch(&self, batch: &BatchId) -> Result<Option<BatchView>, LedgerError>;

    /// All batches, the newest first.
    ///
    /// # Errors
    /// [`LedgerError`].
    fn batches(&self) -> Result<Vec<BatchView>, LedgerError>;

    /// A job.
    ///
    /// # Errors
    /// [`LedgerError`].
    fn job(&self, job: &JobId) -> Result<Option<JobView>, LedgerError>;

    /// Jobs, in the order in which they were accepted.
    ///
    /// # Errors
    /// [`LedgerError`].
    fn jobs(&self, filter: &JobFilter) -> Result<Vec<JobView>, LedgerError>;

    /// A chip.
    ///
    /// # Errors
    /// [`LedgerError`].
    fn chip(&self, serial: &Serial) -> Result<Option<ChipView>, LedgerError>;

    /// Chips, by serial number.
    ///
    /// # Errors
    /// [`LedgerError`].
    fn chips(&self, filter: &ChipFilter) -> Result<Vec<ChipView>, LedgerError>;

    /// A card.
    ///
    /// # Errors
    /// [`LedgerError`].
    fn card(&self, card: &CardId) -> Result<Option<CardView>, LedgerError>;

    /// Cards, by identifier.
    ///
    /// # Errors
    /// [`LedgerError`].
    fn cards(&self, filter: &CardFilter) -> Result<Vec<CardView>, LedgerError>;

    /// What a document signer has signed, by the serial number of its certificate.
    ///
    /// # Errors
    /// [`LedgerError`].
    fn document_signer(&self, serial: &str) -> Result<SignerView, LedgerError>;

    /// Whether an approval with this digest was used. One that was only refused ([`Event::ApprovalRefused`], which is recorded as
    /// often as it happens) was not: whoever forgot a signature brings it the next time.
    ///
    /// # Errors
    /// [`LedgerError`].
    fn approval_seen(&self, digest: &str) -> Result<bool, LedgerError>;

    /// Keeps the wrapped key of a job's personal data, outside the chain: it can be destroyed.
    ///
    /// # Errors
    /// [`LedgerError`].
    fn keep_job_key(&self, job: &JobId, wrapped: &[u8]) -> Result<(), LedgerError>;

    /// The wrapped key, while it is kept.
    ///
    /// # Errors
    /// [`LedgerError`].
    fn job_key(&self, job: &JobId) -> Result<Option<Vec<u8>>, LedgerError>;

    /// Destroys the wrapped key and overwrites its place: the job's personal data are unreadable from then on.
    ///
    /// # Errors
    /// [`LedgerError`].
    fn destroy_job_key(&self, job: &JobId) -> Result<(), LedgerError>;
}
