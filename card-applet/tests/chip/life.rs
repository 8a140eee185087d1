//! The card's life: keys, loading, activation, and the power that goes at any moment.

use crate::reader::{CAN, pace};
use crate::support::*;
use card_applet::sim::memory::RamMemory;

/// Whether these bytes stand anywhere in the memory.
fn holds(nvm: &RamMemory, bytes: &[u8]) -> bool {
    nvm.content().windows(bytes.len()).any(|window| window == bytes)
}

#[test]
fn transport_keys_put_the_issuers_keys_and_nothing_else() {
    let mut card = TestCard::manufactured();
    assert_eq!(card.status("00B0000004"), "6985");
    let mut issuer = Issuer::open(&mut card, 0x01, &TRANSPORT);
    assert_eq!(issuer.create("62128002012C8201018302011C8801E08C020100"), "6985");
    assert_eq!(issuer.put_password(2, 1, b"123456"), "6985");
    assert_eq!(issuer.send(0x44, 0, 0, &[]), "6985");
    assert_eq!(issuer.put_issuer_keys(&ISSUER), "3090009000");
    card.reset();
    assert_eq!(card.send("00A4040C08A000000151000000"), "9000");
    assert_eq!(
        card.send("8050010008010203040506070800"),
        "6A88",
        "the transport keys are gone"
    );
    let nvm = card.into_memory();
    assert!(
        TRANSPORT.iter().all(|key| !holds(&nvm, key)),
        "from the memory too"
    );
}

#[test]
fn the_issuers_greeting() {
    let mut card = TestCard::blank();
    assert_eq!(card.send("00A4040C08A000000151000000"), "9000");
    let greeting = card.send("8050300008010203040506070800");
    assert_eq!(greeting[..26], format!("{}300370", hex::encode_upper(SERIAL)));
    assert_eq!(greeting.len(), 2 * (29 + 3 + 2));
    assert_eq!(card.send("8050310008010203040506070800"), "6A88");
    assert_eq!(card.send("805030000701020304050607 00"), "6700");
    card.reset();
    assert_eq!(
        card.send("8050300008010203040506070800"),
        "6985",
        "the issuer security domain is not selected"
    );
}

#[test]
fn wrong_issuer_keys_are_counted_and_block_for_good() {
    let mut card = TestCard::blank();
    for tries_left in (0..10).rev() {
        card.reset();
        card.send("00A4040C08A000000151000000");
        assert!(
            card.send("8050300008010203040506070800").ends_with("9000"),
            "{tries_left}"
        );
        assert_eq!(card.send("8482010010 0000000000000000 0000000000000000"), "6300");
        assert_eq!(
            card.send("8482010010 0000000000000000 0000000000000000"),
            "6985",
            "one proof a challenge"
        );
    }
    card.reset();
    card.send("00A4040C08A000000151000000");
    assert_eq!(card.send("8050300008010203040506070800"), "6983");
}

#[test]
fn a_right_proof_gives_the_tries_back_and_a_new_challenge() {
    let mut card = TestCard::blank();
    for _ in 0..3 {
        for _ in 0..9 {
            card.send("00A4040C08A000000151000000");
            card.send("8050300008010203040506070800");
            assert_eq!(card.send("8482010010 0000000000000000 0000000000000000"), "6300");
        }
        Issuer::open(&mut card, 0x30, &ISSUER);
        card.reset();
    }
    card.send("00A4040C08A000000151000000");
    let first = card.send("8050300008010203040506070800");
    Issuer::open(&mut card, 0x30, &ISSUER);
    card.reset();
    card.send("00A4040C08A000000151000000");
    let second = card.send("8050300008010203040506070800");
    assert_ne!(first[26..42], second[26..42], "card challenge");
    assert_eq!(
        (&first[58..64], &second[58..64]),
        ("000004", "000005"),
        "sequence counter"
    );
}

#[test]
fn a_wrong_mac_ends_the_issuers_session() {
    let mut card = TestCard::blank();
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    let mut command = issuer.wrap(0xE0, 0, 0, &bytes("62128002012C8201018302011C8801E08C020100"));
    *command.last_mut().unwrap() ^= 1;
    assert_eq!(hex::encode(issuer.card.try_send(&command).unwrap()), "6988");
    *command.last_mut().unwrap() ^= 1;
    assert_eq!(hex::encode(issuer.card.try_send(&command).unwrap()), "6882");
    card.reset();
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    assert_eq!(
        issuer.card.status("00A4000C023F00"),
        "9000",
        "a plain command ends it too"
    );
    assert_eq!(issuer.create("62128002012C8201018302011C8801E08C020100"), "6882");
}

#[test]
fn activation_wants_a_whole_card() {
    let mut card = TestCard::blank();
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    assert_eq!(issuer.send(0x44, 0, 0, &[]), "6985");
    issuer.load(0x011C, 0x1C, 0x00, &bytes(CARD_ACCESS_G1));
    issuer.create_application();
    for fid in [0x011E, 0x011D, 0x0101, 0x0102] {
        assert_eq!(issuer.send(0x44, 0, 0, &[]), "6985");
        issuer.load(fid, 0x1F & fid as u8, 0x41, b"x");
    }
    assert_eq!(issuer.send(0x44, 0, 0, &[]), "6985", "no password");
    assert_eq!(issuer.put_password(2, 1, b"123456"), "F09000");
    assert_eq!(issuer.send(0x44, 0, 0, &[]), "9000");
}

