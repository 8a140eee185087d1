//! An application's keys: which open a session and where, how often they may be wrong, and how they are put and replaced.

use super::*;
use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::crypto::kdf;
use card_applet::crypto::mac::MacKey;

/// INITIALIZE UPDATE for keys of this version.
fn initialize(card: &mut TestCard, key_version: u8) -> String {
    card.send(&format!("8050{key_version:02X}0008010203040506070800"))
}

#[test]
fn keys_open_their_own_application_and_no_other() {
    let mut card = operational();
    for (select, own, others) in [
        (SELECT, "60", &["61", "50", "30", "62"][..]),
        ("00A4040C06F04F54484552", "61", &["60", "50", "30", "01"]),
    ] {
        for other in others {
            assert_eq!(card.status(select), "9000");
            let version = u8::from_str_radix(other, 16).unwrap();
            assert_eq!(initialize(&mut card, version), "6A88", "{select}: {other}");
        }
        // Version 00 asks for the keys that there are.
        let answer = initialize(&mut card, 0);
        assert_eq!(answer[20..22], *own);
    }
    // The eMRTD has none, nor has the MF.
    for select in ["00A4040C07A0000002471001", "00A4000C023F00"] {
        assert_eq!(card.status(select), "9000");
        assert_eq!(initialize(&mut card, 0), "6985", "{select}");
        assert_eq!(initialize(&mut card, KEY_VERSION), "6985", "{select}");
    }
    // And the issuer security domain has the administration's.
    assert_eq!(card.status("00A4040C08A000000151000000"), "9000");
    assert_eq!(initialize(&mut card, KEY_VERSION), "6A88");
}

/// Amendment D, 6.2.2.1: a pseudo-random challenge is of the sequence counter and the application's name.
#[test]
fn the_challenge_is_of_the_application() {
    let mut card = operational();
    assert_eq!(card.status(SELECT), "9000");
    let answer = bytes(&initialize(&mut card, KEY_VERSION));
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
        card.reset();
        assert_eq!(card.status(SELECT), "9000");
        assert_eq!(initialize(&mut card, KEY_VERSION).len(), 68);
        let refused = card.send("84820100100102030405060708 0102030405060708");
        assert_eq!(refused, "6300");
    }
    card.reset();
    assert_eq!(card.status(SELECT), "9000");
    assert_eq!(initialize(&mut card, KEY_VERSION), "6983");
    // The other application, the administration and the document go on.
    card.reset();
    let mut other = Issuer::open_at(&mut card, &OTHER_AID, OTHER_KEY_VERSION, &OTHER_KEYS);
    assert_eq!(other.send(0xD6, 0x80 | INSURED, 0, b"goes on"), "9000");
    card.reset();
    Issuer::open(&mut card, 0x50, &ADMINISTRATION);
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
    card.reset();
    let mut issuer = Issuer::open_at(&mut card, &AID, KEY_VERSION, &new);
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
