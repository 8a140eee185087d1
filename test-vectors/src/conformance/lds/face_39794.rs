//! The face image data block of ISO/IEC 39794-5 in DG2, after ICAO's application profile.
//!
//! ```text
//! 7F2E { A1 { 65 { A0 versionBlock { 80 generation, 81 year }
//!     A1 representationBlocks { 30 { 80 representationId
//!         A1 imageRepresentation { A0 base { A0 imageRepresentation2DBlock { 80 representationData2D
//!             A1 imageInformation2DBlock { A0 imageDataFormat { 80 code }, A1 faceImageKind2D { 80 code } … } } } }
//!         … A8 identityMetadataBlock { A0 gender { 80 code } … } } } } } }
//! ```

use super::biometric;
use super::face::{is_jpeg, is_jpeg_2000};
use super::files::{File, Files};
use super::objects::{Object, shown};
use crate::conformance::verdict::{Finding, Played};

/// Generation and year of the standard's first edition.
const GENERATION: u32 = 3;
const YEAR: u32 = 2019;

/// The data block: 65, taken by its place.
fn block(files: &Files) -> Played<Object<'_>> {
    let outer = biometric::first_data_block(files, File::DataGroup(2))?;
    let standardized = outer.inside().next("biometric data in standardized format")?;
    standardized.inside().next("face image data block")
}

/// The object in this place inside another.
fn element<'a>(object: &Object<'a>, place: usize, field: &str) -> Played<Object<'a>> {
    let mut objects = object.inside();
    for _ in 0..place {
        objects.next(field)?;
    }
    objects.next(field)
}

/// The representation block.
fn representation(files: &Files) -> Played<Object<'_>> {
    let blocks = element(&block(files)?, 1, "representationBlocks")?;
    element(&blocks, 0, "representation block")
}

/// imageRepresentation.
fn image_representation(files: &Files) -> Played<Object<'_>> {
    element(&representation(files)?, 1, "imageRepresentation")
}

/// imageRepresentation2DBlock.
fn block_2d(files: &Files) -> Played<Object<'_>> {
    let base = element(&image_representation(files)?, 0, "base of imageRepresentation")?;
    element(&base, 0, "imageRepresentation2DBlock")
}

/// imageInformation2DBlock.
fn information_2d(files: &Files) -> Played<Object<'_>> {
    element(&block_2d(files)?, 1, "imageInformation2DBlock")
}

/// versionBlock: generation 3 of 2019.
pub(super) fn version(files: &Files) -> Played {
    let version = element(&block(files)?, 0, "versionBlock")?;
    version.expect_tag(0xA0, "versionBlock")?;
    let mut fields = version.inside();
    for (tag, name, number) in [(0x80, "generation", GENERATION), (0x81, "year", YEAR)] {
        let field = fields.expect(tag, name)?;
        let found = field.number(name)?;
        field.must(found == number, name, || {
            format!("expected {number}, found {found}")
        })?;
    }
    Ok(())
}

/// representationBlocks: whole data objects, one of them.
pub(super) fn representations(files: &Files) -> Played {
    let field = "representationBlocks";
    let blocks = element(&block(files)?, 1, field)?;
    blocks.expect_tag(0xA1, field)?;
    let found = blocks.inside().all(field)?.len();
    blocks.must(found == 1, field, || {
        format!("expected one representation block, found {found}")
    })
}

/// The representation block: a SEQUENCE of whole data objects, its identifier first.
pub(super) fn representation_block(files: &Files) -> Played {
    let field = "representation block";
    let block = representation(files)?;
    block.expect_tag(0x30, field)?;
    block.inside().all(field)?;
    let id = element(&block, 0, "representationId")?;
    id.expect_tag(0x80, "representationId")?;
    id.number("representationId").map(|_| ())
}

/// imageRepresentation: its base, a representation in two dimensions.
pub(super) fn image_representation_choice(files: &Files) -> Played {
    let field = "imageRepresentation";
    let representation = image_representation(files)?;
    representation.expect_tag(0xA1, field)?;
    let mut objects = representation.inside();
    let base = objects.expect(0xA0, "base of imageRepresentation")?;
    objects.end(field)?;
    let mut objects = base.inside();
    objects.next("imageRepresentation2DBlock")?;
    objects.end("base of imageRepresentation")
}

/// imageRepresentation2DBlock: the image and what is known of it.
pub(super) fn representation_2d(files: &Files) -> Played {
    let block = block_2d(files)?;
    block.expect_tag(0xA0, "imageRepresentation2DBlock")?;
    let mut fields = block.inside();
    let data = fields.expect(0x80, "representationData2D")?;
    data.must(
        is_jpeg(data.value) || is_jpeg_2000(data.value),
        "representationData2D",
        || format!("expected JPEG or JPEG 2000, found {}", shown(data.value)),
    )?;
    fields.expect(0xA1, "imageInformation2DBlock").map(|_| ())
}

/// imageDataFormat: JPEG (2), JPEG 2000 lossy (3) or lossless (4), and the image is that.
pub(super) fn image_data_format(files: &Files) -> Played {
    let field = "imageDataFormat";
    let format = element(&information_2d(files)?, 0, field)?;
    format.expect_tag(0xA0, field)?;
    let mut choice = format.inside();
    let code = choice.expect(0x80, field)?;
    choice.end(field)?;
    let image = element(&block_2d(files)?, 0, "representationData2D")?.value;
    match code.value {
        [2] => code.must(!is_jpeg_2000(image), field, || {
            "expected that of the image, JPEG 2000, found 02".into()
        }),
        [3 | 4] => code.must(!is_jpeg(image), field, || {
            "expected that of the image, JPEG, found JPEG 2000".into()
        }),
        other => Err(code.flaw(field, &format!("expected 02, 03 or 04, found {}", shown(other)))),
    }
}

/// Gender, if it is stated: 1 to 3, or an extension that falls back to one of them.
pub(super) fn gender(files: &Files) -> Played {
    let absent = || Finding::NotApplicable("DG2 states no gender".into());
    let metadata = optional(&representation(files)?, 0xA8, "identityMetadataBlock")?.ok_or_else(absent)?;
    let gender = optional(&metadata, 0xA0, "gender")?.ok_or_else(absent)?;
    check_choice(&gender, "gender", 1..=3)
}

/// Kind of the face image, if it is stated: that of travel documents (0).
pub(super) fn image_kind(files: &Files) -> Played {
    let information = information_2d(files)?;
    let kind = optional(&information, 0xA1, "faceImageKind2D")?;
    let kind = kind.ok_or_else(|| Finding::NotApplicable("DG2 states no kind of the image".into()))?;
    check_choice(&kind, "faceImageKind2D", 0..=0)
}

fn optional<'a>(object: &Object<'a>, tag: u32, field: &str) -> Played<Option<Object<'a>>> {
    Ok(object
        .inside()
        .all(field)?
        .into_iter()
        .find(|element| element.tag == tag))
}

/// A code, or an extension with a code to fall back to.
fn check_choice(choice: &Object<'_>, field: &str, codes: std::ops::RangeInclusive<u8>) -> Played {
    let mut objects = choice.inside();
    let mut code = objects.next(field)?;
    objects.end(field)?;
    if code.tag == 0xA1 {
        code = code.inside().find(0x80, field)?;
    }
    code.expect_tag(0x80, field)?;
    let is_code = matches!(code.value, [value] if codes.contains(value));
    code.must(is_code, field, || {
        format!(
            "expected {:02X} to {:02X}, found {}",
            codes.start(),
            codes.end(),
            shown(code.value)
        )
    })
}
