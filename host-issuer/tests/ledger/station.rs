//! Events of a station that has a few chips and a few applicants.

use host_issuer::ledger::error::{Conflict, LedgerError};
use host_issuer::ledger::event::{
    CardId, ChipState, JobId, JobKind, JobState, OfficerEntry, Purpose, Role, Serial,
};
use host_issuer::ledger::{Entry, Event, Head, LedgerStore};

/// The key of a checkpoint signer that never signs.
pub const POINT: &str = "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162\
                         bce33576b315ececbb6406837bf51f5";

/// An entry of the station `hn-01`.
pub fn entry(event: Event) -> Entry {
    Entry {
        at: "2026-11-24T09:00:00Z".into(),
        station: "hn-01".into(),
        actor: "An".into(),
        event,
    }
}

/// The first event.
pub fn opened(number: u8) -> Entry {
    entry(Event::Opened {
        ledger: hex(number, 32),
        checkpoint_key: POINT.into(),
    })
}

/// An identifier of so many digits, which ends with this number.
pub fn hex(number: u8, digits: usize) -> String {
    format!("{number:0digits$x}")
}

/// A chip's serial number.
pub fn serial(number: u8) -> Serial {
    hex(number, 20).to_uppercase()
}

/// A card's identifier.
pub fn card_id(number: u8) -> CardId {
    format!("CARD{number:012}")
}

/// A job's identifier.
pub fn job_id(number: u8) -> JobId {
    hex(number, 32)
}

/// An officer with this role.
pub fn officer(name: &str, role: Role, number: u8) -> OfficerEntry {
    OfficerEntry {
        name: name.into(),
        role,
        public_key: format!("04{}", hex(number, 128)),
    }
}

/// A chip comes into stock.
pub fn chip(number: u8) -> Event {
    Event::ChipRegistered {
        serial: serial(number),
        manifest: format!("{{\"schema\":\"eid.chip/1\",\"chip\":{number}}}"),
        keys: vec![hex(number, 64)],
        delivery: "delivery-1".into(),
        applet_version: "0.1.0".into(),
        station: "hn-01".into(),
        moves: 0,
    }
}

/// A second person says yes; the approval has this number.
pub fn approved(number: u8, purpose: Purpose, subject: &str) -> Event {
    Event::ApprovalUsed {
        approval: hex(number, 64),
        purpose,
        subject: subject.into(),
        requested_by: "An".into(),
        approved_by: "Bình".into(),
    }
}

/// An application: the job and the citizen have numbers.
pub fn job(number: u8, batch: &str, citizen: u8, replaces: Option<u8>) -> Event {
    Event::JobAccepted {
        job: job_id(number),
        batch: batch.into(),
        content_sha256: hex(number, 64),
        citizen: hex(citizen, 64),
        province: "001".into(),
        reason: if replaces.is_some() {
            JobKind::Renewal
        } else {
            JobKind::First
        },
        replaces: replaces.map(card_id),
    }
}

/// A station of one store.
pub struct Station<'a> {
    pub store: &'a dyn LedgerStore,
}

impl Station<'_> {
    pub fn add(&self, event: Event) -> Result<Head, LedgerError> {
        self.store.append(&[entry(event)])
    }

    pub fn conflict(&self, event: Event) -> Conflict {
        let before = self.store.head().unwrap();
        match self.add(event) {
            Err(LedgerError::Conflict(conflict)) => {
                assert_eq!(
                    self.store.head().unwrap(),
                    before,
                    "a refused event left something"
                );
                conflict
            }
            other => panic!("not refused: {other:?}"),
        }
    }

    /// A batch that two people started, with jobs (number, citizen, card that is replaced).
    pub fn batch(&self, name: &str, approval: u8, jobs: &[(u8, u8, Option<u8>)]) {
        let mut entries = vec![entry(Event::BatchCreated {
            batch: name.into(),
            profile: "vn-cc-2024".into(),
            jobs: u32::try_from(jobs.len()).unwrap(),
        })];
        entries.extend(
            jobs.iter()
                .map(|(number, citizen, replaces)| entry(job(*number, name, *citizen, *replaces))),
        );
        self.store.append(&entries).unwrap();
        let start = Event::BatchStarted {
            batch: name.into(),
            approval: hex(approval, 64),
        };
        let entries = [approved(approval, Purpose::StartBatch, name), start].map(entry);
        self.store.append(&entries).unwrap();
    }

    pub fn intend(&self, job: u8, attempt: u32, chip: u8, card: u8) -> Event {
        Event::ProductionIntended {
            job: job_id(job),
            attempt,
            chip: serial(chip),
            card_id: card_id(card),
            reader: "Reader 0".into(),
        }
    }

    /// What happens between the intent and the card.
    pub fn steps(&self, job: u8, attempt: u32) -> [Event; 4] {
        let job = job_id(job);
        [
            Event::SignatureIntended {
                job: job.clone(),
                attempt,
                document_signer: "0A".into(),
                signatures: 2,
            },
            Event::SignatureMade {
                job: job.clone(),
                attempt,
                document_signer: "0A".into(),
                signatures: 2,
                security_object_sha256: hex(1, 64),
            },
            Event::ActivationIntended {
                job: job.clone(),
                attempt,
            },
            Event::CardIssued {
                job,
                attempt,
                receipt_sha256: hex(2, 64),
            },
        ]
    }

    /// A card from intent to receipt.
    pub fn issue(&self, job: u8, attempt: u32, chip: u8, card: u8) {
        self.add(self.intend(job, attempt, chip, card)).unwrap();
        for event in self.steps(job, attempt) {
            self.add(event).unwrap();
        }
    }

    pub fn fail(&self, job: u8, attempt: u32, chip: ChipState, state: JobState) {
        self.add(Event::ProductionFailed {
            job: job_id(job),
            attempt,
            reason: "chip.removed".into(),
            chip,
            state,
        })
        .unwrap();
    }
}
