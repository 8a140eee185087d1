//! Sums over attempts and jobs.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{AttemptLine, JobLine, Outcome, Reason};
use crate::ledger::event::JobState;

/// The whole batch.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Total {
    /// Jobs.
    pub jobs: u32,
    /// Jobs that wait.
    pub pending: u32,
    /// Jobs whose card is issued.
    pub issued: u32,
    /// Jobs that were cancelled.
    pub cancelled: u32,
    /// Jobs that failed.
    pub failed: u32,
    /// Cards that were issued at the first attempt.
    pub first_time: u32,
    /// The sums over the attempts.
    #[serde(flatten)]
    pub attempts: Sums,
}

/// Sums of one province, day or reader.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tally {
    /// Which.
    pub key: String,
    /// The sums.
    #[serde(flatten)]
    pub sums: Sums,
}

/// Sums over attempts.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Sums {
    /// Attempts that were begun.
    pub attempts: u32,
    /// Cards that were issued.
    pub cards: u32,
    /// Attempts after which the chip is blank.
    pub blank: u32,
    /// Chips that were quarantined.
    pub quarantined: u32,
    /// Chips that were spoiled, at once or after they were issued.
    pub spoiled: u32,
    /// Attempts of which nobody knows how they ended.
    pub unsettled: u32,
    /// Good cards of all chips that are used up: `cards / (cards + quarantined + spoiled)`; none where nothing was used up.
    #[serde(rename = "yield")]
    pub chip_yield: Option<f64>,
    /// Seconds of the median card, from the insertion to the receipt, by the clock of the ledger.
    pub median_seconds: Option<u64>,
    /// Seconds of the slowest card.
    pub longest_seconds: Option<u64>,
}

impl Sums {
    /// The sums over these attempts.
    #[must_use]
    pub fn over<'a>(attempts: impl IntoIterator<Item = &'a AttemptLine>) -> Self {
        let mut sums = Self::default();
        let mut seconds = Vec::new();
        for attempt in attempts {
            sums.attempts += 1;
            match (attempt.outcome, &attempt.later) {
                (Outcome::Issued, None) => sums.cards += 1,
                (Outcome::Issued, Some(_)) | (Outcome::Spoiled, _) => sums.spoiled += 1,
                (Outcome::Blank, _) => sums.blank += 1,
                (Outcome::Quarantined, _) => sums.quarantined += 1,
                (Outcome::Unsettled, _) => sums.unsettled += 1,
            }
            if attempt.outcome == Outcome::Issued {
                seconds.extend(attempt.seconds);
            }
        }
        let used = sums.cards + sums.quarantined + sums.spoiled;
        sums.chip_yield = (used > 0).then(|| f64::from(sums.cards) / f64::from(used));
        seconds.sort_unstable();
        sums.median_seconds = seconds.get(seconds.len() / 2).copied();
        sums.longest_seconds = seconds.last().copied();
        sums
    }
}

impl Total {
    /// The sums of a batch.
    #[must_use]
    pub fn of(jobs: &[JobLine], attempts: &[AttemptLine]) -> Self {
        let count =
            |state| u32::try_from(jobs.iter().filter(|job| job.state == state).count()).unwrap_or(u32::MAX);
        let first = attempts
            .iter()
            .filter(|attempt| attempt.attempt == 1 && attempt.outcome == Outcome::Issued);
        Self {
            jobs: u32::try_from(jobs.len()).unwrap_or(u32::MAX),
            pending: count(JobState::Pending),
            issued: count(JobState::Issued),
            cancelled: count(JobState::Cancelled),
            failed: count(JobState::Failed),
            first_time: u32::try_from(first.count()).unwrap_or(u32::MAX),
            attempts: Sums::over(attempts),
        }
    }
}

/// Sums by a key of each attempt, in the order of the keys; attempts without one are left out.
#[must_use]
pub fn by(attempts: &[AttemptLine], key: impl Fn(&AttemptLine) -> Option<String>) -> Vec<Tally> {
    let mut groups: BTreeMap<String, Vec<&AttemptLine>> = BTreeMap::new();
    for attempt in attempts {
        if let Some(key) = key(attempt) {
            groups.entry(key).or_default().push(attempt);
        }
    }
    let tally = |(key, attempts)| Tally {
        key,
        sums: Sums::over::<'_>(attempts),
    };
    groups.into_iter().map(tally).collect()
}

/// Why attempts came to nothing, the most frequent first.
#[must_use]
pub fn reasons(attempts: &[AttemptLine]) -> Vec<Reason> {
    let mut counts: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for attempt in attempts {
        let costs = !matches!(attempt.outcome, Outcome::Blank);
        if let Some(reason) = &attempt.reason {
            let count = counts.entry(reason).or_default();
            count.0 += 1;
            count.1 += u32::from(costs);
        }
        // A chip that was quarantined and then spoiled is lost once.
        if let (Outcome::Issued, Some(reason)) = (attempt.outcome, &attempt.later) {
            let count = counts.entry(reason).or_default();
            count.0 += 1;
            count.1 += 1;
        }
    }
    let mut reasons: Vec<Reason> = counts
        .into_iter()
        .map(|(reason, (attempts, chips))| Reason {
            reason: reason.to_owned(),
            attempts,
            chips,
        })
        .collect();
    reasons.sort_by(|one, other| {
        other
            .attempts
            .cmp(&one.attempts)
            .then(one.reason.cmp(&other.reason))
    });
    reasons
}
