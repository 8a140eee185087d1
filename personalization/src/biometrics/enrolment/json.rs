//! The enrolment record: which samples there are and in which files, as JSON.
//!
//! ```json
//! { "fingers": [ { "position": "right-index", "image": "right-index.wsq", "quality": 80 },
//!                { "position": "left-index", "missing": "bandaged" },
//!                { "position": "left-thumb", "image": "thumb.wsq",
//!                  "impression": "live-scan-plain", "reason": "the finger is stiff" } ],
//!   "quality_algorithm": { "organization": 257, "algorithm": 1 },
//!   "irises": [ { "eye": "right", "image": "right.jp2", "diameter": 150 } ],
//!   "displayed_portrait": "portrait.jpg", "signature": "signature.jp2",
//!   "proof_of_citizenship": "paper.jpg", "document_front": "front.jpg", "document_rear": "rear.jpg",
//!   "samples": [ { "modality": "voice", "data": "voice.bin" } ] }
//! ```
//!
//! Errors name the sample and the rule, never a value but a file's name.

use serde::Deserialize;

use super::super::face::FaceImage;
use super::super::finger::{
    Finger, FingerImage, FingerPosition, FlatReason, Impression, MissingFinger, MissingReason,
};
use super::super::iris::{Eye, Iris, MissingIris};
use super::super::iso_39794_4::QualityAlgorithm;
use super::super::modality::OpaqueSample;
use super::super::picture::{self, Picture};
use super::{Enrolment, EnrolmentError, MAX_ENROLMENT_BYTES, Paper, iris_sample, sample};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    #[serde(default)]
    fingers: Vec<FingerEntry>,
    quality_algorithm: Option<AlgorithmEntry>,
    #[serde(default)]
    irises: Vec<IrisEntry>,
    displayed_portrait: Option<String>,
    signature: Option<String>,
    proof_of_citizenship: Option<String>,
    document_front: Option<String>,
    document_rear: Option<String>,
    #[serde(default)]
    samples: Vec<SampleEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FingerEntry {
    position: String,
    image: Option<String>,
    quality: Option<u8>,
    impression: Option<String>,
    reason: Option<String>,
    missing: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AlgorithmEntry {
    organization: u16,
    algorithm: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IrisEntry {
    eye: String,
    image: Option<String>,
    quality: Option<u8>,
    diameter: Option<u16>,
    missing: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SampleEntry {
    modality: String,
    subtype: Option<u8>,
    data: String,
}

/// Reads a file that the record names; the name is as it stands there.
type Load<'l, E> = &'l mut dyn FnMut(&str) -> Result<Vec<u8>, E>;

impl Enrolment {
    /// Adds everything that an enrolment record lists. `load` reads a file by the name that the record has for it.
    ///
    /// # Errors
    /// [`EnrolmentError`] with the sample and the rule, and those of `load`.
    pub fn add_record<E: From<EnrolmentError>>(&mut self, json: &str, load: Load<'_, E>) -> Result<(), E> {
        if json.len() > MAX_ENROLMENT_BYTES {
            let message = format!("is longer than {MAX_ENROLMENT_BYTES} bytes");
            return Err(EnrolmentError::Record(message).into());
        }
        // serde's own messages quote values.
        let record: Record = serde_json::from_str(json).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let what = if error.is_data() {
                "has an unknown, missing or misplaced field"
            } else {
                "is not JSON"
            };
            EnrolmentError::Record(format!("{what} (line {line}, column {column})"))
        })?;
        if let Some(AlgorithmEntry {
            organization,
            algorithm,
        }) = record.quality_algorithm
        {
            self.set_quality_algorithm(QualityAlgorithm {
                organization,
                algorithm,
            });
        }
        for entry in record.fingers {
            self.add_finger_entry(entry, load)?;
        }
        for entry in record.irises {
            self.add_iris_entry(entry, load)?;
        }
        if let Some(file) = record.displayed_portrait {
            let sample = "displayed portrait";
            self.set_displayed_portrait(FaceImage::from_bytes(load(&file)?).map_err(image_error(sample))?)?;
        }
        if let Some(file) = record.signature {
            let signature = Picture::from_bytes(load(&file)?, picture::SIGNATURE);
            self.set_signature(signature.map_err(image_error("signature"))?)?;
        }
        for (paper, file) in [
            (Paper::ProofOfCitizenship, record.proof_of_citizenship),
            (Paper::DocumentFront, record.document_front),
            (Paper::DocumentRear, record.document_rear),
        ] {
            if let Some(file) = file {
                let image = Picture::from_bytes(load(&file)?, picture::PAPER);
                self.set_paper(paper, image.map_err(image_error(paper.name()))?)?;
            }
        }
        for entry in record.samples {
            let data = load(&entry.data)?;
            self.add_sample(OpaqueSample {
                modality: entry.modality,
                subtype: entry.subtype,
                data,
            })?;
        }
        Ok(())
    }

    fn add_finger_entry<E: From<EnrolmentError>>(
        &mut self,
        entry: FingerEntry,
        load: Load<'_, E>,
    ) -> Result<(), E> {
        let Some(position) = FingerPosition::from_name(&entry.position) else {
            return Err(
                EnrolmentError::rule("a finger", "has no position: right-thumb … left-little").into(),
            );
        };
        let refuse = |rule| EnrolmentError::rule(sample(position), rule);
        match (entry.image, entry.missing) {
            (Some(file), None) => {
                let impression =
                    impression(entry.impression.as_deref(), entry.reason.as_deref()).map_err(refuse)?;
                let image = FingerImage::from_bytes(load(&file)?).map_err(image_error(sample(position)))?;
                Ok(self.add_finger(Finger {
                    position,
                    image,
                    impression,
                    quality: entry.quality,
                })?)
            }
            (None, Some(_))
                if entry.impression.is_some() || entry.reason.is_some() || entry.quality.is_some() =>
            {
                Err(refuse("is missing and has an impression, a reason or a quality").into())
            }
            (None, Some(reason)) => {
                let reason = MissingReason::from_name(&reason).ok_or_else(|| refuse(REASON))?;
                Ok(self.add_missing_finger(MissingFinger { position, reason })?)
            }
            _ => Err(refuse("needs either an image or the reason why it is missing").into()),
        }
    }

    fn add_iris_entry<E: From<EnrolmentError>>(
        &mut self,
        entry: IrisEntry,
        load: Load<'_, E>,
    ) -> Result<(), E> {
        let Some(eye) = Eye::from_name(&entry.eye) else {
            return Err(EnrolmentError::rule("an iris", "is of no eye: right or left").into());
        };
        let refuse = |rule| EnrolmentError::rule(iris_sample(eye), rule);
        match (entry.image, entry.missing) {
            (Some(file), None) => {
                let image = Picture::from_bytes(load(&file)?, picture::IRIS)
                    .map_err(image_error(iris_sample(eye)))?;
                Ok(self.add_iris(Iris {
                    eye,
                    image,
                    quality: entry.quality,
                    diameter: entry.diameter,
                })?)
            }
            (None, Some(reason)) if entry.quality.is_none() && entry.diameter.is_none() => {
                let reason = MissingReason::from_name(&reason).ok_or_else(|| refuse(REASON))?;
                Ok(self.add_missing_iris(MissingIris { eye, reason })?)
            }
            _ => Err(refuse("needs either an image or the reason why it is missing").into()),
        }
    }
}

/// The rule about reasons.
const REASON: &str = "is missing for no reason: amputated, unable-to-print, bandaged, physically-challenged, diseased or other";

/// Rolled unless it says otherwise, and then it says why.
fn impression(impression: Option<&str>, reason: Option<&str>) -> Result<Impression, &'static str> {
    match (impression, reason) {
        (None | Some("live-scan-rolled"), None) => Ok(Impression::LiveScanRolled),
        (None | Some("live-scan-rolled"), Some(_)) => Err("is rolled and needs no reason"),
        (Some("live-scan-plain"), reason) => reason
            .and_then(FlatReason::new)
            .map(Impression::LiveScanPlain)
            .ok_or("was pressed flat and needs a reason of 3 to 200 characters"),
        (Some(_), _) => Err("has no such impression: live-scan-rolled or live-scan-plain"),
    }
}

fn image_error(sample: impl Into<String>) -> impl FnOnce(super::ImageError) -> EnrolmentError {
    let sample = sample.into();
    move |error| EnrolmentError::Image { sample, error }
}
