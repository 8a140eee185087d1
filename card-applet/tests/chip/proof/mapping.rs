//! PACE with chip authentication mapping.

use super::*;
use card_applet::crypto::cipher::SymmetricAlgorithm;
use test_vectors::{hex, list, load as vectors};

/// EF.CardAccess with chip authentication mapping and generic mapping.
pub(super) fn card_access(oid: &[u8], parameter_id: u8) -> String {
    let info = |oid: &str| format!("3012060A{oid}0201020201{parameter_id:02X}");
    let mut generic = oid.to_vec();
    generic[8] = 2;
    format!("3128{}{}", info(&hex::encode(oid)), info(&hex::encode(generic)))
}

/// SK_DH,IC of appendix I.
const ABOVE_THE_ORDER: &str = "CD626EF3C256E235FE8912CAC28279E626008EDA6B3A05C4CF862A3BDAB79E78";
/// The same number less the order of brainpoolP256r1.
const BELOW_THE_ORDER: &str = "2367171820683879C023083A24FEEC7499C71436B5D85ECD3F681BB9436F47D1";

fn cipher(oid: &[u8]) -> SymmetricAlgorithm {
    match oid[9] {
        2 => SymmetricAlgorithm::Aes128,
        3 => SymmetricAlgorithm::Aes192,
        4 => SymmetricAlgorithm::Aes256,
        other => panic!("{other}"),
    }
}

/// The commands of a run and their answers.
fn exchanges(vector: &Value) -> Vec<(Vec<u8>, Vec<u8>)> {
    let tlv = |tag: u8, value: &[u8]| [&[tag, value.len() as u8][..], value].concat();
    let oid = hex(&vector["oid"]);
    let password = if text(&vector["password_type"]) == "MRZ" {
        1
    } else {
        2
    };
    let template = [tlv(0x80, &oid), tlv(0x83, &[password])].concat();
    let mut exchanges = vec![(
        [&[0, 0x22, 0xC1, 0xA4, template.len() as u8][..], &template].concat(),
        vec![],
    )];
    let mut step = |class: u8, sent: Vec<u8>, received: Vec<u8>| {
        let sent = tlv(0x7C, &sent);
        exchanges.push((
            [&[class, 0x86, 0, 0, sent.len() as u8][..], &sent, &[0]].concat(),
            tlv(0x7C, &received),
        ));
    };
    let of = |tag: u8, name: &str| tlv(tag, &hex(&vector[name]));
    step(0x10, vec![], of(0x80, "nonce_enc"));
    step(0x10, of(0x81, "map_term_pub"), of(0x82, "map_chip_pub"));
    step(0x10, of(0x83, "ka_term_pub"), of(0x84, "ka_chip_pub"));
    let encrypted_data = tlv(0x8A, &hex(&vector["cam"]["encrypted_ca_data"]));
    step(
        0x00,
        of(0x85, "t_ifd"),
        [of(0x86, "t_ic"), encrypted_data].concat(),
    );
    for (_, answer) in &mut exchanges {
        answer.extend([0x90, 0x00]);
    }
    exchanges
}

pub(super) fn static_key(vector: &Value) -> Vec<u8> {
    let cam = &vector["cam"];
    hex(cam.get("static_priv").unwrap_or(&cam["static_priv_derived"]))
}

fn script(card: &mut TestCard, vector: &Value) {
    let mut numbers = ["nonce", "map_chip_priv", "ka_chip_priv"].map(|name| hex(&vector[name]));
    let [_, _, ephemeral] = &mut numbers;
    // The appendix prints a private key above the order of the group, which no chip would draw.
    if hex::encode_upper(&ephemeral) == ABOVE_THE_ORDER {
        *ephemeral = bytes(BELOW_THE_ORDER);
    }
    card.rng.script.borrow_mut().extend(numbers);
}

/// The run, answer by answer, and the session that it opens.
pub(super) fn session(card: &mut TestCard, vector: &Value) -> SecureMessaging {
    script(card, vector);
    for (command, answer) in exchanges(vector) {
        assert_eq!(
            hex::encode(card.try_send(&command).unwrap()),
            hex::encode(answer),
            "{}",
            text(&vector["id"])
        );
    }
    let [ks_enc, ks_mac] = ["ks_enc", "ks_mac"].map(|name| hex(&vector[name]));
    SecureMessaging::new(cipher(&hex(&vector["oid"])), &ks_enc, &ks_mac)
}

