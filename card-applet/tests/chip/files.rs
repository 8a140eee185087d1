//! Files: selection in all its forms, and what the issuer may create and write.

use crate::support::*;

#[test]
fn selection_forms() {
    let mut card = TestCard::blank();
    load(&mut card, CARD_ACCESS_G1, b"");
    for (command, expected) in [
        ("00A4000C", "9000"),
        ("00A4000C023F00", "9000"),
        ("00A4000C02011C", "9000"),
        ("00A4020C02011C", "9000"),
        ("00A4080C02011C", "9000"),
        ("00A4080C043F00011C", "9000"),
        ("00A4010C023F01", "9000"),
        ("00A4030C", "9000"),
        ("00A4030C", "6A82"),
        ("00A4040C07A0000002471001", "9000"),
        ("00A4040C05A000000247", "9000"),
        ("00A4040C07A0000002471002", "6A82"),
        ("00A4080C043F01011E", "6982"),
        ("00A4090C02011E", "6982"),
        ("00A4020C020107", "6A82"),
        ("00A4020C02011C", "6A82"),
        ("00A4020C01", "6700"),
        ("00A4050C023F00", "6A86"),
        ("00A4020102011C", "6A86"),
    ] {
        assert_eq!(card.status(command), expected, "{command}");
    }
}

#[test]
fn file_control_parameters() {
    let mut card = operational(b"");
    assert_eq!(
        card.send("00A40004023F0000"),
        "62 0A 820138 83023F00 8A0105 9000".replace(' ', "")
    );
    assert_eq!(
        card.send("00A4000402011C00"),
        "62 11 80020016 820101 8302011C 8801E0 8A0105 9000".replace(' ', "")
    );
    assert_eq!(
        card.send("00A4040007A000000247100100"),
        "62 13 820138 83023F01 8407A0000002471001 8A0105 9000".replace(' ', "")
    );
}

#[test]
fn malformed_commands() {
    let mut card = operational(b"");
    for (command, expected) in [
        ("00A4", "6700"),
        ("00A4020C03011C", "6700"),
        ("FFA40000", "6E00"),
        ("20A40000", "6E00"),
        ("01A4000C023F00", "6881"),
        ("40A4000C023F00", "6881"),
        ("04A4000C023F00", "6882"),
        ("0020000100", "6D00"),
        ("80CA006600", "6D00"),
        ("00B0000000", "6986"),
        ("00B0FF0000", "6A86"),
        ("84D8008100", "6882"),
    ] {
        assert_eq!(card.status(command), expected, "{command}");
    }
    let too_long = [&bytes("00B10000000900")[..], &vec![0; 2304]].concat();
    assert_eq!(hex::encode(card.try_send(&too_long).unwrap()), "6700");
}

#[test]
fn chained_commands_act_as_one() {
    let mut card = operational(b"");
    assert_eq!(card.send("10A4040C04A0000002"), "9000");
    assert_eq!(card.send("00A4040C03471001"), "9000");
    assert_eq!(card.send("10A4040C04A0000002"), "9000");
    assert_eq!(
        card.send("00B0000004"),
        "6883",
        "another command breaks the chain"
    );
    assert_eq!(
        card.send("00A4040C03471001"),
        "6A82",
        "and what was chained is gone"
    );
    assert_eq!(card.send("90500000081122334455667788"), "6884");
}

#[test]
fn the_issuer_writes_and_reads_back() {
    let mut card = TestCard::blank();
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    assert_eq!(issuer.create("62128002012C8201018302011C8801E08C020100"), "9000");
    let content: Vec<u8> = (0..=255u8).chain(0..44).collect();
    // Pieces that begin and end within words and cross pages.
    for (offset, len) in [(0usize, 5usize), (5, 100), (105, 150), (255, 45)] {
        let piece = &content[offset..offset + len];
        assert_eq!(issuer.send(0xD6, 0, offset as u8, piece), "9000");
    }
    assert_eq!(issuer.send(0xD6, 1, 0x2C, &[0]), "6B00", "past the end");
    assert_eq!(issuer.send(0xD6, 1, 0x2B, &[0, 0]), "6B00", "across the end");
    assert_eq!(issuer.send(0xD7, 0, 0, &bytes("54020003 5302ABCD")), "9000");
    card.reset();
    let mut expected = content.clone();
    expected[3..5].copy_from_slice(&[0xAB, 0xCD]);
    assert_eq!(
        card.send("00B09C0000000000").to_lowercase(),
        "6700",
        "no such length fields"
    );
    assert_eq!(
        card.send("00B09C0000012C"),
        format!("{}9000", hex::encode_upper(&expected))
    );
}

#[test]
fn what_cannot_be_created() {
    let mut card = TestCard::blank();
    load(&mut card, CARD_ACCESS_G1, b"");
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    assert_eq!(
        issuer.create("621280020010 820101 8302011C 880108 8C020100"),
        "6A89",
        "identifier in use"
    );
    assert_eq!(
        issuer.create("621280020010 820101 8302012C 8801E0 8C020100"),
        "6A89",
        "short identifier in use"
    );
    assert_eq!(issuer.create("6210 820138 83023F05 8407A0000002471001"), "6A8A");
    assert_eq!(
        issuer.create("62138003080000 820101 8302012C 880108 8C020100"),
        "6A84",
        "no room"
    );
    assert_eq!(issuer.create("6201"), "6A80");
    assert_eq!(issuer.send(0xA4, 4, 0x0C, &bytes("A0000002471001")), "9000");
    assert_eq!(
        issuer.create("621280020010 820101 83020104 880120 8C020141"),
        "6A80",
        "irises without Terminal Authentication"
    );
    assert_eq!(
        issuer.send(0xA4, 2, 0x0C, &[1, 3]),
        "9000",
        "the issuer may select fingers"
    );
    let read_fingers = issuer.wrap(0xB0, 0, 0, &[]);
    let mut with_le = read_fingers.clone();
    with_le.push(0);
    assert_eq!(
        hex::encode(issuer.card.try_send(&with_le).unwrap()),
        "6982",
        "but not read them"
    );
}

#[test]
fn no_room_for_more_files_than_the_table_holds() {
    let mut card = TestCard::blank();
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    let mut created = 0;
    let refused = loop {
        match issuer
            .create(&format!("620B80020001 820101 8302{:04X}", 0x0200 + created))
            .as_str()
        {
            "9000" => created += 1,
            other => break other.to_owned(),
        }
    };
    assert_eq!((created, &*refused), (32, "6A84"));
}
