//! The facial record of ISO/IEC 19794-5:2005 in DG2, its first image.
//!
//! ```text
//! header        "FAC" 0, "010" 0, length of record (4), number of images (2)
//! information   length of block (4), feature points (2), gender, eye colour, hair colour, properties (3), expression (2), pose (3),
//!               its uncertainty (3)
//! per point     type, code, x (2), y (2), reserved (2)
//! image         type, data type, width (2), height (2), colour space, source, device (2), quality (2)
//! ```

use super::biometric;
use super::files::{File, Files};
use super::objects::{Object, flaw, shown};
use crate::conformance::verdict::{Finding, Played};

const DG2: File = File::DataGroup(2);
/// Bytes of the header.
const HEADER: usize = 14;
/// Bytes of the facial information.
const INFORMATION: usize = 20;
/// Bytes of a feature point.
const POINT: usize = 8;
/// Bytes of the image information.
const IMAGE: usize = 12;

struct Record<'a>(Object<'a>);

impl<'a> Record<'a> {
    fn of(files: &'a Files) -> Played<Self> {
        biometric::first_data_block(files, DG2).map(Record)
    }

    /// A field, by its place in the record.
    fn field(&self, from: usize, len: usize, name: &str) -> Played<&'a [u8]> {
        let field = from.checked_add(len).and_then(|end| self.0.value.get(from..end));
        field.ok_or_else(|| self.flaw(from, name, "expected it, found the end of the record"))
    }

    fn number(&self, from: usize, len: usize, name: &str) -> Played<usize> {
        let field = self.field(from, len, name)?;
        Ok(field
            .iter()
            .fold(0, |number, byte| number << 8 | usize::from(*byte)))
    }

    fn flaw(&self, from: usize, name: &str, what: &str) -> Finding {
        flaw(self.0.file, self.0.value_at() + from, name, what)
    }

    /// A field is one of its codes.
    fn must(&self, is_so: bool, (from, len): (usize, usize), name: &str, expected: &str) -> Played {
        if is_so {
            return Ok(());
        }
        let found = shown(self.field(from, len, name)?);
        Err(self.flaw(from, name, &format!("expected {expected}, found {found}")))
    }

    fn points(&self) -> Played<usize> {
        self.number(HEADER + 4, 2, "number of feature points")
    }

    /// Where the image information begins.
    fn image_at(&self) -> Played<usize> {
        Ok(HEADER + INFORMATION + POINT * self.points()?)
    }
}

/// Identifier, version, length of the record, number of images.
pub(super) fn header(files: &Files) -> Played {
    let record = Record::of(files)?;
    let place = (0, 4);
    record.must(
        record.field(0, 4, "format identifier")? == b"FAC\0",
        place,
        "format identifier",
        "46414300",
    )?;
    record.must(
        record.field(4, 4, "version number")? == b"010\0",
        (4, 4),
        "version number",
        "30313000",
    )?;
    let len = record.0.value.len();
    let stated = record.number(8, 4, "length of record")?;
    record.must(
        stated == len,
        (8, 4),
        "length of record",
        &format!("{len:08X}, its bytes"),
    )?;
    record.must(
        record.number(12, 2, "number of images")? > 0,
        (12, 2),
        "number of images",
        "at least one",
    )
}

