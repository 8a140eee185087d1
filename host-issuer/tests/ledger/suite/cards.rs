//! Cards: one of a citizen, one of a chip, each identifier once.

use host_issuer::ledger::Event;
use host_issuer::ledger::error::Conflict;
use host_issuer::ledger::event::{CardState, ChipState, JobState, Purpose};
use host_issuer::ledger::view::CardFilter;

use super::Factory;
use crate::station::{Station, approved, card_id, chip, hex, job, job_id, opened, serial};

fn changed(card: u8, state: CardState) -> Event {
    Event::CardChanged {
        card_id: card_id(card),
        state,
        reason: "reported lost".into(),
        approval: None,
    }
}

pub fn one_valid_card(factory: Factory<'_>) {
    let store = factory(&[opened(1)]);
    let station = Station { store: &*store };
    for number in 1..=4 {
        station.add(chip(number)).unwrap();
    }
    // Three applications of one citizen, none of which replaces a card.
    station.batch("b", 1, &[(1, 7, None), (2, 7, None), (3, 7, None)]);
    station.add(station.intend(1, 1, 1, 1)).unwrap();
    assert_eq!(
        station.conflict(station.intend(2, 1, 2, 2)),
        Conflict::InProduction(job_id(1))
    );
    for event in station.steps(1, 1) {
        station.add(event).unwrap();
    }
    assert_eq!(
        station.conflict(station.intend(2, 1, 2, 2)),
        Conflict::ActiveCard(card_id(1))
    );
    station.add(changed(1, CardState::Suspended)).unwrap();
    assert_eq!(
        station.conflict(station.intend(2, 1, 2, 2)),
        Conflict::ActiveCard(card_id(1))
    );
    station.add(changed(1, CardState::Revoked)).unwrap();
    station.issue(2, 1, 2, 2);
    let view = store.card(&card_id(2)).unwrap().unwrap();
    assert_eq!(
        (view.state, view.chip, view.citizen),
        (CardState::Active, serial(2), hex(7, 64))
    );
    let of_citizen = CardFilter {
        citizen: Some(hex(7, 64)),
        ..CardFilter::default()
    };
    assert_eq!(store.cards(&of_citizen).unwrap().len(), 2);
}

pub fn renewal(factory: Factory<'_>) {
    let store = factory(&[opened(1)]);
    let station = Station { store: &*store };
    for number in 1..=4 {
        station.add(chip(number)).unwrap();
    }
    station.batch("b", 1, &[(1, 7, None), (2, 8, None)]);
    station.issue(1, 1, 1, 1);
    station
        .add(Event::BatchCreated {
            batch: "x".into(),
            profile: "vn-cc-2024".into(),
            jobs: 1,
        })
        .unwrap();
    // A card that is not there, and one of somebody else.
    assert_eq!(
        station.conflict(job(9, "x", 7, Some(99))),
        Conflict::NotReplaceable(card_id(99))
    );
    assert_eq!(
        station.conflict(job(9, "x", 8, Some(1))),
        Conflict::NotReplaceable(card_id(1))
    );

    // Two renewals of the same card: the second comes too late.
    station.batch("c", 2, &[(3, 7, Some(1)), (4, 7, Some(1))]);
    station.add(station.intend(3, 1, 2, 2)).unwrap();
    assert_eq!(store.card(&card_id(1)).unwrap().unwrap().state, CardState::Active);
    let steps = station.steps(3, 1);
    for event in &steps[..3] {
        station.add(event.clone()).unwrap();
    }
    // In one transaction: at no moment both are valid, or none.
    station.add(steps[3].clone()).unwrap();
    let (old, new) = (
        store.card(&card_id(1)).unwrap().unwrap(),
        store.card(&card_id(2)).unwrap().unwrap(),
    );
    assert_eq!(
        (old.state, old.replaced_by),
        (CardState::Revoked, Some(card_id(2)))
    );
    assert_eq!((new.state, new.replaced_by), (CardState::Active, None));
    assert_eq!(
        station.conflict(station.intend(4, 1, 3, 3)),
        Conflict::ActiveCard(card_id(2))
    );

    // A renewal that fails leaves the old card valid.
    station.batch("d", 3, &[(5, 7, Some(2))]);
    station.add(station.intend(5, 1, 3, 4)).unwrap();
    station.fail(5, 1, ChipState::Quarantined, JobState::Failed);
    assert_eq!(store.card(&card_id(2)).unwrap().unwrap().state, CardState::Active);
    assert_eq!(
        store.card(&card_id(4)).unwrap().unwrap().state,
        CardState::Revoked
    );
}

