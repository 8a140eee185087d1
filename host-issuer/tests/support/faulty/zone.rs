//! DG1 (TR-03105-5.1 unit LDS_B), and DG1 against what is printed.

use super::{Cases, Tr, with_length, with_tag};
use crate::test_issuer::groups::{MAU, Zone};
use crate::test_issuer::{Recipe, tlv};

const CHECK: &str = "mrz";
const PRINT: &str = "dg1_matches_printed_mrz";

fn dg1(zone: &str) -> Vec<u8> {
    tlv(0x61, &[&tlv(0x5F1F, &[zone.as_bytes()])])
}

/// A document whose DG1 is this zone, and which says nothing else of the fields that differ.
fn with(recipe: &mut Recipe, zone: &Zone, without: &[u8]) {
    recipe.zone = zone.td1();
    recipe.national.retain(|(number, _)| !without.contains(number));
}

/// One character of the genuine zone changed.
fn flipped(recipe: &mut Recipe, position: usize) {
    let mut zone = recipe.zone.clone().into_bytes();
    zone[position] = if zone[position] == b'9' {
        b'0'
    } else {
        zone[position] + 1
    };
    recipe.zone = String::from_utf8(zone).expect("ASCII");
}

/// A passport without national data.
fn passport(recipe: &mut Recipe, optional: &str, check: char) {
    let zone = Zone { code: "P<", ..MAU };
    recipe.zone = zone.td3(optional, check);
    recipe.national.clear();
    recipe.com = vec![0x61, 0x75, 0x6E];
    recipe.ds.document_types = Some("P");
}

fn printed(recipe: &mut Recipe, zone: &Zone) {
    recipe.printed.mrz = Some(zone.td1());
}

pub fn add(cases: &mut Cases) {
    cases.genuine("optional data in the zone", &["LDS_B_01"], |_| {});
    cases.genuine("a secondary identifier that is cut", &["LDS_B_02"], |recipe| {
        let name = "NGUYEN<<THI<MAU<THUAN<KHIET<TH";
        recipe.zone = Zone { name, ..MAU }.td1();
        recipe.national[1].1 = "Nguyễn Thị Mẫu Thuần Khiết Thanh Tân".into();
    });
    cases.genuine("no secondary identifier", &["LDS_B_03"], |recipe| {
        recipe.zone = Zone { name: "MAU", ..MAU }.td1();
        recipe.national[1].1 = "Mẫu".into();
    });
    cases.genuine("no optional data and check digit 0", &["LDS_B_04"], |recipe| {
        passport(recipe, "", '0')
    });
    cases.genuine("no optional data and a filler", &[], |recipe| {
        passport(recipe, "", '<')
    });
    cases.fails(
        "optional data with a wrong check digit",
        &["LDS_B_22"],
        CHECK,
        |recipe| {
            passport(recipe, "123", '1');
        },
    );
    let zone = MAU.td1();
    let files: [(&str, Tr, Vec<u8>); 4] = [
        ("dg1 with tag 62", &["LDS_B_05"], with_tag(&dg1(&zone), 0x62)),
        (
            "dg1 with a length too small",
            &["LDS_B_06"],
            with_length(&dg1(&zone), -1),
        ),
        (
            "dg1 with a length too big",
            &["LDS_B_07"],
            with_length(&dg1(&zone), 1),
        ),
        ("dg1 without a zone", &["LDS_B_24"], tlv(0x61, &[])),
    ];
    for (name, tr, file) in files {
        cases.fails(name, tr, CHECK, |recipe| {
            recipe.groups.insert(1, file);
        });
    }
    let malformed: [(&str, Tr, Zone); 7] = [
        (
            "a document code of no document",
            &["LDS_B_08"],
            Zone { code: "XX", ..MAU },
        ),
        (
            "an issuing state with a digit",
            &["LDS_B_09"],
            Zone { state: "V1M", ..MAU },
        ),
        ("no name", &["LDS_B_10"], Zone { name: "", ..MAU }),
        (
            "a nationality with a digit",
            &["LDS_B_14"],
            Zone {
                nationality: "V1M",
                ..MAU
            },
        ),
        (
            "a date of birth in month 13",
            &["LDS_B_15"],
            Zone {
                birth: "961312",
                ..MAU
            },
        ),
        (
            "a sex of no letter that is one",
            &["LDS_B_18"],
            Zone { sex: 'X', ..MAU },
        ),
        (
            "a date of expiry on day 32",
            &["LDS_B_19"],
            Zone {
                expiry: "360832",
                ..MAU
            },
        ),
    ];
    for (name, tr, zone) in malformed {
        cases.fails(name, tr, CHECK, |recipe| with(recipe, &zone, &[]));
    }
    for (name, tr, position) in [
        ("a wrong check digit of the number", &["LDS_B_13"], 14),
        ("a wrong check digit of the date of birth", &["LDS_B_17"], 36),
        ("a wrong check digit of the date of expiry", &["LDS_B_21"], 44),
        ("a wrong composite check digit", &["LDS_B_23"], 59),
    ] {
        cases.fails(name, tr, CHECK, |recipe| flipped(recipe, position));
    }
    for (name, tr, birth) in [
        ("day of birth unknown", &["LDS_B_25"], "9608<<"),
        ("month of birth unknown", &["LDS_B_26"], "96<<12"),
        ("year of birth unknown", &["LDS_B_27"], "<<0812"),
        ("date of birth unknown", &["LDS_B_28"], "<<<<<<"),
    ] {
        cases.genuine(name, tr, |recipe| with(recipe, &Zone { birth, ..MAU }, &[3]));
    }
    add_printed(cases);
}

