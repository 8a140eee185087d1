//! Card profiles: what kind of card is issued, as TOML, checked as a whole.
//!
//! A [`CardProfile`] is what the file says; a [`CheckedProfile`] is one that the chip can do, that contradicts
//! neither Doc 9303 nor itself, and from which cards are made. There is no way to the second but through
//! [`CardProfile::check`].

mod application;
mod biometrics;
mod check;
mod chip_keys;
mod date_gates;
mod error;
mod pace;
mod security_object;

use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::crypto::curve::Curve;
use serde::{Deserialize, Serialize};

pub use crate::biometrics::format::{FaceFormat, FingerFormat, IrisFormat};
pub use crate::biometrics::modality::Modality;
pub use application::{ApplicationFileParameters, ApplicationParameters, ReadRule, WriteRule};
pub use biometrics::{FingerParameters, IrisParameters, PortraitParameters};
pub use check::CheckedProfile;
pub use chip_keys::{ActiveAuthenticationParameters, ChipAuthenticationParameters};
pub use error::ProfileError;
pub use security_object::{SecurityObjectParameters, SecurityObjectVersion};

/// The profiles that come with the program: name and TOML.
pub const BUILTIN: [(&str, &str); 4] = [
    ("icao-td1", include_str!("../profiles/icao-td1.toml")),
    ("vn-cc-2024", include_str!("../profiles/vn-cc-2024.toml")),
    (
        "vn-cc-2024-insurance",
        include_str!("../profiles/vn-cc-2024-insurance.toml"),
    ),
    ("vn-cccd-2021", include_str!("../profiles/vn-cccd-2021.toml")),
];

/// Longest profile that is read, in bytes.
const MAX_PROFILE_BYTES: usize = 64 * 1024;

/// A card profile as its file states it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardProfile {
    /// Its name: lower-case letters, digits, hyphens.
    pub name: String,
    /// One line for people.
    pub description: String,
    /// Document code of the MRZ, such as `ID` (9303-5, section 4.2.2).
    pub document_code: String,
    /// Issuing state of the MRZ, three letters (9303-3, section 5).
    pub issuing_state: String,
    /// The form of the MRZ's upper line.
    pub mrz: MrzForm,
    /// The data groups of the card, by number.
    pub data_groups: Vec<u8>,
    /// Whether BAC is offered beside PACE, or, without any PACE, instead of it.
    #[serde(default)]
    pub bac: bool,
    /// The PACE parameter sets, each a PACEInfo of EF.CardAccess.
    #[serde(default)]
    pub pace: Vec<PaceParameters>,
    /// The face record's format.
    #[serde(default)]
    pub face_format: FaceFormat,
    /// What the portrait must be beyond what every portrait must.
    #[serde(default)]
    pub portrait: PortraitParameters,
    /// The fingers, where the card has DG3.
    #[serde(default)]
    pub fingers: Option<FingerParameters>,
    /// The irises, where the card has DG4.
    #[serde(default)]
    pub irises: Option<IrisParameters>,
    /// Modalities that this program knows nothing of, where the card has DG8, DG9 or DG10.
    #[serde(default)]
    pub modality: Vec<Modality>,
    /// How long cards may be valid.
    pub validity: Validity,
    /// Whether the holder gets a PIN, and a PUK to unblock it (BSI TR-03110-2, section 2.2).
    #[serde(default)]
    pub pin: bool,
    /// The keys of Chip Authentication (clone detection; 9303-11, section 6.2).
    #[serde(default)]
    pub chip_authentication: Vec<ChipAuthenticationParameters>,
    /// The key of Active Authentication (clone detection; 9303-11, section 6.1).
    #[serde(default)]
    pub active_authentication: Option<ActiveAuthenticationParameters>,
    /// Terminal Authentication (rights to fingers and irises; 9303-11, section 7.1).
    #[serde(default)]
    pub terminal_authentication: bool,
    /// Hash and version of EF.SOD.
    #[serde(default)]
    pub security_object: SecurityObjectParameters,
    /// The applications beside the eMRTD.
    #[serde(default)]
    pub application: Vec<ApplicationParameters>,
}

/// The form of the MRZ's upper line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MrzForm {
    /// The citizen number as document number in the form of 9303-5; being long, that of note j.
    Icao,
    /// Last nine digits, check digit, all twelve digits, `<<`, check digit.
    Vietnamese,
}

