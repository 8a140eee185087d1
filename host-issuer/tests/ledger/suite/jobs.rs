//! Batches, jobs, attempts.

use host_issuer::ledger::Event;
use host_issuer::ledger::error::{Conflict, LedgerError};
use host_issuer::ledger::event::{CardState, ChipState, JobState, Purpose};
use host_issuer::ledger::view::{AttemptStep, BatchState, JobFilter};

use super::Factory;
use crate::station::{Station, approved, card_id, chip, entry, hex, job, job_id, opened, serial};

fn created(batch: &str, jobs: u32) -> Event {
    Event::BatchCreated {
        batch: batch.into(),
        profile: "vn-cc-2024".into(),
        jobs,
    }
}

pub fn an_application_is_one_job(factory: Factory<'_>) {
    let store = factory(&[opened(1)]);
    let station = Station { store: &*store };
    assert!(matches!(
        station.conflict(job(1, "b", 1, None)),
        Conflict::Unknown { what: "batch", .. }
    ));
    station.add(created("b", 4)).unwrap();
    station.add(job(1, "b", 1, None)).unwrap();
    let mut again = job(2, "b", 1, None);
    if let Event::JobAccepted { content_sha256, .. } = &mut again {
        *content_sha256 = hex(1, 64);
    }
    assert_eq!(station.conflict(again.clone()), Conflict::JobTwice(job_id(1)));
    let mut other = job(1, "b", 1, None);
    if let Event::JobAccepted { content_sha256, .. } = &mut other {
        *content_sha256 = hex(9, 64);
    }
    assert!(matches!(
        station.conflict(other),
        Conflict::State { what: "job", .. }
    ));
    let cancelled = Event::JobCancelled {
        job: job_id(1),
        reason: "withdrawn".into(),
    };
    station.add(cancelled.clone()).unwrap();
    assert!(matches!(
        station.conflict(cancelled),
        Conflict::State { what: "job", .. }
    ));
    station.add(again).unwrap();
    let view = store.job(&job_id(1)).unwrap().unwrap();
    assert_eq!(
        (view.state, view.reason.as_deref()),
        (JobState::Cancelled, Some("withdrawn"))
    );
    let of = |filter: JobFilter| -> Vec<String> {
        store
            .jobs(&filter)
            .unwrap()
            .into_iter()
            .map(|job| job.job)
            .collect()
    };
    assert_eq!(of(JobFilter::default()), [job_id(1), job_id(2)]);
    let limited = JobFilter {
        limit: 1,
        ..JobFilter::default()
    };
    assert_eq!(of(limited), [job_id(1)]);
    let after = JobFilter {
        after: Some(job_id(1)),
        ..JobFilter::default()
    };
    assert_eq!(of(after), [job_id(2)]);
    let purge = JobFilter {
        to_purge: true,
        ..JobFilter::default()
    };
    assert_eq!(of(purge.clone()), [job_id(1)]);
    station.add(Event::JobPurged { job: job_id(1) }).unwrap();
    assert!(of(purge).is_empty());
    assert!(matches!(
        station.conflict(Event::JobPurged { job: job_id(2) }),
        Conflict::State { what: "job", .. }
    ));
}

