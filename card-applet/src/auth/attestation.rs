//! The chip's word that a key was drawn on it: a signature with a key that the chip drew when it was manufactured, and
//! whose public half its maker hands to the issuer.

use crate::crypto::curve::{MAX_FIELD, PublicPoint};
use crate::crypto::secret::Secret;
use crate::crypto::signature::PlainSignature;
use crate::error::Error;
use crate::nvm::journal::{Journal, Transaction};
use crate::nvm::record::{MAX_VALUE, RecordKey};
use crate::platform::{Engine, Nvm};
use crate::wire::global_platform::SERIAL_LEN;
use crate::wire::key_generation::{ATTESTATION_CURVE, KeyGeneration, attested_message};
use rand_core::TryCryptoRng;
use sha2::{Digest, Sha256};
use zeroize::Zeroize;

/// Draws the attestation key into a transaction and gives its public half.
///
/// # Errors
/// [`Error::Fault`] when generator or engine fail.
pub(crate) fn install<E: Engine, R: TryCryptoRng>(
    engine: &mut E,
    rng: &mut R,
    transaction: &mut Transaction,
) -> Result<PublicPoint, Error> {
    let (scalar, public) = draw(engine, rng, ATTESTATION_CURVE)?;
    transaction.put(RecordKey::ATTESTATION_KEY, scalar.expose());
    Ok(public)
}

/// Draws a key that is to be kept: the bytes to keep, and its public half.
///
/// # Errors
/// [`Error::Fault`] when generator or engine fail.
pub(crate) fn draw<E: Engine, R: TryCryptoRng>(
    engine: &mut E,
    rng: &mut R,
    curve: crate::crypto::curve::Curve,
) -> Result<(Secret<MAX_FIELD>, PublicPoint), Error> {
    let scalar = engine.generate_stored_key(curve, rng)?;
    let private = engine.load_private_key(curve, scalar.expose())?;
    let generator = engine.standard_generator(curve)?;
    let public = engine.public_key(&generator, &private)?;
    Ok((scalar, public))
}

/// Signs that `public` was drawn on this chip as `request` asked for.
///
/// # Errors
/// [`Error::ConditionsOfUse`] when the chip has no attestation key (any more).
pub(crate) fn attest<E: Engine, N: Nvm, R: TryCryptoRng>(
    request: &KeyGeneration<'_>,
    public: &PublicPoint,
    journal: &Journal,
    nvm: &N,
    engine: &mut E,
    rng: &mut R,
) -> Result<PlainSignature, Error> {
    let mut stored = [0; MAX_VALUE];
    let private = match journal.get(nvm, RecordKey::ATTESTATION_KEY, &mut stored)? {
        Some(scalar) => engine
            .load_private_key(ATTESTATION_CURVE, scalar)
            .map_err(|_| Error::Memory),
        None => Err(Error::ConditionsOfUse),
    };
    stored.zeroize();
    let mut serial = [0; SERIAL_LEN];
    if journal
        .get(nvm, RecordKey::SERIAL, &mut serial)?
        .is_none_or(|serial| serial.len() != SERIAL_LEN)
    {
        return Err(Error::Memory);
    }
    let mut hash = Sha256::new();
    for part in attested_message(&serial, request.template, request.nonce, public.as_bytes()) {
        hash.update(part);
    }
    Ok(engine.sign(&private?, &hash.finalize(), rng)?)
}
