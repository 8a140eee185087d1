//! DG11, DG12 and DG16.

use personalization::lds;
use personalization::lds::dg11::AdditionalPersonalDetails;
use personalization::lds::dg12::AdditionalDocumentDetails;
use personalization::lds::dg16::PersonToNotify;
use personalization::lds::text::PersonName;
use personalization::mrz::BirthDate;
use test_vectors::hex as hex_field;
use time::macros::{date, datetime};

use super::{bytes, examples, object};

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
        (b"00000000", ""),
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

/// 9303-10, section 4.7.11.1, the note under the table: zeros in the place of what is unknown.
#[test]
fn dg11_with_a_date_of_birth_that_is_not_known_whole() {
    for (date, written) in [
        (BirthDate::new(Some(1950), Some(7), Some(12)), "19500712"),
        (BirthDate::new(Some(1950), Some(7), None), "19500700"),
        (BirthDate::new(Some(1950), None, None), "19500000"),
        (BirthDate::new(None, Some(2), Some(29)), "00000229"),
        (Some(BirthDate::UNKNOWN), "00000000"),
    ] {
        let details = AdditionalPersonalDetails {
            birth_date: date,
            ..AdditionalPersonalDetails::default()
        };
        let file = details.encode().unwrap();
        assert!(file.ends_with(&object("5F2B", written.as_bytes())), "{written}");
        let read = AdditionalPersonalDetails::decode(&file).unwrap();
        assert_eq!(read.birth_date, date, "{written}");
    }
}

#[test]
fn dg11_that_cannot_be_written() {
    let default = AdditionalPersonalDetails::default;
    for (details, error) in [
        (default(), "DG11: file has nothing to say"),
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