fn add_printed(cases: &mut Cases) {
    cases.genuine("printed as in the chip", &[], |recipe| printed(recipe, &MAU));
    let differing: [(&str, Tr, Zone); 6] = [
        (
            "printed with another name",
            &["LDS_B_11"],
            Zone {
                name: "TRAN<<THI<MAU",
                ..MAU
            },
        ),
        (
            "printed with another number",
            &["LDS_B_12"],
            Zone {
                number: "196000018",
                optional: "001196000018<<9",
                ..MAU
            },
        ),
        (
            "printed with another date of birth",
            &["LDS_B_16"],
            Zone {
                birth: "960813",
                ..MAU
            },
        ),
        (
            "printed with another date of expiry",
            &["LDS_B_20"],
            Zone {
                expiry: "370812",
                ..MAU
            },
        ),
        ("printed with another sex", &[], Zone { sex: 'M', ..MAU }),
        (
            "printed with another nationality",
            &[],
            Zone {
                nationality: "LAO",
                ..MAU
            },
        ),
    ];
    for (name, tr, zone) in differing {
        cases.fails(name, tr, PRINT, |recipe| printed(recipe, &zone));
    }
    cases.missing("printed and misread", &[], PRINT, |recipe| {
        recipe.printed.mrz = Some("IDVNM".into());
    });
    let qr = "001196000017||Nguyễn Thị Mẫu|12081996|Nữ|Hà Nội|01072026";
    cases.genuine("a QR code as in the chip", &[], |recipe| {
        recipe.printed.qr = Some(qr.into())
    });
    cases.fails("a QR code with another name", &[], "qr_matches_dg1", |recipe| {
        recipe.printed.qr = Some(qr.replace("Nguyễn", "Trần"));
        recipe.national.remove(1);
    });
    cases.fails(
        "a QR code with another date of issue",
        &[],
        "qr_matches_dg13",
        |recipe| {
            recipe.printed.qr = Some(qr.replace("01072026", "02072026"));
        },
    );
    cases.missing("a QR code of something else", &[], "qr_matches_dg1", |recipe| {
        recipe.printed.qr = Some("https://example.org".into());
    });
}
