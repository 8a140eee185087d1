//! Chips that are spoiled, kept apart, released and destroyed; what was counted; which cards are recalled.

use std::collections::BTreeMap;

use host_issuer::ledger::LedgerStore as _;
use host_issuer::ledger::event::{CardState, ChipState};
use host_issuer::ledger::view::CardFilter;
use host_issuer::station::approvals::Act;
use host_issuer::station::shift;
use host_issuer::station::stock::StockError;
use host_issuer::station::stock::change::{self, SPOILED};
use host_issuer::station::stock::recall;
use host_issuer::station::stock::reconcile::{Counted, reconcile};
use host_issuer::station::stock::register::register;

use crate::ledger_events::card_id;
use crate::shop::{Shop, manifest, serial};

fn state(shop: &Shop, number: u8) -> ChipState {
    shop.store.chip(&serial(number)).unwrap().unwrap().state
}

/// Chips 1 to 6; 5 and 6 are the cards 1 and 2.
fn stocked() -> Shop {
    let shop = Shop::open();
    shop.register(&[1, 2, 3, 4, 5], "delivery-1", "0.1.0");
    shop.register(&[6], "delivery-2", "0.2.0");
    let events = shop.events();
    events.batch("batch-1", 1, &[(1, 1, None), (2, 2, None)]);
    events.issue(1, 1, 5, 1);
    events.issue(2, 1, 6, 2);
    shop
}

#[test]
fn a_delivery_comes_in_whole_or_not_at_all() {
    let shop = Shop::open();
    let desk = shop.desk("An");
    let (one, two) = (manifest(1), manifest(2));
    register(&desk, std::slice::from_ref(&one), "delivery-1", "0.1.0").unwrap();
    let error = register(&desk, &[two.clone(), one], "delivery-2", "0.1.0").unwrap_err();
    assert!(error.to_string().contains("registered before"), "{error}");
    assert!(shop.store.chip(&serial(2)).unwrap().is_none());
    // A copy with a serial number of its own.
    register(&desk, std::slice::from_ref(&two), "delivery-2", "0.1.0").unwrap();
    let copy = personalization::attestation::StockManifest::new([7; 10], &two.attestation_point()).unwrap();
    let error = register(&desk, &[copy], "delivery-3", "0.1.0").unwrap_err();
    assert!(error.to_string().contains("another chip"), "{error}");
    assert!(matches!(
        register(&desk, &[], "delivery-4", "1"),
        Err(StockError::Count(_))
    ));
}

#[test]
fn quarantine_is_left_with_two_people_only() {
    let shop = stocked();
    let desk = shop.desk("Em");
    for number in [1, 2, 3] {
        change::quarantine(&desk, &serial(number), "chip.removed").unwrap();
    }
    assert!(change::quarantine(&desk, &serial(1), "again").is_err());
    assert!(change::quarantine(&desk, &serial(5), "a card").is_err());
    let two = [serial(2), serial(1)];
    let presented = shop.yes(&Act::ReleaseQuarantine {
        serials: two.to_vec(),
    });
    // Not for others, not for fewer.
    for other in [
        vec![serial(3)],
        vec![serial(1)],
        vec![serial(1), serial(2), serial(3)],
    ] {
        assert!(change::release(&desk, &other, &presented).is_err());
    }
    change::release(&desk, &two, &presented).unwrap();
    assert_eq!(
        [1, 2, 3].map(|number| state(&shop, number)),
        [ChipState::Blank, ChipState::Blank, ChipState::Quarantined]
    );
    change::quarantine(&desk, &serial(1), "chip.removed").unwrap();
    change::quarantine(&desk, &serial(2), "chip.removed").unwrap();
    assert!(change::release(&desk, &two, &presented).is_err(), "used");
    assert_eq!(
        shop.refusals(),
        ["other_subject", "other_subject", "other_subject", "replayed"]
    );
}

#[test]
fn a_card_is_spoiled_revoked_and_destroyed() {
    let shop = stocked();
    let desk = shop.desk("An");
    change::spoil(&desk, &serial(1), "print.misaligned", None).unwrap();
    let error = change::spoil(&desk, &serial(5), "print.misaligned", None).unwrap_err();
    assert!(matches!(error, StockError::ValidCard { .. }), "{error}");
    let presented = shop.yes(&Act::Revoke {
        card_id: card_id(1),
        reason: SPOILED.into(),
    });
    assert!(
        change::spoil(&desk, &serial(6), "x", Some(&presented)).is_err(),
        "another card"
    );
    change::spoil(&desk, &serial(5), "print.misaligned", Some(&presented)).unwrap();
    let card = shop.store.card(&card_id(1)).unwrap().unwrap();
    assert_eq!(
        (card.state, state(&shop, 5)),
        (CardState::Revoked, ChipState::Spoiled)
    );

    // Blank chips and cards in somebody's hand are not destroyed.
    for number in [2, 6] {
        let act = Act::Destroy {
            serials: vec![serial(number)],
        };
        assert!(act.details(&desk).is_err());
    }
    let both = [serial(1), serial(5)];
    let presented = shop.yes(&Act::Destroy {
        serials: both.to_vec(),
    });
    change::destroy(&desk, &both, &presented).unwrap();
    assert_eq!([state(&shop, 1), state(&shop, 5)], [ChipState::Destroyed; 2]);
}

