//! A batch from its start to its close: what nobody knows the end of, what is tried again, what two people close.

use host_issuer::ledger::LedgerStore as _;
use host_issuer::ledger::event::{ChipState, JobState};
use host_issuer::station::acceptance;
use host_issuer::station::approvals::Act;

use crate::production::{Made, chip, intend, make};
use crate::station::Station;

/// Starts a batch with files that two people signed, as the command line takes them.
pub fn start(station: &Station, batch: &str) {
    let act = Act::StartBatch { batch: batch.into() };
    let mut arguments = vec!["start", batch];
    arguments.extend(station.approved_options(&act));
    station.batch(&arguments).expect(0);
}

#[test]
fn what_is_unsettled_keeps_a_batch_open() {
    let station = Station::new();
    let (batch, jobs) = station.batch_of(3);
    station
        .batch(&["start", &batch, "--request", "@record.json"])
        .expect(22);
    start(&station, &batch);
    // The same yes does not count twice.
    station
        .batch(&[
            "start",
            &batch,
            "--request",
            "@request.json",
            "--approval",
            "@approval.json",
        ])
        .expect(22);
    station.append(1, (1..=4).map(chip));
    station.append(2, make(&jobs[0], 1, 1, "ACS", Made::Issued));
    // The second's process died while it signed, the third's while it activated.
    station.append(3, intend(&jobs[1], 1, 2, "ACS"));
    station.append(3, make(&jobs[2], 1, 3, "ACS", Made::Activating));

    let status = station.batch(&["status", &batch, "--json"]).expect(0).json();
    let unsettled = status["unsettled"].as_array().unwrap();
    assert_eq!(unsettled.len(), 2);
    assert_eq!(unsettled[0]["step"], "intended");
    assert!(unsettled[0]["advice"].as_str().unwrap().contains("no card yet"));
    assert_eq!(unsettled[1]["step"], "activating");
    assert!(
        unsettled[1]["advice"]
            .as_str()
            .unwrap()
            .contains("may be a finished card")
    );
    let text = station.batch(&["resume", &batch]).expect(0).output;
    assert!(text.contains(unsettled[1]["chip"].as_str().unwrap()), "{text}");

    // Nothing of it can be cancelled, tried again or closed.
    station
        .batch(&["cancel", &jobs[1], "--reason", "no"])
        .expect_failure(3, "its attempt 1 is");
    station.batch(&["retry", &jobs[1]]).expect_failure(3, "PENDING");
    let close = |station: &Station| {
        let act = Act::CloseBatch { batch: batch.clone() };
        let mut arguments = vec!["close", batch.as_str()];
        arguments.extend(station.approved_options(&act));
        station.batch(&arguments)
    };
    close(&station).expect_failure(3, "2 attempts of the batch are not settled");

    // Given up: the chips are apart; a card that may be one is for a person to decide.
    station
        .batch(&["resume", "--give-up", &jobs[0]])
        .expect_failure(3, "no attempt of the job");
    let resumed = station
        .batch(&["resume", "--give-up", &jobs[1], "--give-up", &jobs[2], "--json"])
        .expect(0)
        .json();
    assert!(resumed["unsettled"].as_array().unwrap().is_empty());
    let ledger = station.ledger();
    let state = |job: &String| ledger.job(job).unwrap().unwrap().state;
    assert_eq!(
        (state(&jobs[1]), state(&jobs[2])),
        (JobState::Pending, JobState::Failed)
    );
    for number in [2, 3] {
        let view = ledger.chip(&crate::production::serial(number)).unwrap().unwrap();
        assert_eq!(view.state, ChipState::Quarantined);
        assert_eq!(view.reason.as_deref(), Some("operator.given_up"));
    }
    close(&station).expect_failure(3, "2 jobs neither issued nor cancelled");

    // One is tried again and issued, one is cancelled; then two people close it, and no third thing happens to it.
    station.batch(&["retry", &jobs[2]]).expect(0);
    assert_eq!(state(&jobs[2]), JobState::Pending);
    station.append(9, make(&jobs[2], 2, 4, "ACS", Made::Issued));
    station.batch(&["retry", &jobs[2]]).expect_failure(3, "ISSUED");
    // Everything is needed still: nobody has accepted a card.
    station.batch(&["resume"]).expect(0);
    assert_eq!(crate::station::sealed(&station.path()).len(), 3);
    station
        .batch(&["cancel", &jobs[1], "--reason", "moved abroad"])
        .expect(0);
    assert_eq!(crate::station::sealed(&station.path()).len(), 2);
    close(&station).expect_failure(3, "2 cards of the batch are issued and not accepted");

    // All that wait, at once; then there is nothing more of that kind to do, and nothing personal left.
    let accept = ["accept", "--batch", batch.as_str(), "--json"];
    let accepted = station.batch(&accept).expect(0).json();
    assert_eq!(accepted["accepted"].as_array().map(Vec::len), Some(2));
    assert!(crate::station::sealed(&station.path()).is_empty());
    station.batch(&accept).expect_failure(3, "no card waits");
    station.batch(&["retry", &jobs[0]]).expect_failure(3, "are gone");
    station
        .batch(&["cancel", &jobs[0], "--reason", "late"])
        .expect_failure(3, "its card is accepted");
    station
        .batch(&["cancel", &jobs[1], "--reason", "a\nb"])
        .expect_failure(2, "one line");
    close(&station).expect(0);
    let status = station.batch(&["status", &batch, "--json"]).expect(0).json();
    assert_eq!(status["batches"][0]["state"], "CLOSED");
    assert_eq!(status["batches"][0]["accepted"], 2);
}

