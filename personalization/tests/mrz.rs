//! The MRZ against the published zones, and its own inverse.

use personalization::mrz::{
    BirthDate, DocumentNumber, DocumentSize, Mrz, MrzError, MrzFields, check_digit, mrz_information,
};
use proptest::prelude::*;
use test_vectors::mrz::{check_digits, vectors};
use time::macros::date;
use time::{Date, Month};

#[test]
fn published_check_digits() {
    let examples = check_digits();
    assert_eq!(examples.len(), 5);
    for example in examples {
        assert_eq!(
            check_digit(&example.field),
            Some(example.check),
            "{}",
            example.field
        );
    }
}

/// Zones whose composite check digit is misprinted in the standard (`errata` of the vector file, and the
/// example of 9303-10 appendix A.2.1).
const MISPRINTED: [&str; 3] = [
    "I<UTOL898902C<3",
    "I<NLDXI85935F86",
    "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<L898902C<3",
];

#[test]
fn published_zones() {
    let zones = vectors();
    assert_eq!(zones.len(), 11);
    for zone in zones {
        let joined = zone.lines.concat();
        let parsed = Mrz::parse(&zone.lines.join("\n"));
        let mrz = if MISPRINTED.iter().any(|start| joined.starts_with(start)) {
            assert_eq!(parsed, Err(MrzError::CheckDigit("whole zone")), "{}", zone.source);
            Mrz::parse_unchecked(&joined).unwrap()
        } else {
            parsed.unwrap_or_else(|error| panic!("{}: {error}", zone.source))
        };
        let size = match zone.format.as_str() {
            "TD1" => DocumentSize::Td1,
            "TD2" => DocumentSize::Td2,
            _ => DocumentSize::Td3,
        };
        assert_eq!(mrz.size(), size, "{}", zone.source);
        assert_eq!(mrz.mrz_information(), zone.mrz_information, "{}", zone.source);
        assert_eq!(mrz.lines(), zone.lines);
        assert_eq!(Mrz::parse_unchecked(mrz.concatenated()), Ok(mrz));
    }
}

/// From the fields of every published zone, of whatever size, the published key input.
#[test]
fn published_mrz_information() {
    for zone in vectors() {
        let information = &zone.mrz_information;
        let (number, dates) = information.split_at(information.len() - 15);
        let dates = &dates[1..];
        assert_eq!(
            mrz_information(number, &dates[..6], &dates[7..13]).as_ref(),
            Ok(information),
            "{}",
            zone.source
        );
    }
}

/// The person of the standard's specimens.
fn eriksson() -> MrzFields<'static> {
    MrzFields {
        document_code: "I",
        issuing_state: "UTO",
        document_number: DocumentNumber::Icao("D23145890"),
        birth_date: date!(1974 - 08 - 12).into(),
        sex: 'F',
        expiry_date: Some(date!(2012 - 04 - 15)),
        nationality: "UTO",
        surname: "Eriksson",
        given_names: "Anna Maria",
        optional_data: "",
        optional_data_2: "",
    }
}

fn stevenson() -> MrzFields<'static> {
    MrzFields {
        document_number: DocumentNumber::Icao("D23145890734"),
        birth_date: date!(1934 - 07 - 12).into(),
        sex: 'M',
        expiry_date: Some(date!(1995 - 07 - 12)),
        surname: "Stevenson",
        given_names: "Peter John",
        ..eriksson()
    }
}

/// The specimens of 9303-4 (seventh and eighth edition), -5 and -6.
#[test]
fn builds_the_published_specimens() {
    let passport = MrzFields {
        document_code: "P",
        document_number: DocumentNumber::Icao("L898902C3"),
        optional_data: "ZE184226B",
        ..eriksson()
    };
    for (size, fields, lines) in [
        (
            DocumentSize::Td1,
            eriksson(),
            &[
                "I<UTOD231458907<<<<<<<<<<<<<<<",
                "7408122F1204159UTO<<<<<<<<<<<6",
                "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
            ][..],
        ),
        (
            DocumentSize::Td2,
            eriksson(),
            &[
                "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<",
                "D231458907UTO7408122F1204159<<<<<<<6",
            ],
        ),
        (
            DocumentSize::Td3,
            passport,
            &[
                "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
                "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
            ],
        ),
        (
            DocumentSize::Td3,
            MrzFields {
                document_code: "PP",
                expiry_date: Some(date!(2034 - 04 - 15)),
                ..passport
            },
            &[
                "PPUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
                "L898902C36UTO7408122F3404159ZE184226B<<<<<16",
            ],
        ),
    ] {
        let mrz = Mrz::build(size, &fields).unwrap();
        assert_eq!(mrz.lines(), lines);
        assert_eq!(mrz.name(), ("ERIKSSON", "ANNA<MARIA"));
    }
}

