//! The administration of an operational card: what its keys may do, in which state, and what a cut leaves.

use crate::reader::{self, CAN, PIN, PUK, Session, administration, pace, set_at};
use crate::support::*;
use card_applet::sim::memory::RamMemory;

const DEACTIVATE: u8 = 0x04;
const ACTIVATE: u8 = 0x44;
const TERMINATE: u8 = 0xFE;
const CAN_DIGITS: &[u8] = b"123456";
const SELECT_ISSUER_DOMAIN: &str = "00A4040C08A000000151000000";
const SELECT_APPLICATION: &str = "00A4040C07A0000002471001";

fn card() -> TestCard {
    let mut card = TestCard::blank();
    load(&mut card, CARD_ACCESS_G1, b"");
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    assert_eq!(issuer.put_keys(0x50, 0, &ADMINISTRATION), "5090009000");
    card.reset();
    assert_eq!(activate(&mut card), "9000");
    card
}

/// One command of the administration.
fn administer(card: &mut TestCard, instruction: u8) -> String {
    let status = administration(card).send(instruction, 0, 0, &[]);
    card.reset();
    status
}

/// The life cycle status byte in the FCP of the MF, and the status word.
fn state(card: &mut TestCard) -> (u8, String) {
    card.reset();
    let mut answer = bytes(&card.send("00A40004023F00 00"));
    let status = hex::encode_upper(answer.split_off(answer.len() - 2));
    let at = answer
        .windows(2)
        .position(|window| window == [0x8A, 0x01])
        .expect("DO'8A'");
    (answer[at + 2], status)
}

fn reads_the_document(card: &mut TestCard) -> bool {
    card.reset();
    let Ok(mut session) = pace(card, None, CAN, CAN_DIGITS) else {
        return false;
    };
    let aid = bytes("A0000002471001");
    let (_, selected) = session.send(card, [0, 0xA4, 4, 0x0C], &aid, None);
    let (data, read) = session.send(card, [0, 0xB0, 0x9E, 0], &[], Some(&[0]));
    (&*selected, &*read) == ("9000", "9000") && hex::encode_upper(data) == EF_COM
}

#[test]
fn out_of_service_and_back() {
    let mut card = card();
    assert_eq!(state(&mut card), (0x05, "9000".to_owned()));
    assert_eq!(administer(&mut card, DEACTIVATE), "9000");
    assert_eq!(state(&mut card), (0x04, "6283".to_owned()));
    assert_eq!(
        card.send("00B09C0000"),
        format!("{CARD_ACCESS_G1}9000"),
        "PACE begins with it"
    );
    assert_eq!(card.status(SELECT_APPLICATION), "6283");
    assert_eq!(card.status("00B09E0000"), "6985");
    assert!(!reads_the_document(&mut card));
    assert_eq!(administer(&mut card, DEACTIVATE), "6985", "it is already");
    assert_eq!(administer(&mut card, ACTIVATE), "9000");
    assert_eq!(state(&mut card), (0x05, "9000".to_owned()));
    assert!(reads_the_document(&mut card));
    assert_eq!(administer(&mut card, ACTIVATE), "6985", "it is already");
}

/// A card that is out of service opens sessions for its administration alone.
#[test]
fn out_of_service_nothing_but_administration() {
    let mut card = TestCard::blank();
    load(&mut card, CARD_ACCESS_G1, b"");
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    assert_eq!(issuer.put_password(PIN, 1, b"271828"), "F09000");
    assert_eq!(issuer.put_password(PUK, 1, b"3141592653"), "F09000");
    assert_eq!(issuer.put_keys(0x50, 0, &ADMINISTRATION), "5090009000");
    card.reset();
    assert_eq!(activate(&mut card), "9000");
    assert_eq!(administer(&mut card, DEACTIVATE), "9000");
    for password in [PIN, PUK] {
        assert_eq!(set_at(&mut card, None, password), "6985", "{password}");
    }
    let mut session = pace(&mut card, None, CAN, CAN_DIGITS).unwrap();
    let aid = bytes("A0000002471001");
    for (header, data, expected) in [
        ([0, 0xA4, 0x02, 0x0C], &[0x01, 0x1C][..], "6283"),
        ([0, 0xA4, 0x08, 0x0C], &[0x3F, 0x01, 0x01, 0x1E], "6982"),
        ([0, 0xA4, 0x04, 0x0C], &aid, "6283"),
        ([0, 0xB0, 0x9E, 0x00], &[], "6985"),
        ([0, 0xB0, 0x81, 0x00], &[], "6985"),
        ([0, 0xB1, 0x00, 0x1E], &[0x54, 1, 0], "6985"),
        ([0, 0xA4, 0x02, 0x0C], &[0x01, 0x1E], "6982"),
        ([0, 0x88, 0x00, 0x00], &[1; 8], "6985"),
        ([0, 0x22, 0x41, 0xA4], &bytes("800A04007F00070202030202"), "6985"),
        (
            [0, 0x22, 0x81, 0xB6],
            &bytes("830B564E435643413030303031"),
            "6985",
        ),
        ([0, 0x2C, 0x02, 0x03], b"161803", "6982"),
        ([0, 0x44, 0x00, 0x00], &[], "6985"),
    ] {
        let le = (header[1] & 0xFE == 0xB0).then_some(&[0][..]);
        let (answer, status) = session.send(&mut card, header, data, le);
        assert_eq!((answer, &*status), (Vec::new(), expected), "{header:02X?}");
    }
    assert_eq!(
        administer(&mut card, ACTIVATE),
        "9000",
        "and back into service it comes"
    );
}

