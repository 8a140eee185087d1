//! What a card says before PACE: the same as every other card of its kind, and nothing by which it could be known again
//! (ICAO Doc 9303-11, 4.1). Two cards of which everything differs that can are asked everything that a reader can ask.

use crate::reader::{self, CAN, PIN, PUK, administration, pace};
use crate::secure_messaging::SELECT_APPLICATION;
use crate::support::*;
use card_applet::crypto::curve::{Curve, Generator, PrivateKey};
use card_applet::sim::memory::RamMemory;

/// A card and its holder.
struct Person {
    serial: [u8; 10],
    can: &'static [u8],
    mrz_information: &'static [u8],
    number: &'static [u8],
    /// Every byte of the chip's private keys.
    scalar: u8,
    /// Every byte of the keys of its administration and of its application.
    key: u8,
}

const PERSONS: [Person; 2] = [
    Person {
        serial: *b"\xC3\x5A\xE1\x97\x2B\x8D\xF4\x06\xB9\x7E",
        can: b"480213",
        mrz_information: b"D23145890734071279507122",
        number: b"\x6D\x0E079301004217",
        scalar: 0x35,
        key: 0x91,
    },
    Person {
        serial: *b"\x3D\xA6\x1F\x69\xD5\x72\x0A\xFB\x46\x83",
        can: b"917365",
        mrz_information: b"I56789012364081252810314",
        number: b"\x6D\x0E001188034567",
        scalar: 0x47,
        key: 0xA2,
    },
];

const UTILITY: &[u8] = b"\xF0VNMBHYT";

/// An operational card, and what is its own in it: bytes that no answer may have.
fn card(person: &Person) -> (TestCard, Vec<Vec<u8>>) {
    let rng = ScriptedRng::default();
    rng.script.borrow_mut().push_back(vec![person.scalar ^ 0x0F; 32]);
    let mut card = TestCard::manufactured_as(RamMemory::new(), &person.serial, rng);
    let attestation_key = card.attestation_key.clone().unwrap();
    let mut issuer = Issuer::open(&mut card, 0x01, &TRANSPORT);
    assert_eq!(issuer.put_issuer_keys(&ISSUER), "3090009000");
    card.reset();
    load(&mut card, CARD_ACCESS_G1, person.mrz_information);
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    let scalars = [vec![person.scalar; 32], vec![person.scalar ^ 0x33; 32]];
    for (template, scalar) in ["A606840101", "B606840100"].iter().zip(&scalars) {
        issuer.card.rng.script.borrow_mut().push_back(scalar.clone());
        let request = bytes(&format!("{template}80010D8710{}", "77".repeat(16)));
        assert!(issuer.send(0x47, 0x80, 0, &request).ends_with("9000"));
    }
    for (id, secret) in [(CAN, person.can), (PIN, b"271828"), (PUK, b"3141592653")] {
        assert_eq!(issuer.put_password(id, 1, secret), "F09000");
    }
    assert_eq!(issuer.put_keys(0x50, 0, &keys(person)), "5090009000");
    assert_eq!(issuer.send(0xA4, 4, 0x0C, &SELECT_APPLICATION), "9000");
    let dg14 = bytes("6E13 3111 300F 060A04007F00070202030202 020101");
    issuer.load(0x010E, 0x0E, 0x41, &dg14);
    issuer.load(0x010D, 0x0D, 0x41, person.number);
    assert_eq!(issuer.send(0xA4, 0, 0x0C, &[0x3F, 0]), "9000");
    assert_eq!(issuer.create("6211 820138 83023F02 8408F0564E4D42485954"), "9000");
    assert_eq!(issuer.put_keys(0x60, 0, &keys(person)), "6090009000");
    issuer.load_with_rules(0x0201, 1, 0x42, 0xE3, person.number);
    card.reset();
    assert_eq!(activate(&mut card), "9000");

    let mut own = vec![
        person.serial.to_vec(),
        person.can.to_vec(),
        person.mrz_information.to_vec(),
        person.number[2..].to_vec(),
        attestation_key.x().to_vec(),
    ];
    own.extend(scalars.iter().map(|scalar| {
        let private = PrivateKey::from_bytes(Curve::BrainpoolP256r1, scalar).unwrap();
        let public = Generator::Standard(Curve::BrainpoolP256r1).public_key(&private);
        public.unwrap().x().to_vec()
    }));
    (card, own)
}

