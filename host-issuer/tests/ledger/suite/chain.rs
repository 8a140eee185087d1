//! The chain, and what is taken into it.

use host_issuer::ledger::chain::digest;
use host_issuer::ledger::error::{Conflict, LedgerError};
use host_issuer::ledger::{Entry, Event};

use super::Factory;
use crate::station::{Station, approved, chip, entry, hex, opened, serial};
use host_issuer::ledger::event::Purpose;

pub fn binds_every_event(factory: Factory<'_>) {
    let store = factory(&[opened(1)]);
    for number in 0..7 {
        store.append(&[entry(chip(number))]).unwrap();
    }
    let head = store.append(&[]).unwrap();
    assert_eq!(head.sequence, 8);
    assert_eq!(head, store.head().unwrap());
    let mut previous = [0; 32];
    let (one, two) = (store.events(0, 5).unwrap(), store.events(5, 100).unwrap());
    assert_eq!((one.len(), two.len()), (5, 3));
    for (number, chained) in (1..).zip(one.iter().chain(&two)) {
        assert_eq!(chained.sequence, number);
        previous = digest(&previous, number, &chained.content);
        assert_eq!(chained.digest, previous);
        let entry: Entry = serde_json::from_slice(&chained.content).unwrap();
        assert_eq!(serde_json::to_vec(&entry).unwrap(), chained.content);
    }
    assert_eq!(previous, head.digest);
    assert_eq!(store.identifier().unwrap(), hex(1, 32));
}

pub fn opens_once(factory: Factory<'_>) {
    let store = factory(&[opened(1)]);
    let station = Station { store: &*store };
    let conflict = station.conflict(opened(2).event);
    assert!(
        matches!(conflict, Conflict::State { what: "ledger", .. }),
        "{conflict}"
    );
}

pub fn all_or_none(factory: Factory<'_>) {
    let store = factory(&[opened(1)]);
    let before = store.head().unwrap();
    let error = store.append(&[entry(chip(1)), entry(chip(2)), entry(chip(1))]);
    assert!(
        matches!(error, Err(LedgerError::Conflict(Conflict::SerialTwice(_)))),
        "{error:?}"
    );
    assert_eq!(store.head().unwrap(), before);
    assert_eq!(store.chip(&serial(2)).unwrap(), None);
    store.append(&[entry(chip(1)), entry(chip(2))]).unwrap();
    assert!(store.chip(&serial(2)).unwrap().is_some());
}

pub fn exact_forms(factory: Factory<'_>) {
    let store = factory(&[opened(1)]);
    let refuses = |entry: Entry, field: &str| {
        let error = store.append(std::slice::from_ref(&entry)).unwrap_err();
        match error {
            LedgerError::Conflict(Conflict::Malformed { field: named, .. }) => assert_eq!(named, field),
            other => panic!("{entry:?}: {other}"),
        }
    };
    for at in [
        "2026-11-24T09:00:00.5Z",
        "2026-11-24T09:00:00+07:00",
        "2026-11-24 09:00:00Z",
        "yesterday",
        "",
    ] {
        let mut late = entry(chip(1));
        late.at = at.into();
        refuses(late, "at");
    }
    let mut nameless = entry(chip(1));
    nameless.actor = " ".into();
    refuses(nameless, "actor");
    let job = |job: String, citizen: String| {
        entry(Event::JobAccepted {
            job,
            batch: "b".into(),
            content_sha256: hex(1, 64),
            citizen,
            province: "001".into(),
            reason: host_issuer::ledger::event::JobKind::First,
            replaces: None,
        })
    };
    // A citizen number in the place of its keyed digest.
    refuses(job(hex(1, 32), "001099012345".into()), "citizen");
    refuses(job(hex(1, 31), hex(1, 64)), "job");
    let quarantined = |serial: String, reason: String| entry(Event::ChipQuarantined { serial, reason });
    refuses(quarantined(hex(0xAB, 20), "odd".into()), "serial");
    refuses(quarantined(serial(1), "two\nlines".into()), "reason");
    refuses(quarantined(serial(1), "x".repeat(257)), "reason");
    let Event::ChipRegistered {
        serial,
        keys,
        delivery,
        applet_version,
        station,
        ..
    } = chip(1)
    else {
        unreachable!("chip() registers one")
    };
    refuses(
        entry(Event::ChipRegistered {
            serial,
            manifest: "x".repeat(49_153),
            keys,
            delivery,
            applet_version,
            station,
            moves: 0,
        }),
        "manifest",
    );
    let mut alone = approved(1, Purpose::StartBatch, "b");
    if let Event::ApprovalUsed { approved_by, .. } = &mut alone {
        *approved_by = "An".into();
    }
    refuses(entry(alone), "approved_by");
    assert_eq!(store.head().unwrap().sequence, 1);
}
