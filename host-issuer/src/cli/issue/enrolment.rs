//! What was taken of the holder beside the photograph: from options and files to a checked enrolment.

use std::path::{Path, PathBuf};

use personalization::biometrics::enrolment::{Enrolment, EnrolmentError, MAX_ENROLMENT_BYTES, Paper};
use personalization::biometrics::face::{FaceImage, MAX_IMAGE_BYTES};
use personalization::biometrics::finger::{
    Finger, FingerImage, FingerPosition, FlatReason, Impression, MissingFinger, MissingReason,
};
use personalization::biometrics::iris::{Eye, Iris};
use personalization::biometrics::modality::{MAX_SAMPLE_BYTES, OpaqueSample};
use personalization::biometrics::picture::{self, Picture};

use super::super::context::Context;
use super::super::failure::Failure;

/// Options of the enrolment.
#[derive(Debug, Default, clap::Args)]
pub(in crate::cli) struct EnrolmentArguments {
    /// Enrolment record (JSON): which samples there are, which are missing and why; files are relative to it
    #[arg(long, value_name = "FILE")]
    enrolment: Option<PathBuf>,
    /// Image of a finger (WSQ, JPEG 2000, PNG or JPEG): right-index=FILE
    #[arg(long, value_name = "FINGER=FILE")]
    finger: Vec<String>,
    /// A finger of which there is no image: left-index=amputated, unable-to-print, bandaged, physically-challenged, diseased or other
    #[arg(long, value_name = "FINGER=REASON")]
    missing_finger: Vec<String>,
    /// The fingers were pressed flat, not rolled from nail to nail; and why
    #[arg(long, value_name = "REASON", requires = "finger")]
    flat_fingers: Option<String>,
    /// Image of an iris (JPEG 2000 or JPEG): right=FILE or left=FILE
    #[arg(long, value_name = "EYE=FILE")]
    iris: Vec<String>,
    /// Portrait for DG5, to be shown
    #[arg(long, value_name = "FILE")]
    displayed_portrait: Option<PathBuf>,
    /// Signature or usual mark for DG7, to be shown
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
    /// Image of a proof of citizenship, for DG11
    #[arg(long, value_name = "FILE")]
    proof_of_citizenship: Option<PathBuf>,
    /// Image of the document's front, for DG12
    #[arg(long, value_name = "FILE")]
    document_front: Option<PathBuf>,
    /// Image of the document's rear, for DG12
    #[arg(long, value_name = "FILE")]
    document_rear: Option<PathBuf>,
    /// Sample of a modality that the profile registers: voice=FILE
    #[arg(long, value_name = "MODALITY=FILE")]
    sample: Vec<String>,
}

impl EnrolmentArguments {
    /// An enrolment record alone, or nothing.
    pub(in crate::cli) fn of_record(path: Option<PathBuf>) -> Self {
        Self {
            enrolment: path,
            ..Self::default()
        }
    }

    /// Whether anything is given.
    pub(in crate::cli) fn is_given(&self) -> bool {
        self.enrolment.is_some()
            || self.displayed_portrait.is_some()
            || self.signature.is_some()
            || self.papers().any(|(_, file)| file.is_some())
            || [&self.finger, &self.missing_finger, &self.iris, &self.sample]
                .iter()
                .any(|options| !options.is_empty())
    }

    fn papers(&self) -> impl Iterator<Item = (Paper, &Option<PathBuf>)> {
        Paper::ALL.into_iter().map(|paper| {
            let file = match paper {
                Paper::ProofOfCitizenship => &self.proof_of_citizenship,
                Paper::DocumentFront => &self.document_front,
                Paper::DocumentRear => &self.document_rear,
            };
            (paper, file)
        })
    }
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
    if let Some(path) = &arguments.enrolment {
        add_record(context, &mut enrolment, path)?;
    }
    add_fingers(context, &mut enrolment, arguments)?;
    for option in &arguments.iris {
        let (name, path) = named(option, "--iris")?;
        let eye = Eye::from_name(name)
            .ok_or_else(|| Failure::usage("--iris names no eye", "give right=FILE or left=FILE"))?;
        enrolment.add_iris(Iris {
            eye,
            image: picture(context, Path::new(path), picture::IRIS)?,
            quality: None,
            diameter: None,
        })?;
    }
    if let Some(path) = &arguments.displayed_portrait {
        let bytes = read(context, path, MAX_IMAGE_BYTES)?;
        let portrait =
            FaceImage::from_bytes(bytes).map_err(|error| Failure::from(error).about(path.display()))?;
        enrolment.set_displayed_portrait(portrait)?;
    }
    if let Some(path) = &arguments.signature {
        enrolment.set_signature(picture(context, path, picture::SIGNATURE)?)?;
    }
    for (paper, file) in arguments.papers() {
        if let Some(path) = file {
            enrolment.set_paper(paper, picture(context, path, picture::PAPER)?)?;
        }
    }
    for option in &arguments.sample {
        let (modality, path) = named(option, "--sample")?;
        enrolment.add_sample(OpaqueSample {
            modality: modality.to_owned(),
            subtype: None,
            data: read(context, Path::new(path), MAX_SAMPLE_BYTES as usize)?,
        })?;
    }
    Ok(enrolment)
}

