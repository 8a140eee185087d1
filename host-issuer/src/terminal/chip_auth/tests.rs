//! The terminal's Chip Authentication alone, against runs computed by another implementation.

use card_applet::crypto::cipher::MAX_BLOCK;
use card_applet::crypto::curve::Curve;
use card_applet::crypto::mac::MacKey;
use serde_json::Value;

use super::*;
use crate::terminal::scripted::ScriptedRng;
use crate::transport::replay::{Exchange, Replay, Session};

struct Vector {
    id: String,
    key: ChipAuthenticationKey,
    term_priv: Vec<u8>,
    ks_enc: Vec<u8>,
    ks_mac: Vec<u8>,
    commands: Vec<Vec<u8>>,
}

fn vectors() -> Vec<Vector> {
    let curves = &test_vectors::load("self-generated-crosscheck")["chip_authentication_v1"];
    let numbers = &test_vectors::load("self-generated-chip-authentication-dh")["chip_authentication_v1_dh"];
    let all = [curves, numbers]
        .into_iter()
        .flat_map(|list| list.as_array().unwrap());
    let read = |vector: &Value| {
        let field = |name: &str| test_vectors::hex(&vector[name]);
        let group = match vector["curve"].as_str() {
            Some("NIST P-256") => Group::Curve(Curve::P256),
            Some("NIST P-384") => Group::Curve(Curve::P384),
            Some("brainpoolP256r1") => Group::Curve(Curve::BrainpoolP256r1),
            Some(other) => panic!("{other}"),
            None => Group::from_parameter_id(vector["parameter_id"].as_u64().unwrap() as u8).unwrap(),
        };
        let apdus = vector["apdus"].as_array().unwrap();
        Vector {
            id: vector["id"].as_str().unwrap().to_owned(),
            key: ChipAuthenticationKey {
                protocol: ChipAuthenticationProtocol::from_oid(&field("oid")).unwrap(),
                group,
                public: field("chip_pub"),
                key_id: None,
            },
            term_priv: field("term_priv"),
            ks_enc: field("ks_enc"),
            ks_mac: field("ks_mac"),
            commands: apdus.iter().map(|apdu| test_vectors::hex(&apdu["cmd"])).collect(),
        }
    };
    all.map(read).collect()
}

impl Vector {
    /// The probe under the new keys, and the chip's answer to it: 9000 under its MAC, by the primitives alone.
    fn probe(&self) -> Exchange {
        let algorithm = self.key.protocol.cipher;
        let zero = || SendSequenceCounter::zero(algorithm);
        let mut session = SecureMessaging::new(algorithm, &self.ks_enc, &self.ks_mac, zero()).unwrap();
        let command = CommandApdu::new(0x00, 0xB0, 0x9E, 0x00).with_expected(4);
        let mut ssc = zero();
        ssc.increment();
        ssc.increment();
        let status = [0x99, 0x02, 0x90, 0x00];
        let mut mac = MacKey::new(algorithm, &self.ks_mac).unwrap().start();
        mac.update(ssc.block(&mut [0; MAX_BLOCK]));
        mac.update(&status);
        mac.pad();
        let mac = mac.finish_truncated();
        Exchange {
            command: session.protect(&command).unwrap(),
            response: [&status[..], &[0x8E, 0x08], &mac, &[0x90, 0x00]].concat(),
        }
    }

    fn exchanges(&self) -> Vec<Exchange> {
        let answers = [&[0x90, 0x00][..], &[0x7C, 0x00, 0x90, 0x00]];
        let mut exchanges: Vec<_> = self
            .commands
            .iter()
            .zip(answers)
            .map(|(command, response)| Exchange {
                command: command.clone(),
                response: response.to_vec(),
            })
            .collect();
        exchanges.push(self.probe());
        exchanges
    }

    fn run(&self, exchanges: Vec<Exchange>) -> (Result<ChipAuthEvidence, ChipAuthError>, CardLink<Replay>) {
        let session = Session {
            atr: Vec::new(),
            exchanges,
        };
        let mut link = CardLink::new(Replay::new(session));
        let outcome = run(&mut link, &self.key, 4, &mut ScriptedRng::new(&[&self.term_priv]));
        (outcome.map(|(evidence, _)| evidence), link)
    }
}

#[test]
fn every_group_and_cipher() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 5 + 10);
    for vector in vectors {
        let (outcome, link) = vector.run(vector.exchanges());
        let evidence = outcome.unwrap_or_else(|error| panic!("{}: {error}", vector.id));
        assert_eq!(*evidence.key(), vector.key);
        let session = link.session().unwrap();
        assert_eq!(session.algorithm(), Some(vector.key.protocol.cipher));
        assert_eq!(link.into_transport().remaining(), 0, "{}", vector.id);
    }
}