#[test]
fn administration_does_nothing_else() {
    let mut card = card();
    let mut issuer = administration(&mut card);
    for (instruction, p1, p2, data) in [
        (0xA4, 0x00, 0x0C, "3F00"),
        (0xA4, 0x04, 0x0C, "A0000002471001"),
        (0xB0, 0x9C, 0x00, ""),
        (0xB0, 0x9E, 0x00, ""),
        (0xD6, 0x9C, 0x00, "00"),
        (0xE0, 0x00, 0x00, "62128002012C8201018302011C8801E08C020100"),
        (0xE4, 0x00, 0x00, ""),
        (0x22, 0xC1, 0xA4, "800A04007F00070202040202830102"),
        (0x86, 0x00, 0x00, "7C00"),
        (0x84, 0x00, 0x00, ""),
        (0x82, 0x00, 0x00, "00"),
    ] {
        let status = issuer.send(instruction, p1, p2, &bytes(data));
        assert!(matches!(&*status, "6985" | "6700"), "{instruction:02X}: {status}");
    }
    for id in [1, 2, 3, 4] {
        assert_eq!(issuer.put_password(id, 1, b"123456"), "6985", "password {id}");
    }
    assert_eq!(
        issuer.put_keys(0x30, 0x30, &ISSUER),
        "6A88",
        "not the keys of this session"
    );
    assert_eq!(issuer.put_keys(0x30, 0x50, &ISSUER), "6985");
    assert_eq!(issuer.put_keys(0x01, 0, &ISSUER), "6A80");
    // The session is alive all the same, and the card what it was.
    assert_eq!(issuer.send(0x2C, 0x03, 0x03, &[]), "6A88", "it has no PIN");
    assert!(reads_the_document(&mut card));
}

/// INITIALIZE UPDATE for keys of this version in a reader's session: data and status word.
fn initialize(card: &mut TestCard, session: &mut Session, key_version: u8) -> (Vec<u8>, String) {
    session.send(card, [0x80, 0x50, key_version, 0], &[1; 8], Some(&[0]))
}

#[test]
fn no_other_keys_open_an_operational_card() {
    let mut card = card();
    let mut session = pace(&mut card, None, CAN, CAN_DIGITS).unwrap();
    assert_eq!(
        session.status(&mut card, [0, 0xA4, 4, 0x0C], &ISSUER_DOMAIN),
        "9000"
    );
    for version in [0x30, 0x01, 0x51] {
        let greeting = initialize(&mut card, &mut session, version);
        assert_eq!(greeting, (Vec::new(), "6A88".to_owned()), "{version:02X}");
    }
    let (greeting, _) = initialize(&mut card, &mut session, 0);
    assert_eq!(
        greeting[10..13],
        [0x50, 0x03, 0x70],
        "version zero asks for what there is"
    );
    // Administration is inside SCP03 only.
    card.reset();
    for command in ["00040000", "00440000", "00FE0000"] {
        assert_eq!(card.send(command), "6985", "{command}");
    }
    let mut session = pace(&mut card, None, CAN, CAN_DIGITS).unwrap();
    for instruction in [DEACTIVATE, ACTIVATE, TERMINATE] {
        let answer = session.send(&mut card, [0, instruction, 0, 0], &[], None);
        assert_eq!(answer.1, "6985", "{instruction:02X}");
    }
    assert_eq!(state(&mut card).0, 0x05);
}

