//! The records of ISO/IEC 19794-4:2005 §7 (fingers) and 19794-6:2005 §6.5 (irises) inside DG3 and DG4: that every length is right and
//! every image there. The images themselves are not looked at.

use super::Flaw;

/// General header of a finger record, and header of each of its images.
const FINGER_RECORD_HEADER_LEN: usize = 32;
const FINGER_HEADER_LEN: usize = 14;

/// ```text
/// header  "FIR" 0 · "010" 0 · length of record (6) · capture device (2) · acquisition level (2) · number of fingers · … 32 in all
/// finger  length of block (4) · position · views · … 14 in all · image
/// ```
pub(super) fn fingers(record: &[u8]) -> Result<(), Flaw> {
    let record = Record {
        name: "DG3",
        bytes: record,
    };
    record.version(b"FIR\x00010\x00")?;
    record.length(8, 6)?;
    let fingers = record.number(18, 1)?;
    if fingers == 0 {
        return Err(record.flaw("there is no finger"));
    }
    let mut at = FINGER_RECORD_HEADER_LEN;
    for _ in 0..fingers {
        let block = record.number(at, 4)?;
        if block <= FINGER_HEADER_LEN {
            return Err(record.flaw("there is no image"));
        }
        at = at.saturating_add(block);
    }
    record.ends_at(at)
}

/// ```text
/// header  "IIR" 0 · "010" 0 · length of record (4) · capture device (2) · number of eyes · length of header (2) · …
/// eye     eye · number of images (2), and of each: 7 bytes · length of image (4) · image
/// ```
pub(super) fn irises(record: &[u8]) -> Result<(), Flaw> {
    let record = Record {
        name: "DG4",
        bytes: record,
    };
    record.version(b"IIR\x00010\x00")?;
    record.length(8, 4)?;
    let eyes = record.number(14, 1)?;
    if eyes == 0 {
        return Err(record.flaw("there is no iris"));
    }
    let mut at = record.number(15, 2)?;
    for _ in 0..eyes {
        let images = record.number(at.saturating_add(1), 2)?;
        at = at.saturating_add(3);
        for _ in 0..images {
            let image = record.number(at.saturating_add(7), 4)?;
            if image == 0 {
                return Err(record.flaw("there is no image"));
            }
            at = at.saturating_add(11).saturating_add(image);
        }
    }
    record.ends_at(at)
}

struct Record<'a> {
    name: &'static str,
    bytes: &'a [u8],
}

impl Record<'_> {
    fn version(&self, known: &[u8]) -> Result<(), Flaw> {
        if self.bytes.starts_with(known) {
            Ok(())
        } else {
            Err(self.flaw("the version of the record is unknown"))
        }
    }

    /// The big-endian number of so many bytes at this place.
    fn number(&self, at: usize, count: usize) -> Result<usize, Flaw> {
        let digits = self.bytes.get(at..at.saturating_add(count));
        let digits = digits.ok_or_else(|| self.flaw("the record ends too early"))?;
        Ok(digits
            .iter()
            .fold(0, |sum: usize, &byte| (sum << 8) | usize::from(byte)))
    }

    /// The record's length at this place is that of its bytes.
    fn length(&self, at: usize, count: usize) -> Result<(), Flaw> {
        if self.number(at, count)? == self.bytes.len() {
            Ok(())
        } else {
            Err(self.flaw("the record has another length than it says"))
        }
    }

    fn ends_at(&self, at: usize) -> Result<(), Flaw> {
        if at == self.bytes.len() {
            Ok(())
        } else {
            Err(self.flaw("the images have other lengths than they say"))
        }
    }

    fn flaw(&self, what: &str) -> Flaw {
        Flaw::structure(format!("{}: {what}", self.name))
    }
}
