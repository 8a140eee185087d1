//! A portrait from the camera made small enough for a chip: scaled, compressed to a byte budget, and decoded again.
//!
//! What comes out is a [`FaceImage`], so it went through the same checks as every portrait that reaches a card. The source may be
//! what a camera gives: larger, progressive, lying on its side with metadata that say so; none of its metadata survives.

mod jpeg;
mod openjpeg;
mod orientation;
mod pixels;

use super::face::{FaceImage, ImageError, ImageFormat, MAX_IMAGE_BYTES, MIN_HEIGHT, MIN_WIDTH};

pub use pixels::{MAX_SOURCE_BYTES, MAX_SOURCE_PIXELS, Photograph};

/// The least budget that is tried, in bytes; below it no face is recognized by anybody.
pub const MIN_BUDGET: usize = 4_000;

/// The largest side of a compressed portrait, in pixels. 35 × 45 mm at 300 pixels per inch has 413 × 531.
const MAX_SIDE: usize = 1024;

/// How far the next attempt may shrink, in per cent of the one before.
const SHRINK: core::ops::RangeInclusive<usize> = 50..=92;

/// What an encoder made of a size.
enum Encoded {
    /// A file within the budget.
    Fits(Vec<u8>),
    /// At the coarsest that is accepted, this many per cent of the budget.
    TooLong(usize),
}

/// Why a photograph could not be compressed. The operator who chose it, or the budget, is to blame.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompressError {
    /// The source is no photograph that can be used.
    #[error(transparent)]
    Source(#[from] ImageError),
    /// The source is larger than any camera's portrait.
    #[error("the photograph has {actual} bytes, more than {MAX_SOURCE_BYTES}")]
    SourceBytes {
        /// Its size.
        actual: usize,
    },
    /// The source has too many pixels.
    #[error("the photograph has {width} x {height} pixels, more than are decoded")]
    SourcePixels {
        /// Pixels in a row.
        width: usize,
        /// Rows.
        height: usize,
    },
    /// The budget is none.
    #[error("a budget is {MIN_BUDGET} to {MAX_IMAGE_BYTES} bytes")]
    Budget,
    /// However small and coarse, the portrait does not fit.
    #[error("the portrait does not fit {budget} bytes at a quality that a face can be recognized by")]
    Unreachable {
        /// The budget.
        budget: usize,
    },
    /// The encoder gave up.
    #[error("the portrait cannot be compressed: {0}")]
    Encoder(String),
}

/// Compresses a photograph to at most `budget` bytes.
///
/// The largest size is tried first, at the best quality that fits; where that is too coarse, the portrait is made smaller, down to
/// the least size that a card takes.
///
/// # Errors
/// [`CompressError`].
pub fn compress(
    photograph: &Photograph,
    format: ImageFormat,
    budget: usize,
) -> Result<FaceImage, CompressError> {
    if !(MIN_BUDGET..=MAX_IMAGE_BYTES).contains(&budget) {
        return Err(CompressError::Budget);
    }
    let (width, height) = (photograph.width(), photograph.height());
    let largest = width.max(height);
    let scaled = |side: usize| (width * side / largest, height * side / largest);
    let mut side = largest.min(MAX_SIDE);
    let (base_width, base_height) = scaled(side);
    let base = photograph.scaled(base_width, base_height)?;
    loop {
        let (scaled_width, scaled_height) = scaled(side);
        if scaled_width < usize::from(MIN_WIDTH) || scaled_height < usize::from(MIN_HEIGHT) {
            break;
        }
        let pixels = base.scaled(scaled_width, scaled_height)?;
        let encoded = match format {
            ImageFormat::Jpeg => jpeg::encode(&pixels, budget)?,
            ImageFormat::Jpeg2000 => openjpeg::encode(&pixels, budget)?,
        };
        match encoded {
            Encoded::Fits(file) => return Ok(FaceImage::from_bytes(file)?),
            // Twice the bytes are some 1.4 times the side.
            Encoded::TooLong(percent) => {
                let shrink = (1_000_000 / percent.max(1)).isqrt();
                side = side * shrink.clamp(*SHRINK.start(), *SHRINK.end()) / 100;
            }
        }
    }
    if width < usize::from(MIN_WIDTH) || height < usize::from(MIN_HEIGHT) {
        // Too small from the start; the usual error says so.
        return Err(ImageError::Dimensions {
            width: u32::try_from(width).unwrap_or(u32::MAX),
            height: u32::try_from(height).unwrap_or(u32::MAX),
        }
        .into());
    }
    Err(CompressError::Unreachable { budget })
}
