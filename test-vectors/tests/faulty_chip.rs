//! The second chip, told nothing, does what the published examples print; told to misbehave, it does that.

use crypto_bigint::{BoxedUint, NonZero};
use test_vectors::faulty_chip::{
    BadMappingProof, BadPoint, BadProtection, ChipKey, Cipher, Curve, Fault, FaultyChip, Group, Hash,
    Mapping, Misdeed, ModP, OverLimit, PaceSet, Setup, SigningKey, Step, find, object,
};
use test_vectors::pace::{IntegratedVector, PaceVector};
use test_vectors::{bac, hex, list, load, pace, text};

/// Plays the terminal's commands of a transcript and compares the answers.
#[track_caller]
fn assert_answers(chip: &mut FaultyChip, exchanges: &[test_vectors::Exchange]) {
    for exchange in exchanges {
        let answer = chip.process(&exchange.command);
        assert_eq!(
            hex::encode_upper(answer),
            hex::encode_upper(&exchange.response),
            "{}",
            exchange.name
        );
    }
}

fn ef_com() -> Vec<u8> {
    hex::decode("60145F0104303130365F36063034303030305C026175").unwrap()
}

fn files(setup: &mut Setup) {
    setup.application.insert(0x011E, ef_com());
}

/// 9303-11 appendix D: BAC, then SELECT and two READ BINARY in the session.
#[test]
fn basic_access_control_of_appendix_d() {
    let vector = bac::worked_example();
    let mut setup = Setup {
        bac: true,
        mrz_information: vector.mrz_information.clone(),
        script: [&vector.rnd_ic[..], &vector.k_ic].concat(),
        ..Setup::default()
    };
    files(&mut setup);
    let mut chip = FaultyChip::new(setup, Vec::new());
    assert_eq!(
        chip.process(&hex::decode("00A4040C07A0000002471001").unwrap()),
        [0x90, 0x00]
    );
    assert_answers(&mut chip, &vector.exchanges);
    let session = &test_vectors::secure_messaging::sessions()[0];
    for exchange in &session.exchanges {
        let answer = chip.process(&exchange.protected_command);
        assert_eq!(answer, exchange.protected_response, "{}", exchange.name);
    }
    let steps = [
        Step::SelectApplication,
        Step::GetChallenge,
        Step::BacProof,
        Step::SelectFile,
        Step::Read,
        Step::Read,
    ];
    assert_eq!(chip.steps(), steps);
}

fn group(parameter_id: u8) -> Option<Group> {
    Group::all().find(|group| group.parameter_id() == parameter_id)
}

/// A chip that draws these bytes.
fn pace_chip(oid: &[u8], parameter_id: u8, password: &str, script: &[&[u8]]) -> Option<FaultyChip> {
    let mapping = match oid[8] {
        1 | 2 => Mapping::Generic,
        3 | 4 => Mapping::Integrated,
        _ => Mapping::ChipAuthentication,
    };
    let set = PaceSet {
        mapping,
        cipher: Cipher::from_arc(oid[9])?,
        group: group(parameter_id)?,
    };
    assert_eq!(set.oid(), oid);
    let setup = Setup {
        pace: vec![set],
        can: password.to_owned(),
        mrz_information: password.to_owned(),
        script: script.concat(),
        ..Setup::default()
    };
    Some(FaultyChip::new(setup, Vec::new()))
}

/// A private key in a MODP group, which some examples do not reduce by the order.
fn below_the_order(group: ModP, private: &[u8]) -> Vec<u8> {
    let file = load("self-generated-chip-authentication-dh");
    let of_group = list(&file["chip_authentication_v1_dh"])
        .iter()
        .find(|run| run["parameter_id"] == group.parameter_id())
        .expect("the group");
    // SubjectPublicKeyInfo { { dhpublicnumber, { p, g, q } }, key }
    let key = hex(&of_group["chip_spki"]);
    let inside = |bytes: &[u8]| find(bytes, 0x30).expect("a sequence").to_vec();
    let parameters = inside(&inside(&inside(&key)));
    let numbers = test_vectors::faulty_chip::objects(&parameters);
    let order = NonZero::new(BoxedUint::from_be_slice_vartime(numbers[2].1)).expect("an order");
    let reduced = BoxedUint::from_be_slice_vartime(private)
        .rem(&order)
        .to_be_bytes();
    reduced[reduced.len() - group.private_len()..].to_vec()
}