fn keys(person: &Person) -> [[u8; 16]; 3] {
    [[person.key; 16], [person.key ^ 0x0F; 16], [person.key ^ 0xF0; 16]]
}

/// What is selected before a command is tried.
fn selections() -> Vec<Vec<u8>> {
    let by_name = |aid: &[u8]| [&[0x00, 0xA4, 0x04, 0x00, aid.len() as u8], aid, &[0]].concat();
    vec![
        bytes("00A40004023F0000"),
        by_name(&SELECT_APPLICATION),
        by_name(&ISSUER_DOMAIN),
        by_name(UTILITY),
        bytes("00A4020402011C00"),
    ]
}

/// Commands that this chip knows in all their forms, and those of others by which cards are told apart.
fn commands() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for fid in [
        0x011C, 0x011D, 0x011E, 0x0101, 0x0102, 0x0103, 0x010D, 0x010E, 0x0201, 0x2F00, 0x2F01, 0x2F02,
        0x3F01, 0x3F02,
    ] {
        for (p1, p2) in [
            (0, 0),
            (0, 4),
            (0, 0x0C),
            (1, 4),
            (2, 0),
            (2, 4),
            (2, 0x0C),
            (8, 4),
            (9, 4),
        ] {
            all.push(bytes(&format!("00A4{p1:02X}{p2:02X}02{fid:04X}00")));
        }
    }
    for sfi in 1..=30 {
        all.push(bytes(&format!("00B0{:02X}0000", 0x80 | sfi)));
        all.push(bytes(&format!("00B100{sfi:02X}0354010000")));
    }
    all.push(bytes("00B0000000"));
    for version in ["00", "01", "30", "50", "60", "61"] {
        for class in ["80", "84", "8C"] {
            all.push(bytes(&format!("{class}50{version}0008010203040506070800")));
            all.push(bytes(&format!("{class}50{version}0010{}00", "11".repeat(16))));
        }
    }
    // GET DATA: issuer, CPLC, card data, key information; GET STATUS of everything.
    for object in [
        "0042", "0045", "9F7F", "0066", "00E0", "00CF", "5FC1", "7F66", "0101",
    ] {
        all.push(bytes(&format!("80CA{object}00")));
        all.push(bytes(&format!("00CA{object}00")));
    }
    for p1 in ["80", "40", "20", "10"] {
        all.push(bytes(&format!("80F2{p1}00024F0000")));
    }
    all.extend(["0084000008", "00880000081122334455667788 00"].map(bytes));
    all
}

/// Every instruction that there could be, with a few parameters.
fn all_instructions() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for class in [0x00, 0x04, 0x0C, 0x80, 0x84, 0x8C] {
        for instruction in 0..=0xFF {
            for [p1, p2] in [[0x00, 0x00], [0x01, 0x01]] {
                all.push(vec![class, instruction, p1, p2, 0x00]);
            }
            all.push(vec![class, instruction, 0, 0, 2, 0x01, 0x1E, 0x00]);
        }
    }
    all
}

/// Asks all of it, each command of a card that was just powered: the answers.
fn answers(card: &mut TestCard, selections: &[Vec<u8>], commands: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut answers = Vec::new();
    for select in selections {
        for command in commands {
            // Random numbers are the same for every card here; whatever differs is the card's own.
            card.rng.restart();
            card.reset();
            answers.push(card.try_send(select).unwrap());
            answers.push(card.try_send(command).unwrap());
        }
    }
    answers
}

/// The answers to a PACE with a wrong password, and to a BAC with a wrong proof.
fn failed_proofs(card: &mut TestCard) -> Vec<String> {
    card.rng.restart();
    card.reset();
    let mut answers = Vec::new();
    for password in ["01", "02", "03", "04"] {
        answers.push(card.send(&format!("0022C1A40F800A04007F000702020402028301{password}")));
        // The nonce under the password looks like any random number: its length is all that it tells.
        answers.push(card.send("10860000027C0000").len().to_string());
        answers.push(card.send("1086000004 7C0281 00 00"));
    }
    answers.push(pace(card, None, CAN, b"000000").err().unwrap());
    card.reset();
    answers.push(card.send("00A4040C07A0000002471001"));
    answers.push(card.send("0084000008"));
    answers.push(card.send(&format!("0082000028{}28", "5A".repeat(40))));
    answers
}

