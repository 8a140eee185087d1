//! DG13 with the Vietnamese fields, and with what other States put there.

use personalization::lds;
use personalization::lds::dg13::OptionalDetails;
use personalization::lds::dg13::vietnamese::VietnameseDetails;

use super::{bytes, object};

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
