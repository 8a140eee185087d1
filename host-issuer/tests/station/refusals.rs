//! Chips and jobs of which no card is made: nothing is done to them, and the ledger knows which chip was there.

use getrandom::SysRng;
use host_issuer::ledger::event::{ChipState, JobState};
use host_issuer::ledger::{Event, LedgerStore as _};
use host_issuer::load::manufacture::manufacture_in_memory;
use host_issuer::station::personalize::{Done, Queue, Stop, Told, Undone};
use host_issuer::transport::Transport as _;
use personalization::keys::{ChipKeys, IssuerMasterKeys};

use crate::floor::{BATCH, Floor, READER, STATION, chip_keys, issued, random};

fn refusal(floor: &Floor, result: Result<Done, Undone>) -> &'static str {
    let Err(Undone::Refused(refusal)) = result else {
        panic!("{result:?}");
    };
    let last = floor.events().pop().expect("an event");
    match (refusal.serial(), last) {
        (
            Some(serial),
            Event::ChipRefused {
                serial: told,
                reader,
                reason,
            },
        ) => {
            assert_eq!((&*told, &*reader, &*reason), (serial, READER, refusal.id()));
        }
        // An operational card tells nobody which one it is, and leaves its trace all the same.
        (None, Event::CardRefused { reader, reason }) => {
            assert_eq!((&*reader, &*reason), (READER, refusal.id()));
            assert_eq!(refusal.id(), "chip.not_blank");
        }
        (None, Event::ChipRefused { .. }) => panic!("a chip without a number was written down"),
        (None, _) => assert_ne!(refusal.id(), "chip.not_blank"),
        (Some(_), other) => panic!("{other:?}"),
    }
    refusal.id()
}

fn foreign_keys(serial: &[u8; 10]) -> ChipKeys {
    IssuerMasterKeys::from_bytes(*b"another master for tests, 32 byt").chip_keys(serial)
}

#[test]
fn a_chip_that_is_not_in_stock_or_of_another_issuer() {
    let floor = Floor::with(&[1]);
    let (mut chip, _) = manufacture_in_memory(b"SPECIMEN01", &mut SysRng, chip_keys).expect("a chip");
    chip.reset().expect("reset");
    let result = floor.attend(&mut chip);
    assert_eq!(refusal(&floor, result), "chip.unknown");

    let (mut chip, _) = manufacture_in_memory(b"SPECIMEN02", &mut SysRng, foreign_keys).expect("a chip");
    chip.reset().expect("reset");
    let result = floor.attend(&mut chip);
    assert_eq!(refusal(&floor, result), "chip.issuer_key");
    assert_eq!(floor.job(0).attempts, 0);
}

#[test]
fn a_chip_of_another_station_or_one_that_is_kept_apart() {
    let floor = Floor::with(&[1]);
    let mut chip = floor.chip(b"SPECIMEN01");
    let serial = hex::encode_upper(b"SPECIMEN01");
    floor.append([Event::ChipMoved {
        serial: serial.clone(),
        from: STATION.into(),
        to: "hcm-02".into(),
        moves: 1,
    }]);
    let result = floor.attend(&mut chip);
    assert_eq!(refusal(&floor, result), "chip.elsewhere");

    let mut chip = floor.chip(b"SPECIMEN02");
    let serial = hex::encode_upper(b"SPECIMEN02");
    let reason = "operator.dropped".to_owned();
    floor.append([Event::ChipQuarantined {
        serial: serial.clone(),
        reason: reason.clone(),
    }]);
    chip.reset().expect("reset");
    let result = floor.attend(&mut chip);
    assert_eq!(refusal(&floor, result), "chip.quarantined");
    floor.append([Event::ChipSpoiled { serial, reason }]);
    chip.reset().expect("reset");
    let result = floor.attend(&mut chip);
    assert_eq!(refusal(&floor, result), "chip.spoiled");
    assert_eq!(floor.job(0).attempts, 0);
}

#[test]
fn a_card_that_is_issued_already_and_a_second_chip_with_its_number() {
    let floor = Floor::with(&[1, 2]);
    let mut chip = floor.chip(b"SPECIMEN01");
    issued(floor.attend(&mut chip));
    chip.reset().expect("reset");
    let result = floor.attend(&mut chip);
    assert_eq!(refusal(&floor, result), "chip.not_blank");

    let (mut twin, _) = manufacture_in_memory(b"SPECIMEN01", &mut SysRng, chip_keys).expect("a chip");
    twin.reset().expect("reset");
    let result = floor.attend(&mut twin);
    assert_eq!(refusal(&floor, result), "chip.duplicate_serial");
    assert_eq!(floor.chip_view(b"SPECIMEN01").state, ChipState::Issued);
    assert_eq!(floor.job(1).attempts, 0);
}

