//! Reading the files of the LDS: published examples, what issuers do differently, and bytes that want to do harm.

use std::sync::LazyLock;

use card_applet::wire::lds::DataGroup;
use card_applet::wire::security_info::SecurityInfo;
use personalization::lds::dg11::AdditionalPersonalDetails;
use personalization::lds::dg12::AdditionalDocumentDetails;
use personalization::lds::dg13::OptionalDetails;
use personalization::lds::dg13::vietnamese::VietnameseDetails;
use personalization::lds::dg15::Key;
use personalization::lds::dg16::PersonToNotify;
use personalization::lds::text::PersonName;
use personalization::lds::{self, LdsError};
use personalization::mrz::{BirthDate, MrzError};
use proptest::prelude::*;
use serde_json::Value;
use test_vectors::documents::{bsi_2008, tr_03105_5};
use test_vectors::{hex as hex_field, load};
use time::macros::{date, datetime};

static EXAMPLES: LazyLock<Value> =
    LazyLock::new(|| load("lds-specimen-sets")["icao_part10_examples"].clone());

fn examples() -> &'static Value {
    &EXAMPLES
}

fn bytes(digits: &str) -> Vec<u8> {
    hex::decode(digits.replace(' ', "")).unwrap()
}

/// A data object with a minimal length.
fn object(tag: &str, value: &[u8]) -> Vec<u8> {
    let length = match value.len() {
        len @ 0..=0x7F => vec![len as u8],
        len @ 0x80..=0xFF => vec![0x81, len as u8],
        len => vec![0x82, (len >> 8) as u8, len as u8],
    };
    [bytes(tag), length, value.to_vec()].concat()
}

/// 9303-10 appendix A.1 in its two versions, 9303-11 appendix D.4, and the sets.
#[test]
fn ef_com() {
    let examples = examples();
    for (field, version, groups) in [
        ("EF_COM_A1", [1, 7], &[1, 2, 4, 12][..]),
        ("EF_COM_A1_v1599", [15, 99], &[1, 2, 4, 12]),
        ("EF_COM_part11_D4", [1, 6], &[1, 2]),
    ] {
        let file = hex_field(&examples[field]);
        let com = lds::com::Com::decode(&file).unwrap();
        assert_eq!(com.bytes(), file);
        assert_eq!((com.lds_version, com.unicode_version), (version, [4, 0, 0]));
        let numbers: Vec<u8> = com.data_groups.iter().map(|group| group.number()).collect();
        assert_eq!(numbers, groups);
    }
    assert!(lds::com::Com::decode(tr_03105_5().file("EF_COM")).is_ok());
    for (wrong, error) in [
        (
            "60165F0104303130375F36063034303030305C0461756161",
            "EF.COM: tag list has DG1 twice",
        ),
        (
            "60165F0104303130375F36063034303030305C0461756362",
            "EF.COM: tag list has 62, the tag of no data group",
        ),
        (
            "60165F010430313A375F36063034303030305C046175766C",
            "EF.COM: LDS version must have 4 digits",
        ),
        ("60075F010430313037", "EF.COM: Unicode version is missing"),
        ("61", "EF.COM: file ends too early"),
        ("6100", "EF.COM: file cannot have tag 61"),
        (
            "600000",
            "EF.COM: file is followed by bytes that do not belong to it",
        ),
    ] {
        assert_eq!(
            lds::com::Com::decode(&bytes(wrong)).unwrap_err().to_string(),
            error
        );
    }
}

#[test]
fn dg1_of_the_sets() {
    for (set, expiry) in [(tr_03105_5(), "231031"), (bsi_2008(), "131031")] {
        let file = set.file("DG1");
        let mrz = lds::dg1::decode(file).unwrap();
        assert_eq!(mrz.bytes(), file);
        assert_eq!(mrz.check(), Ok(()));
        assert_eq!(mrz.name(), ("MUSTERMANN", "ERIKA"));
        assert_eq!(
            (mrz.issuing_state(), mrz.document_number().as_str()),
            ("D", "C11T002JM")
        );
        assert_eq!((mrz.birth_date(), mrz.expiry_date()), ("960812", expiry));
        assert_eq!(lds::dg1::encode(&mrz), file);
    }
    // 9303-10 appendix A.2.1: its composite check digit is misprinted, and the file still says what it says.
    let zone = b"I<NLDXI85935F86999999990<<<<<<7208148F1108268NLD<<<<<<<<<<<4VAN<DER<STEEN<<MARIANNE<LOUISE";
    let file = object("61", &object("5F1F", zone));
    let mrz = lds::dg1::decode(&file).unwrap();
    assert_eq!(mrz.check(), Err(MrzError::CheckDigit("whole zone")));
    assert_eq!(
        (mrz.bytes(), mrz.name()),
        (&file[..], ("VAN<DER<STEEN", "MARIANNE<LOUISE"))
    );
    assert_eq!(mrz.optional_data(), ["999999990", ""]);
    for wrong in [&zone[1..], &[b'\n'; 90], &[0xFF; 90]] {
        assert!(lds::dg1::decode(&object("61", &object("5F1F", wrong))).is_err());
    }
}

