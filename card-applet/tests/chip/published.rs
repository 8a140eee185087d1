//! Published transcripts, played to a whole card whose random numbers are the published ones.

use crate::support::*;
use card_applet::crypto::curve::Curve;
use test_vectors::{bac, pace};

/// ICAO Doc 9303-11, G.1: every response equal, then the session keys are the published ones.
#[test]
fn pace_of_9303_11_appendix_g1() {
    let vector = pace::worked_example();
    let mut card = operational(vector.password.as_bytes());
    card.rng.script.borrow_mut().extend([
        vector.nonce.clone(),
        vector.map_chip_priv.clone(),
        vector.ka_chip_priv.clone(),
    ]);
    for exchange in pace::worked_example_exchanges() {
        assert_eq!(
            card.try_send(&exchange.command).unwrap(),
            exchange.response,
            "{}",
            exchange.name
        );
    }
    assert!(card.waits.0.borrow().is_empty());
}

/// Every generic mapping run on the curves and ciphers of this chip, published and second-implementation ones.
#[test]
fn pace_with_every_cipher_and_curve() {
    let mut runs = std::collections::BTreeSet::new();
    for vector in pace::generic_mapping_vectors() {
        if Curve::from_parameter_id(vector.parameter_id).is_none() {
            continue;
        }
        let info = format!(
            "3012060A{}0201020201{:02X}",
            hex::encode(&vector.oid),
            vector.parameter_id
        );
        let mut card = TestCard::blank();
        let mrz_information = if vector.password_is_mrz {
            vector.password.as_bytes()
        } else {
            b""
        };
        load(&mut card, &format!("3114{info}"), mrz_information);
        if !vector.password_is_mrz {
            assert_eq!(
                Issuer::open(&mut card, 0x30, &ISSUER).put_password(2, 1, vector.password.as_bytes()),
                "F09000"
            );
            card.reset();
        }
        card.rng.script.borrow_mut().extend([
            vector.nonce.clone(),
            vector.map_chip_priv.clone(),
            vector.ka_chip_priv.clone(),
        ]);
        for exchange in vector.exchanges() {
            assert_eq!(
                card.try_send(&exchange.command).unwrap(),
                exchange.response,
                "{} {}",
                vector.id,
                exchange.name
            );
        }
        runs.insert((vector.oid[9], vector.parameter_id));
    }
    let ciphers: std::collections::BTreeSet<_> = runs.iter().map(|(cipher, _)| cipher).collect();
    assert_eq!((runs.len(), ciphers.len()), (7, 4), "{runs:?}");
}

/// ICAO Doc 9303-11, appendix D: BAC, then the three protected exchanges on EF.COM.
#[test]
fn bac_and_secure_messaging_of_9303_11_appendix_d() {
    let vector = bac::worked_example();
    let mut card = operational(vector.mrz_information.as_bytes());
    assert_eq!(card.status("00A4040C07A0000002471001"), "9000");
    card.rng
        .script
        .borrow_mut()
        .extend([vector.rnd_ic.clone(), vector.k_ic.clone()]);
    for exchange in &vector.exchanges {
        assert_eq!(
            card.try_send(&exchange.command).unwrap(),
            exchange.response,
            "{}",
            exchange.name
        );
    }
    let sessions = test_vectors::secure_messaging::sessions();
    for exchange in &sessions[0].exchanges {
        assert_eq!(
            card.try_send(&exchange.protected_command).unwrap(),
            exchange.protected_response,
            "{}",
            exchange.name
        );
    }
}

/// Every byte of the whole BAC and PACE transcripts flipped: the session is not opened, and a fresh one can be.
#[test]
fn every_flipped_byte_ends_the_protocol() {
    let vector = bac::worked_example();
    let mut card = operational(vector.mrz_information.as_bytes());
    let proof = &vector.exchanges[1].command;
    for at in 5..proof.len() - 1 {
        card.reset();
        assert_eq!(card.status("00A4040C07A0000002471001"), "9000");
        card.rng.script.borrow_mut().push_back(vector.rnd_ic.clone());
        card.send("0084000008");
        let mut flipped = proof.clone();
        flipped[at] ^= 0x01;
        assert_eq!(hex::encode(card.try_send(&flipped).unwrap()), "6300", "byte {at}");
        // The proof is used up: the right one does not help any more.
        assert_eq!(hex::encode(card.try_send(proof).unwrap()), "6985");
    }

    let vector = pace::worked_example();
    let mut card = operational(vector.password.as_bytes());
    for (step, tampered) in pace::worked_example_exchanges().iter().enumerate().skip(2) {
        for at in (9..tampered.command.len() - 1).step_by(7) {
            card.reset();
            card.rng.script.borrow_mut().extend([
                vector.nonce.clone(),
                vector.map_chip_priv.clone(),
                vector.ka_chip_priv.clone(),
            ]);
            for exchange in &pace::worked_example_exchanges()[..step] {
                assert_eq!(card.try_send(&exchange.command).unwrap(), exchange.response);
            }
            let mut flipped = tampered.command.clone();
            flipped[at] ^= 0x01;
            let status = hex::encode(card.try_send(&flipped).unwrap());
            assert!(
                matches!(&*status, "6a80" | "6300"),
                "step {step} byte {at}: {status}"
            );
            assert_eq!(
                hex::encode(card.try_send(&tampered.command).unwrap()),
                "6985",
                "PACE is over"
            );
            card.rng.script.borrow_mut().clear();
        }
    }
}
