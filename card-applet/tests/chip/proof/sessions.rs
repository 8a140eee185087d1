//! In which sessions Chip Authentication can be done, and what it makes of them.

use super::*;
use crate::reader;
use card_applet::crypto::cipher::SymmetricAlgorithm;
use test_vectors::{hex, load as vectors};

/// Without a session there is no Chip Authentication; afterwards there is no session either.
#[test]
fn only_inside_a_session() {
    let mut card = two_keys();
    let point = hex::encode(public(Curve::P256, 7));
    for command in [
        format!("002241A6469141{point}840101"),
        "002241A40F800A04007F00070202030201840101".to_owned(),
    ] {
        assert_eq!(card.status(&command), "6982", "{command}");
    }
    assert_eq!(card.status(&format!("00860000457C438041{point}00")), "6985");
    let mut session = in_application(&mut card);
    assert_eq!(
        session.status(&mut card, SET_AT, &template(TRIPLE_DES, Some(&[1]))),
        "9000"
    );
    // In plain the protocol does not go on, and the session ends.
    assert_eq!(card.status(&format!("00860000457C438041{point}00")), "6985");
    let stale = session.protect([0, 0xB0, 0x81, 0], &[], Some(&[0]), false);
    assert_eq!(hex::encode(card.try_send(&stale).unwrap()), "6882");
}

/// A second Chip Authentication takes the place of the first; the old proof is not taken away by one that fails.
#[test]
fn a_session_can_be_restarted_again() {
    let mut card = two_keys();
    let mut session = in_application(&mut card);
    for round in 0..2 {
        let ephemeral = public(Curve::BrainpoolP256r1, 7 + round);
        assert_eq!(
            session.status(&mut card, SET_AT, &template(AES_128, None)),
            "9000"
        );
        assert_eq!(
            session.status(&mut card, GENERAL_AUTHENTICATE, &dynamic_data(&ephemeral)),
            "9000"
        );
        session = restarted(Curve::BrainpoolP256r1, 6, 7 + round);
        assert_eq!(session.read(&mut card, PROTECTED), "9000");
        assert_eq!(
            session.status(&mut card, SET_AT, &template(TRIPLE_DES, None)),
            "6A88"
        );
        assert_eq!(session.read(&mut card, PROTECTED), "9000", "still proved");
    }
}

/// After BAC as after PACE, with PACE's rule for files that want PACE.
#[test]
fn bac_sessions_take_it_too() {
    let vector = &vectors("self-generated-crosscheck")["chip_authentication_v1"][1];
    let key = Key::chip_authentication(1, curve(vector), hex(&vector["chip_priv"]));
    let infos = dg14(&[chip_authentication_info([2, 3], 1, Some(1))]);
    let mrz_information = test_vectors::bac::worked_example().mrz_information;
    let mut card = made(CARD_ACCESS_G1, &[key], &infos, &mrz_information);
    let mut session = SecureMessaging::by_bac(&mut card);
    assert_unproved(&mut session, &mut card, "after BAC");
    assert_eq!(session.status(&mut card, SET_AT, &template([2, 3], None)), "9000");
    assert_eq!(
        session.status(
            &mut card,
            GENERAL_AUTHENTICATE,
            &dynamic_data(&hex(&vector["term_pub"]))
        ),
        "9000"
    );
    let mut after = SecureMessaging::new(
        SymmetricAlgorithm::Aes192,
        &hex(&vector["ks_enc"]),
        &hex(&vector["ks_mac"]),
    );
    assert_eq!(after.read(&mut card, PROTECTED), "9000");
    assert_eq!(after.status(&mut card, [0, 0x84, 0, 0], &[]), "6700");
}

