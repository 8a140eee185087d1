//! DG11 to DG16 (TR-03105-5.1 units LDS_F and LDS_I), what they say of each other, and groups that are there and not listed.

use host_issuer::inspect::Read;

use super::{Cases, Tr, with_length, with_tag};
use crate::test_issuer::der::object_identifier;
use crate::test_issuer::groups::{chip_key_info, dg15};
use crate::test_issuer::{Recipe, key, pace_info, tlv};

fn dg14(infos: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x6E, &[&tlv(0x31, &[&pace_info(13), &infos.concat()])])
}

/// ChipAuthenticationInfo for 3DES with these fields behind the protocol.
fn chip_authentication(protocol: &str, fields: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&object_identifier(protocol), fields])
}

const CA_3DES: &str = "04007F00070202030201";

/// `tag { 5C tags, fields }`
fn details(tag: u32, fields: &[(u32, &[u8])]) -> Vec<u8> {
    let tags: Vec<u8> = fields
        .iter()
        .flat_map(|(tag, _)| tag.to_be_bytes()[2..].to_vec())
        .collect();
    let fields: Vec<u8> = fields.iter().flat_map(|(tag, body)| tlv(*tag, &[body])).collect();
    tlv(tag, &[&tlv(0x5C, &[&tags]), &fields])
}

fn put(recipe: &mut Recipe, number: u8, tag: u8, file: Vec<u8>) {
    recipe.groups.insert(number, file);
    if !recipe.com.contains(&tag) {
        recipe.com.push(tag);
    }
}

pub fn add(cases: &mut Cases) {
    add_dg14(cases);
    add_dg15(cases);
    add_details(cases);
    for number in [1, 2, 13, 14] {
        cases
            .fails(
                &format!("dg{number} with one bit changed"),
                if number == 2 {
                    &["LDS_H_43", "LDS_H_69"]
                } else {
                    &[]
                },
                &format!("dg{number}_digest"),
                |_| {},
            )
            .then(|document| {
                let Some(Read::Bytes(bytes)) = document.data_groups.get_mut(&number) else {
                    panic!("the group is there");
                };
                *bytes.last_mut().expect("bytes") ^= 1;
            });
    }
    cases
        .missing("dg13 withheld", &[], "dg13_digest", |_| {})
        .then(|document| {
            document.data_groups.insert(13, Read::AccessDenied);
        });
    cases.genuine("dg3 withheld", &[], |recipe| {
        recipe.extra_listed = vec![3];
        recipe.com.push(0x63);
    });
    cases
        .fails("dg15 that nobody signed", &[], "dg15_listed", |_| {})
        .then(|document| {
            document.data_groups.insert(15, Read::Bytes(dg15(&key(9))));
        });
    for (index, name, other) in [
        (0, "number", "001196000018"),
        (1, "name", "Nguyễn Thị Mẩu Khác"),
        (2, "date of birth", "13/08/1996"),
        (3, "sex", "Nam"),
        (5, "date of expiry", "12/08/2037"),
    ] {
        cases.fails(
            &format!("dg13 with another {name}"),
            &[],
            "dg1_matches_dg13",
            |recipe| {
                recipe.national[index].1 = other.into();
            },
        );
    }
}

fn add_dg14(cases: &mut Cases) {
    const CHECK: &str = "dg14_structure";
    let right = dg14(&[]);
    let files: [(&str, Tr, Vec<u8>); 5] = [
        (
            "dg14 with a key of no known kind",
            &["LDS_F_04"],
            dg14(&[tlv(
                0x30,
                &[&object_identifier("04007F000702020103"), &tlv(0x30, &[])],
            )]),
        ),
        (
            "dg14 with an info without protocol",
            &["LDS_F_05"],
            dg14(&[tlv(0x30, &[&[2, 1, 1]])]),
        ),
        (
            "dg14 with Chip Authentication version 10",
            &["LDS_F_06"],
            dg14(&[chip_authentication(CA_3DES, &[2, 1, 10])]),
        ),
        (
            "dg14 with Chip Authentication without version",
            &["LDS_F_07"],
            dg14(&[chip_authentication(CA_3DES, &[])]),
        ),
        (
            "dg14 with an unknown Chip Authentication",
            &[],
            dg14(&[chip_authentication("04007F00070202030209", &[2, 1, 1])]),
        ),
    ];
    for (name, tr, file) in files {
        cases.fails(name, tr, CHECK, |recipe| put(recipe, 14, 0x6E, file));
    }
    let lengths: [(&str, Tr, Vec<u8>); 3] = [
        ("dg14 with tag 6F", &["LDS_F_01"], with_tag(&right, 0x6F)),
        (
            "dg14 with a length too small",
            &["LDS_F_02"],
            with_length(&right, -1),
        ),
        (
            "dg14 with a length too big",
            &["LDS_F_03"],
            with_length(&right, 1),
        ),
    ];
    for (name, tr, file) in lengths {
        cases.fails(name, tr, CHECK, |recipe| put(recipe, 14, 0x6E, file));
    }
}

