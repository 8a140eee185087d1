//! Photographs: what is accepted, and that everything damaged is refused.

#[path = "face/headers.rs"]
mod headers;

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use personalization::biometrics::face::{Colour, FaceImage, ImageError, ImageFormat, MAX_IMAGE_BYTES};
use proptest::prelude::*;
use test_vectors::{SPECIMEN_FACE, specimen};

/// A JPEG of a pattern with enough detail to fill some kilobytes, as the given changes make the encoder write it.
fn jpeg_with(
    width: u16,
    height: u16,
    colour: ColorType,
    change: impl Fn(&mut Encoder<&mut Vec<u8>>),
) -> Vec<u8> {
    let samples = if colour == ColorType::Luma { 1 } else { 3 };
    let row = usize::from(width) * samples;
    let pixels: Vec<u8> = (0..row * usize::from(height))
        .map(|i| u8::try_from((i % row * (i % row) / 7 + i / row * 13) % 256).unwrap())
        .collect();
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, 30);
    change(&mut encoder);
    encoder.encode(&pixels, width, height, colour).unwrap();
    file
}

fn jpeg(width: u16, height: u16, colour: ColorType) -> Vec<u8> {
    jpeg_with(width, height, colour, |_| {})
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
    for (colour, expected) in [(ColorType::Luma, Colour::Grey), (ColorType::Rgb, Colour::Rgb)] {
        let face = FaceImage::from_bytes(jpeg(240, 320, colour)).unwrap();
        assert_eq!(face.format(), ImageFormat::Jpeg);
        assert_eq!((face.width(), face.height(), face.colour()), (240, 320, expected));
    }
}

/// Cut at every sixteenth, and one byte short.
#[test]
fn truncated_images() {
    for file in [specimen(SPECIMEN_FACE), jpeg(240, 320, ColorType::Rgb)] {
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
    for colour in [ColorType::Luma, ColorType::Rgb] {
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
    for mut file in [specimen(SPECIMEN_FACE), jpeg(240, 320, ColorType::Luma)] {
        file.extend_from_slice(b"12345678preview");
        assert!(
            matches!(
                refused(file),
                ImageError::TrailingBytes { .. } | ImageError::Truncated
            ),
            "trailing bytes must not reach a card"
        );
    }
    let mut file = jpeg(240, 320, ColorType::Luma);
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
        refused(jpeg(120, 160, ColorType::Luma)),
        ImageError::Dimensions {
            width: 120,
            height: 160
        }
    );
    // A header that promises 65535 × 65535 pixels must be refused before memory is taken for them.
    let mut file = jpeg(240, 320, ColorType::Rgb);
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
    let mut file = jpeg(240, 320, ColorType::Rgb);
    let frame = file.windows(2).position(|window| window == [0xFF, 0xC0]).unwrap();
    file[frame + 9] = 4;
    assert_eq!(refused(file), ImageError::Colour);
    let mut file = specimen(SPECIMEN_FACE);
    let size = file.windows(2).position(|window| window == [0xFF, 0x51]).unwrap();
    file[size + 40] = 15;
    assert_eq!(refused(file), ImageError::Colour);
}

/// Sizes that are no multiple of a block, every sampling, restart markers, tables of the image's own.
#[test]
fn baseline_jpeg_as_encoders_write_it() {
    let samplings = [
        SamplingFactor::F_1_1,
        SamplingFactor::F_2_1,
        SamplingFactor::F_1_2,
        SamplingFactor::F_2_2,
        SamplingFactor::F_4_1,
    ];
    for sampling in samplings {
        for (restart, optimized) in [(0, false), (1, false), (7, true), (0, true)] {
            let file = jpeg_with(241, 323, ColorType::Rgb, |encoder| {
                encoder.set_sampling_factor(sampling);
                encoder.set_restart_interval(restart);
                encoder.set_optimized_huffman_tables(optimized);
            });
            let face = FaceImage::from_bytes(file);
            assert!(
                face.is_ok(),
                "{sampling:?}, restart {restart}, optimized {optimized}: {face:?}"
            );
        }
    }
}

#[test]
fn progressive_jpeg_is_not_for_facial_records() {
    let file = jpeg_with(240, 320, ColorType::Rgb, |encoder| encoder.set_progressive(true));
    assert_eq!(refused(file), ImageError::NotBaseline);
}

/// A restart marker with the wrong number, and one that is gone.
#[test]
fn restart_markers_out_of_order() {
    let file = jpeg_with(240, 320, ColorType::Luma, |encoder| {
        encoder.set_restart_interval(30)
    });
    let second = file.windows(2).position(|window| window == [0xFF, 0xD1]).unwrap();
    let mut wrong = file.clone();
    wrong[second + 1] = 0xD2;
    assert_eq!(refused(wrong), ImageError::Damaged("a restart marker is missing"));
    let gone = [&file[..second], &file[second + 2..]].concat();
    assert!(FaceImage::from_bytes(gone).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Damage anywhere is an error or an image of the same size, never a panic. Failures print the seed.
    #[test]
    fn flipped_bytes(position in 0_usize..15_000, flip in 1..=255_u8, is_jpeg: bool) {
        let mut file = if is_jpeg { jpeg(240, 320, ColorType::Luma) } else { specimen(SPECIMEN_FACE) };
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
