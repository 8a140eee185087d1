//! What may no longer be issued from some day on (9303-11, section 4.1; 9303-10, section 4.7.2).

use time::Date;
use time::macros::date;

use super::check::CheckedProfile;
use super::error::ProfileError;
use crate::biometrics::format::{FaceFormat, FingerFormat};

/// From this day on every new card must offer PACE.
const PACE_REQUIRED_FROM: Date = date!(2027 - 01 - 01);

/// From this day on no new card may offer BAC.
const BAC_FORBIDDEN_FROM: Date = date!(2028 - 01 - 01);

/// From this day on new cards must carry biometric records of ISO/IEC 39794.
const ISO_39794_REQUIRED_FROM: Date = date!(2030 - 01 - 01);

impl CheckedProfile {
    /// Whether such a card may be issued on that day.
    ///
    /// # Errors
    ///
    /// [`ProfileError::Date`]: BAC too late, no PACE too late, a biometric record of the old standard too late.
    pub fn check_issue_date(&self, issue_date: Date) -> Result<(), ProfileError> {
        let profile = self.profile();
        let old_fingers = profile
            .fingers
            .as_ref()
            .is_some_and(|fingers| fingers.format == FingerFormat::Iso19794);
        let gates = [
            (self.bac(), "bac", "BAC may not be issued", BAC_FORBIDDEN_FROM),
            (
                self.pace_infos().is_empty(),
                "pace",
                "PACE must be issued",
                PACE_REQUIRED_FROM,
            ),
            (
                profile.face_format == FaceFormat::Iso19794,
                "face_format",
                "ISO-39794-5 must be issued",
                ISO_39794_REQUIRED_FROM,
            ),
            (
                old_fingers,
                "fingers.format",
                "ISO-39794-4 must be issued",
                ISO_39794_REQUIRED_FROM,
            ),
            (
                profile.irises.is_some(),
                "irises.format",
                "ISO-39794-6, which is not made yet, must be issued",
                ISO_39794_REQUIRED_FROM,
            ),
        ];
        match gates
            .into_iter()
            .find(|(applies, .., from)| *applies && issue_date >= *from)
        {
            None => Ok(()),
            Some((_, key, rule, from)) => Err(ProfileError::Date {
                key,
                rule,
                from,
                issue_date,
            }),
        }
    }
}
