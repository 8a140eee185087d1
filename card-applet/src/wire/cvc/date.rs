//! Dates of certificates: YYMMDD, one digit a byte, the year after 2000, GMT (BSI TR-03110-3, D.2.1.3).

use super::CvcError;

/// A day between 2000-01-01 and 2099-12-31. Later days are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date([u8; 6]);

impl Date {
    /// The day's digits; `None` for what is no day. Every month may have 31 of them here: a chip compares days, it
    /// does not count them. Never panics.
    pub const fn new(year_after_2000: u8, month: u8, day: u8) -> Option<Self> {
        if year_after_2000 > 99 || month < 1 || month > 12 || day < 1 || day > 31 {
            return None;
        }
        let [y, m, d] = [digits(year_after_2000), digits(month), digits(day)];
        Some(Self([y[0], y[1], m[0], m[1], d[0], d[1]]))
    }

    /// From six bytes, each a digit. Never panics.
    ///
    /// # Errors
    /// [`CvcError::Date`] for what is no day.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CvcError> {
        let digits: [u8; 6] = bytes.try_into().map_err(|_| CvcError::Date)?;
        if digits.iter().any(|digit| *digit > 9) {
            return Err(CvcError::Date);
        }
        let [y1, y2, m1, m2, d1, d2] = digits;
        let number = |tens: u8, ones: u8| tens.saturating_mul(10).saturating_add(ones);
        Self::new(number(y1, y2), number(m1, m2), number(d1, d2)).ok_or(CvcError::Date)
    }

    /// Six bytes, each a digit.
    pub const fn to_bytes(self) -> [u8; 6] {
        self.0
    }

    /// Year after 2000, month, day.
    pub fn parts(self) -> (u8, u8, u8) {
        let [y1, y2, m1, m2, d1, d2] = self.0;
        let number = |tens: u8, ones: u8| tens.saturating_mul(10).saturating_add(ones);
        (number(y1, y2), number(m1, m2), number(d1, d2))
    }
}

/// The two digits of a number below 100.
const fn digits(number: u8) -> [u8; 2] {
    [number / 10, number % 10]
}

impl core::fmt::Display for Date {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let (year, month, day) = self.parts();
        write!(f, "20{year:02}-{month:02}-{day:02}")
    }
}
