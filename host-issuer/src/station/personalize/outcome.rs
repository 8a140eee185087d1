//! What became of a chip that was on a reader.

use personalization::job::PrepareError;

use super::super::application::ApplicationError;
use super::super::jobs::JobDataError;
use super::settle::Settled;
use crate::environment::DiskError;
use crate::ledger::LedgerError;
use crate::ledger::event::{BatchId, CardId, ChipState, JobId, JobState, Serial};
use crate::ledger::view::JobView;
use crate::load::LoadError;

/// What was done.
#[derive(Debug)]
pub enum Done {
    /// A card was issued.
    Issued(IssuedCard),
    /// The card on the reader was left by a process that died, or by a lost answer; now it is known what it is.
    Settled(Settled),
    /// No job is waiting; the chip is as it was.
    NothingToDo,
}

/// A card that is issued: operational, in the ledger, its receipt on disk. What is printed on it is sealed until it is accepted.
#[derive(Debug)]
pub struct IssuedCard {
    /// The job.
    pub job: JobId,
    /// The attempt that made it.
    pub attempt: u32,
    /// The card.
    pub card_id: CardId,
    /// Its chip.
    pub chip: Serial,
    /// Seconds from the first command to the last; not known of a card that was settled.
    pub seconds: Option<f64>,
}

/// Why no card was made.
#[derive(Debug, thiserror::Error)]
pub enum Undone {
    /// The chip is none to make a card of; nothing was done to it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// An attempt ended without a card, and the ledger knows it.
    #[error("{0}")]
    Failed(Box<FailedAttempt>),
    /// The chip may be operational: it has to be put on a reader again, or to be given up.
    #[error("nobody knows yet whether the card is issued: {}", .0.cause)]
    Unsettled(Box<UnsettledAttempt>),
    /// The station cannot go on.
    #[error(transparent)]
    Stopped(#[from] Stop),
}

impl From<LedgerError> for Undone {
    fn from(error: LedgerError) -> Self {
        Self::Stopped(Stop::Ledger(error))
    }
}

/// An attempt that ended without a card.
#[derive(Debug, thiserror::Error)]
#[error("{cause}")]
pub struct FailedAttempt {
    /// The job.
    pub job: JobId,
    /// The attempt, from 1.
    pub attempt: u32,
    /// The chip.
    pub chip: Serial,
    /// Why, as the ledger has it.
    pub reason: &'static str,
    /// The same for people.
    pub cause: AttemptError,
    /// What the chip is now.
    pub chip_state: ChipState,
    /// What the job is now.
    pub job_state: JobState,
    /// Whether other cards would fail for the same reason.
    pub stops: bool,
}

/// An attempt of which nobody knows how it ended.
#[derive(Debug)]
pub struct UnsettledAttempt {
    /// The job as it was before.
    pub job: JobView,
    /// The attempt, from 1.
    pub attempt: u32,
    /// The card.
    pub card_id: CardId,
    /// The chip.
    pub chip: Serial,
    /// What happened.
    pub cause: AttemptError,
    /// Whether it was the station's fault and not the card's: nothing more can be done before that is mended.
    pub stops: bool,
}

/// Why a chip is not made a card. Nothing was done to it.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It is a card already, or a chip of another kind.
    #[error("the card on the reader is no blank chip: it is issued already, or of another kind")]
    NotBlank,
    /// Another reader has the job just now that this may be the chip of.
    #[error("another reader is looking at the job that this chip may belong to: lay it on again")]
    Later,
    /// It has another issuer's keys, or is no genuine one.
    #[error("the chip {serial} does not take the issuer's keys: {error}")]
    IssuerKey {
        /// The serial number that it tells; nothing proves it.
        serial: Serial,
        /// What happened.
        error: LoadError,
    },
    /// It is not in the ledger.
    #[error("the chip {0} is not in stock")]
    Unknown(Serial),
    /// It is another station's.
    #[error("the chip {serial} belongs to the station {station}")]
    Elsewhere {
        /// Its serial number.
        serial: Serial,
        /// Where it should be.
        station: String,
    },
    /// It is in stock, and not to be used.
    #[error("the chip {serial} is {}", state.name())]
    State {
        /// Its serial number.
        serial: Serial,
        /// What it is.
        state: ChipState,
    },
    /// The ledger says something else of it than a moment ago.
    #[error("the chip {0} is not blank any more")]
    Changed(Serial),
    /// A chip with this serial number is a card already, or is in the making on another reader: there are two of them.
    #[error("a chip with the serial number {0} is a card already, or on another reader")]
    DuplicateSerial(Serial),
    /// Nothing was learnt of it: it was pulled too early, does not answer, or the reader fails.
    #[error(transparent)]
    Chip(LoadError),
}