#[test]
fn a_batch_that_was_not_started() {
    let floor = Floor::with_batch("vn-cc-2024", &[1]);
    let mut chip = floor.chip(b"SPECIMEN01");
    match floor.attend(&mut chip) {
        Err(Undone::Stopped(stop @ Stop::Batch { .. })) => assert_eq!(stop.id(), "batch.not_started"),
        other => panic!("{other:?}"),
    }
    assert_eq!(floor.chip_view(b"SPECIMEN01").state, ChipState::Blank);
    floor.start();
    chip.reset().expect("reset");
    issued(floor.attend(&mut chip));
}

#[test]
fn a_document_signer_that_has_made_all_its_signatures() {
    let mut floor = Floor::with(&[1, 2]);
    floor.quota = Some(1);
    let mut chip = floor.chip(b"SPECIMEN01");
    issued(floor.attend(&mut chip));
    let mut chip = floor.chip(b"SPECIMEN02");
    match floor.attend(&mut chip) {
        Err(Undone::Stopped(stop @ Stop::Quota { .. })) => assert_eq!(stop.id(), "signer.quota"),
        other => panic!("{other:?}"),
    }
    assert_eq!(floor.chip_view(b"SPECIMEN02").state, ChipState::Blank);
    // Two people allow one more.
    let approval = "cd".repeat(32);
    floor.append([
        Event::ApprovalUsed {
            approval: approval.clone(),
            purpose: host_issuer::ledger::event::Purpose::ExtendQuota,
            subject: "5A".into(),
            requested_by: "An".into(),
            approved_by: "Binh".into(),
        },
        Event::QuotaExtended {
            document_signer: "5A".into(),
            signatures: 1,
            approval,
        },
    ]);
    chip.reset().expect("reset");
    issued(floor.attend(&mut chip));
}

#[test]
fn a_job_whose_citizen_has_a_card_fails_for_everybody_to_see_and_is_done_when_that_card_is_revoked() {
    // Two applications of one citizen: the second has another photograph's worth of difference, its number of occasion.
    let floor = Floor::with(&[1]);
    let mut chip = floor.chip(b"SPECIMEN01");
    issued(floor.attend(&mut chip));
    let citizen = floor.job(0).citizen;
    let job = "0f".repeat(16);
    floor.append([
        Event::BatchCreated {
            batch: "second".into(),
            profile: "vn-cc-2024".into(),
            jobs: 1,
        },
        Event::JobAccepted {
            job: job.clone(),
            batch: "second".into(),
            content_sha256: "0f".repeat(32),
            citizen,
            province: "001".into(),
            reason: host_issuer::ledger::event::JobKind::Replacement,
            replaces: None,
        },
        Event::ApprovalUsed {
            approval: "ef".repeat(32),
            purpose: host_issuer::ledger::event::Purpose::StartBatch,
            subject: "second".into(),
            requested_by: "An".into(),
            approved_by: "Binh".into(),
        },
        Event::BatchStarted {
            batch: "second".into(),
            approval: "ef".repeat(32),
        },
    ]);
    let mut chip = floor.chip(b"SPECIMEN02");
    let mut aside = Vec::new();
    let queue = Queue::new("second".into(), None);
    let done = floor
        .production()
        .attend(&mut chip, READER, &queue, &mut random(), &mut |told: Told<'_>| {
            if let Told::Aside { job, why, failed } = told {
                assert!(failed);
                aside.push((job.to_owned(), why.to_string()));
            }
        });
    assert!(matches!(done, Ok(Done::NothingToDo)), "{done:?}");
    assert_eq!(aside.len(), 1);
    assert_eq!(aside[0].0, job);
    assert!(aside[0].1.contains("has the card"), "{}", aside[0].1);
    assert_eq!(floor.chip_view(b"SPECIMEN02").state, ChipState::Blank);
    assert_ne!(queue.batch(), BATCH);
    let view = floor.ledger.job(&job).expect("read").expect("a job");
    let reason = view.reason.as_deref();
    assert_eq!(
        (view.state, view.attempts, reason),
        (JobState::Failed, 0, Some("citizen.has_card"))
    );
    // Nothing is tried again on its own; and the next chip is not touched either.
    let again = floor
        .production()
        .attend(&mut chip, READER, &queue, &mut random(), &mut |_| {});
    assert!(matches!(again, Ok(Done::NothingToDo)), "{again:?}");
    // Two people revoke the other card; then the job may be tried again.
    let card_id = floor.job(0).attempt.expect("an attempt").card_id;
    floor.append([
        Event::ApprovalUsed {
            approval: "da".repeat(32),
            purpose: host_issuer::ledger::event::Purpose::Revoke,
            subject: card_id.clone(),
            requested_by: "An".into(),
            approved_by: "Binh".into(),
        },
        Event::CardChanged {
            card_id,
            state: host_issuer::ledger::event::CardState::Revoked,
            reason: "card.lost".into(),
            approval: Some("da".repeat(32)),
        },
        Event::JobRetried {
            job: job.clone(),
            approval: None,
        },
    ]);
    let view = floor.ledger.job(&job).expect("read").expect("a job");
    assert_eq!((view.state, view.reason), (JobState::Pending, None));
}
