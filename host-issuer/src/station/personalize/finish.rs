//! After the activation: the receipt, and the ledger. What is printed on the card stays sealed in the attempt's draft until the card is
//! [accepted](crate::station::acceptance).

use card_applet::wire::global_platform::SERIAL_LEN;
use personalization::prepared::PreparedCard;
use sha2::{Digest as _, Sha256};

use super::super::receipt::{Effort, Origin, Receipt};
use super::Production;
use super::outcome::{AttemptError, IssuedCard};
use crate::environment::Access;
use crate::ledger::Event;
use crate::ledger::view::JobView;

impl Production<'_> {
    /// Writes the receipt of an operational card, and tells the ledger. May be done again after it broke off: the receipt is written
    /// over.
    ///
    /// # Errors
    /// [`AttemptError`]; the card is operational, and the attempt is unsettled.
    pub(super) fn finish(
        &self,
        job: &JobView,
        attempt: u32,
        card: &PreparedCard,
        serial: &[u8; SERIAL_LEN],
        effort: Option<Effort>,
    ) -> Result<IssuedCard, AttemptError> {
        let internal = |error: String| AttemptError::Internal(error);
        let origin = Origin {
            profile: card.profile.clone(),
            document_signer: card.document_signer.clone(),
        };
        let receipt = Receipt::new(origin, &card.image, serial, self.clock.now(), effort)
            .map_err(|error| internal(error.to_string()))?;
        let receipt_json =
            serde_json::to_vec_pretty(&receipt).map_err(|error| internal(error.to_string()))?;
        let (layout, disk) = (self.jobs.place.layout(), self.jobs.disk);
        let card_id = &card.image.card_id;
        disk.write(&layout.receipt(card_id), &receipt_json, Access::Public)
            .map_err(AttemptError::Results)?;
        self.record(Event::CardIssued {
            job: job.job.clone(),
            attempt,
            receipt_sha256: hex::encode(Sha256::digest(&receipt_json)),
        })?;
        Ok(IssuedCard {
            job: job.job.clone(),
            attempt,
            card_id: card_id.clone(),
            chip: hex::encode_upper(serial),
            seconds: effort.map(|effort| effort.seconds),
        })
    }
}
