//! GENERATE ASYMMETRIC KEY PAIR (ISO/IEC 7816-8, 5.1), for the issuer in Personalisation only.

use crate::auth::{attestation, chip_key};
use crate::error::Error;
use crate::fs::body::{Body, MAX_IN_RAM};
use crate::nvm::journal::{Journal, Transaction};
use crate::platform::{Engine, Nvm};
use crate::wire::key_generation::{GeneratedKey, KeyGeneration, KeyPurpose};
use rand_core::TryCryptoRng;

/// Draws a key pair, keeps it, and answers the public key with its attestation. A key that was there with the same
/// purpose and identifier is replaced.
///
/// # Errors
/// [`Error::Data`] for a malformed request or a curve that this chip has not, [`Error::NoRoom`] when no more keys fit,
/// [`Error::ConditionsOfUse`] for a chip without attestation key.
#[inline(never)]
pub(crate) fn generate_key_pair<E: Engine, N: Nvm, R: TryCryptoRng>(
    data: &[u8],
    journal: &mut Journal,
    nvm: &mut N,
    engine: &mut E,
    rng: &mut R,
) -> Result<Body, Error> {
    let request = KeyGeneration::parse(data).ok_or(Error::Data)?;
    let slot = match request.purpose {
        KeyPurpose::ChipAuthentication => chip_key::slot_for(journal, nvm, request.key_id)?,
        KeyPurpose::ActiveAuthentication => chip_key::Slot::ACTIVE_AUTHENTICATION,
    };
    let (scalar, public) = attestation::draw(engine, rng, request.curve)?;
    let attestation = attestation::attest(&request, &public, journal, nvm, engine, rng)?;
    let mut answer = [0; MAX_IN_RAM];
    let len = GeneratedKey {
        point: public.as_bytes(),
        attestation: attestation.as_bytes(),
    }
    .encode(&mut answer)?;
    let answer = answer.get(..len).and_then(Body::bytes).ok_or(Error::Fault)?;
    let mut transaction = Transaction::new();
    chip_key::store(
        &mut transaction,
        slot,
        request.key_id,
        request.curve,
        scalar.expose(),
    );
    journal.commit(nvm, &mut transaction)?;
    Ok(answer)
}
