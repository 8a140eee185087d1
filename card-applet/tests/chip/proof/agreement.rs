//! Chip Authentication by MSE:Set KAT, and by MSE:Set AT with GENERAL AUTHENTICATE.

use super::*;
use card_applet::crypto::cipher::SymmetricAlgorithm;
use test_vectors::{hex, list, load as vectors};

/// A second implementation's runs with 3DES and AES on three curves: the answer goes the old way, and the next command
/// the new way with the counter at zero. What PACE opened stays open, and what needs the proof opens.
#[test]
fn agrees_with_a_second_implementation() {
    let crosscheck = vectors("self-generated-crosscheck");
    for vector in list(&crosscheck["chip_authentication_v1"]) {
        let id = text(&vector["id"]);
        let oid = hex(&vector["oid"]);
        let key = Key::chip_authentication(1, curve(vector), hex(&vector["chip_priv"]));
        let info = chip_authentication_info([oid[8], oid[9]], 1, None);
        let mut card = card_with(CARD_ACCESS_G1, &[key], &[info]);
        let mut before = in_application(&mut card);
        assert_eq!(before.read(&mut card, PROTECTED), "6982", "{id}");
        for exchange in list(&vector["apdus"]) {
            let command = hex(&exchange["cmd"]);
            let header = command[..4].try_into().unwrap();
            let data = &command[5..5 + usize::from(command[4])];
            let expected = exchange.get("rsp").map_or(vec![0x90, 0], hex);
            let (data, status) = before.send(&mut card, header, data, Some(&[0]));
            assert_eq!([data, bytes(&status)].concat(), expected, "{id}");
        }
        let cipher = match oid[9] {
            1 => SymmetricAlgorithm::TripleDes,
            3 => SymmetricAlgorithm::Aes192,
            other => panic!("{other}"),
        };
        let mut after = SecureMessaging::new(cipher, &hex(&vector["ks_enc"]), &hex(&vector["ks_mac"]));
        assert_eq!(after.read(&mut card, OPEN), "9000", "{id}");
        assert_eq!(after.read(&mut card, PROTECTED), "9000", "{id}");
        // The session before is gone: its next command is a wrong MAC.
        let stale = before.protect([0, 0xB0, 0x81, 0], &[], Some(&[0]), false);
        assert_eq!(hex::encode(card.try_send(&stale).unwrap()), "6988", "{id}");
        card.send("00A4040C07A0000002471001");
        assert_eq!(
            card.status("00B0850000"),
            "6982",
            "{id}: everything ended with it"
        );
    }
}

#[test]
fn the_key_must_be_clear_and_the_protocol_on_offer() {
    let mut card = two_keys();
    let mut session = in_application(&mut card);
    let ours = public(Curve::P256, 7);
    let brainpool = public(Curve::BrainpoolP256r1, 7);
    for (header, data, expected, why) in [
        (
            SET_AT,
            template(TRIPLE_DES, None),
            "6A88",
            "two keys, and none was named",
        ),
        (SET_AT, template(TRIPLE_DES, Some(&[3])), "6A88", "no such key"),
        (SET_AT, template(TRIPLE_DES, Some(&[0, 1])), "6A88", "no such key"),
        (SET_AT, template(TRIPLE_DES, Some(&[])), "6A88", "no such key"),
        (SET_AT, template(AES_128, Some(&[1])), "6A88", "not with that key"),
        (SET_AT, template([2, 3], Some(&[1])), "6A80", "not offered"),
        (SET_AT, template([2, 4], Some(&[1])), "6A80", "another version"),
        (
            SET_AT,
            template([1, 2], Some(&[1])),
            "6A80",
            "offered, but this chip has no such group",
        ),
        (SET_AT, template([2, 9], None), "6A80", "no such protocol"),
        (SET_AT, object(0x84, &[1]), "6A80", "no protocol"),
        (SET_AT, vec![], "6A80", "nothing"),
        (
            SET_AT,
            [template(AES_128, None), object(0x84, &[2]), object(0x84, &[2])].concat(),
            "6A80",
            "twice",
        ),
        (
            SET_KAT,
            object(0x91, &ours),
            "6A88",
            "two keys, and none was named",
        ),
        (
            SET_KAT,
            [object(0x91, &ours), object(0x84, &[9])].concat(),
            "6A88",
            "no such key",
        ),
        (SET_KAT, object(0x84, &[1]), "6A80", "no ephemeral key"),
        (
            SET_KAT,
            [object(0x91, &brainpool), object(0x84, &[1])].concat(),
            "6A80",
            "a point of another curve",
        ),
        (
            [0, 0x22, 0x41, 0xB6],
            object(0x84, &[1]),
            "6A86",
            "another template",
        ),
    ] {
        assert_eq!(session.status(&mut card, header, &data), expected, "{why}");
        assert_eq!(
            session.status(&mut card, GENERAL_AUTHENTICATE, &dynamic_data(&ours)),
            "6985",
            "{why}: nothing was chosen"
        );
        assert_unproved(&mut session, &mut card, why);
    }
    // One key is left when it is named, or when the protocol is offered with no other.
    for (data, curve) in [
        (template(TRIPLE_DES, Some(&[1])), Curve::P256),
        (template(AES_128, None), Curve::BrainpoolP256r1),
        (template(AES_128, Some(&[2])), Curve::BrainpoolP256r1),
    ] {
        card.reset();
        let mut session = in_application(&mut card);
        assert_eq!(session.status(&mut card, SET_AT, &data), "9000");
        let (answer, status) = session.send(
            &mut card,
            GENERAL_AUTHENTICATE,
            &dynamic_data(&public(curve, 7)),
            Some(&[0]),
        );
        assert_eq!((answer, &*status), (vec![0x7C, 0], "9000"));
    }
}

