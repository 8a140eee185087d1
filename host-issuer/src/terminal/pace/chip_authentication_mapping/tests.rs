//! PACE-CAM of the terminal, against 9303-11 appendix I.1.

use card_applet::crypto::curve::Curve;
use card_applet::wire::security_info::{PaceInfo, PaceProtocol};
use serde_json::Value;

use super::*;
use crate::terminal::link::CardLink;
use crate::terminal::pace::{PaceError, PaceStep, run};
use crate::terminal::password::Password;
use crate::terminal::scripted::ScriptedRng;
use crate::transport::replay::{Exchange, Replay, Session};

fn vector() -> Value {
    test_vectors::load("icao-pace-cam")["vectors"][0].clone()
}

fn exchanges(vector: &Value) -> Vec<Exchange> {
    let apdus = vector["apdus"].as_array().unwrap();
    apdus
        .iter()
        .map(|apdu| Exchange {
            command: test_vectors::hex(&apdu["cmd"]),
            response: test_vectors::hex(&apdu["rsp"]),
        })
        .collect()
}

fn run_against(vector: &Value, exchanges: Vec<Exchange>) -> Result<ChipAuthenticationMapping, PaceError> {
    let field = |name: &str| test_vectors::hex(&vector[name]);
    let protocol = PaceProtocol::from_oid(&field("oid")).unwrap();
    let password = Password::mrz(vector["mrz_information"].as_str().unwrap()).unwrap();
    let mut rng = ScriptedRng::new(&[&field("map_term_priv"), &field("ka_term_priv")]);
    let mut link = CardLink::new(Replay::new(Session {
        atr: Vec::new(),
        exchanges,
    }));
    let mapping = run(
        &mut link,
        &PaceInfo::new(protocol, 13),
        false,
        &password,
        &[],
        &mut rng,
    )?;
    assert!(link.session().unwrap().is_open());
    assert_eq!(link.into_transport().remaining(), 0);
    Ok(mapping.0.expect("PACE-CAM brings a proof"))
}

const GROUP: Group = Group::Curve(Curve::BrainpoolP256r1);

fn static_key(vector: &Value) -> Vec<u8> {
    test_vectors::hex(&vector["cam"]["static_pub"])
}

#[test]
fn the_printed_transcript_of_appendix_i1_proves_the_printed_key() {
    let vector = vector();
    let mapping = run_against(&vector, exchanges(&vector)).unwrap();
    assert_eq!(mapping.group(), GROUP);
    assert!(mapping.proves(GROUP, &static_key(&vector)));
    // Another key of that curve, and one of another curve.
    let other = test_vectors::hex(&vector["map_chip_pub"]);
    assert!(!mapping.proves(GROUP, &other));
    let other_curve = test_vectors::load("self-generated-crosscheck");
    let other_curve = test_vectors::hex(&other_curve["chip_authentication_v1"][0]["chip_pub"]);
    assert!(!mapping.proves(Group::Curve(Curve::P256), &other_curve));
    assert!(!mapping.proves(GROUP, &other_curve));
}

/// Every flipped byte of the chip's last answer: the token is wrong, or the data do not decrypt, or they prove nothing.
#[test]
fn every_flipped_byte_of_the_last_answer_is_noticed() {
    let vector = vector();
    let key = static_key(&vector);
    let last = exchanges(&vector).len() - 1;
    let len = exchanges(&vector)[last].response.len();
    let data_at = len - 2 - 48;
    for position in 0..len {
        let mut changed = exchanges(&vector);
        changed[last].response[position] ^= 1;
        let outcome = run_against(&vector, changed);
        match outcome {
            Ok(mapping) => {
                assert!((data_at..data_at + 32).contains(&position), "byte {position}");
                assert!(!mapping.proves(GROUP, &key), "byte {position}");
            }
            Err(PaceError::ChipProof) => assert!((4..12).contains(&position), "byte {position}"),
            Err(
                PaceError::Malformed {
                    step: PaceStep::Token,
                }
                | PaceError::Refused { .. },
            ) => {}
            Err(error) => panic!("byte {position}: {error:?}"),
        }
    }
}

/// A chip that was asked for chip authentication mapping must bring the proof, and one that was not must not.
#[test]
fn the_proof_is_there_exactly_when_it_was_asked_for() {
    let vector = vector();
    let mut without = exchanges(&vector);
    let token = test_vectors::hex(&vector["t_ic"]);
    without[4].response = [&[0x7C, 0x0A, 0x86, 0x08], &token[..], &[0x90, 0x00]].concat();
    let step = PaceStep::Token;
    assert_eq!(
        run_against(&vector, without).err(),
        Some(PaceError::Malformed { step })
    );

    // Data that are no number below the order: all ones.
    let pending = |point: &Vec<u8>| {
        let ks_enc = test_vectors::hex(&vector["ks_enc"]);
        let algorithm = card_applet::crypto::cipher::SymmetricAlgorithm::Aes128;
        let ks_enc = BlockCipherKey::new(algorithm, &ks_enc).unwrap();
        Pending::new(ks_enc, GROUP, point.clone())
    };
    let encrypted = test_vectors::hex(&vector["cam"]["encrypted_ca_data"]);
    let key = static_key(&vector);
    assert!(pending(&key).decrypt(&encrypted).is_some());
    assert!(pending(&key).decrypt(&encrypted[..32]).is_none());
    assert!(pending(&key).decrypt(&[]).is_none());
    assert!(pending(&key).decrypt(&[0; 48]).is_none());
}
