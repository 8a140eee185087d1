//! The face in a data block of ISO/IEC 39794-5, as constructed DO'7F2E' has it.
//!
//! ```text
//! A1 { 65 { A0 version, A1 { 30 { 80 representationId, A1 { A0 { A0 {
//!      80 image, A1 { A0 format, …, A7 { 80 width, 81 height } … } … } } } … } } … } }
//! ```
//!
//! Fields are found by their tags; what is not known here is passed over, as the standard's extensions want it.

use super::super::asn1::{Asn1Error, Reader, only};
use super::{Face, format_of, invalid};

/// What wraps the record inside DO'7F2E'.
const RECORD: u32 = 0xA1;
/// `[APPLICATION 5]`: face image data block.
const FACE_IMAGE_DATA_BLOCK: u32 = 0x65;
const SEQUENCE: u32 = 0x30;
const CONSTRUCTED_0: u32 = 0xA0;
const CONSTRUCTED_1: u32 = 0xA1;
const CONSTRUCTED_7: u32 = 0xA7;
const PRIMITIVE_0: u32 = 0x80;
const PRIMITIVE_1: u32 = 0x81;

/// The first face of a data block.
pub(super) fn face(block: &[u8]) -> Result<Face, Asn1Error> {
    let record = only(block, RECORD, "DG2 7F2E")?;
    let record = only(record.body, FACE_IMAGE_DATA_BLOCK, "face image data block")?;
    let representations = required(record.body, CONSTRUCTED_1, "representation blocks")?;
    let representation = required(representations, SEQUENCE, "representation block")?;
    let mut two_dimensional = required(representation, CONSTRUCTED_1, "image representation")?;
    for name in ["image representation base", "2D image representation"] {
        two_dimensional = required(two_dimensional, CONSTRUCTED_0, name)?;
    }
    let image = required(two_dimensional, PRIMITIVE_0, "representation data")?;
    let information = required(two_dimensional, CONSTRUCTED_1, "image information")?;
    let (width, height) = match find(information, CONSTRUCTED_7, "image size")? {
        Some(size) => (
            pixels(required(size, PRIMITIVE_0, "image width")?)?,
            pixels(required(size, PRIMITIVE_1, "image height")?)?,
        ),
        None => (0, 0),
    };
    Ok(Face {
        format: format_of(image)?,
        width,
        height,
        image: image.to_vec(),
    })
}

fn required<'a>(sequence: &'a [u8], tag: u32, what: &'static str) -> Result<&'a [u8], Asn1Error> {
    find(sequence, tag, what)?.ok_or_else(|| invalid(&format!("there is no {what}")))
}

fn find<'a>(sequence: &'a [u8], tag: u32, what: &'static str) -> Result<Option<&'a [u8]>, Asn1Error> {
    let mut reader = Reader::new(sequence);
    while !reader.is_empty() {
        let element = reader.next(what)?;
        if element.tag == tag {
            return Ok(Some(element.body));
        }
    }
    Ok(None)
}

/// `INTEGER (0..65535)`
fn pixels(integer: &[u8]) -> Result<u16, Asn1Error> {
    match integer {
        [low] if *low < 0x80 => Ok(u16::from(*low)),
        [high, low] if *high < 0x80 => Ok(u16::from_be_bytes([*high, *low])),
        [0, high, low] => Ok(u16::from_be_bytes([*high, *low])),
        _ => Err(invalid("the image size is no number of pixels")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Face, ImageFormat};

    /// ICAO's sample, which states no size.
    #[test]
    fn the_published_face() {
        let file = test_vectors::documents::dg2_of_iso_39794_5();
        let face = Face::from_dg2(&file).unwrap();
        assert_eq!(
            (face.format, face.width, face.height),
            (ImageFormat::Jpeg2000, 0, 0)
        );
        assert_eq!(face.image.len(), 15_000);
        assert!(face.image.starts_with(b"\0\0\0\x0CjP  "));
        for cut in (0..60).chain([file.len() / 2, file.len() - 1]) {
            assert!(Face::from_dg2(&file[..cut]).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn damage_is_an_error_or_another_image() {
        let file = test_vectors::documents::dg2_of_iso_39794_5();
        for position in (0..60).chain(file.len() - 20..file.len()) {
            for flip in [1, 0x80, 0xFF] {
                let mut file = file.clone();
                file[position] ^= flip;
                let _ = Face::from_dg2(&file);
            }
        }
    }
}
