//! The content of events: what a station writes, in the order of time.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::finding::{Finding, Findings};
use crate::ledger::{Chained, Entry, check};

/// By how much a clock may be set back without a word, in seconds: as much as it is usually wrong.
pub const CLOCK_TOLERANCE: i64 = 120;

/// Reads event after event.
#[derive(Debug, Default)]
pub struct Entries {
    last: Option<OffsetDateTime>,
}

impl Entries {
    /// The next event; `None` for one that no station writes.
    pub fn next(&mut self, event: &Chained, findings: &mut Findings) -> Option<Entry> {
        let sequence = event.sequence;
        let entry: Entry = match serde_json::from_slice(&event.content) {
            Ok(entry) => entry,
            Err(error) => {
                findings.add(Finding::Entry {
                    sequence,
                    why: error.to_string(),
                });
                return None;
            }
        };
        match check::content(&entry) {
            Ok(content) if content == event.content => {}
            Ok(_) => findings.add(Finding::Entry {
                sequence,
                why: "not written as a station writes it".to_owned(),
            }),
            Err(error) => findings.add(Finding::Entry {
                sequence,
                why: error.to_string(),
            }),
        }
        if let Ok(at) = OffsetDateTime::parse(&entry.at, &Rfc3339) {
            let seconds = self.last.map_or(0, |last| (last - at).whole_seconds());
            if seconds > CLOCK_TOLERANCE {
                findings.add(Finding::ClockBack {
                    sequence,
                    seconds: seconds.unsigned_abs(),
                });
            }
            self.last = Some(at);
        }
        Some(entry)
    }
}
