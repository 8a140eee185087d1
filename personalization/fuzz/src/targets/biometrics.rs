//! Data groups of biometric templates, and the records in them.

use card_applet::wire::lds::DataGroup;
use personalization::biometrics::cbeff::{self, BiometricGroup, BiometricTemplate, DataBlock};
use personalization::biometrics::{
    iso_19794_4, iso_19794_5, iso_19794_6, iso_39794_4, iso_39794_5, iso_39794_6, modality,
};
use personalization::lds::{dg2, dg3, dg4, dg5, dg7};

/// A group by its outer tag, or a record alone. Everything that is handed out lies inside what was read, and a group that was read is
/// written as it would be read again.
pub fn biometrics(data: &[u8]) {
    for decode in [dg2::decode, dg3::decode, dg4::decode] {
        if let Ok(group) = decode(data) {
            look_into(&group, data);
        }
    }
    for number in modality::DATA_GROUPS {
        if let Some(group) = DataGroup::from_number(number)
            && let Ok(group) = modality::decode(data, group)
        {
            look_into(&group, data);
        }
    }
    for decode in [dg5::decode, dg7::decode] {
        if let Ok(displayed) = decode(data) {
            assert!(displayed.images.iter().all(|image| is_inside(image, data)));
        }
    }
    record(data);
}

fn look_into(group: &BiometricGroup<'_>, data: &[u8]) {
    assert_eq!(group.raw, data);
    for template in &group.templates {
        assert!(is_inside(template.raw, data));
        if let Ok(content) = template.block.record() {
            assert!(is_inside(content, data));
            record(content);
        }
    }
    let templates: Vec<BiometricTemplate> = group
        .templates
        .iter()
        .map(|template| BiometricTemplate {
            header: template.header,
            block: match template.block {
                DataBlock::Primitive(value) => DataBlock::Primitive(value.to_vec()),
                DataBlock::Constructed(value) => DataBlock::Constructed(value.to_vec()),
            },
        })
        .collect();
    let tag = DataGroup::DG3.tag();
    let again = cbeff::encode_group(tag, &templates, &[0; 16]);
    let again = cbeff::decode_group(&again, tag).unwrap();
    assert_eq!(again.templates.len(), templates.len());
    for (read, written) in again.templates.iter().zip(&templates) {
        assert_eq!(read.header, written.header);
        assert_eq!(read.block.value(), written.block.value());
    }
}

/// A record, as every format that there is.
fn record(data: &[u8]) {
    if let Ok(record) = iso_19794_4::decode(data) {
        assert!(record.views.iter().all(|view| is_inside(view.image, data)));
    }
    if let Ok(views) = iso_19794_5::decode(data) {
        assert!(views.iter().all(|view| is_inside(view.image, data)));
    }
    if let Ok(record) = iso_19794_6::decode(data) {
        assert!(record.views.iter().all(|view| is_inside(view.image, data)));
    }
    if let Ok(block) = iso_39794_4::decode(data) {
        assert!(
            block
                .representations
                .iter()
                .all(|view| is_inside(view.image, data))
        );
    }
    if let Ok(block) = iso_39794_5::decode(data) {
        assert!(
            block
                .representations
                .iter()
                .all(|view| is_inside(view.image, data))
        );
    }
    if let Ok(block) = iso_39794_6::decode(data) {
        assert!(
            block
                .representations
                .iter()
                .all(|view| is_inside(view.image, data))
        );
    }
}

/// Whether a slice is a part of these very bytes. An empty one may be anywhere.
fn is_inside(part: &[u8], whole: &[u8]) -> bool {
    part.is_empty() || {
        let (part, whole) = (part.as_ptr_range(), whole.as_ptr_range());
        whole.start <= part.start && part.end <= whole.end
    }
}
