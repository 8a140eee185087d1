//! One attempt, from the claim to the activation.

use personalization::attestation::{AttestedKey, StockManifest};
use personalization::image::CardImage;
use personalization::job::{PersonalizationJob, UnsignedCard};
use personalization::prepared::PreparedCard;
use sha2::{Digest as _, Sha256};

use super::super::application::Application;
use super::super::print_data::PrintData;
use super::super::receipt::{Effort, security_object};
use super::claim::Attempt;
use super::guard::Guarded;
use super::outcome::{AttemptError, FailedAttempt, IssuedCard, Undone};
use super::{Production, Step, Tell, Told, Visit, ruling};
use crate::environment::Random;
use crate::ledger::event::ChipState;
use crate::ledger::view::ChipView;
use crate::ledger::{Event, LedgerError};
use crate::load::loader::{Keyed, Loader};
use crate::load::{LoadError, Phase, Progress};
use crate::transport::TransportError;

/// How far an attempt had come when it broke off.
pub(super) enum Broken {
    /// No card was made.
    Before(AttemptError),
    /// Activation was intended.
    After(AttemptError),
}

impl From<AttemptError> for Broken {
    fn from(error: AttemptError) -> Self {
        Self::Before(error)
    }
}

impl From<LoadError> for Broken {
    fn from(error: LoadError) -> Self {
        Self::Before(error.into())
    }
}

