//! What a reader may do with and without a session, and what ends one.

use crate::reader::Session;
use crate::support::*;
use test_vectors::{bac, pace};

fn card() -> TestCard {
    operational(pace::worked_example().password.as_bytes())
}

const SELECT_APPLICATION: [u8; 7] = [0xA0, 0, 0, 2, 0x47, 0x10, 1];

#[test]
fn without_a_session_only_what_is_always_readable() {
    let mut card = card();
    assert_eq!(card.send("00B09C0000"), format!("{CARD_ACCESS_G1}9000"));
    assert_eq!(card.status("00A4020C02011C"), "9000");
    assert_eq!(card.send("00B0000000"), format!("{CARD_ACCESS_G1}9000"));
    assert_eq!(card.status("00A4040C07A0000002471001"), "9000");
    for command in [
        "00B09E0000",
        "00B0810000",
        "00B0820000",
        "00B0830000",
        "00B09D0000",
        "00A4020C020101",
        "00A4020C02011E",
    ] {
        assert_eq!(card.status(command), "6982", "{command}");
    }
    assert_eq!(card.status("00B0840000"), "6A82", "no such file");
    assert_eq!(card.status("00B0000000"), "6986", "none was selected");
    assert_eq!(
        card.status("0CB0000000"),
        "6882",
        "secure messaging without a session"
    );
}

#[test]
fn reading_in_a_session() {
    let mut card = card();
    let mut session = Session::by_pace(&mut card);
    assert_eq!(
        session
            .send(&mut card, [0, 0xA4, 4, 0x0C], &SELECT_APPLICATION, None)
            .1,
        "9000"
    );
    let (com, status) = session.send(&mut card, [0, 0xB0, 0x9E, 0], &[], Some(&[0]));
    assert_eq!((hex::encode_upper(com), &*status), (EF_COM.to_owned(), "9000"));
    // Ne beyond the end: what there is, and a warning.
    let (com, status) = session.send(&mut card, [0, 0xB0, 0, 20], &[], Some(&[9]));
    assert_eq!((com.len(), &*status), (2, "6282"));
    assert_eq!(
        session.send(&mut card, [0, 0xB0, 0, 22], &[], Some(&[1])).1,
        "6B00"
    );
    // Fingers are behind Terminal Authentication, and the refusal does not end the session.
    assert_eq!(
        session.send(&mut card, [0, 0xB0, 0x83, 0], &[], Some(&[0])).1,
        "6982"
    );
    assert_eq!(
        session.send(&mut card, [0, 0xA4, 2, 0x0C], &[1, 3], None).1,
        "6982"
    );
    assert_eq!(
        session.send(&mut card, [0, 0xB0, 0x84, 0], &[], Some(&[0])).1,
        "6A82"
    );

    // A short command gets what fits a short response, an extended one as much as it asks for.
    let dg2 = dg2();
    let (data, status) = session.send(&mut card, [0, 0xB0, 0x82, 0], &[], Some(&[0]));
    assert_eq!((&data[..], &*status), (&dg2[..223], "9000"));
    let (data, _) = session.send(&mut card, [0, 0xB0, 0x10, 0], &[], Some(&[0x20, 0x00]));
    assert_eq!(data, dg2[0x1000..0x3000]);
    let (data, _) = session.send(&mut card, [0, 0xB0, 0, 0], &[], Some(&[0, 0]));
    assert_eq!(data, dg2[..data.len()]);
    assert!(data.len() > 32_000);
    // Past 32,767 only with DO'54'; the answer is a DO'53'.
    let (data, status) = session.send(&mut card, [0, 0xB1, 0, 0], &[0x54, 2, 0x80, 0x00], Some(&[100]));
    assert_eq!(
        (&data[..2], &data[2..], &*status),
        (&[0x53, 98][..], &dg2[0x8000..0x8000 + 98], "9000")
    );
    let (data, status) = session.send(&mut card, [0, 0xB1, 0, 2], &[0x54, 2, 0x8C, 0x9E], Some(&[20]));
    assert_eq!(
        (&data[..], &*status),
        (&[&[0x53, 6][..], &dg2[dg2.len() - 6..]].concat()[..], "6282")
    );
    // In the master file too.
    assert_eq!(
        session.send(&mut card, [0, 0xA4, 0, 0x0C], &[0x3F, 0], None).1,
        "9000"
    );
    let (data, _) = session.send(&mut card, [0, 0xB0, 0x9C, 0], &[], Some(&[0]));
    assert_eq!(hex::encode_upper(data), CARD_ACCESS_G1);
}

