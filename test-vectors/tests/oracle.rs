//! The oracle terminal against the published examples: with their random numbers it sends their commands, and it believes their answers
//! and no others.

use serde_json::Value;
use test_vectors::faulty_chip::{Mapping, PaceSet};
use test_vectors::naive::{Cipher, Curve, Group, ModP, Random, object};
use test_vectors::oracle::keys::{Border, WrongKey, generator};
use test_vectors::oracle::{
    Bac, ChipAuthentication, Command, Le, Pace, Response, Session, chip_authentication_mapping,
};
use test_vectors::{Exchange, bac, hex, list, load, pace, secure_messaging, text};

fn answer(exchange: &Exchange) -> Response {
    Response::parse(&exchange.response).expect("a status word")
}

#[track_caller]
fn assert_sends(command: &Command, exchange: &Exchange) {
    assert_eq!(
        hex::encode_upper(command.to_bytes()),
        hex::encode_upper(&exchange.command),
        "{}",
        exchange.name
    );
}

/// A command as an application wrote it.
fn command(bytes: &[u8]) -> Command {
    let (header, body) = bytes.split_first_chunk::<4>().expect("a header");
    let command = Command::new(header[1], header[2], header[3]).class(header[0]);
    let number = |bytes: &[u8]| match bytes.iter().fold(0, |n, byte| n << 8 | usize::from(*byte)) {
        0 => 1 << (8 * bytes.len()),
        n => n,
    };
    let (lc, extended) = match body {
        [] => return command,
        [le] => return command.le(Le::Short(number(&[*le]))),
        [0, a, b] => return command.le(Le::Extended(number(&[*a, *b]))),
        [0, a, b, ..] => (number(&[*a, *b]), true),
        [lc, ..] => (usize::from(*lc), false),
    };
    let (data, le) = body[if extended { 3 } else { 1 }..].split_at(lc);
    let command = command.data(data);
    match (le, extended) {
        ([], _) => command,
        (le, true) => command.le(Le::Extended(number(le))),
        (le, false) => command.le(Le::Short(number(le))),
    }
}

/// The bits that a DES key has; the others are its parity.
fn without_parity(key: &[u8]) -> Vec<u8> {
    key.iter().map(|byte| byte & 0xFE).collect()
}

#[track_caller]
fn assert_keys(session: &Session, ks_enc: &[u8], ks_mac: &[u8], id: &str) {
    let bits = |key: &[u8]| match session.cipher {
        Cipher::TripleDes => without_parity(key),
        _ => key.to_vec(),
    };
    assert_eq!(bits(&session.ks_enc), bits(ks_enc), "{id}");
    assert_eq!(bits(&session.ks_mac), bits(ks_mac), "{id}");
}

#[track_caller]
fn assert_password_key(pace: &Pace, k_pi: &[u8], id: &str) {
    let bits = |key: &[u8]| match pace.set.cipher {
        Cipher::TripleDes => without_parity(key),
        _ => key.to_vec(),
    };
    assert_eq!(bits(&pace.k_pi), bits(k_pi), "{id}");
}

/// 9303-11 appendix D.
#[test]
fn basic_access_control_of_appendix_d() {
    let vector = bac::worked_example();
    let script = [&vector.rnd_ifd[..], &vector.k_ifd].concat();
    let mut bac = Bac::new(&vector.mrz_information, &mut Random::new(&script, 0));
    assert_eq!(without_parity(&bac.k_enc), without_parity(&vector.kenc));
    assert_eq!(without_parity(&bac.k_mac), without_parity(&vector.kmac));

    let [challenge, proof] = &vector.exchanges[..] else {
        panic!("two exchanges")
    };
    assert_sends(&Command::get_challenge(), challenge);
    bac.take_challenge(&answer(challenge)).expect("eight bytes");
    assert_sends(&bac.authenticate(), proof);
    let mut session = bac.take_proof(&answer(proof)).expect("the chip's proof");
    assert_keys(&session, &vector.ks_enc, &vector.ks_mac, "appendix D");
    assert_eq!(session.ssc, vector.ssc_initial);
    for exchange in &secure_messaging::sessions()[0].exchanges {
        assert_exchange(&mut session, exchange);
    }

    for at in 0..proof.response.len() - 2 {
        let mut forged = answer(proof);
        forged.data[at] ^= 0x01;
        assert!(bac.take_proof(&forged).is_err(), "byte {at} of the chip's proof");
    }
}

