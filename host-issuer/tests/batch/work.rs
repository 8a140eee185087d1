//! A batch from its start to its close: what nobody knows the end of, what is tried again, what two people close.

use host_issuer::ledger::LedgerStore as _;
use host_issuer::ledger::event::{ChipState, JobState};
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
    // The first one was purged when the station came back, as a run does it at once; the others are still needed.
    station.batch(&["retry", &jobs[0]]).expect_failure(3, "are gone");
    assert_eq!(crate::station::sealed(&station.path()).len(), 2);
    station
        .batch(&["cancel", &jobs[1], "--reason", "moved abroad"])
        .expect(0);
    // Issued cards need no application any more: the purges that the events above left out are made up for.
    assert!(crate::station::sealed(&station.path()).is_empty());
    station
        .batch(&["cancel", &jobs[1], "--reason", "a\nb"])
        .expect_failure(2, "one line");
    close(&station).expect(0);
    let status = station.batch(&["status", &batch, "--json"]).expect(0).json();
    assert_eq!(status["batches"][0]["state"], "CLOSED");
}
