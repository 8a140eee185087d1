//! The chip's authentication: by mapping in PACE, by a key agreement of its own; and the ephemeral keys that cases use.

use serde_json::Value;
use test_vectors::naive::{Cipher, Curve, Group, ModP, Random, object};
use test_vectors::oracle::keys::{Border, WrongKey, generator};
use test_vectors::oracle::{ChipAuthentication, Pace, Session, chip_authentication_mapping};
use test_vectors::{Exchange, hex, list, load, text};

use super::{Values, assert_keys, command, group, pace, play, private, sha1};

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
