//! An enrolment: everything that was taken of one person beside the photograph, and what could not be taken.

mod json;
mod papers;

use sha2::{Digest as _, Sha256};

use super::face::FaceImage;
use super::finger::{Finger, FingerPosition, MissingFinger};
use super::image::ImageError;
use super::iris::{Eye, Iris, MissingIris};
use super::iso_39794_4::QualityAlgorithm;
use super::modality::{MAX_SAMPLE_BYTES, OpaqueSample};
use super::picture::Picture;
pub use papers::Paper;

/// The longest enrolment record that is read, in bytes. A real one is under 2 KiB.
pub const MAX_ENROLMENT_BYTES: usize = 64 * 1024;

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
    /// The enrolment record is no such record.
    #[error("the enrolment record {0}")]
    Record(String),
}

impl EnrolmentError {
    pub(crate) fn rule(sample: impl Into<String>, rule: &'static str) -> Self {
        Self::Rule {
            sample: sample.into(),
            rule,
        }
    }
}

/// What was taken of one person. Every finger and every eye is there once, captured or missing.
#[derive(Clone, PartialEq, Eq)]
pub struct Enrolment {
    filler: [u8; 32],
    fingers: Vec<Finger>,
    missing_fingers: Vec<MissingFinger>,
    quality_algorithm: Option<QualityAlgorithm>,
    irises: Vec<Iris>,
    missing_irises: Vec<MissingIris>,
    displayed_portrait: Option<FaceImage>,
    signature: Option<Picture>,
    papers: [Option<Picture>; 3],
    samples: Vec<OpaqueSample>,
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
            quality_algorithm: None,
            irises: Vec::new(),
            missing_irises: Vec::new(),
            displayed_portrait: None,
            signature: None,
            papers: [None, None, None],
            samples: Vec::new(),
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

    /// Says who rated the qualities of the fingers; without it records of ISO/IEC 39794-4 cannot state them.
    pub const fn set_quality_algorithm(&mut self, algorithm: QualityAlgorithm) {
        self.quality_algorithm = Some(algorithm);
    }

    /// Adds an iris that was captured.
    ///
    /// # Errors
    /// [`EnrolmentError::Rule`] when that eye is there already, or the quality is no number from 0 to 100.
    pub fn add_iris(&mut self, iris: Iris) -> Result<(), EnrolmentError> {
        self.refuse_second_iris(iris.eye)?;
        if iris.quality.is_some_and(|quality| quality > 100) {
            return Err(EnrolmentError::rule(
                iris_sample(iris.eye),
                "has a quality above 100",
            ));
        }
        self.irises.push(iris);
        self.irises.sort_by_key(|iris| iris.eye);
        Ok(())
    }

    /// Adds an eye of which no image could be taken.
    ///
    /// # Errors
    /// [`EnrolmentError::Rule`] when that eye is there already.
    pub fn add_missing_iris(&mut self, iris: MissingIris) -> Result<(), EnrolmentError> {
        self.refuse_second_iris(iris.eye)?;
        self.missing_irises.push(iris);
        Ok(())
    }

    /// Sets the portrait of DG5.
    ///
    /// # Errors
    /// [`EnrolmentError::Rule`] when there is one.
    pub fn set_displayed_portrait(&mut self, portrait: FaceImage) -> Result<(), EnrolmentError> {
        once(&mut self.displayed_portrait, portrait, "displayed portrait")
    }

    /// Sets the signature or usual mark of DG7.
    ///
    /// # Errors
    /// [`EnrolmentError::Rule`] when there is one.
    pub fn set_signature(&mut self, signature: Picture) -> Result<(), EnrolmentError> {
        once(&mut self.signature, signature, "signature")
    }

    /// Adds a sample of a modality that the profile registers.
    ///
    /// # Errors
    /// [`EnrolmentError::Rule`] when it is empty or too long, or when modality and subtype are there already.
    pub fn add_sample(&mut self, sample: OpaqueSample) -> Result<(), EnrolmentError> {
        let refuse = |rule| Err(EnrolmentError::rule(format!("sample {}", sample.modality), rule));
        if sample.data.is_empty() {
            return refuse("is empty");
        }
        if sample.data.len() > MAX_SAMPLE_BYTES as usize {
            return refuse("is longer than 64 KiB");
        }
        let same =
            |other: &OpaqueSample| (&other.modality, other.subtype) == (&sample.modality, sample.subtype);
        if self.samples.iter().any(same) {
            return refuse("is given twice");
        }
        self.samples.push(sample);
        Ok(())
    }

    /// Who rated the qualities of the fingers.
    #[must_use]
    pub const fn quality_algorithm(&self) -> Option<QualityAlgorithm> {
        self.quality_algorithm
    }

    /// The irises that were captured, the right one first.
    #[must_use]
    pub fn irises(&self) -> &[Iris] {
        &self.irises
    }

    /// The eyes of which no image could be taken.
    #[must_use]
    pub fn missing_irises(&self) -> &[MissingIris] {
        &self.missing_irises
    }

    /// Whether an iris was captured or is said to be missing.
    #[must_use]
    pub fn accounts_for_eye(&self, eye: Eye) -> bool {
        self.irises.iter().any(|iris| iris.eye == eye)
            || self.missing_irises.iter().any(|iris| iris.eye == eye)
    }

    /// The portrait of DG5.
    #[must_use]
    pub const fn displayed_portrait(&self) -> Option<&FaceImage> {
        self.displayed_portrait.as_ref()
    }

    /// The signature or usual mark of DG7.
    #[must_use]
    pub const fn signature(&self) -> Option<&Picture> {
        self.signature.as_ref()
    }

    /// Samples of modalities that the profile registers, as they were added.
    #[must_use]
    pub fn samples(&self) -> &[OpaqueSample] {
        &self.samples
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

    fn refuse_second_iris(&self, eye: Eye) -> Result<(), EnrolmentError> {
        if self.accounts_for_eye(eye) {
            Err(EnrolmentError::rule(iris_sample(eye), "is given twice"))
        } else {
            Ok(())
        }
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

/// How errors call an iris.
fn iris_sample(eye: Eye) -> String {
    format!("iris {}", eye.name())
}

fn once<T>(place: &mut Option<T>, value: T, sample: &str) -> Result<(), EnrolmentError> {
    if place.replace(value).is_some() {
        return Err(EnrolmentError::rule(sample, "is given twice"));
    }
    Ok(())
}