/// PIN and PUK prove the holder and open no data of the document: the chip proves nothing in their sessions.
#[test]
fn sessions_of_pin_and_puk_prove_nothing() {
    let key = Key::chip_authentication(1, Curve::P256, vec![5; 32]);
    let active = Key {
        template: 0xB6,
        id: 0,
        ..key.clone()
    };
    let infos = dg14(&[chip_authentication_info(AES_128, 1, Some(1))]);
    let mut card = loaded(CARD_ACCESS_G1, &[key, active], &infos, "");
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    assert_eq!(issuer.put_password(reader::PIN, 1, b"271828"), "F09000");
    assert_eq!(issuer.put_password(reader::PUK, 1, b"3141592653"), "F09000");
    card.reset();
    assert_eq!(activate(&mut card), "9000");
    for (password, secret, expected) in [
        (reader::PIN, &b"271828"[..], "6982"),
        (reader::PUK, b"3141592653", "6982"),
        (reader::CAN, b"123456", "9000"),
    ] {
        card.reset();
        let mut session = reader::pace(&mut card, None, password, secret).ok().unwrap();
        let mut status = |header, data: &[u8]| session.send(&mut card, header, data, None).1;
        assert_eq!(status([0, 0x88, 0, 0], &[1; 8]), expected);
        assert_eq!(status(SET_AT, &template(AES_128, None)), expected);
    }
}

/// Before activation too, so that a station reads back as a stranger would.
#[test]
fn a_card_in_personalisation_proves_itself() {
    let key = Key::chip_authentication(1, Curve::P256, vec![5; 32]);
    let infos = dg14(&[chip_authentication_info(AES_128, 1, None)]);
    let password = pace::worked_example().password;
    let mut card = loaded(CARD_ACCESS_G1, &[key], &infos, &password);
    let mut session = in_application(&mut card);
    assert_eq!(
        session.status(&mut card, SET_AT, &template(AES_128, None)),
        "9000"
    );
    assert_eq!(
        session.status(
            &mut card,
            GENERAL_AUTHENTICATE,
            &dynamic_data(&public(Curve::P256, 7))
        ),
        "9000"
    );
}

/// What the files promise, the chip must be able to keep before it is anybody's.
#[test]
fn activation_wants_the_keys_that_the_files_speak_of() {
    let cam = "31283012060A04007F0007020204020202010202010D3012060A04007F0007020204060202010202010D";
    let agreement = |id, curve: Curve| Key::chip_authentication(id, curve, vec![5; curve.field_len()]);
    let active = Key {
        template: 0xB6,
        ..agreement(0, Curve::P256)
    };
    let info = chip_authentication_info;
    for (card_access, infos, has_dg15, keys, expected, why) in [
        (cam, vec![], false, vec![], "6985", "PACE-CAM without a key"),
        (
            cam,
            vec![],
            false,
            vec![agreement(1, Curve::BrainpoolP256r1)],
            "6985",
            "under another name",
        ),
        (
            cam,
            vec![],
            false,
            vec![agreement(13, Curve::P256)],
            "6985",
            "on another curve",
        ),
        (
            cam,
            vec![],
            false,
            vec![agreement(13, Curve::BrainpoolP256r1)],
            "9000",
            "with its key",
        ),
        (
            CARD_ACCESS_G1,
            vec![info(AES_128, 1, None)],
            false,
            vec![active.clone()],
            "6985",
            "no key for DG14",
        ),
        (
            CARD_ACCESS_G1,
            vec![info(AES_128, 1, Some(2))],
            false,
            vec![agreement(1, Curve::P256)],
            "6985",
            "another key",
        ),
        (
            CARD_ACCESS_G1,
            vec![info([1, 2], 1, Some(1))],
            false,
            vec![agreement(1, Curve::P256)],
            "6985",
            "another group",
        ),
        (
            CARD_ACCESS_G1,
            vec![info(AES_128, 2, None)],
            false,
            vec![],
            "9000",
            "another protocol",
        ),
        (
            CARD_ACCESS_G1,
            vec![info(AES_128, 1, Some(1))],
            false,
            vec![agreement(1, Curve::P256)],
            "9000",
            "its key",
        ),
        (
            CARD_ACCESS_G1,
            vec![],
            true,
            vec![agreement(1, Curve::P256)],
            "6985",
            "no key for DG15",
        ),
        (
            CARD_ACCESS_G1,
            vec![],
            true,
            vec![active],
            "9000",
            "the key of DG15",
        ),
    ] {
        let mut card = loaded(card_access, &keys, &dg14(&infos), "");
        if has_dg15 {
            let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
            assert_eq!(issuer.send(0xA4, 4, 0x0C, &SELECT_APPLICATION), "9000");
            issuer.load(0x010F, 15, 0x41, b"public key");
            card.reset();
        }
        assert_eq!(activate(&mut card), expected, "{why}");
    }
}
