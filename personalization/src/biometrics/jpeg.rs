//! JPEG (ISO/IEC 10918-1): a walk over everything in the file, then a full decode.
//!
//! Decoders forgive a file that ends early and paint the rest grey. The walk does not: it insists that every scan
//! has the data of all its blocks ([`entropy`]) and that the end-of-image marker is in the last two bytes.
//!
//! Only the baseline mode is taken, because a facial record has no other (ISO/IEC 19794-5): a reader at
//! a border need not know progressive JPEG.

mod entropy;
mod metadata;

use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::image::{Colour, Header, ImageError, MAX_SIDE, undisturbed};
use entropy::{Component, Frame, HuffmanTables};
pub(super) use metadata::{Metadata, UPRIGHT};

/// Marker codes (table B.1).
mod marker {
    /// Baseline frame.
    pub(super) const SOF_0: u8 = 0xC0;
    /// Define Huffman tables.
    pub(super) const DHT: u8 = 0xC4;
    /// Start of image.
    pub(super) const SOI: u8 = 0xD8;
    /// End of image.
    pub(super) const EOI: u8 = 0xD9;
    /// Start of scan.
    pub(super) const SOS: u8 = 0xDA;
    /// Define restart interval.
    pub(super) const DRI: u8 = 0xDD;
}

/// Whether the bytes begin like a JPEG.
pub(super) fn recognize(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xFF, marker::SOI, 0xFF])
}

/// What the segments before the first scan say beside the picture, in a JPEG of any mode.
pub(super) fn metadata(bytes: &[u8]) -> Metadata {
    let mut metadata = Metadata::default();
    let mut position = 2;
    while let Ok((code, after)) = marker_at(bytes, position)
        && code != marker::SOS
        && let Ok(segment) = segment_at(bytes, after)
    {
        metadata.take(code, segment);
        position = after + 2 + segment.len();
    }
    metadata
}

/// Refuses a JPEG of any mode whose chrominance is sampled in another way than photographs are: no finer than the luminance, and
/// alike. Decoders are at home with nothing else.
///
/// # Errors
/// [`ImageError::Damaged`].
pub(super) fn check_sampling(bytes: &[u8]) -> Result<(), ImageError> {
    let mut position = 2;
    loop {
        let (code, after) = marker_at(bytes, position)?;
        let segment = segment_at(bytes, after)?;
        position = after + 2 + segment.len();
        match code {
            marker::SOS => return Ok(()),
            // DHT, JPG and DAC are no frames.
            0xC0..=0xCF if !matches!(code, marker::DHT | 0xC8 | 0xCC) => {
                let parameters = segment.get(6..).unwrap_or_default();
                let factors: Vec<u8> = parameters.chunks_exact(3).map(|component| component[1]).collect();
                is_photographic(&factors)?;
            }
            _ => {}
        }
    }
}

/// `factors` are those of each component, horizontal in the high half of the byte (B.2.2).
fn is_photographic(factors: &[u8]) -> Result<(), ImageError> {
    let [luminance, chrominance @ ..] = factors else {
        return Ok(());
    };
    let finer = |factor: &u8| factor >> 4 > luminance >> 4 || factor & 0x0F > luminance & 0x0F;
    let alike = chrominance.windows(2).all(|pair| pair[0] == pair[1]);
    if alike && !chrominance.iter().any(finer) {
        Ok(())
    } else {
        Err(ImageError::Damaged("its sampling factors"))
    }
}