/// The BSI sets have the same person on a passport without optional data: a filler for their check digit.
#[test]
fn builds_the_bsi_passports() {
    for (expiry_date, line) in [
        (
            date!(2023 - 10 - 31),
            "C11T002JM4D<<9608122F2310314<<<<<<<<<<<<<<<4",
        ),
        (
            date!(2013 - 10 - 31),
            "C11T002JM4D<<9608122F1310317<<<<<<<<<<<<<<<6",
        ),
    ] {
        let fields = MrzFields {
            document_code: "P",
            issuing_state: "D",
            document_number: DocumentNumber::Icao("C11T002JM"),
            birth_date: date!(1996 - 08 - 12).into(),
            expiry_date: Some(expiry_date),
            nationality: "D",
            surname: "Mustermann",
            given_names: "Erika",
            ..eriksson()
        };
        let mrz = Mrz::build(DocumentSize::Td3, &fields).unwrap();
        assert_eq!(mrz.lines()[1], line);
    }
}

/// 9303-11 appendix D.2: a number of twelve characters (note j of 9303-5 and -6), on both sizes.
#[test]
fn builds_the_long_numbers_of_9303_11() {
    for (size, lines) in [
        (
            DocumentSize::Td1,
            &[
                "I<UTOD23145890<7349<<<<<<<<<<<",
                "3407127M9507122UTO<<<<<<<<<<<2",
                "STEVENSON<<PETER<JOHN<<<<<<<<<",
            ][..],
        ),
        (
            DocumentSize::Td2,
            &[
                "I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<",
                "D23145890<UTO3407127M95071227349<<<8",
            ],
        ),
    ] {
        let mrz = Mrz::build(size, &stevenson()).unwrap();
        assert_eq!(mrz.lines(), lines);
        assert_eq!(mrz.document_number(), "D23145890734");
    }
    // A passport has no room for one, and what has no room is an error, not cut.
    let passport = MrzFields {
        document_code: "P",
        ..stevenson()
    };
    let error = Err(MrzError::Field("document number"));
    assert_eq!(Mrz::build(DocumentSize::Td3, &passport), error);
    let longest = |size, number| {
        let fields = MrzFields {
            document_number: DocumentNumber::Icao(number),
            ..eriksson()
        };
        Mrz::build(size, &fields).map(|mrz| mrz.document_number())
    };
    let number = "ABCDEFGHIJKLMNOPQRSTUVW";
    assert_eq!(
        longest(DocumentSize::Td1, &number[..22]).as_deref(),
        Ok(&number[..22])
    );
    assert_eq!(
        longest(DocumentSize::Td2, &number[..14]).as_deref(),
        Ok(&number[..14])
    );
    assert!(longest(DocumentSize::Td1, number).is_err());
    assert!(longest(DocumentSize::Td2, &number[..15]).is_err());
}

/// 9303-3, section 4.8: fillers for what is not known of a date of birth; they count as zero in check digits.
#[test]
fn unknown_birth_dates() {
    for (year, month, printed) in [
        (Some(1950), Some(7), "5007<<"),
        (Some(1950), None, "50<<<<"),
        (None, None, "<<<<<<"),
    ] {
        let fields = MrzFields {
            birth_date: BirthDate::new(year, month, None).unwrap(),
            ..eriksson()
        };
        for size in [DocumentSize::Td1, DocumentSize::Td2] {
            let mrz = Mrz::build(size, &fields).unwrap();
            assert_eq!(mrz.birth_date(), printed);
            assert_eq!(Mrz::parse(&mrz.lines().join("\n")), Ok(mrz));
        }
    }
    // Digits that are no date, under right check digits: 13th month, 31 February; an expiry date must be whole.
    let zone = Mrz::build(DocumentSize::Td1, &eriksson()).unwrap();
    for (from, to, field) in [
        (30, "741312", "birth date"),
        (30, "740231", "birth date"),
        (38, "12<<<<", "expiry date"),
        (38, "120431", "expiry date"),
    ] {
        let mut text = zone.concatenated().to_owned();
        text.replace_range(from..from + 6, to);
        text.replace_range(from + 6..from + 7, &check_digit(to).unwrap().to_string());
        assert_eq!(Mrz::parse(&text), Err(MrzError::Field(field)), "{to}");
    }
}

