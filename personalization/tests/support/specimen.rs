//! What was taken of the specimen person.
#![allow(dead_code, reason = "each test file uses its part of this module")]

use personalization::biometrics::enrolment::Enrolment;
use personalization::biometrics::finger::{Finger, FingerImage, FingerPosition, Impression};
use personalization::profile::CheckedProfile;
use test_vectors::{SPECIMEN_FINGERS, specimen};

/// Both index fingers, rolled; good images.
pub fn fingers() -> Enrolment {
    let mut enrolment = Enrolment::new([0x5A; 32]);
    let positions = [FingerPosition::RightIndex, FingerPosition::LeftIndex];
    for (position, file) in positions.into_iter().zip(SPECIMEN_FINGERS) {
        let finger = Finger {
            position,
            image: FingerImage::from_bytes(specimen(file)).unwrap(),
            impression: Impression::LiveScanRolled,
            quality: Some(80),
        };
        enrolment.add_finger(finger).unwrap();
    }
    enrolment
}

/// As much of it as cards of this profile have a place for.
pub fn for_profile(profile: &CheckedProfile) -> Enrolment {
    if profile.profile().fingers.is_some() {
        fingers()
    } else {
        Enrolment::new([0x5A; 32])
    }
}