/// ICAO Doc 9303-11, appendix I, command by command as it is printed, and a second implementation's runs on every
/// curve. Afterwards the chip counts as authenticated.
#[test]
fn pace_cam_of_9303_11_appendix_i() {
    let published = vectors("icao-pace-cam")["vectors"][0].clone();
    for (printed, (command, answer)) in list(&published["apdus"]).iter().zip(exchanges(&published)) {
        assert_eq!(hex(&printed["cmd"]), command);
        assert_eq!(hex(&printed["rsp"]), answer);
    }
    let crosscheck = vectors("self-generated-crosscheck");
    let mut curves = std::collections::BTreeSet::new();
    for vector in list(&crosscheck["pace"])
        .iter()
        .filter(|vector| text(&vector["id"]).ends_with("-CAM"))
        .chain([&published])
    {
        let id = text(&vector["id"]);
        let oid = hex(&vector["oid"]);
        let parameter_id = vector["parameter_id"].as_u64().unwrap() as u8;
        let curve = Curve::from_parameter_id(parameter_id).unwrap();
        curves.insert(parameter_id);
        let key = Key::chip_authentication(parameter_id, curve, static_key(vector));
        let mrz_information = match text(&vector["password_type"]) {
            "MRZ" => text(&vector["mrz_information"]),
            _ => {
                assert_eq!(text(&vector["password"]), "123456", "the CAN of every test card");
                ""
            }
        };
        let mut card = made(
            &card_access(&oid, parameter_id),
            &[key],
            &bytes("6E023100"),
            mrz_information,
        );
        let mut session = session(&mut card, vector);
        assert_eq!(
            session.status(&mut card, [0, 0xA4, 4, 0x0C], &SELECT_APPLICATION),
            "9000"
        );
        assert_eq!(session.read(&mut card, PROTECTED), "9000", "{id}");
    }
    assert_eq!(curves.into_iter().collect::<Vec<_>>(), [12, 13, 15, 16]);
}

/// The card of appendix I with another static key set.
fn card_of_appendix_i(keys: &[Key]) -> (Value, TestCard) {
    let vector = vectors("icao-pace-cam")["vectors"][0].clone();
    let card = loaded(
        &card_access(&hex(&vector["oid"]), 13),
        keys,
        &bytes("6E023100"),
        text(&vector["mrz_information"]),
    );
    (vector, card)
}

/// Without the key that EF.CardAccess promises there is no such mapping; generic mapping is there all the same.
#[test]
fn the_key_is_that_of_the_domain_parameters() {
    let other_curve = Key::chip_authentication(13, Curve::P256, vec![9; 32]);
    let other_name = Key::chip_authentication(1, Curve::BrainpoolP256r1, vec![9; 32]);
    for keys in [&[][..], &[other_curve], &[other_name]] {
        let (vector, mut card) = card_of_appendix_i(keys);
        let (command, _) = &exchanges(&vector)[0];
        assert_eq!(hex::encode(card.try_send(command).unwrap()), "6a88");
        assert_eq!(
            card.status("10860000027C0000"),
            "6985",
            "a refused MSE leaves no PACE"
        );
        assert_eq!(card.status("0022C1A40F800A04007F00070202040202830101"), "9000");
    }
    let mut card = card_with(CARD_ACCESS_G1, &[], &[]);
    assert_eq!(
        card.status("0022C1A40F800A04007F00070202040602830101"),
        "6A80",
        "not offered"
    );
}

/// A wrong token gets the status word alone: no chip authentication data, no session, no evidence.
#[test]
fn a_wrong_token_gets_no_chip_authentication_data() {
    let key = Key::chip_authentication(13, Curve::BrainpoolP256r1, {
        static_key(&vectors("icao-pace-cam")["vectors"][0])
    });
    let (vector, mut card) = card_of_appendix_i(&[key]);
    script(&mut card, &vector);
    let mut run = exchanges(&vector);
    let (mut last, _) = run.pop().unwrap();
    for (command, answer) in run {
        assert_eq!(card.try_send(&command).unwrap(), answer);
    }
    last[10] ^= 1;
    assert_eq!(hex::encode(card.try_send(&last).unwrap()), "6300");
    last[10] ^= 1;
    assert_eq!(hex::encode(card.try_send(&last).unwrap()), "6985", "PACE is over");
    assert_eq!(card.status("00A4040C07A0000002471001"), "9000");
    assert_eq!(card.status("00B0850000"), "6982");
}

/// Generic mapping on the same card proves nothing about the chip.
#[test]
fn generic_mapping_is_no_proof() {
    let key = Key::chip_authentication(13, Curve::BrainpoolP256r1, vec![9; 32]);
    let mut card = card_with(CARD_ACCESS_G1, &[key], &[]);
    let mut session = SecureMessaging::by_pace(&mut card);
    assert_eq!(
        session.status(&mut card, [0, 0xA4, 4, 0x0C], &SELECT_APPLICATION),
        "9000"
    );
    assert_eq!(session.read(&mut card, OPEN), "9000");
    assert_eq!(session.read(&mut card, PROTECTED), "6982");
}
