//! Rules for the fields of every record.

use time::Date;

use super::json::Fields;
use super::{Expiry, RecordError, text};
use crate::mrz::BirthDate;

/// Surname and given names, from either form of the name.
pub(super) fn name(fields: &mut Fields) -> Result<(String, String), RecordError> {
    let full_name = fields.take("full_name")?;
    let surname = fields.take("surname")?;
    let given_names = fields.take("given_names")?;
    match (full_name, surname, given_names) {
        (Some(full_name), None, None) => {
            let full_name = text::name("full_name", full_name)?;
            Ok(match full_name.split_once(' ') {
                Some((surname, given_names)) => (surname.to_owned(), given_names.to_owned()),
                None => (full_name, String::new()),
            })
        }
        (None, Some(surname), given_names) => {
            let surname = text::name("surname", surname)?;
            let given_names = match given_names {
                Some(given_names) => text::name("given_names", given_names)?,
                None => String::new(),
            };
            Ok((surname, given_names))
        }
        (None, None, _) => Err(RecordError::new(
            "full_name",
            "is missing (give full_name, or surname and given_names)",
        )),
        (Some(_), _, _) => Err(RecordError::new(
            "full_name",
            "cannot be combined with surname or given_names",
        )),
    }
}

/// A name that need not fit the MRZ's rules on length but obeys the same alphabet.
pub(super) fn optional_name(fields: &mut Fields, field: &'static str) -> Result<Option<String>, RecordError> {
    fields
        .take(field)?
        .map(|value| text::name(field, value))
        .transpose()
}

pub(super) fn old_number(fields: &mut Fields) -> Result<Option<String>, RecordError> {
    let Some(number) = fields.take("old_number")? else {
        return Ok(None);
    };
    if number.len() != 9 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(RecordError::new("old_number", "must be nine digits"));
    }
    Ok(Some(number))
}

pub(super) fn check_dates(
    birth: BirthDate,
    issue: Date,
    expiry: Expiry,
    today: Date,
) -> Result<(), RecordError> {
    // Of a date that is not known whole, the first day that it can have been: the rules then refuse nothing that may be right.
    let birth = birth
        .earliest()
        .ok_or_else(|| RecordError::new("birth_date", "must have a year"))?;
    if birth > today {
        return Err(RecordError::new("birth_date", "is in the future"));
    }
    if issue < birth {
        return Err(RecordError::new("issue_date", "is before the birth date"));
    }
    if let Expiry::On(expiry) = expiry {
        if expiry <= issue {
            return Err(RecordError::new("expiry_date", "must be after the issue date"));
        }
        if expiry < today {
            return Err(RecordError::new(
                "expiry_date",
                "is in the past: the card would be born expired",
            ));
        }
        // The MRZ has two digits for the year: beyond this a reader would place it in the wrong century.
        if expiry.year() - issue.year() > MAX_VALIDITY_YEARS {
            return Err(RecordError::new(
                "expiry_date",
                "is too far in the future for two digits of a year",
            ));
        }
    }
    Ok(())
}

/// The longest validity that a record may ask for: first card at 14, next renewal at 25, or 40 to 60.
const MAX_VALIDITY_YEARS: i32 = 25;
