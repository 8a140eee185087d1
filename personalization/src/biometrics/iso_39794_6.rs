//! The iris image data block of ISO/IEC 39794-6, as DG4 wraps it from 2030 on (9303-10, section 4.7.4): read, not written.
//!
//! ```text
//! [APPLICATION 6] { versionBlock [0] { generation [0], year [1] }
//!   representationBlocks [1] { SEQUENCE { eyeLabel [0], irisImageKind [1], bitDepth [2], imageDataFormat [3], horizontalOrientation [4],
//!     verticalOrientation [5], compressionHistory [6], … irisImageData [8] or [9] … qualityBlocks [11] … } … } }
//! ```
//!
//! The schema is not public, and those who implemented it disagree: some give the date of capture the number 7 and the image 8, others
//! have a mandatory range as 7, the date as 8 and the image as 9. The image is the only one of them that is an OCTET STRING, so that
//! both are read. A record in which half the readers find no image is not written.

use super::error::BiometricError;
use super::iris::Eye;
use super::iso_39794::{
    Representations, choice, elements, field, number, optional_choice, primitive, quality_scores,
    representations, required,
};

/// `[APPLICATION 6]`, constructed.
const IRIS_IMAGE_DATA_BLOCK: u32 = 0x66;
/// Most representations that are read; a card has one of each eye.
const MAX_REPRESENTATIONS: usize = 8;
/// Where the image is, see above.
const IMAGE: [u32; 2] = [primitive(8), primitive(9)];

/// How an iris image is compressed (`ImageDataFormat`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IrisImageFormat {
    /// Portable Graymap, not compressed.
    Pgm,
    /// Portable Pixmap, not compressed.
    Ppm,
    /// PNG (ISO/IEC 15948).
    Png,
    /// JPEG 2000 (ISO/IEC 15444-1), nothing lost.
    Jpeg2000Lossless,
    /// JPEG 2000 (ISO/IEC 15444-1).
    Jpeg2000Lossy,
}

impl IrisImageFormat {
    const fn from_code(code: u32) -> Option<Self> {
        match code {
            0 => Some(Self::Pgm),
            1 => Some(Self::Ppm),
            2 => Some(Self::Png),
            3 => Some(Self::Jpeg2000Lossless),
            4 => Some(Self::Jpeg2000Lossy),
            _ => None,
        }
    }
}

/// A representation that was read; the image is a slice of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IrisRepresentation<'a> {
    /// Which eye; `None` when the record leaves it open.
    pub eye: Option<Eye>,
    /// Kind of image: 1 uncropped, 2 VGA, 3 cropped, 7 cropped and masked.
    pub kind: Option<u32>,
    /// Bits of a pixel.
    pub bit_depth: u32,
    /// How the image is compressed; `None` when the record names another format.
    pub format: Option<IrisImageFormat>,
    /// The image file.
    pub image: &'a [u8],
    /// Quality scores, 0 to 100.
    pub quality_scores: Vec<u8>,
}

/// A record that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IrisImageDataBlock<'a> {
    /// Generation and year of the standard.
    pub version: (u32, u32),
    /// The representations in order, at least one.
    pub representations: Vec<IrisRepresentation<'a>>,
}

/// Reads a data block with its application tag.
///
/// # Errors
/// [`BiometricError`] with the field. Never panics; depth and number of what is looked at are bounded.
pub fn decode(record: &[u8]) -> Result<IrisImageDataBlock<'_>, BiometricError> {
    let expected = (IRIS_IMAGE_DATA_BLOCK, "iris image data block");
    let (version, representations): Representations<_> =
        representations(record, expected, MAX_REPRESENTATIONS, representation)?;
    Ok(IrisImageDataBlock {
        version,
        representations,
    })
}

fn representation(block: &[u8]) -> Result<IrisRepresentation<'_>, BiometricError> {
    let eye = number(required(block, 0, "eye label")?, "eye label")?;
    let format = choice(required(block, 3, "image data format")?, "image data format")?;
    let quality_scores = match field(block, 11, "quality blocks")? {
        Some(blocks) => quality_scores(blocks)?,
        None => Vec::new(),
    };
    Ok(IrisRepresentation {
        eye: u8::try_from(eye).ok().and_then(Eye::from_code),
        kind: optional_choice(block, 1, "iris image kind")?,
        bit_depth: number(required(block, 2, "bit depth")?, "bit depth")?,
        format: format.and_then(IrisImageFormat::from_code),
        image: image(block)?,
        quality_scores,
    })
}

fn image(block: &[u8]) -> Result<&[u8], BiometricError> {
    let name = "iris image data";
    for object in elements(block, name) {
        let object = object?;
        if IMAGE.contains(&object.tag) {
            return Ok(object.value);
        }
    }
    Err(BiometricError::invalid(name, "is missing"))
}