/// How long a card may be valid. Exactly one rule is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Validity {
    /// At most so many years from the day of issue.
    MaxYears(u8),
    /// Until the holder reaches the next of these ages; a card issued in the two years before one is good
    /// until the one after it, and after the last without end (Law on Identification 26/2023, article 21).
    RenewalAges(Vec<u8>),
}

/// One set of PACE parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaceParameters {
    /// How the nonce is mapped.
    pub mapping: PaceMapping,
    /// The curve.
    pub curve: PaceCurve,
    /// Cipher of the session.
    pub cipher: PaceCipher,
}

/// A mapping of PACE (9303-11, section 4.4.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PaceMapping {
    /// Generic mapping.
    #[serde(rename = "GM")]
    Generic,
    /// Integrated mapping.
    #[serde(rename = "IM")]
    Integrated,
    /// Chip authentication mapping.
    #[serde(rename = "CAM")]
    ChipAuthentication,
}

/// A curve of the standardized domain parameters (9303-11, table 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PaceCurve {
    /// NIST P-256, parameter 12.
    #[serde(rename = "P-256")]
    P256,
    /// brainpoolP256r1, parameter 13.
    #[serde(rename = "brainpoolP256r1")]
    BrainpoolP256r1,
    /// NIST P-384, parameter 15.
    #[serde(rename = "P-384")]
    P384,
    /// brainpoolP384r1, parameter 16.
    #[serde(rename = "brainpoolP384r1")]
    BrainpoolP384r1,
    /// brainpoolP512r1, parameter 17.
    #[serde(rename = "brainpoolP512r1")]
    BrainpoolP512r1,
    /// NIST P-521, parameter 18.
    #[serde(rename = "P-521")]
    P521,
}

impl PaceCurve {
    /// Its number among the standardized domain parameters.
    #[must_use]
    pub const fn parameter_id(self) -> u8 {
        match self {
            Self::P256 => 12,
            Self::BrainpoolP256r1 => 13,
            Self::P384 => 15,
            Self::BrainpoolP384r1 => 16,
            Self::BrainpoolP512r1 => 17,
            Self::P521 => 18,
        }
    }

    /// The curve as the chip knows it; `None` if it does not.
    #[must_use]
    pub const fn on_chip(self) -> Option<Curve> {
        Curve::from_parameter_id(self.parameter_id())
    }
}

/// A cipher of PACE and secure messaging.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PaceCipher {
    /// 3DES in CBC mode with retail MAC.
    #[serde(rename = "3DES")]
    TripleDes,
    /// AES-128 with CMAC.
    #[serde(rename = "AES-128")]
    Aes128,
    /// AES-192 with CMAC.
    #[serde(rename = "AES-192")]
    Aes192,
    /// AES-256 with CMAC.
    #[serde(rename = "AES-256")]
    Aes256,
}

impl PaceCipher {
    /// The algorithm as the chip knows it.
    #[must_use]
    pub const fn algorithm(self) -> SymmetricAlgorithm {
        match self {
            Self::TripleDes => SymmetricAlgorithm::TripleDes,
            Self::Aes128 => SymmetricAlgorithm::Aes128,
            Self::Aes192 => SymmetricAlgorithm::Aes192,
            Self::Aes256 => SymmetricAlgorithm::Aes256,
        }
    }
}

impl CardProfile {
    /// Reads a profile file.
    ///
    /// # Errors
    ///
    /// [`ProfileError::Toml`] with line and reason, also for unknown keys.
    pub fn from_toml(text: &str) -> Result<Self, ProfileError> {
        if text.len() > MAX_PROFILE_BYTES {
            return Err(ProfileError::Toml(format!(
                "longer than {MAX_PROFILE_BYTES} bytes"
            )));
        }
        toml::from_str(text).map_err(|error| ProfileError::Toml(error.to_string().trim_end().to_owned()))
    }
}

/// A profile that comes with the program, checked.
///
/// # Errors
///
/// [`ProfileError::UnknownName`], which lists the names there are.
pub fn builtin(name: &str) -> Result<CheckedProfile, ProfileError> {
    match BUILTIN.iter().find(|(known, _)| *known == name) {
        Some((_, text)) => CardProfile::from_toml(text)?.check(),
        None => Err(ProfileError::UnknownName(name.to_owned())),
    }
}

/// The data groups that this version makes.
const DATA_GROUPS: [u8; 15] = [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
