//! For how long certificates of terminals may be valid (BSI TR-03139, 4.7).
//!
//! | certificate | at least | at most |
//! |---|---|---|
//! | CVCA, self-signed and link | 6 months | 3 years |
//! | document verifier | 2 weeks | 3 months |
//! | inspection system | 1 day | 1 month |

use card_applet::wire::cvc::{Date, Role};
use time::{Duration, Month};

use super::PkiError;
use super::cv_certificate::CvValidity;

/// A span of the table above.
#[derive(Clone, Copy)]
enum Span {
    Days(u8),
    Months(u8),
}

impl Span {
    fn after(self, day: time::Date) -> Option<time::Date> {
        match self {
            Self::Days(days) => day.checked_add(Duration::days(days.into())),
            Self::Months(months) => {
                let month0 = i32::from(u8::from(day.month()) - 1) + i32::from(months);
                let year = day.year() + month0 / 12;
                let month = u8::try_from(month0 % 12 + 1).ok()?;
                let month = Month::try_from(month).ok()?;
                // The last day of a shorter month stands for the days that it does not have.
                time::Date::from_calendar_date(year, month, day.day().min(month.length(year))).ok()
            }
        }
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (count, unit) = match self {
            Self::Days(count) => (count, "day"),
            Self::Months(count) => (count, "month"),
        };
        write!(formatter, "{count} {unit}{}", if *count == 1 { "" } else { "s" })
    }
}

/// What a certificate of this role is called, and the spans between which its validity lies.
const fn limits(role: Role) -> (&'static str, Span, Span) {
    match role {
        Role::Cvca => ("a CVCA", Span::Months(6), Span::Months(36)),
        Role::DomesticVerifier | Role::ForeignVerifier => {
            ("a document verifier", Span::Days(14), Span::Months(3))
        }
        Role::Terminal => ("an inspection system", Span::Days(1), Span::Months(1)),
    }
}

/// Checks the validity of a certificate of this role.
///
/// # Errors
/// [`PkiError::Input`] for days that are none, and for a validity that is too short or too long.
pub fn check(role: Role, validity: CvValidity) -> Result<(), PkiError> {
    let (from, to) = (calendar_day(validity.from)?, calendar_day(validity.to)?);
    let (who, least, most) = limits(role);
    let allowed = least.after(from).zip(most.after(from));
    match allowed {
        Some((least, most)) if (least..=most).contains(&to) => Ok(()),
        _ => Err(PkiError::input(
            "validity",
            format!("the certificate of {who} is valid for {least} to {most}"),
        )),
    }
}

/// The longest validity of a certificate of this role that begins on this day.
///
/// # Errors
/// [`PkiError::Input`] when it would end after 2099.
pub fn longest(role: Role, from: Date) -> Result<CvValidity, PkiError> {
    let (_, _, most) = limits(role);
    let to = most
        .after(calendar_day(from)?)
        .ok_or_else(|| PkiError::input("validity", "ends after the year 2099"))?;
    Ok(CvValidity {
        from,
        to: cv_date(to)?,
    })
}

/// A day of the calendar as certificates have it.
///
/// # Errors
/// [`PkiError::Input`] for days before 2000 and after 2099.
pub fn cv_date(day: time::Date) -> Result<Date, PkiError> {
    u8::try_from(day.year() - 2000)
        .ok()
        .and_then(|year| Date::new(year, day.month().into(), day.day()))
        .ok_or_else(|| PkiError::input("date", "must be in the years 2000 to 2099"))
}

/// A certificate's day in the calendar.
///
/// # Errors
/// [`PkiError::Input`] for the 31st of a shorter month and the like.
pub fn calendar_day(date: Date) -> Result<time::Date, PkiError> {
    let (year, month, day) = date.parts();
    Month::try_from(month)
        .ok()
        .and_then(|month| time::Date::from_calendar_date(2000 + i32::from(year), month, day).ok())
        .ok_or_else(|| PkiError::input("date", format!("there is no {date} in the calendar")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn validity(from: (u8, u8, u8), to: (u8, u8, u8)) -> CvValidity {
        CvValidity {
            from: Date::new(from.0, from.1, from.2).unwrap(),
            to: Date::new(to.0, to.1, to.2).unwrap(),
        }
    }

    #[test]
    fn the_table_of_tr_03139_to_the_day() {
        let from = (26, 11, 30);
        for (role, shortest, longest_day) in [
            (Role::Cvca, (27, 5, 30), (29, 11, 30)),
            (Role::DomesticVerifier, (26, 12, 14), (27, 2, 28)),
            (Role::ForeignVerifier, (26, 12, 14), (27, 2, 28)),
            (Role::Terminal, (26, 12, 1), (26, 12, 30)),
        ] {
            check(role, validity(from, shortest)).unwrap();
            check(role, validity(from, longest_day)).unwrap();
            assert_eq!(
                longest(role, Date::new(26, 11, 30).unwrap()).unwrap(),
                validity(from, longest_day)
            );
            let next_day = calendar_day(validity(from, longest_day).to)
                .unwrap()
                .next_day()
                .unwrap();
            let day_before = calendar_day(validity(from, shortest).to)
                .unwrap()
                .previous_day()
                .unwrap();
            for outside in [next_day, day_before] {
                let outside = CvValidity {
                    from: validity(from, shortest).from,
                    to: cv_date(outside).unwrap(),
                };
                assert!(check(role, outside).is_err(), "{role:?} {outside:?}");
            }
        }
    }

    #[test]
    fn days_that_no_calendar_has() {
        assert!(check(Role::Cvca, validity((26, 2, 30), (27, 2, 28))).is_err());
        assert!(cv_date(time::Date::from_calendar_date(2100, Month::January, 1).unwrap()).is_err());
        assert!(longest(Role::Cvca, Date::new(98, 6, 1).unwrap()).is_err());
    }
}