fn assert_exchange(session: &mut Session, exchange: &secure_messaging::ProtectedExchange) {
    let plain = command(&exchange.plain_command);
    let protected = session.protect(&plain);
    assert_eq!(
        protected.to_bytes(),
        exchange.protected_command,
        "{}",
        exchange.name
    );
    let answer = Response::parse(&exchange.protected_response).expect("a status word");
    for at in 0..exchange.protected_response.len() {
        let mut forged = exchange.protected_response.clone();
        forged[at] ^= 0x01;
        let forged = Response::parse(&forged).expect("a status word");
        let believed = session.clone().unprotect(&plain, &forged);
        assert!(believed.is_err(), "byte {at} of {}: {believed:?}", exchange.name);
    }
    let response = session.unprotect(&plain, &answer).expect("a right protection");
    let plain_response = [&response.data[..], &response.status.to_be_bytes()].concat();
    assert_eq!(plain_response, exchange.plain_response, "{}", exchange.name);
    assert!(response.protected);
}

/// 9303-11 appendix D.4, and the sessions with 3DES and AES-192 that nobody published.
#[test]
fn secure_messaging_of_whole_sessions() {
    for vector in secure_messaging::sessions() {
        let mut session = Session {
            cipher: cipher(&vector.algorithm),
            ks_enc: vector.ks_enc,
            ks_mac: vector.ks_mac,
            ssc: vector.ssc_initial,
        };
        for exchange in &vector.exchanges {
            assert_exchange(&mut session, exchange);
        }
    }
}

fn cipher(name: &str) -> Cipher {
    match name {
        "3des" => Cipher::TripleDes,
        "aes128" => Cipher::Aes128,
        "aes192" => Cipher::Aes192,
        "aes256" => Cipher::Aes256,
        other => panic!("cipher {other}"),
    }
}

/// The AES-256 command that PersoSim's tests have.
#[test]
fn secure_messaging_with_aes_256() {
    let vector = secure_messaging::aes256_command();
    let mut ssc = vector.ssc.clone();
    *ssc.last_mut().expect("a counter") -= 1;
    let mut session = Session {
        cipher: Cipher::Aes256,
        ks_enc: vector.ks_enc,
        ks_mac: vector.ks_mac,
        ssc,
    };
    let protected = session.protect(&command(&vector.plain));
    assert_eq!(protected.to_bytes(), vector.protected);
    assert_eq!(session.ssc, vector.ssc);
}

fn group(parameter_id: u8) -> Group {
    let mut groups = Group::all();
    groups
        .find(|group| group.parameter_id() == parameter_id)
        .unwrap_or_else(|| panic!("no group has the parameter {parameter_id}"))
}

fn set(oid: &[u8], parameter_id: u8) -> PaceSet {
    PaceSet {
        mapping: match oid[8] {
            1 | 2 => Mapping::Generic,
            3 | 4 => Mapping::Integrated,
            _ => Mapping::ChipAuthentication,
        },
        cipher: Cipher::from_arc(oid[9]).expect("a cipher"),
        group: group(parameter_id),
    }
}

/// What a published run says beside its commands.
struct Values<'a> {
    id: &'a str,
    nonce: &'a [u8],
    generator: &'a [u8],
    ks_enc: &'a [u8],
    ks_mac: &'a [u8],
}

/// Plays a run against its transcript. The terminal draws `script`.
fn play(mut pace: Pace, exchanges: &[Exchange], values: &Values<'_>) -> (Pace, Session) {
    let id = values.id;
    let [set_at, nonce, map, agree, prove] = exchanges else {
        panic!("five exchanges")
    };
    assert_sends(&pace.set_at(), set_at);
    assert_sends(&pace.ask_nonce(), nonce);
    pace.take_nonce(&answer(nonce)).expect(id);
    assert_eq!(pace.nonce, values.nonce, "{id}");
    assert_sends(&pace.map(), map);
    pace.take_map(&answer(map)).expect(id);
    assert_eq!(pace.generator, values.generator, "{id}");
    assert_sends(&pace.agree(), agree);
    pace.take_agreement(&answer(agree)).expect(id);
    assert_sends(&pace.prove(), prove);
    let session = pace.take_proof(&answer(prove)).expect(id);
    assert_keys(&session, values.ks_enc, values.ks_mac, id);

    // 7C, its length, 86, 08, and the token.
    for at in 4..12 {
        let mut forged = answer(prove);
        forged.data[at] ^= 0x01;
        assert!(pace.clone().take_proof(&forged).is_err(), "{id}: byte {at}");
    }
    let mut reflected = pace.clone();
    reflected.public.clone_from(&reflected.public_ic);
    assert!(
        reflected.take_agreement(&answer(agree)).is_err(),
        "{id}: the terminal's own key"
    );
    (pace, session)
}

