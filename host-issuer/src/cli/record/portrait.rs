//! `eid record check --portrait`: whether a photograph can go on a card, and one that can.

use std::path::{Path, PathBuf};

use personalization::biometrics::compress::{CompressError, MAX_SOURCE_BYTES, Photograph, compress};
use personalization::biometrics::face::{FaceImage, ImageFormat, Resolution};
use personalization::profile::CheckedProfile;
use serde::Serialize;

use super::super::context::Context;
use super::super::failure::Failure;
use crate::environment::Access;

/// The photograph.
#[derive(Debug, clap::Args)]
pub(super) struct PortraitArguments {
    /// Check this photograph (JPEG or JPEG 2000) as a card's portrait
    #[arg(long, value_name = "FILE")]
    portrait: Option<PathBuf>,
    /// Compress it to at most so many bytes
    #[arg(long, value_name = "BYTES", requires = "portrait", requires = "out")]
    budget: Option<usize>,
    /// Compress it to this format
    #[arg(long, value_enum, default_value = "jpeg2000", requires = "budget")]
    format: FormatName,
    /// File for the compressed portrait
    #[arg(long, value_name = "FILE", requires = "budget")]
    out: Option<PathBuf>,
}

/// Formats of a portrait, as the command line calls them.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum FormatName {
    /// JPEG, baseline.
    Jpeg,
    /// JPEG 2000.
    Jpeg2000,
}

/// A portrait that can go on a card.
#[derive(Serialize)]
pub(super) struct PortraitJson {
    pub(super) format: &'static str,
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) bytes: usize,
    /// Pixels per inch, where the image says so.
    pub(super) resolution: Option<u16>,
    /// Where the compressed one was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<String>,
}

/// Checks the photograph, or compresses it; `None` when none is given. What comes of it must be as the profile asks for.
pub(super) fn check(
    arguments: &PortraitArguments,
    profile: Option<&CheckedProfile>,
    context: &Context<'_>,
) -> Result<Option<PortraitJson>, Failure> {
    let Some(path) = &arguments.portrait else {
        return Ok(None);
    };
    let about = |failure: Failure| failure.about(path.display());
    let must_fit = |face: &FaceImage| match profile {
        Some(profile) => profile.check_portrait(face).map_err(|error| about(error.into())),
        None => Ok(()),
    };
    let limit = u64::try_from(MAX_SOURCE_BYTES).unwrap_or(u64::MAX);
    let bytes = context.environment.disk.read(path, limit)?;
    let (Some(budget), Some(out)) = (arguments.budget, &arguments.out) else {
        let face =
            FaceImage::from_bytes(bytes).map_err(|error| about(too_large_is_compressed(error.into())))?;
        must_fit(&face)?;
        return Ok(Some(json(&face, None)));
    };
    let format = match arguments.format {
        FormatName::Jpeg => ImageFormat::Jpeg,
        FormatName::Jpeg2000 => ImageFormat::Jpeg2000,
    };
    let face = Photograph::from_bytes(&bytes)
        .and_then(|photograph| compress(&photograph, format, budget))
        .map_err(|error| about(error.into()))?;
    must_fit(&face)?;
    context
        .environment
        .disk
        .write(out, face.bytes(), Access::OwnerOnly)?;
    Ok(Some(json(&face, Some(out))))
}

fn json(face: &FaceImage, file: Option<&Path>) -> PortraitJson {
    PortraitJson {
        format: match face.format() {
            ImageFormat::Jpeg => "jpeg",
            ImageFormat::Jpeg2000 => "jpeg2000",
        },
        width: face.width(),
        height: face.height(),
        bytes: face.bytes().len(),
        resolution: face.resolution().map(Resolution::least),
        file: file.map(|path| path.display().to_string()),
    }
}

/// What is wrong with a photograph as it is may be right after compression.
fn too_large_is_compressed(failure: Failure) -> Failure {
    Failure {
        hint: format!(
            "{}; --budget BYTES --out FILE makes one of a camera's",
            failure.hint
        ),
        ..failure
    }
}

impl From<CompressError> for Failure {
    fn from(error: CompressError) -> Self {
        match error {
            CompressError::Source(error) => error.into(),
            CompressError::Encoder(_) => Self::internal(error.to_string()),
            CompressError::Budget => Self::usage(format!("--budget: {error}"), "15000 is usual"),
            CompressError::Unreachable { .. } => Self::input(
                "photo.budget",
                error.to_string(),
                "give a larger --budget, or a photograph with a plain background",
            ),
            CompressError::SourceBytes { .. } | CompressError::SourcePixels { .. } => Self::input(
                "photo.invalid",
                error.to_string(),
                "give a photograph of the head and shoulders",
            ),
        }
    }
}
