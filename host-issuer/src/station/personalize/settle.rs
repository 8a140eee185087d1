//! What became of an attempt whose process died, or whose last answer was lost: its chip is asked.
//!
//! A chip that still takes the issuer's keys is no card: it is blank again. One that does not may be the card. It is that if it
//! opens with the password in the attempt's draft, proves by its administration keys to be the attempt's chip, and is to the byte
//! what the draft says, read as a stranger would; the attempt is then finished as if nothing had happened. If it is that chip and
//! anything differs, it is quarantined. A chip that never comes back is given up by an operator, and quarantined unseen
//! (`eid batch resume --give-up`).

use card_applet::wire::global_platform::SERIAL_LEN;
use personalization::prepared::PreparedCard;

use super::super::jobs::JobDataError;
use super::outcome::{
    AttemptError, Done, FailedAttempt, IssuedCard, Refusal, Stop, Undone, UnsettledAttempt,
};
use super::queue::is_unsettled;
use super::{Production, Step, Tell, Told, ruling};
use crate::environment::Random;
use crate::ledger::event::ChipState;
use crate::ledger::view::{AttemptStep, AttemptView, ChipView, JobFilter, JobView};
use crate::ledger::{Event, LedgerError};
use crate::load::administration::Administration;
use crate::load::scp03::StaticKeys;
use crate::load::{self, LoadError};
use crate::terminal::link::LinkError;
use crate::terminal::password::{Password, PasswordError};
use crate::transport::Transport;

/// How an attempt ended of which nobody knew.
#[derive(Debug)]
pub enum Settled {
    /// The card is issued.
    Issued(IssuedCard),
    /// No card came of it.
    Failed(Box<FailedAttempt>),
}

