//! What a JPEG says of itself beside the picture: how many pixels make an inch, and how it is to be turned.
//!
//! ```text
//! APP0  "JFIF" 0 · version (2) · units · horizontal density (2) · vertical density (2) · …        (ISO/IEC 10918-5, section 10.1)
//! APP1  "Exif" 0 0 · "II" or "MM" · 42 (2) · offset of IFD (4) · … IFD { count (2), entries (12 each) }     (Exif 2.3, section 4.6)
//! ```

use crate::biometrics::image::Resolution;

/// Application markers of the two.
const APP_0: u8 = 0xE0;
const APP_1: u8 = 0xE1;

/// Tags of an IFD.
mod tag {
    pub(super) const ORIENTATION: u16 = 0x0112;
    pub(super) const X_RESOLUTION: u16 = 0x011A;
    pub(super) const Y_RESOLUTION: u16 = 0x011B;
    pub(super) const RESOLUTION_UNIT: u16 = 0x0128;
}

/// Orientation of a picture that is stored upright.
pub(in crate::biometrics) const UPRIGHT: u8 = 1;

/// What the application segments said so far; the first that says something is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::biometrics) struct Metadata {
    pub(in crate::biometrics) resolution: Option<Resolution>,
    /// 1 to 8 (Exif 2.3, table 4).
    pub(in crate::biometrics) orientation: u8,
}

impl Default for Metadata {
    fn default() -> Self {
        Self {
            resolution: None,
            orientation: UPRIGHT,
        }
    }
}

impl Metadata {
    /// Takes what a segment says. Whatever cannot be read says nothing.
    pub(super) fn take(&mut self, marker: u8, segment: &[u8]) {
        match marker {
            APP_0 => {
                if let Some(rest) = segment.strip_prefix(b"JFIF\0") {
                    self.resolution = self.resolution.or(jfif(rest));
                }
            }
            APP_1 => {
                if let Some(tiff) = segment.strip_prefix(b"Exif\0\0") {
                    self.exif(tiff);
                }
            }
            _ => {}
        }
    }

    fn exif(&mut self, tiff: &[u8]) {
        let Some(directory) = Directory::new(tiff) else {
            return;
        };
        if let Some(orientation) = directory.short(tag::ORIENTATION)
            && self.orientation == UPRIGHT
            && (1..=8).contains(&orientation)
        {
            self.orientation = orientation.to_be_bytes()[1];
        }
        let per_unit = directory
            .rational(tag::X_RESOLUTION)
            .zip(directory.rational(tag::Y_RESOLUTION));
        if let Some((x, y)) = per_unit {
            let resolution = match directory.short(tag::RESOLUTION_UNIT) {
                // No unit is stated: the standard's default is the inch.
                None | Some(2) => Resolution::per_inch(x, y),
                Some(3) => Resolution::per_metre(x.saturating_mul(100), y.saturating_mul(100)),
                Some(_) => None,
            };
            self.resolution = self.resolution.or(resolution);
        }
    }
}

/// Version (2), units, densities (2 each).
fn jfif(rest: &[u8]) -> Option<Resolution> {
    let &[_, _, units, x1, x0, y1, y0, ..] = rest else {
        return None;
    };
    let (x, y) = (u16::from_be_bytes([x1, x0]), u16::from_be_bytes([y1, y0]));
    match units {
        1 => Resolution::per_inch(x.into(), y.into()),
        2 => Resolution::per_metre(u64::from(x) * 100, u64::from(y) * 100),
        // A ratio of the sides.
        _ => None,
    }
}

/// The first IFD of a TIFF file. Offsets are looked up in the segment and nowhere else, and no chain is followed.
struct Directory<'t> {
    tiff: &'t [u8],
    is_little_endian: bool,
    entries: &'t [[u8; 12]],
}

impl<'t> Directory<'t> {
    fn new(tiff: &'t [u8]) -> Option<Self> {
        let is_little_endian = match tiff.first_chunk::<4>()? {
            b"II*\0" => true,
            b"MM\0*" => false,
            _ => return None,
        };
        let mut directory = Self {
            tiff,
            is_little_endian,
            entries: &[],
        };
        let at = usize::try_from(directory.long(tiff.get(4..8)?)?).ok()?;
        let rest = tiff.get(at..)?;
        let count = usize::from(directory.two(rest.get(..2)?)?);
        let (entries, _) = rest.get(2..)?.as_chunks::<12>();
        directory.entries = entries.get(..count.min(entries.len()))?;
        Some(directory)
    }

    fn two(&self, bytes: &[u8]) -> Option<u16> {
        let bytes = *bytes.first_chunk::<2>()?;
        Some(if self.is_little_endian {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        })
    }

    fn long(&self, bytes: &[u8]) -> Option<u32> {
        let bytes = *bytes.first_chunk::<4>()?;
        Some(if self.is_little_endian {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        })
    }

    /// The value field of an entry with this tag and type: tag (2), type (2), count (4), value or its offset (4).
    fn value(&self, tag: u16, kind: u16) -> Option<&'t [u8]> {
        let entry = self
            .entries
            .iter()
            .find(|entry| self.two(&entry[..2]) == Some(tag) && self.two(&entry[2..4]) == Some(kind))?;
        entry.get(8..)
    }

    /// A SHORT.
    fn short(&self, tag: u16) -> Option<u16> {
        self.two(self.value(tag, 3)?)
    }

    /// A RATIONAL, rounded.
    fn rational(&self, tag: u16) -> Option<u64> {
        let at = usize::try_from(self.long(self.value(tag, 5)?)?).ok()?;
        let rational = self.tiff.get(at..)?;
        let (numerator, denominator) = (self.long(rational)?, self.long(rational.get(4..)?)?);
        let (numerator, denominator) = (u64::from(numerator), u64::from(denominator));
        (numerator + denominator / 2).checked_div(denominator)
    }
}
