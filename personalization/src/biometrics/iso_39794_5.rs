//! The face image data block of ISO/IEC 39794-5, as DG2 wraps it from 2030 on (9303-10, section 4.7.2).
//!
//! ```text
//! [APPLICATION 5] { versionBlock [0] { generation [0], year [1] }
//!   representationBlocks [1] { SEQUENCE { representationId [0]
//!     imageRepresentation [1] { base [0] { imageRepresentation2DBlock [0] {
//!       representationData2D [0] the image
//!       imageInformation2DBlock [1] { imageDataFormat [0], …, imageSizeBlock [7] { width [0], height [1] } … } … } } }
//!     captureDateTimeBlock [2] … qualityBlocks [3] … identityMetadataBlock [8] { gender [0] eyeColour [1] hairColour [2] … } … } }
//! ```
//!
//! Nothing is written that is not known of the image: its bytes, its format, its size.

use super::error::BiometricError;
use super::face::{FaceImage, ImageFormat};
use super::iso_39794::{
    choice, code, constructed, data_block, elements, field, integer, number, optional_choice, primitive,
    quality_scores, representations, required,
};
use crate::lds::tlv;

/// `[APPLICATION 5]`, constructed.
const FACE_IMAGE_DATA_BLOCK: u32 = 0x65;
/// Most representations that are read; a card has one.
const MAX_REPRESENTATIONS: usize = 8;

/// Codes of `ImageDataFormat`.
mod format {
    pub(super) const JPEG: u8 = 2;
    pub(super) const JPEG_2000_LOSSY: u8 = 3;
    pub(super) const JPEG_2000_LOSSLESS: u8 = 4;
}

/// A representation that was read; the image is a slice of the record. Codes are those of the standard's enumerations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaceRepresentation<'a> {
    /// The representation's number in the record.
    pub representation_id: u32,
    /// The image file.
    pub image: &'a [u8],
    /// How it is compressed; `None` when the record names another format.
    pub format: Option<ImageFormat>,
    /// Whether the record says that nothing was lost in compressing.
    pub is_lossless: bool,
    /// Width and height, where the record states them.
    pub size: Option<(u32, u32)>,
    /// Kind of face image; 0 is that of travel documents.
    pub kind: Option<u32>,
    /// Year, month, day and so on down to milliseconds, as far as the record states them.
    pub captured: Vec<u32>,
    /// Quality scores, 0 to 100.
    pub quality_scores: Vec<u8>,
    /// 1 other, 2 male, 3 female.
    pub gender: Option<u32>,
    /// Eye colour's code.
    pub eye_colour: Option<u32>,
    /// Hair colour's code.
    pub hair_colour: Option<u32>,
    /// Number of landmarks.
    pub landmarks: usize,
}

/// A record that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaceImageDataBlock<'a> {
    /// Generation and year of the standard.
    pub version: (u32, u32),
    /// The representations in order, at least one.
    pub representations: Vec<FaceRepresentation<'a>>,
}

/// Encodes the data block with its application tag.
#[must_use]
pub fn encode(face: &FaceImage) -> Vec<u8> {
    // That nothing was lost cannot be told from an image.
    let format = match face.format() {
        ImageFormat::Jpeg => format::JPEG,
        ImageFormat::Jpeg2000 => format::JPEG_2000_LOSSY,
    };
    let size = [integer(0, face.width().into()), integer(1, face.height().into())].concat();
    let information = [code(0, format), tlv(constructed(7), &size)].concat();
    let block = [tlv(primitive(0), face.bytes()), tlv(constructed(1), &information)].concat();
    // The choices of imageRepresentation and of its base.
    let representation = tlv(constructed(1), &tlv(constructed(0), &tlv(constructed(0), &block)));
    data_block(FACE_IMAGE_DATA_BLOCK, &[integer(0, 0), representation].concat())
}

/// Reads a data block with its application tag.
///
/// # Errors
/// [`BiometricError`] with the field. Never panics; depth and number of what is looked at are bounded.
pub fn decode(record: &[u8]) -> Result<FaceImageDataBlock<'_>, BiometricError> {
    let expected = (FACE_IMAGE_DATA_BLOCK, "face image data block");
    let (version, representations) = representations(record, expected, MAX_REPRESENTATIONS, representation)?;
    Ok(FaceImageDataBlock {
        version,
        representations,
    })
}

fn representation(block: &[u8]) -> Result<FaceRepresentation<'_>, BiometricError> {
    let name = "image representation";
    let base = required(required(block, 1, name)?, 0, name)?;
    let two_dimensional = required(base, 0, "2D image representation")?;
    let image = required(two_dimensional, 0, "representation data")?;
    let information = required(two_dimensional, 1, "image information")?;
    let code = choice(
        required(information, 0, "image data format")?,
        "image data format",
    )?;
    let code = code.and_then(|code| u8::try_from(code).ok());
    let size = match field(information, 7, "image size")? {
        Some(size) => Some((
            number(required(size, 0, "image width")?, "image width")?,
            number(required(size, 1, "image height")?, "image height")?,
        )),
        None => None,
    };
    let quality_scores = match field(block, 3, "quality blocks")? {
        Some(blocks) => quality_scores(blocks)?,
        None => Vec::new(),
    };
    let captured = match field(block, 2, "capture date")? {
        Some(date) => elements(date, "capture date")
            .take(7)
            .map(|part| number(part?.value, "capture date"))
            .collect::<Result<_, _>>()?,
        None => Vec::new(),
    };
    let landmarks = field(block, 9, "landmarks")?.unwrap_or_default();
    let identity = field(block, 8, "identity metadata")?.unwrap_or_default();
    Ok(FaceRepresentation {
        representation_id: number(required(block, 0, "representation id")?, "representation id")?,
        image,
        format: match code {
            Some(format::JPEG) => Some(ImageFormat::Jpeg),
            Some(format::JPEG_2000_LOSSY | format::JPEG_2000_LOSSLESS) => Some(ImageFormat::Jpeg2000),
            _ => None,
        },
        is_lossless: code == Some(format::JPEG_2000_LOSSLESS),
        size,
        kind: optional_choice(information, 1, "face image kind")?,
        captured,
        quality_scores,
        gender: optional_choice(identity, 0, "gender")?,
        eye_colour: optional_choice(identity, 1, "eye colour")?,
        hair_colour: optional_choice(identity, 2, "hair colour")?,
        landmarks: elements(landmarks, "landmarks").filter(Result::is_ok).count(),
    })
}
