//! DG3: fingers, each in a biometric information template of its own (9303-10, section 4.7.3).

use card_applet::wire::lds::DataGroup;

use super::tlv;
use crate::biometrics::cbeff::{
    self, BiometricGroup, BiometricHeader, BiometricTemplate, DataBlock, SC_37, biometric_type,
};
use crate::biometrics::enrolment::Enrolment;
use crate::biometrics::error::BiometricError;
use crate::biometrics::format::FingerFormat;
use crate::biometrics::{iso_19794_4, iso_39794_4};

/// Format type: finger image record of ISO/IEC 19794-4.
pub const ISO_19794_4: u16 = 0x0007;

/// Format type: finger image data block of ISO/IEC 39794-4.
pub const ISO_39794_4: u16 = 0x0028;

/// Encodes DG3 with every finger that was captured; with none it is empty but for random bytes.
#[must_use]
pub fn encode(enrolment: &Enrolment, format: FingerFormat) -> Vec<u8> {
    let templates: Vec<BiometricTemplate> = enrolment
        .fingers()
        .iter()
        .enumerate()
        .map(|(index, finger)| {
            let (format_type, block) = match format {
                FingerFormat::Iso19794 => (ISO_19794_4, DataBlock::Primitive(iso_19794_4::encode(finger))),
                FingerFormat::Iso39794 => {
                    let missing = if index == 0 {
                        enrolment.missing_fingers()
                    } else {
                        &[]
                    };
                    let record = iso_39794_4::encode(finger, enrolment.quality_algorithm(), missing);
                    (
                        ISO_39794_4,
                        DataBlock::Constructed(tlv(cbeff::RECORD_OF_39794, &record)),
                    )
                }
            };
            let header = BiometricHeader {
                version: None,
                biometric_type: Some(biometric_type::FINGER),
                subtype: Some(finger.position.subtype()),
                format_owner: SC_37,
                format_type,
            };
            BiometricTemplate { header, block }
        })
        .collect();
    let group = DataGroup::DG3;
    cbeff::encode_group(group.tag(), &templates, &enrolment.filler(group.number()))
}

/// Reads DG3; the records in it are for [`iso_19794_4::decode`] or [`iso_39794_4::decode`], by the header's format type.
///
/// # Errors
/// [`BiometricError`]. Never panics.
pub fn decode(file: &[u8]) -> Result<BiometricGroup<'_>, BiometricError> {
    cbeff::decode_group(file, DataGroup::DG3.tag())
}
