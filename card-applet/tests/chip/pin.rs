//! PIN and PUK: tries, suspension, resumption, blocking, change and unblocking, and what their sessions may do.

use crate::reader::{CAN, PIN, PUK, Session, administration, pace, set_at};
use crate::support::*;
use card_applet::sim::memory::RamMemory;

const RIGHT: &[u8] = b"271828";
const WRONG: &[u8] = b"000000";
const PUK_DIGITS: &[u8] = b"3141592653";
const CAN_DIGITS: &[u8] = b"123456";
const RESET_RETRY_COUNTER: u8 = 0x2C;

/// An operational card with MRZ, CAN, PIN and PUK.
fn card() -> TestCard {
    let mut card = TestCard::blank();
    load(&mut card, CARD_ACCESS_G1, b"");
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    assert_eq!(issuer.put_password(PIN, 1, RIGHT), "F09000");
    assert_eq!(issuer.put_password(PUK, 1, PUK_DIGITS), "F09000");
    assert_eq!(
        issuer.put_keys(0x50, 0, &ADMINISTRATION),
        "5090009000",
        "administration keys"
    );
    card.reset();
    assert_eq!(activate(&mut card), "9000");
    card
}

fn try_pin(card: &mut TestCard, secret: &[u8]) -> Result<Session, String> {
    card.reset();
    pace(card, None, PIN, secret)
}

fn open(card: &mut TestCard, password: u8, secret: &[u8]) -> Session {
    card.reset();
    pace(card, None, password, secret).unwrap_or_else(|status| panic!("password {password}: {status}"))
}

fn refused(result: Result<Session, String>) -> String {
    result.err().expect("PACE must fail")
}

/// The PIN's tries as MSE:Set AT says them; `9000` stands for all.
fn tries(card: &mut TestCard) -> String {
    card.reset();
    set_at(card, None, PIN)
}

/// Uses up all tries but one.
fn suspend(card: &mut TestCard) {
    assert_eq!(refused(try_pin(card, WRONG)), "63C2");
    assert_eq!(refused(try_pin(card, WRONG)), "63C1");
}

fn block(card: &mut TestCard) {
    suspend(card);
    let mut can = open(card, CAN, CAN_DIGITS);
    assert_eq!(refused(pace(card, Some(&mut can), PIN, WRONG)), "63C0");
}

fn reset_retry_counter(card: &mut TestCard, session: &mut Session, new_pin: Option<&[u8]>) -> String {
    let p1 = if new_pin.is_some() { 0x02 } else { 0x03 };
    let header = [0, RESET_RETRY_COUNTER, p1, PIN];
    session.send(card, header, new_pin.unwrap_or_default(), None).1
}

#[test]
fn a_right_pin_gives_its_tries_back() {
    let mut card = card();
    assert_eq!(tries(&mut card), "9000");
    assert_eq!(refused(try_pin(&mut card, WRONG)), "63C2");
    assert_eq!(tries(&mut card), "63C2", "the try stays lost after a reset");
    assert!(try_pin(&mut card, RIGHT).is_ok());
    assert_eq!(tries(&mut card), "9000");
}

#[test]
fn only_a_finished_proof_costs_a_try() {
    let mut card = card();
    card.reset();
    assert_eq!(set_at(&mut card, None, PIN), "9000");
    assert!(card.send("10860000027C0000").ends_with("9000"));
    assert_eq!(tries(&mut card), "9000");
}

#[test]
fn a_suspended_pin_wants_the_can_and_its_own_session() {
    let mut card = card();
    suspend(&mut card);
    // Right or wrong: not now, and nothing is lost by it.
    for secret in [RIGHT, WRONG] {
        assert_eq!(refused(try_pin(&mut card, secret)), "6985");
    }
    assert_eq!(tries(&mut card), "63C1");
    // A CAN session that is over resumes nothing.
    open(&mut card, CAN, CAN_DIGITS);
    assert_eq!(refused(try_pin(&mut card, RIGHT)), "6985");
    // Inside the CAN's session it may be proved, and gets its tries back.
    let mut can = open(&mut card, CAN, CAN_DIGITS);
    assert!(pace(&mut card, Some(&mut can), PIN, RIGHT).is_ok());
    assert_eq!(tries(&mut card), "9000");
}

