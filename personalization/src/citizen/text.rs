//! Rules for text, names and dates in a record.

use time::Date;
use time::format_description::StaticFormatDescription;
use time::macros::format_description;
use unicode_normalization::is_nfc;

use super::RecordError;
use crate::mrz::{self, BirthDate, MrzError};

/// Longest text of one field, in characters. Addresses are the longest, under 150.
const MAX_TEXT_CHARS: usize = 200;

/// Longest name, in characters.
const MAX_NAME_CHARS: usize = 100;

const DATE: StaticFormatDescription = format_description!("[year]-[month]-[day]");

/// One line of text: NFC, no control characters, not empty, no space at either end.
pub(super) fn line(field: &'static str, value: String) -> Result<String, RecordError> {
    check_line(field, &value, MAX_TEXT_CHARS)?;
    Ok(value)
}

/// A person's name: one line whose letters can be written in an MRZ, with single spaces.
pub(super) fn name(field: &'static str, value: String) -> Result<String, RecordError> {
    check_line(field, &value, MAX_NAME_CHARS)?;
    if value.contains("  ") {
        return Err(RecordError::new(field, "has two spaces in a row"));
    }
    match mrz::transliterate(&value) {
        Ok(_) => Ok(value),
        Err(MrzError::Untransliterable { position }) => Err(RecordError::new(
            field,
            format!(
                "has a character (number {position}) that cannot be written in the machine-readable zone"
            ),
        )),
        Err(MrzError::MixedAlphabets { position }) => Err(RecordError::new(
            field,
            format!("has a character (number {position}) of another alphabet than those before it"),
        )),
        Err(_) => Err(RecordError::new(
            field,
            "cannot be written in the machine-readable zone",
        )),
    }
}

/// A date as `YYYY-MM-DD` (ISO 8601) that exists in the calendar.
pub(super) fn date(field: &'static str, value: &str) -> Result<Date, RecordError> {
    // The parser alone would accept a sign and years of other lengths.
    let digits = value.bytes().enumerate().all(|(i, byte)| match i {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if value.len() != 10 || !digits {
        return Err(RecordError::new(field, "must be a date as YYYY-MM-DD"));
    }
    Date::parse(value, DATE).map_err(|_| RecordError::new(field, "is not a date of the calendar"))
}

/// A date of birth: `YYYY-MM-DD`, or `YYYY-MM` or `YYYY` where the rest is unknown.
pub(super) fn birth_date(field: &'static str, value: &str) -> Result<BirthDate, RecordError> {
    let digits = |text: &str, count: usize| -> Option<u16> {
        let right = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| right)
    };
    let form = || RecordError::new(field, "must be a date as YYYY-MM-DD, YYYY-MM or YYYY");
    let (year, month) = match value.split_once('-') {
        None => (digits(value, 4).ok_or_else(form)?, None),
        Some((year, month)) if !month.contains('-') => (
            digits(year, 4).ok_or_else(form)?,
            Some(digits(month, 2).ok_or_else(form)?),
        ),
        Some(_) if value.len() != 10 => return Err(form()),
        Some(_) => return date(field, value).map(BirthDate::from),
    };
    let month = month.map(u8::try_from).transpose().map_err(|_| form())?;
    BirthDate::new(Some(year.into()), month, None)
        .ok_or_else(|| RecordError::new(field, "is not a date of the calendar"))
}

fn check_line(field: &'static str, value: &str, max_chars: usize) -> Result<(), RecordError> {
    if value.is_empty() {
        return Err(RecordError::new(field, "is empty"));
    }
    if value.chars().nth(max_chars).is_some() {
        return Err(RecordError::new(
            field,
            format!("is longer than {max_chars} characters"),
        ));
    }
    if value.trim() != value {
        return Err(RecordError::new(field, "begins or ends with a space"));
    }
    if value.chars().any(char::is_control) {
        return Err(RecordError::new(field, "has a control character"));
    }
    // It separates the parts of a name or an address in DG11, DG12 and DG16.
    if value.contains('<') {
        return Err(RecordError::new(field, "has a <"));
    }
    if !is_nfc(value) {
        return Err(RecordError::new(
            field,
            "is not in Unicode normalization form C (NFC)",
        ));
    }
    Ok(())
}
