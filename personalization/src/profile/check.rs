//! From a profile as written to one that can be issued.

use card_applet::wire::access::AccessRule;
use card_applet::wire::lds::DataGroup;
use card_applet::wire::security_info::{ChipAuthenticationProtocol, Mapping, PaceInfo};
use time::Date;

use super::application;
use super::biometrics::{self, CheckedBiometrics};
use super::chip_keys::{self, CheckedKeys};
use super::error::ProfileError;
use super::pace::pace_infos;
use super::{CardProfile, DATA_GROUPS, MrzForm, Validity};
use crate::attestation::ChipKeySpec;
use crate::biometrics::enrolment::{Enrolment, EnrolmentError};
use crate::biometrics::face::FaceImage;
use crate::citizen::{CitizenRecord, Expiry, RecordError};
use crate::hash::HashAlgorithm;
use crate::image::UtilityApplication;
use crate::sod::LdsVersion;

/// A card issued so shortly before a renewal age is good until the one after it.
const YEARS_BEFORE_RENEWAL: i32 = 2;

/// A profile that the chip can do and the standards allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedProfile {
    profile: CardProfile,
    data_groups: Vec<DataGroup>,
    pace_infos: Vec<PaceInfo>,
    keys: CheckedKeys,
    applications: Vec<UtilityApplication>,
    biometrics: CheckedBiometrics,
}

impl CardProfile {
    /// Checks the profile as a whole.
    ///
    /// # Errors
    ///
    /// [`ProfileError::Invalid`] or [`ProfileError::Unsupported`] for the first key at fault.
    pub fn check(self) -> Result<CheckedProfile, ProfileError> {
        check_names(&self)?;
        let data_groups = data_groups(&self.data_groups)?;
        let pace_infos = pace_infos(&self.pace)?;

        if pace_infos.is_empty() && self.pin {
            return invalid("pin", "needs PACE, the only protocol that takes a PIN");
        }
        if pace_infos.is_empty() && !self.bac {
            return invalid("pace", "needs at least one parameter set, or bac = true");
        }
        let keys = chip_keys::check(&self, &data_groups, &pace_infos)?;
        // 9303-11, section 7.1: it needs the strong session of Chip Authentication, or the proof of PACE-CAM, which has such a key.
        if self.terminal_authentication && self.chip_authentication.is_empty() {
            return invalid(
                "terminal_authentication",
                "needs a chip_authentication key, which comes before it",
            );
        }
        let has_infos = !pace_infos.is_empty() || !keys.specs.is_empty();
        if has_infos != data_groups.contains(&DataGroup::DG14) {
            return invalid(
                "data_groups",
                "must have 14 when PACE is offered or the chip has keys, and only then",
            );
        }
        check_validity(&self.validity)?;
        let applications = application::check(&self, data_groups.len())?;
        let biometrics = biometrics::check(&self, &data_groups)?;
        Ok(CheckedProfile {
            profile: self,
            data_groups,
            pace_infos,
            keys,
            applications,
            biometrics,
        })
    }
}

impl CheckedProfile {
    /// The profile as written.
    #[must_use]
    pub const fn profile(&self) -> &CardProfile {
        &self.profile
    }

    /// The hash over the data groups in EF.SOD.
    #[must_use]
    pub const fn hash_algorithm(&self) -> HashAlgorithm {
        self.profile.security_object.hash
    }

    /// The version of EF.SOD's security object.
    #[must_use]
    pub fn lds_version(&self) -> LdsVersion {
        self.profile.security_object.version.lds_version()
    }