#[test]
fn resuming_is_for_the_can_and_for_a_suspended_pin_alone() {
    let mut card = card();
    let mut can = open(&mut card, CAN, CAN_DIGITS);
    assert_eq!(
        set_at(&mut card, Some(&mut can), PIN),
        "6985",
        "a PIN that is not suspended"
    );
    suspend(&mut card);
    let mut can = open(&mut card, CAN, CAN_DIGITS);
    for other in [1, CAN, PUK] {
        assert_eq!(
            set_at(&mut card, Some(&mut can), other),
            "6985",
            "password {other}"
        );
    }
    let mut puk = open(&mut card, PUK, PUK_DIGITS);
    assert_eq!(set_at(&mut card, Some(&mut puk), PIN), "6985", "inside the PUK's");
    // MSE inside the session that another command follows leaves nothing.
    let mut can = open(&mut card, CAN, CAN_DIGITS);
    assert_eq!(set_at(&mut card, Some(&mut can), PIN), "63C1");
    can.send(&mut card, [0, 0xB0, 0x9C, 0], &[], Some(&[0]));
    let answer = can.send(&mut card, [0x10, 0x86, 0, 0], &[0x7C, 0x00], Some(&[0]));
    assert_eq!(answer.1, "6985");
}

#[test]
fn a_failed_resumption_blocks_the_pin_and_keeps_the_cans_session() {
    let mut card = card();
    suspend(&mut card);
    let mut can = open(&mut card, CAN, CAN_DIGITS);
    assert_eq!(refused(pace(&mut card, Some(&mut can), PIN, WRONG)), "63C0");
    let (data, status) = can.send(&mut card, [0, 0xB0, 0x9C, 0], &[], Some(&[0]));
    assert_eq!(
        (hex::encode_upper(data), &*status),
        (CARD_ACCESS_G1.to_owned(), "9000")
    );
    assert_eq!(set_at(&mut card, Some(&mut can), PIN), "6983");
    assert_eq!(tries(&mut card), "63C0");
    assert_eq!(refused(try_pin(&mut card, RIGHT)), "6983");
}

#[test]
fn sessions_of_pin_and_puk_open_no_data_of_the_document() {
    let mut card = card();
    for (password, secret) in [(PIN, RIGHT), (PUK, PUK_DIGITS)] {
        let mut session = open(&mut card, password, secret);
        let (data, status) = session.send(&mut card, [0, 0xB0, 0x9C, 0], &[], Some(&[0]));
        assert_eq!(
            (hex::encode_upper(data), &*status),
            (CARD_ACCESS_G1.to_owned(), "9000")
        );
        let application = bytes("A0000002471001");
        let select = session.send(&mut card, [0, 0xA4, 4, 0x0C], &application, None);
        assert_eq!(select.1, "9000");
        for sfi in [0x1E, 0x1D, 0x01, 0x02, 0x03] {
            let read = session.send(&mut card, [0, 0xB0, 0x80 | sfi, 0], &[], Some(&[0]));
            assert_eq!((read.0.len(), &*read.1), (0, "6982"), "SFI {sfi:02X}");
        }
        let select = session.send(&mut card, [0, 0xA4, 2, 0x0C], &[1, 1], None);
        assert_eq!(select.1, "6982", "DG1");
    }
    // The same files, opened by the CAN.
    let mut session = open(&mut card, CAN, CAN_DIGITS);
    let application = bytes("A0000002471001");
    session.send(&mut card, [0, 0xA4, 4, 0x0C], &application, None);
    let read = session.send(&mut card, [0, 0xB0, 0x9E, 0], &[], Some(&[0]));
    assert_eq!(read.1, "9000");
}

#[test]
fn who_proved_the_pin_changes_it() {
    let mut card = card();
    let mut session = open(&mut card, PIN, RIGHT);
    for none in [&b"12345"[..], b"12345x", b"12345678901234567"] {
        assert_eq!(reset_retry_counter(&mut card, &mut session, Some(none)), "6A80");
    }
    assert_eq!(
        reset_retry_counter(&mut card, &mut session, None),
        "6982",
        "the PIN does not unblock itself"
    );
    assert_eq!(
        reset_retry_counter(&mut card, &mut session, Some(b"161803")),
        "9000"
    );
    assert_eq!(refused(try_pin(&mut card, RIGHT)), "63C2");
    assert!(try_pin(&mut card, b"161803").is_ok());
    let nvm = card.into_memory();
    assert!(!holds(&nvm, RIGHT), "the old PIN is gone from the memory");
}

