//! Times as certificates and CRLs write them.

use ::time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

use super::asn1::{Asn1Error, Element, tag};

/// Reads a `Time` or `GeneralizedTime` in the DER forms of RFC 5280 §4.1.2.5: `YYMMDDHHMMSSZ` or
/// `YYYYMMDDHHMMSSZ`. Two-digit years below 50 are in the 21st century.
pub(crate) fn parse(element: &Element<'_>, what: &'static str) -> Result<OffsetDateTime, Asn1Error> {
    let invalid = || Asn1Error::Value(format!("{what}: not a time of RFC 5280"));
    let year_digits = match element.tag {
        tag::UTC_TIME => 2,
        tag::GENERALIZED_TIME | tag::CONTEXT_0_PRIMITIVE | 0x81 => 4,
        _ => return Err(invalid()),
    };
    let text = std::str::from_utf8(element.body).map_err(|_| invalid())?;
    let digits = text.strip_suffix('Z').ok_or_else(invalid)?;
    if digits.len() != year_digits + 10 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(invalid());
    }
    let number = |from: usize, len: usize| {
        digits
            .get(from..from + len)
            .and_then(|part| part.parse::<u16>().ok())
    };
    let (year, fields) = digits.split_at(year_digits);
    let year: i32 = year.parse().map_err(|_| invalid())?;
    let year = match (year_digits, year) {
        (2, 0..50) => 2000 + year,
        (2, _) => 1900 + year,
        _ => year,
    };
    debug_assert_eq!(fields.len(), 10);
    let pair = |index: usize| number(year_digits + 2 * index, 2).and_then(|value| u8::try_from(value).ok());
    let read = || {
        let month = Month::try_from(pair(0)?).ok()?;
        let date = Date::from_calendar_date(year, month, pair(1)?).ok()?;
        let time = Time::from_hms(pair(2)?, pair(3)?, pair(4)?).ok()?;
        Some(PrimitiveDateTime::new(date, time).assume_utc())
    };
    read().ok_or_else(invalid)
}

/// `2026-11-24`, for reports.
pub(crate) fn date(time: OffsetDateTime) -> String {
    let date = time.date();
    format!(
        "{:04}-{:02}-{:02}",
        date.year(),
        u8::from(date.month()),
        date.day()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::asn1::Reader;
    use ::time::macros::datetime;

    fn read(tag: u8, text: &str) -> Result<OffsetDateTime, Asn1Error> {
        let mut bytes = vec![tag, u8::try_from(text.len()).unwrap()];
        bytes.extend_from_slice(text.as_bytes());
        parse(&Reader::new(&bytes).next("time").unwrap(), "time")
    }

    #[test]
    fn both_forms_of_rfc_5280() {
        assert_eq!(
            read(0x17, "131216214318Z"),
            Ok(datetime!(2013-12-16 21:43:18 UTC))
        );
        assert_eq!(read(0x17, "500101000000Z"), Ok(datetime!(1950-01-01 0:00 UTC)));
        assert_eq!(
            read(0x18, "20551231235959Z"),
            Ok(datetime!(2055-12-31 23:59:59 UTC))
        );
        for wrong in [
            "1312162143Z",
            "131316214318Z",
            "130230214318Z",
            "131216214318",
            "13121621431é",
            "+31216214318Z",
        ] {
            assert!(read(0x17, wrong).is_err(), "{wrong}");
        }
    }
}
