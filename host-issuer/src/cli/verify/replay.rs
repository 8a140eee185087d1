//! `--replay FILE.session`: a recorded verification is judged again, offline, with this trust store and as of this day.

use std::path::Path;

use time::format_description::well_known::Rfc3339;
use time::macros::{format_description, time};
use time::{Date, OffsetDateTime, PrimitiveDateTime};

use super::super::context::Context;
use super::super::failure::Failure;
use super::keep::{Keep, Places, instant};
use super::report::{self, Replayed, Shown};
use crate::inspect::{Printed, Verdict};
use crate::verify::{MAX_SESSION_LEN, Session, SessionError, Verifier};

/// What whoever reads the verdict must know.
const HEARSAY: &str = "replayed: what is signed was proved again; how the chip was opened and what it proved by session keys is the \
                       recording's word";

/// Reads, judges, saves and prints.
pub(super) fn run(
    context: &Context<'_>,
    file: &Path,
    at: Option<OffsetDateTime>,
    printed: Printed,
    verifier: &Verifier,
    keep: Keep<'_>,
) -> Result<Verdict, Failure> {
    let bytes = context.environment.disk.read(file, MAX_SESSION_LEN as u64)?;
    let mut session = Session::parse(&bytes).map_err(|error| failure(error).about(file.display()))?;
    context.output.progress(HEARSAY);
    session.card.notes.push(HEARSAY.to_owned());
    // What is given now comes before what was read then.
    let recorded = std::mem::take(&mut session.card.document.printed);
    session.card.document.printed = Printed {
        mrz: printed.mrz.or(recorded.mrz),
        qr: printed.qr.or(recorded.qr),
    };
    let places = Places::prepare(context, keep)?;
    let judged_at = at.unwrap_or_else(|| context.environment.clock.now());
    let report = verifier.judge(&session.card.document, judged_at);
    let mut shown = Shown {
        card: &session.card,
        report: &report,
        reader: None,
        saved: None,
        replayed: Some(Replayed {
            recorded: instant(session.recorded),
            judged_at: instant(judged_at),
        }),
    };
    let saved = places.write(context, &shown)?;
    shown.saved = saved.as_ref();
    report::print(context, &shown)?;
    Ok(report.verdict)
}

fn failure(error: SessionError) -> Failure {
    Failure::input(
        "session.invalid",
        error.to_string(),
        "give a file that `eid verify --record` wrote and nobody changed",
    )
}

/// A time of `--at`: `2026-11-24T09:00:00Z`, or a day, of which the last second counts: what was issued on it holds.
pub(super) fn at(text: &str) -> Result<OffsetDateTime, String> {
    if let Ok(time) = OffsetDateTime::parse(text, &Rfc3339) {
        return Ok(time);
    }
    Date::parse(text, format_description!("[year]-[month]-[day]"))
        .map(|date| PrimitiveDateTime::new(date, time!(23:59:59)).assume_utc())
        .map_err(|_| "a day such as 2026-11-24, or a time such as 2026-11-24T09:00:00Z".to_owned())
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::at;

    #[test]
    fn a_day_counts_to_its_end() {
        assert_eq!(at("2026-11-24"), Ok(datetime!(2026-11-24 23:59:59 UTC)));
        assert_eq!(at("2026-11-24T09:00:00Z"), Ok(datetime!(2026-11-24 9:00 UTC)));
        for text in ["", "yesterday", "2026-13-01", "2026-11-24T09:00:00"] {
            assert!(at(text).is_err(), "{text}");
        }
    }
}
