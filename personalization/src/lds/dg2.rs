//! DG2: the face in a CBEFF biometric information group (9303-10, section 4.7.2).
//!
//! ```text
//! 75 { 7F61 { 02 number of instances = 1
//!             7F60 { A1 { 81 biometric type, 82 subtype, 87 format owner, 88 format type }
//!                    5F2E ISO/IEC 19794-5 facial record } } }
//! ```

use card_applet::wire::lds::DataGroup;

use super::{asn1, tlv};
use crate::biometrics::face::FaceImage;
use crate::biometrics::face_record::{self, Gender};

/// The biometric header template (9303-10, table 39; ISO/IEC 7816-11): values of the required objects.
mod header {
    /// Biometric type: facial features.
    pub(super) const TYPE: &[u8] = &[0x02];
    /// Biometric subtype: none.
    pub(super) const SUBTYPE: &[u8] = &[0x00];
    /// Format owner: ISO/IEC JTC 1/SC 37.
    pub(super) const FORMAT_OWNER: &[u8] = &[0x01, 0x01];
    /// Format type: facial record of ISO/IEC 19794-5.
    pub(super) const FORMAT_TYPE: &[u8] = &[0x00, 0x08];
}

/// Encodes DG2 with one face.
#[must_use]
pub fn encode(face: &FaceImage, gender: Gender) -> Vec<u8> {
    let header = [
        tlv(0x81, header::TYPE),
        tlv(0x82, header::SUBTYPE),
        tlv(0x87, header::FORMAT_OWNER),
        tlv(0x88, header::FORMAT_TYPE),
    ]
    .concat();
    let record = face_record::encode(face, gender);
    let information = tlv(0x7F60, &[tlv(0xA1, &header), tlv(0x5F2E, &record)].concat());
    let group = tlv(0x7F61, &[tlv(asn1::INTEGER, &[1]), information].concat());
    tlv(DataGroup::DG2.tag(), &group)
}