/// 9303-10 appendix A.5, with the lengths that it means.
#[test]
fn dg11_published() {
    let file = hex_field(&examples()["DG11_A5_corrected"]);
    let details = AdditionalPersonalDetails::decode(&file).unwrap();
    assert_eq!(details.bytes(), file);
    let expected = AdditionalPersonalDetails {
        name: Some(PersonName::new("SMITH", "JOHN J")),
        place_of_birth: vec!["ANYTOWN".to_owned(), "MN".to_owned()],
        address: ["123 MAPLE RD", "ANYTOWN", "MN"].map(str::to_owned).to_vec(),
        telephone: Some("16125551212".to_owned()),
        profession: Some("TRAVEL".to_owned() + " AGENT"),
        ..AdditionalPersonalDetails::default()
    };
    let read = AdditionalPersonalDetails {
        // The example writes this field's space as a filler, which only names do.
        profession: details
            .profession
            .as_ref()
            .map(|profession| profession.replace('<', " ")),
        ..details.into_content()
    };
    assert!(read == expected);

    let short = hex_field(&examples()["short_dg_examples"]["DG11"]);
    let details = AdditionalPersonalDetails::decode(&short).unwrap();
    assert!(details.name == Some(PersonName::new("Test", "Tester")));
    assert_eq!(
        details.birth_date.map(BirthDate::iso).as_deref(),
        Some("1970-12-01")
    );
    assert_eq!(details.place_of_birth, ["Northampton"]);
    let again = details.into_content().encode().unwrap();
    assert_eq!(again, short, "the same fields in the same order");
}

#[test]
fn dg11_of_other_issuers() {
    let file = |fields: &[Vec<u8>]| {
        object(
            "6B",
            &[&object("5C", &bytes("5F0E"))[..], &fields.concat()].concat(),
        )
    };
    let decode = |file: &[u8]| AdditionalPersonalDetails::decode(file).map(lds::AsRead::into_content);
    for (value, iso) in [
        (&b"19960812"[..], "1996-08-12"),
        (&[0x19, 0x96, 0x08, 0x12], "1996-08-12"),
        (b"19960800", "1996-08"),
        (b"1996<<<<", "1996"),
        (&[0x19, 0x96, 0, 0], "1996"),
    ] {
        let details = decode(&file(&[object("5F2B", value)])).unwrap();
        assert_eq!(details.birth_date.map(BirthDate::iso).as_deref(), Some(iso));
    }
    // A name filled up as in the zone, a field of no known tag, and one that the tag list does not name.
    let details = decode(&file(&[
        object("5F0E", "Nguyễn<<Thị<Mẫu<<<".as_bytes()),
        object("5F7A", b"?"),
        object("5F14", "Bà".as_bytes()),
    ]))
    .unwrap();
    assert!(details.name == Some(PersonName::new("Nguyễn", "Thị Mẫu")));
    assert_eq!(details.title.as_deref(), Some("Bà"));

    // One field for each part, and other names without a list around them.
    let repeated = [
        ("5F0F", "A<<B"),
        ("5F0F", "C"),
        ("5F11", "CITY"),
        ("5F11", "COUNTRY"),
        ("5F42", "1"),
        ("5F42", "2"),
    ];
    let repeated: Vec<_> = repeated.map(|(tag, text)| object(tag, text.as_bytes())).to_vec();
    let details = decode(&file(&repeated)).unwrap();
    assert_eq!(details.other_names.len(), 2);
    assert_eq!(
        (details.place_of_birth, details.address.len()),
        (vec!["CITY".to_owned(), "COUNTRY".to_owned()], 2)
    );

    let names = |count: u8, names: &[&str]| {
        let names = names.iter().flat_map(|name| object("5F0F", name.as_bytes()));
        object("A0", &[&[2, 1, count][..], &names.collect::<Vec<_>>()].concat())
    };
    assert!(
        decode(&file(&[names(2, &["A<<B", "C"])])).unwrap().other_names
            == [PersonName::new("A", "B"), PersonName::new("C", "")]
    );
    for (fields, error) in [
        (
            vec![names(1, &["A", "B"])],
            "DG11: other names is followed by bytes that do not belong to it",
        ),
        (vec![names(2, &["A"])], "DG11: other names is missing"),
        (vec![names(100, &["A"])], "DG11: other names are more than 99"),
        (
            vec![object("5F2B", b"1996081")],
            "DG11: full date of birth must have 8 digits, or 4 bytes of BCD",
        ),
        (
            vec![object("5F2B", b"19961301")],
            "DG11: full date of birth is not a date of the calendar",
        ),
        (
            vec![object("5F2B", &[0x19, 0x9A, 1, 1])],
            "DG11: full date of birth has something else than digits",
        ),
        (vec![object("5F0E", &[0xFF])], "DG11: name of holder is not UTF-8"),
        (vec![object("5F12", b"1"); 2], "DG11: field 5F12 is there twice"),
        (
            vec![object("5F15", &[b'x'; 4097])],
            "DG11: personal summary is longer than 4096 bytes",
        ),
        (
            vec![object("5F42", &b"a<".repeat(65))],
            "DG11: permanent address has more than 64 parts",
        ),
    ] {
        assert_eq!(decode(&file(&fields)).unwrap_err().to_string(), error);
    }
}

