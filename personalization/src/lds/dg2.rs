//! DG2: the face in a CBEFF biometric information group (9303-10, section 4.7.2).
//!
//! ```text
//! 75 { 7F61 { 02 number of instances = 1
//!             7F60 { A1 { 81 biometric type, 82 subtype, 87 format owner, 88 format type }
//!                    5F2E facial record of ISO/IEC 19794-5 | 7F2E { A1 { data block of ISO/IEC 39794-5 } } } } }
//! ```

use card_applet::wire::lds::DataGroup;

use super::tlv;
use crate::biometrics::cbeff::{
    self, BiometricGroup, BiometricHeader, BiometricTemplate, DataBlock, SC_37, biometric_type,
};
use crate::biometrics::error::BiometricError;
use crate::biometrics::face::FaceImage;
use crate::biometrics::format::FaceFormat;
use crate::biometrics::iso_19794_5::{self, Gender};
use crate::biometrics::iso_39794_5;

/// Format type: facial record of ISO/IEC 19794-5.
pub const ISO_19794_5: u16 = 0x0008;

/// Format type: face image data block of ISO/IEC 39794-5.
pub const ISO_39794_5: u16 = 0x002A;

/// Biometric subtype: none.
const NO_SUBTYPE: u8 = 0;

/// Encodes DG2 with one face. ISO/IEC 39794-5 has no place for "unspecified" in its gender, and DG1 says it anyway: only the older
/// record has it.
#[must_use]
pub fn encode(face: &FaceImage, gender: Gender, format: FaceFormat) -> Vec<u8> {
    let (format_type, block) = match format {
        FaceFormat::Iso19794 => (
            ISO_19794_5,
            DataBlock::Primitive(iso_19794_5::encode(face, gender)),
        ),
        FaceFormat::Iso39794 => (
            ISO_39794_5,
            DataBlock::Constructed(tlv(cbeff::RECORD_OF_39794, &iso_39794_5::encode(face))),
        ),
    };
    let template = BiometricTemplate {
        header: BiometricHeader {
            version: None,
            biometric_type: Some(biometric_type::FACE),
            subtype: Some(NO_SUBTYPE),
            format_owner: SC_37,
            format_type,
        },
        block,
    };
    cbeff::encode_group(DataGroup::DG2.tag(), &[template], &[])
}

/// Reads DG2; the records in it are for [`iso_19794_5::decode`] or [`iso_39794_5::decode`], by the header's format type.
///
/// # Errors
/// [`BiometricError`]. Never panics.
pub fn decode(file: &[u8]) -> Result<BiometricGroup<'_>, BiometricError> {
    cbeff::decode_group(file, DataGroup::DG2.tag())
}
