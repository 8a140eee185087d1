//! Asking the chip to prove that it is no copy. What the outcome is worth, `inspect` decides.

use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::wire::security_info::{ChipAuthenticationProtocol, KeyAgreement};

use super::attended::Reader;
use super::error::ReadCardError;
use super::names::cipher_name;
use crate::inspect::{
    AgreementKey, ChipAuthenticationOffer, ChipKeys, ChipProof, ProvedKey, PublicKey,
    active_authentication_key,
};
use crate::terminal::active_auth::{ActiveAuthError, ActiveAuthFailure, SignedChallenge};
use crate::terminal::chip_auth::{ChipAuthError, ChipAuthenticationKey};
use crate::terminal::key_agreement::Group;

/// What PACE with chip authentication mapping proved, with the key that EF.CardSecurity has under the mapping's parameterId.
pub(super) fn pace_cam(reader: &Reader<'_>, card_security: Option<&[u8]>) -> ChipProof {
    let Some(mapping) = reader.chip_authentication_mapping() else {
        return ChipProof::NotAttempted;
    };
    let Some(card_security) = card_security else {
        return ChipProof::Unsupported("EF.CardSecurity, which has the key, could not be read".to_owned());
    };
    let keys = match ChipKeys::from_card_security(card_security) {
        Ok(keys) => keys,
        Err(error) => return ChipProof::Failed(format!("EF.CardSecurity: {error}")),
    };
    let group = mapping.group();
    // Standardized domain parameters: the mapping's curve says which number the key has.
    let id = group.curve().map(|curve| vec![curve.parameter_id()]);
    let key = keys
        .public_keys
        .iter()
        .find(|key| key.key_id == id)
        .and_then(|key| key.key.as_ref());
    let (key, point) = match key {
        Some(key @ AgreementKey::Point { curve, point }) if Some(*curve) == group.curve() => (key, point),
        _ => return ChipProof::Failed("EF.CardSecurity has no key for the mapping".to_owned()),
    };
    if mapping.proves(group, point) {
        ChipProof::Held {
            key: ProvedKey::Agreement(key.clone()),
            how: format!("PACE-CAM, {group}"),
        }
    } else {
        ChipProof::Failed("the chip does not have the private key".to_owned())
    }
}

/// Runs Chip Authentication with the strongest key that DG14 offers and this terminal has. `Ok(true)` beside the proof: the session
/// is over and the card must be opened again.
pub(super) fn chip_authentication(
    reader: &mut Reader<'_>,
    dg14: &[u8],
) -> Result<(ChipProof, bool), ReadCardError> {
    let Ok(keys) = ChipKeys::from_dg14(dg14) else {
        // `inspect` says what is wrong with it.
        return Ok((ChipProof::NotAttempted, false));
    };
    if keys.chip_authentication.is_empty() {
        return Ok((ChipProof::NotAttempted, false));
    }
    let best = keys
        .chip_authentication
        .iter()
        .filter_map(|offer| usable(&keys, offer))
        .max_by_key(|(key, _)| strength(key));
    let Some((key, proved)) = best else {
        let why = "this terminal does not have the group or protocol of the chip's key";
        return Ok((ChipProof::Unsupported(why.to_owned()), false));
    };
    match reader.chip_authentication(&key) {
        Ok(evidence) => {
            let proof = ChipProof::Held {
                key: ProvedKey::Agreement(proved.clone()),
                how: format!(
                    "Chip Authentication, {}, {}",
                    evidence.key().group,
                    cipher_name(key.protocol.cipher)
                ),
            };
            Ok((proof, false))
        }
        Err(error) if error.is_the_chips() => {
            let over = error.ends_the_session();
            Ok((ChipProof::Failed(error.to_string()), over))
        }
        Err(error) => Err(failure(error)),
    }
}

/// The key of an offer, where it can be used.
fn usable<'a>(
    keys: &'a ChipKeys,
    offer: &ChipAuthenticationOffer,
) -> Option<(ChipAuthenticationKey, &'a AgreementKey)> {
    let protocol = ChipAuthenticationProtocol::from_oid(&offer.protocol)?;
    let key = keys.key_of(offer)?.key.as_ref()?;
    let (key_agreement, group, public) = match key {
        AgreementKey::Point { curve, point } => (KeyAgreement::Ecdh, Group::from_curve(*curve)?, point),
        AgreementKey::Number { group, number } => (KeyAgreement::Dh, Group::ModP(*group), number),
    };
    let usable = ChipAuthenticationKey {
        protocol,
        group,
        public: public.clone(),
        key_id: offer.key_id.clone(),
    };
    (protocol.key_agreement == key_agreement).then_some((usable, key))
}

/// The bits of the weaker of cipher and group, then those of each.
fn strength(key: &ChipAuthenticationKey) -> (u16, u16, u16) {
    let cipher = match key.protocol.cipher {
        SymmetricAlgorithm::TripleDes => 112,
        SymmetricAlgorithm::Aes128 => 128,
        SymmetricAlgorithm::Aes192 => 192,
        SymmetricAlgorithm::Aes256 => 256,
    };
    let group = key.group.strength();
    (group.min(cipher), cipher, group)
}

/// Has the chip sign a challenge, and checks it with the key of DG15. Gives the signature as well, for a recording.
pub(super) fn active_authentication(
    reader: &mut Reader<'_>,
    dg14: Option<&[u8]>,
    dg15: &[u8],
) -> Result<(ChipProof, Option<SignedChallenge>), ReadCardError> {
    let key = match active_authentication_key(dg15) {
        Ok(key) => key,
        Err(error) => return Ok((ChipProof::Unsupported(format!("DG15: {error}")), None)),
    };
    match reader.active_authentication(signature_len(&key)) {
        Ok(signed) => Ok((judge_signature(&signed, dg14, dg15), Some(signed))),
        Err(error @ ActiveAuthError::Refused { .. }) => Ok((ChipProof::Failed(error.to_string()), None)),
        Err(ActiveAuthError::Random) => Err(ReadCardError::Random),
        Err(ActiveAuthError::Read(error)) => Err(error.into()),
        Err(ActiveAuthError::Link(error)) => Err(error.into()),
    }
}

/// What a signed challenge is worth under the key of DG15. With ECDSA, DG14 names the hash.
pub(super) fn judge_signature(signed: &SignedChallenge, dg14: Option<&[u8]>, dg15: &[u8]) -> ChipProof {
    let key = match active_authentication_key(dg15) {
        Ok(key) => key,
        Err(error) => return ChipProof::Unsupported(format!("DG15: {error}")),
    };
    let hash = dg14
        .and_then(|file| ChipKeys::from_dg14(file).ok())
        .and_then(|keys| keys.active_authentication_hash);
    match signed.verify(&key, hash) {
        Ok(how) => ChipProof::Held {
            key: ProvedKey::Dg15(dg15.to_vec()),
            how,
        },
        Err(ActiveAuthFailure::Wrong(why)) => ChipProof::Failed(why.to_owned()),
        Err(ActiveAuthFailure::Unsupported(why)) => ChipProof::Unsupported(why),
    }
}

fn signature_len(key: &PublicKey) -> usize {
    use rsa::traits::PublicKeyParts;
    match key {
        PublicKey::Ec { curve, .. } => 2 * curve.field_len(),
        PublicKey::Rsa(key) => key.size(),
    }
}

fn failure(error: ChipAuthError) -> ReadCardError {
    match error {
        ChipAuthError::Random => ReadCardError::Random,
        ChipAuthError::Read(error) => error.into(),
        ChipAuthError::Link(error) => error.into(),
        other => ReadCardError::ChipAuthentication(other),
    }
}
