//! Texts, names and dates as DG11, DG12 and DG16 write them (9303-10, sections 4.7.11, 4.7.12 and 4.7.16).

use core::fmt;

use time::{Date, Month, PrimitiveDateTime, Time};

use super::LdsError;
use super::read::utf8;
use crate::mrz::BirthDate;

/// Longest text of one field, in bytes.
pub const MAX_TEXT_BYTES: usize = 4096;

/// Most parts of a field whose parts are separated by `<`.
const MAX_PARTS: usize = 64;

/// A person's name in national characters: primary and secondary identifier.
///
/// The files write it as the MRZ does, `<<` between the two and `<` for a space: `Nguyễn<<Thị<Mẫu`. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName {
    /// Primary identifier; in Vietnamese names the family name.
    pub primary_identifier: String,
    /// Secondary identifier; may be empty.
    pub secondary_identifier: String,
}

impl PersonName {
    /// A name of these two.
    #[must_use]
    pub fn new(primary_identifier: impl Into<String>, secondary_identifier: impl Into<String>) -> Self {
        Self {
            primary_identifier: primary_identifier.into(),
            secondary_identifier: secondary_identifier.into(),
        }
    }

    pub(super) fn encode(&self, file: &'static str, field: &'static str) -> Result<String, LdsError> {
        let part = |part: &str| -> Result<String, LdsError> {
            check(file, field, part)?;
            // Written as fillers, two of them would be the mark between the identifiers, and one at the end nothing.
            if part.trim() != part || part.contains("  ") {
                return Err(LdsError::new(file, field, "has a space too many"));
            }
            Ok(part.replace(' ', "<"))
        };
        let primary = part(&self.primary_identifier)?;
        if primary.is_empty() {
            return Err(LdsError::new(file, field, "has no primary identifier"));
        }
        if self.secondary_identifier.is_empty() {
            return Ok(primary);
        }
        Ok(format!("{primary}<<{}", part(&self.secondary_identifier)?))
    }

    pub(super) fn decode(file: &'static str, field: &'static str, value: &[u8]) -> Result<Self, LdsError> {
        let text = utf8(file, field, value, MAX_TEXT_BYTES)?;
        // Some issuers fill the name up as in the zone.
        let text = text.trim_end_matches('<');
        let (primary, secondary) = text.split_once("<<").unwrap_or((text, ""));
        let spaced = |part: &str| part.replace('<', " ");
        Ok(Self::new(spaced(primary), spaced(secondary)))
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(..)")
    }
}

/// One text, without the characters that mean something here.
pub(super) fn check(file: &'static str, field: &'static str, text: &str) -> Result<(), LdsError> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(LdsError::new(file, field, "is longer than 4096 bytes"));
    }
    if text.contains('<') {
        return Err(LdsError::new(file, field, "has a <, which separates parts"));
    }
    if text.chars().any(char::is_control) {
        return Err(LdsError::new(file, field, "has a control character"));
    }
    Ok(())
}

/// Parts with `<` between them, such as the lines of an address. A trailing filler of older issuers is no part.
pub(super) fn join(file: &'static str, field: &'static str, parts: &[String]) -> Result<String, LdsError> {
    if parts.len() > MAX_PARTS {
        return Err(LdsError::new(file, field, "has more than 64 parts"));
    }
    for part in parts {
        check(file, field, part)?;
        if part.is_empty() {
            return Err(LdsError::new(file, field, "has an empty part"));
        }
    }
    let text = parts.join("<");
    if text.len() > MAX_TEXT_BYTES {
        return Err(LdsError::new(file, field, "is longer than 4096 bytes"));
    }
    Ok(text)
}

/// The parts of a text with `<` between them.
pub(super) fn split(file: &'static str, field: &'static str, value: &[u8]) -> Result<Vec<String>, LdsError> {
    let text = utf8(file, field, value, MAX_TEXT_BYTES)?;
    let parts: Vec<String> = text
        .split('<')
        .filter(|part| !part.is_empty())
        .take(MAX_PARTS + 1)
        .map(str::to_owned)
        .collect();
    if parts.len() > MAX_PARTS {
        return Err(LdsError::new(file, field, "has more than 64 parts"));
    }
    Ok(parts)
}