#[test]
fn optional_data() {
    let fields = |optional_data, optional_data_2| MrzFields {
        optional_data,
        optional_data_2,
        ..eriksson()
    };
    let build = |size, first, second| Mrz::build(size, &fields(first, second));
    let td1 = build(DocumentSize::Td1, "0123456789ABCDE", "0123456789A").unwrap();
    assert_eq!(td1.optional_data(), ["0123456789ABCDE", "0123456789A"]);
    assert_eq!(
        build(DocumentSize::Td2, "0123456", "").unwrap().optional_data()[0],
        "0123456"
    );
    for (size, first, second, field) in [
        (DocumentSize::Td1, "0123456789ABCDEF", "", "optional data"),
        (DocumentSize::Td1, "a", "", "optional data"),
        (DocumentSize::Td1, "", "0123456789AB", "second optional data"),
        (DocumentSize::Td2, "01234567", "", "optional data"),
        (DocumentSize::Td2, "", "0", "second optional data"),
    ] {
        assert_eq!(
            build(size, first, second),
            Err(MrzError::Field(field)),
            "{first} {second}"
        );
    }
    let long = MrzFields {
        optional_data: "1",
        ..stevenson()
    };
    assert_eq!(
        Mrz::build(DocumentSize::Td1, &long),
        Err(MrzError::Field("optional data")),
        "the number needs the room"
    );
}

fn vietnamese() -> MrzFields<'static> {
    MrzFields {
        document_code: "ID",
        issuing_state: "VNM",
        document_number: DocumentNumber::Vietnamese("001196000017"),
        birth_date: date!(1996 - 08 - 12).into(),
        sex: 'F',
        expiry_date: Some(date!(2036 - 08 - 12)),
        nationality: "VNM",
        surname: "Nguyễn",
        given_names: "Thị Mẫu",
        optional_data: "",
        optional_data_2: "",
    }
}

/// The form of Vietnamese cards, laid out by hand: nine digits and check digit, twelve digits, `<<`, check digit.
#[test]
fn vietnamese_upper_line() {
    let td1 = Mrz::build(DocumentSize::Td1, &vietnamese()).unwrap();
    // 7·1+3·9+1·6+7·0+… over 196000017 = 7+27+6+0+0+0+0+3+7 = 50 → 0; over 001196000017:
    // 0+0+1+7+27+6+0+0+0+0+3+7 = 51 → 1.
    assert_eq!(td1.lines()[0], "IDVNM1960000170001196000017<<1");
    assert_eq!(td1.lines()[2], "NGUYEN<<THI<MAU<<<<<<<<<<<<<<<");
    assert_eq!(
        td1.document_number(),
        "196000017",
        "keys come from nine digits, not from twelve"
    );
    assert!(td1.mrz_information().starts_with("1960000170960812"));
    let unlimited = Mrz::build(
        DocumentSize::Td1,
        &MrzFields {
            expiry_date: None,
            ..vietnamese()
        },
    )
    .unwrap();
    assert_eq!(unlimited.expiry_date(), "991231");
}

/// Every single wrong character is found by some check digit, except in the name and in codes, which have none.
#[test]
fn a_wrong_digit_is_found() {
    let text = Mrz::build(DocumentSize::Td1, &vietnamese())
        .unwrap()
        .concatenated()
        .to_owned();
    let protected = (5..30).chain(30..37).chain(38..45);
    for position in protected {
        let mut wrong = text.clone().into_bytes();
        wrong[position] = if wrong[position] == b'9' { b'0' } else { b'9' };
        let wrong = String::from_utf8(wrong).unwrap();
        assert!(
            matches!(Mrz::parse(&wrong), Err(MrzError::CheckDigit(_))),
            "position {position}"
        );
    }
}

