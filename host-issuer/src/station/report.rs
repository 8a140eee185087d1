//! What became of a batch: read from the chain, event by event, so that the report says what an auditor finds.
//!
//! No person is in it: a job, a chip, a card, a province.

mod gather;
pub mod tally;

use serde::Serialize;

pub use self::gather::{ReportError, gather};
use self::tally::{Tally, Total};
use crate::ledger::event::{ChipState, JobKind, JobState};

/// Schema of a report.
pub const SCHEMA: &str = "eid.batch.report/1";

/// A batch, all that was done for it, and what that adds up to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BatchReport {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The batch.
    pub batch: String,
    /// The profile of its cards.
    pub profile: String,
    /// The station that took it in.
    pub station: String,
    /// `CREATED`, `STARTED`, `CLOSED`.
    pub state: &'static str,
    /// When and by whom it was created.
    pub created: Signed,
    /// When it was started, and by which two people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<Signed>,
    /// When it was closed, and by which two people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed: Option<Signed>,
    /// The number of the last event that was read, and with it what the report knows.
    pub as_of_sequence: u64,
    /// The whole of it.
    pub total: Total,
    /// By province, three digits.
    pub provinces: Vec<Tally>,
    /// By the day on which an attempt ended, UTC.
    pub days: Vec<Tally>,
    /// By reader.
    pub readers: Vec<Tally>,
    /// Why attempts and cards came to nothing, the most frequent first.
    pub reasons: Vec<Reason>,
    /// Chips that were on a reader while the batch was open and of which nothing was made.
    pub refused: Vec<RefusedChip>,
    /// Every job.
    pub jobs: Vec<JobLine>,
    /// Every attempt.
    pub attempts: Vec<AttemptLine>,
}

/// Something that somebody did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Signed {
    /// When, RFC 3339.
    pub at: String,
    /// Who; of two people the one who asked.
    pub by: String,
    /// Who said yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
}

/// A job of the batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JobLine {
    /// The job.
    pub job: String,
    /// Province, three digits.
    pub province: String,
    /// Why the card was asked for.
    pub kind: JobKind,
    /// What became of it.
    pub state: JobState,
    /// Attempts that were begun.
    pub attempts: u32,
    /// Why it was cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether its personal data are gone.
    pub purged: bool,
}

/// An attempt to make a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AttemptLine {
    /// The job.
    pub job: String,
    /// Its province.
    pub province: String,
    /// The attempt, from 1.
    pub attempt: u32,
    /// The reader.
    pub reader: String,
    /// The chip.
    pub chip: String,
    /// The card that it was to be.
    pub card_id: String,
    /// When it began, RFC 3339.
    pub began_at: String,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    /// Seconds between the two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it came to nothing, as a stable id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why the card or chip was set apart after that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub later: Option<String>,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nobody knows: its process died, or it runs.
    Unsettled,
    /// The card was issued.
    Issued,
    /// The chip can be used again.
    Blank,
    /// The chip is kept apart.
    Quarantined,
    /// The chip is of no use any more.
    Spoiled,
}

impl Outcome {
    /// Its name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unsettled => "unsettled",
            Self::Issued => "issued",
            Self::Blank => "blank",
            Self::Quarantined => "quarantined",
            Self::Spoiled => "spoiled",
        }
    }

    const fn of(chip: ChipState) -> Self {
        match chip {
            ChipState::Blank | ChipState::InProduction => Self::Blank,
            ChipState::Quarantined => Self::Quarantined,
            ChipState::Spoiled | ChipState::Destroyed => Self::Spoiled,
            ChipState::Issued => Self::Issued,
        }
    }
}

/// How often something was the reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// A stable id, or an operator's words.
    pub reason: String,
    /// Attempts that ended so.
    pub attempts: u32,
    /// Of these, those that cost a chip.
    pub chips: u32,
}

/// A chip of which nothing was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefusedChip {
    /// The serial number that it told; an operational card tells none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// The reader.
    pub reader: String,
    /// Why, as a stable id.
    pub reason: String,
    /// When, RFC 3339.
    pub at: String,
}