#[test]
fn before_activation_these_keys_open_nothing() {
    let mut card = TestCard::blank();
    load(&mut card, CARD_ACCESS_G1, b"");
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    assert_eq!(issuer.put_keys(0x50, 0x50, &ADMINISTRATION), "6A88");
    assert_eq!(issuer.put_keys(0x50, 0, &ADMINISTRATION), "5090009000");
    assert_eq!(issuer.put_keys(0x50, 0x50, &ADMINISTRATION), "5090009000");
    for instruction in [DEACTIVATE, TERMINATE] {
        assert_eq!(issuer.send(instruction, 0, 0, &[]), "6985");
    }
    card.reset();
    assert_eq!(card.status(SELECT_ISSUER_DOMAIN), "9000");
    assert_eq!(card.send("8050500008010203040506070800"), "6A88");
    // Loading anew takes them away.
    assert_eq!(
        Issuer::open(&mut card, 0x30, &ISSUER).send(0xE4, 0, 0, &[]),
        "9000"
    );
    load(&mut card, CARD_ACCESS_G1, b"");
    assert_eq!(activate(&mut card), "9000");
    assert_eq!(card.status(SELECT_ISSUER_DOMAIN), "6A82");
}

#[test]
fn transport_keys_put_no_administration_keys() {
    let mut card = TestCard::manufactured();
    let mut issuer = Issuer::open(&mut card, 0x01, &TRANSPORT);
    assert_eq!(issuer.put_keys(0x50, 0, &ADMINISTRATION), "6985");
}

#[test]
fn administration_keys_replace_themselves() {
    const NEW: [[u8; 16]; 3] = [[0xE1; 16], [0xE2; 16], [0xE3; 16]];
    let mut card = card();
    let mut issuer = administration(&mut card);
    assert_eq!(
        issuer.put_keys(0x50, 0x30, &NEW),
        "6A88",
        "replaces what is not there"
    );
    assert_eq!(issuer.put_keys(0x50, 0x50, &NEW), "5090009000");
    assert_eq!(
        issuer.send(DEACTIVATE, 0, 0, &[]),
        "9000",
        "the session goes on under its own keys"
    );
    let mut issuer = reader::issuer(&mut card, CAN_DIGITS, &ISSUER_DOMAIN, 0x50, &NEW).unwrap();
    assert_eq!(issuer.send(ACTIVATE, 0, 0, &[]), "9000");
    let nvm = card.into_memory();
    assert!(ADMINISTRATION.iter().all(|key| !holds(&nvm, key)));
}

#[test]
fn wrong_administration_keys_are_counted_and_block_for_good() {
    let mut card = card();
    let greet = |card: &mut TestCard| {
        card.reset();
        let mut session = pace(card, None, CAN, CAN_DIGITS).unwrap();
        session.status(card, [0, 0xA4, 4, 0x0C], &ISSUER_DOMAIN);
        initialize(card, &mut session, 0x50).1
    };
    for _ in 0..10 {
        assert_eq!(greet(&mut card), "9000");
        assert_eq!(card.send("8482010010 0000000000000000 0000000000000000"), "6300");
    }
    assert_eq!(greet(&mut card), "6983");
    assert!(
        reads_the_document(&mut card),
        "its holder does not suffer from it"
    );
}

#[test]
fn a_terminated_card_is_dead() {
    for deactivated_first in [false, true] {
        let mut card = card();
        if deactivated_first {
            assert_eq!(administer(&mut card, DEACTIVATE), "9000");
        }
        let mut issuer = administration(&mut card);
        assert_eq!(issuer.send(TERMINATE, 0, 0, &[]), "9000");
        let after = issuer.wrap(ACTIVATE, 0, 0, &[]);
        assert_eq!(
            hex::encode_upper(card.try_send(&after).unwrap()),
            "6882",
            "the session ended with its answer"
        );
        is_dead(card);
    }
}

