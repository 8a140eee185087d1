//! Chips in stock.

use host_issuer::ledger::Event;
use host_issuer::ledger::error::Conflict;
use host_issuer::ledger::event::{ChipState, JobState, Purpose};
use host_issuer::ledger::view::ChipFilter;

use super::Factory;
use crate::station::{Station, approved, chip, hex, job_id, opened, serial};

pub fn enter_once(factory: Factory<'_>) {
    let store = factory(&[opened(1)]);
    let station = Station { store: &*store };
    station.add(chip(1)).unwrap();
    assert_eq!(station.conflict(chip(1)), Conflict::SerialTwice(serial(1)));
    let view = store.chip(&serial(1)).unwrap().unwrap();
    assert_eq!(view.state, ChipState::Blank);
    assert_eq!(
        (view.station.as_str(), view.delivery.as_str()),
        ("hn-01", "delivery-1")
    );
    assert_eq!(store.chip(&serial(2)).unwrap(), None);
}

pub fn change_as_they_may(factory: Factory<'_>) {
    let store = factory(&[opened(1)]);
    let station = Station { store: &*store };
    let state = || store.chip(&serial(1)).unwrap().unwrap().state;
    let moved = |from: &str, to: &str, moves| Event::ChipMoved {
        serial: serial(1),
        from: from.into(),
        to: to.into(),
        moves,
    };
    let quarantined = || Event::ChipQuarantined {
        serial: serial(1),
        reason: "unreadable".into(),
    };
    let spoiled = || Event::ChipSpoiled {
        serial: serial(1),
        reason: "bent".into(),
    };
    let destroyed = |approval| Event::ChipDestroyed {
        serial: serial(1),
        approval: hex(approval, 64),
    };
    let released = |approval| Event::ChipReleased {
        serial: serial(1),
        approval: hex(approval, 64),
    };
    assert_eq!(station.conflict(quarantined()), Conflict::ChipUnknown(serial(1)));
    station.add(chip(1)).unwrap();
    station.add(moved("hn-01", "hn-02", 1)).unwrap();
    assert!(
        matches!(station.conflict(moved("hn-01", "hn-03", 2)), Conflict::ChipElsewhere { station, .. } if station == "hn-02")
    );
    station.add(moved("hn-02", "hn-01", 2)).unwrap();
    // The first hand-over again.
    let again = station.conflict(moved("hn-01", "hn-02", 1));
    assert!(matches!(again, Conflict::State { what: "chip", .. }), "{again}");
    assert_eq!(store.chip(&serial(1)).unwrap().unwrap().moves, 2);
    station
        .add(Event::ChipRefused {
            serial: serial(99),
            reader: "Reader 0".into(),
            reason: "chip.unknown".into(),
        })
        .unwrap();
    station.add(quarantined()).unwrap();
    assert_eq!(state(), ChipState::Quarantined);
    assert!(matches!(
        station.conflict(released(9)),
        Conflict::NotApproved { .. }
    ));
    station
        .add(approved(9, Purpose::ReleaseQuarantine, &serial(1)))
        .unwrap();
    station.add(released(9)).unwrap();
    assert_eq!(state(), ChipState::Blank);
    station.add(approved(10, Purpose::Destroy, &serial(1))).unwrap();
    let blank = Conflict::ChipState {
        serial: serial(1),
        state: "BLANK",
    };
    assert_eq!(station.conflict(destroyed(10)), blank);
    station.add(spoiled()).unwrap();
    assert_eq!(
        store.chip(&serial(1)).unwrap().unwrap().reason.as_deref(),
        Some("bent")
    );
    station.add(destroyed(10)).unwrap();
    for event in [spoiled(), quarantined(), moved("hn-01", "hn-02", 3)] {
        let gone = Conflict::ChipState {
            serial: serial(1),
            state: "DESTROYED",
        };
        assert_eq!(station.conflict(event), gone);
    }
    station.add(chip(2)).unwrap();
    let filter = ChipFilter {
        state: Some(ChipState::Blank),
        station: Some("hn-01".into()),
        delivery: Some("delivery-1".into()),
        applet_version: Some("0.1.0".into()),
    };
    let found = store.chips(&filter).unwrap();
    assert_eq!(
        found.iter().map(|chip| &chip.serial).collect::<Vec<_>>(),
        [&serial(2)]
    );
    assert_eq!(store.chips(&ChipFilter::default()).unwrap().len(), 2);
}

pub fn keys_belong_to_one_chip(factory: Factory<'_>) {
    let store = factory(&[opened(1)]);
    let station = Station { store: &*store };
    station.add(chip(1)).unwrap();
    let Event::ChipRegistered {
        manifest,
        delivery,
        applet_version,
        station: place,
        moves,
        ..
    } = chip(2)
    else {
        unreachable!("chip() registers one")
    };
    let twin = Event::ChipRegistered {
        serial: serial(2),
        manifest,
        keys: vec![hex(77, 64), hex(1, 64)],
        delivery,
        applet_version,
        station: place,
        moves,
    };
    assert_eq!(station.conflict(twin), Conflict::KeyTwice(serial(2)));
    assert_eq!(store.chip(&serial(2)).unwrap(), None);
    station.add(chip(2)).unwrap();
    station.batch("b", 1, &[(1, 1, None)]);
    let drawn = |serial: String, key| Event::ChipKeysDrawn {
        serial,
        job: job_id(1),
        keys: vec![hex(key, 64)],
    };
    let blank = Conflict::ChipState {
        serial: serial(2),
        state: "BLANK",
    };
    assert_eq!(station.conflict(drawn(serial(2), 50)), blank);
    station.add(station.intend(1, 1, 2, 1)).unwrap();
    assert_eq!(
        station.conflict(drawn(serial(2), 1)),
        Conflict::KeyTwice(serial(2))
    );
    // A key that it drew ahead, and a new one.
    station.add(drawn(serial(2), 2)).unwrap();
    station.add(drawn(serial(2), 50)).unwrap();
    station.fail(1, 1, ChipState::Spoiled, JobState::Pending);
    station.add(station.intend(1, 2, 1, 2)).unwrap();
    assert_eq!(
        station.conflict(drawn(serial(1), 50)),
        Conflict::KeyTwice(serial(1))
    );
}
