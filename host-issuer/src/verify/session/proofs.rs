//! What the chip proved: again where the file has what it takes, else as hearsay.

use card_applet::wire::domain_parameters::NamedCurve;

use super::super::chip_proofs::judge_signature;
use super::SessionError;
use super::format::{ProofJson, RightsJson, SignedJson};
use crate::inspect::{AgreementKey, ChipProof, ProvedKey, ReadDocument, TerminalRights, rights};
use crate::mod_p_group::ModPGroup;
use crate::terminal::active_auth::{CHALLENGE_LEN, SignedChallenge};

/// Longest point, number and signature: of 521, 2048 and 16,384 bits.
const MAX_POINT_LEN: usize = 133;
const MAX_NUMBER_LEN: usize = 256;
const MAX_SIGNATURE_LEN: usize = 2048;

/// A proof that is gone: how it ended.
pub(super) fn write(proof: &ChipProof) -> Option<ProofJson> {
    Some(match proof {
        ChipProof::NotAttempted => return None,
        ChipProof::Unsupported(why) => ProofJson::Unsupported { why: why.clone() },
        ChipProof::Failed(why) => ProofJson::Failed { why: why.clone() },
        ChipProof::Held { key, how } | ChipProof::Recorded { key, how } => match key {
            ProvedKey::Agreement(AgreementKey::Point { curve, point }) => ProofJson::Proved {
                curve: curve.name().to_owned(),
                point: hex::encode_upper(point),
                how: how.clone(),
            },
            ProvedKey::Agreement(AgreementKey::Number { group, number }) => ProofJson::ProvedNumber {
                group: group.name().to_owned(),
                number: hex::encode_upper(number),
                how: how.clone(),
            },
            // Of another protocol; `write_signed` has it.
            ProvedKey::Dg15(_) => return None,
        },
    })
}

/// Reads it back. That it was proved is the file's word.
pub(super) fn recorded(member: &'static str, json: Option<ProofJson>) -> Result<ChipProof, SessionError> {
    let fault = |rule| SessionError::member(member, rule);
    Ok(match json {
        None => ChipProof::NotAttempted,
        Some(ProofJson::Unsupported { why }) => ChipProof::Unsupported(why),
        Some(ProofJson::Failed { why }) => ChipProof::Failed(why),
        Some(ProofJson::Proved { curve, point, how }) => {
            let curve = NamedCurve::ALL
                .into_iter()
                .find(|known| known.name() == curve)
                .ok_or_else(|| fault("`curve` is the name of a curve of Doc 9303-11"))?;
            let point =
                bytes(&point, MAX_POINT_LEN).ok_or_else(|| fault("`point` is an uncompressed point"))?;
            ChipProof::Recorded {
                key: ProvedKey::Agreement(AgreementKey::Point { curve, point }),
                how,
            }
        }
        Some(ProofJson::ProvedNumber { group, number, how }) => {
            let group = ModPGroup::ALL
                .into_iter()
                .find(|known| known.name() == group)
                .ok_or_else(|| fault("`group` is the name of a MODP group of Doc 9303-11"))?;
            let number = bytes(&number, MAX_NUMBER_LEN).ok_or_else(|| fault("`number` is of the group"))?;
            ChipProof::Recorded {
                key: ProvedKey::Agreement(AgreementKey::Number { group, number }),
                how,
            }
        }
    })
}

/// The transcript of Active Authentication, else how it ended.
pub(super) fn write_signed(signed: Option<&SignedChallenge>, proof: &ChipProof) -> Option<SignedJson> {
    match (signed, proof) {
        (Some(signed), _) => Some(SignedJson::Answered {
            challenge: hex::encode_upper(signed.challenge()),
            signature: hex::encode_upper(signed.signature()),
        }),
        (None, ChipProof::Failed(why)) => Some(SignedJson::Failed { why: why.clone() }),
        (None, ChipProof::Unsupported(why)) => Some(SignedJson::Unsupported { why: why.clone() }),
        (None, _) => None,
    }
}

/// Checks the signature again, with the keys of the document beside it.
pub(super) fn active_authentication(
    json: Option<SignedJson>,
    document: &ReadDocument,
) -> Result<(Option<SignedChallenge>, ChipProof), SessionError> {
    let fault = |rule| SessionError::member("active_authentication", rule);
    let (challenge, signature) = match json {
        None => return Ok((None, ChipProof::NotAttempted)),
        Some(SignedJson::Failed { why }) => return Ok((None, ChipProof::Failed(why))),
        Some(SignedJson::Unsupported { why }) => return Ok((None, ChipProof::Unsupported(why))),
        Some(SignedJson::Answered { challenge, signature }) => (challenge, signature),
    };
    let challenge: [u8; CHALLENGE_LEN] = bytes(&challenge, CHALLENGE_LEN)
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| fault("`challenge` has eight bytes"))?;
    let signature = bytes(&signature, MAX_SIGNATURE_LEN)
        .ok_or_else(|| fault("`signature` is hexadecimal, at most 2048 bytes"))?;
    let signed = SignedChallenge::recorded(challenge, signature);
    let proof = match document.data_group(15).bytes() {
        None => ChipProof::NotAttempted,
        Some(dg15) => match judge_signature(&signed, document.data_group(14).bytes(), dg15) {
            ChipProof::Held { key, how } => ChipProof::Held {
                key,
                how: format!("{how}; checked again, with the challenge that was recorded"),
            },
            other => other,
        },
    };
    Ok((Some(signed), proof))
}

impl From<&TerminalRights> for RightsJson {
    fn from(rights: &TerminalRights) -> Self {
        match rights.clone() {
            TerminalRights::NoKey => Self::NoKey {},
            TerminalRights::NotAttempted(why) => Self::NotAttempted { why },
            TerminalRights::Refused(why) => Self::Refused { why },
            TerminalRights::Granted {
                authority,
                holder,
                fingers,
                irises,
            } => Self::Granted {
                authority,
                holder,
                fingers,
                irises,
            },
        }
    }
}

/// Rights that a chip granted are hearsay like its proofs.
impl From<RightsJson> for TerminalRights {
    fn from(json: RightsJson) -> Self {
        match json {
            RightsJson::NoKey {} => Self::NoKey,
            RightsJson::NotAttempted { why } => Self::NotAttempted(why),
            RightsJson::Refused { why } => Self::Refused(why),
            RightsJson::Granted {
                authority,
                holder,
                fingers,
                irises,
            } => Self::NotAttempted(format!(
                "a recording says that CAR {authority} granted CHR {holder} {}",
                rights(fingers, irises)
            )),
        }
    }
}

/// Hexadecimal of at most so many bytes.
fn bytes(digits: &str, limit: usize) -> Option<Vec<u8>> {
    if digits.len() > 2 * limit {
        return None;
    }
    hex::decode(digits).ok()
}
