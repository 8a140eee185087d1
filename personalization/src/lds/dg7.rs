//! DG7: the displayed signature or usual mark (9303-10, section 4.7.7).

use card_applet::wire::lds::DataGroup;

use super::displayed::{self, DisplayedImages};
use crate::biometrics::error::BiometricError;
use crate::biometrics::picture::Picture;

/// Displayed signature or usual mark.
const IMAGE: u32 = 0x5F43;

/// Encodes DG7 with one signature.
#[must_use]
pub fn encode(signature: &Picture) -> Vec<u8> {
    displayed::encode(DataGroup::DG7.tag(), IMAGE, signature.bytes())
}

/// Reads DG7.
///
/// # Errors
/// [`BiometricError`]. Never panics.
pub fn decode(file: &[u8]) -> Result<DisplayedImages<'_>, BiometricError> {
    displayed::decode(file, DataGroup::DG7.tag(), IMAGE)
}
