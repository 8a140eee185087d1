//! Whether the chip is the one that the data were signed for: PACE-CAM, Chip Authentication, Active Authentication
//! (Doc 9303-11 §6).
//!
//! The protocols are the terminal's; here is decided what their outcome is worth. A proof is bound to the document by its key:
//! only a key whose data group has the signed digest counts. That holds for PACE-CAM, too, whose key is signed in EF.CardSecurity
//! and must be in DG14 as well, or the chip of one genuine document could stand in for another's.

use super::check::{Check, CheckId};
use super::chip_keys::{AgreementKey, ChipKeys};
use super::policy::Policy;
use super::security_infos;
use super::security_object::SecurityObject;

/// The key that a proof was made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProvedKey {
    /// A static key of Chip Authentication or PACE-CAM.
    Agreement(AgreementKey),
    /// The key of Active Authentication: DG15 as it was read.
    Dg15(Vec<u8>),
}

/// How a protocol that proves a key ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ChipProof {
    /// It was not run.
    #[default]
    NotAttempted,
    /// It was not run because this terminal cannot, for this reason.
    Unsupported(String),
    /// It was run, and the chip did not prove the key.
    Failed(String),
    /// The chip proved this key.
    Held {
        /// The key.
        key: ProvedKey,
        /// By what, for a report.
        how: String,
    },
    /// A recording says that the chip proved this key. That is its keeper's word: a recording cannot prove it again.
    Recorded {
        /// The key.
        key: ProvedKey,
        /// By what, for a report.
        how: String,
    },
}

/// What the chip proved, as far as it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChipProofs {
    /// PACE with chip authentication mapping.
    pub pace_cam: ChipProof,
    /// Chip Authentication.
    pub chip_authentication: ChipProof,
    /// Active Authentication.
    pub active_authentication: ChipProof,
}

/// What is signed about the chip's keys.
pub(crate) struct Signed<'a> {
    pub(crate) object: &'a SecurityObject,
    /// DG14 with the signed digest.
    pub(crate) dg14: Option<&'a [u8]>,
    /// The keys in it, where it can be read.
    pub(crate) chip_keys: Option<&'a ChipKeys>,
    /// DG15 with the signed digest.
    pub(crate) dg15: Option<&'a [u8]>,
    /// The keys of EF.CardSecurity, once its check passed.
    pub(crate) card_security: Option<&'a ChipKeys>,
}

/// `pace_cam`, `chip_authentication`, `active_authentication` as far as they are offered or were run, and `clone_proof`.
pub(crate) fn checks(proofs: &ChipProofs, signed: &Signed<'_>, policy: Policy, checks: &mut Vec<Check>) {
    let keys = signed.chip_keys;
    let by_mapping = pace_cam(&proofs.pace_cam, signed, keys);
    let proved = by_mapping.as_ref().is_some_and(Check::is_passed);
    let chip = chip_authentication(&proofs.chip_authentication, signed, keys, proved);
    let active = active_authentication(&proofs.active_authentication, signed);
    let mut made: Vec<Check> = [by_mapping, chip, active].into_iter().flatten().collect();
    let mut recorded = Vec::new();
    let all = [
        (CheckId::PaceCam, &proofs.pace_cam),
        (CheckId::ChipAuthentication, &proofs.chip_authentication),
        (CheckId::ActiveAuthentication, &proofs.active_authentication),
    ];
    for (id, proof) in all {
        if let ChipProof::Recorded { how, .. } = proof
            && let Some(check) = made.iter_mut().find(|check| check.id == id && check.is_passed())
        {
            let why = format!("a recording says that it was proved ({how}), and cannot prove it again");
            *check = Check::not_applicable(id, why);
            recorded.push(id.to_string());
        }
    }
    let advertised = security_infos::advertises_clone_proof(signed.object, signed.dg14);
    let summary = summary(&made, &recorded, advertised, policy);
    checks.append(&mut made);
    checks.push(summary);
}

fn pace_cam(proof: &ChipProof, signed: &Signed<'_>, keys: Option<&ChipKeys>) -> Option<Check> {
    let id = CheckId::PaceCam;
    let offered = keys.is_some_and(|keys| !keys.pace_cam.is_empty());
    match proof {
        ChipProof::NotAttempted if !offered => None,
        ChipProof::NotAttempted => Some(Check::not_applicable(
            id,
            "the chip was opened in another way, and Chip Authentication proves the same key",
        )),
        ChipProof::Unsupported(why) => Some(Check::missing(id, why.clone())),
        ChipProof::Failed(why) => Some(Check::failed(id, why.clone())),
        ChipProof::Held { key, how } | ChipProof::Recorded { key, how } => {
            Some(match (key, signed.card_security) {
                (ProvedKey::Agreement(key), Some(card_security)) => {
                    if card_security.has(key) {
                        in_dg14(id, key, how, signed, keys)
                    } else {
                        Check::failed(id, "the key that the chip proved is not in EF.CardSecurity")
                    }
                }
                (_, None) => Check::blocked(id, CheckId::CardSecurity),
                (ProvedKey::Dg15(_), _) => Check::failed(id, "the chip proved a key of another protocol"),
            })
        }
    }
}