fn private_key(parameter_id: u8, private: &[u8]) -> Vec<u8> {
    match group(parameter_id) {
        Some(Group::ModP(group)) => below_the_order(group, private),
        _ => private.to_vec(),
    }
}

fn generic(vector: &PaceVector) -> Option<FaultyChip> {
    let private = |key| private_key(vector.parameter_id, key);
    let script: [&[u8]; 3] = [
        &vector.nonce,
        &private(&vector.map_chip_priv),
        &private(&vector.ka_chip_priv),
    ];
    pace_chip(&vector.oid, vector.parameter_id, &vector.password, &script)
}

fn integrated(vector: &IntegratedVector) -> Option<FaultyChip> {
    let private = private_key(vector.parameter_id, &vector.ka_chip_priv);
    pace_chip(
        &vector.oid,
        vector.parameter_id,
        &vector.can,
        &[&vector.nonce, &private],
    )
}

/// Appendices G.1 and G.2, the BSI's example, and every other group and cipher that this chip has.
#[test]
fn pace_with_generic_mapping() {
    let mut seen = Vec::new();
    let mut vectors = pace::generic_mapping_vectors();
    vectors.push(pace::dh_worked_example());
    vectors.extend(pace::generic_mapping_in_further_groups());
    for vector in vectors {
        if let Some(mut chip) = generic(&vector) {
            assert_answers(&mut chip, &vector.exchanges());
            seen.push((vector.parameter_id, vector.oid[9]));
        }
    }
    for parameter_id in [0, 1, 2, 12, 13, 15, 16, 18] {
        assert!(
            seen.iter().any(|(parameters, _)| *parameters == parameter_id),
            "{seen:?}"
        );
    }
    assert!(
        (1..=4).all(|cipher| seen.iter().any(|(_, other)| *other == cipher)),
        "{seen:?}"
    );
}

/// Appendices H.1 and H.2, and every other group and cipher that this chip has.
#[test]
fn pace_with_integrated_mapping() {
    let mut seen = Vec::new();
    let mut vectors = pace::integrated_mapping_vectors();
    vectors.push(pace::integrated_dh_worked_example());
    vectors.extend(pace::integrated_mapping_in_further_groups());
    for vector in vectors {
        if let Some(mut chip) = integrated(&vector) {
            assert_answers(&mut chip, &vector.exchanges());
            seen.push((vector.parameter_id, vector.oid[9]));
        }
    }
    for parameter_id in [0, 1, 2, 12, 13, 15, 16, 18] {
        assert!(
            seen.iter().any(|(parameters, _)| *parameters == parameter_id),
            "{seen:?}"
        );
    }
    assert!(
        (1..=4).all(|cipher| seen.iter().any(|(_, other)| *other == cipher)),
        "{seen:?}"
    );
}

/// The signature that Bouncy Castle's example has, with its M1 as what the chip draws.
#[test]
fn active_authentication_with_rsa_of_bouncy_castle() {
    let file = load("active-authentication");
    let vector = list(&file["vectors"])
        .iter()
        .find(|vector| vector["id"] == "BC-ISO9796-2-partial")
        .expect("the example");
    let setup = Setup {
        signing_key: Some(SigningKey::Rsa {
            modulus: hex(&vector["modulus"]),
            private_exponent: hex(&vector["private_exponent"]),
            hash: Hash::Sha1,
        }),
        script: hex(&vector["m1"]),
        plain: true,
        ..Setup::default()
    };
    let challenge = hex(&vector["m2"]);
    let command = [
        &[0x00, 0x88, 0x00, 0x00, challenge.len() as u8],
        &challenge[..],
        &[0x00],
    ]
    .concat();
    let answer = FaultyChip::new(setup, Vec::new()).process(&command);
    assert_eq!(answer, [hex(&vector["s"]), vec![0x90, 0x00]].concat());
}