pub fn batches_start_whole_and_end_done(factory: Factory<'_>) {
    let store = factory(&[opened(1)]);
    let station = Station { store: &*store };
    let started = |approval| Event::BatchStarted {
        batch: "b".into(),
        approval: hex(approval, 64),
    };
    let closed = |approval| Event::BatchClosed {
        batch: "b".into(),
        approval: hex(approval, 64),
    };
    station.add(created("b", 2)).unwrap();
    assert!(matches!(
        station.conflict(created("b", 2)),
        Conflict::State { what: "batch", .. }
    ));
    station.add(job(1, "b", 1, None)).unwrap();
    station.add(approved(1, Purpose::StartBatch, "b")).unwrap();
    assert!(
        matches!(station.conflict(started(1)), Conflict::State { what: "batch", state, .. } if state.contains("1 of 2"))
    );
    station.add(job(2, "b", 2, None)).unwrap();
    assert!(matches!(
        station.conflict(job(3, "b", 3, None)),
        Conflict::State { what: "batch", .. }
    ));
    station.add(chip(1)).unwrap();
    // Nothing is made of a batch that nobody started.
    let early = station.conflict(station.intend(1, 1, 1, 1));
    assert!(matches!(early, Conflict::State { what: "batch", .. }), "{early}");
    assert!(matches!(
        station.conflict(started(2)),
        Conflict::NotApproved { .. }
    ));
    station.add(started(1)).unwrap();
    assert!(matches!(
        station.conflict(started(1)),
        Conflict::State { what: "batch", .. }
    ));
    station.issue(1, 1, 1, 1);
    station.add(approved(3, Purpose::CloseBatch, "b")).unwrap();
    assert!(matches!(
        station.conflict(closed(3)),
        Conflict::State { what: "batch", .. }
    ));
    let view = store.batch(&"b".to_owned()).unwrap().unwrap();
    assert_eq!(view.state, BatchState::Started);
    assert_eq!((view.counts.pending, view.counts.issued), (1, 1));
    station
        .add(Event::JobCancelled {
            job: job_id(2),
            reason: "withdrawn".into(),
        })
        .unwrap();
    let early = station.conflict(closed(3));
    assert!(
        matches!(&early, Conflict::State { what: "batch", state, .. } if state.contains("1 cards that nobody accepted")),
        "{early}"
    );
    station.add(accepted(1, 1)).unwrap();
    station.add(closed(3)).unwrap();
    station.add(created("c", 0)).unwrap();
    let names: Vec<_> = store
        .batches()
        .unwrap()
        .into_iter()
        .map(|batch| (batch.batch, batch.state))
        .collect();
    assert_eq!(
        names,
        [
            ("c".to_owned(), BatchState::Created),
            ("b".to_owned(), BatchState::Closed)
        ]
    );
    assert_eq!(store.batch(&"d".to_owned()).unwrap(), None);
}

fn accepted(job: u8, card: u8) -> Event {
    Event::CardAccepted {
        job: job_id(job),
        card_id: card_id(card),
    }
}

/// From its issue to its acceptance everything of a card is kept, and from then on nothing.
pub fn a_card_is_accepted_once_and_purged_then(factory: Factory<'_>) {
    let store = factory(&[opened(1)]);
    let station = Station { store: &*store };
    for number in 1..=3 {
        station.add(chip(number)).unwrap();
    }
    station.batch("b", 1, &[(1, 1, None), (2, 2, None)]);
    station.issue(1, 1, 1, 1);
    let of = |filter: JobFilter| -> Vec<String> {
        let jobs = store.jobs(&filter).unwrap();
        jobs.into_iter().map(|job| job.job).collect()
    };
    let purge = JobFilter {
        to_purge: true,
        ..JobFilter::default()
    };
    let accept = JobFilter {
        to_accept: true,
        ..JobFilter::default()
    };
    assert!(of(purge.clone()).is_empty());
    assert_eq!(of(accept.clone()), [job_id(1)]);
    let early = station.conflict(Event::JobPurged { job: job_id(1) });
    assert!(matches!(early, Conflict::State { what: "job", .. }), "{early}");
    let printed = |job: u8, card: u8| Event::PrintDataGiven {
        job: job_id(job),
        card_id: card_id(card),
    };
    for wrong in [accepted(1, 2), accepted(2, 1), printed(2, 1)] {
        let why = station.conflict(wrong);
        assert!(matches!(why, Conflict::Unknown { what: "card", .. }), "{why}");
    }
    for _ in 0..2 {
        station.add(printed(1, 1)).unwrap();
    }
    station.add(accepted(1, 1)).unwrap();
    let twice = station.conflict(accepted(1, 1));
    assert!(
        matches!(&twice, Conflict::State { what: "job", state, .. } if state.contains("accepted")),
        "{twice}"
    );
    assert!(of(accept).is_empty());
    let view = store.batches().unwrap().pop().unwrap();
    assert_eq!((view.counts.issued, view.counts.accepted), (1, 1));
    assert_eq!(of(purge.clone()), [job_id(1)]);
    station.add(Event::JobPurged { job: job_id(1) }).unwrap();
    assert!(of(purge.clone()).is_empty());

    // A card that will never be accepted: while it is valid its job stays as it is; revoked, the job may be cancelled.
    station.issue(2, 1, 2, 2);
    let cancelled = Event::JobCancelled {
        job: job_id(2),
        reason: "the holder died".into(),
    };
    let valid = station.conflict(cancelled.clone());
    assert!(matches!(valid, Conflict::State { what: "job", .. }), "{valid}");
    station.add(approved(9, Purpose::Revoke, &card_id(2))).unwrap();
    station
        .add(Event::CardChanged {
            card_id: card_id(2),
            state: CardState::Revoked,
            reason: "card.unfit".into(),
            approval: Some(hex(9, 64)),
        })
        .unwrap();
    for late in [accepted(2, 2), printed(2, 2)] {
        let why = station.conflict(late);
        assert!(matches!(why, Conflict::State { what: "card", .. }), "{why}");
    }
    station.add(cancelled).unwrap();
    assert_eq!(of(purge), [job_id(2)]);
}

