//! What an image file may be, and what its headers say.

use std::panic::{AssertUnwindSafe, catch_unwind};

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

/// How many pixels make an inch, as an image's own header states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// Pixels per inch in a row.
    pub horizontal: u16,
    /// Pixels per inch in a column.
    pub vertical: u16,
}

impl Resolution {
    /// From pixels per inch; `None` for none at all, which writers put where they know nothing.
    pub(super) fn per_inch(horizontal: u64, vertical: u64) -> Option<Self> {
        let side = |value: u64| u16::try_from(value).ok().filter(|value| *value > 0);
        Some(Self {
            horizontal: side(horizontal)?,
            vertical: side(vertical)?,
        })
    }

    /// From pixels per metre, rounded.
    pub(super) fn per_metre(horizontal: u64, vertical: u64) -> Option<Self> {
        let inches = |value: u64| (value.saturating_mul(254) + 5_000) / 10_000;
        Self::per_inch(inches(horizontal), inches(vertical))
    }

    /// The smaller of the two.
    #[must_use]
    pub fn least(self) -> u16 {
        self.horizontal.min(self.vertical)
    }

    /// Whether both are this one, but for two per cent of rounding.
    #[must_use]
    pub fn is_about(self, per_inch: u16) -> bool {
        let close = |value: u16| u32::from(value.abs_diff(per_inch)) * 50 <= u32::from(per_inch);
        close(self.horizontal) && close(self.vertical)
    }
}

/// Decodes, and makes of a decoder that panics an image that is refused: a photograph is a stranger's file.
///
/// # Errors
/// Those of `decode`, else [`ImageError::Decode`].
pub(super) fn undisturbed<T>(decode: impl FnOnce() -> Result<T, ImageError>) -> Result<T, ImageError> {
    // What the decoder worked on is thrown away when it fails.
    catch_unwind(AssertUnwindSafe(decode))
        .unwrap_or_else(|_| Err(ImageError::Decode("the decoder fell over it".to_owned())))
}

/// Why an image is refused. The operator who supplied it is to blame.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// The bytes begin like neither format.
    #[error("the image is neither a JPEG nor a JPEG 2000 image")]
    UnknownFormat,
    /// A photograph that lies on its side.
    #[error("the image is wider than it is high: a portrait stands upright")]
    Landscape,
    /// The bytes begin like none of a finger image's formats.
    #[error("the image is neither WSQ nor JPEG, JPEG 2000 or PNG")]
    UnknownFingerFormat,
    /// A finger image with colours.
    #[error("the image of a finger must be 8-bit grey")]
    NotGrey,
    /// An image whose EXIF data say that it is to be turned or mirrored. No reader of cards looks there.
    #[error(
        "the image is not stored upright: its EXIF data say how it is to be turned, and readers of cards do not look there"
    )]
    Orientation,
    /// A finger image of a resolution that its record cannot state.
    #[error("the image of a finger has {horizontal} x {vertical} pixels per inch; 500 or 1000 are needed")]
    Resolution {
        /// Pixels per inch in a row.
        horizontal: u16,
        /// Pixels per inch in a column.
        vertical: u16,
    },
    /// Width or height is outside the limits of what is pictured.
    #[error("the image has {width} x {height} pixels; {min} to {max} each way are needed")]
    Sides {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
        /// Least width and height.
        min: u16,
        /// Greatest width and height.
        max: u16,
    },
    /// The file is too large for a chip.
    #[error("the image has {actual} bytes, more than {MAX_IMAGE_BYTES}")]
    TooManyBytes {
        /// Its size.
        actual: usize,
    },
    /// Width or height is outside the limits.
    #[error(
        "the image has {width} x {height} pixels; at least {MIN_WIDTH} x {MIN_HEIGHT} and at most \
         {MAX_SIDE} x {MAX_SIDE} are needed"
    )]
    Dimensions {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// The file ends before the image does.
    #[error("the image is truncated: the file ends before the image does")]
    Truncated,
    /// Bytes follow the end of the image: a preview or metadata that has no place on a card.
    #[error("the image has {count} bytes after the end of the image")]
    TrailingBytes {
        /// How many.
        count: usize,
    },
    /// A colour model or sample size that a facial record cannot state.
    #[error("the image must be 8-bit grey or 8-bit RGB")]
    Colour,
    /// A JPEG of another mode than the one that facial records allow (ISO/IEC 19794-5).
    #[error("the image must be a baseline JPEG, not a progressive or arithmetic-coded one")]
    NotBaseline,
    /// The structure is damaged or uses what a portrait has no need of.
    #[error("the image is damaged: {0}")]
    Damaged(&'static str),
    /// The decoder gave up.
    #[error("the image cannot be decoded: {0}")]
    Decode(String),
}

/// What the headers of an image say, before it is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) colour: Colour,
    /// What the file says of it, if anything.
    pub(super) resolution: Option<Resolution>,
}
