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

use crate::biometrics::face::{Colour, FaceImage, ImageFormat};

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