/// Length of the block, feature points that are there, and codes of the tables of ISO/IEC 19794-5 §5.5.
pub(super) fn information(files: &Files) -> Played {
    let record = Record::of(files)?;
    let left = record.0.value.len().saturating_sub(HEADER);
    let block = record.number(HEADER, 4, "length of the block")?;
    let images = record.number(12, 2, "number of images")?;
    let least = INFORMATION + IMAGE + POINT * record.points()?;
    let fits = if images == 1 {
        block == left
    } else {
        (least..=left).contains(&block)
    };
    record.must(
        fits,
        (HEADER, 4),
        "length of the block",
        &format!("{left:08X}, what follows the header"),
    )?;
    record.must(
        least <= block,
        (HEADER + 4, 2),
        "number of feature points",
        "as many as the block has room for",
    )?;
    let codes: [(usize, &str, std::ops::RangeInclusive<u8>, bool); 3] = [
        (20, "gender", 0..=2, true),
        (21, "eye colour", 0..=7, true),
        (22, "hair colour", 0..=9, true),
    ];
    for (at, name, range, unknown) in codes {
        let code = record.field(at, 1, name)?;
        let is_code = code
            .first()
            .is_some_and(|code| range.contains(code) || (unknown && *code == 0xFF));
        let expected = format!("{:02X} to {:02X} or FF", range.start(), range.end());
        record.must(is_code, (at, 1), name, &expected)?;
    }
    let properties = record.number(23, 3, "property mask")?;
    // Bit 1 says that properties are stated at all; bits 2 to 11 have a meaning.
    let meaningful = properties & 0x00_F800 == 0 && (properties & 1 == 1 || properties & 0x00_07FE == 0);
    record.must(
        meaningful,
        (23, 3),
        "property mask",
        "bits of the table, bit 1 where any is set",
    )?;
    let expression = record.number(26, 2, "expression")?;
    record.must(
        expression <= 7 || expression >= 0x8000,
        (26, 2),
        "expression",
        "0000 to 0007, or 8000 and more of a vendor",
    )?;
    for (at, name) in [(28, "pose angle"), (31, "uncertainty of the pose angle")] {
        let angles = record.field(at, 3, name)?;
        record.must(
            angles.iter().all(|angle| *angle <= 181),
            (at, 3),
            name,
            "00 to B5 each",
        )?;
    }
    Ok(())
}

/// The first feature point, if there is one: type 1, a code of MPEG-4, inside the image.
pub(super) fn feature_point(files: &Files) -> Played {
    let record = Record::of(files)?;
    if record.points()? == 0 {
        return Err(Finding::NotApplicable("DG2 has no feature points".into()));
    }
    let at = HEADER + INFORMATION;
    record.must(
        record.field(at, 1, "feature point type")? == [1],
        (at, 1),
        "feature point type",
        "01",
    )?;
    let code = record.number(at + 1, 1, "feature point code")?;
    let is_code = (2..=12).contains(&(code >> 4)) && code & 0x0F != 0;
    record.must(
        is_code,
        (at + 1, 1),
        "feature point code",
        "a group from 2 to C and a point from 1",
    )?;
    let image = record.image_at()?;
    for (place, size, name) in [
        (at + 2, image + 2, "x of the feature point"),
        (at + 4, image + 4, "y of the feature point"),
    ] {
        let size = record.number(size, 2, "size of the image")?;
        let inside = record.number(place, 2, name)? < size;
        record.must(
            inside,
            (place, 2),
            name,
            &format!("less than {size:04X}, the size of the image"),
        )?;
    }
    record.must(
        record.field(at + 6, 2, "reserved")? == [0, 0],
        (at + 6, 2),
        "reserved",
        "0000",
    )
}

/// Type of the face image, full frontal or token (9303-9 §3), and how it is compressed.
pub(super) fn image_information(files: &Files) -> Played {
    let record = Record::of(files)?;
    let at = record.image_at()?;
    let kind = record.number(at, 1, "face image type")?;
    record.must(
        matches!(kind, 1 | 2),
        (at, 1),
        "face image type",
        "01 (full frontal) or 02 (token frontal)",
    )?;
    let data_type = record.number(at + 1, 1, "image data type")?;
    record.must(
        data_type <= 1,
        (at + 1, 1),
        "image data type",
        "00 (JPEG) or 01 (JPEG 2000)",
    )?;
    let image = record.0.value.get(at + IMAGE..).unwrap_or_default();
    let is_of_type = if data_type == 0 {
        is_jpeg(image)
    } else {
        is_jpeg_2000(image)
    };
    let end = record.0.value.len().min(at + IMAGE);
    record.must(
        is_of_type,
        (end, image.len().min(12)),
        "image",
        "an image of its data type",
    )
}

/// JPEG: start of image and a marker.
pub(super) fn is_jpeg(image: &[u8]) -> bool {
    image.starts_with(&[0xFF, 0xD8, 0xFF])
}

/// JPEG 2000: the signature box of a file, or a code stream.
pub(super) fn is_jpeg_2000(image: &[u8]) -> bool {
    image.starts_with(&[0, 0, 0, 0x0C, b'j', b'P', b' ', b' '])
        || image.starts_with(&[0xFF, 0x4F, 0xFF, 0x51])
}