#[test]
fn dg11_that_cannot_be_written() {
    let default = AdditionalPersonalDetails::default;
    for (details, error) in [
        (default(), "DG11: file has nothing to say"),
        (
            AdditionalPersonalDetails {
                birth_date: BirthDate::new(Some(1996), None, None),
                ..default()
            },
            "DG11: full date of birth must be a whole date",
        ),
        (
            AdditionalPersonalDetails {
                title: Some("a<b".to_owned()),
                ..default()
            },
            "DG11: title has a <, which separates parts",
        ),
        (
            AdditionalPersonalDetails {
                address: vec!["a\nb".to_owned()],
                ..default()
            },
            "DG11: permanent address has a control character",
        ),
        (
            AdditionalPersonalDetails {
                address: vec![String::new()],
                ..default()
            },
            "DG11: permanent address has an empty part",
        ),
        (
            AdditionalPersonalDetails {
                name: Some(PersonName::new("", "Mẫu")),
                ..default()
            },
            "DG11: name of holder has no primary identifier",
        ),
        (
            AdditionalPersonalDetails {
                name: Some(PersonName::new("Nguyễn  Thị", "Mẫu")),
                ..default()
            },
            "DG11: name of holder has a space too many",
        ),
        (
            AdditionalPersonalDetails {
                name: Some(PersonName::new("Nguyễn", "Mẫu ")),
                ..default()
            },
            "DG11: name of holder has a space too many",
        ),
        (
            AdditionalPersonalDetails {
                other_names: vec![PersonName::new("A", ""); 100],
                ..default()
            },
            "DG11: other names are more than 99",
        ),
        (
            AdditionalPersonalDetails {
                proof_of_citizenship: Some(Vec::new()),
                ..default()
            },
            "DG11: proof of citizenship must have 1 to 262144 bytes",
        ),
    ] {
        assert_eq!(details.encode().unwrap_err().to_string(), error);
    }
}

#[test]
fn dg12_published() {
    let file = hex_field(&examples()["short_dg_examples"]["DG12"]);
    let details = AdditionalDocumentDetails::decode(&file).unwrap();
    assert_eq!(details.bytes(), file);
    assert_eq!(details.issue_date, Some(date!(2018 - 03 - 26)));
    assert_eq!(details.issuing_authority.as_deref(), Some("TESTER"));
}

