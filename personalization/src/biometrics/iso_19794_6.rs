//! The iris image record of ISO/IEC 19794-6:2005, as DG4 wraps it (9303-10, section 4.7.4).
//!
//! ```text
//! record header   "IIR" 0 · "010" 0 · length of record (4) · capture device (2) · number of eyes · length of header (2) ·
//!                 image properties (2) · diameter (2) · image format (2) · width (2) · height (2) · intensity depth ·
//!                 transformation · device identifier (16)
//! subtype header  eye · number of images (2)
//! image header    image number (2) · quality · rotation angle (2) · its uncertainty (2) · length of image (4)
//! image
//! ```

use super::cursor::Cursor;
use super::error::BiometricError;
use super::image::{Colour, ImageFormat};
use super::iris::{Eye, Iris};

/// Format identifier and version number, each closed by a zero.
const HEADER: &[u8; 8] = b"IIR\x00010\x00";
/// Length of the record header.
const RECORD_HEADER_LEN: u16 = 45;
/// Length of subtype header and image header.
const IMAGE_HEADERS_LEN: u32 = 3 + 11;
/// Quality that nobody measured.
const QUALITY_UNDEFINED: u8 = 254;
/// Rotation angle and uncertainty that nobody measured.
const ROTATION_UNDEFINED: u16 = 0xFFFF;
/// Most images of one eye that are read.
const MAX_IMAGES: u16 = 16;

/// One image of a record that was read; the image file is a slice of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IrisView<'a> {
    /// Which eye; `None` when the record leaves it open.
    pub eye: Option<Eye>,
    /// 0 to 100, where it was measured.
    pub quality: Option<u8>,
    /// The image file.
    pub image: &'a [u8],
}

/// A record that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IrisImageRecord<'a> {
    /// Format of all images (table 3): 2 and 4 raw, 6 and 8 JPEG, 0x0E and 0x10 JPEG 2000, grey and coloured.
    pub format_code: u16,
    /// Diameter of the iris in pixels, where it was measured.
    pub diameter: Option<u16>,
    /// Pixels in a row, as the record says.
    pub width: u16,
    /// Rows of pixels, as the record says.
    pub height: u16,
    /// The images in order.
    pub views: Vec<IrisView<'a>>,
}

/// The image format's number (table 3).
const fn format_code(format: ImageFormat, colour: Colour) -> u16 {
    match (format, colour) {
        (ImageFormat::Jpeg, Colour::Grey) => 0x0006,
        (ImageFormat::Jpeg, Colour::Rgb) => 0x0008,
        (ImageFormat::Jpeg2000, Colour::Grey) => 0x000E,
        (ImageFormat::Jpeg2000, Colour::Rgb) => 0x0010,
    }
}

/// Encodes a record of one eye. Width, height, depth and format come from the image.
#[must_use]
pub fn encode(iris: &Iris) -> Vec<u8> {
    let image = iris.image.bytes();
    // An image has at most `image::MAX_IMAGE_BYTES`.
    let image_len = u32::try_from(image.len()).expect("an image is far shorter than 4 GiB");
    let record_len = u32::from(RECORD_HEADER_LEN) + IMAGE_HEADERS_LEN + image_len;
    let depth = match iris.image.colour() {
        Colour::Grey => 8,
        Colour::Rgb => 24,
    };

    let mut record = Vec::with_capacity(image.len() + 59);
    record.extend_from_slice(HEADER);
    record.extend_from_slice(&record_len.to_be_bytes());
    record.extend_from_slice(&[0, 0, 1]); // capture device: not stated; one eye
    record.extend_from_slice(&RECORD_HEADER_LEN.to_be_bytes());
    record.extend_from_slice(&[0; 2]); // orientation, scan type, occlusions: undefined
    record.extend_from_slice(&iris.diameter.unwrap_or(0).to_be_bytes());
    record.extend_from_slice(&format_code(iris.image.format(), iris.image.colour()).to_be_bytes());
    record.extend_from_slice(&iris.image.width().to_be_bytes());
    record.extend_from_slice(&iris.image.height().to_be_bytes());
    record.extend_from_slice(&[depth, 0]);
    record.extend_from_slice(&[0; 16]);

    record.push(iris.eye.code());
    record.extend_from_slice(&1_u16.to_be_bytes());
    record.extend_from_slice(&1_u16.to_be_bytes());
    record.push(iris.quality.unwrap_or(QUALITY_UNDEFINED));
    record.extend_from_slice(&ROTATION_UNDEFINED.to_be_bytes());
    record.extend_from_slice(&ROTATION_UNDEFINED.to_be_bytes());
    record.extend_from_slice(&image_len.to_be_bytes());
    record.extend_from_slice(image);
    record
}

/// Reads a record.
///
/// # Errors
/// [`BiometricError`] with the field. Never panics; a length is compared with what is there before anything is taken.
pub fn decode(record: &[u8]) -> Result<IrisImageRecord<'_>, BiometricError> {
    let mut cursor = Cursor::new(record);
    cursor.expect(HEADER, "format identifier and version of the iris record")?;
    if cursor.length(4, "length of the iris record")? != record.len() {
        return Err(BiometricError::invalid(
            "length of the iris record",
            "is not that of its bytes",
        ));
    }
    cursor.take(2, "capture device")?;
    let eyes = cursor.byte("number of eyes")?;
    if eyes == 0 || eyes > 2 {
        return Err(BiometricError::invalid("number of eyes", "must be 1 or 2"));
    }
    if cursor.short("length of the record header")? != RECORD_HEADER_LEN {
        return Err(BiometricError::invalid(
            "length of the record header",
            "must be 45",
        ));
    }
    cursor.take(2, "iris image properties")?;
    let diameter = cursor.short("iris diameter")?;
    let format_code = cursor.short("image format")?;
    let (width, height) = (cursor.short("width")?, cursor.short("height")?);
    cursor.take(18, "intensity depth, transformation and device identifier")?;
    let mut views = Vec::new();
    for _ in 0..eyes {
        let eye = Eye::from_code(cursor.byte("biometric subtype")?);
        let images = cursor.short("number of images")?;
        if images > MAX_IMAGES {
            return Err(BiometricError::invalid(
                "number of images",
                "is more than sixteen",
            ));
        }
        for _ in 0..images {
            views.push(view(&mut cursor, eye)?);
        }
    }
    if !cursor.rest().is_empty() {
        return Err(BiometricError::invalid(
            "number of images",
            "is not that of the images",
        ));
    }
    Ok(IrisImageRecord {
        format_code,
        diameter: (diameter != 0).then_some(diameter),
        width,
        height,
        views,
    })
}

fn view<'a>(cursor: &mut Cursor<'a>, eye: Option<Eye>) -> Result<IrisView<'a>, BiometricError> {
    cursor.take(2, "image number")?;
    let quality = cursor.byte("iris image quality")?;
    cursor.take(4, "rotation angle")?;
    let image_len = cursor.length(4, "length of the iris image")?;
    Ok(IrisView {
        eye,
        quality: (quality <= 100).then_some(quality),
        image: cursor.take(image_len, "iris image")?,
    })
}
