//! Keys that are drawn on the chip: the public half comes out with an attestation, the private half never.

use crate::support::*;
use card_applet::crypto::curve::{Curve, Generator, PrivateKey, PublicPoint};
use card_applet::crypto::signature;
use rand_core::TryRng;
use sha2::{Digest, Sha256};

const NONCE: &str = "00112233445566778899AABBCCDDEEFF";

/// Data field of GENERATE ASYMMETRIC KEY PAIR: `template` is A6 or B6.
fn request(template: u8, key_id: u8, curve: Curve) -> Vec<u8> {
    bytes(&format!(
        "{template:02X}068401{key_id:02X}8001{:02X}8710{NONCE}",
        curve.parameter_id()
    ))
}

/// Public point and attestation of an answer, taken apart by hand.
fn answer(curve: Curve, answer: &str) -> (Vec<u8>, Vec<u8>) {
    let len = curve.point_len();
    let answer = bytes(answer.strip_suffix("9000").unwrap_or_else(|| panic!("{answer}")));
    let head = [0x7F, 0x49, len as u8 + 2, 0x86, len as u8];
    assert_eq!(answer[..5], head);
    assert_eq!(answer[5 + len..7 + len], [0x9E, 0x40]);
    assert_eq!(answer.len(), 7 + len + 64);
    (answer[5..5 + len].to_vec(), answer[7 + len..].to_vec())
}

/// The first private key that a fresh bench draws: that of the attestation.
fn attestation_scalar() -> [u8; 32] {
    let mut scalar = [0; 32];
    ScriptedRng::default().try_fill_bytes(&mut scalar).unwrap();
    scalar
}

#[test]
fn keys_of_every_curve_come_with_an_attestation() {
    let mut card = TestCard::blank();
    let attestation_key = card.attestation_key.clone().unwrap();
    for (index, curve) in [
        Curve::P256,
        Curve::BrainpoolP256r1,
        Curve::P384,
        Curve::BrainpoolP384r1,
    ]
    .into_iter()
    .enumerate()
    {
        for template in [0xA6, 0xB6] {
            let scalar = vec![0x10 + index as u8; curve.field_len()];
            let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
            issuer.card.rng.script.borrow_mut().push_back(scalar.clone());
            let request = request(template, index as u8, curve);
            let (point, attestation) = answer(curve, &issuer.send(0x47, 0x80, 0, &request));
            card.reset();
            let private = PrivateKey::from_bytes(curve, &scalar).unwrap();
            let public = Generator::Standard(curve).public_key(&private).unwrap();
            assert_eq!(point, public.as_bytes());
            let message = |label: &str, point: &[u8]| {
                let parts = [label.as_bytes(), &SERIAL, &request[..8], &request[10..], point];
                Sha256::digest(parts.concat())
            };
            let verify = |message: &[u8]| signature::verify(&attestation_key, message, &attestation);
            assert!(verify(&message("eID key attestation 1", &point)).is_ok());
            assert!(verify(&message("eID key attestation 2", &point)).is_err());
            assert!(verify(&message("eID key attestation 1", &point[1..])).is_err());
        }
    }
}

#[test]
fn what_cannot_be_generated() {
    let mut card = TestCard::blank();
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    for (data, expected) in [
        (String::new(), "6A80"),
        ("A606840101800110".to_owned(), "6A80"),
        (format!("A6068401018001118710{NONCE}"), "6A80"),
        (format!("A60384010187 10{NONCE}"), "6A80"),
        (format!("A50684010180010C8710{NONCE}"), "6A80"),
        (format!("A60684010180010C8710{NONCE}00"), "6A80"),
    ] {
        assert_eq!(issuer.send(0x47, 0x80, 0, &bytes(&data)), expected, "{data}");
    }
    let good = request(0xA6, 1, Curve::P256);
    assert_eq!(issuer.send(0x47, 0x00, 0, &good), "6A86");
    assert_eq!(issuer.send(0x47, 0x80, 1, &good), "6A86");
    assert_eq!(issuer.send(0x46, 0x80, 0, &good), "6D00");
    for key_id in 1..=4 {
        answer(
            Curve::P256,
            &issuer.send(0x47, 0x80, 0, &request(0xA6, key_id, Curve::P256)),
        );
    }
    assert_eq!(
        issuer.send(0x47, 0x80, 0, &request(0xA6, 5, Curve::P256)),
        "6A84",
        "no slot is left"
    );
    answer(
        Curve::P384,
        &issuer.send(0x47, 0x80, 0, &request(0xA6, 4, Curve::P384)),
    );
    answer(
        Curve::P256,
        &issuer.send(0x47, 0x80, 0, &request(0xB6, 0, Curve::P256)),
    );
}

