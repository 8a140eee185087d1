//! What chip authentication mapping adds to generic mapping (ICAO Doc 9303-11, 4.4.3.5): with the last answer the chip
//! sends, encrypted, what only the owner of its static key can know of its mapping key.

use crate::auth::chip_key::ChipKey;
use crate::channel::session::Session;
use crate::crypto::chip_authentication_mapping::ChipAuthenticationData;
use crate::crypto::cipher::MAX_BLOCK;
use crate::crypto::curve::{Curve, MAX_FIELD};
use crate::crypto::pad;
use crate::error::Error;
use crate::nvm::journal::Journal;
use crate::platform::{Engine, Nvm};
use heapless::Vec;
use zeroize::Zeroize;

/// CA_IC with its padding.
const MAX_PADDED: usize = MAX_FIELD + MAX_BLOCK;

/// A_IC, the encrypted chip authentication data.
pub(super) type EncryptedData = Vec<u8, MAX_PADDED>;

/// The static key of chip authentication mapping on this curve: the one whose identifier is the number of the domain
/// parameters (9303-11, 9.2.1).
///
/// # Errors
/// When the memory fails.
pub(super) fn static_key<N: Nvm>(journal: &Journal, nvm: &N, curve: Curve) -> Result<Option<ChipKey>, Error> {
    let is_wanted = |key: &ChipKey| key.curve == curve && key.key_id == curve.parameter_id();
    Ok(ChipKey::chip_authentication(journal, nvm, is_wanted)?.0)
}

/// CA_IC of the mapping key at hand.
///
/// # Errors
/// [`Error::Memory`] when the static key is not there any more.
pub(super) fn data<E: Engine, N: Nvm>(
    mapping_key: &E::PrivateKey,
    curve: Curve,
    journal: &Journal,
    nvm: &N,
    engine: &mut E,
) -> Result<ChipAuthenticationData, Error> {
    let key = static_key(journal, nvm, curve)?.ok_or(Error::Memory)?;
    let private = key.load(journal, nvm, engine)?;
    Ok(engine.chip_authentication_data(&private, mapping_key)?)
}

/// A_IC = E(KS_ENC, CA_IC), with the encrypted −1 as initial vector (9303-11, 4.4.3.5.4).
///
/// # Errors
/// [`Error::Fault`] when the engine fails.
pub(super) fn encrypt<E: Engine>(
    data: &ChipAuthenticationData,
    session: &Session<E>,
    engine: &mut E,
) -> Result<EncryptedData, Error> {
    let data = data.expose();
    let mut encrypted = EncryptedData::new();
    encrypted
        .resize(pad::padded_len(data.len(), MAX_BLOCK), 0)
        .map_err(|_| Error::Fault)?;
    encrypted
        .get_mut(..data.len())
        .ok_or(Error::Fault)?
        .copy_from_slice(data);
    let result = pad::pad_in_place(&mut encrypted, data.len(), MAX_BLOCK)
        .ok_or(Error::Fault)
        .and_then(|_| {
            let mut iv = [0xFF; MAX_BLOCK];
            engine.encrypt_block(session.ks_enc(), &mut iv)?;
            Ok(engine.cbc_encrypt(session.ks_enc(), &mut iv, &mut encrypted)?)
        });
    if let Err(error) = result {
        encrypted.as_mut_slice().zeroize();
        return Err(error);
    }
    Ok(encrypted)
}
