//! A profile's biometric part: formats, and what must be taken of a person.

use card_applet::wire::access::AccessRule;
use card_applet::wire::lds::DataGroup;
use serde::{Deserialize, Serialize};

use super::CardProfile;
use super::error::ProfileError;
use crate::biometrics::enrolment::{Enrolment, EnrolmentError, Paper};
use crate::biometrics::face::FaceImage;
use crate::biometrics::finger::{FingerImageFormat, FingerPosition};
use crate::biometrics::format::{FingerFormat, IrisFormat};
use crate::biometrics::iris::Eye;
use crate::biometrics::modality::{self, Modality};

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
    /// Whether every image must state its resolution; one that does not is taken to have 500 pixels per inch.
    #[serde(default)]
    pub resolution_stated: bool,
}

/// What the profile asks of the portrait beyond what every portrait must have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortraitParameters {
    /// Least pixels per inch, where the image states them; 300 are usual for a scanned photograph.
    #[serde(default)]
    pub min_resolution: Option<u16>,
    /// Whether the image must state its resolution.
    #[serde(default)]
    pub resolution_stated: bool,
    /// Least pixels in a row.
    #[serde(default)]
    pub min_width: Option<u16>,
    /// Least rows of pixels.
    #[serde(default)]
    pub min_height: Option<u16>,
    /// Most bytes.
    #[serde(default)]
    pub max_bytes: Option<u32>,
}

impl PortraitParameters {
    /// Whether a portrait is as the profile asks for.
    pub(super) fn check(&self, face: &FaceImage) -> Result<(), EnrolmentError> {
        let refuse = |rule| Err(EnrolmentError::rule("portrait", rule));
        let least = |least: Option<u16>| least.unwrap_or(0);
        match face.resolution() {
            None if self.resolution_stated => {
                return refuse("does not state its resolution, which the profile asks for");
            }
            Some(stated) if stated.least() < least(self.min_resolution) => {
                return refuse("has fewer pixels per inch than the profile asks for");
            }
            _ => {}
        }
        if face.width() < least(self.min_width) || face.height() < least(self.min_height) {
            return refuse("has fewer pixels than the profile asks for");
        }
        let max_bytes = self.max_bytes.map_or(usize::MAX, |max| max as usize);
        if face.bytes().len() > max_bytes {
            return refuse("has more bytes than the profile allows: compress it to that budget");
        }
        Ok(())
    }
}

/// What the profile says of irises.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IrisParameters {
    /// The records' format.
    #[serde(default)]
    pub format: IrisFormat,
    /// Names of the eyes that every enrolment must have, captured or said to be missing.
    #[serde(default)]
    pub required: Vec<String>,
}

/// The biometric part, checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CheckedBiometrics {
    required_fingers: Vec<FingerPosition>,
    required_eyes: Vec<Eye>,
}

/// Checks the part alone and against the data groups.
pub(super) fn check(
    profile: &CardProfile,
    data_groups: &[DataGroup],
) -> Result<CheckedBiometrics, ProfileError> {
    let fingers = profile.fingers.as_ref();
    if fingers.is_some() != data_groups.contains(&DataGroup::DG3) {
        return invalid("fingers", "belong to data group 3: both or neither");
    }
    let irises = profile.irises.as_ref();
    if irises.is_some() != data_groups.contains(&DataGroup::DG4) {
        return invalid("irises", "belong to data group 4: both or neither");
    }
    check_modalities(&profile.modality, data_groups)?;
    let required_fingers = required(
        fingers.map_or(&[], |fingers| &fingers.required),
        FingerPosition::from_name,
        (
            "fingers.required",
            "names no finger: right-thumb … left-little",
            "names a finger twice",
        ),
    )?;
    let required_eyes = required(
        irises.map_or(&[], |irises| &irises.required),
        Eye::from_name,
        (
            "irises.required",
            "names no eye: right or left",
            "names an eye twice",
        ),
    )?;
    Ok(CheckedBiometrics {
        required_fingers,
        required_eyes,
    })
}

