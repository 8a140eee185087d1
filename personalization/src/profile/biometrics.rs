//! A profile's biometric part: formats, and what must be taken of a person.

use card_applet::wire::lds::DataGroup;
use serde::{Deserialize, Serialize};

use super::CardProfile;
use super::check::ProfileError;
use crate::biometrics::enrolment::{Enrolment, EnrolmentError};
use crate::biometrics::finger::FingerPosition;

/// The format of the record in DG2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum FaceFormat {
    /// ISO/IEC 19794-5:2005.
    #[default]
    #[serde(rename = "ISO-19794-5")]
    Iso19794,
    /// ISO/IEC 39794-5.
    #[serde(rename = "ISO-39794-5")]
    Iso39794,
}

/// The format of the records in DG3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum FingerFormat {
    /// ISO/IEC 19794-4:2005.
    #[default]
    #[serde(rename = "ISO-19794-4")]
    Iso19794,
    /// ISO/IEC 39794-4.
    #[serde(rename = "ISO-39794-4")]
    Iso39794,
}

/// What the profile says of fingers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FingerParameters {
    /// The records' format.
    #[serde(default)]
    pub format: FingerFormat,
    /// Names of the fingers that every enrolment must have, captured or said to be missing.
    #[serde(default)]
    pub required: Vec<String>,
}

/// The biometric part, checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CheckedBiometrics {
    required_fingers: Vec<FingerPosition>,
}

/// Checks the part alone and against the data groups.
pub(super) fn check(
    profile: &CardProfile,
    data_groups: &[DataGroup],
) -> Result<CheckedBiometrics, ProfileError> {
    let invalid = |key, rule| Err(ProfileError::Invalid { key, rule });
    if profile.fingers.is_some() != data_groups.contains(&DataGroup::DG3) {
        return invalid("fingers", "belong to data group 3: both or neither");
    }
    let mut required_fingers = Vec::new();
    for name in profile.fingers.iter().flat_map(|fingers| &fingers.required) {
        match FingerPosition::from_name(name) {
            None => return invalid("fingers.required", "names no finger: right-thumb … left-little"),
            Some(position) if required_fingers.contains(&position) => {
                return invalid("fingers.required", "names a finger twice");
            }
            Some(position) => required_fingers.push(position),
        }
    }
    Ok(CheckedBiometrics { required_fingers })
}

impl CheckedBiometrics {
    /// Whether an enrolment has what the profile asks for, and nothing that the card has no place for.
    pub(super) fn check_enrolment(
        &self,
        data_groups: &[DataGroup],
        enrolment: &Enrolment,
    ) -> Result<(), EnrolmentError> {
        for position in &self.required_fingers {
            if !enrolment.accounts_for(*position) {
                return Err(EnrolmentError::rule(
                    format!("finger {position}"),
                    "is required by the profile: give its image, or say why there is none",
                ));
            }
        }
        if !data_groups.contains(&DataGroup::DG3)
            && let Some(finger) = enrolment.fingers().first()
        {
            return Err(EnrolmentError::rule(
                format!("finger {}", finger.position),
                "has no place on a card of this profile (DG3)",
            ));
        }
        Ok(())
    }
}