/// A private key less the order of brainpoolP256r1: appendix I prints one that is not below it.
fn reduced(private: &[u8]) -> Vec<u8> {
    let order = hex::decode("A9FB57DBA1EEA9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A7").unwrap();
    let mut borrow = 0;
    let mut digits: Vec<u8> = private
        .iter()
        .zip(&order)
        .rev()
        .map(|(a, b)| {
            let difference = i16::from(*a) - i16::from(*b) - borrow;
            borrow = i16::from(difference < 0);
            difference as u8
        })
        .collect();
    digits.reverse();
    assert_eq!(borrow, 0, "below the order already");
    digits
}

/// Appendix I.1: the chip's proof in the last answer.
#[test]
fn pace_with_chip_authentication_mapping_of_appendix_i() {
    let file = load("icao-pace-cam");
    let vector = &list(&file["vectors"])[0];
    let field = |name: &str| hex(&vector[name]);
    let setup = Setup {
        pace: vec![PaceSet {
            mapping: Mapping::ChipAuthentication,
            cipher: Cipher::Aes128,
            group: Curve::BrainpoolP256r1.into(),
        }],
        mrz_information: text(&vector["mrz_information"]).to_owned(),
        chip_keys: vec![ChipKey {
            id: Some(13),
            group: Curve::BrainpoolP256r1.into(),
            private: hex(&vector["cam"]["static_priv_derived"]),
        }],
        script: [
            field("nonce"),
            field("map_chip_priv"),
            reduced(&field("ka_chip_priv")),
        ]
        .concat(),
        ..Setup::default()
    };
    let mut chip = FaultyChip::new(setup, Vec::new());
    for apdu in list(&vector["apdus"]) {
        assert_eq!(
            chip.process(&hex(&apdu["cmd"])),
            hex(&apdu["rsp"]),
            "{}",
            apdu["name"]
        );
    }
}

/// A fault changes its step and no other, as often as it says.
#[test]
fn faults_are_done_when_they_are_due() {
    let vector = pace::worked_example();
    let exchanges = vector.exchanges();
    let run = |fault: Fault| {
        let setup = Setup {
            mrz_information: vector.password.clone(),
            script: [&vector.nonce[..], &vector.map_chip_priv, &vector.ka_chip_priv].concat(),
            ..Setup::default()
        };
        let mut chip = FaultyChip::new(setup, vec![fault]);
        exchanges
            .iter()
            .map(|exchange| chip.process(&exchange.command))
            .collect::<Vec<_>>()
    };
    let at = |misdeed| Fault::new(Step::PaceMapping, misdeed);
    let mut expected: Vec<Vec<u8>> = exchanges
        .iter()
        .map(|exchange| exchange.response.clone())
        .collect();
    assert_eq!(
        run(at(Misdeed::Refuse(0x6A80)).after(1)),
        expected,
        "its turn does not come"
    );
    expected[2] = [object(0x7C, &object(0x82, &[0])), vec![0x90, 0x00]].concat();
    assert_eq!(run(at(Misdeed::Point(BadPoint::Infinity))), expected);
    assert_eq!(run(at(Misdeed::Silence))[2], Vec::<u8>::new());
    assert_eq!(run(at(Misdeed::Refuse(0x6A80)))[2], [0x6A, 0x80]);
    assert_eq!(run(at(Misdeed::NoData))[2], [0x90, 0x00]);
    let reflected = run(at(Misdeed::Point(BadPoint::Reflected)));
    assert_eq!(
        find(find(&reflected[2], 0x7C).unwrap(), 0x82),
        Some(&vector.map_term_pub[..])
    );
    let chip = &mut FaultyChip::new(
        Setup::default(),
        vec![Fault::new(Step::SelectMasterFile, Misdeed::Refuse(0x6F00)).once()],
    );
    let select = [0x00, 0xA4, 0x00, 0x0C, 0x02, 0x3F, 0x00];
    assert_eq!(
        [chip.process(&select), chip.process(&select)],
        [[0x6F, 0x00], [0x90, 0x00]]
    );
}

