//! Points in time as certificates write them.

use ::time::{Date, Duration, OffsetDateTime, UtcOffset};
use der::DateTime;
use der::asn1::GeneralizedTime;
use x509_cert::time::Time;

use super::PkiError;

/// How far before "now" certificates start to be valid.
///
/// Clocks at counters differ by minutes, and some verifiers want notBefore strictly before a signing time
/// that may be the same second.
pub const BACKDATE: Duration = Duration::HOUR;

/// A time in a certificate or CRL: UTCTime through 2049, GeneralizedTime from 2050, whole seconds, Zulu
/// (9303-12 Table 5).
///
/// # Errors
/// [`PkiError::Input`] for years outside 1970–9999.
pub fn certificate_time(at: OffsetDateTime) -> Result<Time, PkiError> {
    Ok(Time::from(date_time(at)?))
}

/// A time in an extension that is always GeneralizedTime, such as the private key usage period (9303-12 Table 6).
///
/// # Errors
/// [`PkiError::Input`] for years outside 1970–9999.
pub fn generalized_time(at: OffsetDateTime) -> Result<GeneralizedTime, PkiError> {
    Ok(GeneralizedTime::from_date_time(date_time(at)?))
}

/// A time read from a certificate. Never panics: `der` reads years 1970–9999 only.
pub fn from_certificate_time(time: &Time) -> OffsetDateTime {
    from_seconds(time.to_unix_duration().as_secs())
}

/// A GeneralizedTime read from an extension. Never panics, as above.
pub fn from_generalized_time(time: &GeneralizedTime) -> OffsetDateTime {
    from_seconds(time.to_unix_duration().as_secs())
}

/// The same day and time of day `years` years later; 29 February becomes 1 March where there is none.
///
/// # Errors
/// [`PkiError::Input`] past the year 9999.
pub fn add_years(at: OffsetDateTime, years: u8) -> Result<OffsetDateTime, PkiError> {
    let at = at.to_offset(UtcOffset::UTC);
    let year = at.year() + i32::from(years);
    let date = at
        .date()
        .replace_year(year)
        .or_else(|_| Date::from_calendar_date(year, ::time::Month::March, 1))
        .map_err(|_| PkiError::input("validity", "ends after the year 9999"))?;
    Ok(at.replace_date(date))
}

fn date_time(at: OffsetDateTime) -> Result<DateTime, PkiError> {
    let out_of_range = || PkiError::input("time", "is outside the years 1970 to 9999");
    let seconds = u64::try_from(at.unix_timestamp()).map_err(|_| out_of_range())?;
    DateTime::from_unix_duration(core::time::Duration::from_secs(seconds)).map_err(|_| out_of_range())
}

fn from_seconds(seconds: u64) -> OffsetDateTime {
    // The latest that `der` reads, 9999-12-31T23:59:59Z, fits; anything else would be the end of time.
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
        .unwrap_or(::time::macros::datetime!(9999-12-31 23:59:59 UTC))
}

#[cfg(test)]
mod tests {
    use ::time::macros::datetime;

    use super::*;

    #[test]
    fn the_form_changes_with_2050() {
        assert!(matches!(
            certificate_time(datetime!(2049-12-31 23:59:59 UTC)).unwrap(),
            Time::UtcTime(_)
        ));
        assert!(matches!(
            certificate_time(datetime!(2050-01-01 0:00 UTC)).unwrap(),
            Time::GeneralTime(_)
        ));
        assert!(certificate_time(datetime!(1969-12-31 23:59:59 UTC)).is_err());
    }

    #[test]
    fn what_is_written_is_read_back_in_utc_and_whole_seconds() {
        let at = datetime!(2026-11-24 13:00:00.75 +7);
        let read = from_certificate_time(&certificate_time(at).unwrap());
        assert_eq!(read, datetime!(2026-11-24 06:00:00 UTC));
    }

    #[test]
    fn leap_days_are_carried_over() {
        let leap = datetime!(2028-02-29 12:00 UTC);
        assert_eq!(add_years(leap, 4).unwrap(), datetime!(2032-02-29 12:00 UTC));
        assert_eq!(add_years(leap, 10).unwrap(), datetime!(2038-03-01 12:00 UTC));
    }
}
