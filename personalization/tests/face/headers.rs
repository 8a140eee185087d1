//! What headers say beside the picture: how many pixels make an inch, and how the image is to be turned.

use jpeg_encoder::ColorType;
use personalization::biometrics::compress::{CompressError, Photograph};
use personalization::biometrics::face::{FaceImage, ImageError, Resolution};
use personalization::biometrics::picture::{Picture, SIGNATURE};
use test_vectors::{SPECIMEN_FACE, specimen};

use super::{jpeg, refused};

/// A JPEG with a segment in front of all others.
fn with_segment(jpeg: &[u8], marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, marker], &length, content, &jpeg[2..]].concat()
}

fn jfif(units: u8, x: u16, y: u16) -> Vec<u8> {
    [
        &b"JFIF\0\x01\x02"[..],
        &[units],
        &x.to_be_bytes(),
        &y.to_be_bytes(),
        &[0, 0],
    ]
    .concat()
}

/// Orientation, and pixels per unit (2 inch, 3 centimetre), in either order of bytes.
fn exif(is_little_endian: bool, orientation: u16, per_unit: u32, unit: u16) -> Vec<u8> {
    let two = |value: u16| {
        if is_little_endian {
            value.to_le_bytes()
        } else {
            value.to_be_bytes()
        }
    };
    let four = |value: u32| {
        if is_little_endian {
            value.to_le_bytes()
        } else {
            value.to_be_bytes()
        }
    };
    let short = |tag, value| [&two(tag)[..], &two(3), &four(1), &two(value), &[0, 0]].concat();
    let rational = |tag, at| [&two(tag)[..], &two(5), &four(1), &four(at)].concat();
    let order: &[u8] = if is_little_endian { b"II" } else { b"MM" };
    [
        b"Exif\0\0",
        order,
        &two(42),
        &four(8),
        &two(4),
        &short(0x0112, orientation),
        &rational(0x011A, 62),
        &rational(0x011B, 62),
        &short(0x0128, unit),
        &four(0),
        &four(per_unit * 10),
        &four(10),
    ]
    .concat()
}

fn portrait() -> Vec<u8> {
    jpeg(240, 320, ColorType::Luma)
}

fn resolution(file: Vec<u8>) -> Option<u16> {
    FaceImage::from_bytes(file)
        .unwrap()
        .resolution()
        .map(Resolution::least)
}

#[test]
fn resolution_of_a_jpeg() {
    assert_eq!(resolution(portrait()), None);
    for (units, density, expected) in [
        (1, 300, Some(300)),
        (2, 118, Some(300)),
        (0, 300, None),
        (1, 0, None),
        (7, 300, None),
    ] {
        let file = with_segment(&portrait(), 0xE0, &jfif(units, density, density));
        assert_eq!(resolution(file), expected, "{units} {density}");
    }
    for is_little_endian in [false, true] {
        for (per_unit, unit, expected) in [
            (300, 2, Some(300)),
            (118, 3, Some(300)),
            (300, 1, None),
            (0, 2, None),
        ] {
            let file = with_segment(&portrait(), 0xE1, &exif(is_little_endian, 1, per_unit, unit));
            assert_eq!(resolution(file), expected, "{is_little_endian} {per_unit} {unit}");
        }
    }
    // The first that says something is believed.
    let both = with_segment(&portrait(), 0xE0, &jfif(1, 72, 72));
    assert_eq!(
        resolution(with_segment(&both, 0xE1, &exif(true, 1, 300, 2))),
        Some(300)
    );
}

