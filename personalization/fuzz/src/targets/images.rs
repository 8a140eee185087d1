//! Images: what an operator, a scanner or a camera supplies.

use personalization::biometrics::compress::{MAX_SOURCE_PIXELS, Photograph};
use personalization::biometrics::face::{FaceImage, MAX_SIDE, MIN_HEIGHT, MIN_WIDTH};
use personalization::biometrics::finger::{FingerImage, MAX_FINGER_SIDE, MIN_FINGER_SIDE};
use personalization::biometrics::picture::{IRIS, Picture, SIGNATURE};

/// A portrait, an iris, a signature, a finger. What is taken has its bytes and a size within the limits.
pub fn image(data: &[u8]) {
    if let Ok(face) = FaceImage::from_bytes(data.to_vec()) {
        assert_eq!(face.bytes(), data);
        assert!((MIN_WIDTH..=MAX_SIDE).contains(&face.width()) && face.width() <= face.height());
        assert!((MIN_HEIGHT..=MAX_SIDE).contains(&face.height()));
    } else {
        for limits in [IRIS, SIGNATURE] {
            if let Ok(picture) = Picture::from_bytes(data.to_vec(), limits) {
                assert_eq!(picture.bytes(), data);
                assert!(picture.width().min(picture.height()) >= limits.min);
                assert!(picture.width().max(picture.height()) <= limits.max);
            }
        }
    }
    if let Ok(finger) = FingerImage::from_bytes(data.to_vec()) {
        assert_eq!(finger.bytes(), data);
        let sides = [finger.width(), finger.height()];
        assert!(
            sides
                .iter()
                .all(|side| (MIN_FINGER_SIDE..=MAX_FINGER_SIDE).contains(side))
        );
    }
}

/// A camera's photograph, of any JPEG mode.
pub fn photograph(data: &[u8]) {
    if let Ok(photograph) = Photograph::from_bytes(data) {
        assert!(photograph.width() <= photograph.height());
        assert!(photograph.width() * photograph.height() <= MAX_SOURCE_PIXELS);
    }
}
