//! What an enrolment has, for the operator who took it.

use std::io::{self, Write};

use personalization::biometrics::enrolment::{Enrolment, Paper};
use personalization::biometrics::finger::{Finger, FingerImageFormat, Impression};
use serde::Serialize;

/// Every sample, and everything that is missing.
#[derive(Serialize)]
pub(super) struct EnrolledJson {
    fingers: Vec<FingerJson>,
    missing_fingers: Vec<MissingJson>,
    irises: Vec<&'static str>,
    missing_irises: Vec<MissingJson>,
    displayed_portrait: bool,
    signature: bool,
    papers: Vec<&'static str>,
    samples: Vec<SampleJson>,
}

#[derive(Serialize)]
struct FingerJson {
    position: &'static str,
    impression: &'static str,
    format: &'static str,
    width: u16,
    height: u16,
    bytes: usize,
    /// Pixels per inch, where the image says so.
    resolution: Option<u16>,
    quality: Option<u8>,
}

#[derive(Serialize)]
struct MissingJson {
    position: &'static str,
    reason: &'static str,
}

#[derive(Serialize)]
struct SampleJson {
    modality: String,
    bytes: usize,
}

impl EnrolledJson {
    pub(super) fn new(enrolment: &Enrolment) -> Self {
        Self {
            fingers: enrolment.fingers().iter().map(finger).collect(),
            missing_fingers: enrolment
                .missing_fingers()
                .iter()
                .map(|missing| MissingJson {
                    position: missing.position.name(),
                    reason: missing.reason.name(),
                })
                .collect(),
            irises: enrolment.irises().iter().map(|iris| iris.eye.name()).collect(),
            missing_irises: enrolment
                .missing_irises()
                .iter()
                .map(|missing| MissingJson {
                    position: missing.eye.name(),
                    reason: missing.reason.name(),
                })
                .collect(),
            displayed_portrait: enrolment.displayed_portrait().is_some(),
            signature: enrolment.signature().is_some(),
            papers: Paper::ALL
                .into_iter()
                .filter(|paper| enrolment.paper(*paper).is_some())
                .map(Paper::name)
                .collect(),
            samples: enrolment
                .samples()
                .iter()
                .map(|sample| SampleJson {
                    modality: sample.modality.clone(),
                    bytes: sample.data.len(),
                })
                .collect(),
        }
    }

    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        for finger in &self.fingers {
            writeln!(
                out,
                "finger {:<13} {}, {}, {} x {}, {} bytes",
                finger.position, finger.impression, finger.format, finger.width, finger.height, finger.bytes
            )?;
        }
        for missing in &self.missing_fingers {
            writeln!(out, "finger {:<13} missing: {}", missing.position, missing.reason)?;
        }
        for eye in &self.irises {
            writeln!(out, "iris   {eye}")?;
        }
        for missing in &self.missing_irises {
            writeln!(out, "iris   {:<13} missing: {}", missing.position, missing.reason)?;
        }
        for (there, what) in [
            (self.displayed_portrait, "displayed portrait"),
            (self.signature, "signature"),
        ] {
            if there {
                writeln!(out, "{what}")?;
            }
        }
        for paper in &self.papers {
            writeln!(out, "{paper}")?;
        }
        for sample in &self.samples {
            writeln!(out, "sample {:<13} {} bytes", sample.modality, sample.bytes)?;
        }
        Ok(())
    }
}

fn finger(finger: &Finger) -> FingerJson {
    FingerJson {
        position: finger.position.name(),
        impression: match finger.impression {
            Impression::LiveScanRolled => "live-scan-rolled",
            Impression::LiveScanPlain(_) => "live-scan-plain",
        },
        format: match finger.image.format() {
            FingerImageFormat::Wsq => "wsq",
            FingerImageFormat::Jpeg => "jpeg",
            FingerImageFormat::Jpeg2000 => "jpeg2000",
            FingerImageFormat::Png => "png",
        },
        width: finger.image.width(),
        height: finger.image.height(),
        bytes: finger.image.bytes().len(),
        resolution: finger.image.resolution(),
        quality: finger.quality,
    }
}
