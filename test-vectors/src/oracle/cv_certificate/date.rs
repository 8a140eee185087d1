//! Dates of certificates (BSI TR-03110-3 D.2.1.3).

/// A day between 2000-01-01 and 2099-12-31.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CvDate {
    /// Days since 2000-01-01.
    days: i32,
}

const LAST: i32 = 36_524;

impl CvDate {
    /// From six bytes, each a digit: YYMMDD. `None` for what is no day of the calendar.
    pub fn from_bytes(digits: &[u8]) -> Option<Self> {
        let &[y1, y2, m1, m2, d1, d2] = digits else {
            return None;
        };
        if digits.iter().any(|digit| *digit > 9) {
            return None;
        }
        let number = |tens: u8, ones: u8| i32::from(tens) * 10 + i32::from(ones);
        let (year, month, day) = (number(y1, y2), number(m1, m2), number(d1, d2));
        let lengths = month_lengths(year);
        let length = *lengths.get(usize::try_from(month).ok()?.checked_sub(1)?)?;
        if day < 1 || day > length {
            return None;
        }
        let before: i32 = lengths.iter().take(usize::try_from(month - 1).ok()?).sum();
        Some(CvDate {
            days: days_before(year) + before + day - 1,
        })
    }

    /// Six bytes, each a digit: YYMMDD.
    pub fn to_bytes(self) -> [u8; 6] {
        let mut year = self.days / 366;
        while days_before(year + 1) <= self.days {
            year += 1;
        }
        let mut day = self.days - days_before(year);
        let mut month = 1;
        for length in month_lengths(year) {
            if day < length {
                break;
            }
            day -= length;
            month += 1;
        }
        let digits = |number: i32| [(number / 10) as u8, (number % 10) as u8];
        let [y, m, d] = [digits(year), digits(month), digits(day + 1)];
        [y[0], y[1], m[0], m[1], d[0], d[1]]
    }

    /// So many days later, or earlier; within the century.
    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        CvDate {
            days: self.days.saturating_add(days).clamp(0, LAST),
        }
    }

    /// How many days this is after `other`.
    pub fn days_after(self, other: Self) -> i32 {
        self.days - other.days
    }
}

impl std::fmt::Display for CvDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [y1, y2, m1, m2, d1, d2] = self.to_bytes();
        write!(f, "20{y1}{y2}-{m1}{m2}-{d1}{d2}")
    }
}

/// Days from 2000-01-01 to the first of January of 2000 + `year`; every fourth year of this century is a leap year.
fn days_before(year: i32) -> i32 {
    year * 365 + (year + 3) / 4
}

fn month_lengths(year: i32) -> [i32; 12] {
    let february = if year % 4 == 0 { 29 } else { 28 };
    [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_the_century() {
        let first = CvDate { days: 0 };
        let days: Vec<CvDate> = (0..=LAST).map(|days| first.plus_days(days)).collect();
        for day in &days {
            assert_eq!(CvDate::from_bytes(&day.to_bytes()), Some(*day));
        }
        assert_eq!(days[59].to_string(), "2000-02-29");
        assert_eq!(days[LAST as usize].to_string(), "2099-12-31");
        assert_eq!(CvDate::from_bytes(&[2, 6, 0, 2, 2, 9]), None);
        assert_eq!(CvDate::from_bytes(&[2, 6, 1, 3, 0, 1]), None);
        assert_eq!(CvDate::from_bytes(&[2, 6, 0, 0, 0, 1]), None);
        assert_eq!(CvDate::from_bytes(&[2, 0xA, 0, 1, 0, 1]), None);
    }
}
