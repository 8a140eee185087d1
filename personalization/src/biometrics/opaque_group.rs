//! DG8 to DG10 with what was enrolled: blocks of modalities that this program knows nothing of.

use card_applet::wire::lds::DataGroup;

use super::cbeff::{self, BiometricHeader, BiometricTemplate, DataBlock};
use super::enrolment::Enrolment;
use super::modality::Modality;

/// Encodes a data group with the samples of those modalities that it takes; with none it is empty but for random bytes.
#[must_use]
pub fn encode(group: DataGroup, modalities: &[Modality], enrolment: &Enrolment) -> Vec<u8> {
    let mut templates = Vec::new();
    for modality in modalities
        .iter()
        .filter(|modality| modality.data_group == group.number())
    {
        let samples = enrolment
            .samples()
            .iter()
            .filter(|sample| sample.modality == modality.name);
        templates.extend(samples.map(|sample| BiometricTemplate {
            header: BiometricHeader {
                version: None,
                biometric_type: Some(modality.biometric_type),
                subtype: sample.subtype,
                format_owner: modality.format_owner,
                format_type: modality.format_type,
            },
            block: DataBlock::Primitive(sample.data.clone()),
        }));
    }
    cbeff::encode_group(group.tag(), &templates, &enrolment.filler(group.number()))
}
