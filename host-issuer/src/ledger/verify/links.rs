//! The chain against its own digests, and against checkpoints.

use personalization::signer::VerifyingKey;

use super::Report;
use super::finding::{Finding, Findings, Place};
use crate::ledger::checkpoint::{Checkpoint, checkpoint_key};
use crate::ledger::{Chained, Entry, Event, Head};

/// A checkpoint that the chain is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Where it was kept.
    pub place: Place,
    /// The checkpoint.
    pub checkpoint: Checkpoint,
}

/// Follows a chain event by event. Needs no memory but for the checkpoints.
pub struct Links {
    head: Head,
    ledger: String,
    point: String,
    key: Option<VerifyingKey>,
    /// By their events, the last first.
    marks: Vec<Mark>,
    /// The last checkpoint whose signature was verified: an anchor often has the same as the ledger.
    verified: Option<Checkpoint>,
    compared: u64,
    anchored: Option<u64>,
}

impl Links {
    /// Before the first event.
    #[must_use]
    pub fn new(mut marks: Vec<Mark>) -> Self {
        marks.sort_by_key(|mark| std::cmp::Reverse(mark.checkpoint.sequence));
        Self {
            head: Head::START,
            ledger: String::new(),
            point: String::new(),
            key: None,
            marks,
            verified: None,
            compared: 0,
            anchored: None,
        }
    }

    /// The next event.
    pub fn next(&mut self, event: &Chained, findings: &mut Findings) {
        if self.head == Head::START {
            self.begin(event, findings);
        }
        let expected = self.head.sequence.saturating_add(1);
        if event.sequence != expected {
            findings.add(Finding::Number {
                expected,
                found: event.sequence,
            });
        }
        // Goes on from what stands there: an edit in the middle is found once, not at every event after it.
        let before = Head {
            sequence: event.sequence.saturating_sub(1),
            digest: self.head.digest,
        };
        if before.followed_by(&event.content).digest != event.digest {
            findings.add(Finding::Digest {
                sequence: event.sequence,
            });
        }
        self.head = event.head();
        while let Some(mark) = self
            .marks
            .pop_if(|mark| mark.checkpoint.sequence <= event.sequence)
        {
            self.compare(&mark, Some(event), findings);
        }
    }

    /// After the last event.
    #[must_use]
    pub fn finish(mut self, findings: &mut Findings) -> Report {
        if self.head == Head::START {
            findings.add(Finding::NoBeginning);
        }
        while let Some(mark) = self.marks.pop() {
            self.compare(&mark, None, findings);
        }
        Report {
            ledger: self.ledger,
            checkpoint_key: self.point,
            head: self.head,
            checkpoints: self.compared,
            anchored: self.anchored,
            tables: false,
            findings: Findings::default(),
        }
    }

    fn begin(&mut self, event: &Chained, findings: &mut Findings) {
        let entry = serde_json::from_slice::<Entry>(&event.content);
        let Ok(Event::Opened {
            ledger,
            checkpoint_key: point,
        }) = entry.map(|entry| entry.event)
        else {
            return findings.add(Finding::NoBeginning);
        };
        self.key = checkpoint_key(&point);
        self.ledger = ledger;
        self.point = point;
    }

    fn compare(&mut self, mark: &Mark, event: Option<&Chained>, findings: &mut Findings) {
        let Mark { place, checkpoint } = mark;
        let (place, sequence) = (*place, checkpoint.sequence);
        self.compared += 1;
        if checkpoint.ledger != self.ledger {
            return findings.add(Finding::OtherLedger {
                place,
                ledger: checkpoint.ledger.clone(),
            });
        }
        let is_signed = self.verified.as_ref() == Some(checkpoint)
            || self.key.as_ref().is_some_and(|key| checkpoint.is_signed_by(key));
        if !is_signed {
            return findings.add(Finding::Signature { place, sequence });
        }
        if self.verified.as_ref() != Some(checkpoint) {
            self.verified = Some(checkpoint.clone());
        }
        match event {
            None => findings.add(Finding::Cut {
                place,
                sequence,
                left: self.head.sequence,
            }),
            Some(event) if checkpoint.head() == Some(event.head()) => {
                if matches!(place, Place::Anchor { .. }) {
                    self.anchored = self.anchored.max(Some(sequence));
                }
            }
            Some(_) => findings.add(Finding::Rewritten { place, sequence }),
        }
    }
}
