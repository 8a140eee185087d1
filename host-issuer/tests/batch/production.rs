//! Events of cards in the making, for a ledger in which nobody makes any.

use host_issuer::ledger::Event;
use host_issuer::ledger::event::{ChipState, JobState, Serial};

/// How far an attempt goes.
#[derive(Clone, Copy)]
pub enum Made {
    Issued,
    Activating,
    Failed(&'static str, ChipState, JobState),
}

pub fn serial(number: u8) -> Serial {
    format!("{number:020X}")
}

/// A chip comes into stock.
pub fn chip(number: u8) -> Event {
    Event::ChipRegistered {
        serial: serial(number),
        manifest: "{\"schema\":\"eid.chip/1\"}".into(),
        keys: vec![format!("{number:064x}")],
        delivery: "delivery-1".into(),
        applet_version: "0.1.0".into(),
        station: "hn-01".into(),
        moves: 0,
    }
}

/// The attempt begins.
pub fn intend(job: &str, attempt: u32, chip: u8, reader: &str) -> Vec<Event> {
    vec![Event::ProductionIntended {
        job: job.into(),
        attempt,
        chip: serial(chip),
        card_id: format!("CARD{attempt:04}{chip:08}"),
        reader: reader.into(),
    }]
}

/// All of an attempt.
pub fn make(job: &str, attempt: u32, chip: u8, reader: &str, made: Made) -> Vec<Event> {
    let mut events = intend(job, attempt, chip, reader);
    let text = || job.to_owned();
    if let Made::Failed(reason, chip, state) = made {
        events.push(Event::ProductionFailed {
            job: text(),
            attempt,
            reason: reason.into(),
            chip,
            state,
        });
        return events;
    }
    events.extend([
        Event::SignatureIntended {
            job: text(),
            attempt,
            document_signer: "0A".into(),
            signatures: 1,
        },
        Event::SignatureMade {
            job: text(),
            attempt,
            document_signer: "0A".into(),
            signatures: 1,
            security_object_sha256: format!("{chip:064x}"),
        },
        Event::ActivationIntended { job: text(), attempt },
    ]);
    if matches!(made, Made::Issued) {
        events.push(Event::CardIssued {
            job: text(),
            attempt,
            receipt_sha256: format!("{chip:064x}"),
        });
    }
    events
}
