//! Data groups and the files beside them.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;
use test_vectors::faulty_chip::object;
use test_vectors::{data_dir, documents, hex};

/// The printed zone, lines one behind the other.
pub const ZONE: &str =
    "IDVNM1960000170001196000017<<19608122F3608120VNM<<<<<<<<<<<2NGUYEN<<THI<MAU<<<<<<<<<<<<<<<";

/// A file of a document of the corpus.
fn of_corpus(document: &str, file: &str) -> Vec<u8> {
    let path = data_dir().join(format!("../corpus/{document}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let document: Value = serde_json::from_str(&text).expect("JSON");
    hex(&document["files"][file])
}

/// DG1 and DG2.
pub fn few() -> BTreeMap<u8, Vec<u8>> {
    BTreeMap::from([
        (1, object(0x61, &object(0x5F1F, ZONE.as_bytes()))),
        (2, of_corpus("dg2-of-jpeg-2000", "DG2")),
    ])
}

/// DG1 to DG13 and DG16, biometric groups of ISO/IEC 19794.
pub fn all() -> BTreeMap<u8, Vec<u8>> {
    let number = [0x02, 0x01, 0x01];
    let displayed = |tag: u32, inner: u32| {
        let image = object(inner, &[0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x10]);
        object(tag, &[&number[..], &image].concat())
    };
    let person = [
        object(0x5F50, b"20260701"),
        object(0x5F51, b"NGUYEN<<THI<MAU"),
        object(0x5F52, b"+84240000000"),
        object(0x5F53, b"HA NOI"),
    ];
    let mut groups = few();
    groups.extend([
        (3, of_corpus("dg3-of-two-wsq-prints", "DG3")),
        (4, of_corpus("dg4-of-two-jpeg-2000-irises", "DG4")),
        (5, displayed(0x65, 0x5F40)),
        (6, displayed(0x66, 0x5F41)),
        (7, displayed(0x67, 0x5F43)),
        (8, displayed(0x68, 0x5F41)),
        (9, displayed(0x69, 0x5F41)),
        (10, displayed(0x6A, 0x5F41)),
        (11, personal_details()),
        (12, document_details()),
        (13, of_corpus("dg11-and-dg12", "DG13")),
        (
            16,
            object(0x70, &[&number[..], &object(0xA1, &person.concat())].concat()),
        ),
    ]);
    groups
}

/// DG11 with every field.
fn personal_details() -> Vec<u8> {
    let fields: [(u32, &[u8]); 10] = [
        (0x5F0E, b"NGUYEN<<THI<MAU"),
        (0x5F10, b"001196000017"),
        (0x5F2B, b"19960812"),
        (0x5F11, b"HA NOI"),
        (0x5F42, b"1 TRANG TIEN<HA NOI"),
        (0x5F12, b"+84240000000"),
        (0x5F13, b"TEACHER"),
        (0x5F14, b"MRS"),
        (0x5F15, b"SPECIMEN"),
        (0x5F17, b"B1234567"),
    ];
    let other_names = object(
        0xA0,
        &[vec![0x02, 0x01, 0x01], object(0x5F0F, b"MAU<<THI")].concat(),
    );
    let proof = object(0x5F16, &[0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x10]);
    let mut tags = vec![0x5F, 0x0E, 0x5F, 0x0F];
    let mut content = object(0x5F0E, b"NGUYEN<<THI<MAU");
    content.extend(other_names);
    for (tag, value) in &fields[1..] {
        if *tag == 0x5F17 {
            tags.extend([0x5F, 0x16]);
            content.extend(&proof);
        }
        tags.extend(&tag.to_be_bytes()[2..]);
        content.extend(object(*tag, value));
    }
    object(0x6B, &[object(0x5C, &tags), content].concat())
}

/// DG12 with every field.
fn document_details() -> Vec<u8> {
    let image: &[u8] = &[0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x10];
    let others = object(
        0xA0,
        &[vec![0x02, 0x01, 0x01], object(0x5F1A, b"TRAN<<VAN<MAU")].concat(),
    );
    let fields: [(u32, &[u8]); 8] = [
        (0x5F19, b"MINISTRY OF PUBLIC SECURITY"),
        (0x5F26, b"20260701"),
        (0x5F1B, b"SPECIMEN"),
        (0x5F1C, b"NONE"),
        (0x5F1D, image),
        (0x5F1E, image),
        (0x5F55, b"20260701120000"),
        (0x5F56, b"STATION1"),
    ];
    let mut tags = Vec::new();
    let mut content = Vec::new();
    for (tag, value) in fields {
        if tag == 0x5F1B {
            tags.extend([0x5F, 0x1A]);
            content.extend(&others);
        }
        tags.extend(&tag.to_be_bytes()[2..]);
        content.extend(object(tag, value));
    }
    object(0x6C, &[object(0x5C, &tags), content].concat())
}

/// DG1, DG2, DG3 and DG4, the biometric ones of ISO/IEC 39794.
pub fn of_iso_39794() -> BTreeMap<u8, Vec<u8>> {
    let version = object(0xA0, &[0x80, 0x01, 0x03, 0x81, 0x02, 0x07, 0xE3]);
    let group = |tag: u32, inner: u32, header: &[(u32, &[u8])]| {
        let header: Vec<u8> = header
            .iter()
            .flat_map(|(tag, value)| object(*tag, value))
            .collect();
        let block = object(0x7F2E, &object(0xA1, &object(inner, &version)));
        let template = object(0x7F60, &[object(0xA1, &header), block].concat());
        object(
            tag,
            &object(0x7F61, &[&[0x02, 0x01, 0x01], &template[..]].concat()),
        )
    };
    let mut groups = few();
    groups.extend([
        (2, documents::dg2_of_iso_39794_5()),
        (
            3,
            group(
                0x63,
                0x64,
                &[
                    (0x81, &[0x08]),
                    (0x82, &[0x09]),
                    (0x87, &[0x01, 0x01]),
                    (0x88, &[0x00, 0x28]),
                ],
            ),
        ),
        (
            4,
            group(
                0x76,
                0x66,
                &[
                    (0x81, &[0x10]),
                    (0x82, &[0x01]),
                    (0x87, &[0x01, 0x01]),
                    (0x88, &[0x00, 0x2C]),
                ],
            ),
        ),
    ]);
    groups
}

/// DG15.
pub fn active_authentication_key(public_key: &[u8]) -> Vec<u8> {
    object(0x6F, public_key)
}

/// EF.COM that lists these data groups.
pub fn com(groups: &BTreeMap<u8, Vec<u8>>) -> Vec<u8> {
    let tags: Vec<u8> = groups.values().map(|content| content[0]).collect();
    let content = [
        object(0x5F01, b"0107"),
        object(0x5F36, b"040000"),
        object(0x5C, &tags),
    ];
    object(0x60, &content.concat())
}

/// EF.ATR/INFO: card capabilities with chaining and extended length, and how long extended ones may be.
pub fn atr_info() -> Vec<u8> {
    let capabilities = object(0x47, &[0x00, 0x00, 0xC0]);
    let lengths = object(0x7F66, &[0x02, 0x02, 0x08, 0x00, 0x02, 0x02, 0x40, 0x00]);
    [capabilities, lengths].concat()
}

/// EF.DIR: the eMRTD application.
pub fn directory() -> Vec<u8> {
    let aid = [0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01];
    object(0x61, &object(0x4F, &aid))
}
