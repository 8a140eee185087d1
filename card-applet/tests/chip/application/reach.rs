//! How far an application's session reaches, and in which life cycles there is none.

use super::*;

/// What the issuer of an application asks for and does not get; the session lives on.
#[test]
fn a_session_reaches_its_own_files_alone() {
    let mut card = operational();
    let mut issuer = open(&mut card);
    for (instruction, p1, p2, data, refused) in [
        // The master file, the document, another application, in every way.
        (0xA4, 0x00, 0x0C, "3F00", "6982"),
        (0xA4, 0x03, 0x0C, "", "6982"),
        (0xA4, 0x04, 0x0C, "A0000002471001", "6982"),
        (0xA4, 0x00, 0x0C, "3F01", "6982"),
        (0xA4, 0x08, 0x0C, "3F01011E", "6982"),
        (0xA4, 0x08, 0x0C, "011C", "6982"),
        (0xA4, 0x04, 0x0C, "F04F54484552", "6982"),
        (0xA4, 0x08, 0x0C, "3F030201", "6982"),
        (0xA4, 0x04, 0x0C, "A000000151000000", "6A82"),
        (0xA4, 0x02, 0x0C, "011E", "6A82"),
        (0xB0, 0x9E, 0x00, "", "6700"),
        // Its own file whose rule does not name it.
        (0xA4, 0x02, 0x0C, "0202", "6982"),
        (0xD6, 0x82, 0x00, "00", "6982"),
        (0xD7, 0x00, 0x02, "540100530100", "6982"),
        (0xD6, 0x85, 0x00, "00", "6A82"),
        (0xD6, 0x00, 0x00, "00", "6986"),
        // Files, life cycle, PIN, keys, protocols.
        (0xE0, 0x00, 0x00, "620B80020001 820101 83020205", "6985"),
        (0xE4, 0x00, 0x00, "", "6985"),
        (0x44, 0x00, 0x00, "", "6985"),
        (0x04, 0x00, 0x00, "", "6985"),
        (0xFE, 0x00, 0x00, "", "6985"),
        (0x2C, 0x03, 0x03, "", "6985"),
        (0xDA, 0x5F, 0x25, "020601010101", "6985"),
        (0x47, 0x80, 0x00, "A600", "6985"),
        (0x22, 0xC1, 0xA4, "800A04007F00070202040202830102", "6985"),
        (0x88, 0x00, 0x00, "0102030405060708", "6985"),
    ] {
        let status = issuer.send(instruction, p1, p2, &bytes(data));
        assert_eq!(status, refused, "{instruction:02X} {p1:02X} {p2:02X} {data}");
    }
    let mut read = issuer.wrap(0xB0, 0x82, 0, &[]);
    read.push(0);
    assert_eq!(issuer.card.try_send(&read), Some(vec![0x69, 0x82]), "nor read");
    // Itself it may select, and that does no harm.
    assert_eq!(issuer.send(0xA4, 0x04, 0x0C, &AID), "9000");
    assert_eq!(issuer.send(0xD6, 0x81, 0x00, b"alive"), "9000");
}

#[test]
fn a_plain_command_ends_the_session_and_finds_nothing_open() {
    let mut card = operational();
    let mut issuer = open(&mut card);
    assert_eq!(issuer.send(0xD6, 0x80 | INTERNAL, 0, b"secret"), "9000");
    assert_eq!(card.send("00B0000010"), "6982");
    assert_eq!(card.send("00B0830010"), "6982", "and the session is over");
    let mut issuer = open(&mut card);
    let mut update = issuer.wrap(0xD6, 0x80 | INTERNAL, 0, b"change");
    *update.last_mut().unwrap() ^= 1;
    assert_eq!(issuer.card.try_send(&update), Some(vec![0x69, 0x88]));
    let again = issuer.send(0xD6, 0x80 | INTERNAL, 0, b"change");
    assert_eq!(again, "6882", "a wrong MAC ends it, too");
    let mut issuer = open(&mut card);
    let mut read = issuer.wrap(0xB0, 0x80 | INTERNAL, 0, &[]);
    read.push(6);
    assert_eq!(issuer.card.try_send(&read).unwrap(), b"secret\x90\x00");
}

#[test]
fn readers_update_nothing_whatever_they_proved() {
    let mut card = operational();
    let mut session = pace(&mut card, None, CAN, b"123456").unwrap();
    session.send(&mut card, [0, 0xA4, 4, 0x0C], &AID, None);
    for (header, data) in [
        ([0, 0xD6, 0x80 | INSURED, 0], &[0xEE][..]),
        ([0, 0xD7, 0, INSURED], &[0x54, 1, 0, 0x53, 1, 0xEE]),
        ([0, 0xD6, 0x80 | PUBLIC, 0], &[0xEE]),
    ] {
        let (_, status) = session.send(&mut card, header, data, None);
        assert_eq!(status, "6985");
    }
    card.reset();
    assert_eq!(card.status(SELECT), "9000");
    assert_eq!(card.status("00D6840001EE"), "6985");
    assert_eq!(card.send("00B0840001"), "209000");
}

#[test]
fn no_session_but_in_an_activated_card() {
    let mut card = loaded();
    let initialize = |card: &mut TestCard, selected: &str| {
        card.reset();
        let mut session = pace(card, None, CAN, b"123456").unwrap();
        assert_eq!(session.status(card, [0, 0xA4, 4, 0x0C], &AID), selected);
        session.send(card, [0x80, 0x50, 0x60, 0], &[1; 8], Some(&[0])).1
    };
    assert_eq!(initialize(&mut card, "9000"), "6985", "in personalisation");
    assert_eq!(activate(&mut card), "9000");
    assert_eq!(initialize(&mut card, "9000"), "9000");
    assert_eq!(administration(&mut card).send(0x04, 0, 0, &[]), "9000");
    assert_eq!(initialize(&mut card, "6283"), "6985", "out of service");
    assert_eq!(administration(&mut card).send(0xFE, 0, 0, &[]), "9000");
    card.reset();
    assert_eq!(card.status("8050600008010203040506070800"), "6985", "dead");
    // Termination leaves nothing of the applications.
    let memory = card.into_memory();
    let held = |bytes: &[u8]| {
        let mut windows = memory.content().windows(bytes.len());
        windows.any(|window| window == bytes)
    };
    assert!(!KEYS.iter().any(|key| held(key)) && !held(b"as it was printed") && !held(&AID));
}