/// Whatever is sent, it answers.
#[test]
fn any_command_is_answered() {
    let mut chip = FaultyChip::new(
        Setup {
            bac: true,
            ..Setup::default()
        },
        Vec::new(),
    );
    for instruction in 0..=255 {
        for (p1, p2) in [
            (0, 0),
            (0x04, 0x0C),
            (0x41, 0xA4),
            (0x41, 0xA6),
            (0x81, 0xB6),
            (0xC1, 0xA4),
            (0x9E, 0),
        ] {
            for body in ["", "00", "0102", "047C028100", "020102", "00000100", "0000FF00"] {
                let command = [vec![0x00, instruction, p1, p2], hex::decode(body).unwrap()].concat();
                assert!(chip.process(&command).len() >= 2, "{command:02X?}");
                let command = [vec![0x0C], command[1..].to_vec()].concat();
                assert!(chip.process(&command).len() >= 2, "{command:02X?}");
            }
        }
    }
}

/// What is in a chip and what it does wrong is data: nothing is lost on the way through JSON, and what is not said is as usual.
#[test]
fn setup_and_faults_are_data() {
    let mut setup = Setup {
        chip_keys: vec![ChipKey {
            id: Some(1),
            group: ModP::Bits2048Order224.into(),
            private: vec![0x01, 0xAB],
        }],
        signing_key: Some(SigningKey::Rsa {
            modulus: vec![0xFF],
            private_exponent: vec![3],
            hash: Hash::Sha256,
        }),
        trust_points: vec![vec![0x7F, 0x21]],
        ..Setup::default()
    };
    setup.application.insert(0x011D, vec![0x77, 0x00]);
    setup.manners.limit = Some((231, OverLimit::EndSession(0x6700)));
    setup.manners.refuses_extended_length = Some(0x6700);
    let faults = [
        Fault::new(Step::Read, Misdeed::Protection(BadProtection::WrongMac)).of_file(0x011D),
        Fault::new(Step::PaceMapping, Misdeed::Point(BadPoint::Reflected)).after(2),
        Fault::new(Step::TerminalChallenge, Misdeed::Data(vec![0xA5; 7])).once(),
        Fault::new(Step::PaceToken, Misdeed::MappingProof(BadMappingProof::Tag(0x8B))),
        Fault::new(Step::SelectApplication, Misdeed::Refuse(0x6A82)),
    ];
    let text = serde_json::to_string(&setup).expect("JSON");
    assert!(text.contains(r#""011D":"7700""#), "{text}");
    assert_eq!(serde_json::from_str::<Setup>(&text).expect("a setup"), setup);
    assert_eq!(
        serde_json::from_str::<Setup>("{}").expect("a setup"),
        Setup::default()
    );
    let text = serde_json::to_string(&faults).expect("JSON");
    assert!(text.contains(r#"{"refuse":"6A82"}"#), "{text}");
    assert_eq!(serde_json::from_str::<Vec<Fault>>(&text).expect("faults"), faults);
    for (wrong, words) in [
        (r#"{"colour": "1"}"#, "unknown field"),
        (r#"{"application": {"11D": "00"}}"#, "four hexadecimal digits"),
        (r#"{"application": {"011D": "0"}}"#, "Odd number"),
        (
            r#"{"manners": {"select_master_file": "+000"}}"#,
            "four hexadecimal digits",
        ),
    ] {
        let said = serde_json::from_str::<Setup>(wrong).expect_err(wrong).to_string();
        assert!(said.contains(words), "{wrong}: {said}");
    }
}
