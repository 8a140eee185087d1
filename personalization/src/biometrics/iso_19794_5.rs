//! The facial record of ISO/IEC 19794-5:2005, as DG2 wraps it (9303-9, section 3; 9303-10, section 4.7.2).
//!
//! ```text
//! facial record header   "FAC" 0 · "010" 0 · length of record (4) · number of images (2)
//! facial information     length of block (4) · feature points (2) · gender · eye colour · hair colour ·
//!                        properties (3) · expression (2) · pose (3) · pose uncertainty (3)
//! image information      image type · data type · width (2) · height (2) · colour space · source ·
//!                        device (2) · quality (2)
//! image                  JPEG or JPEG 2000
//! ```

use super::cursor::Cursor;
use super::error::BiometricError;
use super::face::{Colour, FaceImage, ImageFormat};

/// Format identifier and version number, each closed by a zero.
const HEADER: &[u8; 8] = b"FAC\x00010\x00";
/// Length of the facial record header.
const RECORD_HEADER_LEN: u32 = 14;
/// Length of facial information and image information.
const BLOCK_HEADER_LEN: u32 = 32;
/// Face image type: full frontal, which 9303-9 asks for.
const FULL_FRONTAL: u8 = 0x01;

/// Gender in the facial information block (ISO/IEC 19794-5, table 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gender {
    /// Not stated.
    Unspecified,
    /// Male.
    Male,
    /// Female.
    Female,
}

/// Encodes a record of one image without feature points.
///
/// Nothing is claimed that is not known: eye and hair colour, expression, pose, source and quality are
/// "unspecified". Width, height, type and colour come from the image itself.
#[must_use]
pub fn encode(face: &FaceImage, gender: Gender) -> Vec<u8> {
    let image = face.bytes();
    // An image has at most `image::MAX_IMAGE_BYTES`.
    let block_len =
        BLOCK_HEADER_LEN + u32::try_from(image.len()).expect("an image is far shorter than 4 GiB");

    let mut record = Vec::with_capacity(image.len() + 46);
    record.extend_from_slice(HEADER);
    record.extend_from_slice(&(RECORD_HEADER_LEN + block_len).to_be_bytes());
    record.extend_from_slice(&1_u16.to_be_bytes());

    record.extend_from_slice(&block_len.to_be_bytes());
    record.extend_from_slice(&[0; 2]); // feature points
    record.push(match gender {
        Gender::Unspecified => 0,
        Gender::Male => 1,
        Gender::Female => 2,
    });
    record.extend_from_slice(&[0; 2]); // eye colour, hair colour
    record.extend_from_slice(&[0; 3]); // property mask: none specified
    record.extend_from_slice(&[0; 2]); // expression
    record.extend_from_slice(&[0; 6]); // pose angle and its uncertainty

    record.push(FULL_FRONTAL);
    record.push(match face.format() {
        ImageFormat::Jpeg => 0,
        ImageFormat::Jpeg2000 => 1,
    });
    record.extend_from_slice(&face.width().to_be_bytes());
    record.extend_from_slice(&face.height().to_be_bytes());
    record.push(match face.colour() {
        Colour::Rgb => 1,
        Colour::Grey => 3,
    });
    record.push(0); // source type
    record.extend_from_slice(&[0; 2]); // device type
    record.extend_from_slice(&[0; 2]); // quality
    record.extend_from_slice(image);
    record
}

/// Most images, and most feature points of one, that are read.
const MAX_IMAGES: u16 = 16;

/// One image of a record that was read; the image file is a slice of it. Codes are those of the standard's tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaceView<'a> {
    /// 0 unspecified, 1 male, 2 female, 0xFF unknown.
    pub gender: u8,
    /// Eye colour's code.
    pub eye_colour: u8,
    /// Hair colour's code.
    pub hair_colour: u8,
    /// Number of feature points.
    pub feature_points: u16,
    /// Face image type: 0 basic, 1 full frontal, 2 token frontal.
    pub image_type: u8,
    /// How the image is compressed; `None` when the record names another format.
    pub format: Option<ImageFormat>,
    /// Pixels in a row, as the record says.
    pub width: u16,
    /// Rows of pixels, as the record says.
    pub height: u16,
    /// Quality's value.
    pub quality: u16,
    /// The image file.
    pub image: &'a [u8],
}

/// Reads a record.
///
/// # Errors
/// [`BiometricError`] with the field. Never panics; a length is compared with what is there before anything is taken.
pub fn decode(record: &[u8]) -> Result<Vec<FaceView<'_>>, BiometricError> {
    let mut cursor = Cursor::new(record);
    cursor.expect(HEADER, "format identifier and version of the facial record")?;
    if cursor.length(4, "length of the facial record")? != record.len() {
        return Err(BiometricError::invalid(
            "length of the facial record",
            "is not that of its bytes",
        ));
    }
    let images = cursor.short("number of facial images")?;
    if images == 0 || images > MAX_IMAGES {
        return Err(BiometricError::invalid(
            "number of facial images",
            "must be 1 to 16",
        ));
    }
    let views = (0..images).map(|_| view(&mut cursor)).collect::<Result<_, _>>()?;
    if cursor.rest().is_empty() {
        Ok(views)
    } else {
        Err(BiometricError::invalid(
            "number of facial images",
            "is not that of the images",
        ))
    }
}

fn view<'a>(cursor: &mut Cursor<'a>) -> Result<FaceView<'a>, BiometricError> {
    let field = "length of the facial record data block";
    let block_len = cursor.length(4, field)?;
    let feature_points = cursor.short("number of feature points")?;
    let header_len = BLOCK_HEADER_LEN as usize + 8 * usize::from(feature_points);
    let image_len = block_len
        .checked_sub(header_len)
        .ok_or(BiometricError::invalid(field, "is shorter than its headers"))?;
    let gender = cursor.byte("gender")?;
    let eye_colour = cursor.byte("eye colour")?;
    let hair_colour = cursor.byte("hair colour")?;
    cursor.take(11, "properties, expression and pose")?;
    cursor.take(8 * usize::from(feature_points), "feature points")?;
    let image_type = cursor.byte("face image type")?;
    let format = match cursor.byte("image data type")? {
        0 => Some(ImageFormat::Jpeg),
        1 => Some(ImageFormat::Jpeg2000),
        _ => None,
    };
    let (width, height) = (cursor.short("width")?, cursor.short("height")?);
    cursor.take(4, "colour space, source and device type")?;
    Ok(FaceView {
        gender,
        eye_colour,
        hair_colour,
        feature_points,
        image_type,
        format,
        width,
        height,
        quality: cursor.short("quality")?,
        image: cursor.take(image_len, "face image")?,
    })
}
