//! Photographs made small enough for a card, and sources that are refused.

use jpeg_encoder::{ColorType, Encoder};
use personalization::biometrics::compress::{
    CompressError, MAX_SOURCE_BYTES, MIN_BUDGET, Photograph, compress,
};
use personalization::biometrics::face::{Colour, ImageError, ImageFormat};
use test_vectors::{SPECIMEN_FACE, specimen};

/// A JPEG as a camera would write it: large, and with detail everywhere.
fn camera(width: u16, height: u16, colour: ColorType, progressive: bool) -> Vec<u8> {
    let samples = if colour == ColorType::Luma { 1 } else { 3 };
    let mut noise = 1_u32;
    let pixels: Vec<u8> = (0..usize::from(width) * usize::from(height) * samples)
        .map(|i| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let row = i / (usize::from(width) * samples);
            u8::try_from((row / 5 + i % 97) % 200).unwrap() + u8::try_from(noise >> 27).unwrap()
        })
        .collect();
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, 90);
    encoder.set_progressive(progressive);
    encoder.encode(&pixels, width, height, colour).unwrap();
    file
}

/// A picture that nothing makes small.
fn noise(width: u16, height: u16) -> Vec<u8> {
    let mut state = 1_u32;
    let pixels: Vec<u8> = (0..usize::from(width) * usize::from(height) * 3)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        })
        .collect();
    let mut file = Vec::new();
    Encoder::new(&mut file, 90)
        .encode(&pixels, width, height, ColorType::Rgb)
        .unwrap();
    file
}

#[test]
fn chrominance_finer_than_luminance_is_refused_before_a_decoder_meets_it() {
    for progressive in [false, true] {
        let mut file = camera(640, 800, ColorType::Rgb, progressive);
        assert!(Photograph::from_bytes(&file).is_ok());
        let code = if progressive { 0xC2 } else { 0xC0 };
        let frame = file.windows(2).position(|pair| pair == [0xFF, code]).unwrap();
        // Marker, length, precision, height, width, count; then identifier, factors and table of each component.
        for (component, factors) in [0x11, 0x22, 0x21].into_iter().enumerate() {
            file[frame + 11 + 3 * component] = factors;
        }
        let error = Photograph::from_bytes(&file).unwrap_err();
        assert!(
            matches!(
                error,
                CompressError::Source(ImageError::Damaged("its sampling factors"))
            ),
            "{error}"
        );
    }
}

#[test]
fn the_specimen_fits_every_budget() {
    let photograph = Photograph::from_bytes(&specimen(SPECIMEN_FACE)).unwrap();
    assert_eq!((photograph.width(), photograph.height()), (413, 531));
    for format in [ImageFormat::Jpeg, ImageFormat::Jpeg2000] {
        let mut before = 0;
        for budget in [8_000, 20_000] {
            let face = compress(&photograph, format, budget).unwrap();
            assert_eq!((face.format(), face.colour()), (format, Colour::Rgb));
            let length = face.bytes().len();
            assert!(length <= budget, "{format:?}: {length} bytes for {budget}");
            assert!(length > before, "{format:?}: a larger budget is used");
            before = length;
        }
    }
    // At 15 kB JPEG 2000 keeps its size; at 30 kB JPEG does.
    for (format, budget) in [(ImageFormat::Jpeg2000, 15_000), (ImageFormat::Jpeg, 30_000)] {
        let face = compress(&photograph, format, budget).unwrap();
        assert_eq!((face.width(), face.height()), (413, 531), "{format:?}");
    }
}

#[test]
fn large_progressive_and_grey_sources() {
    for (colour, expected, format) in [
        (ColorType::Rgb, Colour::Rgb, ImageFormat::Jpeg),
        (ColorType::Luma, Colour::Grey, ImageFormat::Jpeg2000),
    ] {
        let photograph = Photograph::from_bytes(&camera(450, 600, colour, true)).unwrap();
        let face = compress(&photograph, format, 12_000).unwrap();
        assert!(face.bytes().len() <= 12_000);
        assert_eq!(face.colour(), expected);
        assert!(face.width() <= 450 && face.height() > face.width());
        // The proportions stay, to a pixel.
        let other = usize::from(face.width()) * 600 / 450;
        assert!(other.abs_diff(face.height().into()) <= 2, "{face:?}");
    }
}

#[test]
fn what_cannot_be_done_is_said() {
    let photograph = Photograph::from_bytes(&specimen(SPECIMEN_FACE)).unwrap();
    for budget in [0, MIN_BUDGET - 1, 70_000] {
        assert_eq!(
            compress(&photograph, ImageFormat::Jpeg, budget),
            Err(CompressError::Budget)
        );
    }
    let noisy = Photograph::from_bytes(&noise(240, 320)).unwrap();
    let error = compress(&noisy, ImageFormat::Jpeg, MIN_BUDGET).unwrap_err();
    assert_eq!(error, CompressError::Unreachable { budget: MIN_BUDGET });
    let small = Photograph::from_bytes(&camera(120, 160, ColorType::Rgb, false)).unwrap();
    assert!(matches!(
        compress(&small, ImageFormat::Jpeg, 15_000),
        Err(CompressError::Source(ImageError::Dimensions { .. }))
    ));
    let lying = camera(640, 480, ColorType::Rgb, false);
    assert_eq!(Photograph::from_bytes(&lying), Err(ImageError::Landscape.into()));
    for wrong in [&b""[..], b"GIF89a", b"\x89PNG\r\n\x1a\n"] {
        assert_eq!(
            Photograph::from_bytes(wrong),
            Err(ImageError::UnknownFormat.into())
        );
    }
    assert!(Photograph::from_bytes(&lying[..lying.len() / 2]).is_err());
    let actual = MAX_SOURCE_BYTES + 1;
    assert_eq!(
        Photograph::from_bytes(&vec![0; actual]),
        Err(CompressError::SourceBytes { actual })
    );
}

/// A header that promises more pixels than there is memory: an error before any is taken.
#[test]
fn bombs() {
    let mut file = camera(240, 320, ColorType::Rgb, false);
    let frame = file.windows(2).position(|window| window == [0xFF, 0xC0]).unwrap();
    file[frame + 5..frame + 9].fill(0xFF);
    assert!(Photograph::from_bytes(&file).is_err());
    file[frame + 5..frame + 9].copy_from_slice(&[0x26, 0x00, 0x26, 0x00]);
    assert_eq!(
        Photograph::from_bytes(&file),
        Err(CompressError::SourcePixels {
            width: 0x2600,
            height: 0x2600
        })
    );
    let mut file = specimen(SPECIMEN_FACE);
    let size = file.windows(2).position(|window| window == [0xFF, 0x51]).unwrap();
    for field in [size + 6, size + 10, size + 22, size + 26] {
        file[field..field + 4].copy_from_slice(&[0x7F, 0xFF, 0xFF, 0xFF]);
    }
    assert!(matches!(
        Photograph::from_bytes(&file),
        Err(CompressError::SourcePixels { .. })
    ));
}
