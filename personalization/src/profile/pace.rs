//! A profile's PACE offer, as EF.CardAccess will list it.

use card_applet::wire::security_info::{Mapping, PaceInfo, PaceProtocol};

use super::{PaceCipher, PaceMapping, PaceParameters, ProfileError};

/// Most PACE parameter sets of one card.
const MAX_PACE_SETS: usize = 8;

/// Checks the parameter sets each for itself: that the standard has it, that the chip offers it, that it comes once.
pub(super) fn pace_infos(sets: &[PaceParameters]) -> Result<Vec<PaceInfo>, ProfileError> {
    if sets.len() > MAX_PACE_SETS {
        return invalid("pace", "has more than eight parameter sets");
    }
    let mut infos = Vec::with_capacity(sets.len());
    for set in sets {
        let mapping = match set.mapping {
            PaceMapping::Generic => Mapping::EcdhGeneric,
            PaceMapping::Integrated => Mapping::EcdhIntegrated,
            PaceMapping::ChipAuthentication if set.cipher == PaceCipher::TripleDes => {
                return invalid("pace", "defines CAM for AES only");
            }
            PaceMapping::ChipAuthentication => Mapping::EcdhChipAuthentication,
        };
        let Some(curve) = set.curve.on_chip() else {
            return Err(ProfileError::Unsupported {
                key: "pace",
                what: "this curve",
            });
        };
        let protocol = PaceProtocol {
            mapping,
            cipher: set.cipher.algorithm(),
        };
        let info = PaceInfo::new(protocol, curve.parameter_id());
        if infos.contains(&info) {
            return invalid("pace", "lists a parameter set twice");
        }
        infos.push(info);
    }
    Ok(infos)
}

fn invalid<T>(key: &'static str, rule: &'static str) -> Result<T, ProfileError> {
    Err(ProfileError::Invalid { key, rule })
}