#[test]
fn a_command_outside_the_session_ends_it() {
    for (command, expected) in [
        ("00B0000004", "6982"),
        ("00B09C0000", "6982"),
        ("00A4020C02011C", "9000"),
        ("00A4040C07A0000002471001", "9000"),
    ] {
        let mut card = card();
        let mut session = Session::by_pace(&mut card);
        assert_eq!(
            session
                .send(&mut card, [0, 0xA4, 4, 0x0C], &SELECT_APPLICATION, None)
                .1,
            "9000"
        );
        assert_eq!(
            session.send(&mut card, [0, 0xB0, 0x9E, 0], &[], Some(&[0])).1,
            "9000"
        );
        // A plain SELECT of EF.CardAccess is for the master file.
        if command.starts_with("00A4020C") {
            assert_eq!(card.status("00A4000C023F00"), "9000");
        }
        assert_eq!(card.status(command), expected, "{command}");
        let protected = session.protect([0, 0xB0, 0x9E, 0], &[], Some(&[0]), false);
        assert_eq!(
            card.try_send(&protected).unwrap(),
            [0x68, 0x82],
            "the session is over"
        );
        card.send("00A4040C07A0000002471001");
        assert_eq!(
            card.status("00B09E0000"),
            "6982",
            "and nothing is readable any more"
        );
        // A new one can be opened.
        card.reset();
        Session::by_pace(&mut card);
    }
}

#[test]
fn wrong_secure_messaging_ends_the_session() {
    type Tamper = fn(&mut Vec<u8>);
    let cases: [(&str, Tamper, &str); 6] = [
        (
            "wrong MAC",
            |command| {
                let at = command.len() - 2;
                command[at] ^= 1;
            },
            "6988",
        ),
        (
            "no MAC",
            |command| {
                command.truncate(8);
                command[4] = 3;
                command.push(0);
            },
            "6987",
        ),
        (
            "no objects",
            |command| {
                command.truncate(4);
                command.push(0);
            },
            "6987",
        ),
        ("wrong Le", |command| command[7] ^= 1, "6988"),
        ("unknown object", |command| command[5] = 0x98, "6988"),
        ("other class", |command| command[0] = 0x08, "6882"),
    ];
    for (name, tamper, expected) in cases {
        let mut card = card();
        let mut session = Session::by_pace(&mut card);
        assert_eq!(
            session
                .send(&mut card, [0, 0xA4, 4, 0x0C], &SELECT_APPLICATION, None)
                .1,
            "9000"
        );
        let mut command = session.protect([0, 0xB0, 0x9E, 0], &[], Some(&[0]), false);
        tamper(&mut command);
        assert_eq!(hex::encode(card.try_send(&command).unwrap()), expected, "{name}");
        session.ssc -= 1;
        let right = session.protect([0, 0xB0, 0x9E, 0], &[], Some(&[0]), false);
        assert_eq!(
            card.try_send(&right).unwrap(),
            [0x68, 0x82],
            "{name}: the session is over"
        );
        card.send("00A4040C07A0000002471001");
        assert_eq!(
            card.status("00B09E0000"),
            "6982",
            "{name}: nothing is readable any more"
        );
    }
}

#[test]
fn one_pace_a_session() {
    let mut card = card();
    let mut session = Session::by_pace(&mut card);
    let template = bytes("800A04007F00070202040202830102");
    assert_eq!(
        session.send(&mut card, [0, 0x22, 0xC1, 0xA4], &template, None).1,
        "6985"
    );
    assert_eq!(
        session
            .send(&mut card, [0, 0xA4, 4, 0x0C], &SELECT_APPLICATION, None)
            .1,
        "9000"
    );
    assert_eq!(
        session.send(&mut card, [0, 0x84, 0, 0], &[], Some(&[8])).1,
        "6985",
        "no BAC in a session"
    );
}

#[test]
fn mse_set_at_says_what_it_does_not_know() {
    let mut card = card();
    for (template, expected) in [
        ("800A04007F00070202040202830102", "9000"),
        ("800A04007F0007020204020283010284010D", "9000"),
        ("800A04007F0007020204020283010284010C", "6A88"),
        ("800A04007F00070202040202830103", "6A88"),
        ("800A04007F00070202040203830102", "6A80"),
        ("800A04007F00070202040202", "6A80"),
        ("830102", "6A80"),
        ("800A04007F00070202040202830102830102", "6A80"),
        ("800A04007F000702020402028301", "6A80"),
        (
            "800A04007F000702020402028301027F4C0E060904007F0007030102015301FF",
            "9000",
        ),
    ] {
        let command = format!("0022C1A4{:02X}{template}", template.len() / 2);
        assert_eq!(card.status(&command), expected, "{template}");
    }
    assert_eq!(card.status("0022C1A6020000"), "6A86");
    assert_eq!(
        card.status("10860000027C0000"),
        "6985",
        "a refused MSE leaves no PACE"
    );
}