#[test]
fn only_the_issuer_generates_and_only_before_activation() {
    let plain = format!("004780001A{}00", hex::encode(request(0xA6, 1, Curve::P256)));
    let mut card = TestCard::manufactured();
    assert_eq!(card.status(&plain), "6982");
    let mut issuer = Issuer::open(&mut card, 0x01, &TRANSPORT);
    assert_eq!(
        issuer.send(0x47, 0x80, 0, &request(0xA6, 1, Curve::P256)),
        "6985",
        "not with transport keys"
    );
    let mut card = operational(b"");
    assert_eq!(card.status(&plain), "6985");
}

/// A key's bytes stand in the memory until the card is emptied, the attestation key's until it is activated.
#[test]
fn keys_go_when_their_time_is_over() {
    let scalar = vec![0x6B; 32];
    let holds = |nvm: &card_applet::sim::memory::RamMemory, bytes: &[u8]| {
        nvm.content().windows(bytes.len()).any(|window| window == bytes)
    };
    let mut card = TestCard::blank();
    card.rng.script.borrow_mut().push_back(scalar.clone());
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    let (first, _) = answer(
        Curve::P256,
        &issuer.send(0x47, 0x80, 0, &request(0xA6, 1, Curve::P256)),
    );
    let nvm = card.into_memory();
    assert!(holds(&nvm, &scalar) && holds(&nvm, &attestation_scalar()));

    let mut card = TestCard::with_memory(nvm);
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    assert_eq!(issuer.send(0xE4, 0, 0, &[]), "9000");
    let nvm = card.into_memory();
    assert!(!holds(&nvm, &scalar) && holds(&nvm, &attestation_scalar()));

    let mut card = TestCard::with_memory(nvm);
    load(&mut card, CARD_ACCESS_G1, b"");
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    issuer.card.rng.script.borrow_mut().push_back(vec![0x6C; 32]);
    let (second, _) = answer(
        Curve::P256,
        &issuer.send(0x47, 0x80, 0, &request(0xA6, 1, Curve::P256)),
    );
    assert_ne!(first, second);
    assert!(PublicPoint::from_uncompressed(Curve::P256, &second).is_ok());
    card.reset();
    assert_eq!(activate(&mut card), "9000");
    let nvm = card.into_memory();
    assert!(holds(&nvm, &[0x6C; 32]) && !holds(&nvm, &attestation_scalar()));
}

/// What data signed ahead speak of outlives a loading that broke off; files, passwords and the like do not.
#[test]
fn keys_stay_when_only_what_was_loaded_is_deleted() {
    let scalars = [vec![0x6B; 32], vec![0x6D; 48]];
    let mut card = TestCard::blank();
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    for (scalar, request) in scalars
        .iter()
        .zip([request(0xA6, 1, Curve::P256), request(0xB6, 0, Curve::P384)])
    {
        issuer.card.rng.script.borrow_mut().push_back(scalar.clone());
        assert!(issuer.send(0x47, 0x80, 0, &request).ends_with("9000"));
    }
    card.reset();
    load(&mut card, CARD_ACCESS_G1, b"");
    let nvm = card.into_memory();
    assert!(nvm.content().windows(7).any(|window| window == b"fingers"));
    let mut card = TestCard::with_memory(nvm);
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    assert_eq!(issuer.send(0xE4, 0, 2, &[]), "6A86");
    assert_eq!(issuer.send(0xE4, 1, 1, &[]), "6A86");
    assert_eq!(issuer.send(0xE4, 0, 1, &[0x3F, 0x00]), "6700");
    assert_eq!(issuer.send(0xE4, 0, 1, &[]), "9000");
    assert_eq!(issuer.send(0xA4, 0x04, 0x0C, &bytes("A0000002471001")), "6A82");
    let nvm = card.into_memory();
    let holds = |bytes: &[u8]| nvm.content().windows(bytes.len()).any(|window| window == bytes);
    assert!(scalars.iter().all(|scalar| holds(scalar)));
    assert!(!holds(b"fingers"));
    // And the other form takes them, too.
    let mut card = TestCard::with_memory(nvm);
    assert_eq!(
        Issuer::open(&mut card, 0x30, &ISSUER).send(0xE4, 0, 0, &[]),
        "9000"
    );
    let nvm = card.into_memory();
    let holds = |bytes: &[u8]| nvm.content().windows(bytes.len()).any(|window| window == bytes);
    assert!(!scalars.iter().any(|scalar| holds(scalar)));
}
