//! PNG (ISO/IEC 15948): a walk over its chunks for what IHDR says, with every chunk's CRC.
//!
//! Finger images may be PNG (ISO/IEC 19794-4, table 3). The pixels are passed through as they came.

use super::image::{Colour, Header, ImageError, Resolution};

/// The signature of every PNG file (5.2).
const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A];

/// Most chunks; a fingerprint has a handful.
const MAX_CHUNKS: usize = 1024;

/// CRC-32 of ISO/IEC 15948, annex D.
static CRC: crc::Crc<u32> = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC);

/// Whether the bytes begin like a PNG file.
pub(super) fn recognize(bytes: &[u8]) -> bool {
    bytes.starts_with(&SIGNATURE)
}

/// Walks over all chunks to IEND in the last bytes and returns what IHDR and pHYs say.
///
/// # Errors
/// [`ImageError`]. Never panics.
pub(super) fn inspect(bytes: &[u8]) -> Result<Header, ImageError> {
    let mut rest = bytes.strip_prefix(&SIGNATURE).ok_or(ImageError::UnknownFormat)?;
    let mut header = None;
    let mut has_data = false;
    for _ in 0..MAX_CHUNKS {
        let (length, after) = rest.split_first_chunk::<4>().ok_or(ImageError::Truncated)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| ImageError::Truncated)?;
        let named = length.checked_add(4).ok_or(ImageError::Truncated)?;
        let (chunk, after) = after.split_at_checked(named).ok_or(ImageError::Truncated)?;
        let (crc, after) = after.split_first_chunk::<4>().ok_or(ImageError::Truncated)?;
        if CRC.checksum(chunk) != u32::from_be_bytes(*crc) {
            return Err(ImageError::Damaged("the check sum of a chunk"));
        }
        let (kind, data) = chunk.split_first_chunk::<4>().ok_or(ImageError::Truncated)?;
        match (kind, &mut header) {
            (b"IHDR", None) => header = Some(image_header(data)?),
            (b"IHDR", Some(_)) | (_, None) => return Err(ImageError::Damaged("IHDR is not its first chunk")),
            (b"IDAT", _) => has_data = true,
            (b"pHYs", Some(header)) => header.resolution = physical_dimensions(data),
            (b"IEND", _) if !after.is_empty() => {
                return Err(ImageError::TrailingBytes { count: after.len() });
            }
            (b"IEND", Some(header)) if has_data => return Ok(*header),
            (b"IEND", _) => return Err(ImageError::Truncated),
            _ => {}
        }
        rest = after;
    }
    Err(ImageError::Damaged("too many chunks"))
}

/// Width (4), height (4), bit depth, colour type, compression, filter, interlace (11.2.1).
fn image_header(data: &[u8]) -> Result<Header, ImageError> {
    let &[w3, w2, w1, w0, h3, h2, h1, h0, depth, colour, ..] = data else {
        return Err(ImageError::Damaged("its IHDR"));
    };
    let colour = match (depth, colour) {
        (8, 0) => Colour::Grey,
        (8, 2) => Colour::Rgb,
        _ => return Err(ImageError::Colour),
    };
    Ok(Header {
        width: u32::from_be_bytes([w3, w2, w1, w0]),
        height: u32::from_be_bytes([h3, h2, h1, h0]),
        colour,
        resolution: None,
    })
}

/// Pixels per unit (4 each), and the unit: 1 is the metre (11.3.5.3).
fn physical_dimensions(data: &[u8]) -> Option<Resolution> {
    let &[x3, x2, x1, x0, y3, y2, y1, y0, 1] = data else {
        return None;
    };
    let per_metre = |bytes| u64::from(u32::from_be_bytes(bytes));
    Resolution::per_metre(per_metre([x3, x2, x1, x0]), per_metre([y3, y2, y1, y0]))
}
