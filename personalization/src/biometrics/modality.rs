//! An open registry of modalities: what a profile says of samples that this program knows nothing of.
//!
//! Voice and DNA have no data group in 9303-10, and tomorrow somebody wants gait. Such a sample is bytes with a CBEFF header: a
//! type, a format and its owner. The profile names the modality, the header's values, the data group that takes it and who may
//! read that; nothing between enrolment and card has to know more:
//!
//! ```toml
//! data_groups = [1, 2, 9, 14]
//!
//! [[modality]]
//! name = "voice"
//! data_group = 9
//! biometric_type = 0x04
//! format_owner = 0x0101
//! format_type = 0x0031
//! access = "terminal-fingers"
//! ```
//!
//! The groups are DG8, DG9 and DG10, whose content 9303-10 leaves to the issuing state (sections 4.7.8 to 4.7.10). Modalities that
//! share a group share its access rule.

use card_applet::wire::access::AccessRule;
use card_applet::wire::lds::DataGroup;
use serde::{Deserialize, Serialize};

use super::cbeff::{self, BiometricGroup};
use super::error::BiometricError;

/// The data groups that take modalities.
pub const DATA_GROUPS: [u8; 3] = [8, 9, 10];

/// The longest sample, unless its modality says less: what a chip of 80 kB has beside the other files.
pub const MAX_SAMPLE_BYTES: u32 = 64 * 1024;

/// Who may read a modality's data group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModalityAccess {
    /// Whoever opened a session with PACE.
    Pace,
    /// After Chip Authentication, too.
    ChipAuthentication,
    /// Terminals with the right to fingers.
    TerminalFingers,
    /// Terminals with the right to irises.
    TerminalIrises,
}

impl ModalityAccess {
    /// The chip's rule.
    #[must_use]
    pub const fn rule(self) -> AccessRule {
        match self {
            Self::Pace => AccessRule::Pace,
            Self::ChipAuthentication => AccessRule::ChipAuthentication,
            Self::TerminalFingers => AccessRule::TerminalFingers,
            Self::TerminalIrises => AccessRule::TerminalIrises,
        }
    }
}

/// A modality as a profile registers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Modality {
    /// Its name in enrolments: lower-case letters, digits, hyphens.
    pub name: String,
    /// The data group that takes it: 8, 9 or 10.
    pub data_group: u8,
    /// CBEFF biometric type, one to three bytes; 0x04 is voice, 0x4000 DNA.
    pub biometric_type: u32,
    /// CBEFF format owner; 0x0101 is ISO/IEC JTC 1/SC 37.
    pub format_owner: u16,
    /// The owner's number of the format.
    pub format_type: u16,
    /// Who may read it.
    pub access: ModalityAccess,
    /// The longest sample, in bytes.
    #[serde(default = "max_sample_bytes")]
    pub max_bytes: u32,
    /// Whether every enrolment must have one.
    #[serde(default)]
    pub required: bool,
}

const fn max_sample_bytes() -> u32 {
    MAX_SAMPLE_BYTES
}

/// A sample of a modality: bytes that pass through. `Debug` shows none of them.
#[derive(Clone, PartialEq, Eq)]
pub struct OpaqueSample {
    /// The modality's name.
    pub modality: String,
    /// CBEFF subtype, where the modality has several.
    pub subtype: Option<u8>,
    /// The biometric data block.
    pub data: Vec<u8>,
}

impl core::fmt::Debug for OpaqueSample {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "OpaqueSample({}, {} bytes)", self.modality, self.data.len())
    }
}

/// Reads a data group of modalities.
///
/// # Errors
/// [`BiometricError`]. Never panics.
pub fn decode(file: &[u8], group: DataGroup) -> Result<BiometricGroup<'_>, BiometricError> {
    cbeff::decode_group(file, group.tag())
}