/// The terminal draws these bytes.
fn pace(oid: &[u8], parameter_id: u8, password: (u8, &[u8]), script: &[&[u8]]) -> Pace {
    let mut random = Random::new(&script.concat(), 0);
    Pace::new(set(oid, parameter_id), password.0, password.1, &mut random)
}

fn sha1(text: &str) -> Vec<u8> {
    use sha1::{Digest, Sha1};
    Sha1::digest(text.as_bytes()).to_vec()
}

/// As long as the group's private keys: the BSI prints them as long as the modulus, or with a zero in front.
fn private(key: &[u8], parameter_id: u8) -> Vec<u8> {
    let len = group(parameter_id).private_len();
    let zeros = key.len().saturating_sub(len);
    let leading = key[..zeros].iter().all(|byte| *byte == 0);
    if leading {
        key[zeros..].to_vec()
    } else {
        key.to_vec()
    }
}

/// 9303-11 appendices G.1 and G.2, the BSI's example, and runs over every curve, group and cipher that nobody published.
#[test]
fn pace_with_generic_mapping() {
    let mut vectors = pace::generic_mapping_vectors();
    vectors.push(pace::dh_worked_example());
    vectors.extend(pace::generic_mapping_in_further_groups());
    for vector in vectors {
        let password = match vector.password_is_mrz {
            true => (1, sha1(&vector.password)),
            false => (2, vector.password.clone().into_bytes()),
        };
        let mut run = pace(&vector.oid, vector.parameter_id, (password.0, &password.1), &[]);
        assert_password_key(&run, &vector.k_pi, &vector.id);
        run.map_private = private(&vector.map_term_priv, vector.parameter_id);
        run.private = private(&vector.ka_term_priv, vector.parameter_id);
        let values = Values {
            id: &vector.id,
            nonce: &vector.nonce,
            generator: &vector.mapped_generator,
            ks_enc: &vector.ks_enc,
            ks_mac: &vector.ks_mac,
        };
        play(run, &vector.exchanges(), &values);
    }
}

/// Appendix G.1 as it is printed, its private keys out of a script.
#[test]
fn pace_of_appendix_g_draws_its_keys() {
    let vector = pace::worked_example();
    let script = [&vector.map_term_priv[..], &vector.ka_term_priv];
    let run = pace(&vector.oid, 13, (1, &sha1(&vector.password)), &script);
    let values = Values {
        id: &vector.id,
        nonce: &vector.nonce,
        generator: &vector.mapped_generator,
        ks_enc: &vector.ks_enc,
        ks_mac: &vector.ks_mac,
    };
    play(run, &pace::worked_example_exchanges(), &values);
}

/// 9303-11 appendices H.1 and H.2, and runs over every curve, group and cipher that nobody published.
#[test]
fn pace_with_integrated_mapping() {
    let mut vectors = pace::integrated_mapping_vectors();
    vectors.push(pace::integrated_dh_worked_example());
    vectors.extend(pace::integrated_mapping_in_further_groups());
    for vector in vectors {
        let mut run = pace(&vector.oid, vector.parameter_id, (2, vector.can.as_bytes()), &[]);
        assert_password_key(&run, &vector.k_pi, &vector.id);
        run.map_private.clone_from(&vector.nonce_t);
        run.private = private(&vector.ka_term_priv, vector.parameter_id);
        let values = Values {
            id: &vector.id,
            nonce: &vector.nonce,
            generator: &vector.mapped_generator,
            ks_enc: &vector.ks_enc,
            ks_mac: &vector.ks_mac,
        };
        play(run, &vector.exchanges(), &values);
    }
}

