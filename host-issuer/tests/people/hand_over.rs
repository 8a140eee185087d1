//! Chips between two stations: whatever becomes of the file, no chip is in two stocks.

use host_issuer::ledger::error::Conflict;
use host_issuer::ledger::event::ChipState;
use host_issuer::ledger::{LedgerError, LedgerStore as _};
use host_issuer::station::stock::StockError;
use host_issuer::station::stock::change::quarantine;
use host_issuer::station::stock::hand_over::{HandOver, TakenIn, give, take_in};
use personalization::attestation::StockManifest;
use proptest::prelude::*;

use crate::shop::{NOW, People, Shop, manifest, serial};

fn shops() -> [Shop; 2] {
    [
        Shop::named("hn-01", 1, People::new()),
        Shop::named("hn-02", 2, People::new()),
    ]
}

/// Gives chips from one to the other, and the file of it.
fn given(from: &Shop, to: &str, numbers: &[u8]) -> Result<Vec<u8>, StockError> {
    let serials: Vec<String> = numbers.iter().map(|number| serial(*number)).collect();
    let hand_over = give(&from.desk("An"), to, &serials)?;
    Ok(hand_over.sign(NOW, &from.people.an.key).unwrap())
}

fn taken(to: &Shop, from: &Shop, file: &[u8]) -> Result<TakenIn, StockError> {
    let (hand_over, approval) = HandOver::parse(file)?;
    take_in(&to.desk("Em"), &hand_over, &approval, &[from.people.an.officer()])
}

/// Whether the chip is in stock there: could a card be made of it?
fn has(shop: &Shop, number: u8) -> bool {
    shop.desk("An").chip(&serial(number)).is_ok()
}

#[test]
fn chips_go_to_another_station_and_come_back() {
    let [one, other] = shops();
    one.register(&[1, 2, 3], "delivery-1", "0.1.0");
    quarantine(&one.desk("An"), &serial(2), "chip.silent").unwrap();
    let file = given(&one, "hn-02", &[1, 2]).unwrap();
    assert!(!has(&one, 1) && !has(&other, 1), "on the way it is nowhere");
    let first = taken(&other, &one, &file).unwrap();
    assert_eq!(first.arrived, [serial(1), serial(2)]);
    let chip = other.store.chip(&serial(2)).unwrap().unwrap();
    assert_eq!(
        (chip.state, chip.reason.as_deref()),
        (ChipState::Quarantined, Some("chip.silent"))
    );
    assert_eq!(
        (chip.delivery.as_str(), chip.applet_version.as_str()),
        ("delivery-1", "0.1.0")
    );

    // The file once more, and the file written again because it was lost: nothing happens.
    let again = given(&one, "hn-02", &[1, 2]).unwrap();
    for file in [&file, &again] {
        let head = other.store.head().unwrap();
        assert_eq!(taken(&other, &one, file).unwrap().known, [serial(1), serial(2)]);
        assert_eq!(other.store.head().unwrap(), head);
    }
    // Back, and then the first file again: it is old.
    let back = given(&other, "hn-01", &[1]).unwrap();
    assert_eq!(taken(&one, &other, &back).unwrap().arrived, [serial(1)]);
    assert!(has(&one, 1) && !has(&other, 1));
    assert_eq!(taken(&other, &one, &file).unwrap().arrived, Vec::<String>::new());
    assert!(!has(&other, 1), "it would be in two stocks");
}

#[test]
fn what_is_not_taken_in() {
    let [one, other] = shops();
    one.register(&[1], "delivery-1", "0.1.0");
    let third = Shop::named("hn-03", 3, People::new());
    for (to, number) in [("hn-01", 1), ("hn-02", 9)] {
        assert!(given(&one, to, &[number]).is_err(), "{to}, {number}");
    }
    assert!(give(&one.desk("An"), "hn-02", &[]).is_err());
    let file = given(&one, "hn-02", &[1]).unwrap();
    let elsewhere = given(&one, "hn-03", &[1]).unwrap_err();
    assert!(
        matches!(
            &elsewhere,
            StockError::Ledger(LedgerError::Conflict(Conflict::ChipElsewhere { .. }))
        ),
        "given to one, it cannot be given to another: {elsewhere}"
    );
    assert!(matches!(
        taken(&third, &one, &file),
        Err(StockError::OtherStation(_))
    ));
    // Signed by nobody whom they know, or by another of that name.
    let (hand_over, approval) = HandOver::parse(&file).unwrap();
    let desk = other.desk("Em");
    let by_name = take_in(&desk, &hand_over, &approval, &[]).unwrap_err();
    assert!(
        matches!(by_name, StockError::Signature(_)),
        "the An of hn-02 did not sign: {by_name}"
    );
    let stranger = take_in(
        &third.desk("Em"),
        &hand_over,
        &approval,
        &[one.people.binh.officer()],
    );
    assert!(stranger.is_err());
    // A copy of the chip was registered there by its maker's word.
    let copy: StockManifest = manifest(1);
    host_issuer::station::stock::register::register(&desk, &[copy], "delivery-9", "0.1.0").unwrap();
    let error = taken(&other, &one, &file).unwrap_err();
    assert!(matches!(error, StockError::NeverLeft(_)), "{error}");
    assert!(matches!(HandOver::parse(b"{}"), Err(StockError::HandOver(_))));
}

#[test]
fn every_byte_of_a_hand_over_counts() {
    let [one, other] = shops();
    one.register(&[1], "delivery-1", "0.1.0");
    let file = given(&one, "hn-02", &[1]).unwrap();
    let head = other.store.head().unwrap();
    // The line feed at the end is no part of it.
    for at in 0..file.len() - 1 {
        let mut altered = file.clone();
        altered[at] ^= 0x01;
        assert!(taken(&other, &one, &altered).is_err(), "byte {at}");
    }
    assert_eq!(other.store.head().unwrap(), head);
    taken(&other, &one, &file).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Files are lost, doubled and late; people give and take as they like.
    #[test]
    fn a_chip_is_in_no_two_stocks(steps in prop::collection::vec((0u8..4, any::<prop::sample::Index>()), 1..24)) {
        let shops = shops();
        shops[0].register(&[1], "delivery-1", "0.1.0");
        let mut files: Vec<(usize, Vec<u8>)> = Vec::new();
        for (step, which) in steps {
            match step {
                0 | 1 => {
                    let from = usize::from(step);
                    let to = ["hn-02", "hn-01"][from];
                    if let Ok(file) = given(&shops[from], to, &[1]) {
                        files.push((1 - from, file));
                    }
                }
                _ if files.is_empty() => {}
                2 => {
                    let (to, file) = &files[which.index(files.len())];
                    let _ = taken(&shops[*to], &shops[1 - *to], file);
                }
                _ => {
                    files.remove(which.index(files.len()));
                }
            }
            prop_assert!(!(has(&shops[0], 1) && has(&shops[1], 1)), "in two stocks");
        }
    }
}
