//! The MRZ against the published zones, and its own inverse.

use personalization::mrz::{DocumentNumber, MrzError, Td1, Td1Fields, check_digit, mrz_information};
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
const MISPRINTED: [&str; 2] = ["I<UTOL898902C<3", "I<NLDXI85935F86"];

#[test]
fn published_td1_zones() {
    let zones: Vec<_> = vectors()
        .into_iter()
        .filter(|vector| vector.format == "TD1")
        .collect();
    assert_eq!(zones.len(), 4);
    for zone in zones {
        let parsed = Td1::parse(&zone.lines.join("\n"));
        if MISPRINTED.iter().any(|start| zone.lines[0].starts_with(start)) {
            assert_eq!(parsed, Err(MrzError::CheckDigit("whole zone")), "{}", zone.source);
            continue;
        }
        let td1 = parsed.unwrap();
        assert_eq!(td1.mrz_information(), zone.mrz_information, "{}", zone.source);
        assert_eq!(td1.lines().map(str::to_owned).to_vec(), zone.lines);
        assert_eq!(Td1::parse(&td1.concatenated()), Ok(td1));
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

#[test]
fn builds_the_specimen_of_9303_5() {
    let td1 = Td1::build(&Td1Fields {
        document_code: "I",
        issuing_state: "UTO",
        document_number: DocumentNumber::Icao("D23145890"),
        birth_date: date!(1974 - 08 - 12),
        sex: 'F',
        expiry_date: Some(date!(2012 - 04 - 15)),
        nationality: "UTO",
        surname: "Eriksson",
        given_names: "Anna Maria",
    })
    .unwrap();
    let lines = [
        "I<UTOD231458907<<<<<<<<<<<<<<<",
        "7408122F1204159UTO<<<<<<<<<<<6",
        "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
    ];
    assert_eq!(td1.lines(), lines);
}

/// 9303-11 appendix D.2: a number of twelve characters (9303-5, note j).
#[test]
fn builds_the_long_number_of_9303_11() {
    let td1 = Td1::build(&Td1Fields {
        document_code: "I",
        issuing_state: "UTO",
        document_number: DocumentNumber::Icao("D23145890734"),
        birth_date: date!(1934 - 07 - 12),
        sex: 'M',
        expiry_date: Some(date!(1995 - 07 - 12)),
        nationality: "UTO",
        surname: "Stevenson",
        given_names: "Peter John",
    })
    .unwrap();
    let lines = [
        "I<UTOD23145890<7349<<<<<<<<<<<",
        "3407127M9507122UTO<<<<<<<<<<<2",
        "STEVENSON<<PETER<JOHN<<<<<<<<<",
    ];
    assert_eq!(td1.lines(), lines);
    assert_eq!(td1.document_number(), "D23145890734");
}

fn vietnamese() -> Td1Fields<'static> {
    Td1Fields {
        document_code: "ID",
        issuing_state: "VNM",
        document_number: DocumentNumber::Vietnamese("001196000017"),
        birth_date: date!(1996 - 08 - 12),
        sex: 'F',
        expiry_date: Some(date!(2036 - 08 - 12)),
        nationality: "VNM",
        surname: "Nguyễn",
        given_names: "Thị Mẫu",
    }
}

/// The form of Vietnamese cards, laid out by hand: nine digits and check digit, twelve digits, `<<`, check digit.
#[test]
fn vietnamese_upper_line() {
    let td1 = Td1::build(&vietnamese()).unwrap();
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
    let unlimited = Td1::build(&Td1Fields {
        expiry_date: None,
        ..vietnamese()
    })
    .unwrap();
    assert_eq!(unlimited.expiry_date(), "991231");
}

/// Every single wrong character is found by some check digit, except in the name and in codes, which have none.
#[test]
fn a_wrong_digit_is_found() {
    let text = Td1::build(&vietnamese()).unwrap().concatenated();
    let protected = (5..30).chain(30..37).chain(38..45);
    for position in protected {
        let mut wrong = text.clone().into_bytes();
        wrong[position] = if wrong[position] == b'9' { b'0' } else { b'9' };
        let wrong = String::from_utf8(wrong).unwrap();
        assert!(
            matches!(Td1::parse(&wrong), Err(MrzError::CheckDigit(_))),
            "position {position}"
        );
    }
}

#[test]
fn what_is_no_td1() {
    let good = Td1::build(&vietnamese()).unwrap().concatenated();
    for text in [
        "",
        &good[1..],
        &format!("{good}<"),
        &good.to_lowercase(),
        &good.replace('<', " "),
        &good.replacen('I', "P", 1),
    ] {
        assert_eq!(Td1::parse(text), Err(MrzError::Layout), "{text}");
    }
}

#[test]
fn fields_that_do_not_belong() {
    let build = |fields: Td1Fields<'_>| Td1::build(&fields).unwrap_err();
    let v = vietnamese();
    assert_eq!(
        build(Td1Fields {
            document_code: "P",
            ..v
        }),
        MrzError::Field("document code")
    );
    assert_eq!(
        build(Td1Fields {
            document_code: "AC",
            ..v
        }),
        MrzError::Field("document code")
    );
    assert_eq!(
        build(Td1Fields {
            issuing_state: "",
            ..v
        }),
        MrzError::Field("issuing state")
    );
    assert_eq!(
        build(Td1Fields {
            nationality: "vnm",
            ..v
        }),
        MrzError::Field("nationality")
    );
    assert_eq!(build(Td1Fields { sex: 'X', ..v }), MrzError::Field("sex"));
    for number in ["", "12345678901234567890123", "A-1", "ab1", "Đ"] {
        let document_number = DocumentNumber::Icao(number);
        assert_eq!(
            build(Td1Fields { document_number, ..v }),
            MrzError::Field("document number"),
            "{number}"
        );
    }
    for number in ["00119600001", "00119600001A"] {
        let document_number = DocumentNumber::Vietnamese(number);
        assert_eq!(
            build(Td1Fields { document_number, ..v }),
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
        let td1 = Td1::build(&Td1Fields {
            document_code: "I",
            issuing_state: "UTO",
            document_number,
            birth_date,
            sex: sex.chars().next().unwrap(),
            expiry_date: Some(expiry_date),
            nationality: "D",
            surname: &surname,
            given_names: &given_names,
        }).unwrap();
        let parsed = Td1::parse(&td1.lines().join("\r\n")).unwrap();
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
    fn any_text_is_answered(text in "[A-Z0-9<]{90}|\\PC{0,100}") {
        let _ = Td1::parse(&text);
    }
}