#[test]
fn dg12_of_other_issuers() {
    let file = |fields: &[Vec<u8>]| {
        object(
            "6C",
            &[&object("5C", &bytes("5F26"))[..], &fields.concat()].concat(),
        )
    };
    for (issued, time) in [
        (&b"20261124"[..], &b"20261124090507"[..]),
        (
            &[0x20, 0x26, 0x11, 0x24],
            &[0x20, 0x26, 0x11, 0x24, 0x09, 0x05, 0x07],
        ),
    ] {
        let file = file(&[
            object("5F26", issued),
            object("5F55", time),
            object("5F1D", b"\xFF\xD8\xFF"),
        ]);
        let details = AdditionalDocumentDetails::decode(&file).unwrap();
        assert_eq!(details.issue_date, Some(date!(2026 - 11 - 24)));
        assert_eq!(details.personalized, Some(datetime!(2026-11-24 09:05:07)));
        assert_eq!(details.front.as_deref(), Some(&b"\xFF\xD8\xFF"[..]));
    }
    for (field, error) in [
        (
            object("5F26", b"20260230"),
            "DG12: date of issue is not a date of the calendar",
        ),
        (
            object("5F55", b"20261124096007"),
            "DG12: time of personalization is not a time of the day",
        ),
        (
            object("5F55", b"20261124"),
            "DG12: time of personalization must have 14 digits, or 7 bytes of BCD",
        ),
    ] {
        assert_eq!(
            AdditionalDocumentDetails::decode(&file(&[field]))
                .unwrap_err()
                .to_string(),
            error
        );
    }
}

/// 9303-10 appendix A.6.
#[test]
fn dg16_published() {
    let file = hex_field(&examples()["DG16_A6"]);
    let persons = lds::dg16::decode(&file).unwrap();
    assert_eq!(persons.bytes(), file);
    let [smith, brown] = &persons[..] else {
        panic!("two persons");
    };
    assert!(smith.name == Some(PersonName::new("SMITH", "CHARLES R")));
    assert_eq!(smith.recorded, Some(date!(2002 - 01 - 01)));
    assert_eq!(smith.telephone.as_deref(), Some("19525551212"));
    assert_eq!(smith.address, ["123 MAPLE RD", "ANYTOWN", "MN", "55100"]);
    assert!(brown.name == Some(PersonName::new("BROWN", "MARY J")));
    assert_eq!(brown.recorded, Some(date!(2002 - 03 - 15)));
    assert_eq!(lds::dg16::encode(&persons).unwrap(), file, "byte for byte");

    let decode = |content: &str| {
        lds::dg16::decode(&object("70", &bytes(content)))
            .unwrap_err()
            .to_string()
    };
    assert_eq!(decode("020101"), "DG16: person is missing");
    assert_eq!(decode("020110"), "DG16: number of persons is more than 15");
    assert_eq!(
        decode("020100 A100"),
        "DG16: number of persons is followed by bytes that do not belong to it"
    );
    assert_eq!(decode("020101 A200"), "DG16: person cannot have tag A2");
    assert!(
        lds::dg16::encode(&[]).is_err() && lds::dg16::encode(&vec![PersonToNotify::default(); 16]).is_err()
    );
}

fn vietnamese(fields: &[Vec<u8>]) -> Vec<u8> {
    let content = [bytes("020101 060628D316010008"), object("31", &fields.concat())].concat();
    object("6D", &object("30", &content))
}

fn dg13_field(number: u8, value: &[u8]) -> Vec<u8> {
    object("30", &[&[2, 1, number], value].concat())
}

fn read_vietnamese(file: &[u8]) -> VietnameseDetails {
    match lds::dg13::decode(file).unwrap().into_content() {
        OptionalDetails::Vietnamese(details) => *details,
        OptionalDetails::Other(_) => panic!("not recognised"),
    }
}

/// Father and mother as siblings, in one nested SEQUENCE, and one of them unknown.
#[test]
fn dg13_both_forms_of_parents() {
    let text = |name: &str| object("0C", name.as_bytes());
    let parent = |name: &str| object("30", &text(name));
    let names = ["Nguyễn Văn Mẫu", "Trần Thị Mẫu"];
    for value in [
        [parent(names[0]), parent(names[1])].concat(),
        object("30", &[text(names[0]), text(names[1])].concat()),
        object("30", &[parent(names[0]), parent(names[1])].concat()),
    ] {
        let details = read_vietnamese(&vietnamese(&[dg13_field(13, &value)]));
        assert_eq!(details.father.as_deref(), Some(names[0]));
        assert_eq!(details.mother.as_deref(), Some(names[1]));
    }
    for unknown in [parent(""), object("30", &[])] {
        let file = vietnamese(&[dg13_field(13, &[unknown, parent(names[1])].concat())]);
        let details = read_vietnamese(&file);
        assert_eq!(
            (details.father, details.mother.as_deref()),
            (None, Some(names[1]))
        );
    }
    let written = VietnameseDetails {
        mother: Some(names[1].to_owned()),
        ..VietnameseDetails::default()
    };
    assert!(read_vietnamese(&written.encode().unwrap()) == written);
}

