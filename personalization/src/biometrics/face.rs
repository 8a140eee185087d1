//! The photograph: an image file that is checked before it is put on a card.
//!
//! Type, size and colour are read from the bytes, never from a file name, and the image is decoded once in
//! full: a card with half a face cannot be called back. The decoded pixels are thrown away; the card gets the
//! bytes as they came.

use core::fmt;

use super::{jpeg, jpeg2000};

/// The largest image file, in bytes. Fielded cards hold 15–20 kB; reading 64 kB takes a counter some seconds.
pub const MAX_IMAGE_BYTES: usize = 64 * 1024;

/// The largest width or height, in pixels. Bounds what a small file can make the decoder allocate.
pub const MAX_SIDE: u16 = 2048;

/// The smallest width, in pixels; a face of fewer than these has not the 90 pixels between the eyes that
/// 9303-9 asks for.
pub const MIN_WIDTH: u16 = 180;

/// The smallest height, in pixels.
pub const MIN_HEIGHT: u16 = 240;

/// How the image is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageFormat {
    /// JPEG (ISO/IEC 10918-1) in the baseline mode.
    Jpeg,
    /// JPEG 2000 (ISO/IEC 15444-1), a JP2 file or a bare code stream.
    Jpeg2000,
}

impl ImageFormat {
    /// The usual extension of a file of this format, without a dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Jpeg2000 => "jp2",
        }
    }
}

/// The samples of a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// One sample of 8 bits.
    Grey,
    /// Three samples of 8 bits.
    Rgb,
}

/// Why a photograph is refused. The operator who supplied it is to blame.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// The bytes begin like neither format.
    #[error("the photo is neither a JPEG nor a JPEG 2000 image")]
    UnknownFormat,
    /// The file is too large for a chip.
    #[error("the photo has {actual} bytes, more than {MAX_IMAGE_BYTES}")]
    TooManyBytes {
        /// Its size.
        actual: usize,
    },
    /// Width or height is outside the limits.
    #[error(
        "the photo has {width} x {height} pixels; at least {MIN_WIDTH} x {MIN_HEIGHT} and at most \
         {MAX_SIDE} x {MAX_SIDE} are needed"
    )]
    Dimensions {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// The file ends before the image does.
    #[error("the photo is truncated: the file ends before the image does")]
    Truncated,
    /// Bytes follow the end of the image: a preview or metadata that has no place on a card.
    #[error("the photo has {count} bytes after the end of the image")]
    TrailingBytes {
        /// How many.
        count: usize,
    },
    /// A colour model or sample size that a facial record cannot state.
    #[error("the photo must be 8-bit grey or 8-bit RGB")]
    Colour,
    /// A JPEG of another mode than the one that facial records allow (ISO/IEC 19794-5).
    #[error("the photo must be a baseline JPEG, not a progressive or arithmetic-coded one")]
    NotBaseline,
    /// The structure is damaged or uses what a portrait has no need of.
    #[error("the photo is damaged: {0}")]
    Damaged(&'static str),
    /// The decoder gave up.
    #[error("the photo cannot be decoded: {0}")]
    Decode(String),
}

/// What the headers of an image say, before it is decoded.
pub(super) struct Header {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) colour: Colour,
}

/// An image that decodes from the first byte to the last. `Debug` shows no pixel.
#[derive(Clone, PartialEq, Eq)]
pub struct FaceImage {
    bytes: Vec<u8>,
    format: ImageFormat,
    width: u16,
    height: u16,
    colour: Colour,
}

impl FaceImage {
    /// Recognizes, measures and decodes an image file.
    ///
    /// # Errors
    ///
    /// [`ImageError`] for anything but one complete JPEG or JPEG 2000 portrait within the limits of this
    /// module. Sizes are checked before memory is taken for them.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, ImageError> {
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
}

impl fmt::Debug for FaceImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaceImage")
            .field("format", &self.format)
            .field("width", &self.width)
            .field("height", &self.height)
            .finish_non_exhaustive()
    }
}

fn dimensions(header: &Header) -> Result<(u16, u16), ImageError> {
    let error = ImageError::Dimensions {
        width: header.width,
        height: header.height,
    };
    match (u16::try_from(header.width), u16::try_from(header.height)) {
        (Ok(width @ MIN_WIDTH..=MAX_SIDE), Ok(height @ MIN_HEIGHT..=MAX_SIDE)) => Ok((width, height)),
        _ => Err(error),
    }
}
