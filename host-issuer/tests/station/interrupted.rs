//! A card is pulled, or the operator interrupts: the chip can be used again or is kept apart, the job is done later.

use std::collections::BTreeSet;

use host_issuer::ledger::Event;
use host_issuer::ledger::event::ChipState;
use host_issuer::station::personalize::{Refusal, Undone};
use host_issuer::transport::Transport as _;
use host_issuer::transport::pulled::{Moment, PulledCard};

use crate::failing::Counted;
use crate::floor::{Floor, attend, commands, issued};

const SERIAL: &[u8; 10] = b"SPECIMEN01";

#[test]
fn a_card_that_is_pulled_before_its_activation_is_made_the_next_time() {
    let floor = Floor::with(&[1]);
    let mut chip = floor.chip(SERIAL);
    let all = commands();
    // Opening the session takes three commands, before which nothing is known of the chip; the last two open one again.
    let moments = [0, 2, 3, 4, 5, all / 3, all / 2, all - 8, all - 3, all - 2];
    let mut failed = 0;
    for (carried, moment) in moments
        .into_iter()
        .flat_map(|carried| [(carried, Moment::BeforeCommand), (carried, Moment::BeforeAnswer)])
    {
        let result = floor.attend(&mut PulledCard::new(&mut chip, carried, moment));
        match result {
            Err(Undone::Refused(refusal @ Refusal::Chip(_))) if carried < 3 => {
                assert_eq!(refusal.id(), "chip.removed");
            }
            Err(Undone::Failed(error)) if carried >= 3 => {
                failed += 1;
                assert_eq!((error.reason, error.attempt), ("chip.removed", failed));
                assert!(!error.stops);
                floor.assert_again(0, SERIAL, "chip.removed", ChipState::Blank);
            }
            other => panic!("after {carried} commands, {moment:?}: {other:?}"),
        }
        chip.reset().expect("reset");
    }
    let card = issued(floor.attend(&mut chip));
    assert_eq!(card.attempt, failed + 1);
    floor.assert_issued(&card, chip);
    let identifiers = floor.events().into_iter().filter_map(|event| match event {
        Event::ProductionIntended { card_id, .. } => Some(card_id),
        _ => None,
    });
    let identifiers: Vec<String> = identifiers.collect();
    let different: BTreeSet<&String> = identifiers.iter().collect();
    assert_eq!(
        different.len(),
        identifiers.len(),
        "a card identifier was used twice"
    );
}

#[test]
fn an_interrupted_card_is_quarantined_and_its_job_done_with_another_chip() {
    let floor = Floor::with(&[1]);
    let mut chip = floor.chip(SERIAL);
    let production = floor.production();
    let mut counted = Counted {
        inner: &mut chip,
        commands: 0,
        alarm: (commands() / 2, &|| production.interrupter().interrupt()),
    };
    match attend(&production, &mut counted) {
        Err(Undone::Failed(failed)) => assert_eq!(failed.reason, "operator.interrupted"),
        other => panic!("{other:?}"),
    }
    // The command during which it happened was the last.
    assert_eq!(counted.commands, commands() / 2 + 1);
    floor.assert_again(0, SERIAL, "operator.interrupted", ChipState::Quarantined);

    let mut other = floor.chip(b"SPECIMEN02");
    let card = issued(floor.attend(&mut other));
    floor.assert_issued(&card, other);
}

#[test]
fn a_card_that_is_being_activated_is_finished_whoever_interrupts() {
    let floor = Floor::with(&[1]);
    let mut chip = floor.chip(SERIAL);
    let production = floor.production();
    let mut counted = Counted {
        inner: &mut chip,
        commands: 0,
        alarm: (commands() - 1, &|| production.interrupter().interrupt()),
    };
    let card = issued(attend(&production, &mut counted));
    floor.assert_issued(&card, chip);
}
