//! 500 pixels per inch or 1000: what the image states, what the record says.

use personalization::biometrics::face::ImageError;
use personalization::biometrics::finger::{Finger, FingerImage, FingerPosition, Impression};
use personalization::biometrics::iso_19794_4;
use test_vectors::{SPECIMEN_FINGERS, specimen};

use super::{png_with, refused};

/// Pixels per metre, horizontally and vertically.
fn png_of(horizontal: u32, vertical: u32) -> Vec<u8> {
    let content = [&horizontal.to_be_bytes()[..], &vertical.to_be_bytes(), &[1]].concat();
    png_with(300, 400, 8, 0, &[(b"pHYs", content)])
}

/// The specimen's WSQ with a comment as NIST's encoder writes it.
fn wsq_of(line: &str) -> Vec<u8> {
    let file = specimen(SPECIMEN_FINGERS[0]);
    let comment = format!("NIST_COM 3\nPIX_WIDTH 620\n{line}\nLOSSY 1\n");
    let length = u16::try_from(comment.len() + 2).unwrap().to_be_bytes();
    [&file[..2], &[0xFF, 0xA8], &length, comment.as_bytes(), &file[2..]].concat()
}

#[test]
fn only_resolutions_that_a_record_has() {
    let stated = |file| FingerImage::from_bytes(file).unwrap().resolution();
    assert_eq!(stated(specimen(SPECIMEN_FINGERS[0])), None);
    assert_eq!(stated(png_of(19_685, 19_685)), Some(500));
    assert_eq!(stated(png_of(39_370, 39_370)), Some(1000));
    assert_eq!(stated(png_of(19_700, 19_600)), Some(500), "rounded");
    assert_eq!(stated(png_of(0, 0)), None);
    assert_eq!(stated(wsq_of("PPI 500")), Some(500));
    assert_eq!(stated(wsq_of("PPI -1")), None);
    for (file, horizontal, vertical) in [
        (png_of(11_811, 11_811), 300, 300),
        (png_of(19_685, 39_370), 500, 1000),
        (wsq_of("PPI 250"), 250, 250),
    ] {
        assert_eq!(refused(file), ImageError::Resolution { horizontal, vertical });
    }
}

/// Acquisition level (bytes 16 and 17) and the four resolutions (bytes 20 to 27) of the general header.
#[test]
fn the_record_says_what_the_image_states() {
    for (file, level, resolution) in [
        (png_of(39_370, 39_370), 41_u16, 1000_u16),
        (png_of(19_685, 19_685), 31, 500),
        (specimen(SPECIMEN_FINGERS[0]), 31, 500),
    ] {
        let record = iso_19794_4::encode(&Finger {
            position: FingerPosition::RightIndex,
            image: FingerImage::from_bytes(file).unwrap(),
            impression: Impression::LiveScanRolled,
            quality: None,
        });
        assert_eq!(record[16..18], level.to_be_bytes());
        assert_eq!(record[20..28], resolution.to_be_bytes().repeat(4));
        assert_eq!(
            iso_19794_4::decode(&record).unwrap().resolution,
            (resolution, resolution)
        );
    }
}
