//! The three ways in which a zone carries the number of its document.

use super::{FILLER, MrzError, check_digit};

/// How the zone carries the number of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentNumber<'a> {
    /// As 9303-4 to -6 have it: up to nine characters with a check digit; longer ones, on TD1 and TD2, in the form of note j (`<` in
    /// the place of the check digit, the rest and the check digit in the optional data).
    Icao(&'a str),
    /// The Vietnamese form, TD1 only: the last nine digits of the twelve-digit citizen number with a check digit, then
    /// all twelve digits, `<<` and a check digit over the twelve as optional data. For keys, the document
    /// number is the nine digits.
    Vietnamese(&'a str),
}

/// The number field, its check digit and what it puts into the first optional field.
pub(super) struct NumberField {
    pub(super) number: String,
    pub(super) digit: char,
    pub(super) optional: String,
}

impl DocumentNumber<'_> {
    /// `room`: positions of the optional field that a long number may go on in, 0 where there are none.
    pub(super) fn field(self, room: usize) -> Result<NumberField, MrzError> {
        let error = MrzError::Field("document number");
        let digit = |text: &str| check_digit(text).ok_or(MrzError::Layout);
        match self {
            Self::Vietnamese(number) => {
                if number.len() != 12 || !number.bytes().all(|byte| byte.is_ascii_digit()) || room < 15 {
                    return Err(error);
                }
                let last_nine = &number[3..];
                Ok(NumberField {
                    number: last_nine.to_owned(),
                    digit: digit(last_nine)?,
                    optional: format!("{number}<<{}", digit(number)?),
                })
            }
            Self::Icao(number) => {
                let allowed = number
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
                // The rest of a long number is followed by its check digit and a filler.
                let longest = 9 + room.saturating_sub(2);
                if !allowed || number.is_empty() || number.len() > longest {
                    return Err(error);
                }
                match number.split_at_checked(9) {
                    Some((first, rest)) if !rest.is_empty() => Ok(NumberField {
                        number: first.to_owned(),
                        digit: FILLER,
                        optional: format!("{rest}{}", digit(number)?),
                    }),
                    _ => {
                        let number = format!("{number:<<9}");
                        Ok(NumberField {
                            digit: digit(&number)?,
                            number,
                            optional: String::new(),
                        })
                    }
                }
            }
        }
    }
}
