//! DG1: the machine-readable zone as printed (9303-10, section 4.7.1).

use card_applet::wire::lds::DataGroup;

use super::tlv;
use crate::mrz::Td1;

/// Encodes DG1: `61 { 5F1F MRZ }`.
#[must_use]
pub fn encode(td1: &Td1) -> Vec<u8> {
    tlv(DataGroup::DG1.tag(), &tlv(0x5F1F, td1.concatenated().as_bytes()))
}
