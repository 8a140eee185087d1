//! The face image inside DG2 (Doc 9303-10 §4.7.2; ISO/IEC 19794-5:2005 §5; ISO/IEC 39794-5 for cards issued from 2030 on).

mod iso_39794;

use super::asn1::{Asn1Error, Element, only};

const DG2: u32 = 0x75;
const GROUP_TEMPLATE: u32 = 0x7F61;
const INFORMATION_TEMPLATE: u32 = 0x7F60;
/// Biometric data block: bytes of ISO/IEC 19794.
const DATA_BLOCK: u32 = 0x5F2E;
/// Biometric data block: data objects, as those of ISO/IEC 39794.
const DATA_BLOCK_CONSTRUCTED: u32 = 0x7F2E;

/// How a face is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageFormat {
    /// ISO/IEC 10918-1
    Jpeg,
    /// ISO/IEC 15444-1
    Jpeg2000,
}

impl ImageFormat {
    /// Told from an image's first bytes; `None` for anything else.
    #[must_use]
    pub fn of(image: &[u8]) -> Option<Self> {
        match image {
            [0xFF, 0xD8, 0xFF, ..] => Some(Self::Jpeg),
            [0, 0, 0, 0x0C, b'j', b'P', b' ', b' ', ..] | [0xFF, 0x4F, 0xFF, 0x51, ..] => {
                Some(Self::Jpeg2000)
            }
            _ => None,
        }
    }

    /// File name extension.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Jpeg2000 => "jp2",
        }
    }
}

/// A face as the issuer stored it; the image itself is not decoded.
#[derive(Clone, PartialEq, Eq)]
pub struct Face {
    /// Compression, told from the image's first bytes.
    pub format: ImageFormat,
    /// Width in pixels as the record says; 0 where it does not.
    pub width: u16,
    /// Height in pixels as the record says; 0 where it does not.
    pub height: u16,
    /// The image file.
    pub image: Vec<u8>,
}

impl std::fmt::Debug for Face {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "Face({:?}, {}x{}, {} bytes)",
            self.format,
            self.width,
            self.height,
            self.image.len()
        )
    }
}

impl Face {
    /// The first face of DG2.
    ///
    /// ```text
    /// 75 { 7F61 { 02 number, 7F60 { A1 {…}, 5F2E record } … } }
    /// record: "FAC\0" "010\0" length 4 | faces 2
    /// face:   block length 4, feature points 2, gender … pose uncertainty 14
    ///         feature points × 8
    ///         image type 1, data type 1, width 2, height 2, … 12 in all, then the image
    /// ```
    ///
    /// # Errors
    /// When DG2 is not that, nor has a data block of ISO/IEC 39794-5.
    pub(crate) fn from_dg2(file: &[u8]) -> Result<Self, Asn1Error> {
        let mut group = only(only(file, DG2, "DG2")?.body, GROUP_TEMPLATE, "DG2 7F61")?.reader();
        group.expect(0x02, "DG2 number of instances")?;
        let mut information = group.expect(INFORMATION_TEMPLATE, "DG2 7F60")?.reader();
        while !information.is_empty() {
            let element: Element<'_> = information.next("DG2 7F60")?;
            match element.tag {
                DATA_BLOCK => return Self::from_record(element.body),
                DATA_BLOCK_CONSTRUCTED => return iso_39794::face(element.body),
                _ => {}
            }
        }
        Err(invalid("there is no biometric data block"))
    }

    fn from_record(record: &[u8]) -> Result<Self, Asn1Error> {
        let mut cursor = Cursor { rest: record };
        if cursor.take(8)? != b"FAC\x00010\x00" {
            return Err(invalid("not a face record of ISO/IEC 19794-5:2005"));
        }
        let length = cursor.number(4)?;
        if length != record.len() {
            return Err(invalid("the record length is wrong"));
        }
        if cursor.number(2)? == 0 {
            return Err(invalid("there is no face"));
        }
        let block_length = cursor.number(4)?;
        let feature_points = cursor.number(2)?;
        cursor.take(14)?;
        cursor.take(8 * feature_points)?;
        cursor.take(2)?;
        let width = cursor.number(2)?;
        let height = cursor.number(2)?;
        cursor.take(6)?;
        let image_length = block_length
            .checked_sub(20 + 8 * feature_points + 12)
            .ok_or_else(|| invalid("the facial record length is wrong"))?;
        let image = cursor.take(image_length)?;
        let format = format_of(image)?;
        let pixels = |value: usize| u16::try_from(value).unwrap_or(u16::MAX);
        Ok(Self {
            format,
            width: pixels(width),
            height: pixels(height),
            image: image.to_vec(),
        })
    }
}

/// The compression, told from an image's first bytes.
pub(super) fn format_of(image: &[u8]) -> Result<ImageFormat, Asn1Error> {
    ImageFormat::of(image).ok_or_else(|| invalid("the image is neither JPEG nor JPEG 2000"))
}

fn invalid(what: &str) -> Asn1Error {
    Asn1Error::Value(format!("DG2: {what}"))
}

struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Asn1Error> {
        let (taken, rest) = self
            .rest
            .split_at_checked(count)
            .ok_or(Asn1Error::Truncated("face record"))?;
        self.rest = rest;
        Ok(taken)
    }

    fn number(&mut self, bytes: usize) -> Result<usize, Asn1Error> {
        Ok(self
            .take(bytes)?
            .iter()
            .fold(0, |sum, &byte| (sum << 8) | usize::from(byte)))
    }
}