#[test]
fn points_that_are_none_leave_the_session() {
    let mut card = two_keys();
    let mut off_curve = public(Curve::P256, 7);
    off_curve[64] ^= 1;
    let own = public(Curve::P256, 5);
    let session_of = |card: &mut TestCard| {
        card.reset();
        in_application(card)
    };
    for (bad, why) in [
        (off_curve, "off the curve"),
        (vec![0], "infinity"),
        (public(Curve::P384, 7), "of another curve"),
        (own, "the chip's own"),
        (vec![], "nothing"),
        (vec![4; 65], "out of range"),
    ] {
        let mut session = session_of(&mut card);
        let data = [object(0x91, &bad), object(0x84, &[1])].concat();
        assert_eq!(session.status(&mut card, SET_KAT, &data), "6A80", "{why}");
        assert_unproved(&mut session, &mut card, why);
        assert_eq!(
            session.status(&mut card, SET_AT, &template(TRIPLE_DES, Some(&[1]))),
            "9000"
        );
        assert_eq!(
            session.status(&mut card, GENERAL_AUTHENTICATE, &dynamic_data(&bad)),
            "6A80",
            "{why}"
        );
        assert_eq!(
            session.status(
                &mut card,
                GENERAL_AUTHENTICATE,
                &dynamic_data(&public(Curve::P256, 7))
            ),
            "6985",
            "{why}: the protocol is over"
        );
        assert_unproved(&mut session, &mut card, why);
    }
}

#[test]
fn steps_come_one_after_the_other() {
    let mut card = two_keys();
    let mut session = in_application(&mut card);
    let good = dynamic_data(&public(Curve::P256, 7));
    let choose = template(TRIPLE_DES, Some(&[1]));
    for (data, expected) in [
        (object(0x7C, &[]), "6A80"),
        (object(0x80, &public(Curve::P256, 7)), "6A80"),
        ([good.clone(), vec![0]].concat(), "6A80"),
        (object(0x7C, &object(0x81, &public(Curve::P256, 7))), "6A80"),
        (vec![], "6A80"),
    ] {
        assert_eq!(session.status(&mut card, SET_AT, &choose), "9000");
        assert_eq!(session.status(&mut card, GENERAL_AUTHENTICATE, &data), expected);
        assert_unproved(&mut session, &mut card, "malformed");
    }
    assert_eq!(session.status(&mut card, SET_AT, &choose), "9000");
    assert_eq!(
        session.status(&mut card, [0x10, 0x86, 0, 0], &good),
        "6883",
        "there is but one step"
    );
    assert_eq!(session.status(&mut card, SET_AT, &choose), "9000");
    assert_eq!(session.read(&mut card, OPEN), "9000");
    assert_eq!(
        session.status(&mut card, GENERAL_AUTHENTICATE, &good),
        "6985",
        "another command came between"
    );
    assert_unproved(&mut session, &mut card, "in the wrong order");
}

/// A DG14 that is none, or that is not there, offers nothing.
#[test]
fn without_security_infos_nothing_is_offered() {
    let key = Key::chip_authentication(1, Curve::P256, vec![5; 32]);
    for (dg14, expected) in [
        ("6E023100", "6A80"),
        ("6E00", "6581"),
        ("6E033100", "6581"),
        ("31023100", "6581"),
        ("6E0431023000", "6581"),
        ("6E0431020500", "6581"),
    ] {
        let password = pace::worked_example().password;
        let mut card = loaded(
            CARD_ACCESS_G1,
            std::slice::from_ref(&key),
            &bytes(dg14),
            &password,
        );
        let mut session = in_application(&mut card);
        assert_eq!(
            session.status(&mut card, SET_AT, &template(AES_128, Some(&[1]))),
            expected,
            "{dg14}"
        );
        assert_unproved(&mut session, &mut card, dg14);
    }
}