#[test]
fn the_key_is_named_where_the_security_infos_name_it() {
    for vector in vectors() {
        let mut key = vector.key.clone();
        let select = |key: &ChipAuthenticationKey| {
            let agreement = Agreement::begin(key, &mut ScriptedRng::new(&[&vector.term_priv])).unwrap();
            agreement.command().data.to_vec()
        };
        let unnamed = select(&key);
        key.key_id = Some(vec![0x0D]);
        assert_eq!([&unnamed[..], &[0x84, 0x01, 0x0D]].concat(), select(&key));
    }
}

/// A copy of the data has the public key and not the private one: it agrees on nothing.
#[test]
fn a_chip_that_answers_in_plain_or_under_other_keys_proves_nothing() {
    for vector in vectors() {
        let good = vector.exchanges();
        let last = good.len() - 1;
        let mut answers = vec![vec![0x90, 0x00], vec![0x69, 0x88]];
        for position in 0..good[last].response.len() - 2 {
            let mut changed = good[last].response.clone();
            changed[position] ^= 1;
            answers.push(changed);
        }
        for answer in answers {
            let mut exchanges = vector.exchanges();
            exchanges[last].response = answer;
            let (outcome, link) = vector.run(exchanges);
            let error = outcome.unwrap_err();
            assert!(
                matches!(error, ChipAuthError::NotProved(_)),
                "{}: {error:?}",
                vector.id
            );
            assert!(error.is_the_chips() && error.ends_the_session());
            assert!(!link.session().unwrap().is_open());
        }
    }
}

#[test]
fn a_refusal_leaves_the_session_before() {
    for vector in vectors() {
        for index in 0..vector.commands.len() {
            let mut exchanges = vector.exchanges();
            exchanges[index].response = vec![0x6A, 0x80];
            let (outcome, link) = vector.run(exchanges);
            let error = outcome.unwrap_err();
            assert!(matches!(error, ChipAuthError::Refused { .. }), "{error:?}");
            assert!(error.is_the_chips() && !error.ends_the_session());
            // Here there was none before.
            assert!(link.session().is_none());
        }
    }
}

#[test]
fn anything_but_the_empty_object_after_the_agreement_ends_it() {
    for vector in vectors().iter().filter(|vector| vector.commands.len() == 2) {
        for answer in [
            &[][..],
            &[0x7C, 0x02, 0x80, 0x00],
            &[0x7D, 0x00],
            &[0x7C, 0x00, 0x00],
            &[0x7C],
        ] {
            let mut exchanges = vector.exchanges();
            exchanges[1].response = [answer, &[0x90, 0x00]].concat();
            let (outcome, _) = vector.run(exchanges);
            assert_eq!(outcome.unwrap_err(), ChipAuthError::Malformed, "{answer:02X?}");
        }
    }
}

#[test]
fn nothing_is_sent_without_a_random_number() {
    let vector = vectors().remove(0);
    let session = Session {
        atr: Vec::new(),
        exchanges: Vec::new(),
    };
    let mut link = CardLink::new(Replay::new(session));
    let outcome = run(&mut link, &vector.key, 4, &mut ScriptedRng::new(&[]));
    assert_eq!(outcome.map(|_| ()), Err(ChipAuthError::Random));
    assert_eq!(link.wire().apdus, 0);
}

/// The shared secret of the BSI's worked example in MODP 1024/160, from either side: version 2 agrees on the same number.
#[test]
fn the_secret_of_the_worked_example_of_dh() {
    let values = &test_vectors::load("bsi-eac2-worked-example")["vectors"][1]["values"];
    let field = |name: &str| test_vectors::hex(&values[name]);
    let group = Group::from_parameter_id(0).unwrap();
    let private = field("ca_picc_priv_key");
    let private = &private[private.len() - 20..];
    let secret = group.power(&field("ca_pcd_pub_key"), private).unwrap();
    assert_eq!(*secret, field("ca_shared_secret_k"));
}

/// Numbers that are no elements of the subgroup: nothing is agreed on, and nothing is sent.
#[test]
fn numbers_that_are_no_elements() {
    let vector = vectors()
        .into_iter()
        .find(|vector| !vector.key.group.is_elliptic())
        .unwrap();
    let Group::ModP(group) = vector.key.group else {
        panic!()
    };
    let [p, ..] = group.numbers();
    for public in [
        vec![],
        vec![0],
        vec![1],
        group.minus_one(),
        p,
        [&[1][..], &vector.key.public].concat(),
    ] {
        let key = ChipAuthenticationKey {
            public,
            ..vector.key.clone()
        };
        let agreement = Agreement::begin(&key, &mut ScriptedRng::new(&[&vector.term_priv]));
        let refused = matches!(
            agreement,
            Err(ChipAuthError::KeyAgreement(KeyAgreementError::InvalidElement))
        );
        assert!(refused, "{:02X?}", key.public);
    }
}
