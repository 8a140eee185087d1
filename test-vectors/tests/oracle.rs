//! The oracle terminal against the published examples: with their random numbers it sends their commands, and it believes their answers
//! and no others.

#[path = "oracle/chip_authentication.rs"]
mod chip_authentication;

use test_vectors::faulty_chip::{Mapping, PaceSet};
use test_vectors::naive::{Cipher, Group, Random};
use test_vectors::oracle::{Bac, Command, Le, Pace, Response, Session};
use test_vectors::{Exchange, bac, pace, secure_messaging};

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
