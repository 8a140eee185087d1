//! The finger image record of ISO/IEC 19794-4:2005, as DG3 wraps it (9303-10, section 4.7.3).
//!
//! ```text
//! general header  "FIR" 0 · "010" 0 · length of record (6) · capture device (2) · acquisition level (2) · number of fingers ·
//!                 scale units · scan resolution (2+2) · image resolution (2+2) · pixel depth · compression · reserved (2)
//! finger header   length of block (4) · position · views · view · quality · impression type · width (2) · height (2) · reserved
//! image
//! ```
//!
//! One record has one finger: 9303-10 gives each its own template.

use super::cursor::Cursor;
use super::error::BiometricError;
use super::finger::{Finger, FingerImageFormat, FingerPosition, ImpressionType};

/// Format identifier and version number, each closed by a zero.
const HEADER: &[u8; 8] = b"FIR\x00010\x00";
/// Length of the general header.
const GENERAL_HEADER_LEN: u32 = 32;
/// Length of the finger header.
const FINGER_HEADER_LEN: u32 = 14;
/// Image acquisition levels with 8 bits and 200 grey levels, by their pixels per inch (table 1).
const ACQUISITION_LEVELS: [(u16, u16); 2] = [(500, 31), (1000, 41)];
/// Scale units: pixels per inch.
const PIXELS_PER_INCH: u8 = 1;
/// Quality that nobody measured.
const QUALITY_UNDEFINED: u8 = 254;
/// Most fingers of a record that is read.
const MAX_FINGERS: u8 = 10;

/// The compression algorithm's number (table 3).
const fn compression(format: FingerImageFormat) -> u8 {
    match format {
        FingerImageFormat::Wsq => 2,
        FingerImageFormat::Jpeg => 3,
        FingerImageFormat::Jpeg2000 => 4,
        FingerImageFormat::Png => 5,
    }
}

/// One finger of a record that was read; the image is a slice of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FingerView<'a> {
    /// The position's code (table 5).
    pub position_code: u8,
    /// Which finger, where the code is one of the ten.
    pub position: Option<FingerPosition>,
    /// 0 to 100, where it was measured.
    pub quality: Option<u8>,
    /// How it was taken.
    pub impression: ImpressionType,
    /// Pixels in a row, as the record says.
    pub width: u16,
    /// Rows of pixels, as the record says.
    pub height: u16,
    /// The image file.
    pub image: &'a [u8],
}

/// A record that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FingerImageRecord<'a> {
    /// Compression algorithm (table 3): 0 and 1 none, 2 WSQ, 3 JPEG, 4 JPEG 2000, 5 PNG.
    pub compression: u8,
    /// Scan resolution in pixels per inch or per centimetre, horizontally and vertically.
    pub resolution: (u16, u16),
    /// The views in order.
    pub views: Vec<FingerView<'a>>,
}

/// Encodes a record of one finger. Width, height and compression come from the image.
#[must_use]
pub fn encode(finger: &Finger) -> Vec<u8> {
    let image = finger.image.bytes();
    // An image has at most `image::MAX_IMAGE_BYTES`.
    let image_len = u32::try_from(image.len()).expect("an image is far shorter than 4 GiB");
    let block_len = FINGER_HEADER_LEN + image_len;
    let [usual, finer] = ACQUISITION_LEVELS;
    // An image that does not say was taken as every scanner of fingers takes it.
    let (resolution, acquisition_level) = match finger.image.resolution() {
        Some(stated) if stated == finer.0 => finer,
        _ => usual,
    };

    let mut record = Vec::with_capacity(image.len() + 46);
    record.extend_from_slice(HEADER);
    record.extend_from_slice(&u64::from(GENERAL_HEADER_LEN + block_len).to_be_bytes()[2..]);
    record.extend_from_slice(&[0; 2]); // capture device: not stated
    record.extend_from_slice(&acquisition_level.to_be_bytes());
    record.extend_from_slice(&[1, PIXELS_PER_INCH]);
    for _ in 0..4 {
        record.extend_from_slice(&resolution.to_be_bytes());
    }
    record.extend_from_slice(&[8, compression(finger.image.format())]);
    record.extend_from_slice(&[0; 2]);

    record.extend_from_slice(&block_len.to_be_bytes());
    record.extend_from_slice(&[finger.position.code(), 1, 1]);
    record.push(finger.quality.unwrap_or(QUALITY_UNDEFINED));
    record.push(finger.impression.impression_type().code());
    record.extend_from_slice(&finger.image.width().to_be_bytes());
    record.extend_from_slice(&finger.image.height().to_be_bytes());
    record.push(0);
    record.extend_from_slice(image);
    record
}

/// Reads a record.
///
/// # Errors
/// [`BiometricError`] with the field. Never panics; a length is compared with what is there before anything is taken.
pub fn decode(record: &[u8]) -> Result<FingerImageRecord<'_>, BiometricError> {
    let mut cursor = Cursor::new(record);
    cursor.expect(HEADER, "format identifier and version of the finger record")?;
    if cursor.length(6, "length of the finger record")? != record.len() {
        return Err(BiometricError::invalid(
            "length of the finger record",
            "is not that of its bytes",
        ));
    }
    cursor.take(4, "capture device and acquisition level")?;
    let fingers = cursor.byte("number of fingers")?;
    if fingers == 0 || fingers > MAX_FINGERS {
        return Err(BiometricError::invalid("number of fingers", "must be 1 to 10"));
    }
    cursor.byte("scale units")?;
    let resolution = (cursor.short("scan resolution")?, cursor.short("scan resolution")?);
    cursor.take(4, "image resolution")?;
    cursor.byte("pixel depth")?;
    let compression = cursor.byte("image compression algorithm")?;
    cursor.take(2, "reserved bytes")?;
    let mut views = Vec::new();
    while !cursor.rest().is_empty() {
        if views.len() == usize::from(MAX_FINGERS) {
            return Err(BiometricError::invalid(
                "number of fingers",
                "is not that of the views",
            ));
        }
        views.push(view(&mut cursor)?);
    }
    if views.len() < usize::from(fingers) {
        return Err(BiometricError::invalid(
            "number of fingers",
            "is not that of the views",
        ));
    }
    Ok(FingerImageRecord {
        compression,
        resolution,
        views,
    })
}

fn view<'a>(cursor: &mut Cursor<'a>) -> Result<FingerView<'a>, BiometricError> {
    let field = "length of the finger data block";
    let block_len = cursor.length(4, field)?;
    let image_len = block_len
        .checked_sub(14)
        .ok_or(BiometricError::invalid(field, "is shorter than its header"))?;
    let position_code = cursor.byte("finger position")?;
    cursor.take(2, "views")?;
    let quality = cursor.byte("finger image quality")?;
    let impression = ImpressionType::from_code(cursor.byte("impression type")?);
    let (width, height) = (cursor.short("width")?, cursor.short("height")?);
    cursor.byte("reserved byte")?;
    Ok(FingerView {
        position_code,
        position: FingerPosition::from_code(position_code),
        quality: (quality <= 100).then_some(quality),
        impression,
        width,
        height,
        image: cursor.take(image_len, "finger image")?,
    })
}