#[test]
fn nobody_else_changes_or_unblocks_it() {
    let mut card = card();
    assert_eq!(card.status("002C020306313631383033"), "6982");
    assert_eq!(card.status("002C0303"), "6982");
    let mut can = open(&mut card, CAN, CAN_DIGITS);
    assert_eq!(reset_retry_counter(&mut card, &mut can, Some(b"161803")), "6982");
    assert_eq!(reset_retry_counter(&mut card, &mut can, None), "6982");
    assert!(try_pin(&mut card, RIGHT).is_ok());
    // No other password, and no other way, exists.
    let mut session = open(&mut card, PIN, RIGHT);
    for header in [[2, CAN], [2, PUK], [3, CAN], [0, PIN], [1, PIN], [2, 1]] {
        let header = [0, RESET_RETRY_COUNTER, header[0], header[1]];
        assert_eq!(session.send(&mut card, header, b"161803", None).1, "6A86");
    }
}

#[test]
fn the_puk_unblocks_with_the_old_pin_or_a_new_one() {
    let mut card = card();
    block(&mut card);
    let mut puk = open(&mut card, PUK, PUK_DIGITS);
    assert_eq!(reset_retry_counter(&mut card, &mut puk, None), "9000");
    assert!(try_pin(&mut card, RIGHT).is_ok());
    block(&mut card);
    let mut puk = open(&mut card, PUK, PUK_DIGITS);
    assert_eq!(reset_retry_counter(&mut card, &mut puk, Some(b"161803")), "9000");
    assert!(try_pin(&mut card, b"161803").is_ok());
}

#[test]
fn the_puk_has_ten_uses_and_none_is_spent_in_vain() {
    let mut card = card();
    let mut puk = open(&mut card, PUK, PUK_DIGITS);
    assert_eq!(reset_retry_counter(&mut card, &mut puk, Some(b"1")), "6A80");
    for _ in 0..10 {
        assert_eq!(reset_retry_counter(&mut card, &mut puk, None), "9000");
    }
    block(&mut card);
    let mut puk = open(&mut card, PUK, PUK_DIGITS);
    assert_eq!(reset_retry_counter(&mut card, &mut puk, None), "6983");
    assert_eq!(reset_retry_counter(&mut card, &mut puk, Some(b"161803")), "6983");
    assert_eq!(refused(try_pin(&mut card, RIGHT)), "6983");
    // The administration still can, and sets no PIN.
    let mut administration = administration(&mut card);
    assert_eq!(
        administration.send(RESET_RETRY_COUNTER, 2, PIN, b"161803"),
        "6982"
    );
    assert_eq!(administration.send(RESET_RETRY_COUNTER, 3, PIN, &[]), "9000");
    assert!(try_pin(&mut card, RIGHT).is_ok());
}

#[test]
fn a_wrong_puk_costs_time_and_never_blocks() {
    let mut card = card();
    for _ in 0..9 {
        card.reset();
        assert_eq!(refused(pace(&mut card, None, PUK, b"0000000000")), "6300");
    }
    assert_eq!(
        *card.waits.0.borrow(),
        [250, 500, 1000, 2000, 4000, 8000],
        "milliseconds"
    );
    open(&mut card, PUK, PUK_DIGITS);
}

#[test]
fn a_card_without_pin_has_none() {
    let mut card = operational(b"");
    for password in [PIN, PUK] {
        assert_eq!(set_at(&mut card, None, password), "6A88");
    }
}

#[test]
fn a_pin_comes_with_a_can() {
    let mut card = TestCard::blank();
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    issuer.load(0x011C, 0x1C, 0x00, &bytes(CARD_ACCESS_G1));
    issuer.create_application();
    for fid in [0x011E, 0x011D, 0x0101, 0x0102] {
        issuer.load(fid, 0x1F & fid as u8, 0x41, b"x");
    }
    assert_eq!(issuer.put_password(1, 1, &[7; 20]), "F09000");
    assert_eq!(issuer.put_password(PIN, 1, RIGHT), "F09000");
    assert_eq!(issuer.send(0x44, 0, 0, &[]), "6985", "nothing could resume it");
    assert_eq!(issuer.put_password(CAN, 1, CAN_DIGITS), "F09000");
    assert_eq!(issuer.send(0x44, 0, 0, &[]), "9000");
}