/// 9303-11 appendix I.1: the chip authenticates itself with its static key, and with no other.
#[test]
fn pace_with_chip_authentication_mapping_of_appendix_i() {
    let file = load("icao-pace-cam");
    let vector = &file["vectors"][0];
    let value = |name: &str| hex(&vector[name]);
    let cam = |name: &str| hex(&vector["cam"][name]);
    let exchanges: Vec<Exchange> = list(&vector["apdus"])
        .iter()
        .map(|step| Exchange {
            name: text(&step["name"]).to_owned(),
            command: hex(&step["cmd"]),
            response: hex(&step["rsp"]),
        })
        .collect();
    let password = sha1(text(&vector["mrz_information"]));
    let script = [value("map_term_priv"), value("ka_term_priv")].concat();
    let run = pace(&value("oid"), 13, (1, &password), &[&script]);
    let (nonce, generator) = (value("nonce"), value("mapped_generator"));
    let (ks_enc, ks_mac) = (value("ks_enc"), value("ks_mac"));
    let values = Values {
        id: "ICAO-9303-11-AppI",
        nonce: &nonce,
        generator: &generator,
        ks_enc: &ks_enc,
        ks_mac: &ks_mac,
    };
    let (run, session) = play(run, &exchanges, &values);

    let encrypted = run.chip_authentication_data.clone().expect("DO'8A'");
    assert_eq!(encrypted, cam("encrypted_ca_data"));
    let ca_ic = chip_authentication_mapping::chip_authentication_data(&session, &encrypted);
    assert_eq!(ca_ic, Some(cam("ca_ic")));
    let verify = chip_authentication_mapping::verify;
    assert_eq!(verify(&run, &cam("static_pub")), Ok(()));
    assert!(verify(&run, &run.map_public_ic).is_err(), "another key");
    for at in 0..encrypted.len() {
        let mut forged = run.clone();
        forged.chip_authentication_data.as_mut().expect("DO'8A'")[at] ^= 0x01;
        assert!(
            verify(&forged, &cam("static_pub")).is_err(),
            "byte {at} of DO'8A'"
        );
    }
    let without = Pace {
        chip_authentication_data: None,
        ..run
    };
    assert!(verify(&without, &cam("static_pub")).is_err(), "no DO'8A'");
}

/// The key of the appendix' ChipAuthenticationPublicKeyInfo, inside what EF.CardSecurity has around it.
#[test]
fn the_static_key_of_card_security() {
    let cam = &load("icao-pace-cam")["vectors"][0]["cam"];
    let info = hex(&cam["chip_authentication_public_key_info"]);
    let content = |infos: &[u8]| {
        let infos = object(0x31, infos);
        let oid = object(0x06, &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x02, 0x01]);
        let encapsulated = object(0x30, &[oid, object(0xA0, &object(0x04, &infos))].concat());
        let signed_data = object(
            0x30,
            &[object(0x02, &[3]), object(0x31, &[]), encapsulated].concat(),
        );
        let oid = object(0x06, &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02]);
        object(0x30, &[oid, object(0xA0, &signed_data)].concat())
    };
    let key = |file: &[u8], id| chip_authentication_mapping::static_key(file, id);
    assert_eq!(key(&content(&info), 13), Some(hex(&cam["static_pub"])));
    assert_eq!(key(&content(&info), 12), None);
    assert_eq!(key(&content(&[]), 13), None);
    // The whole file of the BSI's example; its keys are of Chip Authentication version 2, which are coded alike.
    let file = load("bsi-eac2-worked-example");
    let values = &file["vectors"][0]["values"];
    let card_security = hex(&values["ef_cardsecurity"]);
    let found = (0..=255).find_map(|id| key(&card_security, id));
    assert_eq!(found, Some(hex(&values["ca_picc_pub_key"])));
    for end in 0..card_security.len() {
        // Whatever is cut off, nothing panics.
        let _ = key(&card_security[..end], 13);
    }
}

fn assert_chip_authentication(vector: &Value, group: Group) {
    let id = text(&vector["id"]);
    let oid = hex(&vector["oid"]);
    let run = ChipAuthentication {
        group,
        cipher: Cipher::from_arc(oid[9]).expect("a cipher"),
        key_id: None,
        public_ic: hex(&vector["chip_pub"]),
        private: hex(&vector["term_priv"]),
        public: group.public(&hex(&vector["term_priv"])).expect(id),
    };
    assert_eq!(run.oid(), oid, "{id}");
    assert_eq!(run.public, hex(&vector["term_pub"]), "{id}");
    let commands: Vec<Vec<u8>> = list(&vector["apdus"])
        .iter()
        .map(|step| hex(&step["cmd"]))
        .collect();
    let sent = match commands.len() {
        1 => vec![run.set_key_agreement_template()],
        _ => vec![run.set_at(), run.agree()],
    };
    assert_eq!(sent.len(), commands.len(), "{id}");
    for (sent, printed) in sent.iter().zip(&commands) {
        // How long the answer may be, in an extended command, is the sender's choice.
        let printed = command(printed);
        assert_eq!(
            (sent.header(), &sent.data),
            (printed.header(), &printed.data),
            "{id}"
        );
    }
    let session = run.session().expect(id);
    assert_keys(&session, &hex(&vector["ks_enc"]), &hex(&vector["ks_mac"]), id);
    assert_eq!(session.ssc, vec![0; session.cipher.block_len()], "{id}");
}