/// Walks over all marker segments (B.1.1) and scans, and returns what the frame header says.
///
/// # Errors
/// [`ImageError`], also for an image that is to be turned before it is looked at.
pub(super) fn inspect(bytes: &[u8]) -> Result<Header, ImageError> {
    let mut frame = None;
    let mut metadata = Metadata::default();
    let mut tables = HuffmanTables::default();
    let mut restart_interval = 0;
    let mut position = 2;
    loop {
        let (code, after) = marker_at(bytes, position)?;
        if code == marker::EOI {
            if after != bytes.len() {
                return Err(ImageError::TrailingBytes {
                    count: bytes.len() - after,
                });
            }
            return finish(frame, metadata);
        }
        if matches!(code, marker::SOI | 0x00 | 0x01 | 0xD0..=0xD7) {
            return Err(ImageError::Damaged("a marker in the wrong place"));
        }
        let segment = segment_at(bytes, after)?;
        position = after + 2 + segment.len();
        match code {
            marker::SOF_0 if frame.is_some() => return Err(ImageError::Damaged("two frame headers")),
            marker::SOF_0 => frame = Some(frame_header(segment)?),
            // The other frames, arithmetic coding and hierarchical mode.
            0xC1..=0xCF if code != marker::DHT => return Err(ImageError::NotBaseline),
            marker::DHT => tables.define(segment)?,
            marker::DRI => {
                let interval = segment
                    .try_into()
                    .map_err(|_| ImageError::Damaged("its restart interval"))?;
                restart_interval = u16::from_be_bytes(interval);
            }
            marker::SOS => {
                let frame = frame.as_mut().ok_or(ImageError::Damaged("no frame header"))?;
                let end = end_of_entropy_coded(bytes, position)?;
                entropy::check_scan(frame, &tables, restart_interval, segment, &bytes[position..end])?;
                position = end;
            }
            _ => metadata.take(code, segment),
        }
    }
}

/// Decodes every pixel.
///
/// Not in the decoder's strict mode, which fails at restart markers of scans of one component; that no data are
/// missing is known from the walk.
pub(super) fn decode(bytes: &[u8], header: &Header) -> Result<(), ImageError> {
    let error = |error: DecodeErrors| ImageError::Decode(error.to_string());
    let side = usize::from(MAX_SIDE);
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(side)
        .set_max_height(side);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(error)?;
    let size = decoder
        .info()
        .map(|info| (u32::from(info.width), u32::from(info.height)));
    if size != Some((header.width, header.height)) {
        return Err(ImageError::Damaged("two readings of its headers differ"));
    }
    // The dimensions were limited by the caller, so this takes at most 12 MB.
    undisturbed(|| decoder.decode().map(drop).map_err(error))
}

fn finish(frame: Option<Frame>, metadata: Metadata) -> Result<Header, ImageError> {
    let frame = frame.ok_or(ImageError::Damaged("no frame header"))?;
    if !frame.is_complete() {
        return Err(ImageError::Truncated);
    }
    if metadata.orientation != UPRIGHT {
        return Err(ImageError::Orientation);
    }
    Ok(Header {
        width: frame.width.into(),
        height: frame.height.into(),
        colour: if frame.components.len() == 1 {
            Colour::Grey
        } else {
            Colour::Rgb
        },
        resolution: metadata.resolution,
    })
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

/// Size and components of a frame header (B.2.2). A size that no image of a card has ends the walk here, before any of the
/// work that it promises; what a portrait or a finger must have is asked later.
fn frame_header(segment: &[u8]) -> Result<Frame, ImageError> {
    let Some((&[precision, height_1, height_0, width_1, width_0, count], parameters)) =
        segment.split_first_chunk::<6>()
    else {
        return Err(ImageError::Damaged("its frame header"));
    };
    if precision != 8 || !matches!(count, 1 | 3) {
        return Err(ImageError::Colour);
    }
    let (components, []) = parameters.as_chunks::<3>() else {
        return Err(ImageError::Damaged("its frame header"));
    };
    if components.len() != usize::from(count) {
        return Err(ImageError::Damaged("its frame header"));
    }
    let factors: Vec<u8> = components.iter().map(|component| component[1]).collect();
    is_photographic(&factors)?;
    let components: Option<Vec<Component>> = components.iter().map(Component::from_parameters).collect();
    let frame = Frame {
        width: u16::from_be_bytes([width_1, width_0]),
        height: u16::from_be_bytes([height_1, height_0]),
        components: components.ok_or(ImageError::Damaged("its sampling factors"))?,
    };
    let (width, height) = (frame.width, frame.height);
    if !(1..=MAX_SIDE).contains(&width) || !(1..=MAX_SIDE).contains(&height) {
        return Err(ImageError::Dimensions {
            width: width.into(),
            height: height.into(),
        });
    }
    Ok(frame)
}
