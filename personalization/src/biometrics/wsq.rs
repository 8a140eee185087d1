//! WSQ, the compression of fingerprints (NIST IAFIS-IC-0110): a walk over its blocks for what the frame header says.
//!
//! The image is passed through as it came; no reader of this project decodes it. The walk is sure that the file is whole:
//! one frame, at least one block of coefficients, and the end marker in the last two bytes.

use super::image::{Colour, Header, ImageError, Resolution};

/// Start of image.
const SOI: [u8; 2] = [0xFF, 0xA0];

/// Marker codes behind FF.
mod marker {
    pub(super) const EOI: u8 = 0xA1;
    pub(super) const SOF: u8 = 0xA2;
    pub(super) const SOB: u8 = 0xA3;
    /// Restart marks 0 to 7 stand alone in the coefficients.
    pub(super) const RST_0: u8 = 0xB0;
    pub(super) const RST_7: u8 = 0xB7;
    /// Transform table, quantization table, Huffman tables, restart interval.
    pub(super) const TABLES: core::ops::RangeInclusive<u8> = 0xA4..=0xA7;
    pub(super) const COMMENT: u8 = 0xA8;
}

/// Whether the bytes begin like a WSQ file.
pub(super) fn recognize(bytes: &[u8]) -> bool {
    bytes.starts_with(&SOI)
}

/// Walks over all blocks and returns what the frame header says.
///
/// # Errors
/// [`ImageError`]. Never panics.
pub(super) fn inspect(bytes: &[u8]) -> Result<Header, ImageError> {
    let mut rest = bytes.strip_prefix(&SOI).ok_or(ImageError::UnknownFormat)?;
    let mut frame = None;
    let mut resolution = None;
    let mut has_coefficients = false;
    loop {
        let (&[prefix, code], after) = rest.split_first_chunk::<2>().ok_or(ImageError::Truncated)?;
        if prefix != 0xFF {
            return Err(ImageError::Damaged("bytes where a marker should be"));
        }
        if code == marker::EOI {
            if !after.is_empty() {
                return Err(ImageError::TrailingBytes { count: after.len() });
            }
            return match (frame, has_coefficients) {
                (Some(header), true) => Ok(Header { resolution, ..header }),
                (None, _) => Err(ImageError::Damaged("no frame header")),
                (_, false) => Err(ImageError::Truncated),
            };
        }
        let (length, _) = after.split_first_chunk::<2>().ok_or(ImageError::Truncated)?;
        let length = usize::from(u16::from_be_bytes(*length));
        if length < 2 {
            return Err(ImageError::Damaged("a block's length"));
        }
        let (segment, behind) = after.split_at_checked(length).ok_or(ImageError::Truncated)?;
        match code {
            marker::SOF if frame.is_some() => return Err(ImageError::Damaged("two frame headers")),
            marker::SOF => frame = Some(frame_header(segment)?),
            marker::SOB if frame.is_none() => return Err(ImageError::Damaged("no frame header")),
            marker::SOB => has_coefficients = true,
            marker::COMMENT => resolution = resolution.or(stated_resolution(segment)),
            _ if marker::TABLES.contains(&code) => {}
            _ => return Err(ImageError::Damaged("a marker in the wrong place")),
        }
        rest = if code == marker::SOB {
            end_of_coefficients(behind)?
        } else {
            behind
        };
    }
}

/// Length (2), black, white, height (2), width (2), …
fn frame_header(segment: &[u8]) -> Result<Header, ImageError> {
    let &[_, _, _, _, h1, h0, w1, w0, ..] = segment else {
        return Err(ImageError::Damaged("its frame header"));
    };
    Ok(Header {
        width: u16::from_be_bytes([w1, w0]).into(),
        height: u16::from_be_bytes([h1, h0]).into(),
        colour: Colour::Grey,
        resolution: None,
    })
}

/// The line `PPI 500` of a comment as NIST's encoder writes it (NIST_COM).
fn stated_resolution(segment: &[u8]) -> Option<Resolution> {
    let text = core::str::from_utf8(segment.get(2..)?).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix("PPI "))?;
    let per_inch = value.trim().parse().ok()?;
    Resolution::per_inch(per_inch, per_inch)
}

/// What follows the Huffman codes: the next marker that is neither a stuffed FF nor a restart mark.
fn end_of_coefficients(bytes: &[u8]) -> Result<&[u8], ImageError> {
    let end = bytes.windows(2).position(|pair| {
        pair[0] == 0xFF && pair[1] != 0 && !(marker::RST_0..=marker::RST_7).contains(&pair[1])
    });
    match end {
        None => Err(ImageError::Truncated),
        Some(0) => Err(ImageError::Truncated),
        Some(end) => Ok(&bytes[end..]),
    }
}
