//! An application's keys: which open a session and where, how often they may be wrong, and how they are put and replaced.

use super::*;
use crate::reader::{self, Session};
use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::crypto::kdf;
use card_applet::crypto::mac::MacKey;

/// INITIALIZE UPDATE for keys of this version, in the session that is open: data and status word.
fn initialize(card: &mut TestCard, session: &mut Session, key_version: u8) -> (Vec<u8>, String) {
    session.send(
        card,
        [0x80, 0x50, key_version, 0],
        &[1, 2, 3, 4, 5, 6, 7, 8],
        Some(&[0]),
    )
}

/// A session of the CAN in which this application is selected.
fn in_application(card: &mut TestCard, aid: &[u8]) -> Session {
    card.reset();
    let mut session = pace(card, None, CAN, b"123456").unwrap();
    assert_eq!(session.status(card, [0, 0xA4, 4, 0x0C], aid), "9000");
    session
}

#[test]
fn keys_open_their_own_application_and_no_other() {
    let mut card = operational();
    let refused = |status: &str| (Vec::new(), status.to_owned());
    for (aid, own, others) in [
        (&AID[..], 0x60, [0x61, 0x50, 0x30, 0x62]),
        (&OTHER_AID, 0x61, [0x60, 0x50, 0x30, 0x01]),
    ] {
        let mut session = in_application(&mut card, aid);
        for other in others {
            let answer = initialize(&mut card, &mut session, other);
            assert_eq!(answer, refused("6A88"), "{aid:02X?}: {other:02X}");
        }
        // Version 00 asks for the keys that there are.
        let (answer, _) = initialize(&mut card, &mut session, 0);
        assert_eq!(answer[10], own);
    }
    // The eMRTD has none, nor has the MF.
    let mut session = in_application(&mut card, &bytes("A0000002471001"));
    for (p1, name) in [(4, &bytes("A0000002471001")[..]), (0, &[0x3F, 0])] {
        assert_eq!(session.status(&mut card, [0, 0xA4, p1, 0x0C], name), "9000");
        for version in [0, KEY_VERSION] {
            assert_eq!(initialize(&mut card, &mut session, version), refused("6985"));
        }
    }
    // And the issuer security domain has the administration's.
    let mut session = in_application(&mut card, &ISSUER_DOMAIN);
    assert_eq!(initialize(&mut card, &mut session, KEY_VERSION), refused("6A88"));
}

/// Amendment D, 6.2.2.1: a pseudo-random challenge is of the sequence counter and the application's name.
#[test]
fn the_challenge_is_of_the_application() {
    let mut card = operational();
    let mut session = in_application(&mut card, &AID);
    let (answer, _) = initialize(&mut card, &mut session, KEY_VERSION);
    assert_eq!(answer[..10], SERIAL, "as for the other key sets");
    let context = [&answer[29..32], &AID[..]].concat();
    let mut challenge = [0; 8];
    let enc = MacKey::new(SymmetricAlgorithm::Aes128, &KEYS[0]).unwrap();
    kdf::scp03(&enc, 0x02, &context, &mut challenge).unwrap();
    assert_eq!(answer[13..21], challenge);
}

#[test]
fn ten_wrong_proofs_block_them_and_nothing_else() {
    let mut card = operational();
    for _ in 0..10 {
        let mut session = in_application(&mut card, &AID);
        assert_eq!(initialize(&mut card, &mut session, KEY_VERSION).1, "9000");
        let refused = card.send("84820100100102030405060708 0102030405060708");
        assert_eq!(refused, "6300");
    }
    let mut session = in_application(&mut card, &AID);
    assert_eq!(initialize(&mut card, &mut session, KEY_VERSION).1, "6983");
    // The other application, the administration and the document go on.
    let mut other = issuer(&mut card, b"123456", &OTHER_AID, OTHER_KEY_VERSION, &OTHER_KEYS).unwrap();
    assert_eq!(other.send(0xD6, 0x80 | INSURED, 0, b"goes on"), "9000");
    administration(&mut card);
    assert_eq!(read_by(&mut card, CAN, b"123456", FIXED).1, "9000");
}

