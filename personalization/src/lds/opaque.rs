//! Data groups whose content 9303-10 leaves open: DG6 is reserved (section 4.7.6), DG8, DG9 and DG10 await a definition of their
//! data, structure and substance features (4.7.8 to 4.7.10), and DG13 is the issuing state's own (4.7.13).
//!
//! They pass through as they are; only the outer data object is the standard's.

use card_applet::wire::lds::DataGroup;

use super::read::{MAX_FILE_BYTES, outer};
use super::{AsRead, LdsError, tlv};

/// The data groups that pass through.
pub const OPAQUE: [u8; 5] = [6, 8, 9, 10, 13];

fn name(group: DataGroup) -> Result<&'static str, LdsError> {
    match group.number() {
        6 => Ok("DG6"),
        8 => Ok("DG8"),
        9 => Ok("DG9"),
        10 => Ok("DG10"),
        13 => Ok("DG13"),
        _ => Err(LdsError::new(
            "data group",
            group.to_string(),
            "has a content that 9303-10 defines",
        )),
    }
}

/// Encodes one of [`OPAQUE`] around `content`.
///
/// # Errors
/// [`LdsError`] for another data group, or content that is too long.
pub fn encode(group: DataGroup, content: &[u8]) -> Result<Vec<u8>, LdsError> {
    let file = name(group)?;
    if content.len() > MAX_FILE_BYTES - 8 {
        return Err(LdsError::new(file, "file", "is longer than 1048576 bytes"));
    }
    Ok(tlv(group.tag(), content))
}

/// The content of one of [`OPAQUE`].
///
/// # Errors
/// [`LdsError`] for another data group or another outer tag.
pub fn decode(group: DataGroup, file: &[u8]) -> Result<AsRead<'_, &[u8]>, LdsError> {
    let content = outer(name(group)?, group.tag(), file)?;
    Ok(AsRead::new(file, content))
}
