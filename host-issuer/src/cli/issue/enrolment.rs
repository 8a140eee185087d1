//! What was taken of the holder beside the photograph: from options and files to a checked enrolment.

use std::path::{Path, PathBuf};

use personalization::biometrics::enrolment::{Enrolment, EnrolmentError};
use personalization::biometrics::face::MAX_IMAGE_BYTES;
use personalization::biometrics::finger::{
    Finger, FingerImage, FingerPosition, FlatReason, Impression, MissingFinger, MissingReason,
};

use super::super::context::Context;
use super::super::failure::Failure;

/// Options of the enrolment.
#[derive(Debug, Default, clap::Args)]
pub(in crate::cli) struct EnrolmentArguments {
    /// Image of a finger (WSQ, JPEG 2000, PNG or JPEG): right-index=FILE
    #[arg(long, value_name = "FINGER=FILE")]
    finger: Vec<String>,
    /// A finger of which there is no image: left-index=amputated, unable-to-print, bandaged, physically-challenged, diseased or other
    #[arg(long, value_name = "FINGER=REASON")]
    missing_finger: Vec<String>,
    /// The fingers were pressed flat, not rolled from nail to nail; and why
    #[arg(long, value_name = "REASON", requires = "finger")]
    flat_fingers: Option<String>,
}

/// Reads and checks all of it.
pub(in crate::cli) fn load(
    context: &Context<'_>,
    arguments: &EnrolmentArguments,
) -> Result<Enrolment, Failure> {
    let mut filler = [0; 32];
    rand_core::TryRng::try_fill_bytes(&mut context.random(), &mut filler)
        .map_err(|_| Failure::internal("this machine gives no random numbers"))?;
    let mut enrolment = Enrolment::new(filler);
    let impression = impression(arguments)?;
    for option in &arguments.finger {
        let (position, path) = finger_option("--finger", option)?;
        let path = PathBuf::from(path);
        enrolment.add_finger(Finger {
            position,
            image: finger_image(context, &path)?,
            impression: impression.clone(),
            quality: None,
        })?;
    }
    for option in &arguments.missing_finger {
        let (position, reason) = finger_option("--missing-finger", option)?;
        let reason = MissingReason::from_name(reason).ok_or_else(|| {
            Failure::usage(
                "--missing-finger: this is no reason",
                format!(
                    "give one of {}",
                    MissingReason::ALL.map(MissingReason::name).join(", ")
                ),
            )
        })?;
        enrolment.add_missing_finger(MissingFinger { position, reason })?;
    }
    Ok(enrolment)
}

fn impression(arguments: &EnrolmentArguments) -> Result<Impression, Failure> {
    match &arguments.flat_fingers {
        None => Ok(Impression::LiveScanRolled),
        Some(reason) => FlatReason::new(reason)
            .map(Impression::LiveScanPlain)
            .ok_or_else(|| {
                Failure::usage(
                    "--flat-fingers needs a reason of 3 to 200 characters",
                    "say why the fingers were not rolled, or roll them",
                )
            }),
    }
}

/// `right-index=VALUE`
fn finger_option<'a>(option: &str, text: &'a str) -> Result<(FingerPosition, &'a str), Failure> {
    text.split_once('=')
        .and_then(|(name, value)| Some((FingerPosition::from_name(name)?, value)))
        .filter(|(_, value)| !value.is_empty())
        .ok_or_else(|| {
            Failure::usage(
                format!("{option} names no finger"),
                format!(
                    "give FINGER=VALUE with one of {}",
                    FingerPosition::ALL.map(FingerPosition::name).join(", ")
                ),
            )
        })
}

fn finger_image(context: &Context<'_>, path: &Path) -> Result<FingerImage, Failure> {
    let limit = u64::try_from(MAX_IMAGE_BYTES).unwrap_or(u64::MAX);
    let bytes = context.environment.disk.read(path, limit)?;
    FingerImage::from_bytes(bytes).map_err(|error| {
        let hint = "give a whole grey image of one finger: WSQ, JPEG 2000, PNG or JPEG";
        Failure::input("enrolment.finger", error.to_string(), hint).about(path.display())
    })
}

impl From<EnrolmentError> for Failure {
    fn from(error: EnrolmentError) -> Self {
        Self::input(
            "enrolment.invalid",
            error.to_string(),
            "see --finger and --missing-finger of `eid issue --help`, and the profile's [fingers]",
        )
    }
}
