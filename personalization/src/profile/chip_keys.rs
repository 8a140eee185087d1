//! The keys that a card of a profile draws, and what they are for.

use card_applet::wire::key_generation::KeyPurpose;
use card_applet::wire::lds::DataGroup;
use card_applet::wire::security_info::{ChipAuthenticationProtocol, Mapping, PaceInfo};
use serde::{Deserialize, Serialize};

use super::{CardProfile, PaceCipher, PaceCurve, ProfileError};
use crate::attestation::ChipKeySpec;

/// A key of Chip Authentication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChipAuthenticationParameters {
    /// The key's curve; its number among the standardized domain parameters is the key's identifier.
    pub curve: PaceCurve,
    /// The ciphers that the session may have afterwards.
    pub ciphers: Vec<PaceCipher>,
}

/// The key of Active Authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActiveAuthenticationParameters {
    /// The key's curve.
    pub curve: PaceCurve,
}

/// A profile's keys, checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CheckedKeys {
    /// Every key that the chip draws.
    pub(super) specs: Vec<ChipKeySpec>,
    /// What Chip Authentication offers: a protocol and the identifier of its key.
    pub(super) chip_authentication: Vec<(ChipAuthenticationProtocol, u8)>,
}

/// Checks the keys alone, and together with PACE and the data groups.
pub(super) fn check(
    profile: &CardProfile,
    data_groups: &[DataGroup],
    pace_infos: &[PaceInfo],
) -> Result<CheckedKeys, ProfileError> {
    let mut keys = CheckedKeys::default();
    for parameters in &profile.chip_authentication {
        let spec = spec(
            "chip_authentication",
            KeyPurpose::ChipAuthentication,
            parameters.curve,
        )?;
        if keys.specs.contains(&spec) {
            return invalid("chip_authentication", "lists a curve twice");
        }
        keys.specs.push(spec);
        if parameters.ciphers.is_empty() {
            return invalid("chip_authentication", "needs at least one cipher for each key");
        }
        for cipher in &parameters.ciphers {
            let protocol = ChipAuthenticationProtocol::ecdh(cipher.algorithm());
            let offer = (protocol, spec.key_id);
            if keys.chip_authentication.contains(&offer) {
                return invalid("chip_authentication", "lists a cipher twice for a key");
            }
            keys.chip_authentication.push(offer);
        }
    }
    check_mapping(pace_infos, &keys)?;
    if let Some(parameters) = &profile.active_authentication {
        keys.specs.push(ChipKeySpec {
            key_id: 0,
            ..spec(
                "active_authentication",
                KeyPurpose::ActiveAuthentication,
                parameters.curve,
            )?
        });
    }
    if profile.active_authentication.is_some() != data_groups.contains(&DataGroup::DG15) {
        return invalid(
            "data_groups",
            "must have 15 when Active Authentication is offered, and only then",
        );
    }
    Ok(keys)
}

/// Chip authentication mapping proves a Chip Authentication key whose identifier is the mapping's parameterId, and a chip that
/// offers it offers generic or integrated mapping, too (9303-11, sections 4.4.1 and 9.2.1).
fn check_mapping(pace_infos: &[PaceInfo], keys: &CheckedKeys) -> Result<(), ProfileError> {
    let (with_proof, without): (Vec<&PaceInfo>, Vec<&PaceInfo>) = pace_infos
        .iter()
        .partition(|info| info.protocol.mapping == Mapping::EcdhChipAuthentication);
    if !with_proof.is_empty() && without.is_empty() {
        return invalid("pace", "with CAM needs a set with GM or IM, too");
    }
    for info in with_proof {
        if !keys.specs.iter().any(|key| info.parameter_id == Some(key.key_id)) {
            return invalid(
                "pace",
                "with CAM needs a chip_authentication key on the same curve",
            );
        }
    }
    Ok(())
}

fn spec(key: &'static str, purpose: KeyPurpose, curve: PaceCurve) -> Result<ChipKeySpec, ProfileError> {
    let curve = curve.on_chip().ok_or(ProfileError::Unsupported {
        key,
        what: "this curve",
    })?;
    Ok(ChipKeySpec {
        purpose,
        key_id: curve.parameter_id(),
        curve,
    })
}

fn invalid<T>(key: &'static str, rule: &'static str) -> Result<T, ProfileError> {
    Err(ProfileError::Invalid { key, rule })
}