#[test]
fn dg13_that_is_refused_and_that_is_of_another_state() {
    let refused = |file: &[u8]| lds::dg13::decode(file).unwrap_err().to_string();
    let text = object("0C", b"x");
    assert_eq!(
        refused(&vietnamese(&[dg13_field(1, &text), dg13_field(1, &text)])),
        "DG13: field 1 is unknown, or there twice"
    );
    assert_eq!(
        refused(&vietnamese(&[dg13_field(17, &text)])),
        "DG13: field 17 is unknown, or there twice"
    );
    assert_eq!(
        refused(&vietnamese(&[dg13_field(0, &text)])),
        "DG13: field 0 is unknown, or there twice"
    );
    assert_eq!(
        refused(&vietnamese(&[dg13_field(2, &bytes("040100"))])),
        "DG13: value must be a text"
    );
    assert_eq!(
        refused(&vietnamese(&[dg13_field(2, &text.repeat(5))])),
        "DG13: value is one of more than four"
    );
    assert_eq!(
        refused(&vietnamese(std::slice::from_ref(&text))),
        "DG13: field must be a SEQUENCE"
    );
    let deep = (0..4).fold(text, |inner, _| object("30", &inner));
    assert_eq!(
        refused(&vietnamese(&[dg13_field(13, &deep)])),
        "DG13: value must be a text"
    );
    let version_2 = object("6D", &bytes("300D 020102 060628D316010008 3100"));
    assert_eq!(
        refused(&version_2),
        "DG13: schema version is another than 1, the only one that is known"
    );
    for other in ["", "0400", "3000", "3003 020101", "300B 020101 0606 2A8648CE3D02"] {
        let file = object("6D", &bytes(other));
        let read = lds::dg13::decode(&file).unwrap();
        assert_eq!(*read, OptionalDetails::Other(&bytes(other)), "{other}");
        assert_eq!(read.bytes(), file);
    }
}

#[test]
fn dg13_values_that_cannot_be_written() {
    let some = |text: &str| Some(text.to_owned());
    let default = VietnameseDetails::default;
    for (details, error) in [
        (
            VietnameseDetails {
                citizen_number: some("12345678901"),
                ..default()
            },
            "citizen number (1) must be 12 digits",
        ),
        (
            VietnameseDetails {
                full_name: some(""),
                ..default()
            },
            "full name (2) is empty",
        ),
        (
            VietnameseDetails {
                full_name: some("Ma\u{302}u"),
                ..default()
            },
            "full name (2) is not in Unicode",
        ),
        (
            VietnameseDetails {
                birth_date: some("1/1/1990"),
                ..default()
            },
            "date of birth (3) must be a date",
        ),
        (
            VietnameseDetails {
                sex: some("M"),
                ..default()
            },
            "sex (4) must be Nam or Nữ",
        ),
        (
            VietnameseDetails {
                issue_date: some("2020"),
                ..default()
            },
            "date of issue (11) must be a date",
        ),
        (
            VietnameseDetails {
                expiry_date: some("31/02/2030"),
                ..default()
            },
            "date of expiry (12) must be a date",
        ),
        (
            VietnameseDetails {
                old_number: some("1234567890"),
                ..default()
            },
            "old number (15) must be 9 digits",
        ),
        (
            VietnameseDetails {
                card_id: some("VN"),
                ..default()
            },
            "card identifier (16) must be 16",
        ),
        (
            VietnameseDetails {
                residence: some("a\u{7}"),
                ..default()
            },
            "residence (9) has a control",
        ),
    ] {
        let shown = details.encode().unwrap_err().to_string();
        assert!(shown.starts_with(&format!("DG13: {error}")), "{shown}");
    }
    for birth_date in ["05/11/1950", "11/1950", "1950"] {
        assert_eq!(
            VietnameseDetails {
                birth_date: some(birth_date),
                ..default()
            }
            .validate(),
            Ok(())
        );
    }
}

