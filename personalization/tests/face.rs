//! Photographs: what is accepted, and that everything damaged is refused.

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ExtendedColorType};
use personalization::biometrics::face::{Colour, FaceImage, ImageError, ImageFormat, MAX_IMAGE_BYTES};
use proptest::prelude::*;
use test_vectors::{SPECIMEN_FACE, specimen};

/// A JPEG of a pattern with enough detail to fill some kilobytes.
fn jpeg(width: u32, height: u32, colour: ExtendedColorType) -> Vec<u8> {
    let pattern = |x: u32, y: u32| u8::try_from((x * x / 7 + y * 13) % 256).unwrap();
    let pixels: Vec<u8> = match colour {
        ExtendedColorType::L8 => (0..width * height)
            .map(|i| pattern(i % width, i / width))
            .collect(),
        _ => (0..width * height * 3)
            .map(|i| pattern(i / 3 % width, i / 3 / width + i % 3))
            .collect(),
    };
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, 40)
        .encode(&pixels, width, height, colour)
        .unwrap();
    file
}

fn refused(bytes: Vec<u8>) -> ImageError {
    FaceImage::from_bytes(bytes).unwrap_err()
}

#[test]
fn jpeg_2000_of_the_specimen_person() {
    let file = specimen(SPECIMEN_FACE);
    let face = FaceImage::from_bytes(file.clone()).unwrap();
    assert_eq!(face.format(), ImageFormat::Jpeg2000);
    assert_eq!(
        (face.width(), face.height(), face.colour()),
        (413, 531, Colour::Rgb)
    );
    assert_eq!(face.bytes(), file);
    assert_eq!(
        format!("{face:?}"),
        "FaceImage { format: Jpeg2000, width: 413, height: 531, .. }"
    );

    // The bare code stream inside it is an image, too.
    let start = file
        .windows(4)
        .position(|window| window == [0xFF, 0x4F, 0xFF, 0x51])
        .unwrap();
    let face = FaceImage::from_bytes(file[start..].to_vec()).unwrap();
    assert_eq!(
        (face.format(), face.width(), face.height()),
        (ImageFormat::Jpeg2000, 413, 531)
    );
}

#[test]
fn jpeg_grey_and_colour() {
    for (colour, expected) in [
        (ExtendedColorType::L8, Colour::Grey),
        (ExtendedColorType::Rgb8, Colour::Rgb),
    ] {
        let face = FaceImage::from_bytes(jpeg(240, 320, colour)).unwrap();
        assert_eq!(face.format(), ImageFormat::Jpeg);
        assert_eq!((face.width(), face.height(), face.colour()), (240, 320, expected));
    }
}

/// Cut at every sixteenth, and one byte short.
#[test]
fn truncated_images() {
    for file in [specimen(SPECIMEN_FACE), jpeg(240, 320, ExtendedColorType::Rgb8)] {
        let cuts = (0..16)
            .map(|part| file.len() * part / 16)
            .chain([file.len() - 1, file.len() - 2]);
        for cut in cuts {
            let error = refused(file[..cut].to_vec());
            let expected = if cut == 0 {
                ImageError::UnknownFormat
            } else {
                ImageError::Truncated
            };
            assert_eq!(error, expected, "cut at {cut} of {}", file.len());
        }
    }
}

/// Cut, and then closed by the end marker: the decoder has to notice.
#[test]
fn jpeg_2000_with_a_hole() {
    let file = specimen(SPECIMEN_FACE);
    for part in 1..16 {
        let cut = file.len() * part / 16;
        let hole = [&file[..cut], &[0xFF, 0xD9]].concat();
        assert!(FaceImage::from_bytes(hole).is_err(), "hole from {cut}");
    }
}

/// The same for JPEG, whose decoder paints what is missing grey.
#[test]
fn jpeg_with_a_hole() {
    for colour in [ExtendedColorType::L8, ExtendedColorType::Rgb8] {
        let file = jpeg(240, 320, colour);
        for part in 1..16 {
            let cut = file.len() * part / 16;
            let hole = [&file[..cut], &[0xFF, 0xD9]].concat();
            assert!(
                FaceImage::from_bytes(hole).is_err(),
                "hole from {cut} of {}",
                file.len()
            );
        }
    }
}