/// `YYYYMMDD`.
pub(super) fn encode_date(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), u8::from(date.month()), date.day())
}

/// `YYYYMMDD` with zeros in the place of what is unknown (9303-10, section 4.7.11.1).
pub(super) fn encode_partial_date(date: BirthDate) -> String {
    format!(
        "{:04}{:02}{:02}",
        date.year().unwrap_or(0),
        date.month().unwrap_or(0),
        date.day_of_month().unwrap_or(0)
    )
}

/// `YYYYMMDDhhmmss`.
pub(super) fn encode_date_time(time: PrimitiveDateTime) -> String {
    let (hour, minute, second) = time.as_hms();
    format!("{}{hour:02}{minute:02}{second:02}", encode_date(time.date()))
}

/// The digits of a date or time, written as text (9303-10 since its sixth edition) or as BCD, two digits a byte (LDS 1.7 and many
/// documents in the field).
fn digits<const N: usize>(
    file: &'static str,
    field: &'static str,
    value: &[u8],
) -> Result<[u8; N], LdsError> {
    let mut digits = [0; N];
    if value.len() == N {
        for (digit, byte) in digits.iter_mut().zip(value) {
            *digit = byte.wrapping_sub(b'0');
        }
    } else if value.len() * 2 == N {
        for (pair, byte) in digits.chunks_exact_mut(2).zip(value) {
            pair.copy_from_slice(&[byte >> 4, byte & 0x0F]);
        }
    } else {
        return Err(LdsError::new(
            file,
            field,
            format!("must have {N} digits, or {} bytes of BCD", N / 2),
        ));
    }
    if digits.iter().any(|digit| *digit > 9) {
        return Err(LdsError::new(file, field, "has something else than digits"));
    }
    Ok(digits)
}

fn number(digits: &[u8]) -> u16 {
    digits
        .iter()
        .fold(0, |number, digit| number * 10 + u16::from(*digit))
}

fn two(digits: &[u8]) -> u8 {
    digits.iter().fold(0, |number, digit| number * 10 + digit)
}

fn day(file: &'static str, field: &'static str, digits: &[u8]) -> Result<Date, LdsError> {
    let date = || {
        let month = Month::try_from(two(digits.get(4..6)?)).ok()?;
        Date::from_calendar_date(number(digits.get(..4)?).into(), month, two(digits.get(6..8)?)).ok()
    };
    date().ok_or_else(|| LdsError::new(file, field, "is not a date of the calendar"))
}

/// A date in either form.
pub(super) fn decode_date(file: &'static str, field: &'static str, value: &[u8]) -> Result<Date, LdsError> {
    day(file, field, &digits::<8>(file, field, value)?)
}

/// A date as far as it is known: issuers write `00` for what is not.
pub(super) fn decode_partial_date(
    file: &'static str,
    field: &'static str,
    value: &[u8],
) -> Result<BirthDate, LdsError> {
    // As in the zone, which some copy.
    let value: Vec<u8> = value
        .iter()
        .map(|byte| if *byte == b'<' { b'0' } else { *byte })
        .collect();
    let digits = digits::<8>(file, field, &value)?;
    let [y1, y2, y3, y4, m1, m2, d1, d2] = digits;
    let known = |number: u8| (number != 0).then_some(number);
    let year = number(&[y1, y2, y3, y4]);
    BirthDate::new(
        (year != 0).then_some(year.into()),
        known(two(&[m1, m2])),
        known(two(&[d1, d2])),
    )
    .ok_or_else(|| LdsError::new(file, field, "is not a date of the calendar"))
}

/// A date and time in either form.
pub(super) fn decode_date_time(
    file: &'static str,
    field: &'static str,
    value: &[u8],
) -> Result<PrimitiveDateTime, LdsError> {
    let digits = digits::<14>(file, field, value)?;
    let (date, clock) = digits.split_at(8);
    let date = day(file, field, date)?;
    let time = match clock {
        [h1, h2, m1, m2, s1, s2] => Time::from_hms(two(&[*h1, *h2]), two(&[*m1, *m2]), two(&[*s1, *s2])).ok(),
        _ => None,
    };
    let time = time.ok_or_else(|| LdsError::new(file, field, "is not a time of the day"))?;
    Ok(PrimitiveDateTime::new(date, time))
}