/// The enrolment record, whose files lie where it does.
fn add_record(context: &Context<'_>, enrolment: &mut Enrolment, path: &Path) -> Result<(), Failure> {
    let limit = u64::try_from(MAX_ENROLMENT_BYTES).unwrap_or(u64::MAX);
    let json = context.read_text(path, limit)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let added = enrolment.add_record(&json, &mut |name: &str| {
        read(context, &folder.join(name), MAX_SAMPLE_BYTES as usize)
    });
    added.map_err(|failure: Failure| {
        if failure.id == INVALID {
            failure.about(path.display())
        } else {
            failure
        }
    })
}

fn add_fingers(
    context: &Context<'_>,
    enrolment: &mut Enrolment,
    arguments: &EnrolmentArguments,
) -> Result<(), Failure> {
    let impression = impression(arguments)?;
    for option in &arguments.finger {
        let (position, path) = finger_option("--finger", option)?;
        let path = Path::new(path);
        let image = FingerImage::from_bytes(read(context, path, MAX_IMAGE_BYTES)?).map_err(|error| {
            let hint = "give a whole grey image of one finger, 500 or 1000 pixels per inch: WSQ, JPEG 2000, PNG or JPEG";
            Failure::input("enrolment.finger", error.to_string(), hint).about(path.display())
        })?;
        enrolment.add_finger(Finger {
            position,
            image,
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
    Ok(())
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

/// `NAME=VALUE`
fn named<'a>(text: &'a str, option: &str) -> Result<(&'a str, &'a str), Failure> {
    text.split_once('=')
        .filter(|(name, value)| !name.is_empty() && !value.is_empty())
        .ok_or_else(|| {
            Failure::usage(
                format!("{option} needs a name and a value"),
                format!("give {option} NAME=VALUE; see `eid issue --help`"),
            )
        })
}

/// `right-index=VALUE`
fn finger_option<'a>(option: &str, text: &'a str) -> Result<(FingerPosition, &'a str), Failure> {
    let (name, value) = named(text, option)?;
    let position = FingerPosition::from_name(name).ok_or_else(|| {
        let names = FingerPosition::ALL.map(FingerPosition::name).join(", ");
        Failure::usage(
            format!("{option} names no finger"),
            format!("give FINGER=VALUE with one of {names}"),
        )
    })?;
    Ok((position, value))
}

fn read(context: &Context<'_>, path: &Path, limit: usize) -> Result<Vec<u8>, Failure> {
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    Ok(context.environment.disk.read(path, limit)?)
}

fn picture(context: &Context<'_>, path: &Path, limits: picture::SizeLimits) -> Result<Picture, Failure> {
    let bytes = read(context, path, MAX_IMAGE_BYTES)?;
    Picture::from_bytes(bytes, limits).map_err(|error| {
        let hint = "give a whole JPEG or JPEG 2000 image, 8 bits a colour, stored upright";
        Failure::input("enrolment.image", error.to_string(), hint).about(path.display())
    })
}

/// The stable name of what is wrong with an enrolment.
const INVALID: &str = "enrolment.invalid";

impl From<EnrolmentError> for Failure {
    fn from(error: EnrolmentError) -> Self {
        Self::input(
            INVALID,
            error.to_string(),
            "see --enrolment, --finger and --missing-finger of `eid issue --help`, and what the profile asks for",
        )
    }
}