#[test]
fn several_domain_parameters_must_be_said() {
    let mut card = TestCard::blank();
    let both = "31283012060A04007F0007020204020202010202010C3012060A04007F0007020204020202010202010D";
    load(&mut card, both, b"");
    assert_eq!(card.status("0022C1A40F800A04007F00070202040202830102"), "6A88");
    assert_eq!(
        card.status("0022C1A412800A04007F0007020204020283010284010C"),
        "9000"
    );
    assert_eq!(
        card.status("0022C1A412800A04007F0007020204020283010284010D"),
        "9000"
    );
}

#[test]
fn points_that_are_none_and_the_chips_own() {
    let vector = pace::worked_example();
    let exchanges = pace::worked_example_exchanges();
    let mut card = card();
    let mut off_curve = vector.map_term_pub.clone();
    off_curve[64] ^= 1;
    let infinity = vec![0];
    let own = vector.map_chip_pub.clone();
    for bad in [&off_curve, &infinity, &own, &Vec::new()] {
        card.rng
            .script
            .borrow_mut()
            .extend([vector.nonce.clone(), vector.map_chip_priv.clone()]);
        for exchange in &exchanges[..2] {
            assert_eq!(card.try_send(&exchange.command).unwrap(), exchange.response);
        }
        let command = format!(
            "10860000{:02X}7C{:02X}81{:02X}{}00",
            bad.len() + 4,
            bad.len() + 2,
            bad.len(),
            hex::encode(bad)
        );
        assert_eq!(card.status(&command), "6A80");
        assert_eq!(
            card.status("008600000C7C0A8508C2B0BD78D94BA86600"),
            "6985",
            "PACE is over"
        );
        card.rng.script.borrow_mut().clear();
    }
    // The last step without its chaining bit, the others with it.
    assert_eq!(card.send("0022C1A40F800A04007F00070202040202830101"), "9000");
    assert_eq!(card.status("00860000027C0000"), "6883");
}

/// A wrong password is an answer like any other but for its status word; failures make the next ones later, a
/// reset does not help, success forgives.
#[test]
fn wrong_passwords_cost_time() {
    let vector = pace::worked_example();
    let mut card = card();
    let mut try_password = |right: bool| {
        card.reset();
        card.rng.script.borrow_mut().extend([
            vector.nonce.clone(),
            vector.map_chip_priv.clone(),
            vector.ka_chip_priv.clone(),
        ]);
        let mut exchanges = pace::worked_example_exchanges();
        if !right {
            exchanges[4].command[12] ^= 0x40;
        }
        let mut last = String::new();
        for exchange in exchanges {
            last = hex::encode_upper(card.try_send(&exchange.command).unwrap());
        }
        last
    };
    for _ in 0..6 {
        assert_eq!(try_password(false), "6300");
    }
    assert!(try_password(true).ends_with("9000"));
    assert!(try_password(true).ends_with("9000"));
    assert_eq!(
        *card.waits.0.borrow(),
        [250, 500, 1000, 2000],
        "waits before the fourth to seventh answer"
    );
}

#[test]
fn bac_wants_its_application_and_its_challenge() {
    let vector = bac::worked_example();
    let mut card = operational(vector.mrz_information.as_bytes());
    assert_eq!(card.status("0084000008"), "6985", "not in the master file");
    assert_eq!(card.status("00A4040C07A0000002471001"), "9000");
    assert_eq!(
        hex::encode(card.try_send(&vector.exchanges[1].command).unwrap()),
        "6985",
        "no challenge was given"
    );
    card.rng.script.borrow_mut().extend([vector.rnd_ic.clone()]);
    card.send("0084000008");
    assert_eq!(card.status("00A4040C07A0000002471001"), "9000");
    assert_eq!(
        hex::encode(card.try_send(&vector.exchanges[1].command).unwrap()),
        "6985",
        "another command came between"
    );
    assert_eq!(card.status("0084000009"), "6700");
    card.send("0084000008");
    assert_eq!(card.status("0082000002000000"), "6700");
}
