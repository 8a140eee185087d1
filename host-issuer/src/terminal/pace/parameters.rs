//! What is agreed on for one run of PACE, and whether this terminal can do it.

use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::crypto::integrated_mapping::nonce_len;
use card_applet::wire::security_info::{Mapping, PaceInfo};

use super::PaceError;
use crate::terminal::key_agreement::Group;

/// Longest nonce of generic mapping that is taken, in bytes; chips have 16, the mapping can do no more than a field element.
const GENERIC_NONCE_MAX: usize = 32;

/// What is agreed on for the whole run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parameters {
    pub(super) info: PaceInfo,
    pub(super) algorithm: SymmetricAlgorithm,
    pub(super) group: Group,
}

impl Parameters {
    /// Reads them from a PACEInfo.
    pub(super) fn of(info: &PaceInfo) -> Result<Self, PaceError> {
        if info.version != 2 {
            return Err(PaceError::Unsupported("this version"));
        }
        let parameter_id = info
            .parameter_id
            .ok_or(PaceError::Unsupported("domain parameters of the chip's own"))?;
        let group = Group::from_parameter_id(parameter_id)
            .ok_or(PaceError::Unsupported("these domain parameters"))?;
        let fits = match info.protocol.mapping {
            Mapping::DhGeneric | Mapping::DhIntegrated => !group.is_elliptic(),
            Mapping::EcdhGeneric | Mapping::EcdhChipAuthentication => group.is_elliptic(),
            Mapping::EcdhIntegrated => group.is_elliptic() && group.has_integrated_mapping(),
        };
        if !fits {
            return Err(PaceError::Unsupported(
                "this mapping over these domain parameters",
            ));
        }
        Ok(Parameters {
            info: *info,
            algorithm: info.protocol.cipher,
            group,
        })
    }

    /// Whether a nonce s may be so long, in bytes: integrated mapping fixes its length by the cipher, generic mapping takes whole
    /// blocks (9303-11 §4.4.3.3).
    pub(super) fn takes_nonce_of(&self, len: usize) -> bool {
        match self.info.protocol.mapping {
            Mapping::DhIntegrated | Mapping::EcdhIntegrated => len == nonce_len(self.algorithm),
            Mapping::DhGeneric | Mapping::EcdhGeneric | Mapping::EcdhChipAuthentication => {
                len != 0 && len <= GENERIC_NONCE_MAX && len.is_multiple_of(self.algorithm.block_len())
            }
        }
    }

    /// Whether the chip proves by the mapping that it is no copy.
    pub(super) fn is_chip_authentication(&self) -> bool {
        self.info.protocol.mapping == Mapping::EcdhChipAuthentication
    }
}

/// Whether this terminal can run PACE as `info` describes it.
pub fn is_supported(info: &PaceInfo) -> bool {
    Parameters::of(info).is_ok()
}