#[test]
fn what_was_counted_against_the_ledger() {
    let shop = stocked();
    let desk = shop.desk("An");
    change::quarantine(&desk, &serial(1), "chip.removed").unwrap();
    change::spoil(&desk, &serial(2), "print.misaligned", None).unwrap();
    let count = |chips: &[(u8, Option<ChipState>)]| {
        let chips = chips.iter().map(|(number, pile)| (serial(*number), *pile));
        reconcile(&desk, &Counted::Serials(chips.collect())).unwrap()
    };
    // 3 and 4 are blank.
    assert!(count(&[(1, None), (2, None), (3, None), (4, None)]).agrees());
    assert!(count(&[(1, Some(ChipState::Quarantined)), (2, None), (3, None), (4, None)]).agrees());
    let wrong = count(&[
        (1, Some(ChipState::Blank)),
        (3, None),
        (4, None),
        (5, None),
        (9, None),
    ]);
    assert!(!wrong.agrees());
    let found: Vec<(String, &str)> = wrong
        .differences
        .iter()
        .map(|difference| (difference.serial.clone(), difference.what))
        .collect();
    assert_eq!(
        found,
        [
            (serial(1), "other_state"),
            (serial(2), "missing"),
            (serial(5), "not_on_shelf"),
            (serial(9), "unknown"),
        ]
    );
    let numbers = BTreeMap::from([("BLANK", 2), ("QUARANTINED", 1), ("SPOILED", 1)]);
    assert!(reconcile(&desk, &Counted::Numbers(numbers)).unwrap().agrees());

    // The shift is closed with these numbers by two people, and not when something happened after they signed.
    let counted = Counted::Numbers(BTreeMap::from([("BLANK", 2), ("QUARANTINED", 1), ("SPOILED", 1)]));
    let presented = shop.yes(&shift::act(&desk, &counted).unwrap());
    change::quarantine(&desk, &serial(3), "chip.removed").unwrap();
    assert!(shift::close(&desk, &counted, &presented).is_err());
    let counted = Counted::Numbers(BTreeMap::from([("BLANK", 1), ("QUARANTINED", 2), ("SPOILED", 1)]));
    let presented = shop.yes(&shift::act(&desk, &counted).unwrap());
    assert!(shift::close(&desk, &counted, &presented).unwrap().agrees());
    assert_eq!(shop.refusals(), ["other_details"]);
}

#[test]
fn cards_are_recalled_by_delivery_applet_and_time() {
    let shop = stocked();
    let desk = shop.desk("An");
    let find = |filter: CardFilter| -> Vec<String> {
        let found = recall::find(&desk, &filter).unwrap();
        found.into_iter().map(|card| card.card_id).collect()
    };
    let all = CardFilter::default();
    let by = |change: fn(&mut CardFilter)| {
        let mut filter = all.clone();
        change(&mut filter);
        filter
    };
    assert_eq!(find(all.clone()), [card_id(1), card_id(2)]);
    assert_eq!(
        find(by(|filter| filter.delivery = Some("delivery-1".into()))),
        [card_id(1)]
    );
    assert_eq!(
        find(by(|filter| filter.applet_version = Some("0.2.0".into()))),
        [card_id(2)]
    );
    assert!(find(by(|filter| filter.until = Some("2026-11-24T09:00:00Z".into()))).is_empty());
    assert_eq!(
        find(by(|filter| filter.from = Some("2026-11-24T09:00:00Z".into()))).len(),
        2
    );
    let cards = recall::find(&desk, &by(|filter| filter.delivery = Some("delivery-1".into()))).unwrap();
    assert_eq!(
        recall::suspend(&desk, &cards, "recall.weak_keys").unwrap(),
        [card_id(1)]
    );
    assert_eq!(
        shop.store.card(&card_id(1)).unwrap().unwrap().state,
        CardState::Suspended
    );
    let cards = recall::find(&desk, &all).unwrap();
    assert_eq!(
        recall::suspend(&desk, &cards, "recall.weak_keys").unwrap(),
        [card_id(2)],
        "no card twice"
    );
}
