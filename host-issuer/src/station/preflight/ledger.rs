//! What the ledger says: chips in stock, and what a process that died has left.

use super::{Area, Finding, Needs};
use crate::ledger::event::ChipState;
use crate::ledger::view::{ChipFilter, JobFilter};
use crate::ledger::{Entry, Head, LedgerError, LedgerStore};

/// So many events at the end of the chain are verified; `eid ledger verify` does it with all.
const TAIL: u32 = 1000;

/// The end of the chain: each of the last events is bound to the one before, and is one.
pub(super) fn tail(store: &dyn LedgerStore) -> Finding {
    match verified_tail(store) {
        Ok(count) => Finding::ready(
            Area::Storage,
            "ledger",
            format!("the last {count} events of the ledger are whole"),
        ),
        Err(error) => unreadable(&error),
    }
}

fn verified_tail(store: &dyn LedgerStore) -> Result<usize, LedgerError> {
    let head = store.head()?;
    // One more: what the first of them is bound to.
    let before = head.sequence.saturating_sub(u64::from(TAIL) + 1);
    let events = store.events(before, TAIL + 1)?;
    let damaged =
        |sequence: u64| LedgerError::Damaged(format!("its event {sequence} is not what was appended"));
    let mut end = (before == 0).then_some(Head::START);
    for event in &events {
        match end {
            Some(end) if end.followed_by(&event.content) != event.head() => {
                return Err(damaged(event.sequence));
            }
            _ if serde_json::from_slice::<Entry>(&event.content).is_err() => {
                return Err(damaged(event.sequence));
            }
            _ => end = Some(event.head()),
        }
    }
    match end {
        Some(end) if end == head => Ok(events.len()),
        _ => Err(damaged(head.sequence)),
    }
}

/// Blank chips for the batch, and chips that somebody has to look at.
pub(super) fn stock(store: &dyn LedgerStore, needs: &Needs<'_>) -> Vec<Finding> {
    let count = |state| -> Result<usize, LedgerError> {
        let filter = ChipFilter {
            state: Some(state),
            station: Some(needs.station.to_owned()),
            ..ChipFilter::default()
        };
        Ok(store.chips(&filter)?.len())
    };
    let counts = || {
        // What a process left that died may be a card, or is blank again.
        let left = count(ChipState::InProduction)?;
        Ok((count(ChipState::Blank)?, left, count(ChipState::Quarantined)?))
    };
    let (blank, left, quarantined) = match counts() {
        Ok(counts) => counts,
        Err(error) => return vec![unreadable(&error)],
    };
    let wanted = usize::try_from(needs.cards).unwrap_or(usize::MAX);
    let found = format!("{blank} blank chips at {}", needs.station);
    let mut findings = vec![match blank {
        0 if wanted > 0 && left == 0 => Finding::missing(Area::Stock, "stock.none", found)
            .mend("eid stock register")
            .mend("eid stock receive"),
        blank if blank < wanted => Finding::attention(
            Area::Stock,
            "stock.few",
            format!("{found}, {wanted} cards are to be made"),
        )
        .mend("eid stock receive"),
        _ => Finding::ready(Area::Stock, "stock", found),
    }];
    if quarantined > 0 {
        findings.push(
            Finding::attention(
                Area::Stock,
                "stock.quarantined",
                format!("{quarantined} chips in quarantine at {}", needs.station),
            )
            .mend("eid stock list"),
        );
    }
    findings
}

/// Cards that were being made when a process died.
pub(super) fn unsettled(store: &dyn LedgerStore) -> Finding {
    let filter = JobFilter {
        unsettled: true,
        ..JobFilter::default()
    };
    match store.jobs(&filter) {
        Ok(jobs) if jobs.is_empty() => Finding::ready(Area::Stock, "unsettled", "no card was left half made"),
        Ok(jobs) => {
            let chips: Vec<&str> = jobs
                .iter()
                .filter_map(|job| Some(job.attempt.as_ref()?.chip.as_str()))
                .collect();
            Finding::attention(
                Area::Stock,
                "unsettled",
                format!(
                    "{} cards were being made when the program ended; their chips: {}",
                    jobs.len(),
                    chips.join(", ")
                ),
            )
            .mend("put each of these chips on a reader while `eid batch run` works: it is looked at first")
        }
        Err(error) => unreadable(&error),
    }
}

/// Personal data that nobody needs any more.
pub(super) fn unpurged(store: &dyn LedgerStore) -> Finding {
    let filter = JobFilter {
        to_purge: true,
        ..JobFilter::default()
    };
    match store.jobs(&filter) {
        Ok(jobs) if jobs.is_empty() => Finding::ready(
            Area::Storage,
            "unpurged",
            "no personal data are kept longer than needed",
        ),
        Ok(jobs) => Finding::attention(
            Area::Storage,
            "unpurged",
            format!(
                "the personal data of {} finished jobs are still there",
                jobs.len()
            ),
        )
        .mend("`eid batch run` and `eid batch resume` purge them as they begin"),
        Err(error) => unreadable(&error),
    }
}

pub(super) fn unreadable(error: &LedgerError) -> Finding {
    Finding::missing(Area::Storage, "ledger.unreadable", error.to_string()).mend("eid ledger verify")
}
