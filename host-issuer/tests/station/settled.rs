//! Nobody knows how an attempt ended: the chip is asked.

use getrandom::SysRng;
use host_issuer::ledger::Event;
use host_issuer::ledger::event::{ChipState, JobState};
use host_issuer::ledger::view::AttemptStep;
use host_issuer::station::personalize::settle::Settled;
use host_issuer::station::personalize::{Done, IssuedCard, Queue, Told, Undone};
use host_issuer::transport::Transport;
use host_issuer::transport::in_process::InProcess;
use host_issuer::transport::pulled::{Moment, PulledCard};

use crate::failing::{FullDisk, Glitch};
use crate::floor::{BATCH, Floor, READER, Seams, VAULT, attend, commands, issued, random};

const SERIAL: &[u8; 10] = b"SPECIMEN01";

/// The answer to the activation is lost with the card.
fn lose_activation(floor: &Floor, chip: &mut InProcess, moment: Moment) {
    let result = floor.attend(&mut PulledCard::new(&mut *chip, commands() - 1, moment));
    match result {
        Err(Undone::Unsettled(unsettled)) => assert!(!unsettled.stops),
        other => panic!("{other:?}"),
    }
    let job = floor.job(0);
    assert_eq!(job.state, JobState::Pending);
    assert_eq!(job.attempt.expect("an attempt").step, AttemptStep::Activating);
    assert_eq!(floor.chip_view(SERIAL).state, ChipState::InProduction);
    chip.reset().expect("reset");
}

fn settled(done: Result<Done, Undone>) -> IssuedCard {
    match done {
        Ok(Done::Settled(Settled::Issued(card))) => card,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_activated_card_whose_answer_was_lost_is_issued_when_it_is_seen_again() {
    let floor = Floor::with(&[1]);
    let mut chip = floor.chip(SERIAL);
    lose_activation(&floor, &mut chip, Moment::BeforeAnswer);
    let card = settled(floor.attend(&mut chip));
    assert_eq!((card.attempt, card.seconds), (1, None));
    floor.assert_issued(&card, chip);
    assert_eq!(floor.sealed_files(), 0);
}

#[test]
fn a_card_that_was_never_activated_is_blank_again_and_made_at_once() {
    let floor = Floor::with(&[1]);
    let mut chip = floor.chip(SERIAL);
    lose_activation(&floor, &mut chip, Moment::BeforeCommand);
    let mut told_of = Vec::new();
    let queue = Queue::new(BATCH.into(), None);
    let done = floor
        .production()
        .attend(&mut chip, READER, &queue, &mut random(), &mut |told: Told<'_>| {
            if let Told::Settled(failed) = told {
                told_of.push((failed.reason, failed.attempt, failed.chip_state, failed.job_state));
            }
        });
    let card = issued(done);
    let expected = ("chip.not_activated", 1, ChipState::Blank, JobState::Pending);
    assert_eq!(told_of, [expected]);
    assert_eq!(card.attempt, 2);
    floor.assert_issued(&card, chip);
}

#[test]
fn a_lost_or_altered_answer_is_settled_while_the_card_is_there() {
    // Silence, success without the chip's MAC, and an error that the chip never said.
    for answer in [None, Some(vec![0x90, 0x00]), Some(vec![0x6F, 0x00])] {
        let floor = Floor::with(&[1]);
        let mut chip = floor.chip(SERIAL);
        let mut glitch = Glitch {
            inner: &mut chip,
            left: commands() - 1,
            answer,
        };
        let card = settled(floor.attend(&mut glitch));
        floor.assert_issued(&card, chip);
    }
}

#[test]
fn what_a_dead_process_left_in_personalisation_is_blank_again() {
    let floor = Floor::with(&[1]);
    let mut chip = floor.chip(SERIAL);
    floor.append([Event::ProductionIntended {
        job: floor.jobs[0].clone(),
        attempt: 1,
        chip: hex::encode_upper(SERIAL),
        card_id: "0000000000000001".into(),
        reader: READER.into(),
    }]);
    let card = issued(floor.attend(&mut chip));
    assert_eq!(card.attempt, 2);
    let failed = floor.events().into_iter().find_map(|event| match event {
        Event::ProductionFailed { reason, attempt, .. } => Some((reason, attempt)),
        _ => None,
    });
    assert_eq!(failed, Some(("station.died".into(), 1)));
    floor.assert_issued(&card, chip);
}

#[test]
fn another_card_settles_nothing() {
    let floor = Floor::with(&[1, 2]);
    let mut other = floor.chip(b"SPECIMEN02");
    // The first job's card; then the second job's is lost.
    let first = issued(floor.attend(&mut other));
    let mut chip = floor.chip(SERIAL);
    let result = floor.attend(&mut PulledCard::new(
        &mut chip,
        commands() - 1,
        Moment::BeforeAnswer,
    ));
    assert!(matches!(result, Err(Undone::Unsettled(_))), "{result:?}");
    other.reset().expect("reset");
    let result = floor.attend(&mut other);
    assert!(matches!(&result, Err(Undone::Refused(refusal)) if refusal.id() == "chip.not_blank"));
    assert_eq!(floor.chip_view(SERIAL).state, ChipState::InProduction);
    chip.reset().expect("reset");
    let card = settled(floor.attend(&mut chip));
    floor.assert_issued(&card, chip);
    floor.assert_issued(&first, other);
}

#[test]
fn an_operational_card_that_is_not_what_it_should_be_is_quarantined() {
    let floor = Floor::with(&[1]);
    let mut chip = floor.chip(SERIAL);
    lose_activation(&floor, &mut chip, Moment::BeforeAnswer);
    // The card is what it is; that one byte of it should be another comes to the same.
    let (store, job) = (floor.store(), &floor.jobs[0]);
    let mut draft = store.draft(job, 1, &VAULT).expect("opened").expect("a draft");
    let prepared = draft.prepared.as_mut().expect("a signed card");
    let file = prepared.image.files.iter_mut().find(|file| file.name() == "DG1");
    *file.expect("DG1").content.last_mut().expect("content") ^= 1;
    store
        .keep_draft(job, 1, &draft, &VAULT, &mut SysRng)
        .expect("kept");
    match floor.attend(&mut chip) {
        Ok(Done::Settled(Settled::Failed(failed))) => {
            assert_eq!(failed.reason, "chip.differs");
            assert!(
                failed.cause.to_string().contains("DG1 differs"),
                "{}",
                failed.cause
            );
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(floor.chip_view(SERIAL).state, ChipState::Quarantined);
    assert_eq!(floor.job(0).state, JobState::Failed);
    chip.reset().expect("reset");
    let result = floor.attend(&mut chip);
    assert!(matches!(&result, Err(Undone::Refused(refusal)) if refusal.id() == "chip.not_blank"));
}

#[test]
fn a_full_disk_after_the_activation_loses_nothing() {
    {
        let full = "receipts";
        let floor = Floor::with(&[1]);
        let mut chip = floor.chip(SERIAL);
        let disk = FullDisk(full);
        let production = floor.production_over(Seams {
            disk: &disk,
            ..floor.seams()
        });
        match attend(&production, &mut chip) {
            Err(Undone::Unsettled(unsettled)) => assert!(unsettled.stops),
            other => panic!("{other:?}"),
        }
        // The same process, after somebody made room.
        chip.reset().expect("reset");
        let card = settled(floor.attend(&mut chip));
        floor.assert_issued(&card, chip);
    }
}
