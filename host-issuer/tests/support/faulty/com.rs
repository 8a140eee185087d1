//! EF.COM (TR-03105-5.1 unit LDS_A), and EF.COM against EF.SOD.

use super::{Cases, Tr, with_length, with_tag};
use crate::test_issuer::{Recipe, tlv};

const CHECK: &str = "com_matches_sod";
/// DG1, DG2, DG13, DG14.
const TAGS: [u8; 4] = [0x61, 0x75, 0x6D, 0x6E];

fn com() -> Vec<u8> {
    Recipe::genuine().com(&TAGS)
}

fn of(parts: &[(u32, &[u8])]) -> Vec<u8> {
    let parts: Vec<u8> = parts.iter().flat_map(|(tag, body)| tlv(*tag, &[body])).collect();
    tlv(0x60, &[&parts])
}

pub fn add(cases: &mut Cases) {
    let files: [(&str, Tr, Vec<u8>); 7] = [
        ("com with tag 61", &["LDS_A_01"], with_tag(&com(), 0x61)),
        (
            "com with a length too small",
            &["LDS_A_02"],
            with_length(&com(), -1),
        ),
        ("com with a length too big", &["LDS_A_03"], with_length(&com(), 1)),
        (
            "com without LDS version",
            &["LDS_A_05"],
            of(&[(0x5F36, b"040000"), (0x5C, &TAGS)]),
        ),
        (
            "com without Unicode version",
            &["LDS_A_07"],
            of(&[(0x5F01, b"0107"), (0x5C, &TAGS)]),
        ),
        (
            "com without list",
            &["LDS_A_09"],
            of(&[(0x5F01, b"0107"), (0x5F36, b"040000")]),
        ),
        (
            "com with a tag of no data group",
            &[],
            of(&[
                (0x5F01, b"0107"),
                (0x5F36, b"040000"),
                (0x5C, &[0x61, 0x75, 0x6D, 0x6E, 0x99]),
            ]),
        ),
    ];
    for (name, tr, file) in files {
        cases.fails(name, tr, CHECK, |recipe| recipe.com_file = Some(file));
    }
    cases.fails("com of LDS 3.0", &["LDS_A_04"], CHECK, |recipe| {
        recipe.com_versions.0 = "0300"
    });
    cases.fails("com of Unicode 5.0", &["LDS_A_06"], CHECK, |recipe| {
        recipe.com_versions.1 = "050000"
    });
    cases.fails("com without DG1", &["LDS_A_08"], CHECK, |recipe| {
        recipe.com.remove(0);
    });
    cases.fails("com with a group more", &["LDS_H_91"], CHECK, |recipe| {
        recipe.com.push(0x6F)
    });
    cases.fails("com with a group less", &["LDS_H_90"], CHECK, |recipe| {
        recipe.com.pop();
    });
    cases.fails("com with another group", &["LDS_H_92"], CHECK, |recipe| {
        recipe.com[3] = 0x6F;
    });
    cases.genuine("lds 1.8", &["LDS_A_10", "LDS_H_86"], |recipe| {
        (recipe.com_versions.0, recipe.lds_version) = ("0108", Some(("0108", "040000")));
    });
    cases.genuine("lds 1.9", &["LDS_H_89"], |recipe| {
        (recipe.com_versions.0, recipe.lds_version) = ("0109", Some(("0109", "040000")));
    });
    cases.fails(
        "lds 1.8 in com and an object of version 0",
        &["LDS_H_87"],
        CHECK,
        |recipe| {
            recipe.com_versions.0 = "0108";
        },
    );
    cases.fails(
        "lds 1.7 and an object of version 1",
        &["LDS_H_88"],
        "lds_security_object",
        |recipe| recipe.lds_version = Some(("0107", "040000")),
    );
    cases
        .genuine("com with a group less, tolerated", &[], |recipe| {
            recipe.com.pop();
        })
        .tolerating(&["com-differs"]);
}