impl Refusal {
    /// Its stable id.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Self::NotBlank => "chip.not_blank",
            Self::Later => "chip.later",
            Self::IssuerKey { .. } => "chip.issuer_key",
            Self::Unknown(_) => "chip.unknown",
            Self::Elsewhere { .. } => "chip.elsewhere",
            Self::State { state, .. } => match state {
                ChipState::Quarantined => "chip.quarantined",
                ChipState::Spoiled => "chip.spoiled",
                ChipState::Destroyed => "chip.destroyed",
                ChipState::Blank | ChipState::InProduction | ChipState::Issued => "chip.state",
            },
            Self::Changed(_) => "chip.state",
            Self::DuplicateSerial(_) => "chip.duplicate_serial",
            Self::Chip(error) => super::ruling::before_activation(error).reason,
        }
    }

    /// The chip, where it told its serial number.
    #[must_use]
    pub fn serial(&self) -> Option<&str> {
        match self {
            Self::NotBlank | Self::Later | Self::Chip(_) => None,
            Self::IssuerKey { serial, .. }
            | Self::Unknown(serial)
            | Self::Changed(serial)
            | Self::Elsewhere { serial, .. }
            | Self::State { serial, .. }
            | Self::DuplicateSerial(serial) => Some(serial),
        }
    }
}

/// Why the station cannot make cards.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// The ledger cannot be read or written; what was in the making is settled when it can.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The station's own files.
    #[error(transparent)]
    Data(JobDataError),
    /// The batch is not one whose cards may be made.
    #[error("the batch {batch} {is}")]
    Batch {
        /// Its identifier.
        batch: BatchId,
        /// What it is.
        is: &'static str,
    },
    /// The document signer has made all the signatures that it may.
    #[error("the document signer {document_signer} has made its {quota} signatures")]
    Quota {
        /// Serial number of its certificate.
        document_signer: String,
        /// How many it may make.
        quota: u64,
    },
    /// No random numbers.
    #[error("this machine gives no random numbers")]
    Random,
}

impl Stop {
    /// Its stable id.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        match self {
            Self::Ledger(LedgerError::Conflict(_)) => "ledger.conflict",
            Self::Ledger(LedgerError::Damaged(_)) => "ledger.damaged",
            Self::Ledger(LedgerError::Store { .. }) => "ledger.store",
            Self::Data(_) => "station.data",
            Self::Batch { .. } => "batch.not_started",
            Self::Quota { .. } => "signer.quota",
            Self::Random => "station.random",
        }
    }
}

/// What went wrong with an attempt.
#[derive(Debug, thiserror::Error)]
pub enum AttemptError {
    /// Chip or reader.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The operator gave the card up.
    #[error("the operator interrupted")]
    Interrupted,
    /// The application cannot become a card now, or the signer does not sign.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// The application that was kept, or the draft.
    #[error(transparent)]
    Data(JobDataError),
    /// The receipt cannot be written.
    #[error(transparent)]
    Results(DiskError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The station's fault: the document signer's quota, no random numbers.
    #[error(transparent)]
    Stop(Stop),
    /// The process that made the card died, or lost its ledger.
    #[error("what made this card broke off: the chip is in personalisation still")]
    Died,
    /// The card was about to be activated and is not.
    #[error("the card was not activated: the chip is in personalisation still")]
    NotActivated,
    /// An operator declared that the chip will not be seen again.
    #[error("an operator gave the card up")]
    GivenUp,
    /// A card that was activated is not what was read back before.
    #[error("the card that was activated is not what it should be: {0}")]
    Differs(crate::load::read_back::ReadBackError),
    /// A fault of this program.
    #[error("internal: {0}")]
    Internal(String),
}

impl From<ApplicationError> for AttemptError {
    fn from(error: ApplicationError) -> Self {
        Self::from(JobDataError::from(error))
    }
}

impl From<JobDataError> for AttemptError {
    fn from(error: JobDataError) -> Self {
        match error {
            JobDataError::Ledger(error) => Self::Ledger(error),
            JobDataError::Application(ApplicationError::Prepare(error)) => Self::Prepare(error),
            other => Self::Data(other),
        }
    }
}

impl From<Stop> for AttemptError {
    fn from(error: Stop) -> Self {
        match error {
            Stop::Ledger(error) => Self::Ledger(error),
            other => Self::Stop(other),
        }
    }
}

impl From<getrandom::Error> for AttemptError {
    fn from(_: getrandom::Error) -> Self {
        Self::Stop(Stop::Random)
    }
}
