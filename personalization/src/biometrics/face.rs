//! The photograph: an image file that is checked before it is put on a card.
//!
//! Type, size and colour are read from the bytes, never from a file name, and the image is decoded once in
//! full: a card with half a face cannot be called back. The decoded pixels are thrown away; the card gets the
//! bytes as they came.

use core::fmt;

use super::image::Header;
pub use super::image::{
    Colour, ImageError, ImageFormat, MAX_IMAGE_BYTES, MAX_SIDE, MIN_HEIGHT, MIN_WIDTH, Resolution,
};
use super::picture::Picture;

/// An image that decodes from the first byte to the last. `Debug` shows no pixel.
#[derive(Clone, PartialEq, Eq)]
pub struct FaceImage(Picture);

impl FaceImage {
    /// Recognizes, measures and decodes an image file.
    ///
    /// # Errors
    ///
    /// [`ImageError`] for anything but one complete JPEG or JPEG 2000 portrait within the limits of this
    /// module. Sizes are checked before memory is taken for them.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, ImageError> {
        Picture::measured(bytes, dimensions).map(Self)
    }

    /// The file as it came.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.0.bytes()
    }

    /// How it is compressed.
    #[must_use]
    pub const fn format(&self) -> ImageFormat {
        self.0.format()
    }

    /// Pixels in a row.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.0.width()
    }

    /// Rows of pixels.
    #[must_use]
    pub const fn height(&self) -> u16 {
        self.0.height()
    }

    /// The samples of a pixel.
    #[must_use]
    pub const fn colour(&self) -> Colour {
        self.0.colour()
    }

    /// How many pixels make an inch, where the file says so.
    #[must_use]
    pub const fn resolution(&self) -> Option<Resolution> {
        self.0.resolution()
    }
}

impl fmt::Debug for FaceImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaceImage")
            .field("format", &self.format())
            .field("width", &self.width())
            .field("height", &self.height())
            .finish_non_exhaustive()
    }
}

fn dimensions(header: &Header) -> Result<(u16, u16), ImageError> {
    let error = ImageError::Dimensions {
        width: header.width,
        height: header.height,
    };
    match (u16::try_from(header.width), u16::try_from(header.height)) {
        (Ok(width @ MIN_WIDTH..=MAX_SIDE), Ok(height @ MIN_HEIGHT..=MAX_SIDE)) if width > height => {
            Err(ImageError::Landscape)
        }
        (Ok(width @ MIN_WIDTH..=MAX_SIDE), Ok(height @ MIN_HEIGHT..=MAX_SIDE)) => Ok((width, height)),
        _ => Err(error),
    }
}
