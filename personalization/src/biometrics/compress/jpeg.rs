//! Baseline JPEG at the best quality that fits.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::super::image::Colour;
use super::{CompressError, Encoded, Photograph};

/// The least quality that is accepted; below it blocks show in the skin.
const MIN_QUALITY: u8 = 30;

/// The best quality that is tried.
const MAX_QUALITY: u8 = 95;

/// The largest file within the budget.
pub(super) fn encode(photograph: &Photograph, budget: usize) -> Result<Encoded, CompressError> {
    let mut best = encode_with(photograph, MIN_QUALITY)?;
    if best.len() > budget {
        return Ok(Encoded::TooLong(best.len() * 100 / budget));
    }
    // A larger quality makes a larger file.
    let (mut low, mut high) = (MIN_QUALITY + 1, MAX_QUALITY);
    while low <= high {
        let quality = low + (high - low) / 2;
        let file = encode_with(photograph, quality)?;
        if file.len() <= budget {
            best = file;
            low = quality + 1;
        } else {
            high = quality - 1;
        }
    }
    Ok(Encoded::Fits(best))
}

pub(super) fn encode_with(photograph: &Photograph, quality: u8) -> Result<Vec<u8>, CompressError> {
    let side = |pixels: usize| {
        u16::try_from(pixels).map_err(|_| CompressError::Encoder("it has too many pixels".to_owned()))
    };
    let (width, height) = (side(photograph.width())?, side(photograph.height())?);
    let colour = match photograph.colour() {
        Colour::Grey => ColorType::Luma,
        Colour::Rgb => ColorType::Rgb,
    };
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, quality);
    encoder.set_progressive(false);
    encoder.set_optimized_huffman_tables(true);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder
        .encode(photograph.samples(), width, height, colour)
        .map_err(|error| CompressError::Encoder(error.to_string()))?;
    Ok(file)
}