/// A process that dies between acceptance and purge: the next one that does anything here makes up for it.
#[test]
fn what_an_acceptance_left_is_purged_by_the_next_process() {
    let station = Station::new();
    let (batch, jobs) = station.batch_of(2);
    start(&station, &batch);
    station.append(1, (1..=2).map(chip));
    station.append(2, make(&jobs[0], 1, 1, "ACS", Made::Issued));
    station.append(2, make(&jobs[1], 1, 2, "ACS", Made::Issued));
    let waiting = acceptance::waiting(&station.ledger(), Some(&batch)).unwrap();
    station.world.write("list", waiting.join("\n").as_bytes());
    // Nothing on the disk changes any more, as when the process is killed there.
    let _ = station.world.kill_after(Some(0));
    station
        .batch(&["accept", "--list", "@list"])
        .expect_failure(21, "accepted, but its personal data are still here");
    let _ = station.world.kill_after(None);
    assert_eq!(crate::station::sealed(&station.path()).len(), 2);
    let status = station.batch(&["status", &batch, "--json"]).expect(0).json();
    assert_eq!(
        (&status["batches"][0]["accepted"], &status["to_purge"]),
        (&2.into(), &2.into())
    );
    station.batch(&["resume"]).expect(0);
    assert!(crate::station::sealed(&station.path()).is_empty());
    let status = station.batch(&["status", &batch, "--json"]).expect(0).json();
    assert_eq!(status["to_purge"], 0);
}

/// A card that was issued, printed wrong and revoked before anybody accepted it: its job is done again without asking the citizen for
/// anything, by two people; or it is cancelled.
#[test]
fn a_card_that_nobody_accepted_is_made_again_from_what_is_kept() {
    let station = Station::new();
    let (batch, jobs) = station.batch_of(2);
    start(&station, &batch);
    station.append(1, (1..=3).map(chip));
    station.append(2, make(&jobs[0], 1, 1, "ACS", Made::Issued));
    station.append(2, make(&jobs[1], 1, 2, "ACS", Made::Issued));
    let cards = acceptance::waiting(&station.ledger(), None).unwrap();
    let reissue = |station: &Station| {
        let act = Act::Reissue { job: jobs[0].clone() };
        let mut arguments = vec!["retry", jobs[0].as_str()];
        arguments.extend(station.approved_options(&act));
        station.batch(&arguments)
    };
    // As long as the card is valid there is no second one.
    reissue(&station).expect_failure(3, "ISSUED");
    for card in &cards {
        let act = Act::Revoke {
            card_id: card.clone(),
            reason: "print.wrong".into(),
        };
        let mut arguments = vec!["card", "state", card.as_str(), "--set", "revoked"];
        arguments.extend(["--station", "@station", "--operator", "An"]);
        arguments.extend(station.approved_options(&act));
        station.world.eid(&arguments).expect(0);
    }
    station
        .batch(&["accept", "--card", &cards[0]])
        .expect_failure(3, "REVOKED");
    reissue(&station).expect(0);
    station.append(3, make(&jobs[0], 2, 3, "ACS", Made::Issued));
    station
        .batch(&["cancel", &jobs[1], "--reason", "moved abroad"])
        .expect(0);
    assert_eq!(crate::station::sealed(&station.path()).len(), 1);
    station.batch(&["accept", "--batch", &batch]).expect(0);
    assert!(crate::station::sealed(&station.path()).is_empty());
}