/// `res ` in the header box, behind `ihdr`. The specimen states 300 pixels per inch; the first that is there counts.
#[test]
fn resolution_of_a_jpeg_2000() {
    let file = specimen(SPECIMEN_FACE);
    assert_eq!(resolution(file.clone()), Some(300));
    let at = file.windows(4).position(|window| window == b"jp2h").unwrap();
    let length = u32::from_be_bytes(file[at - 4..at].try_into().unwrap());
    let behind_ihdr = at + 4 + 22;
    let with_box = |resolution: &[u8]| {
        let inner = [&18_u32.to_be_bytes()[..], b"resc", resolution].concat();
        let outer = [&26_u32.to_be_bytes()[..], b"res ", &inner].concat();
        let longer = (length + 26).to_be_bytes();
        [
            &file[..at - 4],
            &longer,
            &file[at..behind_ihdr],
            &outer,
            &file[behind_ihdr..],
        ]
        .concat()
    };
    let value = |numerator: u16, denominator: u16, exponent: i8| {
        let [n1, n0] = numerator.to_be_bytes();
        let [d1, d0] = denominator.to_be_bytes();
        let [exponent] = exponent.to_be_bytes();
        [n1, n0, d1, d0, n1, n0, d1, d0, exponent, exponent]
    };
    for (written, expected) in [
        (value(19_685, 1, 0), Some(500)),
        (value(19_685, 10_000, 4), Some(500)),
        (value(39_370, 2, 0), Some(500)),
        (value(11_811, 0, 0), None),
        (value(11_811, 1, 127), None),
        (value(11_811, 1, -128), None),
    ] {
        assert_eq!(resolution(with_box(&written)), expected, "{written:?}");
    }
}

/// Readers of cards show the image as it is stored, so one that is to be turned is refused; a photograph is turned when it is
/// compressed.
#[test]
fn orientation() {
    let sideways = with_segment(&jpeg(320, 240, ColorType::Luma), 0xE1, &exif(true, 6, 72, 2));
    let upright = with_segment(&portrait(), 0xE1, &exif(true, 1, 300, 2));
    assert!(FaceImage::from_bytes(upright).is_ok());
    for orientation in 2..=8 {
        let file = with_segment(
            &portrait(),
            0xE1,
            &exif(orientation % 2 == 0, orientation, 300, 2),
        );
        assert_eq!(refused(file.clone()), ImageError::Orientation, "{orientation}");
        assert_eq!(Picture::from_bytes(file, SIGNATURE), Err(ImageError::Orientation));
    }
    for nothing in [0, 9, 0xFFFF] {
        let file = with_segment(&portrait(), 0xE1, &exif(false, nothing, 300, 2));
        assert!(FaceImage::from_bytes(file).is_ok(), "{nothing}");
    }

    let photograph = Photograph::from_bytes(&sideways).unwrap();
    assert_eq!((photograph.width(), photograph.height()), (240, 320));
    assert_eq!(
        Photograph::from_bytes(&jpeg(320, 240, ColorType::Luma)),
        Err(CompressError::Source(ImageError::Landscape))
    );
    // Upright pixels with data that lay them on their side.
    let laid = with_segment(&portrait(), 0xE1, &exif(true, 8, 72, 2));
    assert_eq!(
        Photograph::from_bytes(&laid),
        Err(CompressError::Source(ImageError::Landscape))
    );
}

/// Directories that are not there, that are longer than the segment, that point everywhere: they say nothing.
#[test]
fn exif_that_wants_to_do_harm() {
    let good = exif(true, 6, 300, 2);
    let at = |offset: usize, bytes: &[u8]| {
        let mut changed = good.clone();
        changed[offset..offset + bytes.len()].copy_from_slice(bytes);
        changed
    };
    for content in [
        b"Exif\0\0".to_vec(),
        good[..12].to_vec(),
        at(10, &[0xFF; 4]),
        at(10, &[0; 4]),
        at(6, b"XX"),
    ] {
        let file = with_segment(&portrait(), 0xE1, &content);
        assert_eq!(resolution(file), None, "{content:02X?}");
    }
    // More entries than there are: those that are there count.
    let file = with_segment(&portrait(), 0xE1, &at(14, &[0xFF, 0xFF]));
    assert_eq!(refused(file), ImageError::Orientation);
    // Rationals outside.
    let far = at(16 + 12 + 8, &[0xFF; 4]);
    assert_eq!(
        refused(with_segment(&portrait(), 0xE1, &far)),
        ImageError::Orientation
    );
}

/// A signature has few rows; a portrait must not.
#[test]
fn a_low_image_is_a_signature() {
    let file = jpeg(300, 100, ColorType::Luma);
    assert!(Picture::from_bytes(file.clone(), SIGNATURE).is_ok());
    assert!(matches!(refused(file), ImageError::Dimensions { .. }));
}
