//! EF.CardAccess with several PACE parameter sets: what MSE:Set AT must say, and that each of them runs.

use crate::support::*;
use test_vectors::pace;

/// GM with AES-128 on P-256 and on brainpoolP256r1, GM with AES-192 on brainpoolP384r1, IM with AES-192 on P-256, and
/// two that this chip does not have: IM over a MODP group, GM with AES-256 on brainpoolP512r1.
const SETS: [(u8, u8, u8); 6] = [
    (2, 2, 12),
    (2, 2, 13),
    (2, 3, 16),
    (4, 3, 12),
    (3, 2, 0),
    (2, 4, 17),
];

fn oid(mapping: u8, cipher: u8) -> String {
    format!("04007F00070202040{mapping}0{cipher}")
}

fn card_access(sets: &[(u8, u8, u8)]) -> String {
    let infos: String = sets
        .iter()
        .map(|(mapping, cipher, id)| format!("3012060A{}0201020201{id:02X}", oid(*mapping, *cipher)))
        .collect();
    match infos.len() / 2 {
        len @ 0..=0x7F => format!("31{len:02X}{infos}"),
        len => format!("3181{len:02X}{infos}"),
    }
}

fn card_with(sets: &[(u8, u8, u8)]) -> TestCard {
    let mut card = TestCard::blank();
    load(&mut card, &card_access(sets), b"");
    card
}

/// MSE:Set AT for the CAN.
fn set_at(mapping: u8, cipher: u8, parameter_id: Option<u8>) -> String {
    let mut template = format!("800A{}830102", oid(mapping, cipher));
    if let Some(id) = parameter_id {
        template += &format!("8401{id:02X}");
    }
    format!("0022C1A4{:02X}{template}", template.len() / 2)
}

#[test]
fn which_set_must_be_said_where_it_is_ambiguous_and_may_be_said_always() {
    let mut card = card_with(&SETS);
    for (mapping, cipher, parameter_id, expected) in [
        // Two sets of one protocol.
        (2, 2, None, "6A88"),
        (2, 2, Some(12), "9000"),
        (2, 2, Some(13), "9000"),
        // On the card, but for another protocol; and not on the card.
        (2, 2, Some(16), "6A88"),
        (2, 2, Some(15), "6A88"),
        (2, 2, Some(0), "6A88"),
        // One set of its protocol.
        (2, 3, None, "9000"),
        (2, 3, Some(16), "9000"),
        (2, 3, Some(12), "6A88"),
        (4, 3, None, "9000"),
        (4, 3, Some(12), "9000"),
        (4, 3, Some(13), "6A88"),
        // Protocols that are not on the card.
        (4, 2, Some(12), "6A80"),
        (2, 1, None, "6A80"),
        (6, 2, Some(12), "6A80"),
        // On the card, but this chip has no such mapping or curve.
        (3, 2, None, "6A80"),
        (3, 2, Some(0), "6A80"),
        (2, 4, None, "6A88"),
        (2, 4, Some(17), "6A88"),
    ] {
        card.reset();
        let command = set_at(mapping, cipher, parameter_id);
        assert_eq!(card.status(&command), expected, "{command}");
        // Only a choice that was taken leads to a nonce.
        let nonce = card.status("10860000027C0000");
        assert_eq!(
            nonce,
            if expected == "9000" { "9000" } else { "6985" },
            "{command}"
        );
    }
}

/// A refused choice leaves nothing of the one before.
#[test]
fn a_refused_choice_ends_the_one_before() {
    let mut card = card_with(&SETS);
    assert_eq!(card.status(&set_at(2, 2, Some(12))), "9000");
    assert_eq!(card.status(&set_at(2, 2, None)), "6A88");
    assert_eq!(card.status("10860000027C0000"), "6985");
}

/// 9303-11, 4.4.4.1, note 2: data objects that the command does not know are passed over; those that it knows must be
/// right, and there once.
#[test]
fn unknown_data_objects_are_passed_over() {
    let mut card = card_with(&SETS[..1]);
    let with = |extra: &str| {
        let template = format!("800A{}830102{extra}", oid(2, 2));
        format!("0022C1A4{:02X}{template}", template.len() / 2)
    };
    for (extra, expected) in [
        ("", "9000"),
        ("8500", "9000"),
        ("910100", "9000"),
        ("5F2001AA", "9000"),
        ("84010C84010C", "6A80"),
        ("84020C0C", "6A80"),
        ("8400", "6A80"),
        ("83020202", "6A80"),
        ("8501", "6A80"),
    ] {
        assert_eq!(card.status(&with(extra)), expected, "{extra}");
    }
}