/// Citizens are told apart by a keyed digest of all twelve digits, not by the document number.
pub fn strangers_share_nine_digits(factory: Factory<'_>) {
    use sha2::{Digest as _, Sha256};
    let store = factory(&[opened(1)]);
    let station = Station { store: &*store };
    let numbers = ["001099012345", "079099012345"];
    assert_eq!(
        numbers[0][3..],
        numbers[1][3..],
        "the last nine digits are the document number"
    );
    let keys = numbers.map(|number| hex::encode(Sha256::digest(number)));
    station
        .add(Event::BatchCreated {
            batch: "b".into(),
            profile: "vn-cc-2024".into(),
            jobs: 2,
        })
        .unwrap();
    for (number, key) in (1u8..).zip(&keys) {
        station.add(chip(number)).unwrap();
        let mut of_stranger = job(number, "b", 0, None);
        if let Event::JobAccepted { citizen, .. } = &mut of_stranger {
            citizen.clone_from(key);
        }
        station.add(of_stranger).unwrap();
    }
    station.add(approved(1, Purpose::StartBatch, "b")).unwrap();
    station
        .add(Event::BatchStarted {
            batch: "b".into(),
            approval: hex(1, 64),
        })
        .unwrap();
    // Both are made at once.
    station.add(station.intend(1, 1, 1, 1)).unwrap();
    station.add(station.intend(2, 1, 2, 2)).unwrap();
    for job in [2, 1] {
        for event in station.steps(job, 1) {
            station.add(event).unwrap();
        }
    }
    let active = CardFilter {
        state: Some(CardState::Active),
        delivery: Some("delivery-1".into()),
        applet_version: Some("0.1.0".into()),
        from: Some("2026-11-24T09:00:00Z".into()),
        until: Some("2026-11-24T09:00:01Z".into()),
        ..CardFilter::default()
    };
    assert_eq!(store.cards(&active).unwrap().len(), 2);
    let later = CardFilter {
        from: Some("2026-11-24T09:00:01Z".into()),
        ..CardFilter::default()
    };
    assert!(store.cards(&later).unwrap().is_empty());
}

pub fn identifier_once(factory: Factory<'_>) {
    let store = factory(&[opened(1)]);
    let station = Station { store: &*store };
    for number in 1..=2 {
        station.add(chip(number)).unwrap();
    }
    station.batch("b", 1, &[(1, 1, None), (2, 2, None)]);
    station.add(station.intend(1, 1, 1, 1)).unwrap();
    assert_eq!(
        station.conflict(station.intend(2, 1, 2, 1)),
        Conflict::CardIdTwice(card_id(1))
    );
    let taken = Conflict::ChipState {
        serial: serial(1),
        state: "IN_PRODUCTION",
    };
    assert_eq!(station.conflict(station.intend(2, 1, 1, 2)), taken);
    // The refused ones left nothing: the job, its chip and another identifier go on.
    station.issue(2, 1, 2, 2);
    assert_eq!(store.card(&card_id(3)).unwrap(), None);
}

pub fn suspended_and_revoked(factory: Factory<'_>) {
    let store = factory(&[opened(1)]);
    let station = Station { store: &*store };
    station.add(chip(1)).unwrap();
    station.batch("b", 1, &[(1, 1, None)]);
    assert!(matches!(
        station.conflict(changed(1, CardState::Revoked)),
        Conflict::Unknown { what: "card", .. }
    ));
    station.issue(1, 1, 1, 1);
    let spoiled = Event::ChipSpoiled {
        serial: serial(1),
        reason: "misprint".into(),
    };
    // A card in the bin must not be valid.
    assert!(matches!(
        station.conflict(spoiled.clone()),
        Conflict::State { what: "card", .. }
    ));
    assert!(matches!(
        station.conflict(changed(1, CardState::Active)),
        Conflict::State { what: "card", .. }
    ));
    station.add(changed(1, CardState::Suspended)).unwrap();
    station.add(changed(1, CardState::Active)).unwrap();
    station.add(approved(2, Purpose::Revoke, &card_id(1))).unwrap();
    station
        .add(Event::CardChanged {
            card_id: card_id(1),
            state: CardState::Revoked,
            reason: "misprint".into(),
            approval: Some(hex(2, 64)),
        })
        .unwrap();
    for state in [CardState::Active, CardState::Suspended, CardState::Revoked] {
        assert!(matches!(
            station.conflict(changed(1, state)),
            Conflict::State { what: "card", .. }
        ));
    }
    station.add(spoiled).unwrap();
    // The job's card is to be made again: two people.
    let retried = |approval: Option<u8>| Event::JobRetried {
        job: job_id(1),
        approval: approval.map(|number| hex(number, 64)),
    };
    assert!(matches!(
        station.conflict(retried(None)),
        Conflict::State { what: "job", .. }
    ));
    station.add(approved(3, Purpose::Reissue, &job_id(1))).unwrap();
    station.add(retried(Some(3))).unwrap();
    assert_eq!(store.job(&job_id(1)).unwrap().unwrap().state, JobState::Pending);
    station.add(chip(2)).unwrap();
    station.issue(1, 2, 2, 2);
}