#[test]
fn every_card_says_the_same_before_pace() {
    let (selections, commands) = (selections(), commands());
    let [(mut one, mut own), (mut other, others)] = PERSONS.each_ref().map(card);
    own.extend(others);
    let ask = |one: &mut TestCard, other: &mut TestCard, selections: &[Vec<u8>], commands: &[Vec<u8>]| {
        let said = answers(one, selections, commands);
        for (index, (said, by_other)) in said.iter().zip(answers(other, selections, commands)).enumerate() {
            let command = hex::encode(&commands[index / 2 % commands.len()]);
            assert_eq!(*said, by_other, "{command}");
            let is_own = |window: &[u8]| own.iter().any(|own| own.windows(4).any(|own| own == window));
            assert!(!said.windows(4).any(is_own), "{command}: {}", hex::encode(said));
        }
    };
    ask(&mut one, &mut other, &selections[1..2], &all_instructions());
    // Activated, out of service, dead.
    for instruction in [None, Some(0x04), Some(0xFE)] {
        for (card, person) in [(&mut one, &PERSONS[0]), (&mut other, &PERSONS[1])] {
            if let Some(instruction) = instruction {
                let mut administration =
                    reader::issuer(card, person.can, &ISSUER_DOMAIN, 0x50, &keys(person)).unwrap();
                assert_eq!(administration.send(instruction, 0, 0, &[]), "9000");
            }
        }
        ask(&mut one, &mut other, &selections, &commands);
        if instruction != Some(0xFE) {
            assert_eq!(failed_proofs(&mut one), failed_proofs(&mut other));
        }
    }
}

/// Who knows a PIN or a PUK alone is told no serial number either, and after a session nothing is left that tells it.
#[test]
fn the_serial_number_wants_mrz_or_can() {
    let (mut card, _) = card(&PERSONS[0]);
    let initialize = [0x80, 0x50, 0x50, 0x00];
    for (password, secret, expected) in [
        (PIN, &b"271828"[..], "6982"),
        (PUK, b"3141592653", "6982"),
        (CAN, PERSONS[0].can, "9000"),
    ] {
        card.reset();
        let mut session = pace(&mut card, None, password, secret).unwrap();
        assert_eq!(
            session.status(&mut card, [0, 0xA4, 4, 0x0C], &ISSUER_DOMAIN),
            "9000"
        );
        let (answer, status) = session.send(&mut card, initialize, &[1; 8], Some(&[0]));
        assert_eq!(status, expected, "{password}");
        assert_eq!(answer.starts_with(&PERSONS[0].serial), expected == "9000");
        // In plain, and so outside the session.
        assert_eq!(card.status("00A4040C08A000000151000000"), "9000");
        assert_eq!(card.send("8050500008010203040506070800"), "6982");
    }
}

/// The wire has the serial number nowhere when a card is administered.
#[test]
fn a_listener_does_not_hear_the_serial_number() {
    let mut card = TestCard::blank();
    load_small(&mut card);
    assert_eq!(activate(&mut card), "9000");
    card.sent = Some(Vec::new());
    let mut session = pace(&mut card, None, CAN, b"123456").unwrap();
    session.status(&mut card, [0, 0xA4, 4, 0x0C], &ISSUER_DOMAIN);
    let greeting = session.protect(
        [0x80, 0x50, 0x50, 0],
        &[1, 2, 3, 4, 5, 6, 7, 8],
        Some(&[0]),
        false,
    );
    let heard = card.try_send(&greeting).unwrap();
    assert!(
        !heard
            .windows(4)
            .any(|window| SERIAL.windows(4).any(|part| part == window))
    );
    assert_eq!(session.open_response(&heard).0[..10], SERIAL);
    // A proof that is wrong leaves no session, and what comes next is in plain or nothing.
    assert_eq!(card.send("8482010010 0000000000000000 0000000000000000"), "6300");
    let stale = session.protect([0, 0xB0, 0x9E, 0], &[], Some(&[0]), false);
    assert_eq!(hex::encode(card.try_send(&stale).unwrap()), "6882");
    assert_eq!(card.send("8482010010 0000000000000000 0000000000000000"), "6985");
    assert_eq!(administration(&mut card).send(0x04, 0, 0, &[]), "9000");
}
