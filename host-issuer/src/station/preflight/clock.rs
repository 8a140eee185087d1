//! A clock that can be right: no card bears a date from before the one that was made last.

use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::{Area, Finding, ledger};
use crate::ledger::{Entry, LedgerError, LedgerStore};

/// Stations that share a ledger may differ by so much.
const DIFFERENCE: Duration = Duration::minutes(2);

/// A station that stood still for longer has somebody look at its clock.
const STILL: Duration = Duration::days(60);

pub(super) fn plausible(store: &dyn LedgerStore, now: OffsetDateTime) -> Finding {
    let last = match last_entry(store) {
        Ok(last) => last,
        Err(error) => {
            return ledger::unreadable(&error);
        }
    };
    let told = now.format(&Rfc3339).unwrap_or_default();
    let Some(last) = last else {
        return Finding::ready(Area::Machine, "clock", told);
    };
    let since = now - last;
    let last = last.format(&Rfc3339).unwrap_or_default();
    let found =
        |what| format!("it is {told} by this machine's clock, {what} the ledger's last entry ({last})");
    if since < -DIFFERENCE {
        Finding::missing(Area::Machine, "clock.behind", found("before"))
            .mend("timedatectl set-ntp true")
            .mend("timedatectl status")
    } else if since > STILL {
        Finding::attention(Area::Machine, "clock.ahead", found("long after")).mend("timedatectl status")
    } else {
        Finding::ready(Area::Machine, "clock", told)
    }
}

/// When the last thing happened that the ledger knows of; `None` where it is empty.
fn last_entry(store: &dyn LedgerStore) -> Result<Option<OffsetDateTime>, LedgerError> {
    let head = store.head()?;
    let Some(before) = head.sequence.checked_sub(1) else {
        return Ok(None);
    };
    let damaged = || LedgerError::Damaged("its last entry is none".to_owned());
    let last = store.events(before, 1)?.pop().ok_or_else(damaged)?;
    let entry: Entry = serde_json::from_slice(&last.content).map_err(|_| damaged())?;
    OffsetDateTime::parse(&entry.at, &Rfc3339)
        .map(Some)
        .map_err(|_| damaged())
}
