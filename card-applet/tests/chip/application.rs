//! Applications beside the eMRTD in an operational card: what their keys may do and nothing else, who reads their files, and
//! what a power cut leaves of an update.

#[path = "application/keys.rs"]
mod keys;
#[path = "application/power_cut.rs"]
mod power_cut;
#[path = "application/reach.rs"]
mod reach;

use crate::reader::{CAN, PIN, PUK, administration, issuer, pace};
use crate::support::*;

const AID: [u8; 8] = *b"\xF0VNMBHYT";
const OTHER_AID: [u8; 6] = *b"\xF0OTHER";
const KEYS: [[u8; 16]; 3] = [[0x61; 16], [0x62; 16], [0x63; 16]];
const OTHER_KEYS: [[u8; 16]; 3] = [[0x71; 16], [0x72; 16], [0x73; 16]];
const KEY_VERSION: u8 = 0x60;
const OTHER_KEY_VERSION: u8 = 0x61;
const SELECT: &str = "00A4040C08F0564E4D42485954";

/// Contributions: readable after PACE, updated by the application; as long as two memory pages and a half.
const INSURED: u8 = 0x01;
/// Readable after PACE, never updated.
const FIXED: u8 = 0x02;
/// Of the application alone.
const INTERNAL: u8 = 0x03;
/// Readable by everybody, updated by the application.
const PUBLIC: u8 = 0x04;
const LEN: usize = 1300;

/// A card with the eMRTD and two applications, still in the issuer's hands.
fn loaded() -> TestCard {
    let mut card = TestCard::blank();
    load_small(&mut card);
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    assert_eq!(issuer.put_password(PUK, 1, b"3141592653"), "F09000");
    assert_eq!(issuer.send(0xA4, 0, 0x0C, &[0x3F, 0]), "9000");
    assert_eq!(issuer.create("6211 820138 83023F02 8408F0564E4D42485954"), "9000");
    assert_eq!(issuer.put_keys(KEY_VERSION, 0, &KEYS), "6090009000");
    issuer.load_with_rules(0x0201, INSURED, 0x42, 0xE3, &[0x20; LEN]);
    issuer.load(0x0202, FIXED, 0x42, b"as it was printed");
    issuer.load_with_rules(0x0203, INTERNAL, 0xFF, 0xE3, &[0x20; 16]);
    issuer.load_with_rules(0x0204, PUBLIC, 0x00, 0xE3, &[0x20; LEN]);
    assert_eq!(issuer.send(0xA4, 0, 0x0C, &[0x3F, 0]), "9000");
    assert_eq!(issuer.create("620F 820138 83023F03 8406F04F54484552"), "9000");
    assert_eq!(issuer.put_keys(OTHER_KEY_VERSION, 0, &OTHER_KEYS), "6190009000");
    issuer.load_with_rules(0x0201, INSURED, 0x42, 0xE3, &[0x20; 16]);
    card.reset();
    card
}

fn operational() -> TestCard {
    let mut card = loaded();
    assert_eq!(activate(&mut card), "9000");
    card
}

fn open(card: &mut TestCard) -> Issuer<'_> {
    issuer(card, b"123456", &AID, KEY_VERSION, &KEYS).unwrap()
}

/// The file's first bytes as a reader gets them who opened the card with this password, and the status word.
fn read_by(card: &mut TestCard, password: u8, secret: &[u8], sfi: u8) -> (Vec<u8>, String) {
    card.reset();
    let mut session = pace(card, None, password, secret).unwrap();
    let (_, selected) = session.send(card, [0, 0xA4, 4, 0x0C], &AID, None);
    assert_eq!(selected, "9000");
    session.send(card, [0, 0xB0, 0x80 | sfi, 0], &[], Some(&[16]))
}

#[test]
fn written_by_its_keys_and_read_after_pace() {
    let mut card = operational();
    let mut issuer = open(&mut card);
    assert_eq!(issuer.send(0xD6, 0x80 | INSURED, 0, b"insured to 2027 "), "9000");
    assert_eq!(
        issuer.send(0xA4, 2, 0x0C, &[0x02, INTERNAL]),
        "9000",
        "selected by its identifier, too"
    );
    assert_eq!(issuer.send(0xD6, 0, 4, b"notes"), "9000");
    let mut read = issuer.wrap(0xB0, 0, 0, &[]);
    read.push(16);
    let answer = issuer.card.try_send(&read).unwrap();
    assert_eq!(answer, b"    notes       \x90\x00", "and read back");

    let insured = b"insured to 2027 ".to_vec();
    assert_eq!(
        read_by(&mut card, CAN, b"123456", INSURED),
        (insured.clone(), "9000".to_owned())
    );
    let nothing = (Vec::new(), "6982".to_owned());
    assert_eq!(read_by(&mut card, CAN, b"123456", INTERNAL), nothing);
    for (password, secret) in [(PIN, &b"271828"[..]), (PUK, b"3141592653")] {
        for sfi in [INSURED, FIXED, INTERNAL] {
            assert_eq!(
                read_by(&mut card, password, secret, sfi),
                nothing,
                "{password} {sfi}"
            );
        }
    }
    // Before PACE nothing but what everybody may read.
    card.reset();
    assert_eq!(card.status(SELECT), "9000");
    for sfi in [INSURED, FIXED, INTERNAL] {
        assert_eq!(card.send(&format!("00B0{:02X}0010", 0x80 | sfi)), "6982");
        assert_eq!(card.send(&format!("00A4020C0202{sfi:02X}")), "6982");
    }
    assert_eq!(
        card.send(&format!("00B0{:02X}0004", 0x80 | PUBLIC)),
        "202020209000"
    );
}

#[test]
fn longer_updates_and_both_forms() {
    let mut card = operational();
    let mut issuer = open(&mut card);
    let content: Vec<u8> = (0..LEN).map(|index| (index % 253) as u8).collect();
    let whole = [
        &[0x54, 1, 0, 0x53, 0x82, (LEN >> 8) as u8, LEN as u8][..],
        &content,
    ]
    .concat();
    assert_eq!(
        issuer.send(0xD7, 0, PUBLIC, &whole),
        "9000",
        "all of it in one command"
    );
    // Past the end, or across it: nothing is written.
    let [high, low] = (LEN as u16).to_be_bytes();
    assert_eq!(issuer.send(0xD6, high, low, &[0]), "6B00");
    assert_eq!(issuer.send(0xD6, high, low - 1, &[0, 0]), "6B00");
    assert_eq!(issuer.send(0xD6, 0x80 | PUBLIC, 0, &[]), "6700");
    card.reset();
    assert_eq!(card.status(SELECT), "9000");
    assert_eq!(
        card.send(&format!("00B0{:02X}0000{LEN:04X}", 0x80 | PUBLIC)),
        format!("{}9000", hex::encode_upper(&content))
    );
}