/// Every set of a card runs, as the published and second-implementation transcripts have it, with DO'84' in the choice.
#[test]
fn every_set_of_a_card_runs() {
    // Those with the CAN that the card has.
    let generic = pace::generic_mapping_vectors().into_iter();
    let runs = generic
        .filter(|vector| vector.password == "123456")
        .map(|vector| {
            let draws = [&vector.nonce, &vector.map_chip_priv, &vector.ka_chip_priv].map(Clone::clone);
            (
                vector.oid.clone(),
                vector.parameter_id,
                draws.to_vec(),
                vector.exchanges(),
            )
        })
        .chain(pace::integrated_mapping_vectors().into_iter().map(|vector| {
            let draws = vec![vector.nonce.clone(), vector.ka_chip_priv.clone()];
            (vector.oid.clone(), vector.parameter_id, draws, vector.exchanges())
        }));
    let runs: Vec<_> = runs.collect();
    let sets: std::collections::BTreeSet<_> =
        runs.iter().map(|(oid, id, ..)| (oid[8], oid[9], *id)).collect();
    assert!(sets.len() >= 12, "{sets:?}");
    let sets: Vec<_> = sets.into_iter().collect();
    // As many sets as a profile may have.
    for sets in sets.chunks(8) {
        let mut card = card_with(sets);
        for (oid, parameter_id, draws, exchanges) in &runs {
            if !sets.contains(&(oid[8], oid[9], *parameter_id)) {
                continue;
            }
            card.reset();
            {
                let mut script = card.rng.script.borrow_mut();
                script.clear();
                script.extend(draws.clone());
            }
            assert_eq!(card.status(&set_at(oid[8], oid[9], Some(*parameter_id))), "9000");
            for exchange in &exchanges[1..] {
                assert_eq!(
                    card.try_send(&exchange.command).unwrap(),
                    exchange.response,
                    "{oid:02X?} {parameter_id} {}",
                    exchange.name
                );
            }
        }
    }
}

/// The file's length costs nothing: forty other infos and a long one before the set that is meant.
#[test]
fn a_long_file_is_looked_through() {
    let other = "300D06082A864886F70D0101020101";
    let long = format!("306606082A864886F70D0102045A{}", "5A".repeat(90));
    let info = format!("3012060A{}0201020201{:02X}", oid(2, 2), 13);
    let infos = format!("{}{long}{info}", other.repeat(40));
    let mut card = TestCard::blank();
    load(&mut card, &format!("3182{:04X}{infos}", infos.len() / 2), b"");
    assert_eq!(card.status(&set_at(2, 2, None)), "9000");
    assert_eq!(card.status("10860000027C0000"), "9000");
}

/// The rule as 9303-11 has it, read anew: the status word of MSE:Set AT.
fn naive_answer(sets: &[(u8, u8, u8)], mapping: u8, cipher: u8, parameter_id: Option<u8>) -> &'static str {
    let offered: std::collections::BTreeSet<u8> = sets
        .iter()
        .filter(|set| (set.0, set.1) == (mapping, cipher))
        .map(|set| set.2)
        .collect();
    let is_of_this_chip = matches!(mapping, 2 | 4 | 6);
    if offered.is_empty() || !is_of_this_chip {
        return "6A80";
    }
    let chosen = match parameter_id {
        Some(id) => offered.contains(&id).then_some(id),
        None if offered.len() == 1 => offered.first().copied(),
        None => None,
    };
    match chosen {
        // Chip authentication mapping needs a static key, which these cards do not have.
        Some(12 | 13 | 15 | 16) if mapping != 6 => "9000",
        _ => "6A88",
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(12))]

    /// Whatever EF.CardAccess offers and whatever is asked for.
    #[test]
    fn any_offer_and_any_choice(
        sets in proptest::collection::vec((1..=6_u8, 1..=4_u8, 11..=18_u8), 1..=8),
        strangers in proptest::collection::vec((1..=6_u8, 1..=4_u8, 11..=18_u8), 8),
    ) {
        // Mapping 5 is none, and PACE-CAM has no 3DES: such entries are no PACEInfos.
        let is_pace = |set: &(u8, u8, u8)| set.0 != 5 && (set.0, set.1) != (6, 1);
        let known: Vec<_> = sets.iter().copied().filter(is_pace).collect();
        let mut card = card_with(&sets);
        for (mapping, cipher, id) in sets.iter().chain(&strangers) {
            for parameter_id in [None, Some(*id), Some(id ^ 1)] {
                card.reset();
                let expected = naive_answer(&known, *mapping, *cipher, parameter_id);
                let command = set_at(*mapping, *cipher, parameter_id);
                proptest::prop_assert_eq!(card.status(&command), expected, "{:?} {}", known, command);
            }
        }
    }
}
