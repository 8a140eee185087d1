//! Dates of the machine readable zone: YYMMDD (9303-3 §4.8).

use super::mrz::Field;
use crate::conformance::verdict::Played;

/// Year, month and day. Of a part that is not known, fillers stand for it.
pub(super) fn birth_date(field: &Field<'_>) -> Played {
    let (year, rest) = field.text.split_at_checked(2).unwrap_or_default();
    let (month, day) = rest.split_at_checked(2).unwrap_or_default();
    let unknown = |part: &[u8]| part == b"<<";
    let is_date = (unknown(year) || is_number(year, 0, 99))
        && (unknown(month) || is_number(month, 1, 12))
        && (unknown(day) || is_number(day, 1, last_day(month)));
    field.must(is_date, "YYMMDD, fillers for what is not known")
}

/// Year, month and day.
pub(super) fn expiry_date(field: &Field<'_>) -> Played {
    let (year, rest) = field.text.split_at_checked(2).unwrap_or_default();
    let (month, day) = rest.split_at_checked(2).unwrap_or_default();
    let is_date = is_number(year, 0, 99) && is_number(month, 1, 12) && is_number(day, 1, last_day(month));
    field.must(is_date, "YYMMDD")
}

/// Two digits between these.
pub(super) fn is_number(digits: &[u8], from: u8, to: u8) -> bool {
    match digits {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
            (from..=to).contains(&((tens - b'0') * 10 + (ones - b'0')))
        }
        _ => false,
    }
}

/// The last day of a month of two digits; the century is not known, so that February may have 29 days.
pub(super) fn last_day(month: &[u8]) -> u8 {
    match month {
        b"02" => 29,
        b"04" | b"06" | b"09" | b"11" => 30,
        _ => 31,
    }
}
