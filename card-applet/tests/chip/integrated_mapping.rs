//! PACE with integrated mapping, played to a whole card whose random numbers are the published ones.

use crate::support::*;
use test_vectors::pace;

/// Every integrated mapping run: appendix H.1 of 9303-11 and the second implementation's. The chip's mapping data
/// object is empty.
#[test]
fn integrated_mapping_with_every_cipher_and_curve() {
    let mut runs = std::collections::BTreeSet::new();
    for vector in pace::integrated_mapping_vectors() {
        let mut card = integrated_card(&vector);
        for exchange in vector.exchanges() {
            assert_eq!(
                card.try_send(&exchange.command).unwrap(),
                exchange.response,
                "{} {}",
                vector.id,
                exchange.name
            );
        }
        assert!(card.rng.script.borrow().is_empty(), "{}", vector.id);
        runs.insert((vector.oid[9], vector.parameter_id));
    }
    let ciphers: std::collections::BTreeSet<_> = runs.iter().map(|(cipher, _)| cipher).collect();
    let curves: std::collections::BTreeSet<_> = runs.iter().map(|(_, curve)| curve).collect();
    assert_eq!((ciphers.len(), curves.len()), (4, 4), "{runs:?}");
}

/// A card that offers the vector's protocol, and will draw what the vector's chip drew.
fn integrated_card(vector: &pace::IntegratedVector) -> TestCard {
    let mut card = TestCard::blank();
    let info = format!(
        "3012060A{}0201020201{:02X}",
        hex::encode(&vector.oid),
        vector.parameter_id
    );
    load(&mut card, &format!("3114{info}"), b"");
    draw_as(&mut card, vector);
    card
}

fn draw_as(card: &mut TestCard, vector: &pace::IntegratedVector) {
    let mut script = card.rng.script.borrow_mut();
    script.clear();
    script.extend([vector.nonce.clone(), vector.ka_chip_priv.clone()]);
}

/// Every byte of the terminal's mapping data, key and token of appendix H.1 flipped. A flipped nonce t leads to another
/// generator, so that the terminal's own token no longer fits; everything else is refused where it stands.
#[test]
fn every_flipped_byte_of_integrated_mapping_is_noticed() {
    let vector = pace::integrated_worked_example();
    let exchanges = vector.exchanges();
    let mut card = integrated_card(&vector);
    for (step, tampered) in exchanges.iter().enumerate().skip(2) {
        for at in 5..tampered.command.len() - 1 {
            card.reset();
            draw_as(&mut card, &vector);
            for exchange in &exchanges[..step] {
                assert_eq!(card.try_send(&exchange.command).unwrap(), exchange.response);
            }
            let mut flipped = tampered.command.clone();
            flipped[at] ^= 0x01;
            let status = hex::encode(card.try_send(&flipped).unwrap());
            let is_nonce_t = step == 2 && at >= 9;
            if !is_nonce_t {
                assert!(
                    matches!(&*status, "6a80" | "6300"),
                    "step {step} byte {at}: {status}"
                );
                assert_eq!(hex::encode(card.try_send(&tampered.command).unwrap()), "6985");
                continue;
            }
            assert_eq!(status, "7c0282009000", "byte {at}");
            // The chip's key is another one, on another generator; the terminal's point is still a point.
            let answer = card.try_send(&exchanges[3].command).unwrap();
            assert!(answer.ends_with(&[0x90, 0x00]) && answer != exchanges[3].response);
            assert_eq!(hex::encode(card.try_send(&exchanges[4].command).unwrap()), "6300");
            assert_eq!(card.status("00A4040C07A0000002471001"), "9000");
            assert_eq!(card.status("00B09E0000"), "6982", "no session");
        }
    }
}

/// A nonce t that is not as long as the cipher's key.
#[test]
fn integrated_mapping_takes_one_length_of_nonce() {
    for vector in pace::integrated_mapping_vectors() {
        let exchanges = vector.exchanges();
        let mut card = integrated_card(&vector);
        for len in [0, 8, 15, 16, 17, 24, 31, 32, 33] {
            card.reset();
            draw_as(&mut card, &vector);
            for exchange in &exchanges[..2] {
                card.try_send(&exchange.command).unwrap();
            }
            let status = card.send(&format!(
                "10860000{:02X}7C{:02X}81{len:02X}{}00",
                len + 4,
                len + 2,
                "5A".repeat(len)
            ));
            if len == vector.nonce_t.len() {
                assert_eq!(status, "7C0282009000");
            } else {
                assert_eq!(status, "6A80", "{} {len}", vector.id);
            }
        }
    }
}