#[test]
fn dg14_and_dg15_of_the_sets() {
    for set in [tr_03105_5(), bsi_2008()] {
        let dg14 = lds::dg14::decode(set.file("DG14")).unwrap();
        assert_eq!(dg14.bytes(), set.file("DG14"));
        let chip_authentication = |info: &SecurityInfo<'_>| {
            info.as_chip_authentication_info().is_some()
                || info.as_chip_authentication_public_key_info().is_some()
        };
        assert!(dg14.iter().any(chip_authentication), "{}", set.id);
        let dg15 = lds::dg15::decode(set.file("DG15")).unwrap();
        let Key::Rsa { modulus, exponent } = dg15.key else {
            panic!("{}: an RSA key", set.id);
        };
        // The set of 2008 forgets the zero before the modulus: 1024 bits all the same.
        assert_eq!((modulus.len(), exponent), (128, &[1, 0, 1][..]), "{}", set.id);
    }
}

#[test]
fn ef_card_access_and_card_security_of_the_bsi_worked_example() {
    let values = &load("bsi-eac2-worked-example")["vectors"][0]["values"];
    let file = hex_field(&values["ef_cardaccess"]);
    let access = lds::card_access::decode(&file).unwrap();
    assert_eq!(access.bytes(), file);
    let pace: Vec<_> = access.iter().filter_map(SecurityInfo::as_pace_info).collect();
    assert_eq!(pace.len(), 1);
    let file = hex_field(&values["ef_cardsecurity"]);
    let security = lds::card_security::decode(&file).unwrap();
    assert_eq!(security.bytes(), file);
    assert!(security.iter().any(|info| info.as_pace_info() == Some(pace[0])));
    assert!(
        security
            .iter()
            .any(|info| info.as_chip_authentication_public_key_info().is_some())
    );
}

#[test]
fn opaque_data_groups() {
    for number in lds::opaque::OPAQUE {
        let group = DataGroup::from_number(number).unwrap();
        let file = lds::opaque::encode(group, b"anything").unwrap();
        let read = lds::opaque::decode(group, &file).unwrap();
        assert_eq!((*read, read.bytes()), (&b"anything"[..], &file[..]));
    }
    for number in [1, 2, 11, 14, 16] {
        let group = DataGroup::from_number(number).unwrap();
        assert!(lds::opaque::encode(group, b"").is_err());
    }
    assert!(lds::opaque::encode(DataGroup::from_number(6).unwrap(), &vec![0; 1 << 20]).is_err());
}

type Decoder = fn(&[u8]) -> Result<(), LdsError>;

/// Every decoder with the outer tag of its file.
const DECODERS: [(&str, Decoder); 13] = [
    ("60", |file| lds::com::Com::decode(file).map(drop)),
    ("61", |file| lds::dg1::decode(file).map(drop)),
    ("6B", |file| AdditionalPersonalDetails::decode(file).map(drop)),
    ("6C", |file| AdditionalDocumentDetails::decode(file).map(drop)),
    ("6D", |file| lds::dg13::decode(file).map(drop)),
    ("6E", |file| lds::dg14::decode(file).map(drop)),
    ("6F", |file| lds::dg15::decode(file).map(drop)),
    ("70", |file| lds::dg16::decode(file).map(drop)),
    ("66", |file| {
        lds::opaque::decode(DataGroup::from_number(6).unwrap(), file).map(drop)
    }),
    ("31", |file| lds::card_access::decode(file).map(drop)),
    ("30", |file| lds::card_security::decode(file).map(drop)),
    ("61", |file| lds::dir::decode(file).map(drop)),
    ("7F66", |file| lds::atr_info::decode(file).map(drop)),
];