/// A job for which no card can be made fails without an attempt.
pub fn a_job_is_refused_before_any_attempt(factory: Factory<'_>) {
    let store = factory(&[opened(1)]);
    let station = Station { store: &*store };
    station.add(chip(1)).unwrap();
    station.batch("b", 1, &[(1, 1, None)]);
    let refused = Event::JobRefused {
        job: job_id(1),
        reason: "citizen.has_card".into(),
    };
    station.add(station.intend(1, 1, 1, 1)).unwrap();
    let busy = station.conflict(refused.clone());
    assert!(matches!(busy, Conflict::State { what: "job", .. }), "{busy}");
    station.fail(1, 1, ChipState::Blank, JobState::Pending);
    station.add(refused.clone()).unwrap();
    let view = store.job(&job_id(1)).unwrap().unwrap();
    let reason = view.reason.as_deref();
    assert_eq!(
        (view.state, view.attempts, reason),
        (JobState::Failed, 1, Some("citizen.has_card"))
    );
    let twice = station.conflict(refused);
    assert!(matches!(twice, Conflict::State { what: "job", .. }), "{twice}");
}

pub fn an_attempt_goes_step_by_step(factory: Factory<'_>) {
    let store = factory(&[opened(1)]);
    let station = Station { store: &*store };
    for number in 1..=3 {
        station.add(chip(number)).unwrap();
    }
    station.batch("b", 1, &[(1, 1, None)]);
    assert!(matches!(
        station.conflict(station.intend(9, 1, 1, 1)),
        Conflict::Unknown { what: "job", .. }
    ));
    assert!(matches!(
        station.conflict(station.intend(1, 2, 1, 1)),
        Conflict::State { what: "job", .. }
    ));
    assert_eq!(
        station.conflict(station.intend(1, 1, 9, 1)),
        Conflict::ChipUnknown(serial(9))
    );
    let mut elsewhere = entry(station.intend(1, 1, 1, 1));
    elsewhere.station = "hn-02".into();
    let error = store.append(&[elsewhere]).unwrap_err();
    assert!(
        matches!(error, LedgerError::Conflict(Conflict::ChipElsewhere { .. })),
        "{error}"
    );

    station.add(station.intend(1, 1, 1, 1)).unwrap();
    assert!(matches!(
        station.conflict(station.intend(1, 2, 2, 2)),
        Conflict::State { what: "job", .. }
    ));
    let steps = station.steps(1, 1);
    let [sign, signed, activate, issue] = &steps;
    for wrong in [signed, issue] {
        assert!(matches!(
            station.conflict(wrong.clone()),
            Conflict::State { what: "attempt", .. }
        ));
    }
    // The answer of the signer was lost, and it is asked again: both count.
    station.add(sign.clone()).unwrap();
    station.add(sign.clone()).unwrap();
    assert!(matches!(
        station.conflict(activate.clone()),
        Conflict::State { what: "attempt", .. }
    ));
    station.add(signed.clone()).unwrap();
    let signer = store.document_signer("0A").unwrap();
    assert_eq!((signer.asked, signer.made), (4, 2));
    assert!(matches!(
        station.conflict(issue.clone()),
        Conflict::State { what: "attempt", .. }
    ));
    station.add(activate.clone()).unwrap();
    station.add(issue.clone()).unwrap();
    assert!(matches!(
        station.conflict(issue.clone()),
        Conflict::State { what: "attempt", .. }
    ));
    let view = store.job(&job_id(1)).unwrap().unwrap();
    assert_eq!((view.state, view.attempts), (JobState::Issued, 1));
    assert_eq!(view.attempt.unwrap().step, AttemptStep::Issued);
    assert_eq!(store.chip(&serial(1)).unwrap().unwrap().state, ChipState::Issued);
    assert!(matches!(
        station.conflict(station.intend(1, 2, 2, 2)),
        Conflict::State { what: "job", .. }
    ));
}