fn required<T: PartialEq>(
    names: &[String],
    from_name: impl Fn(&str) -> Option<T>,
    (key, unknown, twice): (&'static str, &'static str, &'static str),
) -> Result<Vec<T>, ProfileError> {
    let mut required = Vec::new();
    for name in names {
        match from_name(name) {
            None => return invalid(key, unknown),
            Some(place) if required.contains(&place) => return invalid(key, twice),
            Some(place) => required.push(place),
        }
    }
    Ok(required)
}

/// The registry: names once, groups that the card has, one access rule for each.
fn check_modalities(modalities: &[Modality], data_groups: &[DataGroup]) -> Result<(), ProfileError> {
    for group in modality::DATA_GROUPS {
        let is_used = modalities.iter().any(|modality| modality.data_group == group);
        if is_used != data_groups.iter().any(|known| known.number() == group) {
            return invalid(
                "modality",
                "and data groups 8, 9 and 10 belong together: each needs the other",
            );
        }
    }
    for (index, modality) in modalities.iter().enumerate() {
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if modality.name.is_empty() || modality.name.len() > 32 || !modality.name.bytes().all(letter) {
            return invalid(
                "modality.name",
                "must be 1 to 32 lower-case letters, digits and hyphens",
            );
        }
        if !modality::DATA_GROUPS.contains(&modality.data_group) {
            return invalid("modality.data_group", "must be 8, 9 or 10");
        }
        if modality.biometric_type == 0 || modality.biometric_type > 0xFF_FFFF {
            return invalid("modality.biometric_type", "must have one to three bytes");
        }
        if modality.max_bytes == 0 || modality.max_bytes > modality::MAX_SAMPLE_BYTES {
            return invalid("modality.max_bytes", "must be 1 to 65536");
        }
        for other in &modalities[..index] {
            if other.name == modality.name {
                return invalid("modality.name", "is there twice");
            }
            if other.data_group == modality.data_group && other.access != modality.access {
                return invalid("modality.access", "must be one for all in a data group");
            }
        }
    }
    Ok(())
}

/// Who may read a data group that has a rule of its own; `None` for those that have the card's.
pub(super) fn access_of(profile: &CardProfile, group: DataGroup) -> Option<AccessRule> {
    match group {
        DataGroup::DG3 => Some(AccessRule::TerminalFingers),
        DataGroup::DG4 => Some(AccessRule::TerminalIrises),
        _ => profile
            .modality
            .iter()
            .find(|modality| modality.data_group == group.number())
            .map(|modality| modality.access.rule()),
    }
}

impl CheckedBiometrics {
    /// Whether an enrolment has what the profile asks for, and nothing that the card has no place for.
    pub(super) fn check_enrolment(
        &self,
        profile: &CardProfile,
        data_groups: &[DataGroup],
        enrolment: &Enrolment,
    ) -> Result<(), EnrolmentError> {
        self.check_required(profile, data_groups, enrolment)?;
        check_places(profile, data_groups, enrolment)?;
        for sample in enrolment.samples() {
            let modality = profile
                .modality
                .iter()
                .find(|modality| modality.name == sample.modality);
            let refuse = |rule| Err(EnrolmentError::rule(format!("sample {}", sample.modality), rule));
            match modality {
                None => return refuse("is of a modality that the profile does not register"),
                Some(modality) if sample.data.len() > modality.max_bytes as usize => {
                    return refuse("is longer than the profile allows");
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    fn check_required(
        &self,
        profile: &CardProfile,
        data_groups: &[DataGroup],
        enrolment: &Enrolment,
    ) -> Result<(), EnrolmentError> {
        let rule = "is required by the profile: give its image, or say why there is none";
        if let Some(finger) = self
            .required_fingers
            .iter()
            .find(|finger| !enrolment.accounts_for(**finger))
        {
            return Err(EnrolmentError::rule(format!("finger {finger}"), rule));
        }
        if let Some(eye) = self
            .required_eyes
            .iter()
            .find(|eye| !enrolment.accounts_for_eye(**eye))
        {
            return Err(EnrolmentError::rule(format!("iris {}", eye.name()), rule));
        }
        let rule = "is required by the profile";
        if data_groups.contains(&DataGroup::DG5) && enrolment.displayed_portrait().is_none() {
            return Err(EnrolmentError::rule("displayed portrait", rule));
        }
        if data_groups.contains(&DataGroup::DG7) && enrolment.signature().is_none() {
            return Err(EnrolmentError::rule("signature", rule));
        }
        let lacks = |modality: &&Modality| {
            modality.required
                && enrolment
                    .samples()
                    .iter()
                    .all(|sample| sample.modality != modality.name)
        };
        match profile.modality.iter().find(lacks) {
            Some(modality) => Err(EnrolmentError::rule(format!("sample {}", modality.name), rule)),
            None => Ok(()),
        }
    }
}

/// Whether the card has a place for everything, in a format that can say it.
fn check_places(
    profile: &CardProfile,
    data_groups: &[DataGroup],
    enrolment: &Enrolment,
) -> Result<(), EnrolmentError> {
    let no_place = |sample: String, group: DataGroup| {
        if data_groups.contains(&group) {
            Ok(())
        } else {
            Err(EnrolmentError::rule(
                sample,
                "has no place on a card of this profile",
            ))
        }
    };
    if let Some(finger) = enrolment.fingers().first() {
        no_place(format!("finger {}", finger.position), DataGroup::DG3)?;
    }
    if let Some(iris) = enrolment.irises().first() {
        no_place(format!("iris {}", iris.eye.name()), DataGroup::DG4)?;
    }
    if enrolment.displayed_portrait().is_some() {
        no_place("displayed portrait".to_owned(), DataGroup::DG5)?;
    }
    if enrolment.signature().is_some() {
        no_place("signature".to_owned(), DataGroup::DG7)?;
    }
    for paper in Paper::ALL {
        if enrolment.paper(paper).is_some() {
            no_place(paper.name().to_owned(), paper.data_group())?;
        }
    }
    check_resolutions(profile, enrolment)?;
    let is_39794 = profile
        .fingers
        .as_ref()
        .is_some_and(|fingers| fingers.format == FingerFormat::Iso39794);
    let jpeg = enrolment
        .fingers()
        .iter()
        .find(|finger| finger.image.format() == FingerImageFormat::Jpeg);
    match jpeg {
        Some(finger) if is_39794 => Err(EnrolmentError::rule(
            format!("finger {}", finger.position),
            "is a JPEG, for which ISO/IEC 39794-4 has no code: give WSQ, JPEG 2000 or PNG",
        )),
        _ if enrolment.fingers().len() > crate::biometrics::cbeff::MAX_TEMPLATES => {
            Err(EnrolmentError::rule(
                "the tenth finger",
                "has no place: a data group has nine templates",
            ))
        }
        _ => Ok(()),
    }
}

/// Whether every finger says how large it is, where the profile asks for that.
fn check_resolutions(profile: &CardProfile, enrolment: &Enrolment) -> Result<(), EnrolmentError> {
    let asks = profile
        .fingers
        .as_ref()
        .is_some_and(|fingers| fingers.resolution_stated);
    let silent = enrolment
        .fingers()
        .iter()
        .find(|finger| finger.image.resolution().is_none());
    match silent {
        Some(finger) if asks => Err(EnrolmentError::rule(
            format!("finger {}", finger.position),
            "does not state its resolution, which the profile asks for",
        )),
        _ => Ok(()),
    }
}

fn invalid<T>(key: &'static str, rule: &'static str) -> Result<T, ProfileError> {
    Err(ProfileError::Invalid { key, rule })
}
