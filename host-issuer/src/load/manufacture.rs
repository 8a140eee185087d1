//! Making a blank virtual chip: what a chip maker and the issuer's key ceremony do together for a real one.

use std::path::Path;

use card_applet::card::TransportKeys;
use card_applet::sim::VirtualCard;
use card_applet::wire::global_platform::SERIAL_LEN;
use personalization::attestation::{ManifestError, StockManifest};
use personalization::keys::ChipKeys;
use rand_core::TryCryptoRng;

use super::{LoadError, put_issuer_keys};
use crate::transport::TransportError;
use crate::transport::in_process::InProcess;

/// Why no chip could be made.
#[derive(Debug, thiserror::Error)]
pub enum ManufactureError {
    /// The host's random number generator failed.
    #[error("the random number generator failed")]
    Random,
    /// The memory file could not be made, for example because it exists.
    #[error(transparent)]
    Memory(TransportError),
    /// The issuer's keys could not be put into it.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The chip's attestation key is none.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
}

/// Makes a new chip in the file `path`: random transport keys that nobody keeps, replaced at once by the issuer's keys, which
/// `keys_of` gives for the serial number. Afterwards it is in Personalisation, ready to be issued. Gives its stock manifest.
///
/// # Errors
/// [`ManufactureError`]; no file is left behind then, and an existing one is not touched.
pub fn manufacture<R: TryCryptoRng>(
    path: &Path,
    serial: &[u8; SERIAL_LEN],
    rng: &mut R,
    keys_of: impl FnOnce(&[u8; SERIAL_LEN]) -> ChipKeys,
) -> Result<StockManifest, ManufactureError> {
    let transport_keys = ChipKeys::random(rng).map_err(|_| ManufactureError::Random)?;
    let made = VirtualCard::manufacture(path, serial, card_keys(&transport_keys)).map_err(|error| {
        ManufactureError::Memory(TransportError::VirtualCard {
            detail: format!("{}: {error}", path.display()),
        })
    })?;
    let attestation_key = made.attestation_public_key;
    let result = InProcess::from_card(made.card)
        .map_err(ManufactureError::Memory)
        .and_then(|transport| Ok(put_issuer_keys(transport, rng, &transport_keys, keys_of)?))
        .and_then(|serial| Ok(StockManifest::new(serial, attestation_key.as_bytes())?));
    if result.is_err() {
        // The chip was made by this call and nobody has its transport keys any more.
        let _ = std::fs::remove_file(path);
    }
    result
}

/// The same in memory, for a chip that ends with the process; gives chip and manifest.
///
/// # Errors
/// [`ManufactureError`].
pub fn manufacture_in_memory<R: TryCryptoRng>(
    serial: &[u8; SERIAL_LEN],
    rng: &mut R,
    keys_of: impl FnOnce(&[u8; SERIAL_LEN]) -> ChipKeys,
) -> Result<(InProcess, StockManifest), ManufactureError> {
    let transport_keys = ChipKeys::random(rng).map_err(|_| ManufactureError::Random)?;
    let made = VirtualCard::in_memory(serial, card_keys(&transport_keys)).map_err(|error| {
        ManufactureError::Memory(TransportError::VirtualCard {
            detail: error.to_string(),
        })
    })?;
    let mut transport = InProcess::from_card(made.card).map_err(ManufactureError::Memory)?;
    let serial = put_issuer_keys(&mut transport, rng, &transport_keys, keys_of)?;
    let manifest = StockManifest::new(serial, made.attestation_public_key.as_bytes())?;
    Ok((transport, manifest))
}

fn card_keys(keys: &ChipKeys) -> TransportKeys<'_> {
    TransportKeys {
        enc: &keys.enc,
        mac: &keys.mac,
        dek: &keys.dek,
    }
}
