//! Dates of birth, whole or not.

use core::fmt;

use time::{Date, Month};

/// A date of birth of which the day, the month or even the year may be unknown (9303-3, section 4.8).
///
/// `Debug` shows nothing of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BirthDate {
    year: Option<i32>,
    month: Option<Month>,
    day: Option<u8>,
}

impl BirthDate {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self {
        year: None,
        month: None,
        day: None,
    };

    /// A date whose known parts can be those of one day of the calendar; else `None`.
    ///
    /// `year` has four digits, `month` and `day` count from 1.
    #[must_use]
    pub fn new(year: Option<i32>, month: Option<u8>, day: Option<u8>) -> Option<Self> {
        if year.is_some_and(|year| !(1000..=9999).contains(&year)) {
            return None;
        }
        let month = match month {
            Some(number) => Some(Month::try_from(number).ok()?),
            None => None,
        };
        if let Some(day) = day {
            // Without a year it may have been a leap year, without a month one of 31 days.
            Date::from_calendar_date(year.unwrap_or(2000), month.unwrap_or(Month::January), day).ok()?;
        }
        Some(Self { year, month, day })
    }

    /// The day, when it is known.
    #[must_use]
    pub fn day(self) -> Option<Date> {
        Date::from_calendar_date(self.year?, self.month?, self.day?).ok()
    }

    /// The year, with its century.
    #[must_use]
    pub const fn year(self) -> Option<i32> {
        self.year
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> Option<u8> {
        self.month.map(u8::from)
    }

    /// The day of the month, when it is known.
    #[must_use]
    pub const fn day_of_month(self) -> Option<u8> {
        self.day
    }

    /// The first day that it can have been; `None` without a year.
    #[must_use]
    pub fn earliest(self) -> Option<Date> {
        let month = self.month.unwrap_or(Month::January);
        Date::from_calendar_date(self.year?, month, self.day.unwrap_or(1)).ok()
    }

    /// As much as is known, as ISO 8601 writes it: `1950-07-12`, `1950-07`, `1950`; empty without a year.
    #[must_use]
    pub fn iso(self) -> String {
        match (self.year, self.month, self.day) {
            (Some(year), Some(month), Some(day)) => format!("{year:04}-{:02}-{day:02}", u8::from(month)),
            (Some(year), Some(month), None) => format!("{year:04}-{:02}", u8::from(month)),
            (Some(year), ..) => format!("{year:04}"),
            (None, ..) => String::new(),
        }
    }

    /// `YYMMDD` as the MRZ has it, `<<` in the place of an unknown part.
    #[must_use]
    pub fn mrz(self) -> String {
        let part = |value: Option<i32>| value.map_or_else(|| "<<".to_owned(), |value| format!("{value:02}"));
        [
            self.year.map(|year| year.rem_euclid(100)),
            self.month.map(|month| i32::from(u8::from(month))),
            self.day.map(i32::from),
        ]
        .map(part)
        .concat()
    }
}

impl From<Date> for BirthDate {
    fn from(date: Date) -> Self {
        Self {
            year: Some(date.year()),
            month: Some(date.month()),
            day: Some(date.day()),
        }
    }
}

impl fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BirthDate(..)")
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::BirthDate;

    #[test]
    fn unknown_parts_are_fillers() {
        let mrz = |year, month, day| BirthDate::new(year, month, day).map(BirthDate::mrz);
        assert_eq!(
            mrz(Some(1950), Some(7), None).as_deref(),
            Some("5007<<"),
            "9303-3, 4.8"
        );
        assert_eq!(mrz(Some(1950), None, None).as_deref(), Some("50<<<<"));
        assert_eq!(mrz(None, None, None).as_deref(), Some("<<<<<<"));
        assert_eq!(mrz(None, Some(2), Some(29)).as_deref(), Some("<<0229"));
        assert_eq!(BirthDate::from(date!(2005 - 03 - 09)).mrz(), "050309");
        for (year, month, day) in [
            (Some(2001), Some(2), Some(29)),
            (None, Some(13), None),
            (None, Some(0), None),
            (None, None, Some(32)),
            (None, None, Some(0)),
            (Some(99), None, None),
        ] {
            assert_eq!(mrz(year, month, day), None, "{year:?} {month:?} {day:?}");
        }
    }

    #[test]
    fn earliest_day() {
        let earliest = |year, month| BirthDate::new(year, month, None).unwrap().earliest();
        assert_eq!(earliest(Some(1950), None), Some(date!(1950 - 01 - 01)));
        assert_eq!(earliest(Some(1950), Some(7)), Some(date!(1950 - 07 - 01)));
        assert_eq!(earliest(None, Some(7)), None);
    }
}
