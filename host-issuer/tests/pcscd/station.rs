//! A batch on two readers, with what happens to cards in a day: one is pulled while it is made, one takes the keys of another issuer, one
//! has the serial number of another. The report says exactly that.

use std::io::{BufRead as _, BufReader};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use host_issuer::ledger::event::{ChipState, JobState};
use serde_json::Value;

use crate::floor::{Floor, Laid, READERS, Running, serial};
use crate::office::HOLDER;
use crate::private_pcscd::PrivatePcscd;

/// Applications, and chips that become cards.
const CARDS: usize = 18;
/// Serial number of the chip that takes another issuer's keys.
const STRANGER: u8 = 0xEE;
/// How long a card may take to be made, on a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the hands at a reader do with a card.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hand {
    /// It lies there until it is done.
    Leaves,
    /// It is pulled while it is loaded, and laid on again.
    Pulls,
}

/// Lays one card after the other on a reader, as the run is done with each. Gives what the run said of each.
fn attend(
    floor: &Floor,
    service: &PrivatePcscd,
    slot: u16,
    cards: &[(String, Hand)],
    events: &Receiver<Value>,
) -> Vec<Value> {
    let mut said = Vec::new();
    for (memory, hand) in cards {
        let lays = if *hand == Hand::Pulls { 2 } else { 1 };
        for lay in 1..=lays {
            let card = Laid::lay(floor, service, slot, memory);
            let mut done = false;
            loop {
                let event = events
                    .recv_timeout(PATIENCE)
                    .unwrap_or_else(|_| panic!("nothing was said of {memory}; {said:?}"));
                match event["event"].as_str() {
                    Some("step") if lay < lays && event["step"] == "loading" => card.pull(),
                    Some("issued" | "settled" | "failed" | "refused") => {
                        said.push(event);
                        done = true;
                    }
                    // The run has let the card go.
                    Some("waiting" | "left") if done => break,
                    _ => {}
                }
            }
            drop(card);
        }
    }
    said
}

