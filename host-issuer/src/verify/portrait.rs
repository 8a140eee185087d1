//! The face of a card as an image that every program shows: decoded, and encoded anew.
//!
//! The image is the chip's, and signed at best by somebody who is believed. It is decoded within a limit of pixels, apart from the
//! caller, and for a limited time; nothing of the chip's file is passed on but its pixels.
//!
//! Apart means: in a thread of its own, so that a decoder that panics or never ends takes nothing with it. An abort for want of memory
//! would end the program; sizes are compared with the limit before memory is taken, so an image cannot ask for it.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use personalization::biometrics::compress::Photograph;

use crate::inspect::Face;

/// Most pixels: 2000 × 2000, ten times what a card has. Bounds the memory to some 25 MB.
const MAX_PIXELS: usize = 4_000_000;
/// Quality of the JPEG; the face of a card shows no difference to a better one.
const QUALITY: u8 = 92;
/// How long decoding may take. A face takes some 20 ms.
const PATIENCE: Duration = Duration::from_secs(5);

/// A face that was decoded.
#[derive(Clone, PartialEq, Eq)]
pub struct Portrait {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// A baseline JPEG without metadata.
    pub jpeg: Vec<u8>,
}

/// Shows no pixel.
impl std::fmt::Debug for Portrait {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Portrait({} x {})", self.width, self.height)
    }
}

/// Why a face cannot be shown. The card's image is to blame.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PortraitError {
    /// It is no image that can be decoded, or too large a one.
    #[error("the image of the face cannot be decoded: {0}")]
    Image(String),
    /// It takes too long.
    #[error("the image of the face was not decoded in time")]
    Slow,
    /// The decoder fell over it.
    #[error("the decoder fell over the image of the face")]
    Decoder,
}

impl Portrait {
    /// Decodes the face.
    ///
    /// # Errors
    /// [`PortraitError`]. Never panics: the decoder works in a thread of its own, which is left alone when it does not come to an end.
    pub fn of(face: &Face) -> Result<Self, PortraitError> {
        let image = face.image.clone();
        let (sender, receiver) = mpsc::channel();
        thread::Builder::new()
            .name("portrait".into())
            .spawn(move || {
                // Nobody may be waiting any more.
                let _ = sender.send(decode(&image));
            })
            .map_err(|error| PortraitError::Image(error.to_string()))?;
        match receiver.recv_timeout(PATIENCE) {
            Ok(portrait) => portrait,
            Err(mpsc::RecvTimeoutError::Timeout) => Err(PortraitError::Slow),
            // The sender is gone without a word: it panicked.
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(PortraitError::Decoder),
        }
    }
}

fn decode(image: &[u8]) -> Result<Portrait, PortraitError> {
    let photograph =
        Photograph::within(image, MAX_PIXELS).map_err(|error| PortraitError::Image(error.to_string()))?;
    let jpeg = photograph
        .to_jpeg(QUALITY)
        .map_err(|error| PortraitError::Image(error.to_string()))?;
    Ok(Portrait {
        width: photograph.width(),
        height: photograph.height(),
        jpeg,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::ImageFormat;

    fn face(image: Vec<u8>) -> Face {
        Face {
            format: ImageFormat::Jpeg2000,
            width: 0,
            height: 0,
            image,
        }
    }

    #[test]
    fn a_face_becomes_a_jpeg_with_nothing_but_its_pixels() {
        let image = test_vectors::specimen(test_vectors::SPECIMEN_FACE);
        let portrait = Portrait::of(&face(image)).unwrap();
        assert!(portrait.width > 100 && portrait.height > portrait.width);
        assert!(portrait.jpeg.starts_with(&[0xFF, 0xD8, 0xFF]));
        assert!(portrait.jpeg.len() < 400_000, "{}", portrait.jpeg.len());
    }

    #[test]
    fn what_is_no_face_is_said_to_be_none() {
        let image = test_vectors::specimen(test_vectors::SPECIMEN_FACE);
        for bytes in [
            Vec::new(),
            b"<svg onload=alert(1)>".to_vec(),
            image[..image.len() / 2].to_vec(),
            [&image[..200], &[0xAA; 4000]].concat(),
        ] {
            assert!(matches!(Portrait::of(&face(bytes)), Err(PortraitError::Image(_))));
        }
        // Many pixels in few bytes: width and height of the code stream's size marker at their largest.
        let start = image
            .windows(4)
            .position(|window| window == [0xFF, 0x4F, 0xFF, 0x51])
            .unwrap();
        let mut huge = image[start..].to_vec();
        huge[8..12].copy_from_slice(&60_000u32.to_be_bytes());
        huge[12..16].copy_from_slice(&60_000u32.to_be_bytes());
        let error = Portrait::of(&face(huge)).unwrap_err();
        assert!(matches!(error, PortraitError::Image(_)), "{error}");
    }
}
