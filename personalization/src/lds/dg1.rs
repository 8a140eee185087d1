//! DG1: the machine-readable zone as printed (9303-10, section 4.7.1).

use card_applet::wire::lds::DataGroup;

use super::read::{Objects, outer};
use super::{AsRead, LdsError, tlv};
use crate::mrz::Mrz;

/// The file's name in errors.
const FILE: &str = "DG1";

/// Encodes DG1: `61 { 5F1F MRZ }`.
#[must_use]
pub fn encode(mrz: &Mrz) -> Vec<u8> {
    tlv(DataGroup::DG1.tag(), &tlv(0x5F1F, mrz.concatenated().as_bytes()))
}

/// Reads DG1, whose check digits may be wrong; [`Mrz::check`] tells.
///
/// Errata: the TD1 example of 9303-10 (appendix A.2.1) has a wrong composite check digit, and the TD2 example (A.2.2) has more characters than
/// its length says, so it is no file.
///
/// # Errors
/// [`LdsError`] for another structure, or a zone of no known size.
pub fn decode(file: &[u8]) -> Result<AsRead<'_, Mrz>, LdsError> {
    let mut objects = Objects::new(FILE, outer(FILE, DataGroup::DG1.tag(), file)?);
    let zone = objects.expect(0x5F1F, "machine-readable zone")?;
    objects.finish("machine-readable zone")?;
    let error = |rule: String| LdsError::new(FILE, "machine-readable zone", rule);
    // A line end is a white space that a zone on paper may have and one on a chip may not.
    if zone.iter().any(u8::is_ascii_whitespace) {
        return Err(error("has a white space".to_owned()));
    }
    let text = core::str::from_utf8(zone).map_err(|_| error("is not text".to_owned()))?;
    let mrz = Mrz::parse_unchecked(text).map_err(|rule| error(format!("is wrong: {rule}")))?;
    Ok(AsRead::new(file, mrz))
}
