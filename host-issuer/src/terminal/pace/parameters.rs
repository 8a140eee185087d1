//! What is agreed on for one run of PACE, and whether this terminal can do it.

use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::crypto::curve::Curve;
use card_applet::wire::security_info::{Mapping, PaceInfo};

use super::PaceError;

/// What is agreed on for the whole run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parameters {
    pub(super) info: PaceInfo,
    pub(super) algorithm: SymmetricAlgorithm,
    pub(super) curve: Curve,
}

impl Parameters {
    /// Reads them from a PACEInfo.
    pub(super) fn of(info: &PaceInfo) -> Result<Self, PaceError> {
        match info.protocol.mapping {
            Mapping::EcdhGeneric | Mapping::EcdhChipAuthentication => {}
            _ => return Err(PaceError::Unsupported("this mapping")),
        }
        if info.version != 2 {
            return Err(PaceError::Unsupported("this version"));
        }
        let parameter_id = info
            .parameter_id
            .ok_or(PaceError::Unsupported("domain parameters of the chip's own"))?;
        let curve = Curve::from_parameter_id(parameter_id)
            .ok_or(PaceError::Unsupported("these domain parameters"))?;
        Ok(Parameters {
            info: *info,
            algorithm: info.protocol.cipher,
            curve,
        })
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
