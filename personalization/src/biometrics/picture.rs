//! Images that are decoded once in full before they are put on a card: portraits, irises, signatures.

use core::fmt;

use super::image::{Colour, Header, ImageError, ImageFormat, MAX_IMAGE_BYTES, Resolution};
use super::{jpeg, jpeg2000};

/// What sizes an image may have, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SizeLimits {
    /// Least width and height.
    pub min: u16,
    /// Greatest width and height. Bounds what a small file can make the decoder allocate.
    pub max: u16,
}

/// An iris; the published specimen's are 163 × 149.
pub const IRIS: SizeLimits = SizeLimits { min: 100, max: 2048 };

/// A signature or usual mark.
pub const SIGNATURE: SizeLimits = SizeLimits { min: 16, max: 2048 };

/// A paper: a proof of citizenship, a side of the document.
pub const PAPER: SizeLimits = SizeLimits { min: 100, max: 2048 };

/// An image that decodes from the first byte to the last. `Debug` shows no pixel.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    bytes: Vec<u8>,
    format: ImageFormat,
    width: u16,
    height: u16,
    colour: Colour,
    resolution: Option<Resolution>,
}

impl Picture {
    /// Recognizes, measures and decodes an image file.
    ///
    /// # Errors
    /// [`ImageError`] for anything but one complete JPEG or JPEG 2000 image within the limits. Sizes are checked before memory is
    /// taken for them.
    pub fn from_bytes(bytes: Vec<u8>, limits: SizeLimits) -> Result<Self, ImageError> {
        Self::measured(bytes, |header| {
            let within = |side: u32| {
                u16::try_from(side)
                    .ok()
                    .filter(|side| (limits.min..=limits.max).contains(side))
            };
            within(header.width)
                .zip(within(header.height))
                .ok_or(ImageError::Sides {
                    width: header.width,
                    height: header.height,
                    min: limits.min,
                    max: limits.max,
                })
        })
    }

    /// The same with a rule of one's own for width and height.
    pub(super) fn measured(
        bytes: Vec<u8>,
        dimensions: impl FnOnce(&Header) -> Result<(u16, u16), ImageError>,
    ) -> Result<Self, ImageError> {
        if bytes.len() > MAX_IMAGE_BYTES {
            return Err(ImageError::TooManyBytes { actual: bytes.len() });
        }
        let format = if jpeg::recognize(&bytes) {
            ImageFormat::Jpeg
        } else if jpeg2000::recognize(&bytes) {
            ImageFormat::Jpeg2000
        } else {
            return Err(ImageError::UnknownFormat);
        };
        let header = match format {
            ImageFormat::Jpeg => jpeg::inspect(&bytes)?,
            ImageFormat::Jpeg2000 => jpeg2000::inspect(&bytes)?,
        };
        let (width, height) = dimensions(&header)?;
        match format {
            ImageFormat::Jpeg => jpeg::decode(&bytes, &header)?,
            ImageFormat::Jpeg2000 => jpeg2000::decode(&bytes, &header)?,
        }
        Ok(Self {
            bytes,
            format,
            width,
            height,
            colour: header.colour,
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
    pub const fn format(&self) -> ImageFormat {
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

    /// The samples of a pixel.
    #[must_use]
    pub const fn colour(&self) -> Colour {
        self.colour
    }

    /// How many pixels make an inch, where the file says so.
    #[must_use]
    pub const fn resolution(&self) -> Option<Resolution> {
        self.resolution
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Picture")
            .field("format", &self.format)
            .field("width", &self.width)
            .field("height", &self.height)
            .finish_non_exhaustive()
    }
}
