//! How far a run is.

use std::time::Duration;

/// Cards of a run, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Jobs that were waiting when it began, or as many of them as were wanted.
    pub total: u32,
    /// Cards that are issued.
    pub done: u32,
    /// Attempts that came to nothing.
    pub failed: u32,
    /// When it began, on the monotonic clock.
    began: Duration,
}

impl Tally {
    /// Nothing is done yet.
    #[must_use]
    pub const fn new(total: u32, began: Duration) -> Self {
        Self {
            total,
            done: 0,
            failed: 0,
            began,
        }
    }

    /// How long it has taken.
    #[must_use]
    pub const fn elapsed(&self, now: Duration) -> Duration {
        now.saturating_sub(self.began)
    }

    /// How long the rest takes if it goes on as it did; `None` before the first card is issued.
    #[must_use]
    pub fn remaining(&self, now: Duration) -> Option<Duration> {
        let left = self.total.saturating_sub(self.done);
        let elapsed = self.elapsed(now);
        elapsed.checked_div(self.done)?.checked_mul(left)
    }

    /// Cards in an hour, as it went so far.
    #[must_use]
    pub fn per_hour(&self, now: Duration) -> Option<f64> {
        let elapsed = self.elapsed(now).as_secs_f64();
        (self.done > 0 && elapsed > 0.0).then(|| f64::from(self.done) * 3600.0 / elapsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_takes_as_long_as_what_is_done() {
        let second = Duration::from_secs;
        let mut tally = Tally::new(10, second(5));
        assert_eq!(tally.remaining(second(9)), None);
        assert_eq!(tally.per_hour(second(9)), None);
        tally.done = 4;
        tally.failed = 1;
        assert_eq!(tally.remaining(second(45)), Some(second(60)));
        assert_eq!(tally.per_hour(second(45)), Some(360.0));
        tally.done = 12;
        assert_eq!(tally.remaining(second(50)), Some(Duration::ZERO));
    }
}
