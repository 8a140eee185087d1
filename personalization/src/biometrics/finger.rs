//! Fingerprints: images that are measured and passed through, and fingers of which none could be taken.
//!
//! Enrolment takes *rolled* impressions, from nail to nail: a flat one has half the ridges, so it needs a stated reason. A finger
//! that a profile asks for and of which there is no image needs one, too; nothing is left out in silence.

mod impression;
mod position;

use core::fmt;

use super::image::{Colour, Header, ImageError, MAX_IMAGE_BYTES, Resolution};
use super::{jpeg, jpeg2000, png, wsq};

pub use impression::{FlatReason, Impression, ImpressionType, MissingReason};
pub use position::FingerPosition;

/// The smallest width and height of a finger image, in pixels: a quarter of an inch at 500 pixels per inch, and still no finger.
pub const MIN_FINGER_SIDE: u16 = 128;

/// The largest width and height, in pixels: 1.6 inches by 500 pixels per inch is the widest that the standard has for one finger
/// (ISO/IEC 19794-4, table 6), twice that for scanners of 1000.
pub const MAX_FINGER_SIDE: u16 = 1600;

/// How a finger image is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FingerImageFormat {
    /// WSQ (NIST IAFIS-IC-0110).
    Wsq,
    /// JPEG (ISO/IEC 10918-1) in the baseline mode. ISO/IEC 39794-4 has it no more.
    Jpeg,
    /// JPEG 2000 (ISO/IEC 15444-1).
    Jpeg2000,
    /// PNG (ISO/IEC 15948).
    Png,
}

/// A finger image as it came, with what its headers say. It is not decoded. `Debug` shows no pixel.
#[derive(Clone, PartialEq, Eq)]
pub struct FingerImage {
    bytes: Vec<u8>,
    format: FingerImageFormat,
    width: u16,
    height: u16,
    resolution: Option<Resolution>,
}

/// The resolutions of finger images, in pixels per inch: those of the acquisition levels with 8 bits and 200 grey levels (ISO/IEC
/// 19794-4, table 1).
pub const FINGER_RESOLUTIONS: [u16; 2] = [500, 1000];

impl FingerImage {
    /// Recognizes and measures a WSQ, JPEG, JPEG 2000 or PNG file.
    ///
    /// # Errors
    /// [`ImageError`] for anything but one whole grey image of a finger's size, of one of [`FINGER_RESOLUTIONS`] where it states one.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, ImageError> {
        if bytes.len() > MAX_IMAGE_BYTES {
            return Err(ImageError::TooManyBytes { actual: bytes.len() });
        }
        let (format, header) = measure(&bytes)?;
        if header.colour != Colour::Grey {
            return Err(ImageError::NotGrey);
        }
        if let Some(stated) = header.resolution
            && !FINGER_RESOLUTIONS.into_iter().any(|known| stated.is_about(known))
        {
            return Err(ImageError::Resolution {
                horizontal: stated.horizontal,
                vertical: stated.vertical,
            });
        }
        let side = |value: u32| {
            u16::try_from(value)
                .ok()
                .filter(|side| (MIN_FINGER_SIDE..=MAX_FINGER_SIDE).contains(side))
        };
        let (Some(width), Some(height)) = (side(header.width), side(header.height)) else {
            return Err(ImageError::Sides {
                width: header.width,
                height: header.height,
                min: MIN_FINGER_SIDE,
                max: MAX_FINGER_SIDE,
            });
        };
        Ok(Self {
            bytes,
            format,
            width,
            height,
            resolution: header.resolution,
        })
    }

    /// The file as it came.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How it is compressed.
    #[must_use]
    pub const fn format(&self) -> FingerImageFormat {
        self.format
    }

    /// Pixels in a row.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// Rows of pixels.
    #[must_use]
    pub const fn height(&self) -> u16 {
        self.height
    }

    /// Pixels per inch, one of [`FINGER_RESOLUTIONS`], where the file says so.
    #[must_use]
    pub fn resolution(&self) -> Option<u16> {
        let stated = self.resolution?;
        FINGER_RESOLUTIONS
            .into_iter()
            .find(|known| stated.is_about(*known))
    }
}

impl fmt::Debug for FingerImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FingerImage")
            .field("format", &self.format)
            .field("width", &self.width)
            .field("height", &self.height)
            .finish_non_exhaustive()
    }
}

/// Which format the bytes have and what their headers say.
fn measure(bytes: &[u8]) -> Result<(FingerImageFormat, Header), ImageError> {
    if wsq::recognize(bytes) {
        Ok((FingerImageFormat::Wsq, wsq::inspect(bytes)?))
    } else if png::recognize(bytes) {
        Ok((FingerImageFormat::Png, png::inspect(bytes)?))
    } else if jpeg2000::recognize(bytes) {
        Ok((FingerImageFormat::Jpeg2000, jpeg2000::inspect(bytes)?))
    } else if jpeg::recognize(bytes) {
        Ok((FingerImageFormat::Jpeg, jpeg::inspect(bytes)?))
    } else {
        Err(ImageError::UnknownFingerFormat)
    }
}

/// One finger that was captured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finger {
    /// Which one.
    pub position: FingerPosition,
    /// The image.
    pub image: FingerImage,
    /// How it was taken.
    pub impression: Impression,
    /// Quality from 0, useless, to 100 (ISO/IEC 29794-1); `None` when nobody measured it.
    pub quality: Option<u8>,
}

/// One finger of which there is no image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingFinger {
    /// Which one.
    pub position: FingerPosition,
    /// Why.
    pub reason: MissingReason,
}
