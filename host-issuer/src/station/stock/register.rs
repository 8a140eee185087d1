//! A maker's chips come into stock.

use personalization::attestation::StockManifest;
use personalization::stock::public_keys;
use sha2::{Digest as _, Sha256};

use super::StockError;
use crate::ledger::Event;
use crate::ledger::event::Sha256Hex;
use crate::station::desk::Desk;

/// Most chips that come in at once.
pub const MAX_CHIPS: usize = 100_000;

/// Takes these chips in, all or none: each is blank and here from then on.
///
/// # Errors
/// [`StockError::Ledger`] for a serial number or public key that was seen before; [`StockError::Count`].
pub fn register(
    desk: &Desk<'_>,
    chips: &[StockManifest],
    delivery: &str,
    applet_version: &str,
) -> Result<(), StockError> {
    if chips.is_empty() || chips.len() > MAX_CHIPS {
        return Err(StockError::Count(MAX_CHIPS));
    }
    desk.append(chips.iter().map(|chip| Event::ChipRegistered {
        serial: hex::encode_upper(chip.serial()),
        manifest: chip.to_json(),
        keys: key_digests(chip),
        delivery: delivery.to_owned(),
        applet_version: applet_version.to_owned(),
        station: desk.station.to_owned(),
        moves: 0,
    }))?;
    Ok(())
}

/// SHA-256 of each public key of a chip, as the ledger has them.
pub(super) fn key_digests(chip: &StockManifest) -> Vec<Sha256Hex> {
    public_keys(chip)
        .iter()
        .map(|key| hex::encode(Sha256::digest(key)))
        .collect()
}
