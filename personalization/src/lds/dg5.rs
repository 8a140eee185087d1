//! DG5: the displayed portrait (9303-10, section 4.7.5).

use card_applet::wire::lds::DataGroup;

use super::displayed::{self, DisplayedImages};
use crate::biometrics::error::BiometricError;
use crate::biometrics::face::FaceImage;

/// Displayed portrait.
const IMAGE: u32 = 0x5F40;

/// Encodes DG5 with one portrait.
#[must_use]
pub fn encode(portrait: &FaceImage) -> Vec<u8> {
    displayed::encode(DataGroup::DG5.tag(), IMAGE, portrait.bytes())
}

/// Reads DG5.
///
/// # Errors
/// [`BiometricError`]. Never panics.
pub fn decode(file: &[u8]) -> Result<DisplayedImages<'_>, BiometricError> {
    displayed::decode(file, DataGroup::DG5.tag(), IMAGE)
}