    /// The LDS version that EF.COM states, four digits.
    #[must_use]
    pub const fn com_version(&self) -> &'static [u8; 4] {
        self.profile.security_object.version.com_version()
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.profile.name
    }

    /// The form of the MRZ's upper line.
    #[must_use]
    pub const fn mrz(&self) -> MrzForm {
        self.profile.mrz
    }

    /// The data groups, ascending.
    #[must_use]
    pub fn data_groups(&self) -> &[DataGroup] {
        &self.data_groups
    }

    /// The PACE offer. Empty on a card with BAC alone.
    #[must_use]
    pub fn pace_infos(&self) -> &[PaceInfo] {
        &self.pace_infos
    }

    /// The keys that the chip draws when a card is issued.
    #[must_use]
    pub fn chip_keys(&self) -> &[ChipKeySpec] {
        &self.keys.specs
    }

    /// The applications beside the eMRTD.
    #[must_use]
    pub fn applications(&self) -> &[UtilityApplication] {
        &self.applications
    }

    /// What the card offers as Chip Authentication: a protocol and the identifier of its key.
    #[must_use]
    pub fn chip_authentication(&self) -> &[(ChipAuthenticationProtocol, u8)] {
        &self.keys.chip_authentication
    }

    /// Whether the card has EF.CardSecurity, which PACE with chip authentication mapping needs.
    #[must_use]
    pub fn has_card_security(&self) -> bool {
        let with_proof = |info: &PaceInfo| info.protocol.mapping == Mapping::EcdhChipAuthentication;
        self.pace_infos.iter().any(with_proof)
    }

    /// Whether the card offers BAC.
    #[must_use]
    pub const fn bac(&self) -> bool {
        self.profile.bac
    }

    /// Whether the holder gets a PIN and a PUK.
    #[must_use]
    pub const fn pin(&self) -> bool {
        self.profile.pin
    }

    /// Who may read the files of the application, fingers and irises excepted.
    #[must_use]
    pub const fn access(&self) -> AccessRule {
        if self.profile.bac {
            AccessRule::PaceOrBac
        } else {
            AccessRule::Pace
        }
    }

    /// Who may read this data group.
    #[must_use]
    pub fn access_of(&self, group: DataGroup) -> AccessRule {
        biometrics::access_of(&self.profile, group).unwrap_or(self.access())
    }

    /// Whether an enrolment has what the profile asks for, and nothing that the card has no place for.
    ///
    /// # Errors
    ///
    /// [`EnrolmentError`] names the sample.
    pub fn check_enrolment(&self, enrolment: &Enrolment) -> Result<(), EnrolmentError> {
        self.biometrics
            .check_enrolment(&self.profile, &self.data_groups, enrolment)
    }

    /// Whether a portrait is as the profile asks for: resolution, dimensions, size.
    ///
    /// # Errors
    ///
    /// [`EnrolmentError`] says what it lacks.
    pub fn check_portrait(&self, face: &FaceImage) -> Result<(), EnrolmentError> {
        self.profile.portrait.check(face)
    }

    /// Whether cards offer Terminal Authentication, so that each must be given what that starts from.
    #[must_use]
    pub const fn terminal_authentication(&self) -> bool {
        self.profile.terminal_authentication
    }

    /// Whether the record's dates fit the profile's validity rule.
    ///
    /// # Errors
    ///
    /// [`RecordError`] for `expiry_date`.
    pub fn check_record(&self, record: &CitizenRecord) -> Result<(), RecordError> {
        let latest = match &self.profile.validity {
            Validity::MaxYears(years) => Some(years_after(record.issue_date(), i32::from(*years))),
            Validity::RenewalAges(ages) => {
                // Of a date of birth that is not known whole the first day counts: the card then ends sooner, not later.
                let birthday = |age: &u8| Some(years_after(record.birth_date().earliest()?, i32::from(*age)));
                let from = years_after(record.issue_date(), YEARS_BEFORE_RENEWAL);
                ages.iter().filter_map(birthday).find(|birthday| *birthday > from)
            }
        };
        match (record.expiry(), latest) {
            (Expiry::On(expiry), Some(latest)) if expiry > latest => Err(RecordError::new(
                "expiry_date",
                "is later than the profile's validity rule allows",
            )),
            (Expiry::Unlimited, Some(_)) => Err(RecordError::new(
                "expiry_date",
                "cannot be unlimited under the profile's validity rule",
            )),
            _ => Ok(()),
        }
    }
}

fn invalid<T>(key: &'static str, rule: &'static str) -> Result<T, ProfileError> {
    Err(ProfileError::Invalid { key, rule })
}

fn check_names(profile: &CardProfile) -> Result<(), ProfileError> {
    let name = profile.name.as_bytes();
    let allowed = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
    if name.is_empty() || name.len() > 32 || !name.iter().all(allowed) {
        return invalid("name", "must be 1 to 32 lower-case letters, digits and hyphens");
    }
    let code = profile.document_code.as_bytes();
    let letters = |text: &[u8]| text.iter().all(u8::is_ascii_uppercase);
    // AC is the crew member certificate; a V in second place is a visa's (9303-5, section 4.2.2).
    if !matches!(code, [b'A' | b'C' | b'I'] | [b'A' | b'C' | b'I', _]) || !letters(code) || code == b"AC" {
        return invalid(
            "document_code",
            "must be A, C or I, alone or with another letter, but not AC",
        );
    }
    if code.get(1) == Some(&b'V') {
        return invalid("document_code", "must not have V as its second letter");
    }
    let state = profile.issuing_state.as_bytes();
    if state.len() > 3 || state.is_empty() || !letters(state) {
        return invalid("issuing_state", "must be one to three capital letters");
    }
    Ok(())
}

fn data_groups(numbers: &[u8]) -> Result<Vec<DataGroup>, ProfileError> {
    let mut groups = Vec::with_capacity(numbers.len());
    for number in numbers {
        let Some(group) = DataGroup::from_number(*number) else {
            return invalid("data_groups", "are numbered 1 to 16");
        };
        if !DATA_GROUPS.contains(number) {
            return Err(ProfileError::Unsupported {
                key: "data_groups",
                what: "this data group",
            });
        }
        groups.push(group);
    }
    groups.sort();
    if groups.windows(2).any(|pair| pair[0] == pair[1]) {
        return invalid("data_groups", "lists a data group twice");
    }
    if !groups.contains(&DataGroup::DG1) || !groups.contains(&DataGroup::DG2) {
        return invalid("data_groups", "must have 1 and 2");
    }
    Ok(groups)
}

fn check_validity(validity: &Validity) -> Result<(), ProfileError> {
    match validity {
        Validity::MaxYears(1..=20) => Ok(()),
        Validity::MaxYears(_) => invalid("validity", "max_years must be 1 to 20"),
        Validity::RenewalAges(ages) => {
            if ages.is_empty() || !ages.windows(2).all(|pair| pair[0] < pair[1]) {
                return invalid("validity", "renewal_ages must ascend");
            }
            Ok(())
        }
    }
}

/// The same day so many years later; 1 March where there is no 29 February.
fn years_after(date: Date, years: i32) -> Date {
    let year = date.year() + years;
    date.replace_year(year)
        .or_else(|_| Date::from_calendar_date(year, time::Month::March, 1))
        .unwrap_or(Date::MAX)
}