pub fn what_died_in_between_is_found(factory: Factory<'_>) {
    let store = factory(&[opened(1)]);
    let station = Station { store: &*store };
    for number in 1..=3 {
        station.add(chip(number)).unwrap();
    }
    station.batch("b", 1, &[(1, 1, None), (2, 2, None)]);
    station.add(station.intend(1, 1, 1, 1)).unwrap();
    let unsettled = JobFilter {
        unsettled: true,
        ..JobFilter::default()
    };
    let found = store.jobs(&unsettled).unwrap();
    assert_eq!(found.len(), 1);
    let attempt = found[0].attempt.clone().unwrap();
    assert_eq!(
        (attempt.chip, attempt.card_id, attempt.step),
        (serial(1), card_id(1), AttemptStep::Intended)
    );
    assert!(matches!(
        station.conflict(Event::JobCancelled {
            job: job_id(1),
            reason: "no".into()
        }),
        Conflict::State { what: "job", .. }
    ));
    station.fail(1, 1, ChipState::Quarantined, JobState::Failed);
    assert!(store.jobs(&unsettled).unwrap().is_empty());
    let view = store.job(&job_id(1)).unwrap().unwrap();
    assert_eq!(
        (view.state, view.reason.as_deref()),
        (JobState::Failed, Some("chip.removed"))
    );
    assert_eq!(
        store.chip(&serial(1)).unwrap().unwrap().state,
        ChipState::Quarantined
    );
    assert!(matches!(
        station.conflict(station.intend(1, 2, 2, 2)),
        Conflict::State { what: "job", .. }
    ));
    let retried = Event::JobRetried {
        job: job_id(1),
        approval: None,
    };
    station.add(retried.clone()).unwrap();
    assert!(matches!(
        station.conflict(retried),
        Conflict::State { what: "job", .. }
    ));
    // The identifier of the card that was given up is not given again, not even to the same job.
    assert_eq!(
        station.conflict(station.intend(1, 2, 2, 1)),
        Conflict::CardIdTwice(card_id(1))
    );
    station.issue(1, 2, 2, 2);
    let failed = JobFilter {
        state: Some(JobState::Issued),
        batch: Some("b".into()),
        ..JobFilter::default()
    };
    assert_eq!(store.jobs(&failed).unwrap().len(), 1);
    // A chip that was not touched is used for the next job.
    station.add(station.intend(2, 1, 3, 3)).unwrap();
    station.fail(2, 1, ChipState::Blank, JobState::Pending);
    station.issue(2, 2, 3, 4);
}

pub fn keys_can_be_destroyed(factory: Factory<'_>) {
    let store = factory(&[opened(1)]);
    let job = job_id(1);
    assert_eq!(store.job_key(&job).unwrap(), None);
    store.keep_job_key(&job, b"wrapped").unwrap();
    store.keep_job_key(&job, b"wrapped").unwrap();
    let error = store.keep_job_key(&job, b"another").unwrap_err();
    assert!(
        matches!(error, LedgerError::Conflict(Conflict::State { .. })),
        "{error}"
    );
    assert_eq!(store.job_key(&job).unwrap().unwrap(), b"wrapped");
    store.destroy_job_key(&job).unwrap();
    store.destroy_job_key(&job).unwrap();
    assert_eq!(store.job_key(&job).unwrap(), None);
    assert_eq!(store.head().unwrap().sequence, 1);
}
