//! Before the chip is touched: which job, and that the ledger allows it.

use personalization::image::{Can, HolderSecrets};
use rand_core::TryRng as _;

use super::super::card_id;
use super::super::draft::Draft;
use super::outcome::{AttemptError, Refusal, Stop, Undone, UnsettledAttempt};
use super::queue::{Queue, Taken};
use super::{Production, Tell, Told};
use crate::environment::Random;
use crate::ledger::error::Conflict;
use crate::ledger::event::{CardId, JobId, Serial};
use crate::ledger::view::{BatchState, ChipView};
use crate::ledger::{Event, LedgerError};

/// How often another identifier is drawn for a card.
const REDRAWS: u32 = 3;

/// Why a job failed before any card was begun, as the ledger has it.
pub const HAS_CARD: &str = "citizen.has_card";

/// An attempt that was begun: the ledger has its intent.
pub(super) struct Attempt<'d> {
    pub(super) taken: Taken<'d>,
    /// Its number, from 1.
    pub(super) number: u32,
    pub(super) chip: Serial,
    pub(super) card_id: CardId,
}

impl Attempt<'_> {
    /// The job.
    pub(super) fn job(&self) -> &JobId {
        &self.taken.job.job
    }

    /// The same when nobody knows how it ended.
    pub(super) fn unsettled(self, cause: AttemptError) -> Box<UnsettledAttempt> {
        // The chip is not to blame for those, and looking at it would not mend them.
        let stops = matches!(
            cause,
            AttemptError::Ledger(_) | AttemptError::Results(_) | AttemptError::Internal(_)
        );
        Box::new(UnsettledAttempt {
            job: self.taken.job.clone(),
            attempt: self.number,
            card_id: self.card_id,
            chip: self.chip,
            cause,
            stops,
        })
    }
}

impl Production<'_> {
    /// Claims the next job for this chip; `None` when there is none. Jobs that cannot be done now are set aside.
    pub(super) fn claim<'d>(
        &'d self,
        chip: &ChipView,
        reader: &str,
        queue: &'d Queue,
        random: &mut Random,
        tell: Tell<'_>,
    ) -> Result<Option<Attempt<'d>>, Undone> {
        self.must_be_started(queue)?;
        self.must_have_signatures(1)?;
        let mut redrawn = 0;
        loop {
            let Some(taken) = self.next_job(queue)? else {
                return Ok(None);
            };
            let number = taken.job.attempts.saturating_add(1);
            let card_id = card_id::generate(random).map_err(|_| Stop::Random)?;
            let event = Event::ProductionIntended {
                job: taken.job.job.clone(),
                attempt: number,
                chip: chip.serial.clone(),
                card_id: card_id.clone(),
                reader: reader.to_owned(),
            };
            match self.record(event) {
                Ok(()) => {
                    let attempt = Attempt {
                        number,
                        chip: chip.serial.clone(),
                        card_id,
                        taken,
                    };
                    tell(Told::Begun {
                        job: &attempt.taken.job.job,
                        attempt: number,
                        card_id: &attempt.card_id,
                        chip: &attempt.chip,
                    });
                    return Ok(Some(attempt));
                }
                // Another card's, by chance of one in 2⁸⁰: another is drawn. Again and again is no chance.
                Err(LedgerError::Conflict(Conflict::CardIdTwice(_))) if redrawn < REDRAWS => redrawn += 1,
                Err(LedgerError::Conflict(conflict)) => match whose(&conflict) {
                    Whose::Chip => return Err(self.refuse(changed(conflict, chip), reader)),
                    whose @ (Whose::Job | Whose::Citizen) => {
                        queue.set_aside(&taken.job.job);
                        let failed = matches!(whose, Whose::Citizen);
                        if failed {
                            self.record(Event::JobRefused {
                                job: taken.job.job.clone(),
                                reason: HAS_CARD.to_owned(),
                            })?;
                        }
                        tell(Told::Aside {
                            job: &taken.job.job,
                            why: &LedgerError::Conflict(conflict),
                            failed,
                        });
                    }
                    Whose::Station => return Err(LedgerError::Conflict(conflict).into()),
                },
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// What is drawn at random for a card.
    pub(super) fn draw(card_id: &str, pin: bool, random: &mut Random) -> Result<Draft, AttemptError> {
        let mut filler = [0; 32];
        random.try_fill_bytes(&mut filler)?;
        Ok(Draft {
            card_id: card_id.to_owned(),
            can: Can::generate(random)?,
            holder: pin.then(|| HolderSecrets::generate(random)).transpose()?,
            filler,
            prepared: None,
        })
    }

    fn must_be_started(&self, queue: &Queue) -> Result<(), Undone> {
        let is = match self.ledger().batch(queue.batch())?.map(|batch| batch.state) {
            Some(BatchState::Started) => return Ok(()),
            Some(BatchState::Created) => "has not been started: that needs a second person",
            Some(BatchState::Closed) => "is closed",
            None => "is not in the ledger",
        };
        let batch = queue.batch().clone();
        Err(Stop::Batch { batch, is }.into())
    }

    /// Whether the document signer may make `more` signatures yet.
    ///
    /// # Errors
    /// [`Stop::Quota`], [`Stop::Ledger`].
    pub(super) fn must_have_signatures(&self, more: u64) -> Result<(), Stop> {
        let Some(own) = self.office.quota else {
            return Ok(());
        };
        let document_signer = &self.office.document_signer;
        let signer = self.ledger().document_signer(document_signer)?;
        let quota = own.saturating_add(signer.extended);
        if signer.asked.saturating_add(more) > quota {
            let document_signer = document_signer.clone();
            return Err(Stop::Quota {
                document_signer,
                quota,
            });
        }
        Ok(())
    }
}

/// Whose fault it is that a production is not allowed.
enum Whose {
    Chip,
    /// Not now.
    Job,
    /// Not before somebody decides: the citizen has a card.
    Citizen,
    Station,
}

fn whose(conflict: &Conflict) -> Whose {
    match conflict {
        Conflict::ChipUnknown(_) | Conflict::ChipState { .. } | Conflict::ChipElsewhere { .. } => Whose::Chip,
        Conflict::ActiveCard(_) => Whose::Citizen,
        Conflict::InProduction(_)
        | Conflict::NotReplaceable(_)
        // Cancelled, or done by another process, since it was looked at.
        | Conflict::State { what: "job", .. } => Whose::Job,
        _ => Whose::Station,
    }
}

/// A chip of which the ledger says something else than a moment ago.
fn changed(conflict: Conflict, chip: &ChipView) -> Refusal {
    let serial = chip.serial.clone();
    match conflict {
        Conflict::ChipElsewhere { station, .. } => Refusal::Elsewhere { serial, station },
        Conflict::ChipUnknown(_) => Refusal::Unknown(serial),
        _ => Refusal::Changed(serial),
    }
}
