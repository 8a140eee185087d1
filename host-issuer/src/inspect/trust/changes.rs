//! What a change of a folder comes to, and its record.

use std::collections::BTreeSet;

use ::time::OffsetDateTime;

use super::folder::TrustFolder;
use super::record::{AnchorRecord, rfc3339, sha256};
use super::state::Changes;

impl TrustFolder {
    /// Which certificates and lists the other has and this one has not, and the other way round.
    pub(super) fn changes_to(&self, new: &Self) -> Changes {
        let beyond = |left: &Self, right: &Self| -> Vec<AnchorRecord> {
            let known: BTreeSet<&str> = right
                .anchors
                .iter()
                .map(|anchor| anchor.record.sha256.as_str())
                .collect();
            left.anchors
                .iter()
                .filter(|anchor| !known.contains(anchor.record.sha256.as_str()))
                .map(|anchor| anchor.record.clone())
                .collect()
        };
        let lists = new.lists.iter().map(|stored| &stored.record);
        let deviations = new.deviation_lists.iter().map(|stored| &stored.record);
        Changes {
            added: beyond(new, self),
            removed: beyond(self, new),
            revocation_lists: lists
                .filter(|record| self.lists.iter().all(|known| known.record != **record))
                .cloned()
                .collect(),
            deviation_lists: deviations
                .filter(|record| {
                    let mut known = self.deviation_lists.iter();
                    known.all(|known| known.record != **record)
                })
                .cloned()
                .collect(),
            ..Changes::default()
        }
    }

    /// Brings the record up to date; the generation rises where something changed.
    pub(super) fn write_down(&mut self, before: &Self, now: OffsetDateTime) {
        let index = sha256(&self.index().to_bytes());
        let record = &mut self.record;
        record.anchors = self.anchors.iter().map(|anchor| anchor.record.clone()).collect();
        record.revocation_lists = self.lists.iter().map(|stored| stored.record.clone()).collect();
        record.deviation_lists = self
            .deviation_lists
            .iter()
            .map(|stored| stored.record.clone())
            .collect();
        record.index = Some(index);
        if *record != before.record {
            record.generation += 1;
            record.updated = rfc3339(now);
        }
    }
}
