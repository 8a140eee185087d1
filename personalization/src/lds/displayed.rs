//! DG5 and DG7: images to be shown to people, not compared (9303-10, sections 4.7.5 and 4.7.7).
//!
//! ```text
//! 65 { 02 number of instances, 5F40 displayed portrait … }
//! 67 { 02 number of instances, 5F43 displayed signature or usual mark … }
//! ```

use card_applet::wire::tlv::{Tlv, TlvReader, read_exact};

use super::{asn1, tlv};
use crate::biometrics::error::BiometricError;

/// Most images of a group (9303-10).
const MAX_IMAGES: usize = 9;

/// A group of displayed images as it was read; every slice is of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayedImages<'a> {
    /// The image files in order.
    pub images: Vec<&'a [u8]>,
    /// The whole file, as it was read.
    pub raw: &'a [u8],
}

/// Encodes a group of one image.
pub(super) fn encode(data_group: u32, image_tag: u32, image: &[u8]) -> Vec<u8> {
    tlv(
        data_group,
        &[tlv(asn1::INTEGER, &[1]), tlv(image_tag, image)].concat(),
    )
}

/// Reads a group of images.
pub(super) fn decode(
    file: &[u8],
    data_group: u32,
    image_tag: u32,
) -> Result<DisplayedImages<'_>, BiometricError> {
    let field = "number of displayed images";
    let content = read_exact(file, data_group).map_err(BiometricError::tlv("data group"))?;
    let mut objects = TlvReader::new(content);
    let count = match objects.next().transpose().map_err(BiometricError::tlv(field))? {
        Some(Tlv {
            tag: asn1::INTEGER,
            value: [count],
            ..
        }) => usize::from(*count),
        _ => return Err(BiometricError::invalid(field, "is missing")),
    };
    if count > MAX_IMAGES {
        return Err(BiometricError::invalid(field, "is more than nine"));
    }
    let mut images = Vec::with_capacity(count);
    for object in objects {
        let object = object.map_err(BiometricError::tlv("displayed image"))?;
        if object.tag != image_tag || images.len() == count {
            return Err(BiometricError::invalid(field, "is not that of the images"));
        }
        images.push(object.value);
    }
    if images.len() == count {
        Ok(DisplayedImages { images, raw: file })
    } else {
        Err(BiometricError::invalid(field, "is not that of the images"))
    }
}