fn add_dg15(cases: &mut Cases) {
    const CHECK: &str = "dg15_structure";
    let right = dg15(&key(5));
    let files: [(&str, Tr, Vec<u8>); 4] = [
        ("dg15 with tag 70", &["LDS_I_01"], with_tag(&right, 0x70)),
        (
            "dg15 with a length too small",
            &["LDS_I_02"],
            with_length(&right, -1),
        ),
        (
            "dg15 with a length too big",
            &["LDS_I_03"],
            with_length(&right, 1),
        ),
        ("dg15 without key", &[], tlv(0x6F, &[&tlv(0x30, &[])])),
    ];
    for (name, tr, file) in files {
        cases.fails(name, tr, CHECK, |recipe| put(recipe, 15, 0x6F, file));
    }
    cases.missing(
        "dg14 with a key that nobody asked for",
        &[],
        "chip_authentication",
        |recipe| recipe.security_infos.push(chip_key_info(&key(5), None)),
    );
}

fn add_details(cases: &mut Cases) {
    let dg11 = |birth: &[u8]| details(0x6B, &[(0x5F0E, "NGUYỄN<<THỊ<MẪU".as_bytes()), (0x5F2B, birth)]);
    let dg12 = |issue: &[u8]| details(0x6C, &[(0x5F26, issue)]);
    cases.genuine("dg11 and dg12", &[], |recipe| {
        put(recipe, 11, 0x6B, dg11(b"19960812"));
        put(recipe, 12, 0x6C, dg12(b"20260701"));
    });
    cases.fails(
        "dg11 with another date of birth",
        &[],
        "dg1_matches_dg11",
        |recipe| {
            put(recipe, 11, 0x6B, dg11(b"19960813"));
            recipe.national.remove(2);
        },
    );
    cases.fails(
        "dg11 with another number than dg13",
        &[],
        "dg11_matches_dg13",
        |recipe| {
            put(recipe, 11, 0x6B, details(0x6B, &[(0x5F10, b"001196000018")]));
        },
    );
    cases.fails(
        "dg12 with another date of issue",
        &[],
        "dg12_matches_dg13",
        |recipe| {
            put(recipe, 12, 0x6C, dg12(b"20260702"));
        },
    );
    for (name, number, tag, file) in [
        ("dg11 with a date that is none", 11, 0x6B, dg11(b"12 Aug 96")),
        ("dg12 with a date that is none", 12, 0x6C, dg12(b"July")),
    ] {
        let put = |recipe: &mut Recipe| put(recipe, number, tag, file.clone());
        cases.fails(name, &[], &format!("dg{number}_structure"), put);
        let quirks: &[&str] = if number == 11 {
            &["date-in-dg11"]
        } else {
            &["date-in-dg12"]
        };
        cases
            .genuine(&format!("{name}, tolerated"), &[], put)
            .tolerating(quirks);
    }
    cases.fails("dg11 without tag list", &[], "dg11_structure", |recipe| {
        put(recipe, 11, 0x6B, tlv(0x6B, &[&tlv(0x5F10, &[b"1"])]));
    });
    cases.fails("dg13 with a field twice", &[], "dg13_structure", |recipe| {
        recipe.national.push((1, "001196000017".into()));
    });
    cases.fails(
        "dg16 without number of persons",
        &[],
        "dg16_structure",
        |recipe| {
            put(recipe, 16, 0x70, tlv(0x70, &[]));
        },
    );
}