fn chip_authentication(
    proof: &ChipProof,
    signed: &Signed<'_>,
    keys: Option<&ChipKeys>,
    by_mapping: bool,
) -> Option<Check> {
    let id = CheckId::ChipAuthentication;
    let offered =
        keys.is_some_and(|keys| !keys.chip_authentication.is_empty() || !keys.public_keys.is_empty());
    match proof {
        ChipProof::NotAttempted if !offered => None,
        ChipProof::NotAttempted | ChipProof::Unsupported(_) if by_mapping => Some(Check::not_applicable(
            id,
            "PACE-CAM proved the chip's key already",
        )),
        ChipProof::NotAttempted => Some(Check::missing(id, "the chip offers it, and it was not asked for")),
        ChipProof::Unsupported(why) => Some(Check::missing(id, why.clone())),
        ChipProof::Failed(why) => Some(Check::failed(id, why.clone())),
        ChipProof::Held { key, how } | ChipProof::Recorded { key, how } => Some(match key {
            ProvedKey::Agreement(key) => in_dg14(id, key, how, signed, keys),
            ProvedKey::Dg15(_) => Check::failed(id, "the chip proved a key of another protocol"),
        }),
    }
}

/// The proof counts for this document only when its key is in the signed DG14.
fn in_dg14(
    id: CheckId,
    key: &AgreementKey,
    how: &str,
    signed: &Signed<'_>,
    keys: Option<&ChipKeys>,
) -> Check {
    match keys {
        Some(keys) if keys.has(key) => Check::passed(id, how),
        Some(_) => Check::failed(id, "the key that the chip proved is not in the signed DG14"),
        None if signed.object.hashes.contains_key(&14) => Check::blocked(id, CheckId::DgDigest(14)),
        None => Check::failed(id, "the key that the chip proved is not signed: there is no DG14"),
    }
}

fn active_authentication(proof: &ChipProof, signed: &Signed<'_>) -> Option<Check> {
    let id = CheckId::ActiveAuthentication;
    let offered = signed.object.hashes.contains_key(&15);
    match proof {
        ChipProof::NotAttempted if !offered => None,
        ChipProof::NotAttempted => Some(Check::missing(id, "the chip offers it, and it was not asked for")),
        ChipProof::Unsupported(why) => Some(Check::missing(id, why.clone())),
        ChipProof::Failed(why) => Some(Check::failed(id, why.clone())),
        ChipProof::Held { key, how } | ChipProof::Recorded { key, how } => Some(match (key, signed.dg15) {
            (ProvedKey::Dg15(used), Some(dg15)) if used == dg15 => Check::passed(id, how.clone()),
            (_, None) if offered => Check::blocked(id, CheckId::DgDigest(15)),
            _ => Check::failed(
                id,
                "the key that the chip proved is not the one of the signed DG15",
            ),
        }),
    }
}

/// `clone_proof`: whether any of them shows that the chip is no copy.
fn summary(made: &[Check], recorded: &[String], advertised: bool, policy: Policy) -> Check {
    let id = CheckId::CloneProof;
    let passed: Vec<String> = made
        .iter()
        .filter(|check| check.is_passed())
        .map(|check| check.id.to_string())
        .collect();
    if let Some(failed) = made.iter().find(|check| check.status_word() == "failed") {
        return Check::blocked(id, failed.id);
    }
    if !passed.is_empty() {
        return Check::passed(id, passed.join(", "));
    }
    if !recorded.is_empty() {
        let why = format!(
            "a recording says that {} proved it, and cannot prove it again: a copy is not excluded",
            recorded.join(", ")
        );
        return if policy.require_clone_proof {
            Check::missing(id, why)
        } else {
            Check::not_applicable(id, why)
        };
    }
    if advertised {
        return Check::missing(
            id,
            "the document offers a proof that it is no copy, and it was not made",
        );
    }
    if policy.require_clone_proof {
        return Check::missing(
            id,
            "a proof that it is no copy is required, and the document offers none",
        );
    }
    Check::not_applicable(id, "the document offers no such proof: a copy is not excluded")
}