#[test]
fn bytes_after_the_image() {
    for mut file in [specimen(SPECIMEN_FACE), jpeg(240, 320, ExtendedColorType::L8)] {
        file.extend_from_slice(b"12345678preview");
        assert!(
            matches!(
                refused(file),
                ImageError::TrailingBytes { .. } | ImageError::Truncated
            ),
            "trailing bytes must not reach a card"
        );
    }
    let mut file = jpeg(240, 320, ExtendedColorType::L8);
    file.push(0);
    assert_eq!(refused(file), ImageError::TrailingBytes { count: 1 });
}

#[test]
fn other_files() {
    for bytes in [
        &b""[..],
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"%PDF-1.7",
        &[0xFF, 0xD8],
    ] {
        assert_eq!(refused(bytes.to_vec()), ImageError::UnknownFormat);
    }
    assert_eq!(
        refused(vec![0; MAX_IMAGE_BYTES + 1]),
        ImageError::TooManyBytes {
            actual: MAX_IMAGE_BYTES + 1
        }
    );
}

#[test]
fn too_small_and_too_large() {
    assert_eq!(
        refused(jpeg(120, 160, ExtendedColorType::L8)),
        ImageError::Dimensions {
            width: 120,
            height: 160
        }
    );
    // A header that promises 65535 × 65535 pixels must be refused before memory is taken for them.
    let mut file = jpeg(240, 320, ExtendedColorType::Rgb8);
    let frame = file.windows(2).position(|window| window == [0xFF, 0xC0]).unwrap();
    file[frame + 5..frame + 9].fill(0xFF);
    assert_eq!(
        refused(file),
        ImageError::Dimensions {
            width: 65_535,
            height: 65_535
        }
    );

    let mut file = specimen(SPECIMEN_FACE);
    let size = file.windows(2).position(|window| window == [0xFF, 0x51]).unwrap();
    for field in [size + 6, size + 10, size + 22, size + 26] {
        file[field..field + 4].copy_from_slice(&[0x7F, 0xFF, 0xFF, 0xFF]);
    }
    assert_eq!(
        refused(file),
        ImageError::Dimensions {
            width: 0x7FFF_FFFF,
            height: 0x7FFF_FFFF
        }
    );

    // Tiles of one pixel each.
    let mut file = specimen(SPECIMEN_FACE);
    for field in [size + 22, size + 26] {
        file[field..field + 4].copy_from_slice(&[0, 0, 0, 1]);
    }
    assert_eq!(refused(file), ImageError::Damaged("too many tiles"));
}

#[test]
fn colour_models_without_a_place_in_a_facial_record() {
    let mut file = jpeg(240, 320, ExtendedColorType::Rgb8);
    let frame = file.windows(2).position(|window| window == [0xFF, 0xC0]).unwrap();
    file[frame + 9] = 4;
    assert_eq!(refused(file), ImageError::Colour);
    let mut file = specimen(SPECIMEN_FACE);
    let size = file.windows(2).position(|window| window == [0xFF, 0x51]).unwrap();
    file[size + 40] = 15;
    assert_eq!(refused(file), ImageError::Colour);
}

/// What is put on the card is what the decoder showed: the pixels come back from the same bytes.
#[test]
fn accepted_jpeg_is_an_image_for_others() {
    let face = FaceImage::from_bytes(jpeg(240, 320, ExtendedColorType::Rgb8)).unwrap();
    let image: DynamicImage = image::load_from_memory(face.bytes()).unwrap();
    assert_eq!((image.width(), image.height()), (240, 320));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Damage anywhere is an error or an image of the same size, never a panic. Failures print the seed.
    #[test]
    fn flipped_bytes(position in 0_usize..15_000, flip in 1..=255_u8, is_jpeg: bool) {
        let mut file = if is_jpeg { jpeg(240, 320, ExtendedColorType::L8) } else { specimen(SPECIMEN_FACE) };
        let position = position % file.len();
        file[position] ^= flip;
        if let Ok(face) = FaceImage::from_bytes(file) {
            prop_assert!(face.width() >= 180 && face.height() >= 240);
        }
    }

    /// No bytes make the readers panic.
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200), is_jpeg: bool) {
        let start: &[u8] = if is_jpeg { &[0xFF, 0xD8, 0xFF] } else { &[0xFF, 0x4F, 0xFF, 0x51] };
        prop_assert!(FaceImage::from_bytes([start, &bytes].concat()).is_err());
    }
}
