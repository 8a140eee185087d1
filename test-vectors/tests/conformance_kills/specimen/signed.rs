//! EF.SOD and EF.CardSecurity: SignedData, and the document signer (9303-12 §7).

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use test_vectors::faulty_chip::object;

use super::der::{
    algorithm, bit_string, ec_public_key, integer, object_identifier, oid, sequence, set, sign,
};

const CSCA: [u8; 32] = [0x21; 32];
const DOCUMENT_SIGNER: [u8; 32] = [0x22; 32];
const SERIAL: [u8; 2] = [0x02, 0x01];
const CSCA_KEY_IDENTIFIER: [u8; 4] = [0x21; 4];
const KEY_IDENTIFIER: [u8; 4] = [0x22; 4];

fn name(common_name: &str) -> Vec<u8> {
    let attribute = |kind: &str, tag: u32, text: &str| {
        set(&[&sequence(&[
            &object_identifier(kind),
            &object(tag, text.as_bytes()),
        ])])
    };
    sequence(&[
        &attribute("550406", 0x13, "VN"),
        &attribute("550403", 0x0C, common_name),
    ])
}

fn extension(kind: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let flag: &[u8] = if critical { &[0x01, 0x01, 0xFF] } else { &[] };
    sequence(&[&object_identifier(kind), flag, &object(0x04, value)])
}

/// The document signer's certificate.
fn document_signer() -> Vec<u8> {
    let locality = sequence(&[&set(&[&sequence(&[
        &object_identifier("550407"),
        &object(0x13, b"VNM"),
    ])])]);
    let directory_name = sequence(&[&object(0xA4, &locality)]);
    let place = sequence(&[&object(
        0xA0,
        &object(0xA0, &object(0x86, b"https://example.invalid/csca.crl")),
    )]);
    let types = sequence(&[&integer(&[0]), &set(&[&object(0x13, b"ID")])]);
    let usage = [object(0x80, b"20260601000000Z"), object(0x81, b"20260901000000Z")];
    let extensions = [
        extension("551D23", false, &sequence(&[&object(0x80, &CSCA_KEY_IDENTIFIER)])),
        extension("551D0E", false, &object(0x04, &KEY_IDENTIFIER)),
        extension("551D0F", true, &object(0x03, &[0x07, 0x80])),
        extension("551D10", false, &sequence(&[&usage.concat()])),
        extension("551D12", false, &directory_name),
        extension("551D11", false, &directory_name),
        extension("551D1F", false, &sequence(&[&place])),
        extension("67810801010602", false, &types),
    ];
    let time = |digits: &str| object(0x17, digits.as_bytes());
    let body = sequence(&[
        &object(0xA0, &integer(&[2])),
        &integer(&SERIAL),
        &algorithm(oid::ECDSA_SHA_256),
        &name("Specimen CSCA"),
        &sequence(&[&time("260601000000Z"), &time("370101000000Z")]),
        &name("Specimen DS"),
        &ec_public_key(&DOCUMENT_SIGNER),
        &object(0xA3, &sequence(&[&extensions.concat()])),
    ]);
    let signature = bit_string(&sign(&CSCA, &body));
    sequence(&[&body, &algorithm(oid::ECDSA_SHA_256), &signature])
}

/// ContentInfo with SignedData over this content.
fn signed_data(content_type: &str, content: &[u8]) -> Vec<u8> {
    let attribute = |kind: &str, value: &[u8]| sequence(&[&object_identifier(kind), &set(&[value])]);
    let mut attributes = [
        attribute(oid::CONTENT_TYPE, &object_identifier(content_type)),
        attribute(oid::SIGNING_TIME, &object(0x17, b"260701000000Z")),
        attribute(oid::MESSAGE_DIGEST, &object(0x04, &Sha256::digest(content))),
    ];
    // The elements of a set are sorted.
    attributes.sort();
    let attributes = attributes.concat();
    let signer_info = sequence(&[
        &integer(&[1]),
        &sequence(&[&name("Specimen CSCA"), &integer(&SERIAL)]),
        &algorithm(oid::SHA_256),
        &object(0xA0, &attributes),
        &algorithm(oid::ECDSA_SHA_256),
        &object(0x04, &sign(&DOCUMENT_SIGNER, &object(0x31, &attributes))),
    ]);
    let encapsulated = sequence(&[
        &object_identifier(content_type),
        &object(0xA0, &object(0x04, content)),
    ]);
    let signed = sequence(&[
        &integer(&[3]),
        &set(&[&algorithm(oid::SHA_256)]),
        &encapsulated,
        &object(0xA0, &document_signer()),
        &set(&[&signer_info]),
    ]);
    sequence(&[&object_identifier(oid::SIGNED_DATA), &object(0xA0, &signed)])
}

/// EF.SOD.
pub fn security_object(groups: &BTreeMap<u8, Vec<u8>>) -> Vec<u8> {
    let hash = |(number, content): (&u8, &Vec<u8>)| {
        sequence(&[&integer(&[*number]), &object(0x04, &Sha256::digest(content))])
    };
    let hashes: Vec<u8> = groups.iter().flat_map(hash).collect();
    let content = sequence(&[&integer(&[0]), &algorithm(oid::SHA_256), &sequence(&[&hashes])]);
    object(0x77, &signed_data(oid::LDS_SECURITY_OBJECT, &content))
}

/// EF.CardSecurity.
pub fn card_security(infos: &[Vec<u8>]) -> Vec<u8> {
    let content = object(0x31, &infos.concat());
    signed_data(oid::SECURITY_OBJECT, &content)
}
