//! What a failure before activation means: what the chip is now, what the job is, whether the next card would fail too.
//!
//! No failure before activation makes a card: the chip still takes the issuer's keys. It is `BLANK` where nothing is wrong with it
//! (it is loaded over from the start), and `QUARANTINED` where it behaved as no chip in order does.
//!
//! | what went wrong | reason | chip | job | station |
//! |---|---|---|---|---|
//! | the card was pulled | `chip.removed` | BLANK | PENDING | goes on |
//! | the reader went away, is in use, was reset by another program | `reader.failed` | BLANK | PENDING | goes on |
//! | silence, no status word, no end | `chip.mute` | QUARANTINED | PENDING | goes on |
//! | another chip came on the reader while the card was read back | `chip.exchanged` | BLANK | PENDING | goes on |
//! | the operator interrupted | `operator.interrupted` | QUARANTINED | PENDING | goes on |
//! | a key that its attestation does not vouch for | `chip.attestation` | QUARANTINED | PENDING | goes on |
//! | a public key that another chip has | `chip.duplicate_key` | QUARANTINED | PENDING | goes on |
//! | a wrong MAC in the issuer's session | `chip.session` | QUARANTINED | PENDING | goes on |
//! | the chip refuses a step | `chip.refused` | QUARANTINED | PENDING | goes on |
//! | the same: no room in the chip | `application.too_large` | BLANK | FAILED | goes on |
//! | check values, or what is read back, are not what was written | `chip.read_back` | QUARANTINED | PENDING | goes on |
//! | any other misbehaviour | `chip.load` | QUARANTINED | PENDING | goes on |
//! | the application does not fit the profile (any more) | `application.invalid` | BLANK | FAILED | goes on |
//! | the kept application is lost, was altered, or is purged | `application.lost` | BLANK | FAILED | goes on |
//! | the document signer may not sign this card | `signer.unfit` | BLANK | FAILED | goes on |
//! | the profile may not be issued now | `profile.refused` | BLANK | PENDING | stops |
//! | Terminal Authentication, and no CVCA given | `station.no_cvca` | BLANK | PENDING | stops |
//! | keys of an application are missing | `station.keys` | BLANK | PENDING | stops |
//! | the signer is gone, refuses, or signs wrong | `signer.failed` | BLANK | PENDING | stops |
//! | its quota is used up | `signer.quota` | BLANK | PENDING | stops |
//! | the disk | `station.disk` | BLANK | PENDING | stops |
//! | a vault that is not the one in which the jobs were sealed | `station.vault` | BLANK | PENDING | stops |
//! | no random numbers | `station.random` | BLANK | PENDING | stops |
//! | the ledger does not allow the event | `ledger.conflict` | BLANK | PENDING | stops |
//! | the process died, the chip is in personalisation still | `station.died` | BLANK | PENDING | goes on |
//! | a fault of this program | `station.internal` | BLANK | FAILED | goes on |
//!
//! After `ActivationIntended`, by what the chip itself is found to be ([`settle`](super::settle)):
//!
//! | what is found | reason | chip | job |
//! |---|---|---|---|
//! | in personalisation still | `chip.not_activated` | BLANK | PENDING |
//! | operational, and to the byte what was to be issued | | ISSUED | ISSUED |
//! | operational, and anything else | `chip.differs` | QUARANTINED | FAILED |
//! | not found: given up by an operator | `operator.given_up` | QUARANTINED | FAILED, or PENDING where no activation was intended |
//!
//! A job whose citizen has a valid card that it does not replace is FAILED before any chip is touched (`citizen.has_card`): two people
//! revoke that card and the job is retried, or it is cancelled.
//!
//! A job whose chip was quarantined in its third attempt or a later one is FAILED: it may be the job, and chips are dear.

use card_applet::wire::status::StatusWord;
use personalization::attestation::AttestationError;
use personalization::job::PrepareError;

use super::super::application::ApplicationError;
use super::super::jobs::JobDataError;
use super::super::vault::{SealedKind, VaultError};
use super::outcome::{AttemptError, Stop};
use crate::ledger::LedgerError;
use crate::ledger::error::Conflict;
use crate::ledger::event::{ChipState, JobState};
use crate::ledger::view::{AttemptStep, AttemptView};
use crate::load::LoadError;
use crate::load::read_back::ReadBackError;
use crate::load::scp03::Scp03Error;
use crate::transport::TransportError;

/// The attempt from which on a job is FAILED when its chip is quarantined.
pub const PATIENCE: u32 = 3;

/// A line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// Why, as the ledger has it.
    pub reason: &'static str,
    /// What the chip is now.
    pub chip: ChipState,
    /// What the job is now.
    pub job: JobState,
    /// Whether the next card would fail for the same reason.
    pub stops: bool,
}

/// The chip is in order, and so is the job.
const fn again(reason: &'static str) -> Ruling {
    Ruling {
        reason,
        chip: ChipState::Blank,
        job: JobState::Pending,
        stops: false,
    }
}

/// The chip is not in order.
const fn apart(reason: &'static str) -> Ruling {
    Ruling {
        chip: ChipState::Quarantined,
        ..again(reason)
    }
}

/// The job is not in order.
const fn failed(reason: &'static str) -> Ruling {
    Ruling {
        job: JobState::Failed,
        ..again(reason)
    }
}