#[test]
fn an_operational_card_has_no_issuer() {
    let mut card = operational(b"");
    let mut session = pace(&mut card, None, CAN, b"123456").unwrap();
    let initialize = session.send(&mut card, [0x80, 0x50, 0x30, 0], &[1; 8], Some(&[0]));
    assert_eq!(initialize, (Vec::new(), "6985".to_owned()));
    card.reset();
    assert_eq!(card.send("00A4040C08A000000151000000"), "6A82");
    assert_eq!(card.send("8050300008010203040506070800"), "6982");
    for command in [
        "00E00000026200",
        "00E40000",
        "00440000",
        "00D8008101 30",
        "00D600000100",
    ] {
        assert_eq!(card.send(command), "6985", "{command}");
    }
    let nvm = card.into_memory();
    assert!(
        ISSUER.iter().all(|key| !holds(&nvm, key)),
        "the keys are gone from the memory"
    );
}

#[test]
fn passwords_that_are_none() {
    let mut card = TestCard::blank();
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    assert_eq!(issuer.put_password(1, 1, &[0; 19]), "6A80");
    assert_eq!(issuer.put_password(1, 4, &[0; 20]), "6A80");
    assert_eq!(issuer.put_password(2, 1, b"12345"), "6A80");
    assert_eq!(issuer.put_password(2, 1, b"12345X"), "6A80");
    assert_eq!(issuer.put_password(2, 2, b"123456"), "6A80", "BAC knows no CAN");
    assert_eq!(issuer.put_password(3, 1, b"12345"), "6A80");
    assert_eq!(issuer.put_password(3, 2, b"123456"), "6A80", "BAC knows no PIN");
    assert_eq!(
        issuer.put_password(4, 1, b"123456789"),
        "6A80",
        "a PUK does not block, so it is long"
    );
    assert_eq!(issuer.put_password(5, 1, b"123456"), "6A86");
}

#[test]
fn a_broken_loading_can_be_begun_anew() {
    let mut card = TestCard::blank();
    load(&mut card, CARD_ACCESS_G1, b"");
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    assert_eq!(issuer.send(0xE4, 0, 0, &[]), "9000");
    card.reset();
    assert_eq!(card.status("00A4020C02011C"), "6A82");
    let nvm = card.into_memory();
    assert!(
        !holds(&nvm, b"fingers") && !holds(&nvm, b"123456"),
        "nothing of the first loading is left"
    );
    let mut card = TestCard::with_memory(nvm);
    load(&mut card, CARD_ACCESS_G1, b"");
    assert_eq!(activate(&mut card), "9000");
}

/// A memory that holds no state makes a chip that refuses everything.
#[test]
fn an_unreadable_state_refuses_everything() {
    let card = operational(b"");
    let nvm = card.into_memory();
    let at = nvm
        .content()
        .windows(2)
        .position(|window| window == [0x96, 0x69])
        .unwrap();
    for nvm in [RamMemory::new(), {
        let mut nvm = nvm.clone();
        nvm.corrupt(at, 0x01);
        nvm
    }] {
        let mut card = TestCard::with_memory(nvm);
        for command in [
            "00A4000C023F00",
            "00B09C0000",
            "00A4040C08A000000151000000",
            "0022C1A40F800A04007F00070202040202830101",
        ] {
            assert_eq!(card.send(command), "6F00");
        }
    }
}

/// The power cut at every word that activation writes, and again during the recovery: the card is either
/// still the issuer's or operational without the issuer's keys, never anything between.
#[test]
fn activation_survives_any_cut() {
    let mut card = TestCard::blank();
    load(&mut card, CARD_ACCESS_G1, b"");
    // A chip that lost its power answers nothing; the issuer's wrapped command is prepared for each copy.
    let nvm = card.into_memory();
    let (mut before, mut after) = (0, 0);
    for words in 0.. {
        let mut card = TestCard::with_memory(nvm.clone());
        let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
        let command = issuer.wrap(0x44, 0, 0, &[]);
        let Some(torn) = cut(card, words, &command) else {
            break;
        };
        // A second cut, during recovery.
        let mut again = torn.clone();
        again.cut_after_words(words % 50);
        let mut again = TestCard::with_memory(again).into_memory();
        again.restore_power();
        let mut card = TestCard::with_memory(again);
        match card.status("00A4040C08A000000151000000").as_str() {
            "9000" => {
                before += 1;
                assert_eq!(activate(&mut card), "9000", "{words} words");
            }
            "6A82" => after += 1,
            other => panic!("{words} words: {other}"),
        }
        assert_eq!(card.send("00B09C0000"), format!("{CARD_ACCESS_G1}9000"));
        let nvm = card.into_memory();
        assert!(
            ISSUER.iter().all(|key| !holds(&nvm, key)),
            "{words} words: keys are left"
        );
    }
    assert!(before > 0 && after > 10, "{before} before, {after} after");
}

/// Sends a command to a card whose power goes after some words; `None` when it was through by then.
fn cut(card: TestCard, words: usize, command: &[u8]) -> Option<RamMemory> {
    // The session lives in RAM, so the memory is cut in place.
    let mut card = card;
    card.cut_after_words(words);
    let answered = card
        .try_send(command)
        .is_some_and(|response| response == [0x90, 0x00]);
    let mut nvm = card.into_memory();
    nvm.restore_power();
    (!answered).then_some(nvm)
}