/// A length of 4 GiB, 10,000 levels, more bytes than a chip has: an error, and no memory for what is not there.
#[test]
fn what_wants_to_do_harm() {
    let mut levels = Vec::new();
    for _ in 0..10_000 {
        levels.extend_from_slice(&[0x30, 0x83, 0x00, 0xFF, 0xFF]);
    }
    let mut nested = vec![0x02, 0x01, 0x01];
    for _ in 0..10_000 {
        let mut outer = vec![0x30, 0x83];
        outer.extend_from_slice(&(nested.len() as u32).to_be_bytes()[1..]);
        outer.append(&mut nested);
        nested = outer;
    }
    let too_long = vec![0; lds::MAX_FILE_BYTES + 1];
    for (tag, decode) in DECODERS {
        let tag = bytes(tag);
        let four_gib = [&tag[..], &[0x84, 0xFF, 0xFF, 0xFF, 0xFF]].concat();
        assert!(decode(&four_gib).is_err(), "{tag:02X?}: 4 GiB");
        assert!(
            decode(&[&tag[..], &[0x80, 0, 0]].concat()).is_err(),
            "{tag:02X?}: indefinite"
        );
        assert!(
            decode(&[&tag[..], &levels].concat()).is_err(),
            "{tag:02X?}: levels without end"
        );
        let mut length = vec![0x83];
        length.extend_from_slice(&(nested.len() as u32).to_be_bytes()[1..]);
        let file = [&tag[..], &length, &nested].concat();
        // A content that the standard leaves open may be anything.
        let open = tag == [0x66] || tag == [0x6D];
        assert_eq!(decode(&file).is_ok(), open, "{tag:02X?}: 10,000 levels");
        let file = [&tag[..], &too_long].concat();
        assert!(decode(&file).is_err(), "{tag:02X?}: too long");
        assert!(
            decode(&[]).is_err() || tag == [0x61] || tag == [0x7F, 0x66],
            "{tag:02X?}: empty"
        );
    }
}

prop_compose! {
    fn name()(primary in "[A-ZĐ][a-zế]{1,20}( [A-Z][a-z]{1,9}){0,2}", secondary in "([A-ZĐ][a-zế]{0,20})?") -> PersonName {
        PersonName::new(primary, secondary)
    }
}

fn text() -> impl Strategy<Value = Option<String>> {
    proptest::option::of("[ -;=-~À-ỹ]{1,60}")
}

fn parts() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec("[ -;=-~À-ỹ]{1,40}", 0..5)
}

proptest! {
    /// What is written reads back. Failures print the seed.
    #[test]
    fn plumbing_dg11_reads_back(
        name in proptest::option::of(name()), other_names in proptest::collection::vec(name(), 0..5),
        personal_number in text(), place_of_birth in parts(), address in parts(), telephone in text(),
        profession in text(), title in text(), summary in text(), other_documents in parts(), custody in text(),
        image in proptest::option::of(proptest::collection::vec(any::<u8>(), 1..300)),
        day in proptest::option::of((1900..2100_i32, 1..=12_u8, 1..=28_u8)),
    ) {
        let details = AdditionalPersonalDetails {
            name, other_names, personal_number, place_of_birth, address, telephone, profession, title, summary,
            other_documents, custody,
            birth_date: day.and_then(|(year, month, day)| BirthDate::new(Some(year), Some(month), Some(day))),
            proof_of_citizenship: image,
        };
        if details == AdditionalPersonalDetails::default() {
            return Ok(());
        }
        let file = details.encode().unwrap();
        prop_assert!(AdditionalPersonalDetails::decode(&file).unwrap().into_content() == details);
    }

    #[test]
    fn plumbing_dg16_reads_back(persons in proptest::collection::vec((name(), text(), parts()), 1..15)) {
        let persons: Vec<_> = persons.into_iter().map(|(name, telephone, address)| PersonToNotify {
            recorded: Some(date!(2026 - 11 - 24)), name: Some(name), telephone, address,
        }).collect();
        let file = lds::dg16::encode(&persons).unwrap();
        prop_assert!(lds::dg16::decode(&file).unwrap().into_content() == persons);
    }

    /// No bytes make a decoder panic, damaged ones of a file least of all.
    #[test]
    fn any_bytes_are_answered(noise in proptest::collection::vec(any::<u8>(), 0..200), at in 0_usize..400, value: u8) {
        let example = examples();
        let files = [
            hex_field(&example["DG11_A5_corrected"]),
            hex_field(&example["short_dg_examples"]["DG12"]),
            hex_field(&example["DG16_A6"]),
            noise,
        ];
        for mut file in files {
            if let Some(byte) = file.get_mut(at) {
                *byte = value;
            }
            for (_, decode) in DECODERS {
                let _ = decode(&file);
            }
        }
    }
}