/// Nothing answers but the state, and nothing of what the card held is left.
fn is_dead(mut card: TestCard) {
    assert_eq!(state(&mut card), (0x0C, "6285".to_owned()));
    for command in [
        "00B09C0000",
        "00A4020C02011C",
        SELECT_APPLICATION,
        SELECT_ISSUER_DOMAIN,
        "0022C1A40F800A04007F00070202040202830102",
        "8050500008010203040506070800",
        "8482010010 0000000000000000 0000000000000000",
        "0084000008",
        "00440000",
        "00E40000",
    ] {
        assert_eq!(card.status(command), "6985", "{command}");
    }
    assert_eq!(set_at(&mut card, None, CAN), "6985");
    let nvm = card.into_memory();
    assert!(ADMINISTRATION.iter().all(|key| !holds(&nvm, key)), "keys");
    for secret in [
        CAN_DIGITS,
        b"fingers",
        &bytes(CARD_ACCESS_G1),
        &bytes(EF_COM),
        &dg2()[..64],
        &dg2()[dg2().len() - 64..],
    ] {
        assert!(!holds(&nvm, secret), "{}", hex::encode(secret));
    }
    assert!(holds(&nvm, &SERIAL), "which chip it was");
}

/// The power cut while a card is terminated, and again while the erasure is resumed: it is untouched or dead, and when
/// it is dead and had its power long enough, nothing is left.
#[test]
fn termination_survives_any_cut() {
    let nvm = card().into_memory();
    let (mut before, mut after) = (0, 0);
    // Every word of the transaction, then a sample of the long erasure.
    for words in (0..12).chain((12..).step_by(37)) {
        let mut card = TestCard::with_memory(nvm.clone());
        let mut issuer = administration(&mut card);
        let command = issuer.wrap(TERMINATE, 0, 0, &[]);
        card.cut_after_words(words);
        let through = card
            .try_send(&command)
            .is_some_and(|response| response == [0x90, 0x00]);
        let mut torn = card.into_memory();
        torn.restore_power();
        torn.cut_after_words(words % 50);
        let mut torn = TestCard::with_memory(torn).into_memory();
        torn.restore_power();
        let mut card = TestCard::with_memory(torn);
        match state(&mut card).0 {
            0x05 => {
                before += 1;
                assert!(!through);
                assert!(reads_the_document(&mut card), "{words} words");
                assert_eq!(administer(&mut card, TERMINATE), "9000");
                is_dead(card);
            }
            0x0C => {
                after += 1;
                is_dead(card);
            }
            other => panic!("{words} words: {other:02X}"),
        }
        if through {
            break;
        }
    }
    assert!(before > 0 && after > 3, "{before} before, {after} after");
}

/// The same for taking out of service: one write, so the card is in or out.
#[test]
fn deactivation_survives_any_cut() {
    let nvm = card().into_memory();
    for words in 0.. {
        let mut card = TestCard::with_memory(nvm.clone());
        let mut issuer = administration(&mut card);
        let command = issuer.wrap(DEACTIVATE, 0, 0, &[]);
        card.cut_after_words(words);
        let through = card.try_send(&command).unwrap() == [0x90, 0x00];
        let mut torn = card.into_memory();
        torn.restore_power();
        let mut card = TestCard::with_memory(torn);
        let (state, _) = state(&mut card);
        assert!(matches!(state, 0x04 | 0x05), "{words} words: {state:02X}");
        if through {
            assert_eq!(state, 0x04);
            break;
        }
        // The answer was lost; the card says what it is, and goes on from there.
        let expected = if state == 0x04 { "6985" } else { "9000" };
        assert_eq!(administer(&mut card, DEACTIVATE), expected);
    }
}

/// A card with an administration is issued, used, taken out and back by who has a reader only: a session that was open
/// when the state changed does not outlive it, because it is another channel.
#[test]
fn no_session_outlives_a_change_of_state() {
    let mut card = card();
    let mut session: Session = pace(&mut card, None, CAN, CAN_DIGITS).unwrap();
    let mut issuer = Issuer::open_inside(&mut card, &mut session, &ISSUER_DOMAIN, 0x50, &ADMINISTRATION);
    assert_eq!(issuer.send(DEACTIVATE, 0, 0, &[]), "9000");
    let command = session.protect([0, 0xB0, 0x9E, 0], &[], Some(&[0]), false);
    let status = hex::encode_upper(card.try_send(&command).unwrap());
    assert_eq!(status, "6982");
}

fn holds(nvm: &RamMemory, bytes: &[u8]) -> bool {
    nvm.content().windows(bytes.len()).any(|window| window == bytes)
}