/// Chip Authentication version 1 as OpenSSL and a Python program compute it. No published example has it.
#[test]
fn chip_authentication_on_curves_and_in_modp_groups() {
    for vector in list(&load("self-generated-crosscheck")["chip_authentication_v1"]) {
        let curve = match text(&vector["curve"]) {
            "NIST P-256" => Curve::P256,
            "brainpoolP256r1" => Curve::BrainpoolP256r1,
            "NIST P-384" => Curve::P384,
            other => panic!("curve {other}"),
        };
        assert_chip_authentication(vector, curve.into());
    }
    for vector in list(&load("self-generated-chip-authentication-dh")["chip_authentication_v1_dh"]) {
        let id = vector["parameter_id"].as_u64().expect("an identifier");
        assert_chip_authentication(vector, group(u8::try_from(id).expect("a byte")));
    }
}

/// The BSI's example of Chip Authentication version 2. Its key agreement is that of version 1; its keys are derived with a nonce behind the
/// secret.
#[test]
fn key_agreement_of_the_published_chip_authentication() {
    for vector in list(&load("bsi-eac2-worked-example")["vectors"]) {
        let values = &vector["values"];
        let group = match text(&vector["id"]) {
            "EAC2-ECDH" => Group::Curve(Curve::BrainpoolP256r1),
            _ => Group::ModP(ModP::Bits1024Order160),
        };
        let private_key = private(&hex(&values["ca_pcd_priv_key"]), group.parameter_id());
        let shared = group
            .multiply(&hex(&values["ca_picc_pub_key"]), &private_key)
            .expect("an element");
        let secret = group.secret(&shared);
        assert_eq!(secret, hex(&values["ca_shared_secret_k"]));
        let seed = [secret, hex(&values["ca_nonce"])].concat();
        let session = Session::derive(Cipher::Aes128, &seed, None);
        assert_eq!(session.ks_enc, hex(&values["ca_k_enc"]));
        assert_eq!(session.ks_mac, hex(&values["ca_k_mac"]));
    }
}

/// Keys at the edge are keys, and lie where they should; wrong keys are none, or none of this group's elements as they are written.
#[test]
fn keys_of_cases() {
    let mut random = Random::new(&[], 7);
    for curve in Curve::ALL {
        let group = Group::from(curve);
        for border in [Border::SmallX, Border::LargeX, Border::SmallY, Border::LargeY] {
            let (private, public) = border
                .key(curve, &generator(group), &mut random)
                .unwrap_or_else(|| panic!("no key beyond {border:?} of {curve:?}"));
            assert_eq!(
                group.public(&private).as_ref(),
                Some(&public),
                "{curve:?} {border:?}"
            );
            assert!(border.has(curve, &public), "{curve:?} {border:?}");
            let others = [Border::SmallX, Border::LargeX, Border::SmallY, Border::LargeY];
            let opposite =
                others[[1, 0, 3, 2][others.iter().position(|other| *other == border).expect("one")]];
            assert!(!opposite.has(curve, &public), "{curve:?} {border:?}");
            let at = if matches!(border, Border::SmallX) {
                1
            } else {
                1 + curve.field_len()
            };
            if matches!(border, Border::SmallX | Border::SmallY) {
                assert_eq!(public[at], 0, "{curve:?} {border:?}: a zero in front");
            }
        }
    }
    for group in Group::all() {
        let one = vec![0; group.private_len() - 1];
        let one = [&one[..], &[1]].concat();
        for wrong in [
            WrongKey::OtherSize,
            WrongKey::Origin,
            WrongKey::OffCurve,
            WrongKey::Form,
            WrongKey::Zeros,
            WrongKey::AboveModulus,
        ] {
            if let Some(key) = wrong.make(group, &mut random) {
                assert_eq!(group.multiply(&key, &one), None, "{group:?} {wrong:?}");
            }
        }
    }
}
