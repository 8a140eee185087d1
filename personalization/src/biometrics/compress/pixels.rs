//! The photograph as pixels: decoding a source within limits, and scaling.

use hayro_jpeg2000::{DecodeSettings, DecoderContext, Image};
use resize::px::Gray;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::super::image::{Colour, ImageError, undisturbed};
use super::super::{jpeg, jpeg2000};
use super::CompressError;
use super::orientation::upright;

/// The largest source file, in bytes.
pub const MAX_SOURCE_BYTES: usize = 16 * 1024 * 1024;

/// The most pixels of a source: 4000 × 6000. Bounds the decoder's memory to some 150 MB.
pub const MAX_SOURCE_PIXELS: usize = 24_000_000;

/// The largest side of a source, in pixels.
const MAX_SOURCE_SIDE: usize = 10_000;

/// A decoded photograph, upright. `Debug` shows no pixel.
#[derive(Clone, PartialEq, Eq)]
pub struct Photograph {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) colour: Colour,
    /// 8-bit samples, those of a pixel side by side.
    pub(super) samples: Vec<u8>,
}

impl core::fmt::Debug for Photograph {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Photograph({} x {})", self.width, self.height)
    }
}

impl Photograph {
    /// Decodes a JPEG (of any mode) or a JPEG 2000 image, 8-bit grey or colour; a JPEG is turned as its EXIF data say.
    ///
    /// # Errors
    /// [`CompressError`]; sizes are checked before memory is taken for pixels.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CompressError> {
        let photograph = Self::within(bytes, MAX_SOURCE_PIXELS)?;
        if photograph.width > photograph.height {
            return Err(ImageError::Landscape.into());
        }
        Ok(photograph)
    }

    /// Decodes an image of at most so many pixels, higher than wide or not: what a stranger's card gives.
    ///
    /// # Errors
    /// [`CompressError`]; sizes are checked before memory is taken for pixels.
    pub fn within(bytes: &[u8], max_pixels: usize) -> Result<Self, CompressError> {
        if bytes.len() > MAX_SOURCE_BYTES {
            return Err(CompressError::SourceBytes { actual: bytes.len() });
        }
        if jpeg::recognize(bytes) {
            let stored = from_jpeg(bytes, max_pixels)?;
            Ok(upright(stored, jpeg::metadata(bytes).orientation))
        } else if jpeg2000::recognize(bytes) {
            from_jpeg_2000(bytes, max_pixels)
        } else {
            Err(ImageError::UnknownFormat.into())
        }
    }

    /// The pixels as a baseline JPEG of this quality (1 to 100), without any metadata.
    ///
    /// # Errors
    /// [`CompressError::Encoder`] when the encoder gives up.
    pub fn to_jpeg(&self, quality: u8) -> Result<Vec<u8>, CompressError> {
        super::jpeg::encode_with(self, quality.clamp(1, 100))
    }

    /// Pixels in a row.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Rows of pixels.
    #[must_use]
    pub const fn height(&self) -> usize {
        self.height
    }

    pub(super) const fn colour(&self) -> Colour {
        self.colour
    }

    /// Interleaved samples.
    pub(super) fn samples(&self) -> &[u8] {
        &self.samples
    }

    /// Samples of a pixel.
    pub(super) const fn channels(&self) -> usize {
        channels(self.colour)
    }

    /// The same at another size.
    pub(super) fn scaled(&self, width: usize, height: usize) -> Result<Self, CompressError> {
        if (width, height) == (self.width, self.height) {
            return Ok(self.clone());
        }
        let failed = |error: resize::Error| CompressError::Encoder(error.to_string());
        let filter = resize::Type::Lanczos3;
        let mut resizer = resize::new(
            self.width,
            self.height,
            width,
            height,
            resize::Pixel::Gray8,
            filter,
        )
        .map_err(failed)?;
        let channels = self.channels();
        let mut samples = vec![0; width * height * channels];
        let mut scaled = vec![Gray::new(0); width * height];
        for channel in 0..channels {
            let plane: Vec<Gray<u8>> = self
                .samples
                .iter()
                .skip(channel)
                .step_by(channels)
                .map(|sample| Gray::new(*sample))
                .collect();
            resizer.resize(&plane, &mut scaled).map_err(failed)?;
            for (to, from) in samples.iter_mut().skip(channel).step_by(channels).zip(&scaled) {
                *to = from.value();
            }
        }
        Ok(Self {
            width,
            height,
            colour: self.colour,
            samples,
        })
    }
}

const fn channels(colour: Colour) -> usize {
    match colour {
        Colour::Grey => 1,
        Colour::Rgb => 3,
    }
}

fn within_limits(width: usize, height: usize, max_pixels: usize) -> Result<(), CompressError> {
    if width > MAX_SOURCE_SIDE || height > MAX_SOURCE_SIDE || width.saturating_mul(height) > max_pixels {
        Err(CompressError::SourcePixels { width, height })
    } else {
        Ok(())
    }
}

fn photograph(
    width: usize,
    height: usize,
    colour: Colour,
    samples: Vec<u8>,
) -> Result<Photograph, CompressError> {
    if samples.len() == width * height * channels(colour) {
        Ok(Photograph {
            width,
            height,
            colour,
            samples,
        })
    } else {
        Err(ImageError::Damaged("the number of its pixels").into())
    }
}

fn from_jpeg(bytes: &[u8], max_pixels: usize) -> Result<Photograph, CompressError> {
    let failed = |error: zune_jpeg::errors::DecodeErrors| ImageError::Decode(error.to_string());
    // Strict: a camera's file is whole, and what is missing would be painted grey.
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(MAX_SOURCE_SIDE)
        .set_max_height(MAX_SOURCE_SIDE);
    jpeg::check_sampling(bytes)?;
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(failed)?;
    let info = decoder.info().ok_or(ImageError::Truncated)?;
    let (width, height) = (usize::from(info.width), usize::from(info.height));
    within_limits(width, height, max_pixels)?;
    let (space, colour) = match decoder.input_colorspace() {
        Some(ColorSpace::Luma) => (ColorSpace::Luma, Colour::Grey),
        Some(ColorSpace::YCbCr | ColorSpace::RGB) => (ColorSpace::RGB, Colour::Rgb),
        _ => return Err(ImageError::Colour.into()),
    };
    decoder.set_options(options.jpeg_set_out_colorspace(space));
    let samples = undisturbed(|| decoder.decode().map_err(failed))?;
    photograph(width, height, colour, samples)
}

fn from_jpeg_2000(bytes: &[u8], max_pixels: usize) -> Result<Photograph, CompressError> {
    let header = jpeg2000::inspect(bytes)?;
    let (width, height) = (header.width as usize, header.height as usize);
    within_limits(width, height, max_pixels)?;
    let failed = |error: hayro_jpeg2000::DecodeError| ImageError::Decode(error.to_string());
    let settings = DecodeSettings {
        strict: true,
        ..DecodeSettings::default()
    };
    let image = Image::new(bytes, &settings).map_err(failed)?;
    if (image.width(), image.height()) != (header.width, header.height) {
        return Err(ImageError::Damaged("two readings of its headers differ").into());
    }
    let mut context = DecoderContext::default();
    let samples = undisturbed(|| Ok(image.decode(&mut context).map_err(failed)?.data_u8()))?;
    photograph(width, height, header.colour, samples)
}