/// The station is not in order.
const fn stop(reason: &'static str) -> Ruling {
    Ruling {
        stops: true,
        ..again(reason)
    }
}

/// What an error of this attempt (from 1) means that came before activation.
#[must_use]
pub fn of(error: &AttemptError, attempt: u32) -> Ruling {
    let ruling = match error {
        AttemptError::Load(error) => before_activation(error),
        AttemptError::Interrupted => apart("operator.interrupted"),
        AttemptError::Prepare(error) => of_preparation(error),
        AttemptError::Data(error) => of_data(error),
        AttemptError::Results(_) => stop("station.disk"),
        AttemptError::Ledger(LedgerError::Conflict(Conflict::KeyTwice(_))) => apart("chip.duplicate_key"),
        AttemptError::Ledger(_) => stop("ledger.conflict"),
        AttemptError::Stop(Stop::Random) => stop("station.random"),
        AttemptError::Stop(Stop::Quota { .. }) => stop("signer.quota"),
        AttemptError::Stop(_) => stop("ledger.conflict"),
        AttemptError::Died => again("station.died"),
        AttemptError::GivenUp => apart("operator.given_up"),
        AttemptError::NotActivated => again("chip.not_activated"),
        AttemptError::Differs(_) => Ruling {
            job: JobState::Failed,
            ..apart("chip.differs")
        },
        AttemptError::Internal(_) => failed("station.internal"),
    };
    if ruling.chip == ChipState::Quarantined && attempt >= PATIENCE {
        return Ruling {
            job: JobState::Failed,
            ..ruling
        };
    }
    ruling
}

/// What it means that an operator gives an attempt up: the chip is quarantined unseen, and a person decides about the job where its
/// card may be operational.
#[must_use]
pub fn given_up(attempt: &AttemptView) -> Ruling {
    let ruling = of(&AttemptError::GivenUp, attempt.attempt);
    match attempt.step {
        AttemptStep::Activating => Ruling {
            job: JobState::Failed,
            ..ruling
        },
        _ => ruling,
    }
}

/// What an error of chip or reader means that came before activation.
#[must_use]
pub fn before_activation(error: &LoadError) -> Ruling {
    if let Some(transport) = error.transport() {
        return of_transport(transport);
    }
    match error {
        LoadError::Scp03(Scp03Error::Random) | LoadError::Attestation(AttestationError::Random) => {
            stop("station.random")
        }
        LoadError::NoApplicationKeys(_) | LoadError::KeyLength => stop("station.keys"),
        LoadError::Attestation(_) | LoadError::Manifest(_) => apart("chip.attestation"),
        LoadError::Session(_) => apart("chip.session"),
        LoadError::Refused {
            status: StatusWord::NOT_ENOUGH_MEMORY,
            ..
        } => failed("application.too_large"),
        LoadError::Refused { .. } => apart("chip.refused"),
        LoadError::ReadBack(ReadBackError::OtherChip) => again("chip.exchanged"),
        LoadError::KeyCheck | LoadError::ReadBack(_) => apart("chip.read_back"),
        _ => apart("chip.load"),
    }
}

fn of_transport(error: &TransportError) -> Ruling {
    match error {
        TransportError::CardRemoved | TransportError::NoCard { .. } => again("chip.removed"),
        TransportError::Timeout
        | TransportError::GivenUp { .. }
        | TransportError::Mute
        | TransportError::Truncated { .. }
        | TransportError::VirtualCard { .. } => apart("chip.mute"),
        _ => again("reader.failed"),
    }
}

fn of_preparation(error: &PrepareError) -> Ruling {
    match error {
        PrepareError::Record(_)
        | PrepareError::Enrolment(_)
        | PrepareError::Mrz(_)
        | PrepareError::Lds(_) => failed("application.invalid"),
        PrepareError::Profile(_) => stop("profile.refused"),
        PrepareError::DocumentSigner(_) => failed("signer.unfit"),
        PrepareError::NoTerminalTrust => stop("station.no_cvca"),
        PrepareError::SecurityObject(_) => stop("signer.failed"),
        PrepareError::CardId | PrepareError::ChipKeys => failed("station.internal"),
    }
}

fn of_data(error: &JobDataError) -> Ruling {
    match error {
        JobDataError::Vault(VaultError::Random) => stop("station.random"),
        // No job's key can be opened then.
        JobDataError::Vault(VaultError::Forged(kind)) if *kind == SealedKind::JobKey.name() => {
            stop("station.vault")
        }
        JobDataError::Disk(error) if error.is_not_found() => failed("application.lost"),
        JobDataError::Place(_) | JobDataError::Disk(_) | JobDataError::Vault(VaultError::KeyFile(_)) => {
            stop("station.disk")
        }
        JobDataError::Vault(VaultError::Forged(_))
        | JobDataError::OtherContent(_)
        | JobDataError::Gone(_)
        | JobDataError::Application(ApplicationError::Malformed) => failed("application.lost"),
        JobDataError::Application(ApplicationError::Profile(_)) => stop("profile.refused"),
        JobDataError::Application(_) => failed("application.invalid"),
        JobDataError::Ledger(_) => stop("ledger.conflict"),
        JobDataError::Vault(_) | JobDataError::Draft(_) | JobDataError::JobId => failed("station.internal"),
    }
}
