//! JPEG 2000 (ISO/IEC 15444-1): a walk over boxes and tile-parts, then a full decode in strict mode.
//!
//! A code stream is made to be cut: decoders show what they have. A card must have all of it, so the walk adds
//! up the lengths of all tile-parts and insists on the end-of-codestream marker in the last two bytes.

use hayro_jpeg2000::{DecodeSettings, DecoderContext, Image};

use super::image::{Colour, Header, ImageError, Resolution, undisturbed};

/// The signature box with which every JP2 file begins (I.5.1).
const SIGNATURE_BOX: [u8; 12] = [0, 0, 0, 12, b'j', b'P', b' ', b' ', 0x0D, 0x0A, 0x87, 0x0A];

/// Start of codestream, followed by the size marker (A.4.1, A.5.1).
const SOC_SIZ: [u8; 4] = [0xFF, 0x4F, 0xFF, 0x51];

/// Start of tile-part (A.4.2).
const SOT: [u8; 2] = [0xFF, 0x90];

/// End of codestream (A.4.4).
const EOC: [u8; 2] = [0xFF, 0xD9];

/// Most tiles; a portrait is one tile. Bounds what a small file can make the decoder allocate.
const MAX_TILES: u64 = 64;

/// Whether the bytes begin like a JP2 file or a bare code stream.
pub(super) fn recognize(bytes: &[u8]) -> bool {
    bytes.starts_with(&SIGNATURE_BOX) || bytes.starts_with(&SOC_SIZ)
}

/// Walks over the whole file and returns what the size marker says.
pub(super) fn inspect(bytes: &[u8]) -> Result<Header, ImageError> {
    let (codestream, resolution) = if bytes.starts_with(&SIGNATURE_BOX) {
        contiguous_codestream(bytes)?
    } else {
        (bytes, None)
    };
    let header = size(codestream)?;
    check_tile_parts(codestream)?;
    Ok(Header { resolution, ..header })
}

/// Decodes every pixel.
pub(super) fn decode(bytes: &[u8], header: &Header) -> Result<(), ImageError> {
    let error = |error: hayro_jpeg2000::DecodeError| ImageError::Decode(error.to_string());
    let settings = DecodeSettings {
        strict: true,
        ..DecodeSettings::default()
    };
    let image = Image::new(bytes, &settings).map_err(error)?;
    if (image.width(), image.height()) != (header.width, header.height) {
        return Err(ImageError::Damaged("two readings of its headers differ"));
    }
    undisturbed(|| {
        image
            .decode(&mut DecoderContext::default())
            .map(drop)
            .map_err(error)
    })?;
    Ok(())
}

/// The content of the one contiguous codestream box, which must be the last box of the file (I.5.4), and what the header box said of
/// the resolution.
///
/// The standard lets boxes follow it; none that a portrait needs does, and the walk is sure of the end so.
fn contiguous_codestream(bytes: &[u8]) -> Result<(&[u8], Option<Resolution>), ImageError> {
    let mut rest = bytes;
    let mut resolution = None;
    while let Some((kind, content, after)) = next_box(rest)? {
        match &kind {
            b"jp2c" if after.is_empty() => return Ok((content, resolution)),
            b"jp2c" => return Err(ImageError::TrailingBytes { count: after.len() }),
            b"jp2h" => resolution = resolution_of(content)?,
            _ => {}
        }
        rest = after;
    }
    Err(ImageError::Truncated)
}

/// A box of a JP2 file (I.4): kind, content, and what follows it.
type Jp2Box<'a> = ([u8; 4], &'a [u8], &'a [u8]);

/// The first box; `None` for fewer bytes than a box's header.
fn next_box(bytes: &[u8]) -> Result<Option<Jp2Box<'_>>, ImageError> {
    let Some((header, content)) = bytes.split_first_chunk::<8>() else {
        return Ok(None);
    };
    let [l3, l2, l1, l0, kind @ ..] = *header;
    let length = u32::from_be_bytes([l3, l2, l1, l0]);
    let (content, after) = match length {
        // To the end of the file.
        0 => (content, &[][..]),
        // The 64-bit form is for files of 4 GiB and more; 2–7 are reserved.
        1..=7 => return Err(ImageError::Damaged("a box's length")),
        _ => {
            let length = usize::try_from(length - 8).map_err(|_| ImageError::Truncated)?;
            content.split_at_checked(length).ok_or(ImageError::Truncated)?
        }
    };
    Ok(Some((kind, content, after)))
}

