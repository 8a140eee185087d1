//! Two people, officers, quotas.

use host_issuer::ledger::Event;
use host_issuer::ledger::error::Conflict;
use host_issuer::ledger::event::{ChipState, Purpose, Role, StockCount};

use super::Factory;
use crate::station::{Station, approved, hex, officer, opened};

pub fn allow_one_thing_once(factory: Factory<'_>) {
    let store = factory(&[opened(1)]);
    let station = Station { store: &*store };
    for batch in ["a", "b"] {
        station
            .add(Event::BatchCreated {
                batch: batch.into(),
                profile: "vn-cc-2024".into(),
                jobs: 0,
            })
            .unwrap();
    }
    let started = |batch: &str, approval| Event::BatchStarted {
        batch: batch.into(),
        approval: hex(approval, 64),
    };
    let why = |event| match station.conflict(event) {
        Conflict::NotApproved { why, .. } => why,
        other => panic!("{other}"),
    };
    assert!(!store.approval_seen(&hex(1, 64)).unwrap());
    station.add(approved(1, Purpose::StartBatch, "a")).unwrap();
    assert!(store.approval_seen(&hex(1, 64)).unwrap());
    let twice = station.conflict(approved(1, Purpose::StartBatch, "a"));
    assert_eq!(twice, Conflict::ApprovalTwice(hex(1, 64)));
    assert_eq!(why(started("b", 1)), "for something else");
    assert_eq!(why(started("a", 2)), "not in the ledger");
    station.add(approved(3, Purpose::CloseBatch, "a")).unwrap();
    assert_eq!(why(started("a", 3)), "for another purpose");
    let refused = |approval| Event::ApprovalRefused {
        approval: hex(approval, 64),
        purpose: Purpose::StartBatch,
        subject: "a".into(),
        reason: "self_approval".into(),
    };
    // What was refused may be presented again, and counts when what it lacked is there.
    station.add(refused(4)).unwrap();
    station.add(refused(4)).unwrap();
    assert!(!store.approval_seen(&hex(4, 64)).unwrap());
    assert_eq!(why(started("a", 4)), "not in the ledger");
    station.add(refused(1)).unwrap();
    station.add(started("a", 1)).unwrap();
    let extended = |approval| Event::QuotaExtended {
        document_signer: "0A".into(),
        signatures: 100,
        approval: hex(approval, 64),
    };
    station.add(approved(5, Purpose::ExtendQuota, "0A")).unwrap();
    station.add(extended(5)).unwrap();
    assert_eq!(why(extended(5)), "spent");
    assert_eq!(store.document_signer("0A").unwrap().extended, 100);
}

pub fn officers_and_signers(factory: Factory<'_>) {
    let store = factory(&[opened(1)]);
    let station = Station { store: &*store };
    assert!(store.officers().unwrap().is_empty());
    let first = vec![
        officer("Bình", Role::Supervisor, 2),
        officer("An", Role::Operator, 1),
    ];
    station
        .add(Event::OfficersSet {
            officers: first.clone(),
        })
        .unwrap();
    assert_eq!(store.officers().unwrap(), first);
    let mut twice = first.clone();
    twice[0].name = "An".into();
    let refused = station.conflict(Event::OfficersSet { officers: twice });
    assert!(
        matches!(
            refused,
            Conflict::Malformed {
                field: "officers",
                ..
            }
        ),
        "{refused}"
    );
    let second = vec![officer("An", Role::Auditor, 1)];
    station
        .add(Event::OfficersSet {
            officers: second.clone(),
        })
        .unwrap();
    assert_eq!(store.officers().unwrap(), second);
    assert_eq!(store.document_signer("0A").unwrap(), Default::default());
    station.add(approved(9, Purpose::CloseShift, "hn-01")).unwrap();
    station
        .add(Event::ShiftClosed {
            operator: "An".into(),
            supervisor: "Bình".into(),
            counted: vec![StockCount {
                state: ChipState::Blank,
                expected: 3,
                counted: 3,
            }],
            approval: hex(9, 64),
        })
        .unwrap();
}