#[test]
fn what_is_no_zone() {
    let good = Mrz::build(DocumentSize::Td1, &vietnamese())
        .unwrap()
        .concatenated()
        .to_owned();
    for text in [
        "",
        &good[1..],
        &format!("{good}<"),
        &good.to_lowercase(),
        &good.replace('<', " "),
        &good.replacen('I', "P", 1),
        &"A".repeat(1 << 20),
    ] {
        assert_eq!(Mrz::parse(text), Err(MrzError::Layout), "{text:.100}");
    }
}

#[test]
fn fields_that_do_not_belong() {
    let build = |fields: MrzFields<'_>| Mrz::build(DocumentSize::Td1, &fields).unwrap_err();
    let v = vietnamese();
    assert_eq!(
        build(MrzFields {
            document_code: "P",
            ..v
        }),
        MrzError::Field("document code")
    );
    assert_eq!(
        build(MrzFields {
            document_code: "AC",
            ..v
        }),
        MrzError::Field("document code")
    );
    assert_eq!(
        build(MrzFields {
            issuing_state: "",
            ..v
        }),
        MrzError::Field("issuing state")
    );
    assert_eq!(
        build(MrzFields {
            nationality: "vnm",
            ..v
        }),
        MrzError::Field("nationality")
    );
    assert_eq!(build(MrzFields { sex: 'X', ..v }), MrzError::Field("sex"));
    for number in ["", "12345678901234567890123", "A-1", "ab1", "Đ"] {
        let document_number = DocumentNumber::Icao(number);
        assert_eq!(
            build(MrzFields { document_number, ..v }),
            MrzError::Field("document number"),
            "{number}"
        );
    }
    for number in ["00119600001", "00119600001A"] {
        let document_number = DocumentNumber::Vietnamese(number);
        assert_eq!(
            build(MrzFields { document_number, ..v }),
            MrzError::Field("document number"),
            "{number}"
        );
    }
}

prop_compose! {
    fn any_date()(year in 1900..2100_i32, month in 1..=12_u8, day in 1..=28_u8) -> Date {
        Date::from_calendar_date(year, Month::try_from(month).unwrap(), day).unwrap()
    }
}

proptest! {
    /// What is built can be read and says the same. Failures print the seed.
    #[test]
    fn parse_inverts_build(
        number in "[A-Z0-9]{1,22}",
        vietnamese in "[0-9]{12}",
        icao: bool,
        birth_date in any_date(),
        expiry_date in any_date(),
        sex in "[MF<]",
        surname in "[A-Z]{1,12}( [A-Z]{1,12}){0,2}",
        given_names in "([A-Z]{1,12}( [A-Z]{1,12}){0,4})?",
    ) {
        let document_number =
            if icao { DocumentNumber::Icao(&number) } else { DocumentNumber::Vietnamese(&vietnamese) };
        let fields = MrzFields {
            document_code: "I",
            issuing_state: "UTO",
            document_number,
            birth_date: birth_date.into(),
            sex: sex.chars().next().unwrap(),
            expiry_date: Some(expiry_date),
            nationality: "D",
            surname: &surname,
            given_names: &given_names,
            optional_data: "",
            optional_data_2: "",
        };
        let td1 = Mrz::build(DocumentSize::Td1, &fields).unwrap();
        let parsed = Mrz::parse(&td1.lines().join("\r\n")).unwrap();
        prop_assert_eq!(&parsed, &td1);
        let expected = if icao { number.as_str() } else { &vietnamese[3..] };
        prop_assert_eq!(parsed.document_number(), expected);
        prop_assert_eq!(parsed.nationality(), "D");
        let (primary, secondary) = parsed.name();
        let whole = (surname.replace(' ', "<"), given_names.replace(' ', "<"));
        if td1.lines()[2].ends_with('<') {
            prop_assert_eq!((primary, secondary), (whole.0.as_str(), whole.1.as_str()));
        } else {
            prop_assert_eq!(primary.split('<').count(), surname.split(' ').count());
            prop_assert!(surname.starts_with(&primary[..1]) && given_names.starts_with(secondary.get(..1).unwrap_or("")));
        }
    }

    /// No text makes the reader panic.
    #[test]
    fn any_text_is_answered(text in "[A-Z0-9<]{72}|[A-Z0-9<]{88}|[A-Z0-9<]{90}|\\PC{0,100}") {
        let _ = Mrz::parse(&text);
    }
}
