//! The run is killed, again and again, wherever it happens to be, with cards on both readers. `EID_STATION_KILLS` says how often, and
//! `EID_STATION_SEED` when.

use std::collections::BTreeSet;
use std::thread::sleep;
use std::time::Duration;

use host_issuer::ledger::LedgerStore as _;
use host_issuer::ledger::event::{ChipState, JobState};
use host_issuer::ledger::view::JobFilter;
use sha2::{Digest as _, Sha256};

use crate::floor::{Floor, Laid, Running, serial};
use crate::private_pcscd::{PrivatePcscd, wait_for};

/// Cards that are to be made.
const CARDS: usize = 6;
/// Chips that there are: one that a kill left in quarantine is made up for.
const CHIPS: usize = 12;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

/// A delay of up to a second and a half, of which half are within the time that a card takes.
fn delay(seed: u64, round: u64) -> Duration {
    let digest = Sha256::digest([seed.to_be_bytes(), round.to_be_bytes()].concat());
    let number = u64::from(u16::from_be_bytes([digest[0], digest[1]]));
    let span = if digest[2] & 1 == 0 { 500 } else { 1500 };
    Duration::from_millis(100 + number * span / 65_536)
}

/// Whether nothing more is to be done with this chip.
fn is_over(floor: &Floor, chip: &str) -> bool {
    matches!(
        floor.chip_state(chip),
        Some(ChipState::Issued | ChipState::Quarantined | ChipState::Spoiled)
    )
}

#[test]
fn plumbing_a_run_that_is_killed_again_and_again_loses_no_card_and_makes_none_twice() {
    let (kills, seed) = (setting("EID_STATION_KILLS", 12), setting("EID_STATION_SEED", 1));
    println!("EID_STATION_KILLS={kills} EID_STATION_SEED={seed}");
    let service = PrivatePcscd::start();
    let floor = Floor::open(&service, CARDS);
    let memories: Vec<String> = (1..=CHIPS).map(|number| format!("{number}.chip")).collect();
    let serials: Vec<String> = (1..=CHIPS)
        .map(|number| serial(u8::try_from(number).expect("few")))
        .collect();
    for (memory, serial) in memories.iter().zip(&serials) {
        floor.make_chip(memory, serial, "issuer.keys");
    }
    floor.register(&memories);

    let mut next = 0..CHIPS;
    let mut readers: [Option<(usize, Laid<'_>)>; 2] = [None, None];
    let mut round = 0;
    while floor.jobs(JobState::Pending) > 0 {
        for (slot, reader) in (0u16..).zip(&mut readers) {
            if reader
                .as_ref()
                .is_some_and(|(chip, _)| is_over(&floor, &serials[*chip]))
            {
                *reader = None;
            }
            if reader.is_none() {
                let chip = next.next().expect("more chips than cards were used up");
                *reader = Some((chip, Laid::lay(&floor, &service, slot, &memories[chip])));
            }
        }
        let mut run = Running::start(&floor, &floor.run_arguments());
        if round < kills {
            sleep(delay(seed, round));
            // SIGKILL: nothing is tidied up.
            drop(run);
        } else {
            // In the end it is left alone until both cards are done.
            let on = |slot: usize| readers[slot].as_ref().map(|(chip, _)| serials[*chip].clone());
            let chips: Vec<String> = [on(0), on(1)].into_iter().flatten().collect();
            wait_for("the cards on the readers", || {
                let ended = run.process().try_wait().expect("its state").is_some();
                (ended || chips.iter().all(|chip| is_over(&floor, chip))).then_some(())
            });
        }
        round += 1;
        assert!(round < kills + 50, "the batch does not end");
    }
    drop(readers);
    println!("{round} runs, {} chips", next.start);

    // A last run finds nothing to do, and makes up for what the dead ones left.
    floor.office.eid(&floor.run_arguments()).expect(0);
    assert_eq!(floor.jobs(JobState::Issued), CARDS);
    let filter = JobFilter {
        batch: Some(floor.batch.clone()),
        limit: 1000,
        ..JobFilter::default()
    };
    let mut chips = BTreeSet::new();
    let mut cards = BTreeSet::new();
    for job in floor.ledger().jobs(&filter).expect("jobs") {
        let attempt = job.attempt.expect("an attempt");
        let place = serials.iter().position(|serial| *serial == attempt.chip);
        let memory = &memories[place.expect("a chip of this station")];
        assert!(
            chips.insert(attempt.chip.clone()),
            "{} is two cards",
            attempt.chip
        );
        assert!(cards.insert(attempt.card_id.clone()), "{} twice", attempt.card_id);
        floor.verify(memory, &attempt.card_id);
    }
    floor.verify_ledger();
}