/// The capture resolution in the header box: `res ` { `resc` { numerators and denominators (2 each), exponents (1 each) } }, vertically
/// first, in pixels per metre (I.5.3.7).
fn resolution_of(header_box: &[u8]) -> Result<Option<Resolution>, ImageError> {
    let find = |mut boxes, wanted: &[u8; 4]| -> Result<Option<&[u8]>, ImageError> {
        while let Some((kind, content, after)) = next_box(boxes)? {
            if kind == *wanted {
                return Ok(Some(content));
            }
            boxes = after;
        }
        Ok(None)
    };
    let Some(resolution) = find(header_box, b"res ")? else {
        return Ok(None);
    };
    let Some(&[v1, v0, vd1, vd0, h1, h0, hd1, hd0, v_exponent, h_exponent, ..]) = find(resolution, b"resc")?
    else {
        return Ok(None);
    };
    let value = |numerator: [u8; 2], denominator: [u8; 2], exponent: u8| -> Option<u64> {
        let (numerator, denominator) = (u16::from_be_bytes(numerator), u16::from_be_bytes(denominator));
        let power = 10_u64.checked_pow(i8::from_be_bytes([exponent]).unsigned_abs().into())?;
        let (numerator, denominator) = (u64::from(numerator), u64::from(denominator));
        if i8::from_be_bytes([exponent]) < 0 {
            numerator.checked_div(denominator.checked_mul(power)?)
        } else {
            numerator.checked_mul(power)?.checked_div(denominator)
        }
    };
    let vertical = value([v1, v0], [vd1, vd0], v_exponent);
    let horizontal = value([h1, h0], [hd1, hd0], h_exponent);
    Ok(horizontal
        .zip(vertical)
        .and_then(|(horizontal, vertical)| Resolution::per_metre(horizontal, vertical)))
}

/// Image size, tile size and components of the size marker segment (A.5.1).
fn size(codestream: &[u8]) -> Result<Header, ImageError> {
    if !codestream.starts_with(&SOC_SIZ) {
        return Err(ImageError::Damaged("no code stream"));
    }
    let field = |offset: usize| -> Result<u64, ImageError> {
        let bytes = codestream.get(offset..offset + 4).ok_or(ImageError::Truncated)?;
        Ok(bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    };
    // Xsiz, Ysiz, XOsiz, YOsiz, XTsiz, YTsiz, XTOsiz, YTOsiz: four bytes each from offset 8.
    let [x, y, x_offset, y_offset] = [field(8)?, field(12)?, field(16)?, field(20)?];
    let [tile_x, tile_y, tile_x_offset, tile_y_offset] = [field(24)?, field(28)?, field(32)?, field(36)?];
    let (Some(width), Some(height)) = (x.checked_sub(x_offset), y.checked_sub(y_offset)) else {
        return Err(ImageError::Damaged("its size"));
    };
    if tile_x == 0 || tile_y == 0 || tile_x_offset > x_offset || tile_y_offset > y_offset {
        return Err(ImageError::Damaged("its tiles"));
    }
    let tiles = (x - tile_x_offset).div_ceil(tile_x) * (y - tile_y_offset).div_ceil(tile_y);
    if tiles > MAX_TILES {
        return Err(ImageError::Damaged("too many tiles"));
    }

    let components = codestream.get(40..42).ok_or(ImageError::Truncated)?;
    let (colour, count) = match components {
        [0, 1] => (Colour::Grey, 1),
        [0, 3] => (Colour::Rgb, 3),
        _ => return Err(ImageError::Colour),
    };
    let components = codestream.get(42..42 + 3 * count).ok_or(ImageError::Truncated)?;
    if components.chunks_exact(3).any(|component| component[0] != 7) {
        return Err(ImageError::Colour);
    }
    Ok(Header {
        width: saturated(width),
        height: saturated(height),
        colour,
        resolution: None,
    })
}

fn saturated(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// Follows the marker segments of the main header and the lengths (Psot) of all tile-parts to the last bytes.
fn check_tile_parts(codestream: &[u8]) -> Result<(), ImageError> {
    let mut rest = codestream.get(2..).unwrap_or_default();
    let mut tile_parts = 0;
    loop {
        let (marker, after) = rest.split_first_chunk::<2>().ok_or(ImageError::Truncated)?;
        match *marker {
            EOC if after.is_empty() && tile_parts > 0 => return Ok(()),
            EOC if tile_parts > 0 => return Err(ImageError::TrailingBytes { count: after.len() }),
            SOT => {
                // Lsot, Isot, Psot: the length counts from the marker.
                let length = after.get(4..8).ok_or(ImageError::Truncated)?;
                let length = length
                    .iter()
                    .fold(0, |value, byte| value << 8 | usize::from(*byte));
                if length == 0 {
                    // The last tile-part reaches to the end of the codestream.
                    return if rest.ends_with(&EOC) {
                        Ok(())
                    } else {
                        Err(ImageError::Truncated)
                    };
                }
                if length < 14 {
                    return Err(ImageError::Damaged("a tile-part's length"));
                }
                rest = rest.get(length..).ok_or(ImageError::Truncated)?;
                tile_parts += 1;
            }
            [0xFF, _] if tile_parts == 0 => {
                let (length, _) = after.split_first_chunk::<2>().ok_or(ImageError::Truncated)?;
                let length = usize::from(u16::from_be_bytes(*length));
                if length < 2 {
                    return Err(ImageError::Damaged("a segment's length"));
                }
                rest = after.get(length..).ok_or(ImageError::Truncated)?;
            }
            _ => return Err(ImageError::Damaged("bytes where a marker should be")),
        }
    }
}