impl Production<'_> {
    /// Purges the personal data that should have been purged. Tells of how many jobs. Only while no other process takes a batch in.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn catch_up(&self) -> Result<usize, Stop> {
        self.jobs.purge_left(self.clock.now()).map_err(Stop::from)
    }

    /// A chip that is in the making, as the ledger says, and in personalisation, as it proved itself.
    pub(super) fn settle_blank(&self, chip: &ChipView) -> Result<Box<FailedAttempt>, Undone> {
        let damaged = || {
            let why = format!("the chip {} is in the making, and no attempt has it", chip.serial);
            Undone::from(LedgerError::Damaged(why))
        };
        let job = chip.job.as_ref().ok_or_else(damaged)?;
        // Another reader is choosing a job just now, or looks for this one's card.
        let Some(_hold) = self.floor.hold_job(job) else {
            return Err(Refusal::Later.into());
        };
        let view = self.ledger().job(job)?.ok_or_else(damaged)?;
        let attempt = view.attempt.as_ref().ok_or_else(damaged)?;
        if attempt.chip != chip.serial || !is_unsettled(&view) {
            return Err(damaged());
        }
        let cause = match attempt.step {
            AttemptStep::Activating => AttemptError::NotActivated,
            _ => AttemptError::Died,
        };
        Ok(Box::new(self.end(&view, attempt, cause)?))
    }

    /// A card that takes the issuer's keys no more: one of which nobody knows, or one that is none of this station's business.
    pub(super) fn with_locked(
        &self,
        transport: &mut dyn Transport,
        reader: &str,
        random: &mut Random,
        tell: Tell<'_>,
    ) -> Result<Done, Undone> {
        let filter = JobFilter {
            unsettled: true,
            ..JobFilter::default()
        };
        let mut held_elsewhere = false;
        for job in self.ledger().jobs(&filter)? {
            let Some(_hold) = self.floor.hold_job(&job.job) else {
                // Another reader has a card that may be this one's, and this one may be what it looks for.
                held_elsewhere |= job
                    .attempt
                    .is_some_and(|attempt| attempt.step == AttemptStep::Activating);
                continue;
            };
            // Another reader may have settled it since.
            let Some(job) = self.ledger().job(&job.job)? else {
                continue;
            };
            if let Some(settled) = self.settle_locked(&job, transport, random, tell)? {
                return Ok(Done::Settled(settled));
            }
        }
        Err(match held_elsewhere {
            true => Refusal::Later.into(),
            false => self.refuse(Refusal::NotBlank, reader),
        })
    }

    /// The chip that was being activated, while it is still on the reader.
    pub(super) fn look_again(
        &self,
        unsettled: Box<UnsettledAttempt>,
        transport: &mut dyn Transport,
        random: &mut Random,
        tell: Tell<'_>,
    ) -> Result<Done, Undone> {
        if unsettled.stops || transport.reset().is_err() {
            return Err(Undone::Unsettled(unsettled));
        }
        let keys_of = |serial: &[u8; SERIAL_LEN]| self.office.key_sets(serial);
        let proved = load::authenticate(&mut *transport, random, keys_of)
            .map(|keyed| hex::encode_upper(keyed.serial()));
        match proved {
            Ok(serial) if serial == unsettled.chip => match self.ledger().chip(&serial)? {
                Some(chip) if chip.state == ChipState::InProduction => {
                    Err(Undone::Failed(self.settle_blank(&chip)?))
                }
                _ => Err(Undone::Unsettled(unsettled)),
            },
            Err(error) if error.is_no_blank_chip() => {
                let hold = self.floor.hold_job(&unsettled.job.job);
                let job = self.ledger().job(&unsettled.job.job)?;
                let (Some(_hold), Some(job)) = (hold, job) else {
                    return Err(Undone::Unsettled(unsettled));
                };
                match self.settle_locked(&job, transport, random, tell) {
                    Ok(Some(settled)) => Ok(Done::Settled(settled)),
                    Ok(None) | Err(Undone::Refused(_)) => Err(Undone::Unsettled(unsettled)),
                    Err(other) => Err(other),
                }
            }
            _ => Err(Undone::Unsettled(unsettled)),
        }
    }

    /// Settles a held job's attempt by the card on the reader; `None` when it is another card.
    fn settle_locked(
        &self,
        job: &JobView,
        transport: &mut dyn Transport,
        random: &mut Random,
        tell: Tell<'_>,
    ) -> Result<Option<Settled>, Undone> {
        let Some(attempt) = &job.attempt else {
            return Ok(None);
        };
        // Before that no card can have come of it.
        if attempt.step != AttemptStep::Activating {
            return Ok(None);
        }
        let draft = match self.jobs.draft(&job.job, attempt.attempt, self.vault) {
            Ok(draft) => draft,
            Err(error) => return Err(Stop::from(error).into()),
        };
        let Some(card) = draft.and_then(|draft| draft.prepared) else {
            return Ok(None);
        };
        let Some(serial) = self.is_chip_of(&card, attempt, &mut *transport, random)? else {
            return Ok(None);
        };
        tell(Told::Step(Step::ReadingBack));
        transport.reset().map_err(unreadable)?;
        let mut progress = |progress: load::Progress<'_>| tell(Told::Progress(progress));
        match load::compare_locked(&mut *transport, random, &card.image, &mut progress) {
            Ok(_) => {
                tell(Told::Step(Step::Finishing));
                let card = self
                    .finish(job, attempt.attempt, &card, &serial, None)
                    .map_err(|cause| unsettled(job, attempt, cause))?;
                Ok(Some(Settled::Issued(card)))
            }
            Err(error) => match error.transport() {
                Some(transport) => Err(unreadable(transport.clone())),
                None => {
                    let failed = self.end(job, attempt, AttemptError::Differs(error))?;
                    Ok(Some(Settled::Failed(Box::new(failed))))
                }
            },
        }
    }

    /// Whether the card on the reader is the attempt's chip: its password opens it, and inside it proves its serial number. Gives the
    /// number.
    fn is_chip_of(
        &self,
        card: &PreparedCard,
        attempt: &AttemptView,
        transport: &mut dyn Transport,
        random: &mut Random,
    ) -> Result<Option<[u8; SERIAL_LEN]>, Undone> {
        transport.reset().map_err(unreadable)?;
        let Ok(password) = password(card) else {
            return Ok(None);
        };
        let keys_of = |serial: &[u8; SERIAL_LEN]| {
            let keys = self.office.key_sets(serial);
            StaticKeys::from(keys.administration.as_ref().unwrap_or(&keys.personalisation))
        };
        match Administration::open(&mut *transport, &password, keys_of, random) {
            Ok(session) => {
                let serial = *session.serial();
                Ok((hex::encode_upper(serial) == attempt.chip).then_some(serial))
            }
            Err(error) => match error.transport() {
                Some(transport) => Err(unreadable(transport.clone())),
                None => Ok(None),
            },
        }
    }

    /// Ends an unsettled attempt.
    fn end(&self, job: &JobView, attempt: &AttemptView, cause: AttemptError) -> Result<FailedAttempt, Stop> {
        let ruling = ruling::of(&cause, attempt.attempt);
        self.record(Event::ProductionFailed {
            job: job.job.clone(),
            attempt: attempt.attempt,
            reason: ruling.reason.to_owned(),
            chip: ruling.chip,
            state: ruling.job,
        })?;
        Ok(FailedAttempt {
            job: job.job.clone(),
            attempt: attempt.attempt,
            chip: attempt.chip.clone(),
            reason: ruling.reason,
            cause,
            chip_state: ruling.chip,
            job_state: ruling.job,
            stops: ruling.stops,
        })
    }
}

/// What opens a card that was made.
fn password(card: &PreparedCard) -> Result<Password, PasswordError> {
    let passwords = &card.image.passwords;
    match passwords.can.as_ref().filter(|_| passwords.pace) {
        Some(can) => Password::can(can.digits()),
        None => Ok(Password::from_mrz_digest(*passwords.mrz_information_sha1())),
    }
}

/// Chip or reader failed while the card was looked at: it is as it was.
fn unreadable(error: crate::transport::TransportError) -> Undone {
    Refusal::Chip(LoadError::Link(LinkError::Transport(error))).into()
}

/// The card is there, and what was to be written of it is not.
fn unsettled(job: &JobView, attempt: &AttemptView, cause: AttemptError) -> Undone {
    Undone::Unsettled(Box::new(UnsettledAttempt {
        job: job.clone(),
        attempt: attempt.attempt,
        card_id: attempt.card_id.clone(),
        chip: attempt.chip.clone(),
        cause,
        stops: true,
    }))
}

impl From<JobDataError> for Stop {
    fn from(error: JobDataError) -> Self {
        match error {
            JobDataError::Ledger(error) => Self::Ledger(error),
            other => Self::Data(other),
        }
    }
}
