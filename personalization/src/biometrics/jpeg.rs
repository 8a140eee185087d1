//! JPEG (ISO/IEC 10918-1): a walk over the markers, then a full decode.
//!
//! The decoder forgives a file that ends early and fills the rest with grey. The walk does not: it finds the
//! frame's size, counts the scans and insists on the end-of-image marker in the last two bytes.

use std::io::Cursor;

use image::codecs::jpeg::JpegDecoder;
use image::{ColorType, ImageDecoder as _};

use super::face::{Colour, Header, ImageError};

const START_OF_IMAGE: u8 = 0xD8;
const END_OF_IMAGE: u8 = 0xD9;
const START_OF_SCAN: u8 = 0xDA;

/// More scans than any encoder writes. Each scan of a progressive image makes the decoder visit every block,
/// so that a small file with many would keep it busy for long.
const MAX_SCANS: u32 = 64;

/// Whether the bytes begin like a JPEG.
pub(super) fn recognize(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xFF, START_OF_IMAGE, 0xFF])
}

/// Walks over all marker segments (B.1.1) and returns what the frame header says.
pub(super) fn inspect(bytes: &[u8]) -> Result<Header, ImageError> {
    let mut frame = None;
    let mut scans = 0;
    let mut position = 2;
    loop {
        let (marker, after) = marker_at(bytes, position)?;
        position = match marker {
            END_OF_IMAGE => {
                if after != bytes.len() {
                    return Err(ImageError::TrailingBytes {
                        count: bytes.len() - after,
                    });
                }
                if scans == 0 {
                    return Err(ImageError::Damaged("no scan"));
                }
                return frame.ok_or(ImageError::Damaged("no frame header"));
            }
            START_OF_IMAGE | 0x00 | 0x01 | 0xD0..=0xD7 => {
                return Err(ImageError::Damaged("a marker in the wrong place"));
            }
            _ => {
                let segment = segment_at(bytes, after)?;
                if is_frame(marker) {
                    if frame.is_some() {
                        return Err(ImageError::Damaged("two frame headers"));
                    }
                    frame = Some(frame_header(segment)?);
                }
                let mut next = after + 2 + segment.len();
                if marker == START_OF_SCAN {
                    scans += 1;
                    if scans > MAX_SCANS {
                        return Err(ImageError::Damaged("too many scans"));
                    }
                    next = end_of_entropy_coded(bytes, next)?;
                }
                next
            }
        };
    }
}

/// Decodes every pixel.
pub(super) fn decode(bytes: &[u8], header: &Header) -> Result<(), ImageError> {
    let error = |error: image::ImageError| ImageError::Decode(error.to_string());
    let decoder = JpegDecoder::new(Cursor::new(bytes)).map_err(error)?;
    let colour = match decoder.color_type() {
        ColorType::L8 => Colour::Grey,
        ColorType::Rgb8 => Colour::Rgb,
        _ => return Err(ImageError::Colour),
    };
    if decoder.dimensions() != (header.width, header.height) || colour != header.colour {
        return Err(ImageError::Damaged("two readings of its headers differ"));
    }
    // The dimensions were limited by the caller, so this is at most 12 MB.
    let size = usize::try_from(decoder.total_bytes()).map_err(|_| ImageError::Damaged("its size"))?;
    let mut pixels = vec![0; size];
    decoder.read_image(&mut pixels).map_err(error)
}

/// The marker at a position (any number of fill bytes FF may precede its code) and the position behind it.
fn marker_at(bytes: &[u8], position: usize) -> Result<(u8, usize), ImageError> {
    let rest = bytes.get(position..).unwrap_or_default();
    match rest.iter().position(|byte| *byte != 0xFF) {
        Some(0) => Err(ImageError::Damaged("bytes where a marker should be")),
        Some(fill) => Ok((rest[fill], position + fill + 1)),
        None => Err(ImageError::Truncated),
    }
}

/// The content of the marker segment whose length field is at a position.
fn segment_at(bytes: &[u8], position: usize) -> Result<&[u8], ImageError> {
    let rest = bytes.get(position..).unwrap_or_default();
    let (length, rest) = rest.split_first_chunk::<2>().ok_or(ImageError::Truncated)?;
    let length = usize::from(u16::from_be_bytes(*length));
    let length = length
        .checked_sub(2)
        .ok_or(ImageError::Damaged("a segment's length"))?;
    rest.get(..length).ok_or(ImageError::Truncated)
}

/// Where the scan's data end: at the first marker that is neither a stuffed zero nor a restart.
fn end_of_entropy_coded(bytes: &[u8], position: usize) -> Result<usize, ImageError> {
    let rest = bytes.get(position..).unwrap_or_default();
    rest.windows(2)
        .position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xFF | 0xD0..=0xD7))
        .map(|offset| position + offset)
        .ok_or(ImageError::Truncated)
}

/// SOF0–SOF15 without DHT, JPG and DAC (table B.1).
const fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC)
}

/// Precision, height, width and number of components of a frame header (B.2.2).
fn frame_header(segment: &[u8]) -> Result<Header, ImageError> {
    let &[precision, height_1, height_0, width_1, width_0, components, ..] = segment else {
        return Err(ImageError::Damaged("its frame header"));
    };
    let colour = match (precision, components) {
        (8, 1) => Colour::Grey,
        (8, 3) => Colour::Rgb,
        _ => return Err(ImageError::Colour),
    };
    Ok(Header {
        width: u16::from_be_bytes([width_1, width_0]).into(),
        height: u16::from_be_bytes([height_1, height_0]).into(),
        colour,
    })
}
