//! An enrolment: everything that was taken of one person beside the photograph, and what could not be taken.

use sha2::{Digest as _, Sha256};

use super::finger::{Finger, FingerPosition, MissingFinger};
use super::image::ImageError;

/// Length of the random bytes in an empty group.
const FILLER_LEN: usize = 16;

/// Why something cannot be part of an enrolment. The operator who gave it is to blame.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnrolmentError {
    /// An image is not what it should be.
    #[error("{sample}: {error}")]
    Image {
        /// Which sample: `finger right-index`.
        sample: String,
        /// What is wrong with it.
        error: ImageError,
    },
    /// A sample breaks a rule.
    #[error("{sample} {rule}")]
    Rule {
        /// Which sample.
        sample: String,
        /// The rule, to be read behind it.
        rule: &'static str,
    },
}

impl EnrolmentError {
    pub(crate) fn rule(sample: impl Into<String>, rule: &'static str) -> Self {
        Self::Rule {
            sample: sample.into(),
            rule,
        }
    }
}

/// What was taken of one person. Every finger is there once, captured or missing.
#[derive(Clone, PartialEq, Eq)]
pub struct Enrolment {
    filler: [u8; 32],
    fingers: Vec<Finger>,
    missing_fingers: Vec<MissingFinger>,
}

impl Enrolment {
    /// An enrolment without anything but the photograph.
    ///
    /// `filler` is random and another for each card: groups of which nothing could be taken are filled with bytes made from it, so
    /// that their digests do not tell.
    #[must_use]
    pub const fn new(filler: [u8; 32]) -> Self {
        Self {
            filler,
            fingers: Vec::new(),
            missing_fingers: Vec::new(),
        }
    }

    /// Adds a finger that was captured.
    ///
    /// # Errors
    /// [`EnrolmentError::Rule`] when that finger is there already, or its quality is no number from 0 to 100.
    pub fn add_finger(&mut self, finger: Finger) -> Result<(), EnrolmentError> {
        self.refuse_second(finger.position)?;
        if finger.quality.is_some_and(|quality| quality > 100) {
            return Err(EnrolmentError::rule(
                sample(finger.position),
                "has a quality above 100",
            ));
        }
        self.fingers.push(finger);
        self.fingers.sort_by_key(|finger| finger.position);
        Ok(())
    }

    /// Adds a finger of which no image could be taken.
    ///
    /// # Errors
    /// [`EnrolmentError::Rule`] when that finger is there already.
    pub fn add_missing_finger(&mut self, finger: MissingFinger) -> Result<(), EnrolmentError> {
        self.refuse_second(finger.position)?;
        self.missing_fingers.push(finger);
        self.missing_fingers.sort_by_key(|finger| finger.position);
        Ok(())
    }

    /// The fingers that were captured, in the order of their positions.
    #[must_use]
    pub fn fingers(&self) -> &[Finger] {
        &self.fingers
    }

    /// The fingers of which no image could be taken, in the order of their positions.
    #[must_use]
    pub fn missing_fingers(&self) -> &[MissingFinger] {
        &self.missing_fingers
    }

    /// Whether a finger was captured or is said to be missing.
    #[must_use]
    pub fn accounts_for(&self, position: FingerPosition) -> bool {
        self.fingers.iter().any(|finger| finger.position == position)
            || self
                .missing_fingers
                .iter()
                .any(|finger| finger.position == position)
    }

    /// The bytes that fill this data group when nothing is in it.
    #[must_use]
    pub fn filler(&self, data_group: u8) -> [u8; FILLER_LEN] {
        let digest = Sha256::new()
            .chain_update(self.filler)
            .chain_update([data_group])
            .finalize();
        let mut filler = [0; FILLER_LEN];
        filler.copy_from_slice(&digest[..FILLER_LEN]);
        filler
    }

    fn refuse_second(&self, position: FingerPosition) -> Result<(), EnrolmentError> {
        if self.accounts_for(position) {
            Err(EnrolmentError::rule(sample(position), "is given twice"))
        } else {
            Ok(())
        }
    }
}

impl core::fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // Which fingers somebody lacks is nobody's business either.
        f.debug_struct("Enrolment").finish_non_exhaustive()
    }
}

/// How errors call a finger.
fn sample(position: FingerPosition) -> String {
    format!("finger {position}")
}