#[test]
fn they_replace_themselves_and_no_others() {
    let mut card = operational();
    let new = [[0xE1; 16], [0xE2; 16], [0xE3; 16]];
    let mut issuer = open(&mut card);
    for (version, replaces, refused) in [
        (OTHER_KEY_VERSION, 0, "6985"),
        (0x62, 0, "6985"),
        (0x50, 0, "6985"),
        (0x30, 0, "6985"),
        (0x01, 0, "6A80"),
        (KEY_VERSION, OTHER_KEY_VERSION, "6A88"),
    ] {
        assert_eq!(issuer.put_keys(version, replaces, &new), refused, "{version:02X}");
    }
    for id in [1, 2, 3, 4] {
        assert_eq!(issuer.put_password(id, 1, b"123456"), "6985");
    }
    assert_eq!(issuer.put_keys(KEY_VERSION, KEY_VERSION, &new), "6090009000");
    let mut issuer = reader::issuer(&mut card, b"123456", &AID, KEY_VERSION, &new).unwrap();
    assert_eq!(issuer.send(0xD6, 0x80 | INTERNAL, 0, b"new keys"), "9000");
    // The old ones are nowhere in the memory any more.
    let memory = card.into_memory();
    let held = |key: &[u8]| memory.content().windows(16).any(|window| window == key);
    assert!(!KEYS.iter().any(|key| held(key)));
    assert!(new.iter().all(|key| held(key)));
}

#[test]
fn the_issuer_puts_one_set_into_one_application() {
    let mut card = TestCard::blank();
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    assert_eq!(
        issuer.put_keys(KEY_VERSION, 0, &KEYS),
        "6985",
        "the MF has no keys"
    );
    issuer.create_application();
    assert_eq!(
        issuer.put_keys(KEY_VERSION, 0, &KEYS),
        "6985",
        "nor has the eMRTD"
    );
    assert_eq!(
        issuer.create("6213 80020010 820101 83020201 880108 8C0303E342"),
        "6A80",
        "so none of its files can be updated"
    );
    assert_eq!(issuer.send(0xA4, 0, 0x0C, &[0x3F, 0]), "9000");
    assert_eq!(issuer.create("6211 820138 83023F02 8408F0564E4D42485954"), "9000");
    assert_eq!(
        issuer.put_keys(0x68, 0, &KEYS),
        "6A80",
        "there are eight versions"
    );
    assert_eq!(issuer.put_keys(KEY_VERSION, KEY_VERSION, &KEYS), "6A88");
    assert_eq!(issuer.put_keys(KEY_VERSION, 0, &KEYS), "6090009000");
    assert_eq!(
        issuer.put_keys(OTHER_KEY_VERSION, 0, &KEYS),
        "6985",
        "it has keys"
    );
    assert_eq!(issuer.put_keys(KEY_VERSION, 0, &OTHER_KEYS), "6090009000");
    assert_eq!(issuer.send(0xA4, 0, 0x0C, &[0x3F, 0]), "9000");
    assert_eq!(issuer.create("620F 820138 83023F03 8406F04F54484552"), "9000");
    assert_eq!(issuer.put_keys(KEY_VERSION, 0, &KEYS), "6985", "another's");
    // DELETE FILE takes them along.
    assert_eq!(issuer.send(0xE4, 0, 0, &[]), "9000");
    assert_eq!(issuer.create("620F 820138 83023F03 8406F04F54484552"), "9000");
    assert_eq!(issuer.put_keys(KEY_VERSION, KEY_VERSION, &KEYS), "6A88");
    let memory = card.into_memory();
    let held = |key: &[u8]| memory.content().windows(16).any(|window| window == key);
    assert!(!KEYS.iter().chain(&OTHER_KEYS).any(|key| held(key)));
}

#[test]
fn a_file_that_nobody_could_update_stops_activation() {
    let mut card = TestCard::blank();
    load_small(&mut card);
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    assert_eq!(issuer.send(0xA4, 0, 0x0C, &[0x3F, 0]), "9000");
    assert_eq!(issuer.create("6211 820138 83023F02 8408F0564E4D42485954"), "9000");
    issuer.load_with_rules(0x0201, INSURED, 0x42, 0xE3, &[0x20; 16]);
    assert_eq!(issuer.send(0x44, 0, 0, &[]), "6985");
    assert_eq!(issuer.put_keys(KEY_VERSION, 0, &KEYS), "6090009000");
    assert_eq!(issuer.send(0x44, 0, 0, &[]), "9000");
}
