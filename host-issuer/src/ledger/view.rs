//! What the tables of a ledger say: rows as the station reads them. All of it follows from the events.

use super::event::{
    BatchId, CardId, CardState, ChipState, CitizenKey, JobId, JobKind, JobState, Serial, names,
};

/// A batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchView {
    /// Its identifier.
    pub batch: BatchId,
    /// The profile of its cards.
    pub profile: String,
    /// Where it is; see [`BatchState`].
    pub state: BatchState,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// Jobs by their state.
    pub counts: JobCounts,
}

/// What may be done with a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchState {
    /// Its start needs a second person.
    Created,
    /// Its cards may be made.
    Started,
    /// All is done, signed by two people.
    Closed,
}

/// How many jobs are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobCounts {
    /// Waiting, or being made.
    pub pending: u32,
    /// Issued.
    pub issued: u32,
    /// Of these, those whose cards were accepted.
    pub accepted: u32,
    /// Cancelled.
    pub cancelled: u32,
    /// Failed.
    pub failed: u32,
}

/// A job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobView {
    /// Its identifier.
    pub job: JobId,
    /// Its batch.
    pub batch: BatchId,
    /// SHA-256 of the application, hexadecimal; never changes.
    pub content_sha256: String,
    /// Whose card it is.
    pub citizen: CitizenKey,
    /// Province of the application, three digits.
    pub province: String,
    /// Why the card is made.
    pub kind: JobKind,
    /// The card that it replaces.
    pub replaces: Option<CardId>,
    /// Its state.
    pub state: JobState,
    /// The attempt that was begun last, and what is known of it.
    pub attempt: Option<AttemptView>,
    /// How many attempts were begun.
    pub attempts: u32,
    /// Why the last attempt failed, as a stable id such as `chip.removed`.
    pub reason: Option<String>,
    /// When it was accepted, RFC 3339.
    pub accepted_at: String,
    /// When its state changed last, RFC 3339.
    pub changed_at: String,
    /// Whether its card was accepted.
    pub accepted: bool,
    /// Whether its personal data were purged.
    pub purged: bool,
}

/// How far an attempt is known to have gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AttemptStep {
    /// The chip may be written to.
    Intended,
    /// The signer may have been asked.
    Signing,
    /// It signed.
    Signed,
    /// The chip may be operational.
    Activating,
    /// The card is issued.
    Issued,
    /// Given up; the chip's state says what became of it.
    Failed,
}

/// An attempt to make a job's card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptView {
    /// Its number within the job, from 1.
    pub attempt: u32,
    /// The chip.
    pub chip: Serial,
    /// The card's identifier.
    pub card_id: CardId,
    /// The reader's name.
    pub reader: String,
    /// How far it went.
    pub step: AttemptStep,
    /// When it began, RFC 3339.
    pub began_at: String,
}

/// A chip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChipView {
    /// Its serial number.
    pub serial: Serial,
    /// What is known of it, `eid.chip/1`.
    pub manifest: String,
    /// The delivery that it came with.
    pub delivery: String,
    /// Version of its applet.
    pub applet_version: String,
    /// The station that has it.
    pub station: String,
    /// How often it was handed over.
    pub moves: u32,
    /// What it is.
    pub state: ChipState,
    /// Why it is spoiled, quarantined or destroyed.
    pub reason: Option<String>,
    /// The job that it was taken for last.
    pub job: Option<JobId>,
}

/// A card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardView {
    /// Its identifier.
    pub card_id: CardId,
    /// Its chip.
    pub chip: Serial,
    /// Its job.
    pub job: JobId,
    /// Its holder.
    pub citizen: CitizenKey,
    /// Its state.
    pub state: CardState,
    /// When it was issued, RFC 3339; not yet for one that is being made.
    pub issued_at: Option<String>,
    /// The card that replaced it.
    pub replaced_by: Option<CardId>,
}

/// What a document signer has signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignerView {
    /// Signatures that it was asked for.
    pub asked: u64,
    /// Of these, those that are known to have been made.
    pub made: u64,
    /// Signatures that two people allowed it beyond its quota.
    pub extended: u64,
}

/// Which jobs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// Of this batch.
    pub batch: Option<BatchId>,
    /// In this state.
    pub state: Option<JobState>,
    /// Whose last attempt neither issued a card nor was given up: somebody died in between.
    pub unsettled: bool,
    /// Whose card is issued and was not accepted yet.
    pub to_accept: bool,
    /// Whose personal data are still kept although nobody needs them: accepted or cancelled.
    pub to_purge: bool,
    /// Accepted after this one.
    pub after: Option<JobId>,
    /// At most so many; 0 is no limit.
    pub limit: u32,
}

/// Which chips.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChipFilter {
    /// In this state.
    pub state: Option<ChipState>,
    /// At this station.
    pub station: Option<String>,
    /// Of this delivery.
    pub delivery: Option<String>,
    /// With this version of the applet.
    pub applet_version: Option<String>,
}

/// Which cards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CardFilter {
    /// In this state.
    pub state: Option<CardState>,
    /// Of this citizen.
    pub citizen: Option<CitizenKey>,
    /// That this chip is or was.
    pub chip: Option<Serial>,
    /// With a chip of this delivery.
    pub delivery: Option<String>,
    /// With a chip that has this version of the applet.
    pub applet_version: Option<String>,
    /// Issued at or after this time, RFC 3339, UTC.
    pub from: Option<String>,
    /// Issued before this time, RFC 3339, UTC.
    pub until: Option<String>,
}

names! {
    BatchState { Created => "CREATED", Started => "STARTED", Closed => "CLOSED" }
    AttemptStep {
        Intended => "intended", Signing => "signing", Signed => "signed", Activating => "activating",
        Issued => "issued", Failed => "failed",
    }
}
