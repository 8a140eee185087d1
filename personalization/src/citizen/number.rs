//! The 12-digit citizen number and what it must agree with.

use core::fmt;

use super::{RecordError, Sex};
use crate::mrz::BirthDate;

/// Province codes in use when the number was introduced (63 provinces; Circular 07/2016, annex 1). A number
/// keeps its code for life, so later mergers of provinces do not shorten this list.
const PROVINCES: [u16; 63] = [
    1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38, 40,
    42, 44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83,
    84, 86, 87, 89, 91, 92, 93, 94, 95, 96,
];

/// Codes from here on are countries of birth (annex 2 of the same circular).
const FIRST_COUNTRY: u16 = 101;

/// A 12-digit citizen number whose parts agree with the holder's sex and birth year.
///
/// Layout (Decree 137/2015, article 13): province or country of birth, 3 digits · century and sex, 1 digit ·
/// year of birth, 2 digits · 6 digits at random. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct CitizenNumber(String);

impl CitizenNumber {
    /// Checks a number against the sex and birth date of its holder.
    ///
    /// # Errors
    ///
    /// [`RecordError`] for field `citizen_number`, naming the part that is wrong.
    pub fn new(number: &str, sex: Sex, birth_date: BirthDate) -> Result<Self, RecordError> {
        let error = |rule| Err(RecordError::new("citizen_number", rule));
        if number.len() != 12 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return error("must be twelve digits");
        }
        let part = |range| {
            number
                .get(range)
                .and_then(|digits: &str| digits.parse::<u16>().ok())
                .unwrap_or(0)
        };
        let (place, century_and_sex, year) = (part(0..3), part(3..4), part(4..6));

        if !PROVINCES.contains(&place) && place < FIRST_COUNTRY {
            return error("must begin with the code of a province or country");
        }
        let Some(birth_year) = birth_date.year() else {
            return error("has the birth year in it, so the birth_date must have one");
        };
        let Some(century_digit) = century_digit(birth_year) else {
            return error("exists for births from 1900 to 2399 only");
        };
        if century_and_sex / 2 * 2 != century_digit {
            return error("must have the birth century in its fourth digit (the birth_date disagrees)");
        }
        let sex_digit = match sex {
            Sex::Male => 0,
            Sex::Female => 1,
        };
        if century_and_sex % 2 != sex_digit {
            return error("must have the sex in its fourth digit (the sex disagrees)");
        }
        if i32::from(year) != birth_year.rem_euclid(100) {
            return error("must have the birth year in its fifth and sixth digit (the birth_date disagrees)");
        }
        Ok(Self(number.to_owned()))
    }

    /// All twelve digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last nine digits, which the card uses as its document number in the MRZ.
    #[must_use]
    pub fn last_nine(&self) -> &str {
        self.0.get(3..).unwrap_or_default()
    }
}

impl fmt::Debug for CitizenNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CitizenNumber(..)")
    }
}

/// The male digit of the century: 0 for the 20th (births from 1900), 2 for the 21st, and so on.
fn century_digit(birth_year: i32) -> Option<u16> {
    let centuries = birth_year.checked_sub(1900)?.div_euclid(100);
    u16::try_from(centuries)
        .ok()
        .filter(|centuries| *centuries < 5)
        .map(|centuries| centuries * 2)
}
