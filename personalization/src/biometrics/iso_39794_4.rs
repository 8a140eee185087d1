//! The finger image data block of ISO/IEC 39794-4, as DG3 wraps it from 2030 on (9303-10, section 4.7.3).
//!
//! ```text
//! [APPLICATION 4] { versionBlock [0] { generation [0], year [1] }
//!   representationBlocks [1] { SEQUENCE { position [0], impression [1], imageDataFormat [2], imageData [3]
//!     … qualityBlocks [6] … annotationBlocks [13] { SEQUENCE { position [0], reason [1] } … } … } }
//! ```
//!
//! Annotations say which fingers are missing and why. They stand in the record of the first finger that is there; of somebody
//! of whom no finger could be taken the group is empty, and the card says nothing.

use super::error::BiometricError;
use super::finger::{
    Finger, FingerImageFormat, FingerPosition, ImpressionType, MissingFinger, MissingReason,
};
use super::iso_39794::{
    SEQUENCE, choice, code, constructed, data_block, elements, field, integer, primitive, quality_scores,
    representations, required,
};
use crate::lds::tlv;

/// `[APPLICATION 4]`, constructed.
const FINGER_IMAGE_DATA_BLOCK: u32 = 0x64;
/// Most representations, and most annotations, that are read.
const MAX_BLOCKS: usize = 16;

/// Codes of `ImageDataFormat`.
mod format {
    pub(super) const WSQ: u8 = 1;
    pub(super) const JPEG_2000_LOSSY: u8 = 2;
    pub(super) const JPEG_2000_LOSSLESS: u8 = 3;
    pub(super) const PNG: u8 = 4;
}

/// Who rated the quality: an organization's number and that of its algorithm, as the CBEFF registry has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QualityAlgorithm {
    /// The organization.
    pub organization: u16,
    /// Its algorithm.
    pub algorithm: u16,
}

/// A representation that was read; the image is a slice of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FingerRepresentation<'a> {
    /// Which finger; `None` for an unknown one and for several at once.
    pub position: Option<FingerPosition>,
    /// How it was taken; `None` for an extension without a fallback.
    pub impression: Option<ImpressionType>,
    /// How the image is compressed; `None` when the record names another format.
    pub format: Option<FingerImageFormat>,
    /// The image file.
    pub image: &'a [u8],
    /// Quality scores, 0 to 100.
    pub quality_scores: Vec<u8>,
    /// Fingers that are missing.
    pub annotations: Vec<MissingFinger>,
}

/// A record that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FingerImageDataBlock<'a> {
    /// Generation and year of the standard.
    pub version: (u32, u32),
    /// The representations in order, at least one.
    pub representations: Vec<FingerRepresentation<'a>>,
}

/// Encodes the data block of one finger with its application tag. `missing` are the annotations.
///
/// The format has no JPEG; a profile that asks for it refuses such fingers. A quality is written when it is known who rated it.
#[must_use]
pub fn encode(finger: &Finger, rated_by: Option<QualityAlgorithm>, missing: &[MissingFinger]) -> Vec<u8> {
    let format = match finger.image.format() {
        FingerImageFormat::Wsq => format::WSQ,
        FingerImageFormat::Png => format::PNG,
        // That nothing was lost cannot be told from an image. JPEG has no code; the profile's check keeps it away.
        FingerImageFormat::Jpeg2000 | FingerImageFormat::Jpeg => format::JPEG_2000_LOSSY,
    };
    let mut block = [
        code(0, finger.position.code()),
        code(1, finger.impression.impression_type().code()),
        code(2, format),
        tlv(primitive(3), finger.image.bytes()),
    ]
    .concat();
    if let (Some(quality), Some(algorithm)) = (finger.quality, rated_by) {
        let identifier = [
            integer(0, algorithm.organization.into()),
            integer(1, algorithm.algorithm.into()),
        ]
        .concat();
        let score = tlv(constructed(1), &integer(0, quality.into()));
        let quality = tlv(SEQUENCE, &[tlv(constructed(0), &identifier), score].concat());
        block.extend(tlv(constructed(6), &quality));
    }
    if !missing.is_empty() {
        let annotation = |finger: &MissingFinger| {
            tlv(
                SEQUENCE,
                &[code(0, finger.position.code()), code(1, finger.reason.code())].concat(),
            )
        };
        let annotations: Vec<Vec<u8>> = missing.iter().map(annotation).collect();
        block.extend(tlv(constructed(13), &annotations.concat()));
    }
    data_block(FINGER_IMAGE_DATA_BLOCK, &block)
}

/// Reads a data block with its application tag.
///
/// # Errors
/// [`BiometricError`] with the field. Never panics; depth and number of what is looked at are bounded.
pub fn decode(record: &[u8]) -> Result<FingerImageDataBlock<'_>, BiometricError> {
    let expected = (FINGER_IMAGE_DATA_BLOCK, "finger image data block");
    let (version, representations) = representations(record, expected, MAX_BLOCKS, representation)?;
    Ok(FingerImageDataBlock {
        version,
        representations,
    })
}

fn representation(block: &[u8]) -> Result<FingerRepresentation<'_>, BiometricError> {
    let small = |number, name| -> Result<Option<u8>, BiometricError> {
        let code = choice(required(block, number, name)?, name)?;
        Ok(code.and_then(|code| u8::try_from(code).ok()))
    };
    let quality_scores = match field(block, 6, "quality blocks")? {
        Some(blocks) => quality_scores(blocks)?,
        None => Vec::new(),
    };
    let mut annotations = Vec::new();
    for annotation in elements(field(block, 13, "annotations")?.unwrap_or_default(), "annotation") {
        if annotations.len() == MAX_BLOCKS {
            return Err(BiometricError::invalid("annotations", "are more than sixteen"));
        }
        annotations.extend(missing(annotation?.value)?);
    }
    Ok(FingerRepresentation {
        position: small(0, "position")?.and_then(FingerPosition::from_code),
        impression: small(1, "impression")?.map(ImpressionType::from_code),
        format: match small(2, "image data format")? {
            Some(format::WSQ) => Some(FingerImageFormat::Wsq),
            Some(format::JPEG_2000_LOSSY | format::JPEG_2000_LOSSLESS) => Some(FingerImageFormat::Jpeg2000),
            Some(format::PNG) => Some(FingerImageFormat::Png),
            _ => None,
        },
        image: required(block, 3, "image data")?,
        quality_scores,
        annotations,
    })
}

/// One annotation; `None` when its finger or its reason is one that this reader does not know.
fn missing(annotation: &[u8]) -> Result<Option<MissingFinger>, BiometricError> {
    let code = |number, name| -> Result<Option<u8>, BiometricError> {
        let code = choice(required(annotation, number, name)?, name)?;
        Ok(code.and_then(|code| u8::try_from(code).ok()))
    };
    let position = code(0, "annotated position")?.and_then(FingerPosition::from_code);
    let reason = code(1, "annotation reason")?.and_then(MissingReason::from_code);
    Ok(match (position, reason) {
        (Some(position), Some(reason)) => Some(MissingFinger { position, reason }),
        _ => None,
    })
}
