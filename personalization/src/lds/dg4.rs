//! DG4: irises, each in a biometric information template of its own (9303-10, section 4.7.4).

use card_applet::wire::lds::DataGroup;

use crate::biometrics::cbeff::{
    self, BiometricGroup, BiometricHeader, BiometricTemplate, DataBlock, SC_37, biometric_type,
};
use crate::biometrics::enrolment::Enrolment;
use crate::biometrics::error::BiometricError;
use crate::biometrics::iso_19794_6;

/// Format type: iris image record of ISO/IEC 19794-6.
pub const ISO_19794_6: u16 = 0x0009;

/// Patron header version that the published DG4 states.
const HEADER_VERSION: u16 = 0x0101;

/// Encodes DG4 with every iris that was captured; with none it is empty but for random bytes.
#[must_use]
pub fn encode(enrolment: &Enrolment) -> Vec<u8> {
    let templates: Vec<BiometricTemplate> = enrolment
        .irises()
        .iter()
        .map(|iris| BiometricTemplate {
            header: BiometricHeader {
                version: Some(HEADER_VERSION),
                biometric_type: Some(biometric_type::IRIS),
                subtype: Some(iris.eye.code()),
                format_owner: SC_37,
                format_type: ISO_19794_6,
            },
            block: DataBlock::Primitive(iso_19794_6::encode(iris)),
        })
        .collect();
    let group = DataGroup::DG4;
    cbeff::encode_group(group.tag(), &templates, &enrolment.filler(group.number()))
}

/// Reads DG4; the records in it are for [`iso_19794_6::decode`] where they are bytes (5F2E), for
/// [`iso_39794_6::decode`](crate::biometrics::iso_39794_6::decode) where they are data objects (7F2E).
///
/// # Errors
/// [`BiometricError`]. Never panics.
pub fn decode(file: &[u8]) -> Result<BiometricGroup<'_>, BiometricError> {
    cbeff::decode_group(file, DataGroup::DG4.tag())
}