impl Production<'_> {
    /// Makes the card that was claimed.
    pub(super) fn produce(
        &self,
        keyed: Loader<Guarded<'_>, Keyed>,
        chip: &ChipView,
        attempt: &Attempt<'_>,
        visit: Visit<'_>,
        random: &mut Random,
        tell: Tell<'_>,
    ) -> Result<IssuedCard, Broken> {
        let serial = *keyed.serial();
        let (keyed, card) = self.sign(keyed, chip, attempt, random, tell)?;

        tell(Told::Step(Step::Loading));
        let loaded = keyed.load(&card.image, &mut told(tell))?;
        tell(Told::Step(Step::ReadingBack));
        let read_back = loaded.read_back(random, &mut told(tell))?;
        tell(Told::Step(Step::Activating));
        let ready = read_back.ready(random)?;
        // From here on a command that is kept back could be the one that matters.
        visit.release.release();
        self.record(Event::ActivationIntended {
            job: attempt.job().to_owned(),
            attempt: attempt.number,
        })
        .map_err(|error| Broken::After(error.into()))?;
        let locked = ready.activate().map_err(|error| Broken::After(error.into()))?;
        let chip = locked.into_issued_chip();

        tell(Told::Step(Step::Finishing));
        let effort = Effort {
            seconds: self.clock.monotonic().saturating_sub(visit.began).as_secs_f64(),
            wire: chip.wire,
        };
        let job = &attempt.taken.job;
        self.finish(job, attempt.number, &card, &serial, Some(effort))
            .map_err(Broken::After)
    }

    /// Opens the application, has the chip draw its keys and the document signer sign over them.
    fn sign<'t>(
        &self,
        mut keyed: Loader<Guarded<'t>, Keyed>,
        chip: &ChipView,
        attempt: &Attempt<'_>,
        random: &mut Random,
        tell: Tell<'_>,
    ) -> Result<(Loader<Guarded<'t>, Keyed>, PreparedCard), AttemptError> {
        tell(Told::Step(Step::Preparing));
        let (job, number) = (attempt.job(), attempt.number);
        let now = self.clock.now();
        let application = self.jobs.application(&attempt.taken.job, self.vault, now)?;
        let profile = application.profile();
        let mut draft = Self::draw(&attempt.card_id, profile.pin(), random)?;
        let enrolment = application.enrolment(draft.filler)?;
        let (can, card_id) = (draft.can.clone(), draft.card_id.clone());
        let parts = PersonalizationJob {
            record: application.record(),
            face: application.face(),
            enrolment: &enrolment,
            profile,
            can: &can,
            card_id: &card_id,
        };
        let unsigned = self.office.begin(&parts, draft.holder.clone(), now)?;
        self.jobs.keep_draft(job, number, &draft, self.vault, random)?;

        tell(Told::Step(Step::Keys));
        let manifest = manifest(chip)?;
        let specs = profile.chip_keys();
        let (manifest, keys) = match manifest.keys_for(specs) {
            Some(keys) => {
                keyed = keyed.keeping_chip_keys(!keys.is_empty());
                (manifest, keys)
            }
            None => {
                let manifest = manifest.without_keys();
                let keys = keyed.generate_keys(&manifest, specs, random)?;
                self.record(Event::ChipKeysDrawn {
                    serial: chip.serial.clone(),
                    job: job.to_owned(),
                    keys: keys.iter().map(key_digest).collect(),
                })?;
                let manifest = manifest
                    .with_keys(keys.clone(), keyed.next_sequence())
                    .map_err(LoadError::from)?;
                (manifest, keys)
            }
        };

        tell(Told::Step(Step::Signing));
        let image = self.signed(unsigned, &application, &keys, attempt)?;
        let print = PrintData::new(
            application.record(),
            profile,
            &card_id,
            &can,
            image.passwords.holder.as_ref(),
        )
        .map_err(personalization::job::PrepareError::from)?
        .to_json()
        .map_err(|error| AttemptError::Internal(error.to_string()))?;
        let security_object_sha256 = hex::encode(Sha256::digest(security_object(&image)));
        let card = PreparedCard {
            image,
            profile: profile.name().to_owned(),
            document_signer: self.office.document_signer.clone(),
            print,
            manifest,
        };
        draft.prepared = Some(card.clone());
        self.jobs.keep_draft(job, number, &draft, self.vault, random)?;
        self.record(Event::SignatureMade {
            job: job.to_owned(),
            attempt: number,
            document_signer: self.office.document_signer.clone(),
            signatures: signatures(&application),
            security_object_sha256,
        })?;
        Ok((keyed, card))
    }

    /// Asks the signer, after the ledger knows that it is asked.
    fn signed(
        &self,
        unsigned: UnsignedCard<'_>,
        application: &Application,
        keys: &[AttestedKey],
        attempt: &Attempt<'_>,
    ) -> Result<CardImage, AttemptError> {
        self.record(Event::SignatureIntended {
            job: attempt.job().to_owned(),
            attempt: attempt.number,
            document_signer: self.office.document_signer.clone(),
            signatures: signatures(application),
        })?;
        // Other readers may have asked since the chip came.
        self.must_have_signatures(0)?;
        Ok(unsigned.sign(self.office.signer, keys)?)
    }

    /// Writes down that an attempt ended without a card, and what chip and job are now.
    pub(super) fn give_up_attempt(&self, attempt: &Attempt<'_>, error: AttemptError) -> Undone {
        let cause = match error {
            AttemptError::Load(load) if self.is_interrupted() && is_given_up(&load) => {
                AttemptError::Interrupted
            }
            // Nothing more is done then; what the ledger says last is settled later.
            AttemptError::Ledger(error @ (LedgerError::Store { .. } | LedgerError::Damaged(_))) => {
                return error.into();
            }
            other => other,
        };
        let ruling = ruling::of(&cause, attempt.number);
        let failed = Event::ProductionFailed {
            job: attempt.job().to_owned(),
            attempt: attempt.number,
            reason: ruling.reason.to_owned(),
            chip: ruling.chip,
            state: ruling.job,
        };
        if let Err(error) = self.record(failed) {
            return error.into();
        }
        Undone::Failed(Box::new(FailedAttempt {
            job: attempt.job().to_owned(),
            attempt: attempt.number,
            chip: attempt.chip.clone(),
            reason: ruling.reason,
            cause,
            chip_state: ruling.chip,
            job_state: ruling.job,
            stops: ruling.stops,
        }))
    }
}

/// What is known of the chip. Keys that it drew ahead are gone once a card was begun on it: that one may have wanted others.
fn manifest(chip: &ChipView) -> Result<StockManifest, AttemptError> {
    let manifest = StockManifest::from_json(&chip.manifest).map_err(LoadError::from)?;
    Ok(match chip.state {
        ChipState::Blank if chip.job.is_none() => manifest,
        _ => manifest.without_keys(),
    })
}

/// A public key, as the ledger knows it.
fn key_digest(key: &AttestedKey) -> String {
    hex::encode(Sha256::digest(key.public().as_bytes()))
}

/// How often the signer signs for a card: EF.SOD, and EF.CardSecurity where it has one.
fn signatures(application: &Application) -> u32 {
    1 + u32::from(application.profile().has_card_security())
}

fn is_given_up(error: &LoadError) -> bool {
    matches!(error.transport(), Some(TransportError::GivenUp { .. }))
}

/// Hands the loader's progress on.
fn told<'t>(tell: &'t mut dyn FnMut(Told<'_>)) -> impl FnMut(Progress<'_>) + 't {
    |progress| {
        // The first byte back is told as a step of its own.
        if progress.phase != Phase::Locking {
            tell(Told::Progress(progress));
        }
    }
}