#[test]
fn plumbing_twenty_cards_on_two_readers_and_the_report_says_what_happened() {
    let service = PrivatePcscd::start();
    let floor = Floor::open(&service, CARDS);
    floor
        .office
        .eid(&["keys", "init", "--out", "others.keys"])
        .expect(0);
    let memory = |number: usize| format!("{number}.chip");
    let number = |place: usize| u8::try_from(place).expect("few");
    for place in 1..=CARDS {
        floor.make_chip(&memory(place), &serial(number(place)), "issuer.keys");
    }
    floor.make_chip("stranger.chip", &serial(STRANGER), "others.keys");
    floor.make_chip("copy.chip", &serial(1), "issuer.keys");
    let mut stock: Vec<String> = (1..=CARDS).map(memory).collect();
    stock.push("stranger.chip".into());
    floor.register(&stock);

    // The copy comes when the first chip is a card, and neither ends a reader's work.
    let mut left: Vec<(String, Hand)> = (1..=9).map(|place| (memory(place), Hand::Leaves)).collect();
    left.insert(5, ("copy.chip".into(), Hand::Leaves));
    let mut right: Vec<(String, Hand)> = (10..=CARDS).map(|place| (memory(place), Hand::Leaves)).collect();
    right[3].1 = Hand::Pulls;
    right.insert(2, ("stranger.chip".into(), Hand::Leaves));

    let mut run = Running::start(&floor, &floor.run_arguments());
    let output = BufReader::new(run.process().stdout.take().expect("a standard output"));
    let (to_left, at_left) = channel();
    let (to_right, at_right) = channel();
    let senders: [Sender<Value>; 2] = [to_left, to_right];
    let (summary, said) = thread::scope(|scope| {
        let dispatcher = scope.spawn(move || {
            let mut last = Value::Null;
            for line in output.lines() {
                let event: Value = serde_json::from_str(&line.expect("a line")).expect("JSON");
                let reader = event["reader"].as_str().unwrap_or_default();
                if let Some(slot) = READERS.iter().position(|name| reader.starts_with(name)) {
                    // Hands that are done listen no more.
                    let _ = senders[slot].send(event.clone());
                }
                last = event;
            }
            last
        });
        let service = &service;
        let floor = &floor;
        let (left, right) = (&left, &right);
        let left = scope.spawn(move || attend(floor, service, 0, left, &at_left));
        let right = scope.spawn(move || attend(floor, service, 1, right, &at_right));
        let (left, right) = (left.join(), right.join());
        if left.is_err() || right.is_err() {
            // It would wait for cards that do not come any more.
            let _ = run.process().kill();
        }
        let said = [left.expect("hands"), right.expect("hands")].concat();
        (dispatcher.join().expect("a dispatcher"), said)
    });
    // Cards that were not made are no success of the run.
    let ended = run.finish(&floor).expect(14);
    ended.assert_silent_about(&[HOLDER]);
    assert_eq!(summary["schema"], "eid.batch.run/1");
    let numbers = ["issued", "failed", "pending"].map(|name| summary[name].clone());
    assert_eq!(numbers, [CARDS, 1, 0].map(Value::from));
    assert_eq!(floor.jobs(JobState::Issued), CARDS);

    // The report says exactly that.
    let report = [
        "batch",
        "report",
        &floor.batch,
        "--station",
        "station",
        "--format",
        "json",
    ];
    let report = floor.office.eid(&report).expect(0).json();
    let total = &report["total"];
    let numbers =
        ["jobs", "issued", "attempts", "cards", "first_time", "blank"].map(|name| total[name].clone());
    assert_eq!(
        numbers,
        [CARDS, CARDS, CARDS + 1, CARDS, CARDS - 1, 1].map(Value::from)
    );
    for name in [
        "pending",
        "failed",
        "cancelled",
        "quarantined",
        "spoiled",
        "unsettled",
    ] {
        assert_eq!(total[name], 0, "{name}");
    }
    let by_reader: Vec<Value> = report["readers"].as_array().expect("readers").clone();
    assert_eq!(by_reader.len(), 2, "{by_reader:#?}");
    let reasons = report["reasons"].as_array().expect("reasons");
    assert_eq!(reasons.len(), 1, "{reasons:#?}");
    assert_eq!(
        (
            &reasons[0]["reason"],
            &reasons[0]["attempts"],
            &reasons[0]["chips"]
        ),
        (&"chip.removed".into(), &1.into(), &0.into())
    );
    let mut refused: Vec<(&str, &str)> = report["refused"]
        .as_array()
        .expect("refusals")
        .iter()
        .map(|refused| {
            let text = |name: &str| refused[name].as_str().expect("text");
            (text("reason"), text("serial"))
        })
        .collect();
    refused.sort_unstable();
    let (copied, stranger) = (serial(1), serial(STRANGER));
    assert_eq!(
        refused,
        [
            ("chip.duplicate_serial", copied.as_str()),
            ("chip.issuer_key", stranger.as_str())
        ]
    );

    // Every card is what a stranger believes, each is another person's, and the ledger holds.
    let mut made: Vec<(String, String)> = said
        .iter()
        .filter(|event| event["event"] == "issued")
        .map(|event| {
            let text = |name: &str| event[name].as_str().expect("text").to_owned();
            (text("chip"), text("card_id"))
        })
        .collect();
    made.sort_unstable();
    assert_eq!(made.len(), CARDS);
    for (place, (chip, card_id)) in made.iter().enumerate() {
        assert_eq!(*chip, serial(number(place + 1)));
        assert_eq!(floor.chip_state(chip), Some(ChipState::Issued));
        // Two of them are read, one of each reader: all were read back before they were activated.
        if place == 0 || place == CARDS - 1 {
            floor.verify(&memory(place + 1), card_id);
        }
    }
    floor.verify_ledger();
}