fn holds(nvm: &RamMemory, bytes: &[u8]) -> bool {
    nvm.content().windows(bytes.len()).any(|window| window == bytes)
}

/// The tries that a memory holds, as a number.
fn tries_in(nvm: RamMemory) -> u8 {
    let mut nvm = nvm;
    nvm.restore_power();
    match &*tries(&mut TestCard::with_memory(nvm)) {
        "9000" => 3,
        fewer => fewer[3..].parse().unwrap(),
    }
}

/// The power cut at every word of a wrong proof: whether the chip said so or not, a guess never comes free.
#[test]
fn no_cut_saves_a_try() {
    let mut whole = card();
    assert_eq!(refused(try_pin(&mut whole, WRONG)), "63C2");
    let nvm = whole.into_memory();
    let mut cuts = 0;
    for words in 0.. {
        let mut card = TestCard::with_memory(nvm.clone());
        card.cut_after_words(words);
        let answer = pace(&mut card, None, PIN, WRONG).err().unwrap();
        let left = tries_in(card.into_memory());
        if answer.starts_with("63C") {
            // The chip has compared, so the try is gone.
            assert_eq!((&*answer, left), ("63C1", 1));
            break;
        }
        assert_eq!(answer, "6581", "nothing was compared");
        assert!((1..=2).contains(&left), "{words} words: {left}");
        cuts += 1;
    }
    assert!(cuts > 0);
}

/// The same for a right proof: one try is lost, or all are back, and the session is open only in the second case.
#[test]
fn no_cut_of_a_right_proof_gives_more_than_all_tries() {
    let mut whole = card();
    assert_eq!(refused(try_pin(&mut whole, WRONG)), "63C2");
    let nvm = whole.into_memory();
    for words in 0.. {
        let mut card = TestCard::with_memory(nvm.clone());
        card.cut_after_words(words);
        let opened = pace(&mut card, None, PIN, RIGHT).is_ok();
        let left = tries_in(card.into_memory());
        if opened {
            assert_eq!(left, 3);
            break;
        }
        assert!((1..=3).contains(&left), "{words} words: {left}");
    }
}

/// The power cut during unblocking by the PUK with a new PIN: either nothing has happened, or all of it, the
/// PUK's use spent.
#[test]
fn unblocking_is_whole_or_nothing() {
    let mut blocked = card();
    block(&mut blocked);
    let nvm = blocked.into_memory();
    let (mut before, mut after) = (0, 0);
    // Every word of the transaction, and of the erasure that follows it each eleventh.
    for words in (0..12).chain((12..).step_by(11)) {
        let mut card = TestCard::with_memory(nvm.clone());
        let mut puk = open(&mut card, PUK, PUK_DIGITS);
        let command = puk.protect([0, RESET_RETRY_COUNTER, 2, PIN], b"161803", None, false);
        card.cut_after_words(words);
        let response = card.try_send(&command).unwrap();
        let through = response.ends_with(&[0x90, 0x00]);
        let mut torn = card.into_memory();
        torn.restore_power();
        let mut card = TestCard::with_memory(torn);
        match &*tries(&mut card) {
            "63C0" => {
                before += 1;
                assert_eq!(uses_left(&mut card), 10, "{words} words");
            }
            "9000" => {
                after += 1;
                assert!(try_pin(&mut card, b"161803").is_ok(), "{words} words");
                assert_eq!(uses_left(&mut card), 9, "{words} words");
            }
            other => panic!("{words} words: {other}"),
        }
        if through {
            break;
        }
    }
    assert!(before > 0 && after > 1, "{before} before, {after} after");
}

/// How often the PUK still unblocks; uses them up.
fn uses_left(card: &mut TestCard) -> usize {
    let mut puk = open(card, PUK, PUK_DIGITS);
    (0..20)
        .take_while(|_| reset_retry_counter(card, &mut puk, None) == "9000")
        .count()
}
