//! A card that was prepared before: a new script for the same chip, from what the office kept. Nothing is signed anew.

use std::path::Path;

use personalization::keys::ChipKeySets;
use personalization::prepared::PreparedCard;
use personalization::sealed_file::{MAX_SEALED_BYTES, SealedFile, SealedFileError, SealedKind};
use personalization::stock::StockError;

use super::super::context::Context;
use super::super::failure::Failure;
use super::arguments::PrepareArguments;
use super::write::{self, Prepared, Reserved};

pub(super) fn prepare(
    path: &Path,
    arguments: &PrepareArguments,
    context: &Context<'_>,
) -> Result<Prepared, Failure> {
    let limit = u64::try_from(MAX_SEALED_BYTES).unwrap_or(u64::MAX);
    let bytes = context.environment.disk.read(path, limit)?;
    let about = |failure: Failure| failure.about(path.display());
    let sealed = SealedFile::parse(&bytes).map_err(|error| about(error.into()))?;
    let parties = arguments.parties(context)?;
    let content = sealed
        .open(SealedKind::CardImage, &parties.office, &parties.office.public())
        .map_err(|error| about(error.into()))?;
    let card = PreparedCard::from_der(&content).map_err(|error| about(error.into()))?;
    let serial = *card.manifest.serial();
    if serial != *sealed.serial() {
        return Err(about(SealedFileError::Forged.into()));
    }
    // The stock says whose chip it is: a card whose chip was given to another must not come back.
    match arguments.stock.open()?.preparation(&serial)? {
        Some(preparation) if preparation.card_id == card.image.card_id => {}
        Some(preparation) => {
            return Err(StockError::Prepared {
                serial: hex::encode_upper(serial),
                card_id: preparation.card_id,
            }
            .into());
        }
        None => return Err(StockError::NotInStock(hex::encode_upper(serial)).into()),
    }
    let issuer_keys = arguments.inputs.office().load_issuer_keys(context)?;
    let masters = arguments.inputs.office().load_application_masters(
        context,
        &card.image.applications,
        &issuer_keys,
    )?;
    let keys = ChipKeySets {
        applications: masters.keys(&serial),
        ..issuer_keys.key_sets(&serial)
    };
    let attempts = arguments.attempts(serial, card.manifest.next_sequence());
    let (card_id, profile) = (card.image.card_id.clone(), card.profile.clone());
    let reserved = Reserved::new(context, &arguments.out, &serial, false)?;
    let sealed = match write::seal(card, attempts, &keys, &parties, arguments, false, context) {
        Ok(sealed) => sealed,
        Err(failure) => {
            reserved.abandon(context);
            return Err(failure);
        }
    };
    let (script, image) = reserved.commit(&sealed, context)?;
    Ok(Prepared {
        card_id,
        serial,
        profile,
        attempts,
        script,
        image,
    })
}
